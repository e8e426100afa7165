package insight

import (
	"cmp"
	"slices"
	"strings"
	"unicode"
	"unicode/utf8"

	ahocorasick "github.com/petar-dambovaliev/aho-corasick"

	"earshot/internal/domain"
)

// entry is one way to say a keyword.
type entry struct {
	category, keyword string
	only              domain.Speaker
	within            Window
	blocks            bool   // covers shorter keywords of the category, and is none itself
	words             int    // in this form
	joined            string // the words without spaces, for names
	typed             string // id of the insight type; "" built in
	said              string // the words as they are said, one space between
}

// saidBy tells whether a line of the speaker counts.
func (e *entry) saidBy(s domain.Speaker) bool {
	return e.only == "" || s == e.only || s != domain.Agent && s != domain.Customer
}

// sameAs tells whether the same words make o needless: within a category one finds them, but each of a company's own types for itself,
// since types may differ in who says them and when.
func (e *entry) sameAs(o *entry) bool {
	return o.category == e.category && (o.typed == "" || e.typed == "" || o.typed == e.typed)
}

// finder looks for all keywords of all categories at once.
type finder struct {
	automaton ahocorasick.AhoCorasick
	patterns  []string
	entries   [][]*entry // by pattern
	names     *names
}

func newFinder(categories []Category) *finder {
	f := &finder{names: newNames()}
	at := map[string]int{}
	for _, c := range categories {
		for _, k := range c.Keywords {
			for _, text := range append([]string{k.Text}, k.Aliases...) {
				f.add(at, text, &entry{category: c.Name, keyword: k.Text, only: cmp.Or(k.SaidBy, c.SaidBy), within: cmp.Or(k.Within, c.Within), typed: k.Type})
			}
			for _, text := range k.Unless {
				f.add(at, text, &entry{category: c.Name, blocks: true})
			}
		}
	}
	if len(f.patterns) > 0 {
		b := ahocorasick.NewAhoCorasickBuilder(ahocorasick.Opts{})
		f.automaton = b.Build(f.patterns)
	}
	return f
}

func (f *finder) add(at map[string]int, text string, e *entry) {
	ws := readLine(domain.Line{Text: text}).words
	if len(ws) == 0 {
		return
	}
	e.words, e.said = len(ws), spacedOut(ws)
	p, _ := stemmed(ws)
	n, known := at[p]
	if !known {
		n = len(f.patterns)
		at[p] = n
		f.patterns = append(f.patterns, p)
		f.entries = append(f.entries, nil)
	}
	if slices.ContainsFunc(f.entries[n], e.sameAs) {
		return // another form of the same words
	}
	f.entries[n] = append(f.entries[n], e)
	if !e.blocks && strings.ContainsFunc(text, unicode.IsUpper) {
		e.joined = join(ws)
		f.names.add(e)
	}
}

// stemmed is the words as stems with a space around each, and where each word starts in it.
func stemmed(ws []word) (string, []int) {
	var b strings.Builder
	b.WriteByte(' ')
	starts := make([]int, 0, len(ws))
	for _, w := range ws {
		starts = append(starts, b.Len())
		b.WriteString(w.plainStem())
		b.WriteByte(' ')
	}
	return b.String(), starts
}

// plainStem reads "isn't" as "is not".
func (w word) plainStem() string {
	if w.text == "n't" {
		return "not"
	}
	return w.stem
}

// join is the letters and digits of the words in one.
func join(ws []word) string {
	var b strings.Builder
	for _, w := range ws {
		b.WriteString(w.text)
	}
	return b.String()
}

// spacedOut is the words with a space between.
func spacedOut(ws []word) string {
	texts := make([]string, len(ws))
	for i, w := range ws {
		texts[i] = w.text
	}
	return strings.Join(texts, " ")
}

// exact finds keywords in any form of their words.
func (f *finder) exact(l *line) []found {
	if len(f.patterns) == 0 || len(l.words) == 0 {
		return nil
	}
	text, starts := stemmed(l.words)
	var out []found
	iter := f.automaton.IterOverlapping(text)
	for m := iter.Next(); m != nil; m = iter.Next() {
		first, ok := slices.BinarySearch(starts, m.Start()+1)
		if !ok {
			continue
		}
		for _, e := range f.entries[m.Pattern()] {
			out = append(out, found{entry: e, first: first, last: first + e.words, how: domain.MatchExact, score: 1})
		}
	}
	return out
}

// similar finds names that were misheard, or heard as several words: in windows of one word less to one word more.
func (f *finder) similar(l *line) []found {
	var out []found
	for size := range f.names.widest {
		size++
		for i := 0; i+size <= len(l.words); i++ {
			out = append(out, f.names.at(l.words, i, size)...)
		}
	}
	return out
}

func letters(s string) int { return utf8.RuneCountInString(s) }

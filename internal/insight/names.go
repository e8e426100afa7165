package insight

import (
	"math/bits"
	"slices"

	"github.com/antzucaro/matchr"

	"earshot/internal/domain"
)

// Limits of similarity.
const (
	leastLetters  = 5
	longLetters   = 8    // from here on two letters may be wrong, below one
	soundsAlike   = 0.90 // Jaro-Winkler
	mostLetters   = 40
	mostWrong     = 2
	rememberedMax = 200_000
)

// names finds names in windows of words that are written or sound nearly like them.
type names struct {
	byLength map[int][]spelt      // by letters
	widest   int                  // words in the widest window
	sounds   map[string][]*entry  // by primary Double Metaphone code
	known    map[string][]likened // window already looked at
}

// spelt is a name with the set of its letters, which tells most names apart from a word at the cost of one comparison.
type spelt struct {
	*entry
	letters uint64
}

// lettersOf is the set of a word's letters and digits, a bit each; others share a bit.
func lettersOf(text string) uint64 {
	set := uint64(0)
	for _, r := range text {
		switch {
		case r >= 'a' && r <= 'z':
			set |= 1 << (r - 'a')
		case r >= '0' && r <= '9':
			set |= 1 << (26 + r - '0')
		default:
			set |= 1 << 40
		}
	}
	return set
}

type likened struct {
	entry *entry
	how   domain.MatchKind
	score float64
}

func newNames() *names {
	return &names{byLength: map[int][]spelt{}, sounds: map[string][]*entry{}, known: map[string][]likened{}}
}

func (n *names) add(e *entry) {
	if size := letters(e.joined); size < leastLetters || size > mostLetters {
		return
	}
	n.byLength[letters(e.joined)] = append(n.byLength[letters(e.joined)], spelt{e, lettersOf(e.joined)})
	n.widest = max(n.widest, e.words+1)
	if code, _ := matchr.DoubleMetaphone(e.joined); code != "" {
		n.sounds[code] = append(n.sounds[code], e)
	}
}

// at finds names in the window of size words at i. Windows of several words hold no function words: "sales for" is not "Salesforce".
func (n *names) at(ws []word, i, size int) []found {
	window := ws[i : i+size]
	for k, w := range window {
		if size > 1 && isFunctionWord(w.text) || k > 0 && w.gap == gapStop {
			return nil
		}
	}
	text := window[0].text
	if size > 1 {
		text = join(window)
	}
	if len(text) > 4*mostLetters {
		return nil
	}
	var out []found
	for _, like := range n.alike(text) {
		if d := size - like.entry.words; d < -1 || d > 1 {
			continue
		}
		if size > 1 && size != like.entry.words && !closeJoin(text, like.entry.joined) {
			continue
		}
		out = append(out, found{entry: like.entry, first: i, last: i + size, how: like.how, score: like.score})
	}
	return out
}

// closeJoin holds words that were joined to make a name to one wrong letter.
func closeJoin(a, b string) bool { return a == b || matchr.DamerauLevenshtein(a, b) <= 1 }

// alike gives the names that text is taken for.
func (n *names) alike(text string) []likened {
	if size := letters(text); size < leastLetters || size > mostLetters+2 {
		return nil
	}
	if known, ok := n.known[text]; ok {
		return known
	}
	var out []likened
	mask := lettersOf(text)
	for size := letters(text) - mostWrong; size <= letters(text)+mostWrong; size++ {
		for _, s := range n.byLength[size] {
			if bits.OnesCount64(mask^s.letters) <= 2*mostWrong && misspelt(text, s.joined) {
				out = append(out, likened{s.entry, domain.MatchFuzzy, likeness(text, s.joined)})
			}
		}
	}
	if code, _ := matchr.DoubleMetaphone(text); code != "" && !ordinary[text] {
		for _, e := range n.sounds[code] {
			if like := matchr.JaroWinkler(text, e.joined, false); sameLength(text, e.joined) && like >= soundsAlike && !slices.ContainsFunc(out, func(l likened) bool { return l.entry == e }) {
				out = append(out, likened{e, domain.MatchPhonetic, round(like, 2)})
			}
		}
	}
	if len(n.known) < rememberedMax {
		n.known[text] = out
	}
	return out
}

// likeness is the share of letters that are right, 0-1.
func likeness(a, b string) float64 {
	return round(1-float64(matchr.DamerauLevenshtein(a, b))/float64(max(letters(a), letters(b), 1)), 2)
}

// sameLength makes up for the sound codes ending after four consonants.
func sameLength(a, b string) bool {
	return 5*min(letters(a), letters(b)) >= 4*max(letters(a), letters(b))
}

// misspelt tells whether a is b but for one letter (two from eight letters on) exchanged, missing, added or swapped.
func misspelt(a, b string) bool {
	limit := 1
	size := min(letters(a), letters(b))
	switch {
	case size < leastLetters, ordinary[a] && a != b:
		return false
	case size >= longLetters:
		limit = 2
	case a[0] != b[0]:
		return false
	}
	if diff := letters(a) - letters(b); diff > limit || -diff > limit || lettersApart(a, b) > 2*limit {
		return false
	}
	return matchr.DamerauLevenshtein(a, b) <= limit
}

// lettersApart counts the letters that one has and the other has not, which is at most twice the distance; a cheap test
// before that is measured. Letters outside of ASCII are not counted.
func lettersApart(a, b string) int {
	var count [128]int
	for _, r := range a {
		if r < 128 {
			count[r]++
		}
	}
	for _, r := range b {
		if r < 128 {
			count[r]--
		}
	}
	n := 0
	for _, c := range count {
		n += max(c, -c)
	}
	return n
}

// ordinary are English words that lie near the built-in names or near what products are often called.
var ordinary = setOf("voyage genesis connect contact contract contest context contrast product project process request response support service services " +
	"sales salesperson salespeople should would could other another phone phones number airfall aircraft dialed telling calling")

package insight

import (
	"strings"
	"unicode"
	"unicode/utf8"

	"earshot/internal/domain"
)

// gap is what stands between a word and the one before it.
type gap int

const (
	gapSpace gap = iota
	gapComma     // comma, colon, dash
	gapStop      // the end of a sentence; also before the first word
)

// word is a word of a line. Contractions are two words: "I'll" is i and 'll, "won't" is will and n't.
type word struct {
	text     string // lower case, with straight apostrophes
	stem     string
	from, to int // bytes of the line's text
	gap      gap
}

// sentence is a stretch of words up to a full stop.
type sentence struct {
	first, last int // words [first, last)
	to          int // byte behind its closing mark
	asks        bool
}

// line is a line of the transcript with its words.
type line struct {
	domain.Line
	words     []word
	sentences []sentence
}

// quote is the text of words [first, last), as it stands in the line.
func (l *line) quote(first, last int) string {
	if first >= last {
		return ""
	}
	return l.Text[l.words[first].from:l.words[last-1].to]
}

// is tells whether word i exists and is one of the words listed in set, parted by spaces.
func (l *line) is(i int, set words) bool {
	return i >= 0 && i < len(l.words) && set[l.words[i].text]
}

var openers = setOf("um uh er erm hmm hm mm oh ah well so actually like hey")

// afterFillers is the first word that is more than a hesitation.
func (l *line) afterFillers() int {
	i := 0
	for l.is(i, openers) {
		i++
	}
	return i
}

// words is a set of words.
type words map[string]bool

func setOf(list string) words {
	set := words{}
	for _, w := range strings.Fields(list) {
		set[w] = true
	}
	return set
}

func readLines(in []domain.Line) []*line {
	out := make([]*line, 0, len(in))
	known := map[string]string{}
	for _, l := range in {
		out = append(out, readLineWith(l, known))
	}
	return out
}

func readLine(in domain.Line) *line { return readLineWith(in, map[string]string{}) }

// stemWords fills the stems of words; known keeps those of a call.
func stemWords(ws []word, known map[string]string) {
	for i := range ws {
		w := &ws[i]
		s, ok := known[w.text]
		if !ok {
			s = stem(w.text)
			known[w.text] = s
		}
		w.stem = s
	}
}

func readLineWith(in domain.Line, known map[string]string) *line {
	l := &line{Line: in}
	l.Start = sane(in.Start)
	l.End = max(l.Start, sane(in.End))
	between := gapStop
	asked := false
	for i := 0; i < len(in.Text); {
		if n := wordAt(in.Text, i); n > 0 {
			l.words = append(l.words, split(in.Text, i, i+n, between)...)
			i, between, asked = i+n, gapSpace, false
			continue
		}
		r, size := utf8.DecodeRuneInString(in.Text[i:])
		i += size
		here := l.gapOf(r, i)
		between = max(between, here)
		asked = asked || r == '?' || r == '？'
		if here == gapStop {
			l.close(i, asked)
		}
	}
	l.close(len(in.Text), false)
	l.words = mendBare(l.words)
	stemWords(l.words, known)
	return l
}

// sane makes 0 of what is no time.
func sane(seconds float64) float64 {
	if seconds > 0 && seconds < 1e9 {
		return seconds
	}
	return 0
}

// close ends the sentence at byte to, or lengthens the last one by a further mark.
func (l *line) close(to int, asked bool) {
	first := 0
	if n := len(l.sentences); n > 0 {
		first = l.sentences[n-1].last
	}
	switch {
	case len(l.words) > first:
		l.sentences = append(l.sentences, sentence{first: first, last: len(l.words), to: to, asks: asked})
	case asked && len(l.sentences) > 0:
		s := &l.sentences[len(l.sentences)-1]
		s.asks, s.to = true, to
	}
}

var abbreviations = setOf("mr mrs ms dr st jr sr vs etc no approx dept ext")

// gapOf is the gap that the rune ending at byte to makes.
func (l *line) gapOf(r rune, to int) gap {
	switch r {
	case '?', '!', '…', ';', '\n', '？', '！', '。':
		return gapStop
	case '.':
		n := len(l.words)
		if n > 0 && (l.isShort(l.words[n-1], to) && to < len(l.Text) || isMeridiem(l.words[n-1].text) && !capitalAfter(l.Text[to:])) {
			return gapSpace
		}
		return gapStop
	case ',', ':', '–', '—', '、':
		return gapComma
	case '-':
		if to < len(l.Text) && (l.Text[to] == ' ' || l.Text[to] == '-') {
			return gapComma
		}
	}
	return gapSpace
}

// isShort tells whether the full stop that ends at byte to belongs to an abbreviation: "Mr.", "P. O. Box".
func (l *line) isShort(w word, to int) bool {
	return w.to == to-1 && (abbreviations[w.text] || w.to-w.from == 1 && w.text >= "a" && w.text <= "z" && w.text != "i")
}

func isMeridiem(w string) bool { return w == "am" || w == "pm" }

func capitalAfter(rest string) bool {
	r, _ := utf8.DecodeRuneInString(strings.TrimSpace(rest))
	return r == utf8.RuneError || unicode.IsUpper(r)
}

// wordAt is the length in bytes of the word that starts at byte i; 0 where none does. Apostrophes between letters,
// and points, colons, slashes and dashes between digits, belong to the word; so do the points of "p.m".
func wordAt(text string, i int) int {
	start := i
	var before rune
	for i < len(text) {
		r, size := utf8.DecodeRuneInString(text[i:])
		if !isWordRune(r) {
			next, _ := utf8.DecodeRuneInString(text[i+size:])
			if before == 0 || !joins(r, before, next, i-start) {
				break
			}
		}
		before = r
		i += size
	}
	if n := compound(text, start, i); n > 0 {
		return n
	}
	return i - start
}

func isWordRune(r rune) bool {
	return r != utf8.RuneError && (unicode.IsLetter(r) || unicode.IsDigit(r) || unicode.Is(unicode.Mn, r))
}

func joins(r, before, next rune, length int) bool {
	switch r {
	case '\'', '’', 'ʼ':
		return unicode.IsLetter(before) && unicode.IsLetter(next)
	case '.':
		return unicode.IsDigit(before) && unicode.IsDigit(next) || length == 1 && unicode.IsLetter(before) && unicode.IsLetter(next)
	case ',', ':', '/':
		return unicode.IsDigit(before) && unicode.IsDigit(next)
	case '-':
		return unicode.IsDigit(before) && unicode.IsDigit(next)
	}
	return false
}

// halves are contractions that do not part at an apostrophe, as first part, second part and length of the first in bytes.
var halves = map[string]struct {
	first, second string
	at            int
}{
	"gonna": {"going", "to", 3}, "wanna": {"want", "to", 3}, "gotta": {"got", "to", 3}, "lemme": {"let", "me", 3}, "gimme": {"give", "me", 3},
	"cannot": {"can", "n't", 3}, "dont": {"do", "n't", 2}, "doesnt": {"does", "n't", 4}, "didnt": {"did", "n't", 3}, "cant": {"can", "n't", 2},
	"wont": {"will", "n't", 2}, "isnt": {"is", "n't", 2}, "arent": {"are", "n't", 3}, "wasnt": {"was", "n't", 3}, "werent": {"were", "n't", 4},
	"couldnt": {"could", "n't", 5}, "wouldnt": {"would", "n't", 5}, "shouldnt": {"should", "n't", 6}, "havent": {"have", "n't", 4},
	"hasnt": {"has", "n't", 3}, "im": {"i", "'m", 1}, "ive": {"i", "'ve", 1}, "youre": {"you", "'re", 3}, "youll": {"you", "'ll", 3},
	"youve": {"you", "'ve", 3}, "theyll": {"they", "'ll", 4}, "theyre": {"they", "'re", 4}, "thats": {"that", "'s", 4}, "whats": {"what", "'s", 4},
	"hows": {"how", "'s", 3}, "wheres": {"where", "'s", 5}, "whos": {"who", "'s", 3}, "theres": {"there", "'s", 5}, "lets": {"let", "'s", 3},
	"itll": {"it", "'ll", 2},
}

// split makes one or two words of bytes [from, to).
func split(text string, from, to int, before gap) []word {
	w := word{text: respelled.Replace(strings.ToLower(text[from:to])), from: from, to: to, gap: before}
	if h, ok := halves[w.text]; ok {
		return part(w, h.first, h.second, from+h.at)
	}
	if i := strings.LastIndexByte(w.text, '\''); i > 0 {
		return splitApostrophe(w, text, i)
	}
	return []word{w}
}

func splitApostrophe(w word, text string, i int) []word {
	stem, suffix := w.text[:i], w.text[i:]
	switch suffix {
	case "'ll", "'re", "'ve", "'s", "'d", "'m":
		return part(w, stem, suffix, w.from+strings.LastIndexAny(text[w.from:w.to], "'’ʼ"))
	case "'t":
		if n, found := strings.CutSuffix(stem, "n"); found && n != "" {
			first := map[string]string{"ca": "can", "wo": "will", "sha": "shall"}[n]
			if first == "" {
				first = n
			}
			return part(w, first, "n't", w.from+strings.LastIndexAny(text[w.from:w.to], "'’ʼ")-1)
		}
	}
	return []word{w}
}

func part(w word, first, second string, at int) []word {
	return []word{{text: first, from: w.from, to: at, gap: w.gap}, {text: second, from: at, to: w.to}}
}

// mendBare keeps "ill send" readable, as transcripts without apostrophes have it for "I'll send". It changes no count of words.
func mendBare(ws []word) []word {
	for i := 0; i+1 < len(ws); i++ {
		if ws[i].text == "ill" && (actionStems[stem(ws[i+1].text)] || adverbs[ws[i+1].text]) {
			ws[i].text = "i'll"
		}
	}
	return ws
}

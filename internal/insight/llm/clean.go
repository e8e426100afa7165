package llm

import (
	"html"
	"regexp"
	"strings"
	"unicode"

	"golang.org/x/text/unicode/norm"
)

// Caps of what a model may write.
const (
	maxAnswer = 256 << 10 // bytes of an answer that are read
	maxItems  = 60        // of each kind in one answer
	maxText   = 400       // characters of a sentence
	maxCited  = 8         // lines for one sentence
	maxQuote  = 80        // words
)

var (
	tags  = regexp.MustCompile(`<[^<>]*>`)
	links = regexp.MustCompile(`!?\[([^\[\]]*)\]\([^()]*\)`)
)

// plain is clean for what a model wrote; "" for more than a sentence may have.
func plain(text string) string {
	if len(text) > 8*maxText {
		return ""
	}
	if text = clean(text); len([]rune(text)) > maxText {
		return ""
	}
	return text
}

// clean makes one line of plain text: no markup, no control, direction or zero-width characters, no compatibility forms. What is clean stays as it is.
func clean(text string) string {
	for range 8 { // what was parted by a stripped sign may be markup or combine
		again := cleaned(text)
		if again == text {
			break
		}
		text = again
	}
	return text
}

func cleaned(text string) string {
	text = norm.NFKC.String(strings.ToValidUTF8(text, ""))
	text = links.ReplaceAllString(tags.ReplaceAllString(html.UnescapeString(text), " "), "$1")
	text = strings.Map(func(r rune) rune {
		switch {
		case unicode.IsSpace(r):
			return ' '
		case strings.ContainsRune("<>*_`#|[]{}\\~^", r), !unicode.IsPrint(r):
			return -1
		default:
			return r
		}
	}, text)
	return norm.NFKC.String(strings.Join(strings.Fields(text), " "))
}

// token is a word of a text: lower case, without apostrophes.
type token struct {
	text     string
	from, to int // bytes
	upper    bool
	number   bool // holds a digit or another sign for a number
	opens    bool // first of its sentence
}

// tokens are the words of a text. Signs between digits belong to the word, and so do those of addresses.
func tokens(text string) []token {
	var out []token
	opens := true
	runes := []rune(text)
	at := 0
	for i := 0; i < len(runes); {
		if !wordRune(runes[i]) {
			opens = opens || strings.ContainsRune(".!?:;…", runes[i])
			at += len(string(runes[i]))
			i++
			continue
		}
		j := i
		for j < len(runes) && (wordRune(runes[j]) || j+1 < len(runes) && wordRune(runes[j+1]) && inside(runes[j-1], runes[j], runes[j+1])) {
			j++
		}
		raw := string(runes[i:j])
		out = append(out, tokenOf(raw, at, opens))
		at, i, opens = at+len(raw), j, false
	}
	return out
}

func tokenOf(raw string, at int, opens bool) token {
	t := token{text: strings.NewReplacer("'", "", "’", "", "ʼ", "").Replace(strings.ToLower(raw)), from: at, to: at + len(raw), opens: opens}
	for _, r := range raw {
		t.upper = t.upper || unicode.IsUpper(r) || unicode.IsTitle(r)
		t.number = t.number || unicode.IsNumber(r)
	}
	return t
}

func wordRune(r rune) bool {
	return unicode.IsLetter(r) || unicode.IsNumber(r) || unicode.Is(unicode.M, r)
}

// inside tells whether a sign between two word runes belongs to the word.
func inside(before, r, after rune) bool {
	switch r {
	case '\'', '’', 'ʼ', '@':
		return true
	case '.', ',', ':', '/':
		return unicode.IsNumber(before) && unicode.IsNumber(after) || r == '.' && unicode.IsLetter(before) && unicode.IsLetter(after)
	}
	return false
}

// texts are the words of tokens.
func texts(ts []token) []string {
	out := make([]string, len(ts))
	for i, t := range ts {
		out[i] = t.text
	}
	return out
}

// Package wer measures word error rates as is usual for English speech recognition: texts are normalised first in the way of
// Whisper's English normaliser (openai/whisper, whisper/normalizers/english.py), so that spelling and punctuation do not count.
package wer

import (
	"regexp"
	"strconv"
	"strings"
)

// Score adds up over a corpus.
type Score struct {
	Errors, Words int // edits, and words of the reference
}

// Rate is the word error rate: all edits divided by all words of the references.
func (s Score) Rate() float64 {
	if s.Words == 0 {
		return 0
	}
	return float64(s.Errors) / float64(s.Words)
}

// Add counts one pair.
func (s *Score) Add(reference, hypothesis string) {
	r, h := Normalise(reference), Normalise(hypothesis)
	s.Words += len(r)
	s.Errors += edits(r, h)
}

// edits is the Levenshtein distance in words.
func edits(a, b []string) int {
	row := make([]int, len(b)+1)
	for j := range row {
		row[j] = j
	}
	for i, w := range a {
		diagonal := row[0]
		row[0] = i + 1
		for j, v := range b {
			substitution := diagonal
			if w != v {
				substitution++
			}
			diagonal = row[j+1]
			row[j+1] = min(substitution, row[j]+1, row[j+1]+1)
		}
	}
	return row[len(b)]
}

var (
	brackets = regexp.MustCompile(`[<\[][^>\]]*[>\]]|\([^)]*\)`)
	fillers  = regexp.MustCompile(`\b(hmm|mm|mhm|mmm|uh|um)\b`)
	signs    = regexp.MustCompile(`[^\p{L}\p{N}\s']+`)
	digits   = regexp.MustCompile(`(\d),(\d)`)
)

// contractions are written out, as Whisper's normaliser does.
var contractions = [][2]string{
	{"won't", "will not"}, {"can't", "can not"}, {"let's", "let us"}, {"ain't", "aint"}, {"y'all", "you all"}, {"wanna", "want to"}, {"gotta", "got to"}, {"gonna", "going to"}, {"i'ma", "i am going to"},
	{"imma", "i am going to"}, {"woulda", "would have"}, {"coulda", "could have"}, {"shoulda", "should have"}, {"ma'am", "madam"}, {"'d been", " had been"}, {"'s been", " has been"}, {"'d gone", " had gone"},
	{"'s gone", " has gone"}, {"'d done", " had done"}, {"'s got", " has got"}, {"n't", " not"}, {"'re", " are"}, {"'s", " is"}, {"'d", " would"}, {"'ll", " will"}, {"'t", " not"}, {"'ve", " have"}, {"'m", " am"},
}

var titles = map[string]string{"mr": "mister", "mrs": "missus", "st": "saint", "dr": "doctor", "prof": "professor", "capt": "captain", "gov": "governor", "gen": "general", "sen": "senator", "rep": "representative", "pres": "president", "rev": "reverend", "hon": "honorable", "asst": "assistant", "assoc": "associate", "lt": "lieutenant", "col": "colonel", "jr": "junior", "sr": "senior", "esq": "esquire"}

// Normalise gives the words that count.
func Normalise(text string) []string {
	s := strings.ToLower(strings.ReplaceAll(text, "’", "'"))
	s = brackets.ReplaceAllString(s, "")
	s = fillers.ReplaceAllString(s, "")
	s = strings.ReplaceAll(s, " '", "'")
	for _, c := range contractions {
		s = strings.ReplaceAll(s, c[0], c[1])
	}
	s = digits.ReplaceAllString(s, "$1$2")
	s = strings.ReplaceAll(signs.ReplaceAllString(s, " "), "'", "")
	ws := strings.Fields(s)
	for i, w := range ws {
		if t, ok := titles[w]; ok {
			w = t
		}
		ws[i] = american(w)
	}
	return numbers(ws)
}

// british spellings with their American ones: those that are common in speech.
var british = map[string]string{
	"colour": "color", "colours": "colors", "coloured": "colored", "favour": "favor", "favours": "favors", "favourite": "favorite", "honour": "honor", "honours": "honors",
	"honoured": "honored", "labour": "labor", "neighbour": "neighbor", "neighbours": "neighbors", "harbour": "harbor", "humour": "humor", "rumour": "rumor", "vigour": "vigor",
	"valour": "valor", "parlour": "parlor", "armour": "armor", "behaviour": "behavior", "endeavour": "endeavor", "savour": "savor", "splendour": "splendor", "grey": "gray",
	"centre": "center", "theatre": "theater", "metre": "meter", "litre": "liter", "defence": "defense", "offence": "offense", "licence": "license", "practise": "practice",
	"realise": "realize", "realised": "realized", "recognise": "recognize", "recognised": "recognized", "organise": "organize", "organised": "organized", "apologise": "apologize", "catalogue": "catalog",
	"dialogue": "dialog", "travelled": "traveled", "traveller": "traveler", "travelling": "traveling", "cancelled": "canceled", "jewellery": "jewelry", "plough": "plow", "programme": "program",
	"tyre": "tire", "cheque": "check", "judgement": "judgment",
}

func american(w string) string {
	if a, ok := british[w]; ok {
		return a
	}
	return w
}

var units = map[string]int{"zero": 0, "one": 1, "two": 2, "three": 3, "four": 4, "five": 5, "six": 6, "seven": 7, "eight": 8, "nine": 9, "ten": 10, "eleven": 11, "twelve": 12, "thirteen": 13, "fourteen": 14, "fifteen": 15, "sixteen": 16, "seventeen": 17, "eighteen": 18, "nineteen": 19}

var tens = map[string]int{"twenty": 20, "thirty": 30, "forty": 40, "fifty": 50, "sixty": 60, "seventy": 70, "eighty": 80, "ninety": 90}

var scales = map[string]int{"hundred": 100, "thousand": 1000, "million": 1000000}

// numbers writes spoken numbers as digits.
func numbers(ws []string) []string {
	out := make([]string, 0, len(ws))
	for i := 0; i < len(ws); {
		value, n := number(ws[i:])
		if n == 0 {
			out = append(out, ws[i])
			i++
			continue
		}
		out = append(out, strconv.Itoa(value))
		i += n
	}
	return out
}

// number reads the longest number at the start and gives how many words it took.
func number(ws []string) (value, n int) {
	total, current := 0, 0
	last := "" // kind of the last word: unit, ten, scale
	for n < len(ws) {
		w := ws[n]
		if v, ok := units[w]; ok && (last == "" || last == "scale" || last == "ten" && v > 0 && v < 10) {
			current, last = current+v, "unit"
		} else if v, ok := tens[w]; ok && (last == "" || last == "scale") {
			current, last = current+v, "ten"
		} else if v, ok := scales[w]; ok && last != "" && (last != "scale" || v > 100) {
			if v == 100 {
				current *= 100
			} else {
				total, current = total+current*v, 0
			}
			last = "scale"
		} else if w == "and" && last == "scale" && n+1 < len(ws) && (units[ws[n+1]] > 0 || tens[ws[n+1]] > 0) {
			n++
			continue
		} else {
			break
		}
		n++
	}
	return total + current, n
}

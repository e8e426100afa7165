package remote

import (
	"cmp"
	"math"
	"slices"
	"strings"
	"unicode"

	"earshot/internal/speech"
)

// What no person does; the answer of an engine that says so is wrong.
const (
	wordsPerSecond = 6.5 // nobody speaks faster
	wordsAllowance = 3
	leastSeconds   = 0.05 // of an utterance
	maxText        = 4000 // characters of one utterance
)

// Clean makes what a service answered safe to keep: within the audio's seconds, in order of start, readable text. Utterances
// with times that make no sense get the closest that do; those that say more than their time allows are dropped.
func Clean(in []speech.Utterance, seconds float64) []speech.Utterance {
	out := make([]speech.Utterance, 0, len(in))
	for _, u := range in {
		u.Text = speech.Unstutter(short(printable(u.Text), maxText))
		u.Start, u.End = within(u.Start, u.End, seconds)
		u.Confidence = probability(u.Confidence)
		if u.Text == "" || u.End-u.Start < leastSeconds || tooMuch(u.Text, u.End-u.Start) {
			continue
		}
		out = append(out, u)
	}
	slices.SortStableFunc(out, func(a, b speech.Utterance) int { return cmp.Compare(a.Start, b.Start) })
	return out
}

// within puts times into the audio. An end that is missing or before its start becomes the end of the audio at most a
// sentence later.
func within(start, end, seconds float64) (float64, float64) {
	if math.IsNaN(start) || start < 0 {
		start = 0
	}
	if math.IsNaN(end) || end <= start {
		end = start + 10
	}
	return min(start, seconds), min(end, seconds)
}

func probability(p float64) float64 {
	if math.IsNaN(p) {
		return 0
	}
	return max(0, min(1, p))
}

func tooMuch(text string, seconds float64) bool {
	// A language without spaces says about three characters for a word.
	words := max(len(strings.Fields(text)), dense(text)/3)
	return float64(words) > seconds*wordsPerSecond+wordsAllowance
}

// dense counts the characters of scripts that are written without spaces.
func dense(text string) (n int) {
	for _, r := range text {
		if unicode.In(r, unicode.Han, unicode.Hiragana, unicode.Katakana, unicode.Thai) {
			n++
		}
	}
	return n
}

// printable joins the words of a text with single spaces and drops what cannot be shown.
func printable(text string) string {
	text = strings.Map(func(r rune) rune {
		switch {
		case unicode.IsSpace(r):
			return ' '
		case r == unicode.ReplacementChar || !unicode.IsPrint(r) && !unicode.In(r, unicode.Mn, unicode.Mc):
			return -1
		default:
			return r
		}
	}, text)
	return strings.Join(strings.Fields(text), " ")
}

func short(text string, most int) string {
	if runes := []rune(text); len(runes) > most {
		return string(runes[:most])
	}
	return text
}

// Word is one with its time in seconds.
type Word struct {
	Text       string
	Start, End float64
	Confidence float64
}

// A line ends at a longer pause, after a sentence, or when it gets long.
const (
	linePause   = 0.8
	lineSeconds = 12.0
)

// Lines joins words to utterances, where a service gives words only.
func Lines(words []Word) []speech.Utterance {
	var out []speech.Utterance
	var texts []string
	var confidence float64
	flush := func() {
		if len(texts) > 0 {
			last := &out[len(out)-1]
			last.Text, last.Confidence = strings.Join(texts, " "), confidence/float64(len(texts))
		}
		texts, confidence = nil, 0
	}
	for _, w := range words {
		if len(texts) > 0 && w.Start-out[len(out)-1].End > linePause || len(texts) > 0 && (w.End-out[len(out)-1].Start > lineSeconds || ends(texts[len(texts)-1])) {
			flush()
		}
		if len(texts) == 0 {
			out = append(out, speech.Utterance{Start: w.Start})
		}
		texts, confidence = append(texts, strings.TrimSpace(w.Text)), confidence+w.Confidence
		out[len(out)-1].End = w.End
	}
	flush()
	return out
}

func ends(word string) bool {
	return strings.HasSuffix(word, ".") || strings.HasSuffix(word, "?") || strings.HasSuffix(word, "!")
}

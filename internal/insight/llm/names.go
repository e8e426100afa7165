package llm

import (
	"strings"
	"unicode"

	"earshot/internal/insight"
)

func setOf(list string) map[string]bool {
	set := map[string]bool{}
	for _, w := range strings.Fields(list) {
		set[w] = true
	}
	return set
}

// labels are how the speakers are called.
var labels = setOf("agent customer custom speaker rep caller i")

// openers may stand first in a sentence though the lines do not say them. A name never belongs here.
var openers = setOf(`a an the this that these those there it its he she they them we you his her their our your both each all some any no not if when while after before since because
	although though as at by for from in into on of to with without about during once until over however also then next later finally first instead and but or so yet
	agreed asked asks ask answered said says explained explains offered offers promised promises confirmed confirms mentioned mentions wants wanted needs needed requested requests
	discussed reported raised described noted complained wondered suggested proposed accepted declined rejected
	send call check confirm schedule review prepare provide follow email share set arrange book update contact write find make give bring get look order ship replace install create
	discuss deliver reply return ring forward add remove fix test meet tell let talk speak invite sign pay transfer refund cancel renew upgrade investigate verify compare clarify
	yes nobody none neither either another other one two what which who why how where whether`)

// dayWords name a time and so must be in the lines even where they are written small.
var dayWords = setOf(`today tomorrow tonight yesterday monday tuesday wednesday thursday friday saturday sunday january february april june july august september october november
	december weekend noon midnight overnight`)

// evidence is what cited lines say, ready for questions.
type evidence struct {
	text  string // lines and names of their speakers
	words map[string]bool
	stems map[string]bool
}

func newEvidence(text string) evidence {
	e := evidence{text: text, words: map[string]bool{}, stems: map[string]bool{}}
	for _, t := range tokens(text) {
		e.words[t.text] = true
		e.words[bare(t.text)] = true
	}
	for _, s := range insight.ContentStems(text) {
		e.stems[s] = true
	}
	return e
}

// bare is a word without the s of a genitive or plural.
func bare(word string) string { return strings.TrimSuffix(word, "s") }

// unnamed gives the first name, day or foreign word of a text that the lines do not have; "" if all are there. Whatever has a capital counts as
// a name, and so does what belongs to a script without capitals.
func (e evidence) unnamed(text string) string {
	for _, t := range tokens(text) {
		if e.words[t.text] || e.words[bare(t.text)] || labels[t.text] {
			continue
		}
		raw := text[t.from:t.to]
		switch {
		case dayWords[t.text], caseless(raw), strings.ContainsAny(raw, "@."):
			return raw
		case t.upper && !(t.opens && e.opener(t.text)):
			return raw
		}
	}
	return ""
}

func (e evidence) opener(word string) bool {
	if openers[word] {
		return true
	}
	for _, s := range insight.ContentStems(word) {
		if e.stems[s] {
			return true
		}
	}
	return false
}

func caseless(word string) bool {
	return strings.ContainsFunc(word, func(r rune) bool { return unicode.Is(unicode.Lo, r) || unicode.Is(unicode.Lm, r) })
}

// Least share of the content words of a sentence that its lines have too.
const leastShared = 0.25

// supports tells whether enough of what a sentence says is in the lines. Its numbers are there, as unsupported found, and so count as shared.
func (e evidence) supports(text string) bool {
	shared := len(amounts(text))
	all := shared
	for _, s := range insight.ContentStems(text) {
		if labels[s] || len(amounts(s)) > 0 {
			continue
		}
		all++
		if e.stems[s] {
			shared++
		}
	}
	return shared > 0 && float64(shared) >= leastShared*float64(all)
}

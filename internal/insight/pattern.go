package insight

import (
	"strings"

	"github.com/kljensen/snowball/english"
)

// pattern is a sequence of words to find. Each element is a set of words; an optional element may be missing,
// "~" stands for up to three adverbs, and "_" for any word.
type pattern []element

type element struct {
	words    words
	optional bool
	adverbs  bool
	any      bool
}

// adverbs may stand between a subject and its verb.
var adverbs = setOf("just also then now please actually probably definitely certainly gladly happily personally simply really quickly still first " +
	"maybe perhaps again only kindly possibly go ahead and")

// patterns reads one pattern a line: words parted by spaces, alternatives by "|", "?" behind an optional one.
func patterns(text string) []pattern {
	var out []pattern
	for row := range strings.Lines(text) {
		if fields := strings.Fields(row); len(fields) > 0 {
			out = append(out, readPattern(fields))
		}
	}
	return out
}

func readPattern(fields []string) pattern {
	p := make(pattern, 0, len(fields))
	for _, f := range fields {
		if f == "~" {
			p = append(p, element{adverbs: true})
			continue
		}
		if f == "_" {
			p = append(p, element{any: true})
			continue
		}
		f, optional := strings.CutSuffix(f, "?")
		p = append(p, element{words: setOf(strings.ReplaceAll(f, "|", " ")), optional: optional})
	}
	return p
}

// match is the end of the pattern if it stands at word i of ws, else -1.
func (p pattern) match(ws []word, i int) int {
	for _, e := range p {
		if e.adverbs {
			for n := 0; n < 3 && i < len(ws) && adverbs[ws[i].text]; n++ {
				i++
			}
			continue
		}
		switch {
		case i < len(ws) && (e.any || e.words[ws[i].text]):
			i++
		case !e.optional:
			return -1
		}
	}
	return i
}

// matchAny is the end of the longest of the patterns that stands at word i, else -1.
func matchAny(ps []pattern, ws []word, i int) int {
	end := -1
	for _, p := range ps {
		end = max(end, p.match(ws, i))
	}
	return end
}

// findAny tells whether one of the patterns stands anywhere in ws.
func findAny(ps []pattern, ws []word) bool {
	for i := range ws {
		if matchAny(ps, ws, i) > i {
			return true
		}
	}
	return false
}

// longestStem spares the stemmer what is no word.
const longestStem = 60

func stem(w string) string {
	if len(w) > longestStem {
		return w
	}
	return english.Stem(w, false)
}

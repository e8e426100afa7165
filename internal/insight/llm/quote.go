package llm

import (
	"slices"
	"strings"

	"earshot/internal/domain"
)

// leastQuote is how many words a quote has, unless the line itself is shorter.
const leastQuote = 3

// findQuote looks for the words of quote in the lines, which are in order: in one of them, or going on from one to the very next. It gives the
// lines' own text (which is clean), whatever signs and capitals the quote was written with; "" where the words are not there.
func findQuote(quote string, lines []domain.Line) string {
	words := texts(tokens(quote))
	if len(words) == 0 || len(words) > maxQuote {
		return ""
	}
	for _, l := range lines {
		if found := within(words, l.Text); found != "" {
			return found
		}
	}
	for i := range lines {
		for j := i + 1; j < len(lines) && lines[j].ID == lines[j-1].ID+1; j++ {
			parts := make([]string, 0, j-i+1)
			for _, l := range lines[i : j+1] {
				parts = append(parts, l.Text)
			}
			if found := within(words, strings.Join(parts, " ")); found != "" {
				return found
			}
		}
	}
	return ""
}

// within gives the stretch of text that has the words in a row.
func within(words []string, text string) string {
	ts := tokens(text)
	if len(words) < leastQuote && len(words) < len(ts) {
		return ""
	}
	for i := 0; i+len(words) <= len(ts); i++ {
		if slices.Equal(words, texts(ts[i:i+len(words)])) {
			return text[ts[i].from:ts[i+len(words)-1].to]
		}
	}
	return ""
}

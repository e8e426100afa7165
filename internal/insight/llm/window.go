package llm

import (
	"unicode/utf8"

	"earshot/internal/domain"
)

// Of a window.
const (
	DefaultWindow = 6000 // tokens
	overlap       = 4    // lines that the next window begins with again
	maxLine       = 4000 // characters of a line that are sent
)

// Tokens estimates how many a text has: four letters of Latin script are about one, other letters one each. It rather says too many.
func Tokens(text string) int {
	wide := 0
	for _, r := range text {
		if r > 0x24f {
			wide++
		}
	}
	return (utf8.RuneCountInString(text)-wide)/3 + wide + 1
}

// windows cuts lines into stretches of at most so many tokens that overlap by a few lines.
func windows(lines []domain.Line, tokens int) [][]domain.Line {
	var out [][]domain.Line
	from, size := 0, 0
	for i, l := range lines {
		need := Tokens(l.Text) + 8
		if size+need > tokens && i > from {
			out = append(out, lines[from:i])
			from, size = max(i-overlap, from+1), 0
			for _, again := range lines[from:i] {
				size += Tokens(again.Text) + 8
			}
			if size+need > tokens {
				from, size = i, 0
			}
		}
		size += need
	}
	if from < len(lines) {
		out = append(out, lines[from:])
	}
	return out
}

// shortened lines, so that no line alone is more than a window.
func shortened(lines []domain.Line, tokens int) []domain.Line {
	most := min(maxLine, tokens)
	out := make([]domain.Line, len(lines))
	for i, l := range lines {
		if r := []rune(l.Text); len(r) > most {
			l.Text = string(r[:most])
		}
		out[i] = l
	}
	return out
}

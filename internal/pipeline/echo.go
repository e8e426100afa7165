package pipeline

import (
	"slices"
	"strings"

	"earshot/internal/audio"
	"earshot/internal/domain"
)

// A line is the other side's echo if it says the same at the same time, and is that much quieter. A short answer says the same
// by chance, so it must be quieter still.
const (
	echoAlike   = 0.8  // share of its words
	echoQuieter = 6.0  // dB
	echoShort   = 3    // words
	echoFar     = 12.0 // dB, for lines of fewer words
)

// withoutEchoes takes out the lines of each channel that are the other channel's echo.
func withoutEchoes(lines []said, sound *audio.Sound) (kept, echoes []said) {
	for _, l := range lines {
		if slices.ContainsFunc(lines, func(o said) bool { return isEcho(l, o, sound) }) {
			echoes = append(echoes, l)
			continue
		}
		kept = append(kept, l)
	}
	return kept, echoes
}

func isEcho(l, other said, sound *audio.Sound) bool {
	both := domain.Span{Start: max(l.Start, other.Start), End: min(l.End, other.End)}
	if l.Channel == other.Channel || both.Duration() <= 0 {
		return false
	}
	words, quieter := wordsOf(l.Text), echoQuieter
	if len(words) < echoShort {
		quieter = echoFar
	}
	if sound.Level(other.Channel, both)-sound.Level(l.Channel, both) < quieter {
		return false
	}
	return len(words) > 0 && float64(common(words, wordsOf(other.Text))) >= echoAlike*float64(len(words))
}

func wordsOf(text string) []string {
	return strings.FieldsFunc(strings.ToLower(text), func(r rune) bool { return strings.ContainsRune(" .,!?\"-", r) })
}

// common is the length of the longest common subsequence.
func common(a, b []string) int {
	row := make([]int, len(b)+1)
	for _, w := range a {
		diagonal := 0
		for j, v := range b {
			above := row[j+1]
			if row[j+1] = max(above, row[j]); w == v {
				row[j+1] = diagonal + 1
			}
			diagonal = above
		}
	}
	return row[len(b)]
}

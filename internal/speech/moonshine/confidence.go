package moonshine

import (
	"math"
	"slices"
	"strings"

	"earshot/internal/speech"
)

// What makes the engine hear a word rightly: how far speech stands out of the noise, in dB, and how much context there is. Fitted by
// logistic regression on clips at four levels of noise, as docs/adr/0009 tells; there, of lines given p, a share p of the words was right.
const (
	confidenceBase  = 1.4
	confidenceClear = 0.113 // each dB above usualClear
	confidenceWords = 0.93  // each e-fold above seven words
	usualClear      = 25.0  // dB
	mostClear       = 45.0
	usualWords      = 2.0 // ln
)

// confidence estimates the share of words that are right, 0 to 1.
func confidence(text string, audio speech.Audio) float64 {
	words := float64(max(1, len(strings.Fields(text))))
	x := confidenceBase + confidenceClear*(min(clearness(audio), mostClear)-usualClear) + confidenceWords*(math.Log(words)-usualWords)
	return math.Round(100*min(0.99, max(0.01, 1/(1+math.Exp(-x))))) / 100
}

// clearness is how far the loud parts of a segment stand out of its quiet ones, in dB: its 90th percentile above its 5th.
func clearness(audio speech.Audio) float64 {
	const frame = sampleRate / 50
	var levels []float64
	for at := 0; at+frame <= len(audio); at += frame {
		levels = append(levels, decibel(audio[at:at+frame]))
	}
	if len(levels) == 0 {
		return 0
	}
	slices.Sort(levels)
	return levels[len(levels)*9/10] - levels[len(levels)/20]
}

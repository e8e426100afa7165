package moonshine

import (
	"math"
	"slices"
	"strings"

	"earshot/internal/speech"
)

// A model whose search is ours says how likely it finds each token; their mean logarithm tells how much of a line is right. Fitted by
// logistic regression on clips at four levels of noise, and checked on others, as docs/adr/0014 tells.
const (
	tokensBase  = 3.1
	tokensSlope = 5.5
)

// Where the library searches, there is only the sound: how far speech stands out of the noise, in dB, and how much context there is. Fitted
// likewise (docs/adr/0009).
const (
	confidenceBase  = 1.4
	confidenceClear = 0.113 // each dB above usualClear
	confidenceWords = 0.93  // each e-fold above seven words
	usualClear      = 25.0  // dB
	mostClear       = 45.0
	usualWords      = 2.0 // ln
)

// confidence estimates the share of words that are right, 0 to 1. sure is the mean logarithm of the probability of the tokens, or 0.
func confidence(text string, audio speech.Audio, sure float64) float64 {
	if sure != 0 {
		return logistic(tokensBase + tokensSlope*sure)
	}
	words := float64(max(1, len(strings.Fields(text))))
	return logistic(confidenceBase + confidenceClear*(min(clearness(audio), mostClear)-usualClear) + confidenceWords*(math.Log(words)-usualWords))
}

// logistic is between 0.01 and 0.99, in hundredths.
func logistic(x float64) float64 {
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

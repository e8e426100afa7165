package moonshine

import (
	"math"
	"math/rand/v2"
	"testing"

	"earshot/internal/speech"
)

func TestConfidenceFallsWithNoise(t *testing.T) {
	t.Parallel()
	rng := rand.New(rand.NewPCG(1, 1))
	last := 1.0
	for _, noise := range []float64{0.0001, 0.003, 0.02, 0.08} {
		audio := make(speech.Audio, 4*sampleRate)
		for i := range audio {
			audio[i] = float32(noise * rng.NormFloat64())
			if i%8000 < 6000 {
				audio[i] += float32(0.2 * math.Sin(float64(i)/10))
			}
		}
		got := confidence("seven words that somebody said on the telephone", audio, 0)
		if got >= last || got <= 0 {
			t.Errorf("noise of %.4f: confidence %.2f after %.2f", noise, got, last)
		}
		if short := confidence("Yes.", audio, 0); short >= got || short <= 0 {
			t.Errorf("one word is as sure (%.2f) as a sentence (%.2f)", short, got)
		}
		last = got
	}
	if got := confidence("", nil, 0); got <= 0 || got >= 1 {
		t.Errorf("confidence of nothing is %v", got)
	}
}

func TestConfidenceFollowsTheTokens(t *testing.T) {
	t.Parallel()
	last := 1.0
	for _, sure := range []float64{-0.01, -0.2, -0.5, -1, -8} {
		got := confidence("Yes.", nil, sure)
		if got >= last || got <= 0 {
			t.Errorf("%v: %v after %v", sure, got, last)
		}
		last = got
	}
}

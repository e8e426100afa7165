package audio

import (
	"math"
	"math/rand/v2"
	"slices"
	"testing"
)

// turns lets two voices speak in turn, four seconds each, and both in every fifth turn.
func turns(a, b []float32) {
	for i := range a {
		switch turn := i / (4 * SampleRate); {
		case turn%5 == 4:
		case turn%2 == 0:
			a[i] = 0
		default:
			b[i] = 0
		}
	}
}

// through is what a path of a few milliseconds makes of a voice: later, quieter, and with a tail.
func through(ch []float32, gain, lag float64) []float32 {
	out, factor, late := make([]float32, len(ch)), float32(math.Pow(10, gain/20)), int(lag*SampleRate)
	for i := late + 20; i < len(ch); i++ {
		out[i] = factor * (ch[i-late] - 0.5*ch[i-late-7] + 0.25*ch[i-late-20])
	}
	return out
}

func difference(t *Track, from []float32) float64 {
	out := slices.Clone(whole(t))
	for i := range out {
		out[i] -= from[i]
	}
	return levelOf(out)
}

func TestCrossTalkIsTakenOut(t *testing.T) {
	t.Parallel()
	rng := rand.New(rand.NewPCG(21, 22))
	a, b := talk(rng, 60, -20, -80), talk(rng, 60, -23, -75)
	turns(a, b)
	add := func(x, y []float32) []float32 {
		return whole(plus(TrackOf(x), TrackOf(y), 0, 0))
	}
	for _, gain := range []float64{-12, -20, -26} {
		leaked := [2][]float32{add(a, through(b, gain, 0.02)), add(b, through(a, gain, 0.011))}
		heard := NewSound(leaked[0], leaked[1])
		before := [2]float64{difference(heard.Channels[0], a), difference(heard.Channels[1], b)}
		disk := &Sound{Channels: []*Track{onDisk(t, leaked[0]), onDisk(t, leaked[1])}}
		clean, err := heard.WithoutCrossTalk()
		if err != nil || clean == heard {
			t.Fatalf("%.0f dB: nothing was found, %v", gain, err)
		}
		again, err := disk.WithoutCrossTalk()
		if err != nil {
			t.Fatal(err)
		}
		for c, own := range [][]float32{a, b} {
			if got := difference(clean.Channels[c], own); got > before[c]-6 {
				t.Errorf("%.0f dB: channel %d is off by %.1f dB, was %.1f", gain, c, got, before[c])
			}
			if !slices.Equal(whole(clean.Channels[c]), whole(again.Channels[c])) {
				t.Errorf("%.0f dB: channel %d from disk differs", gain, c)
			}
			if !slices.Equal(whole(heard.Channels[c]), leaked[c]) {
				t.Errorf("%.0f dB: the recording itself was changed", gain)
			}
		}
	}
}

func TestChannelsWithoutCrossTalkStayAsTheyAre(t *testing.T) {
	t.Parallel()
	rng := rand.New(rand.NewPCG(23, 24))
	voice, other, silence := talk(rng, 30, -20, -60), talk(rng, 30, -22, -60), make([]float32, 30*SampleRate)
	for name, s := range map[string]*Sound{
		"two who talk at once": NewSound(voice, other), "one silent": NewSound(voice, silence), "silence": NewSound(silence, silence),
		"a moment": NewSound(voice[:100], other[:100]), "one sample": NewSound(voice[:1], other[:1]), "of two lengths": NewSound(voice, other[:5*SampleRate]),
	} {
		if got, err := s.WithoutCrossTalk(); err != nil || got != s {
			t.Errorf("%s: changed, %v", name, err)
		}
	}
}

// TestLevinson solves a system of which the answer is known: a voice through a filter is that filter.
func TestLevinson(t *testing.T) {
	t.Parallel()
	got := levinson([]float64{2, 1, 0.5}, []float64{2*3 + 1*-1 + 0.5*2, 1*3 + 2*-1 + 1*2, 0.5*3 + 1*-1 + 2*2})
	for i, want := range []float32{3, -1, 2} {
		if math.Abs(float64(got[i]-want)) > 1e-5 {
			t.Errorf("%v, want 3, -1, 2", got)
		}
	}
}

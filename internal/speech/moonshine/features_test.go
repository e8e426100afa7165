package moonshine

import (
	"context"
	"math"
	"math/cmplx"
	"math/rand/v2"
	"testing"

	"earshot/internal/domain"
	"earshot/internal/speech"
)

func TestTransformIsTheFourierTransform(t *testing.T) {
	t.Parallel()
	f := newFeaturer()
	rng := rand.New(rand.NewPCG(1, 2))
	var in, got [fftSize]complex128
	for i := range in {
		in[i] = complex(rng.NormFloat64(), 0)
	}
	for i, v := range in {
		at := 0
		for bit := range 9 {
			at |= i >> bit & 1 << (8 - bit)
		}
		got[at] = v
	}
	f.transform(&got)
	for _, k := range []int{0, 1, 100, 255, 256} {
		var want complex128
		for i, v := range in {
			want += v * cmplx.Exp(complex(0, -2*math.Pi*float64(k*i)/fftSize))
		}
		if cmplx.Abs(got[k]-want) > 1e-9 {
			t.Errorf("value %d is %v, want %v", k, got[k], want)
		}
	}
}

func TestFeaturesShowATone(t *testing.T) {
	t.Parallel()
	f := newFeaturer()
	for hz, want := range map[float64]int{300: 11, 1000: 27, 3000: 52, 6000: 71} {
		pcm := make([]float32, sampleRate)
		for i := range pcm {
			pcm[i] = float32(0.3 * math.Sin(2*math.Pi*hz*float64(i)/sampleRate))
		}
		rows := f.features(pcm)
		if frames := len(rows) / melBands; frames != 98 {
			t.Fatalf("%d frames of a second", frames)
		}
		best := 0
		for b := range melBands {
			if rows[50*melBands+b] > rows[50*melBands+best] {
				best = b
			}
		}
		if best < want-1 || best > want+1 {
			t.Errorf("%.0f Hz is in band %d, want %d", hz, best, want)
		}
		if c := centred(rows); math.Abs(float64(c[50*melBands+best])) > 0.1 {
			t.Errorf("a steady tone is %v after its mean is taken away", c[50*melBands+best])
		}
	}
}

func TestVoicesOfAWindow(t *testing.T) {
	t.Parallel()
	activity := make([]float32, segmentationFrames*segmentationClasses)
	speak := func(class int, from, to float64) {
		for i := int(from / segmentStep); i < int(to/segmentStep); i++ {
			activity[i*segmentationClasses+class] = 1
		}
	}
	speak(0, 1, 4)
	speak(1, 3, 6)
	speak(1, 9, 9.8) // beyond the sound
	speak(2, 7, 7.2)
	embedded := 0
	got, err := voicesOf(activity, make([]float32, 850*melBands), 8.5, func(rows []float32) ([]float32, error) {
		if seconds := float64(len(rows)/melBands) / 100; math.Abs(seconds-2) > 0.05 {
			t.Errorf("a voice is judged by %.2f s, want the 2 s in which it speaks alone", seconds)
		}
		embedded++
		return make([]float32, embeddingValues), nil
	})
	if err != nil || len(got) != 3 || embedded != 2 || got[2].Vector != nil {
		t.Fatalf("%d voices, %d of them judged, %v", len(got), embedded, err)
	}
	for i, want := range []domain.Span{{Start: 1, End: 4}, {Start: 3, End: 6}, {Start: 7, End: 7.2}} {
		if s := got[i].Spans; len(s) != 1 || math.Abs(s[0].Start-want.Start) > 0.05 || math.Abs(s[0].End-want.End) > 0.05 {
			t.Errorf("voice %d speaks %v, want %v", i, s, want)
		}
	}
}

func TestRealEngineHearsNobodyInSilence(t *testing.T) {
	t.Parallel()
	e := realEngine(t, 2)
	for _, n := range []int{0, 100, 23 * sampleRate} {
		if turns, err := e.SeparateVoices(context.Background(), make(speech.Audio, n), 2); err != nil || len(turns) != 0 {
			t.Errorf("voices in %d samples of silence: %v, %v", n, turns, err)
		}
	}
}

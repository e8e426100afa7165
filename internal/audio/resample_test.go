package audio

import (
	"math"
	"math/rand/v2"
	"testing"
)

func tone(hz float64, rate, n int, amplitude float64) []float32 {
	out := make([]float32, n)
	for i := range out {
		out[i] = float32(amplitude * math.Sin(2*math.Pi*hz*float64(i)/float64(rate)))
	}
	return out
}

// amplitude of one frequency in the middle of a signal, by a Hann window.
func amplitude(ch []float32, hz float64) float64 {
	ch = ch[len(ch)/4 : len(ch)*3/4]
	var re, im, window float64
	for i, v := range ch {
		w := 0.5 - 0.5*math.Cos(2*math.Pi*float64(i)/float64(len(ch)))
		p := 2 * math.Pi * hz * float64(i) / SampleRate
		re += w * float64(v) * math.Cos(p)
		im += w * float64(v) * math.Sin(p)
		window += w
	}
	return 2 * math.Hypot(re, im) / window
}

func resample(in []float32, rate int) []float32 {
	r := newResampler(rate)
	return r.flush(r.push(nil, in))
}

func TestResampleKeepsSpeechAndMakesNoImages(t *testing.T) {
	t.Parallel()
	for _, rate := range []int{8000, 11025, 22050, 32000, 44100, 44101, 48000} {
		for _, hz := range []float64{100, 300, 1000, 2500, 3400} {
			out := resample(tone(hz, rate, rate, 0.5), rate)
			if db := 20 * math.Log10(amplitude(out, hz)/0.5); math.Abs(db) > 0.2 {
				t.Errorf("%d Hz: %.0f Hz changed by %.2f dB", rate, hz, db)
			}
			if image := float64(rate) - hz; image < 8000 {
				if db := 20 * math.Log10(amplitude(out, image)/0.5); db > -60 {
					t.Errorf("%d Hz: image of %.0f Hz at %.1f dB", rate, hz, db)
				}
			}
		}
	}
	for _, hz := range []float64{9500, 12000, 15500} {
		if folded := amplitude(resample(tone(hz, 44100, 44100, 0.5), 44100), SampleRate-hz); folded > 0.5e-3 {
			t.Errorf("%.0f Hz folds back at %.5f", hz, folded)
		}
	}
}

// The error against the ideal signal shows what single frequencies do not: phase, and noise of any kind.
func TestResampleIsInPlaceAndClean(t *testing.T) {
	t.Parallel()
	for _, rate := range []int{6000, 8000, 11025, 12000, 16000, 24000, 44101, 48000, 96000} {
		got, want := resample(tone(997, rate, rate, 0.5), rate), tone(997, SampleRate, SampleRate, 0.5)
		if len(got) != SampleRate {
			t.Fatalf("%d Hz: a second has %d samples", rate, len(got))
		}
		var wrong, power float64
		for i := 1000; i < 15000; i++ {
			wrong += math.Pow(float64(got[i]-want[i]), 2)
			power += math.Pow(float64(want[i]), 2)
		}
		if db := 10 * math.Log10(wrong/power); db > -60 {
			t.Errorf("%d Hz: error at %.1f dB", rate, db)
		}
	}
}

func TestBlocksOfAnySizeGiveTheSame(t *testing.T) {
	t.Parallel()
	rng := rand.New(rand.NewPCG(5, 6))
	for _, rate := range []int{8000, 11025, 16000, 48000, 383999} {
		in := make([]float32, 20000)
		for i := range in {
			in[i] = rng.Float32() - 0.5
		}
		whole := resample(in, rate)
		r, parts := newResampler(rate), []float32(nil)
		for rest := in; len(rest) > 0; {
			n := min(len(rest), 1+rng.IntN(700))
			parts = r.push(parts, rest[:n])
			rest = rest[n:]
		}
		parts = r.flush(parts)
		if len(parts) != len(whole) || len(whole) != (len(in)*SampleRate+rate-1)/rate {
			t.Fatalf("%d Hz: %d samples in parts, %d at once", rate, len(parts), len(whole))
		}
		for i := range whole {
			if whole[i] != parts[i] {
				t.Fatalf("%d Hz: sample %d is %v in parts, %v at once", rate, i, parts[i], whole[i])
			}
		}
	}
}

func TestResampleOfAlmostNothing(t *testing.T) {
	t.Parallel()
	for _, rate := range []int{minRate, 8000, 48000, maxRate} {
		for n := range 4 {
			if got, want := len(resample(make([]float32, n), rate)), (n*SampleRate+rate-1)/rate; got != want {
				t.Errorf("%d samples at %d Hz give %d, want %d", n, rate, got, want)
			}
		}
	}
}

package audio

import (
	"math"
	"math/rand/v2"
	"slices"
	"testing"

	"earshot/internal/domain"
)

func tone(hz float64, rate, n int, amplitude float64) []float32 {
	out := make([]float32, n)
	for i := range out {
		out[i] = float32(amplitude * math.Sin(2*math.Pi*hz*float64(i)/float64(rate)))
	}
	return out
}

// power of one frequency in the middle of a signal, as amplitude.
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

func TestResampleKeepsSpeechAndMakesNoImages(t *testing.T) {
	t.Parallel()
	for _, rate := range []int{8000, 11025, 22050, 44100, 48000} {
		for _, hz := range []float64{300, 1000, 2500, 3400} {
			out, err := resample(tone(hz, rate, rate, 0.5), rate)
			if err != nil {
				t.Fatal(err)
			}
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
	if out, _ := resample(tone(9500, 44100, 44100, 0.5), 44100); amplitude(out, 16000-9500) > 0.5e-3 {
		t.Errorf("9.5 kHz folds back at %.4f", amplitude(out, 16000-9500))
	}
}

func TestLevelRaisesSpeechAndLeavesSilence(t *testing.T) {
	t.Parallel()
	quiet := tone(500, SampleRate, SampleRate*2, 0.01)
	level(quiet)
	if got := Level(quiet, domain.Span{Start: 0.5, End: 1.5}); math.Abs(got-targetLevel) > 1.5 {
		t.Errorf("quiet speech is at %.1f dBFS", got)
	}
	noise := make([]float32, SampleRate*2)
	for i := range noise {
		noise[i] = float32(rand.New(rand.NewPCG(1, uint64(i))).Float64()-0.5) * 0.0005
	}
	before := slices.Clone(noise)
	level(noise)
	if !slices.Equal(before, noise) {
		t.Error("the noise of an empty line was raised")
	}
	loud := tone(500, SampleRate, SampleRate, 1)
	level(loud)
	for _, v := range loud {
		if v > 1 || v < -1 {
			t.Fatal("clipped beyond full scale")
		}
	}
}

func TestSegmentsHoldTheirPromises(t *testing.T) {
	t.Parallel()
	rng := rand.New(rand.NewPCG(7, 7))
	ch := make([]float32, SampleRate*120)
	for range 300 {
		var speech []domain.Span
		for at := rng.Float64() * 3; at < 118; {
			length := 0.15 + rng.ExpFloat64()*4
			speech = append(speech, domain.Span{Start: at, End: min(at+length, 119)})
			at += length + 0.31 + rng.ExpFloat64()
		}
		segments := Segments(speech, ch, SegmentOptions{})
		last := 0.0
		for _, s := range segments {
			if s.Start < last-1e-9 || s.Duration() > 12+1e-6 || s.Duration() <= 0 || s.End > 120 {
				t.Fatalf("segment %+v after %.2f", s, last)
			}
			last = s.End
		}
		if missing := total(subtract(speech, merge(segments, 0))); missing > 1e-6 {
			t.Fatalf("%.2f s of speech are in no segment", missing)
		}
	}
}

func TestKeepNear(t *testing.T) {
	t.Parallel()
	energy := []domain.Span{{Start: 0, End: 2}, {Start: 5, End: 9}, {Start: 20, End: 30}}
	voiced := []domain.Span{{Start: 5.5, End: 8}, {Start: 40, End: 41}}
	got := KeepNear(energy, voiced, 0.3)
	want := []domain.Span{{Start: 5.2, End: 8.3}, {Start: 40, End: 41}}
	if !slices.Equal(got, want) {
		t.Errorf("KeepNear = %v, want %v", got, want)
	}
}

func TestEnergySpeechIgnoresSteadyNoise(t *testing.T) {
	t.Parallel()
	rng := rand.New(rand.NewPCG(3, 4))
	ch := make([]float32, SampleRate*20)
	for i := range ch {
		ch[i] = float32(rng.NormFloat64()) * 0.003
	}
	if found := EnergySpeech(ch); total(found) > 0.3 {
		t.Errorf("found speech in noise: %v", found)
	}
	for i := SampleRate * 10; i < SampleRate*12; i++ {
		ch[i] += float32(rng.NormFloat64()) * 0.1
	}
	found := EnergySpeech(ch)
	if len(found) != 1 || math.Abs(found[0].Start-10) > 0.1 || math.Abs(found[0].End-12.2) > 0.2 {
		t.Errorf("found %v, want 10 to 12 s", found)
	}
}

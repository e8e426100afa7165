package audio

import (
	"math"
	"math/rand/v2"
	"slices"
	"testing"

	"earshot/internal/domain"
)

// talk is what the measures take for speech: syllables of noise with pauses, at a level in dBFS, over a quiet line.
func talk(rng *rand.Rand, seconds, level, noise float64) []float32 {
	out := make([]float32, int(seconds*SampleRate))
	for i := range out {
		t := float64(i) / SampleRate
		gain := math.Pow(10, noise/20)
		if math.Mod(t, 2) < 1.4 && math.Mod(t, 0.25) < 0.18 {
			gain = math.Pow(10, level/20)
		}
		out[i] = float32(rng.NormFloat64() * gain)
	}
	return out
}

func TestLevelRaisesSpeechAndLeavesTheRest(t *testing.T) {
	t.Parallel()
	for _, c := range []struct {
		name          string
		speech, noise float64
		want          float64 // gain in dB
	}{
		{"quiet speech", -40, -80, 19},
		{"very quiet speech is raised as far as may be", -60, -80, maxGain},
		{"loud speech is brought down", -12, -60, -9},
		{"a noisy line is raised less", -40, -52, 12},
		{"an empty line", -52, -52, 0},
		{"silence", -200, -200, 0},
		{"noise of the last bit", -96, -96, 0},
	} {
		ch := talk(rand.New(rand.NewPCG(1, 2)), 20, c.speech, c.noise)
		if got := level([][]float32{ch})[0]; math.Abs(got-c.want) > 1.5 {
			t.Errorf("%s: gain %.1f dB, want %.1f", c.name, got, c.want)
		}
	}
}

func TestLevelLeavesAnEchoQuiet(t *testing.T) {
	t.Parallel()
	voice := talk(rand.New(rand.NewPCG(1, 2)), 20, -20, -80)
	echo := make([]float32, len(voice))
	for i := 80; i < len(echo); i++ {
		echo[i] = voice[i-80] * 0.1
	}
	if gains := level([][]float32{voice, echo}); gains[1] > 3 {
		t.Errorf("gains %v: the echo was raised to speech", gains)
	}
}

func TestLevelDoesNotClip(t *testing.T) {
	t.Parallel()
	ch := talk(rand.New(rand.NewPCG(1, 2)), 5, -35, -80)
	ch[100], ch[200] = 1, -1 // a click on the line
	level([][]float32{ch})
	for i, v := range ch {
		if v >= 1 || v <= -1 {
			t.Fatalf("sample %d is %v", i, v)
		}
	}
	if ch[100] < 0.8 || ch[200] > -0.8 {
		t.Errorf("a click became %v and %v", ch[100], ch[200])
	}
}

func TestHighPass(t *testing.T) {
	t.Parallel()
	for hz, want := range map[float64][2]float64{10: {-100, -30}, 50: {-11, -7}, 80: {-3.5, -2.5}, 200: {-0.3, 0.1}, 1000: {-0.1, 0.1}} {
		ch := tone(hz, SampleRate, 4*SampleRate, 0.5)
		for i := range ch {
			ch[i] += 0.25 // DC
		}
		highPass(ch)
		if db := 20 * math.Log10(amplitude(ch, hz)/0.5); db < want[0] || db > want[1] {
			t.Errorf("%.0f Hz changed by %.1f dB, want %v", hz, db, want)
		}
		if dc := amplitude(ch, 0) / 2; dc > 1e-3 {
			t.Errorf("DC of %.4f is left", dc)
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

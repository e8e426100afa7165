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

// levelled raises channels in place.
func levelled(t *testing.T, channels ...[]float32) []float64 {
	t.Helper()
	gains, err := level(NewSound(channels...).Channels)
	if err != nil {
		t.Fatal(err)
	}
	return gains
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
		if got := levelled(t, ch)[0]; math.Abs(got-c.want) > 1.5 {
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
	if gains := levelled(t, voice, echo); gains[1] > 3 {
		t.Errorf("gains %v: the echo was raised to speech", gains)
	}
}

func TestLevelDoesNotClip(t *testing.T) {
	t.Parallel()
	ch := talk(rand.New(rand.NewPCG(1, 2)), 5, -35, -80)
	ch[100], ch[200] = 1, -1 // a click on the line
	levelled(t, ch)
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
		if err := highPass(TrackOf(ch)); err != nil {
			t.Fatal(err)
		}
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
	for range 60 {
		var speech []domain.Span
		for at := rng.Float64() * 3; at < 118; {
			length := 0.15 + rng.ExpFloat64()*4
			speech = append(speech, domain.Span{Start: at, End: min(at+length, 119)})
			at += length + 0.31 + rng.ExpFloat64()
		}
		segments := Segments(speech, TrackOf(ch), SegmentOptions{})
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

func TestSegmentsOfSmallThings(t *testing.T) {
	t.Parallel()
	ch := make([]float32, SampleRate*40)
	rng := rand.New(rand.NewPCG(9, 9))
	for i := range ch {
		if t := float64(i) / SampleRate; t < 8 || t > 8.25 { // one short pause
			ch[i] = float32(rng.NormFloat64()) * 0.1
		}
	}
	span := func(v ...float64) (out []domain.Span) {
		for i := 0; i < len(v); i += 2 {
			out = append(out, domain.Span{Start: v[i], End: v[i+1]})
		}
		return out
	}
	for _, c := range []struct {
		name         string
		speech, want []domain.Span
	}{
		{"nothing", nil, nil},
		{"padded on both sides", span(5, 9), span(4.7, 9.3)},
		{"padded more when short", span(5, 5.5), span(4.6, 5.9)},
		{"not beyond the recording", span(0.1, 3, 37, 41), span(0, 3.3, 36.7, 40)},
		{"a burst", span(5, 5.1, 20, 22), span(19.7, 22.3)},
		{"close neighbours are one", span(5, 6, 6.4, 8), span(4.7, 8.3)},
		{"a short one joins the one before", span(5, 8, 9, 9.5), span(4.7, 9.8)},
		{"pads meet in the middle of a pause", span(5, 8, 8.75, 12), span(4.7, 8.3, 8.45, 12.3)},
		{"beyond the end there is nothing", span(50, 55), nil},
	} {
		got := Segments(c.speech, TrackOf(ch), SegmentOptions{})
		if !slices.EqualFunc(got, c.want, func(a, b domain.Span) bool { return math.Abs(a.Start-b.Start)+math.Abs(a.End-b.End) < 1e-6 }) {
			t.Errorf("%s: %v, want %v", c.name, got, c.want)
		}
	}
	if got := Segments(span(1, 18), TrackOf(ch), SegmentOptions{}); len(got) != 2 || got[0].End < 8 || got[0].End > 8.25 || got[0].End != got[1].Start {
		t.Errorf("a long stretch is cut into %v, want a cut in the pause at 8 s", got)
	}
	for _, s := range Segments(span(0, 40), TrackOf(ch), SegmentOptions{Longest: 5}) {
		if s.Duration() > 5+1e-6 || s.Duration() < 1 {
			t.Errorf("segment of %.2f s, asked for at most 5", s.Duration())
		}
	}
}

func TestPeaks(t *testing.T) {
	t.Parallel()
	ch := make([]float32, SampleRate*2+1)
	ch[0], ch[SampleRate], ch[SampleRate*2] = 0.5, -1, 1
	for _, perSecond := range []int{1, 3, 20, 30} {
		got := Peaks(NewSound(ch, nil), perSecond)
		if len(got) != 2 || len(got[0]) != 2*perSecond+1 || len(got[1]) != 0 {
			t.Fatalf("%d a second: %d and %d peaks of %d channels", perSecond, len(got[0]), len(got[1]), len(got))
		}
		for i, want := range map[int]int8{0: 64, perSecond: 127, 2 * perSecond: 127} {
			if got[0][i] != want {
				t.Errorf("%d a second: peak %d is %d, want %d", perSecond, i, got[0][i], want)
			}
		}
	}
	Peaks(NewSound(ch), 0)
}

func TestSpans(t *testing.T) {
	t.Parallel()
	a, b := []domain.Span{{Start: 0, End: 4}, {Start: 5, End: 9}}, []domain.Span{{Start: 1, End: 2}, {Start: 3, End: 6}, {Start: 8, End: 20}}
	if got, want := intersect(a, b), []domain.Span{{Start: 1, End: 2}, {Start: 3, End: 4}, {Start: 5, End: 6}, {Start: 8, End: 9}}; !slices.Equal(got, want) {
		t.Errorf("intersect = %v, want %v", got, want)
	}
	if got, want := subtract(a, b), []domain.Span{{Start: 0, End: 1}, {Start: 2, End: 3}, {Start: 6, End: 8}}; !slices.Equal(got, want) {
		t.Errorf("subtract = %v, want %v", got, want)
	}
	if got, want := merge(a, 1), []domain.Span{{Start: 0, End: 9}}; !slices.Equal(got, want) {
		t.Errorf("merge = %v, want %v", got, want)
	}
}

func TestLevelOfASpan(t *testing.T) {
	t.Parallel()
	ch := tone(500, SampleRate, SampleRate, 1)
	for _, c := range []struct{ from, to, want float64 }{{0, 1, -3}, {0.5, 9, -3}, {-4, 0.5, -3}, {3, 4, -120}, {0.5, 0.4, -120}} {
		if got := Level(TrackOf(ch), domain.Span{Start: c.from, End: c.to}); math.Abs(got-c.want) > 0.1 {
			t.Errorf("%v: %.1f dBFS", c, got)
		}
	}
}

func TestKeepNear(t *testing.T) {
	t.Parallel()
	energy := []domain.Span{{Start: 0, End: 2}, {Start: 5, End: 9}, {Start: 12, End: 16}, {Start: 20, End: 30}}
	voiced := []domain.Span{{Start: 5.5, End: 8}, {Start: 13, End: 15.5}, {Start: 40, End: 41}}
	got := KeepNear(energy, voiced, 0.3)
	want := []domain.Span{{Start: 5, End: 8.3}, {Start: 12.7, End: 16}, {Start: 40, End: 41}} // near ends are not cut off
	if !slices.Equal(got, want) {
		t.Errorf("KeepNear = %v, want %v", got, want)
	}
}

func TestEnergySpeechFindsSpeechOverNoise(t *testing.T) {
	t.Parallel()
	rng := rand.New(rand.NewPCG(3, 4))
	ch := make([]float32, SampleRate*20)
	for i := range ch {
		ch[i] = float32(rng.NormFloat64()) * 0.003
	}
	if found := EnergySpeech(TrackOf(ch)); len(found) > 0 {
		t.Errorf("found speech in noise: %v", found)
	}
	louder := func(from, to float64) {
		for i := int(from * SampleRate); i < int(to*SampleRate); i++ {
			ch[i] += float32(rng.NormFloat64()) * 0.1
		}
	}
	louder(10, 11)
	louder(11.2, 12) // a pause within a word is none
	louder(15, 15.05)
	found := EnergySpeech(TrackOf(ch))
	if len(found) != 1 || math.Abs(found[0].Start-10) > 0.05 || math.Abs(found[0].End-12-hangOver) > 0.05 {
		t.Errorf("found %v, want 10 to 12 s and the hang-over; a click is no speech", found)
	}
	for _, n := range []int{0, 1, frameLen - 1, frameLen, frameLen + 1} {
		if found := EnergySpeech(TrackOf(ch[:n])); len(found) > 0 {
			t.Errorf("%d samples of noise: %v", n, found)
		}
	}
}

func TestNoiseFloorFollowsTheLine(t *testing.T) {
	t.Parallel()
	levels := make([]float64, 6000) // a minute; the line gets noisier after 30 s
	for i := range levels {
		switch levels[i] = -70; {
		case i%4 != 0:
			levels[i] = -20
		case i > 3000:
			levels[i] = -45
		}
	}
	floor := noiseFloor(levels)
	if floor[10] != -70 || floor[50] != -45 || floor[60] != -45 {
		t.Errorf("floors %v, %v and %v", floor[10], floor[50], floor[60])
	}
	if got := noiseFloor(nil); len(got) != 1 || got[0] != -80 {
		t.Errorf("floor of nothing: %v", got)
	}
}

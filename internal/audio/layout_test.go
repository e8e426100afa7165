package audio

import (
	"encoding/binary"
	"math"
	"math/rand/v2"
	"os"
	"path/filepath"
	"testing"

	"earshot/internal/domain"
)

// recording writes channels as a WAV file and reads it, so that levels are those of a real one.
func recording(t *testing.T, channels ...[]float32) *Sound {
	t.Helper()
	var samples []byte
	for i := range channels[0] {
		for _, ch := range channels {
			samples = binary.LittleEndian.AppendUint16(samples, uint16(int16(max(-1, min(1, ch[i]))*32767)))
		}
	}
	path := filepath.Join(t.TempDir(), "call.wav")
	h := wavHeader{tag: wavePCM, channels: uint16(len(channels)), bits: 16, rate: SampleRate}
	if err := os.WriteFile(path, h.file(samples), 0o600); err != nil {
		t.Fatal(err)
	}
	return decode(t, path, Tools{})
}

func TestLayoutOfMadeRecordings(t *testing.T) {
	t.Parallel()
	rng := rand.New(rand.NewPCG(11, 12))
	voice, other, silence := talk(rng, 20, -20, -80), talk(rng, 20, -23, -75), make([]float32, 20*SampleRate)
	noisy := func(ch []float32, noise float64) []float32 {
		return whole(plus(TrackOf(ch), TrackOf(talk(rng, 20, noise, noise)), 0, 0))
	}
	// A turn each: the other side is silent meanwhile.
	mine, yours := append([]float32(nil), voice...), append([]float32(nil), other...)
	for i := range mine {
		if i/(4*SampleRate)%2 == 0 {
			mine[i] = 0
		} else {
			yours[i] = 0
		}
	}
	for _, c := range []struct {
		name string
		a, b []float32
		want domain.Layout
	}{
		{"two sides", mine, yours, domain.LayoutStereo},
		{"two who talk at once", voice, other, domain.LayoutStereo},
		{"the same twice", voice, voice, domain.LayoutDualMono},
		{"the same, quieter", voice, whole(plus(TrackOf(silence), TrackOf(voice), -6, 0)), domain.LayoutDualMono},
		{"the same, a little later", voice, whole(plus(TrackOf(silence), TrackOf(voice), 0, 0.004)), domain.LayoutDualMono},
		{"the same over noisy lines", noisy(voice, -50), noisy(voice, -50), domain.LayoutDualMono},
		{"one side silent", voice, silence, domain.LayoutStereo},
		{"one side a quiet line", voice, talk(rng, 20, -70, -70), domain.LayoutStereo},
		{"one side only an echo", voice, whole(plus(TrackOf(silence), TrackOf(voice), -18, 0.001)), domain.LayoutStereo},
		{"strong cross-talk both ways", whole(plus(TrackOf(mine), TrackOf(yours), -6, 0)), whole(plus(TrackOf(yours), TrackOf(mine), -6, 0)), domain.LayoutStereo},
		{"silence", silence, silence, domain.LayoutStereo},
		{"a moment", voice[:SampleRate/5], voice[:SampleRate/5], domain.LayoutDualMono},
		{"nothing much", voice[:10], voice[:10], domain.LayoutStereo},
	} {
		if got := recording(t, c.a, c.b).Layout(); got != c.want {
			t.Errorf("%s: %s, want %s", c.name, got, c.want)
		}
	}
	if got := recording(t, voice).Layout(); got != domain.LayoutMono {
		t.Errorf("one channel: %s", got)
	}
}

func TestEchoOfASilentSideIsNoSpeech(t *testing.T) {
	t.Parallel()
	rng := rand.New(rand.NewPCG(13, 14))
	voice := talk(rng, 20, -20, -80)
	for _, gain := range []float64{-12, -18, -25, -40} {
		s := recording(t, voice, whole(plus(TrackOf(make([]float32, len(voice))), TrackOf(voice), gain, 0.03)))
		agent, customer := noBleed(t, s.Channels[0], s.Channels[1], EnergySpeech(s.Channels[0]), EnergySpeech(s.Channels[1]))
		if total(customer) > 0.5 || math.Abs(total(agent)-total(EnergySpeech(s.Channels[0]))) > 0.5 {
			t.Errorf("%.0f dB: the agent keeps %.1f s, the echo %.1f s", gain, total(agent), total(customer))
		}
	}
}

func TestRemoveBleedOfNothing(t *testing.T) {
	t.Parallel()
	speech := []domain.Span{{Start: 0, End: 5}}
	for _, n := range []int{0, 1, 100, SampleRate, 5 * SampleRate} {
		a, b := noBleed(t, TrackOf(make([]float32, n)), TrackOf(make([]float32, n/2)), speech, speech)
		if total(a) != 5 || total(b) != 5 {
			t.Errorf("%d samples of silence: %v and %v", n, a, b)
		}
	}
}

// Package transcribetest is the one suite that every speech engine passes, against its fake where it is a service.
package transcribetest

import (
	"bytes"
	"context"
	"log/slog"
	"math"
	"strings"
	"sync"
	"testing"
	"time"
	"unicode"

	"earshot/internal/domain"
	"earshot/internal/speech"
	"earshot/internal/speech/fakes"
)

// Key of the service; it may appear nowhere.
const Key = "key-that-nobody-may-see"

// Setup is what an engine is made with.
type Setup struct {
	Key     string
	Fault   fakes.Fault
	Timeout time.Duration // 0: the engine's own
	Pause   time.Duration
	Logger  *slog.Logger
}

// Harness makes the engine under test.
type Harness struct {
	// New makes an engine, with the service that it asks; nil for one that asks none.
	New func(t testing.TB, s Setup) (speech.Engine, *fakes.Server)
	// Speech is some seconds of talk that the engine understands; nil: what the fakes take for it.
	Speech func(t testing.TB) speech.Audio
}

// Run runs the suite.
func Run(t *testing.T, h Harness) {
	t.Run("info", func(t *testing.T) { t.Parallel(); h.info(t) })
	t.Run("speech", func(t *testing.T) { t.Parallel(); h.speech(t) })
	t.Run("no speech", func(t *testing.T) { t.Parallel(); h.silence(t) })
	t.Run("many at once", func(t *testing.T) { t.Parallel(); h.atOnce(t) })
	t.Run("too long", func(t *testing.T) { t.Parallel(); h.tooLong(t) })
	t.Run("stopped", func(t *testing.T) { t.Parallel(); h.stopped(t) })
	if _, server := h.start(t, Setup{}); server == nil {
		return
	}
	t.Run("channels", func(t *testing.T) { t.Parallel(); h.channels(t) })
	t.Run("language", func(t *testing.T) { t.Parallel(); h.language(t) })
	t.Run("wrong key", func(t *testing.T) { t.Parallel(); h.wrongKey(t) })
	for fault, want := range failures() {
		t.Run(string(fault), func(t *testing.T) { t.Parallel(); h.fails(t, fault, want) })
	}
	for _, fault := range []fakes.Fault{fakes.BusyOnce, fakes.FailsOnce} {
		t.Run(string(fault), func(t *testing.T) { t.Parallel(); h.recovers(t, fault) })
	}
	for _, fault := range []fakes.Fault{fakes.Negative, fakes.Beyond, fakes.OutOfOrder, fakes.Backwards, fakes.Stutter, fakes.Invented, fakes.Control, fakes.Nothing} {
		t.Run(string(fault), func(t *testing.T) { t.Parallel(); h.nonsense(t, fault) })
	}
}

func (h Harness) start(t testing.TB, s Setup) (speech.Engine, *fakes.Server) {
	t.Helper()
	if s.Key == "" {
		s.Key = Key
	}
	if s.Logger == nil {
		s.Logger = slog.New(slog.DiscardHandler)
	}
	s.Pause = time.Millisecond
	engine, server := h.New(t, s)
	if server != nil {
		t.Cleanup(func() { server.CloseClientConnections(); server.Close() })
	}
	return engine, server
}

func (h Harness) talk(t testing.TB) speech.Audio {
	if h.Speech != nil {
		return h.Speech(t)
	}
	return Tone(6, domain.Span{Start: 1, End: 2.5}, domain.Span{Start: 3.5, End: 5})
}

// Tone sounds in the given stretches: what the fakes take for speech.
func Tone(seconds float64, spans ...domain.Span) speech.Audio {
	audio := make(speech.Audio, int(seconds*speech.SampleRate))
	for _, s := range spans {
		for i := int(s.Start * speech.SampleRate); i < int(s.End*speech.SampleRate); i++ {
			audio[i] = float32(0.3 * math.Sin(2*math.Pi*300*float64(i)/speech.SampleRate))
		}
	}
	return audio
}

func (h Harness) info(t *testing.T) {
	engine, _ := h.start(t, Setup{})
	if i := engine.Info(); i.Name == "" || i.Model == "" || len(i.Languages) == 0 || i.MaxSeconds <= 0 || i.Concurrency <= 0 {
		t.Errorf("says too little of itself: %+v", i)
	}
}

func (h Harness) speech(t *testing.T) {
	engine, server := h.start(t, Setup{})
	audio, used := h.talk(t), 0.0
	got, err := engine.Transcribe(context.Background(), audio, speech.Options{Language: "en", Used: func(u speech.Usage) { used += u.Seconds }})
	if err != nil || len(got) == 0 {
		t.Fatalf("%v, %v", got, err)
	}
	Sound(t, got, audio.Seconds())
	if server != nil && (used < math.Floor(audio.Seconds()) || used > audio.Seconds()+1) {
		t.Errorf("%.1f s were used for %.1f s", used, audio.Seconds())
	}
}

// Sound checks that utterances make sense for so many seconds of audio.
func Sound(t testing.TB, got []speech.Utterance, seconds float64) {
	t.Helper()
	last := 0.0
	for _, u := range got {
		if u.Start < last || u.End <= u.Start || u.End > seconds+1e-6 || math.IsNaN(u.Start+u.End) || u.Confidence < 0 || u.Confidence > 1 {
			t.Errorf("times or confidence: %+v in %.2f s", u, seconds)
		}
		if strings.TrimSpace(u.Text) == "" || strings.ContainsFunc(u.Text, unicode.IsControl) || float64(len(strings.Fields(u.Text))) > 8*(u.End-u.Start)+4 {
			t.Errorf("text: %.80q in %.2f s", u.Text, u.End-u.Start)
		}
		last = u.Start
	}
}

func (h Harness) silence(t *testing.T) {
	engine, _ := h.start(t, Setup{})
	for name, audio := range map[string]speech.Audio{"nothing": nil, "a moment": make(speech.Audio, 300), "silence": make(speech.Audio, 3*speech.SampleRate)} {
		if got, err := engine.Transcribe(context.Background(), audio, speech.Options{}); err != nil || len(got) != 0 {
			t.Errorf("%s: %v, %v", name, got, err)
		}
	}
}

func (h Harness) atOnce(t *testing.T) {
	engine, _ := h.start(t, Setup{})
	audio := h.talk(t)
	want, err := engine.Transcribe(context.Background(), audio, speech.Options{})
	if err != nil {
		t.Fatal(err)
	}
	var wait sync.WaitGroup
	for range 2 * engine.Info().Concurrency {
		wait.Go(func() {
			got, err := engine.Transcribe(context.Background(), audio, speech.Options{})
			if err != nil || len(got) != len(want) {
				t.Errorf("%v, %v", got, err)
			}
		})
	}
	wait.Wait()
}

func (h Harness) tooLong(t *testing.T) {
	engine, _ := h.start(t, Setup{})
	most := engine.Info().MaxSeconds
	if most > 600 {
		t.Skip("a call of that length needs too much memory for a test")
	}
	if _, err := engine.Transcribe(context.Background(), make(speech.Audio, int((most+1)*speech.SampleRate)), speech.Options{}); !domain.IsKind(err, domain.KindInvalid) {
		t.Errorf("%.0f s: %v", most+1, err)
	}
}

func (h Harness) stopped(t *testing.T) {
	engine, _ := h.start(t, Setup{Fault: fakes.Hangs})
	ctx, cancel := context.WithCancel(context.Background())
	time.AfterFunc(20*time.Millisecond, cancel)
	if _, ok := engine.(interface{ Close() }); ok {
		cancel() // an engine without a service does not hang
	}
	if _, err := engine.Transcribe(ctx, h.talk(t), speech.Options{}); err == nil || ctx.Err() == nil {
		t.Errorf("%v", err)
	}
}

// logs collects what is logged.
func logs() (*slog.Logger, *bytes.Buffer) {
	var b bytes.Buffer
	return slog.New(slog.NewTextHandler(&b, &slog.HandlerOptions{Level: slog.LevelDebug})), &b
}

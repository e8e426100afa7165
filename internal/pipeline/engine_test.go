package pipeline

import (
	"context"
	"errors"
	"slices"
	"strings"
	"sync"
	"testing"

	"earshot/internal/audio"
	"earshot/internal/domain"
	"earshot/internal/speech"
)

// service stands for a remote engine: it bills, knows its languages, and fails if it is told to.
type service struct {
	echo
	name      string
	languages []string
	err       error
}

func (s *service) Info() speech.Info {
	return speech.Info{Name: s.name, Model: "m", Languages: s.languages, Concurrency: 2}
}

func (s *service) Transcribe(ctx context.Context, a speech.Audio, o speech.Options) ([]speech.Utterance, error) {
	if o.Used != nil && s.name != "local" {
		o.Used(speech.Usage{Seconds: a.Seconds()})
	}
	if s.err != nil {
		return nil, s.err
	}
	return s.echo.Transcribe(ctx, a, o)
}

func TestChoice(t *testing.T) {
	t.Parallel()
	sound := audio.NewSound(talk(20, domain.Span{Start: 1, End: 7}))
	broken := domain.Errorf(domain.KindRateLimited, "", "wait")
	many := []string{"en", "fr"}
	for name, c := range map[string]struct {
		err       error
		fallback  bool
		local     []string // languages of the fallback
		language  string
		by        string // who wrote it; empty: nobody
		instead   string
		code      string
		written   string // language of the transcript
		costs     bool
		cancelled bool
	}{
		"the service":                              {nil, true, []string{"en"}, "fr", "service", "", "", "fr", true, false},
		"a language that it hears by itself":       {nil, false, nil, "", "service", "", "", "", true, false},
		"it fails, and another may write":          {broken, true, []string{"en"}, "en", "local", "service", "", "en", true, false},
		"it fails, and nobody else may":            {broken, false, nil, "en", "", "", "rate_limited", "", false, false},
		"the other lacks the language":             {broken, true, []string{"en"}, "fr", "", "", "rate_limited", "", false, false},
		"neither knows the language":               {nil, true, []string{"en"}, "tlh", "", "", speech.CodeLanguageMissing, "", false, false},
		"a language that only the other knows":     {nil, true, []string{"nl"}, "nl", "local", "service", "", "nl", false, false},
		"being stopped is no reason for another":   {broken, true, []string{"en"}, "en", "", "", "", "", false, true},
		"a region is of no account for knowing it": {nil, false, nil, "en-GB", "service", "", "", "en-GB", true, false},
	} {
		t.Run(name, func(t *testing.T) {
			t.Parallel()
			choice := Choice{Engine: &service{name: "service", languages: many, err: c.err}, Language: c.language, Currency: "EUR", Cost: func(s float64) float64 { return s * 2 }}
			if c.fallback {
				choice.Fallback = &service{name: "local", languages: c.local}
			}
			ctx, cancel := context.WithCancel(context.Background())
			defer cancel()
			if c.cancelled {
				cancel()
			}
			got, err := choice.Transcribe(ctx, sound, TranscribeOptions{Single: domain.Customer})
			if (err == nil) != (c.by != "") || c.code != "" && domain.CodeOf(err) != c.code {
				t.Fatalf("%v, want code %q", err, c.code)
			}
			e := got.Engine
			if e.Name != c.by || e.Instead != c.instead || got.Language != c.written {
				t.Errorf("%+v in %q", e, got.Language)
			}
			if c.costs && (e.Seconds < 5 || e.Cost < 2*e.Seconds-0.1 || e.Cost > 2*e.Seconds+0.1 || e.Currency != "EUR") || !c.costs && e.Cost != 0 {
				t.Errorf("costs %+v", e)
			}
		})
	}
}

// board takes all channels together, and says of each window where it heard something.
type board struct {
	echo
	mu      sync.Mutex
	windows [][]speech.Audio
	invent  bool
	err     error
}

func (b *board) TranscribeChannels(_ context.Context, channels []speech.Audio, _ speech.Options) ([][]speech.Utterance, error) {
	b.mu.Lock()
	defer b.mu.Unlock()
	b.windows = append(b.windows, channels)
	out := make([][]speech.Utterance, len(channels))
	for i, c := range channels {
		for _, s := range sounding(c) {
			out[i] = append(out[i], speech.Utterance{Start: s.Start, End: s.End, Text: "said"})
		}
		if b.invent {
			out[i] = append(out[i], speech.Utterance{Start: 0, End: c.Seconds(), Text: "over all"}, speech.Utterance{Start: 9, End: 9.5, Text: "in silence"})
		}
	}
	return out, b.err
}

// sounding finds the stretches that are not digital silence, with gaps of half a second.
func sounding(a speech.Audio) (out []domain.Span) {
	for i, v := range a {
		at := float64(i) / speech.SampleRate
		switch n := len(out); {
		case v == 0:
		case n > 0 && at-out[n-1].End < 0.5:
			out[n-1].End = at
		default:
			out = append(out, domain.Span{Start: at, End: at + 0.01})
		}
	}
	return out
}

// TestChannelsGoTogether: each side is sent with its own speech alone, long calls in windows, and lines come back to their side
// and time.
func TestChannelsGoTogether(t *testing.T) {
	t.Parallel()
	var left, right []domain.Span
	for at := 5.0; at < 1470; at += 40 {
		left, right = append(left, domain.Span{Start: at, End: at + 4}), append(right, domain.Span{Start: at + 20, End: at + 24})
	}
	sound := audio.NewSound(talk(1500, left...), talk(1500, right...))
	engine := &board{}
	got, err := (&Transcriber{Engine: engine}).Transcribe(context.Background(), sound, TranscribeOptions{AgentChannel: AgentLeft})
	if err != nil {
		t.Fatal(err)
	}
	if n := len(engine.windows); n != 3 {
		t.Errorf("%d windows for 1500 s", n)
	}
	for _, w := range engine.windows {
		if len(w) != 2 || w[0].Seconds() > windowSeconds+30 || len(w[0]) != len(w[1]) {
			t.Errorf("a window of %d channels, %.0f and %.0f s", len(w), w[0].Seconds(), w[1].Seconds())
		}
	}
	if len(got.Lines) != len(left)+len(right) {
		t.Errorf("%d lines of %d", len(got.Lines), len(left)+len(right))
	}
	for _, l := range got.Lines {
		spans := map[domain.Speaker][]domain.Span{domain.Agent: left, domain.Customer: right}[l.Speaker]
		if !slices.ContainsFunc(spans, func(s domain.Span) bool { return l.Start > s.Start-1 && l.End < s.End+1 }) {
			t.Errorf("%+v is not where %s speaks", l, l.Speaker)
		}
	}
}

func TestWhatIsHeardInSilenceIsDropped(t *testing.T) {
	t.Parallel()
	sound := audio.NewSound(talk(30, domain.Span{Start: 1, End: 4}, domain.Span{Start: 20, End: 24}), talk(30, domain.Span{Start: 6, End: 8}))
	engine := &board{invent: true}
	got, err := (&Transcriber{Engine: engine}).Transcribe(context.Background(), sound, TranscribeOptions{AgentChannel: AgentLeft})
	if err != nil {
		t.Fatal(err)
	}
	for _, l := range got.Lines {
		if strings.Contains(l.Text, "silence") || l.End > 30 {
			t.Errorf("kept %+v", l)
		}
	}
	engine.err = errors.New("broken")
	if _, err := (&Transcriber{Engine: engine}).Transcribe(context.Background(), sound, TranscribeOptions{}); err == nil {
		t.Error("no error")
	}
}

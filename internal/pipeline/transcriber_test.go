package pipeline

import (
	"context"
	"math"
	"sync"
	"testing"

	"earshot/internal/audio"
	"earshot/internal/domain"
	"earshot/internal/speech"
)

// echo is an engine that writes how long each segment is; it stands for the port to real ones.
type echo struct {
	mu      sync.Mutex
	longest float64
}

func (*echo) Info() speech.Info {
	return speech.Info{Name: "echo", Model: "test", Languages: []string{"en"}, Concurrency: 2}
}

func (e *echo) Transcribe(_ context.Context, a speech.Audio, _ speech.Options) ([]speech.Utterance, error) {
	e.mu.Lock()
	defer e.mu.Unlock()
	e.longest = max(e.longest, a.Seconds())
	return []speech.Utterance{{Start: 0, End: a.Seconds(), Text: "said"}}, nil
}

// talk makes a channel in which somebody speaks in the given stretches.
func talk(seconds float64, spans ...domain.Span) []float32 {
	ch := make([]float32, int(seconds*audio.SampleRate))
	for _, s := range spans {
		for i := int(s.Start * audio.SampleRate); i < int(s.End*audio.SampleRate); i++ {
			t := float64(i) / audio.SampleRate
			ch[i] = float32(0.2 * math.Sin(2*math.Pi*180*t) * (1 + 0.8*math.Sin(2*math.Pi*4*t)))
		}
	}
	return ch
}

func TestTranscribeLaysLinesOut(t *testing.T) {
	t.Parallel()
	stereo := [][]float32{talk(60, domain.Span{Start: 1, End: 4}, domain.Span{Start: 10, End: 40}), talk(60, domain.Span{Start: 5, End: 8}, domain.Span{Start: 45, End: 50})}
	for name, c := range map[string]struct {
		sound    *audio.Sound
		opt      TranscribeOptions
		speakers []domain.Speaker
	}{
		"stereo":      {audio.NewSound(stereo...), TranscribeOptions{AgentChannel: AgentRight}, []domain.Speaker{domain.Agent, domain.Customer}},
		"mono":        {audio.NewSound(stereo[0]), TranscribeOptions{}, []domain.Speaker{domain.Speaker1}},
		"voicemail":   {audio.NewSound(stereo[1]), TranscribeOptions{Single: domain.Customer}, []domain.Speaker{domain.Customer}},
		"dual mono":   {audio.NewSound(stereo[0], stereo[0]), TranscribeOptions{}, []domain.Speaker{domain.Speaker1}},
		"silent side": {audio.NewSound(stereo[0], make([]float32, len(stereo[0]))), TranscribeOptions{AgentChannel: AgentLeft}, []domain.Speaker{domain.Agent}},
		"silence":     {audio.NewSound(make([]float32, 60*audio.SampleRate)), TranscribeOptions{}, nil},
	} {
		t.Run(name, func(t *testing.T) {
			t.Parallel()
			engine := &echo{}
			got, err := (&Transcriber{Engine: engine}).Transcribe(context.Background(), c.sound, c.opt)
			if err != nil {
				t.Fatal(err)
			}
			said := map[domain.Speaker]bool{}
			last := 0.0
			for i, l := range got.Lines {
				if l.ID != i+1 || l.Start < last || l.End <= l.Start || l.End > 60 {
					t.Errorf("line %d: %+v", i, l)
				}
				last = l.Start
				said[l.Speaker] = true
			}
			if len(said) != len(c.speakers) || engine.longest > 12.01 {
				t.Errorf("speakers %v, longest segment %.1f s", said, engine.longest)
			}
			for _, s := range c.speakers {
				if !said[s] || len(got.Speech[s]) == 0 {
					t.Errorf("%s says nothing", s)
				}
			}
		})
	}
}

package pipeline

import (
	"context"
	"math"
	"sync"
	"time"

	"earshot/internal/audio"
	"earshot/internal/domain"
	"earshot/internal/speech"
)

// Choice is who writes a call down.
type Choice struct {
	Engine   speech.Engine
	Fallback speech.Engine                 // writes the call if Engine fails; nil: nobody
	Language string                        // BCP 47
	Cost     func(seconds float64) float64 // of so much audio billed; nil: not known
	Currency string
}

// choose asks the configuration; without one the engine is the only one there is.
func (p *Pipeline) choose(ctx context.Context, call domain.Call, settings domain.GeneralSettings) (Choice, error) {
	if p.Choose == nil {
		return Choice{Engine: p.Engine, Language: settings.Language}, nil
	}
	return p.Choose(ctx, call, settings)
}

// Transcribe writes a recording down. A call whose language the engine lacks is an error with speech.CodeLanguageMissing: it is
// never written in another. The transcript says what it took, and whether the fallback wrote it.
func (c Choice) Transcribe(ctx context.Context, sound *audio.Sound, opt TranscribeOptions) (domain.Transcript, error) {
	var mu sync.Mutex
	seconds, start := 0.0, time.Now()
	opt.Language = c.Language
	opt.Used = func(u speech.Usage) {
		mu.Lock()
		defer mu.Unlock()
		seconds += u.Seconds
	}
	t, err := write(ctx, c.Engine, sound, opt)
	if err != nil && c.Fallback != nil && ctx.Err() == nil {
		var again error
		if t, again = write(ctx, c.Fallback, sound, opt); again == nil {
			t.Engine.Instead, err = c.Engine.Info().Name, nil
		}
	}
	if err != nil {
		return domain.Transcript{}, err
	}
	t.Engine.Seconds, t.Engine.Took = hundredths(seconds), hundredths(time.Since(start).Seconds())
	if c.Cost != nil && seconds > 0 {
		if t.Engine.Cost = math.Round(c.Cost(seconds)*1e6) / 1e6; t.Engine.Cost > 0 {
			t.Engine.Currency = c.Currency
		}
	}
	return t, nil
}

func hundredths(seconds float64) float64 { return math.Round(seconds*100) / 100 }

func write(ctx context.Context, engine speech.Engine, sound *audio.Sound, opt TranscribeOptions) (domain.Transcript, error) {
	info := engine.Info()
	if opt.Language != "" && len(info.Languages) > 0 && !domain.KnowsLanguage(info.Languages, opt.Language) {
		return domain.Transcript{}, domain.Errorf(domain.KindInvalid, speech.CodeLanguageMissing, "the language of this call is %s, which the engine %s %s does not know; the recording is kept", opt.Language, info.Name, info.Model)
	}
	return (&Transcriber{Engine: engine}).Transcribe(ctx, sound, opt)
}

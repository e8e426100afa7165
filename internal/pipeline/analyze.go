package pipeline

import (
	"context"
	"fmt"

	"earshot/internal/domain"
	"earshot/internal/insight"
	"earshot/internal/store"
)

func (p *Pipeline) analyze(ctx context.Context, vc domain.VCCall) (outcome, error) {
	call, err := p.Store.Call(ctx, vc.CallID)
	if err != nil {
		return outcome{}, err
	}
	if call.Transcript == nil {
		return outcome{}, domain.Errorf(domain.KindPermanent, string(domain.EngineError), "the call has no transcript")
	}
	found, err := p.Insights(ctx, call)
	if err != nil {
		return outcome{}, err
	}
	text := fmt.Sprintf("found %d questions, %d next steps, %d mentions", len(found.Questions), len(found.NextSteps), len(found.Mentions))
	return outcome{state: domain.StateProcessed, text: text, save: func(ctx context.Context, tx *store.Tx) error {
		if err := tx.SaveInsights(ctx, call.ID, found); err != nil || p.Analyzed == nil {
			return err
		}
		return p.Analyzed(ctx, tx, call)
	}}, nil
}

// Insights finds those of a call with a transcript, in its own time zone and by the settings as they are now.
func (p *Pipeline) Insights(ctx context.Context, call domain.Call) (domain.Insights, error) {
	settings, err := p.Store.Settings(ctx)
	if err != nil {
		return domain.Insights{}, err
	}
	types, err := p.Store.InsightTypes(ctx)
	if err != nil {
		return domain.Insights{}, err
	}
	c := insight.Context{StartedAt: call.StartedAt.In(settings.Location()), Categories: insight.Categories(types, call.Transcript.Language)}
	found := insight.Analyze(*call.Transcript, c)
	found.Made = &domain.Made{Rules: p.Version, At: p.Now()}
	return found, nil
}

package scribe

import (
	"context"
	"strings"

	"earshot/internal/domain"
	"earshot/internal/store"
)

// View is what people see of the work on a call.
type View struct {
	On      bool // a language model is set up
	Work    *domain.ModelWork
	Stale   bool                    // the transcript reads otherwise by now
	Edited  *domain.SummaryVersion  // the newest summary by a person
	History []domain.SummaryVersion // newest first
}

// View of a call that the user may see.
func (s *Service) View(ctx context.Context, actor domain.User, callID string) (View, error) {
	call, err := s.Library.Call(ctx, actor, callID)
	if err != nil {
		return View{}, err
	}
	settings, err := s.Store.ModelSettings(ctx)
	if err != nil {
		return View{}, err
	}
	v := View{On: settings.Enabled}
	if v.History, err = s.Store.SummaryVersions(ctx, callID); err != nil {
		return View{}, err
	}
	for i := range v.History {
		if v.History[i].By != "" {
			v.Edited = &v.History[i]
			break
		}
	}
	w, found, err := s.Store.ModelWork(ctx, callID)
	if err != nil || !found {
		return v, err
	}
	v.Work = &w
	v.Stale = w.Written != nil && (call.Transcript == nil || linesPrint(call.Transcript.Lines) != w.LinesPrint)
	return v, nil
}

// maxSummary is how long a summary by a person may be, in characters.
const maxSummary = 8000

// EditSummary puts a person's summary in the place of the model's. It is kept beside all earlier ones.
func (s *Service) EditSummary(ctx context.Context, actor domain.User, callID, text string) (View, error) {
	if _, err := s.Library.Call(ctx, actor, callID); err != nil {
		return View{}, err
	}
	text = strings.TrimSpace(strings.ToValidUTF8(text, ""))
	if text == "" || len([]rune(text)) > maxSummary {
		return View{}, domain.Errorf(domain.KindInvalid, "bad_summary", "a summary has between 1 and %d characters", maxSummary)
	}
	v := domain.SummaryVersion{ID: store.NewID(), CallID: callID, By: actor.Name, Text: text, At: s.Now()}
	if err := s.Store.InTx(ctx, func(ctx context.Context, tx *store.Tx) error { return tx.AddSummaryVersion(ctx, v) }); err != nil {
		return View{}, err
	}
	return s.View(ctx, actor, callID)
}

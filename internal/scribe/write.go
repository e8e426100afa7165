package scribe

import (
	"cmp"
	"context"
	"strings"
	"time"

	"earshot/internal/domain"
	"earshot/internal/identity"
	"earshot/internal/insight/llm"
	"earshot/internal/store"
)

// maxAttempts of a call at a model that fails or answers nothing usable.
const maxAttempts = 3

// retryDelay before the next attempt, times the attempts so far.
const retryDelay = 5 * time.Minute

// Analyzed asks for the work of the model on a call whose rule results are being committed, if the settings want it. The call is visible
// whatever becomes of it.
func (s *Service) Analyzed(ctx context.Context, tx *store.Tx, call domain.Call) error {
	settings, err := tx.ModelSettings(ctx)
	if err != nil || !settings.Enabled || !settings.Covers(call.Provider) || call.Transcript == nil || len(call.Transcript.Lines) == 0 {
		return err
	}
	return s.queue(ctx, tx, call.ID, false)
}

// queue makes the job; anew: also where the same was asked before.
func (s *Service) queue(ctx context.Context, tx *store.Tx, callID string, anew bool) error {
	w, _, err := tx.ModelWork(ctx, callID)
	if err != nil {
		return err
	}
	if anew {
		w.Fingerprint = ""
	}
	w.State, w.Detail, w.Attempts = domain.ModelQueued, "", 0
	if err := tx.SaveModelWork(ctx, w); err != nil {
		return err
	}
	return tx.Enqueue(ctx, domain.ModelJob{CallID: callID})
}

// Work does one job. What fails is noted with the call, which stays as it is.
func (s *Service) Work(ctx context.Context, j domain.ModelJob) error {
	call, err := s.Store.Call(ctx, j.CallID)
	if err != nil {
		return err
	}
	w, found, err := s.Store.ModelWork(ctx, j.CallID)
	if err != nil || !found || w.State == domain.ModelDone || w.State == domain.ModelSkipped || w.State == domain.ModelFailed {
		return err // done meanwhile
	}
	settings, err := s.Store.ModelSettings(ctx)
	if err != nil {
		return err
	}
	general, err := s.Store.Settings(ctx)
	if err != nil {
		return err
	}
	if !settings.Enabled || call.Transcript == nil {
		w.State, w.Detail = domain.ModelSkipped, "the language model is off, or the call has no transcript"
		return s.save(ctx, w)
	}
	src := source(call, general.Location())
	options := llm.Options{WindowTokens: settings.WindowTokens, Prompts: settings.ActivePrompts()}
	w.LinesPrint = linesPrint(src.Lines)
	if fresh := print(w.LinesPrint, settings.Kind, settings.Model, llm.PromptVersion, options, src.StartedAt); fresh != w.Fingerprint || w.Written == nil {
		return s.write(ctx, w, src, options, settings, fresh)
	}
	w.State, w.Detail = domain.ModelDone, ""
	return s.save(ctx, w) // the same was asked before: nothing is sent again
}

func (s *Service) write(ctx context.Context, w domain.ModelWork, src llm.Source, options llm.Options, settings domain.ModelSettings, fingerprint string) error {
	model, err := s.model(ctx, settings)
	if err != nil {
		return s.failed(ctx, w, err, settings)
	}
	estimate := llm.Estimate(src, options)
	day, err := s.reserve(ctx, settings, estimate)
	if err != nil {
		return s.failed(ctx, w, err, settings)
	}
	written, usage, err := llm.Write(ctx, model, src, options)
	s.settle(ctx, day, estimate, usage)
	w.Usage = w.Usage.Add(usage)
	w.Kind, w.Model, w.Prompts, w.Cost, w.Currency = settings.Kind, settings.Model, llm.PromptVersion, settings.Cost(w.Usage), settings.Currency
	if err != nil {
		return s.failed(ctx, w, err, settings)
	}
	w.State, w.Detail, w.Written, w.Fingerprint, w.Attempts = domain.ModelDone, "", &written, fingerprint, 0
	return s.Store.InTx(ctx, func(ctx context.Context, tx *store.Tx) error {
		if err := tx.SaveModelWork(ctx, w); err != nil || len(written.Summary) == 0 {
			return err
		}
		return tx.AddSummaryVersion(ctx, domain.SummaryVersion{ID: store.NewID(), CallID: w.CallID, Text: textOf(written), At: s.Now()})
	})
}

// textOf a summary, one sentence a line.
func textOf(w domain.Written) string {
	var lines []string
	for _, c := range w.Summary {
		lines = append(lines, c.Text)
	}
	return strings.Join(lines, "\n")
}

func (s *Service) save(ctx context.Context, w domain.ModelWork) error {
	return s.Store.InTx(ctx, func(ctx context.Context, tx *store.Tx) error { return tx.SaveModelWork(ctx, w) })
}

// failed notes why there is nothing, and lets the job come again where that may help. What was written before stays.
func (s *Service) failed(ctx context.Context, w domain.ModelWork, cause error, settings domain.ModelSettings) error {
	if ctx.Err() != nil {
		return ctx.Err() // we are being stopped: the job comes again
	}
	w.Detail = domain.MessageOf(cause)
	spent := domain.CodeOf(cause) == CodeSpent
	limited := domain.IsKind(cause, domain.KindRateLimited)
	if !limited {
		w.Attempts++
	}
	again := limited || domain.IsKind(cause, domain.KindTemporary) && w.Attempts < maxAttempts
	switch {
	case spent && settings.WhenSpent == domain.SpentSkip:
		w.State, again = domain.ModelSkipped, false
	case again:
		w.State = domain.ModelWaiting
	default:
		w.State = domain.ModelFailed
	}
	if err := s.save(ctx, w); err != nil {
		return err
	}
	s.Logger.WarnContext(ctx, "language model did not write about a call", "call", w.CallID, "state", w.State, "error", cause)
	if !again {
		return nil
	}
	at := domain.RetryTime(cause)
	if at.IsZero() {
		at = s.Now().Add(retryDelay * time.Duration(max(1, w.Attempts)))
	}
	return &domain.Error{Kind: domain.KindNotReady, Message: cmp.Or(w.Detail, "the language model waits"), RetryAt: at, Err: cause}
}

// Run asks for the work of the model on one call that the user may see, whatever connector it is of.
func (s *Service) Run(ctx context.Context, actor domain.User, callID string) (View, error) {
	call, err := s.Library.Call(ctx, actor, callID)
	if err != nil {
		return View{}, err
	}
	if err := s.on(ctx); err != nil {
		return View{}, err
	}
	if call.Transcript == nil || len(call.Transcript.Lines) == 0 {
		return View{}, domain.Errorf(domain.KindNotReady, "not_transcribed", "this call has no transcript, so there is nothing to write about")
	}
	if err := s.Store.InTx(ctx, func(ctx context.Context, tx *store.Tx) error { return s.queue(ctx, tx, callID, true) }); err != nil {
		return View{}, err
	}
	return s.View(ctx, actor, callID)
}

// on is an error where the language model is off.
func (s *Service) on(ctx context.Context) error {
	settings, err := s.Store.ModelSettings(ctx)
	if err == nil && !settings.Enabled {
		err = domain.Errorf(domain.KindConflict, "model_off", "no language model is set up; an admin can turn one on in Setup > Language Model")
	}
	return err
}

// maxRun is how many calls RunAll takes at once.
const maxRun = 2000

// RunAll asks for the work of the model on the processed calls of a choice, the newest first, and gives how many those are.
func (s *Service) RunAll(ctx context.Context, actor domain.User, c domain.CallChoice) (int, error) {
	if err := identity.Require(actor, domain.PermissionModifyAll, s.Now()); err != nil {
		return 0, err
	}
	if err := s.on(ctx); err != nil {
		return 0, err
	}
	f := store.CallFilter{CallID: c.CallID, UserID: c.UserID, Provider: c.Provider, Query: c.Query, From: c.From, To: c.To, State: domain.StateProcessed, Limit: 200}
	asked := 0
	for asked < maxRun {
		calls, next, err := s.Store.Calls(ctx, f)
		if err != nil {
			return asked, err
		}
		err = s.Store.InTx(ctx, func(ctx context.Context, tx *store.Tx) error {
			for _, call := range calls {
				if err := s.queue(ctx, tx, call.ID, false); err != nil {
					return err
				}
			}
			return nil
		})
		if err != nil {
			return asked, err
		}
		asked += len(calls)
		if f.Cursor = next; next == "" {
			break
		}
	}
	if asked == 0 {
		return 0, domain.Errorf(domain.KindInvalid, "no_calls", "no processed call is selected; choose other dates, or another user")
	}
	return asked, nil
}

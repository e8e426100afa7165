package library

import (
	"context"
	"fmt"
	"time"

	"earshot/internal/domain"
	"earshot/internal/identity"
	"earshot/internal/store"
)

// Re-analysis starts calls in steps, so that it can be stopped and new calls do not wait behind thousands.
const (
	reanalysisStep  = 50 // calls in work at once
	reanalysisPause = 5 * time.Second
)

// Reanalyze lets the processed calls that are chosen go through their last stages again, with the settings as they are now.
func (l *Library) Reanalyze(ctx context.Context, actor domain.User, stage domain.Stage, choice domain.CallChoice) (domain.Reanalysis, error) {
	if err := identity.Require(actor, domain.PermissionModifyAll, l.Now()); err != nil {
		return domain.Reanalysis{}, err
	}
	if stage != domain.StageTranscribe && stage != domain.StageAnalyze {
		return domain.Reanalysis{}, domain.Errorf(domain.KindInvalid, "unknown_stage", "calls are analysed again from %q or from %q, not from %q", domain.StageTranscribe, domain.StageAnalyze, stage)
	}
	total, err := l.Store.CountCalls(ctx, processed(choice))
	if err != nil {
		return domain.Reanalysis{}, err
	}
	if total == 0 {
		return domain.Reanalysis{}, domain.Errorf(domain.KindInvalid, "no_calls", "no processed call is selected; choose other dates, or another user")
	}
	r := domain.Reanalysis{ID: store.NewID(), Stage: stage, Choice: choice, Total: total, CreatedBy: actor.Name, CreatedAt: l.Now()}
	err = l.Store.InTx(ctx, func(ctx context.Context, tx *store.Tx) error {
		if err := tx.SaveReanalysis(ctx, r); err != nil {
			return err
		}
		if err := tx.Audit(ctx, actor, domain.ActionReanalysisStarted, reanalysisSubject(r), domain.Facts{}.Changes(domain.FactsOf(choice))...); err != nil {
			return err
		}
		return tx.Enqueue(ctx, domain.ReanalyzeJob{ReanalysisID: r.ID})
	})
	return r, err
}

// Reanalyses lists them, newest first.
func (l *Library) Reanalyses(ctx context.Context, actor domain.User) ([]domain.Reanalysis, error) {
	if err := identity.Require(actor, domain.PermissionModifyAll, l.Now()); err != nil {
		return nil, err
	}
	return l.Store.Reanalyses(ctx)
}

// StopReanalysis starts no further call. Those that are being worked on are finished.
func (l *Library) StopReanalysis(ctx context.Context, actor domain.User, id string) (domain.Reanalysis, error) {
	if err := identity.Require(actor, domain.PermissionModifyAll, l.Now()); err != nil {
		return domain.Reanalysis{}, err
	}
	var r domain.Reanalysis
	err := l.Store.InTx(ctx, func(ctx context.Context, tx *store.Tx) (err error) {
		if r, err = tx.Reanalysis(ctx, id); err != nil {
			return err
		}
		r.Stopped = true
		if err := tx.SaveReanalysis(ctx, r); err != nil {
			return err
		}
		return tx.Audit(ctx, actor, domain.ActionReanalysisStopped, reanalysisSubject(r))
	})
	return r, err
}

func reanalysisSubject(r domain.Reanalysis) domain.Subject {
	return domain.Subject{Kind: domain.SubjectReanalysis, ID: r.ID, Name: fmt.Sprintf("%d calls from %s on", r.Total, r.Stage)}
}

// ContinueReanalysis starts the next calls of one. It comes again until all are started.
func (l *Library) ContinueReanalysis(ctx context.Context, j domain.ReanalyzeJob) error {
	more := false
	err := l.Store.InTx(ctx, func(ctx context.Context, tx *store.Tx) error {
		r, err := tx.Reanalysis(ctx, j.ReanalysisID)
		if more = false; err != nil || r.Stopped || !r.DoneAt.IsZero() {
			return err
		}
		more = true
		if r.Processing > reanalysisStep/2 {
			return nil
		}
		if err := l.startNext(ctx, tx, &r); err != nil {
			return err
		}
		more = r.DoneAt.IsZero()
		return tx.SaveReanalysis(ctx, r)
	})
	if err == nil && more {
		return &domain.Error{Kind: domain.KindNotReady, Message: "more calls are started when these are done", RetryAt: l.Now().Add(reanalysisPause)}
	}
	return err
}

func (l *Library) startNext(ctx context.Context, tx *store.Tx, r *domain.Reanalysis) error {
	f := processed(r.Choice)
	f.Cursor, f.Limit = r.Cursor, reanalysisStep
	calls, next, err := tx.Calls(ctx, f)
	if err != nil {
		return err
	}
	for _, c := range calls {
		if err := l.again(ctx, tx, c.Call, *r); err != nil {
			return err
		}
	}
	r.Cursor, r.Asked = next, r.Asked+len(calls)
	if next == "" {
		r.DoneAt = l.Now()
	}
	return nil
}

func processed(c domain.CallChoice) store.CallFilter {
	return store.CallFilter{CallID: c.CallID, UserID: c.UserID, Provider: c.Provider, Query: c.Query, From: c.From, To: c.To, State: domain.StateProcessed}
}

// again puts one call back to a stage. Its transcript and insights stay until there are new ones.
func (l *Library) again(ctx context.Context, tx *store.Tx, call domain.Call, r domain.Reanalysis) error {
	if r.Stage == domain.StageTranscribe && call.Recording.Key == "" {
		return nil // its recording is not kept any more
	}
	vc, err := tx.VCCall(ctx, call.VCCallID)
	if err != nil || vc.State != domain.StateProcessed {
		return err
	}
	vc.State, vc.Stage, vc.Attempts = domain.StateProcessing, r.Stage, 0
	if err := tx.UpdateVCCall(ctx, &vc); err != nil {
		return err
	}
	if err := tx.SetCallState(ctx, call.ID, vc.State, ""); err != nil {
		return err
	}
	if err := tx.SetReanalysis(ctx, call.ID, r.ID); err != nil {
		return err
	}
	line := domain.VCLog{VCCallID: vc.ID, At: l.Now(), Level: domain.LogInfo, Stage: r.Stage, Text: fmt.Sprintf("analysed again from %s on, asked for by %s", r.Stage, r.CreatedBy)}
	if err := tx.AddVCLog(ctx, line); err != nil {
		return err
	}
	vc.Via = domain.ViaBackfill // new calls go first
	return tx.Enqueue(ctx, domain.JobFor(vc))
}

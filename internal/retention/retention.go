// Package retention removes recordings, calls and VC Calls that are older than the company keeps them.
package retention

import (
	"context"
	"errors"
	"fmt"
	"log/slog"
	"time"

	"earshot/internal/blob"
	"earshot/internal/domain"
	"earshot/internal/pipeline"
	"earshot/internal/store"
)

// atOnce is how many of a kind go in one transaction; the next go a minute later.
const atOnce = 200

// Service is safe for concurrent use.
type Service struct {
	Store  *store.Store
	Blobs  *blob.Store
	Logger *slog.Logger
	Now    func() time.Time
}

// swept is what one sweep removed.
type swept struct{ recordings, calls, vcCalls int }

// Sweep removes some of what is too old. The rows go with the job that removes their files, so that neither outlives the other.
func (s *Service) Sweep(ctx context.Context) error {
	settings, err := s.Store.Settings(ctx)
	if err != nil || settings.Retention == (domain.Retention{}) {
		return err
	}
	var done swept
	err = s.Store.InTx(ctx, func(ctx context.Context, tx *store.Tx) error {
		done = swept{}
		if err := s.sweep(ctx, tx, settings.Retention, &done); err != nil || done == (swept{}) {
			return err
		}
		facts := domain.Facts{"recordings": fmt.Sprint(done.recordings), "calls": fmt.Sprint(done.calls), "vc_calls": fmt.Sprint(done.vcCalls)}
		return tx.Audit(ctx, domain.User{Name: "Retention"}, domain.ActionRetention, domain.Subject{Kind: domain.SubjectSettings, ID: "General Settings", Name: "General Settings"}, domain.Facts{}.Changes(facts)...)
	})
	if err == nil && done != (swept{}) {
		s.Logger.InfoContext(ctx, "removed what is older than it is kept", "recordings", done.recordings, "calls", done.calls, "vc_calls", done.vcCalls)
	}
	return err
}

func (s *Service) sweep(ctx context.Context, tx *store.Tx, r domain.Retention, done *swept) error {
	if err := s.calls(ctx, tx, r.Before(r.CallDays, s.Now()), done); err != nil {
		return err
	}
	if err := s.recordings(ctx, tx, r.Before(r.RecordingDays, s.Now()), done); err != nil {
		return err
	}
	before := r.Before(r.VCCallDays, s.Now())
	if before.IsZero() {
		return nil
	}
	n, err := tx.RemoveOldVCCalls(ctx, before, atOnce)
	done.vcCalls = n
	return err
}

func (s *Service) calls(ctx context.Context, tx *store.Tx, before time.Time, done *swept) error {
	if before.IsZero() {
		return nil
	}
	old, err := tx.OldCalls(ctx, before, atOnce)
	if err != nil {
		return err
	}
	done.calls = len(old)
	return remove(ctx, tx, old, tx.RemoveCall)
}

func (s *Service) recordings(ctx context.Context, tx *store.Tx, before time.Time, done *swept) error {
	if before.IsZero() {
		return nil
	}
	old, err := tx.OldRecordings(ctx, before, atOnce)
	if err != nil {
		return err
	}
	done.recordings = len(old)
	return remove(ctx, tx, old, func(ctx context.Context, c domain.Call) error { return tx.ForgetRecording(ctx, c.ID) })
}

// remove lets calls go in the way of forget, and their files with them.
func remove(ctx context.Context, tx *store.Tx, calls []domain.Call, forget func(context.Context, domain.Call) error) error {
	if len(calls) == 0 {
		return nil
	}
	var keys []string
	for _, c := range calls {
		if err := forget(ctx, c); err != nil {
			return err
		}
		if c.Recording.Key != "" {
			keys = append(keys, c.Recording.Key)
		}
		keys = append(keys, pipeline.WaveformKey(c.ID))
	}
	return tx.Enqueue(ctx, domain.RemoveJob{Keys: keys})
}

// Remove removes files. Those that have gone already are none; it may be done again.
func (s *Service) Remove(ctx context.Context, j domain.RemoveJob) error {
	var errs []error
	for _, key := range j.Keys {
		if err := s.Blobs.Delete(ctx, key); err != nil && !domain.IsKind(err, domain.KindNotFound) {
			errs = append(errs, err)
		}
	}
	return errors.Join(errs...)
}

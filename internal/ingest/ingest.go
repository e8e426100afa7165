// Package ingest makes VC Calls: from the events that a site receives, from hourly listings, and from what an admin asks for again.
package ingest

import (
	"context"
	"log/slog"
	"time"

	"earshot/internal/domain"
	"earshot/internal/provider"
	"earshot/internal/store"
)

// Config is what an Ingest works with.
type Config struct {
	Store  *store.Store
	Open   func(domain.Connector) (*provider.Connector, error)
	Logger *slog.Logger
	Now    func() time.Time
}

// Ingest is safe for concurrent use.
type Ingest struct {
	Config
	senders *senders
}

// New makes an Ingest.
func New(c Config) *Ingest { return &Ingest{Config: c, senders: newSenders()} }

// arrive stores one call that a provider told of, and asks for its description if that says something new.
func (i *Ingest) arrive(ctx context.Context, tx *store.Tx, a store.Arrival, text string) error {
	vc, result, err := tx.UpsertVCCall(ctx, a)
	if err != nil {
		return err
	}
	if !result.Created && !(result.Fresher && wakes(vc, a.Snapshot)) {
		return nil
	}
	if err := tx.AddVCLog(ctx, domain.VCLog{VCCallID: vc.ID, At: i.Now(), Level: domain.LogInfo, Stage: domain.StageDescribe, Text: text}); err != nil {
		return err
	}
	if !result.Created {
		vc.State, vc.Reason, vc.Detail, vc.Stage, vc.NextAttemptAt = domain.StateReceived, "", "", domain.StageDescribe, time.Time{}
		if err := tx.UpdateVCCall(ctx, &vc); err != nil {
			return err
		}
	}
	return tx.Enqueue(ctx, domain.DescribeJob{VCCallID: vc.ID})
}

// wakes tells whether newer facts can change what was decided: the call waits for them, or was set aside for the lack of them.
func wakes(vc domain.VCCall, s *domain.ProviderCall) bool {
	if vc.Stage != domain.StageDescribe {
		return false
	}
	switch vc.State {
	case domain.StateWaiting, domain.StateFailed, domain.StateUnmatched:
		return true
	case domain.StateSkipped:
		return vc.Reason == domain.NotRecorded && s != nil && s.Recording == domain.RecordingReady
	default:
		return false
	}
}

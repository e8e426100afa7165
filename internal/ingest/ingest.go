// Package ingest makes VC Calls: from the events that a site receives, from hourly listings, and from what an admin asks for again.
package ingest

import (
	"cmp"
	"context"
	"log/slog"
	"time"

	"earshot/internal/domain"
	"earshot/internal/provider"
	"earshot/internal/store"
)

// Config is what an Ingest works with.
type Config struct {
	Store *store.Store
	Open  func(domain.Connector) (*provider.Connector, error)
	// Watch looks after the credential and the subscription of a connector that is on, and says in words what it found.
	Watch func(context.Context, domain.Connector) (string, error)
	// Rejected is told when a provider refuses the credential.
	Rejected    func(ctx context.Context, connectorID string, err error)
	EventWithin time.Duration // for a sender to send an event that it began; 0: ten seconds
	Logger      *slog.Logger
	Now         func() time.Time
}

// Ingest is safe for concurrent use.
type Ingest struct {
	Config
	senders *senders
}

// New makes an Ingest.
func New(c Config) *Ingest {
	if c.Rejected == nil {
		c.Rejected = func(context.Context, string, error) {}
	}
	c.EventWithin = cmp.Or(c.EventWithin, 10*time.Second)
	return &Ingest{Config: c, senders: newSenders()}
}

// arrive stores one call that a provider told of, and asks for its description if that says something new. It tells whether the call
// was not known. One that came without facts is described when the provider lists it.
func (i *Ingest) arrive(ctx context.Context, tx *store.Tx, a store.Arrival, text string, listedAfter time.Duration) (bool, error) {
	vc, result, err := tx.UpsertVCCall(ctx, a)
	if err != nil {
		return false, err
	}
	wanted := !result.Created && wants(vc, a.Via)
	over := a.Snapshot == nil && vc.State == domain.StateWaiting && vc.Reason == domain.CallInProgress // something about it has ended
	if !result.Created && !wanted && !over && !(result.Fresher && wakes(vc, a.Snapshot)) {
		return false, nil
	}
	if err := tx.AddVCLog(ctx, domain.VCLog{VCCallID: vc.ID, At: i.Now(), Level: domain.LogInfo, Stage: domain.StageDescribe, Text: text}); err != nil {
		return false, err
	}
	if !result.Created {
		vc.State, vc.Reason, vc.Detail, vc.Stage, vc.NextAttemptAt = domain.StateReceived, "", "", domain.StageDescribe, time.Time{}
		if wanted {
			vc.Via = a.Via
		}
		if err := tx.UpdateVCCall(ctx, &vc); err != nil {
			return false, err
		}
	}
	if a.Snapshot == nil && listedAfter > 0 {
		return result.Created, tx.Enqueue(ctx, domain.JobFor(vc), store.At(i.Now().Add(listedAfter)))
	}
	return result.Created, tx.Enqueue(ctx, domain.JobFor(vc))
}

// wants tells that a back-fill asks for a call that was set aside only because of when it came.
func wants(vc domain.VCCall, via domain.Via) bool {
	return via == domain.ViaBackfill && (vc.Reason == domain.BeforeEnablement || vc.Reason == domain.ConnectorOff)
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

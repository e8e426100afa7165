package ingest

import (
	"context"
	"time"

	"earshot/internal/domain"
	"earshot/internal/store"
)

// Retry starts a VC Call again from the beginning, asking the provider anew. A call whose recording is here already keeps it
// and goes on from there, unless the recording cannot be read: it may have been sent wrongly. A processed call is left as it is.
func (i *Ingest) Retry(ctx context.Context, vcCallID string, by domain.User) (domain.VCCall, error) {
	vc, err := i.Store.VCCall(ctx, vcCallID)
	if err != nil {
		return vc, err
	}
	if vc.State == domain.StateProcessed {
		return vc, domain.Errorf(domain.KindInvalid, "already_processed", "this call is processed; there is nothing to retry")
	}
	if vc.Reason == domain.BeforeEnablement || vc.Reason == domain.ConnectorOff {
		vc.Via = domain.ViaRetry // asked for by a person: not held back because of when it took place, or the connector was switched on
	}
	before := vc
	restart(&vc)
	err = i.Store.InTx(ctx, func(ctx context.Context, tx *store.Tx) error {
		if err := tx.UpdateVCCall(ctx, &vc); err != nil {
			return err
		}
		if vc.CallID != "" {
			if err := tx.SetCallState(ctx, vc.CallID, domain.StateProcessing, ""); err != nil {
				return err
			}
		}
		if err := tx.AddVCLog(ctx, domain.VCLog{VCCallID: vc.ID, At: i.Now(), Level: domain.LogInfo, Stage: vc.Stage, Text: "retry asked for by " + by.Name}); err != nil {
			return err
		}
		if err := tx.Audit(ctx, by, domain.ActionCallRetried, subject(vc), stateFacts(before).Changes(stateFacts(vc))...); err != nil {
			return err
		}
		return tx.Enqueue(ctx, domain.JobFor(vc))
	})
	return vc, err
}

// subject names a VC Call in the audit log.
func subject(vc domain.VCCall) domain.Subject {
	return domain.Subject{Kind: domain.SubjectVCCall, ID: vc.ID, Name: vc.ProviderCallID + " of " + string(vc.Provider)}
}

func stateFacts(vc domain.VCCall) domain.Facts {
	return domain.Facts{"state": string(vc.State), "reason": string(vc.Reason)}
}

func restart(vc *domain.VCCall) {
	keepsRecording := vc.CallID != "" && vc.Reason != domain.RecordingUnreadable
	vc.State, vc.Reason, vc.Detail, vc.Attempts, vc.NextAttemptAt = domain.StateReceived, "", "", 0, time.Time{}
	if keepsRecording {
		vc.State = domain.StateProcessing
		return
	}
	vc.Stage, vc.Snapshot, vc.ObservedAt = domain.StageDescribe, nil, time.Time{}
}

// RetryAll retries each VC Call that a filter selects and that is not processed, and gives how many those are.
func (i *Ingest) RetryAll(ctx context.Context, f store.VCCallFilter, by domain.User) (int, error) {
	n := 0
	for {
		calls, next, err := i.Store.VCCalls(ctx, f)
		if err != nil {
			return n, err
		}
		for _, vc := range calls {
			_, err := i.Retry(ctx, vc.ID, by)
			switch {
			case err == nil:
				n++
			case domain.CodeOf(err) != "already_processed" && !domain.IsKind(err, domain.KindConflict):
				return n, err
			}
		}
		if f.Cursor = next; next == "" {
			return n, nil
		}
	}
}

// Import asks the provider for one call by its id, also one that was never seen, and lets it go the whole way.
func (i *Ingest) Import(ctx context.Context, p domain.Provider, providerCallID string, by domain.User) (domain.VCCall, error) {
	conn, err := i.Store.ConnectorByProvider(ctx, p)
	if err != nil {
		return domain.VCCall{}, err
	}
	if !conn.On() {
		return domain.VCCall{}, domain.Errorf(domain.KindConflict, string(domain.ConnectorOff), "the connector is off; turn on both switches first")
	}
	if known, err := i.Store.VCCallByProviderID(ctx, conn.ID, providerCallID); err == nil {
		return i.Retry(ctx, known.ID, by)
	} else if !domain.IsKind(err, domain.KindNotFound) {
		return known, err
	}
	at, call, err := i.ask(ctx, conn, providerCallID)
	if err != nil {
		return domain.VCCall{}, err
	}
	err = i.Store.InTx(ctx, func(ctx context.Context, tx *store.Tx) error {
		r := run{conn: conn}
		if _, err := i.arrive(ctx, tx, r.arrival(call, domain.ViaRetry, at), "asked for by "+by.Name, 0); err != nil {
			return err
		}
		return tx.Audit(ctx, by, domain.ActionCallImported, subject(domain.VCCall{Provider: p, ProviderCallID: call.ID}))
	})
	if err != nil {
		return domain.VCCall{}, err
	}
	return i.Store.VCCallByProviderID(ctx, conn.ID, call.ID)
}

func (i *Ingest) ask(ctx context.Context, conn domain.Connector, providerCallID string) (time.Time, domain.ProviderCall, error) {
	if err := conn.Credential.Usable(); err != nil {
		return time.Time{}, domain.ProviderCall{}, domain.Errorf(domain.KindConflict, string(domain.CredentialRejected), "%s", domain.MessageOf(err))
	}
	pc, err := i.Open(conn)
	if err != nil {
		return time.Time{}, domain.ProviderCall{}, err
	}
	at := i.Now()
	call, err := pc.GetCall(ctx, providerCallID, time.Time{})
	switch domain.KindOf(err) {
	case domain.KindNotFound:
		err = domain.Errorf(domain.KindNotFound, "unknown_call", "%s knows no call %q, or not any more; copy the id from the call's page there", pc.Info().Name, providerCallID)
	case domain.KindUnauthorized:
		i.Rejected(ctx, conn.ID, err)
		err = domain.Errorf(domain.KindConflict, string(domain.CredentialRejected), "%s", domain.MessageOf(err))
	}
	return at, call, err
}

// Resume starts the calls again that wait for a credential, now that it works.
func (i *Ingest) Resume(ctx context.Context, connectorID string) error {
	for {
		calls, _, err := i.Store.VCCalls(ctx, store.VCCallFilter{ConnectorID: connectorID, Reason: domain.CredentialRejected, Limit: 100})
		if err != nil || len(calls) == 0 {
			return err
		}
		for _, vc := range calls {
			vc.State, vc.Reason, vc.Detail, vc.NextAttemptAt = domain.StateReceived, "", "", time.Time{}
			if vc.CallID != "" {
				vc.State = domain.StateProcessing
			}
			err := i.Store.InTx(ctx, func(ctx context.Context, tx *store.Tx) error {
				if err := tx.UpdateVCCall(ctx, &vc); err != nil {
					return err
				}
				return tx.Enqueue(ctx, domain.JobFor(vc))
			})
			if err != nil && !domain.IsKind(err, domain.KindConflict) {
				return err
			}
		}
	}
}

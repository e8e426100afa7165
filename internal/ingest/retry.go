package ingest

import (
	"context"
	"time"

	"earshot/internal/domain"
	"earshot/internal/store"
)

// Retry starts a VC Call again from the beginning, asking the provider anew. A call whose recording is here already keeps it
// and goes on from there, unless the recording cannot be read: it may have been sent wrongly. A processed call is left as it is.
func (i *Ingest) Retry(ctx context.Context, vcCallID, by string) (domain.VCCall, error) {
	vc, err := i.Store.VCCall(ctx, vcCallID)
	if err != nil {
		return vc, err
	}
	if vc.State == domain.StateProcessed {
		return vc, domain.Errorf(domain.KindInvalid, "already_processed", "this call is processed; there is nothing to retry")
	}
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
		if err := tx.AddVCLog(ctx, domain.VCLog{VCCallID: vc.ID, At: i.Now(), Level: domain.LogInfo, Stage: vc.Stage, Text: "retry asked for by " + by}); err != nil {
			return err
		}
		return tx.Enqueue(ctx, domain.JobFor(vc.Stage, vc.ID))
	})
	return vc, err
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

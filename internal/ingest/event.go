package ingest

import (
	"context"

	"earshot/internal/domain"
	"earshot/internal/store"
)

// Event understands one stored event: each call that it names becomes a VC Call or news of one.
func (i *Ingest) Event(ctx context.Context, job domain.EventJob) error {
	event, err := i.Store.Event(ctx, job.EventID)
	if err != nil {
		return err
	}
	conn, err := i.Store.Connector(ctx, event.ConnectorID)
	if err != nil {
		return err
	}
	pc, err := i.Open(conn)
	if err != nil {
		return err
	}
	calls, err := pc.Parse(event.Body, event.ReceivedAt)
	if err != nil {
		return err
	}
	return i.Store.InTx(ctx, func(ctx context.Context, tx *store.Tx) error {
		for _, c := range calls {
			a := store.Arrival{ConnectorID: conn.ID, Provider: conn.Provider, ProviderCallID: c.CallID, Via: domain.ViaRealtime, Snapshot: c.Call, ObservedAt: c.ObservedAt}
			if _, err := i.arrive(ctx, tx, a, "event "+c.Name, pc.Info().Abilities.ListedAfter); err != nil {
				return err
			}
		}
		if err := tx.MarkEventProcessed(ctx, event.ID); err != nil {
			return err
		}
		return tx.TouchConnectorEvent(ctx, conn.ID, event.ReceivedAt)
	})
}

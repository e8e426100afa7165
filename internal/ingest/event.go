package ingest

import (
	"context"
	"time"

	"earshot/internal/domain"
	"earshot/internal/store"
)

// staleAfter is how old the news may be that a site takes. The slowest sender is Dialpad, whose calls come up to a day late (Voice
// Connector Guide p. 7); what is older is somebody's replay, or is found by the listing. A queue or stream is read with our own
// credential and may have waited for us.
const staleAfter = 48 * time.Hour

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
			if age := event.ReceivedAt.Sub(c.ObservedAt); age > staleAfter && !pc.Info().Abilities.Polls {
				i.Logger.WarnContext(ctx, "event set aside: it tells of long ago", "provider", conn.Provider, "call", c.CallID, "age", age)
				continue
			}
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

package ingest

import (
	"context"
	"time"

	"earshot/internal/domain"
	"earshot/internal/provider"
	"earshot/internal/store"
)

// syncEvery is how often missed calls are pulled: "a batch update every hour" (Voice Connector Guide p. 7).
const syncEvery = time.Hour

// syncOverlap is how far a listing reaches back behind the last one, for calls that were still going on then
// (Aircall lists by start of the call, and calls may last four hours).
const syncOverlap = 5 * time.Hour

// stuckAfter is how long a call may lie beyond its next attempt before its job is made again.
const stuckAfter = 10 * time.Minute

// Sync pulls the calls of one connector since the last time.
func (i *Ingest) Sync(ctx context.Context, job domain.SyncJob) error {
	conn, err := i.Store.Connector(ctx, job.ConnectorID)
	if err != nil || !conn.On() {
		return err
	}
	pc, err := i.Open(conn)
	if err != nil {
		return err
	}
	now := i.Now()
	for call, err := range pc.Calls(ctx, i.window(conn, pc.Info(), now)) {
		if err != nil {
			return err
		}
		if err := i.listed(ctx, conn, call, now); err != nil {
			return err
		}
	}
	return i.Store.InTx(ctx, func(ctx context.Context, tx *store.Tx) error {
		return tx.TouchConnectorSync(ctx, conn.ID, now, now)
	})
}

func (i *Ingest) window(conn domain.Connector, info provider.Info, now time.Time) provider.Window {
	from := conn.EnabledAt
	if !conn.SyncCursor.IsZero() {
		if overlapped := conn.SyncCursor.Add(-max(syncOverlap, info.Abilities.EventDelay)); overlapped.After(from) {
			from = overlapped
		}
	}
	return provider.Window{From: from, To: now}
}

func (i *Ingest) listed(ctx context.Context, conn domain.Connector, call domain.ProviderCall, at time.Time) error {
	return i.Store.InTx(ctx, func(ctx context.Context, tx *store.Tx) error {
		a := store.Arrival{ConnectorID: conn.ID, Provider: conn.Provider, ProviderCallID: call.ID, Via: domain.ViaHourly, Snapshot: &call, ObservedAt: at}
		return i.arrive(ctx, tx, a, "found by the hourly listing")
	})
}

// Tick is called every minute: it starts the syncs that are due and makes jobs again that were lost.
func (i *Ingest) Tick(ctx context.Context) error {
	connectors, err := i.Store.Connectors(ctx)
	if err != nil {
		return err
	}
	for _, conn := range connectors {
		if conn.On() && !i.Now().Before(conn.LastSyncAt.Add(syncEvery)) {
			if err := i.StartSync(ctx, conn); err != nil {
				return err
			}
		}
	}
	return i.unstick(ctx)
}

// StartSync asks for a sync now. The time of the last sync moves at once, so that the next tick does not ask again.
func (i *Ingest) StartSync(ctx context.Context, conn domain.Connector) error {
	return i.Store.InTx(ctx, func(ctx context.Context, tx *store.Tx) error {
		if err := tx.TouchConnectorSync(ctx, conn.ID, i.Now(), conn.SyncCursor); err != nil {
			return err
		}
		return tx.Enqueue(ctx, domain.SyncJob{ConnectorID: conn.ID})
	})
}

// unstick is the safety net below the job queue: no call may lie forever because a job was lost.
func (i *Ingest) unstick(ctx context.Context) error {
	stuck, err := i.Store.StuckVCCalls(ctx, i.Now().Add(-stuckAfter), 100)
	if err != nil {
		return err
	}
	for _, vc := range stuck {
		err := i.Store.InTx(ctx, func(ctx context.Context, tx *store.Tx) error {
			return tx.Enqueue(ctx, domain.JobFor(vc.Stage, vc.ID))
		})
		if err != nil {
			return err
		}
	}
	return nil
}

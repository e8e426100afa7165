package ingest

import (
	"context"
	"time"

	"earshot/internal/domain"
	"earshot/internal/provider"
	"earshot/internal/store"
)

// syncOverlap is how far a listing reaches back behind the last one, for calls that were still going on then
// (Aircall lists by start of the call, and calls may last four hours).
const syncOverlap = 5 * time.Hour

// pageChunk is how many calls of a page are stored in one transaction, so that events and pages do not wait for long.
const pageChunk = 100

// hourly lists what events missed since the last time. It goes on with a window that it did not finish.
func (i *Ingest) hourly(ctx context.Context, r *run) error {
	now := i.Now()
	if r.job.To.IsZero() {
		w := i.window(r.conn, r.pc.Info(), now)
		r.job.From, r.job.To, r.job.Cursor, r.job.Listed, r.job.Found = w.From, w.To, "", 0, 0
	}
	ctx = provider.WithSettled(ctx, func(ctx context.Context, ids []string) (map[string]bool, error) {
		return i.Store.Settled(ctx, r.conn.ID, ids)
	})
	if err := i.walk(provider.WithPriority(ctx, domain.PriorityHourly), r, domain.ViaHourly); err != nil {
		return err
	}
	cursor := r.job.To
	r.job.From, r.job.To, r.job.Cursor, r.job.ReachedAt = time.Time{}, time.Time{}, "", time.Time{}
	r.save = func(ctx context.Context, tx *store.Tx) error {
		return tx.TouchConnectorSync(ctx, r.conn.ID, now, cursor)
	}
	r.job.LastResult = listed(r.job)
	return nil
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

// backfill lists the calls of a range, once.
func (i *Ingest) backfill(ctx context.Context, r *run) error {
	if err := i.walk(provider.WithPriority(ctx, domain.PriorityBackfill), r, domain.ViaBackfill); err != nil {
		return err
	}
	r.job.DoneAt, r.job.Cursor, r.job.LastResult = i.Now(), "", listed(r.job)
	return nil
}

// walk goes through the window of a job, page by page, from where it stopped. A place that the provider does not know any more
// means from the beginning: calls that are known already are left as they are.
func (i *Ingest) walk(ctx context.Context, r *run, via domain.Via) error {
	for {
		at := i.Now()
		page, err := r.pc.Page(ctx, provider.Window{From: r.job.From, To: r.job.To}, provider.Cursor(r.job.Cursor))
		if domain.IsKind(err, domain.KindInvalid) && r.job.Cursor != "" {
			r.job.Cursor = ""
			continue
		}
		if err != nil {
			return err
		}
		if err := i.keepPage(ctx, r, page, via, at); err != nil || page.Next == "" {
			return err
		}
	}
}

// keepPage stores the calls of a page, and with the last of them how far the job has come.
func (i *Ingest) keepPage(ctx context.Context, r *run, page provider.Page, via domain.Via, at time.Time) error {
	for {
		chunk := page.Calls[:min(len(page.Calls), pageChunk)]
		page.Calls = page.Calls[len(chunk):]
		job := r.job
		err := i.Store.InTx(ctx, func(ctx context.Context, tx *store.Tx) error {
			job = r.job
			for _, call := range chunk {
				isNew, err := i.arrive(ctx, tx, r.arrival(call, via, at), "found by the "+string(job.Kind)+" listing", 0)
				if err != nil {
					return err
				}
				job.Listed++
				if isNew {
					job.Found++
				}
				job.ReachedAt = call.StartedAt
			}
			if len(page.Calls) == 0 {
				job.Cursor = string(page.Next)
			}
			job.NextRunAt = i.Now() // a sign of life
			return tx.UpdateScheduledJob(ctx, job)
		})
		if err != nil {
			return err
		}
		if r.job = job; len(page.Calls) == 0 {
			return nil
		}
	}
}

func (r *run) arrival(call domain.ProviderCall, via domain.Via, at time.Time) store.Arrival {
	return store.Arrival{ConnectorID: r.conn.ID, Provider: r.conn.Provider, ProviderCallID: call.ID, Via: via, Snapshot: &call, ObservedAt: at}
}

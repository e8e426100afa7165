package ingest

import (
	"context"
	"fmt"
	"time"

	"earshot/internal/domain"
	"earshot/internal/provider"
	"earshot/internal/store"
)

// How often scheduled jobs run. "Calls are also pulled in a batch update every hour" (Voice Connector Guide p. 7).
const (
	hourlyEvery = time.Hour
	watchEvery  = 5 * time.Minute
	pollEvery   = 10 * time.Second
)

// overdueAfter is how long a scheduled job may lie beyond its time before it is started anew, and a VC Call beyond its next attempt.
const overdueAfter = 10 * time.Minute

// failureDelays between the runs of a job that fails; the last repeats.
var failureDelays = []time.Duration{30 * time.Second, time.Minute, 2 * time.Minute, 5 * time.Minute, 15 * time.Minute}

// run is one run of a scheduled job.
type run struct {
	job  domain.ScheduledJob
	conn domain.Connector
	pc   *provider.Connector
	save func(context.Context, *store.Tx) error // committed with the end of the run
}

// Run runs a scheduled job once, and asks for its next run. What goes wrong is kept with the job, for people to see.
func (i *Ingest) Run(ctx context.Context, job domain.RunJob) error {
	r, err := i.load(ctx, job.ScheduledJobID)
	if err != nil || r == nil {
		return err
	}
	err = i.do(ctx, r)
	if ctx.Err() != nil {
		return ctx.Err() // we are being stopped: the job comes again, and goes on from where it was
	}
	if domain.IsKind(err, domain.KindUnauthorized) && domain.CodeOf(err) != string(domain.CredentialRejected) {
		i.Rejected(ctx, r.conn.ID, err)
	}
	err = i.settle(ctx, r, err)
	if domain.IsKind(err, domain.KindNotFound) {
		return nil // deleted meanwhile
	}
	return err
}

// load gives the run unless there is nothing to do: the job was deleted or started by somebody else, or its connector is off.
func (i *Ingest) load(ctx context.Context, id string) (*run, error) {
	j, err := i.Store.ScheduledJob(ctx, id)
	if domain.IsKind(err, domain.KindNotFound) {
		return nil, nil
	}
	if err != nil || !j.DoneAt.IsZero() || j.NextRunAt.After(i.Now().Add(time.Second)) {
		return nil, err
	}
	conn, err := i.Store.Connector(ctx, j.ConnectorID)
	if err != nil || !conn.On() {
		return nil, err
	}
	return &run{job: j, conn: conn}, nil
}

func (i *Ingest) do(ctx context.Context, r *run) (err error) {
	if r.job.Kind == domain.ScheduleWatch {
		r.job.LastResult, err = i.Watch(ctx, r.conn)
		return err
	}
	if err := r.conn.Credential.Usable(); err != nil {
		return err
	}
	if r.pc, err = i.Open(r.conn); err != nil {
		return err
	}
	switch r.job.Kind {
	case domain.ScheduleHourly:
		return i.hourly(ctx, r)
	case domain.ScheduleBackfill:
		return i.backfill(ctx, r)
	case domain.SchedulePoll:
		return i.poll(ctx, r)
	default:
		return domain.Errorf(domain.KindInvalid, "", "there is no kind %q of scheduled jobs", r.job.Kind)
	}
}

// settle keeps how the run ended, and enqueues the next.
func (i *Ingest) settle(ctx context.Context, r *run, failure error) error {
	now := i.Now()
	j := r.job
	j.LastRunAt, j.NextRunAt = now, nextRun(j, failure, now)
	switch {
	case failure == nil:
		j.Failures = 0
	case domain.CodeOf(failure) != provider.CodePaced:
		j.Failures++
		j.LastResult = domain.MessageOf(failure)
		i.Logger.WarnContext(ctx, "scheduled job did not succeed", "provider", r.conn.Provider, "kind", j.Kind, "error", failure)
	}
	return i.Store.InTx(ctx, func(ctx context.Context, tx *store.Tx) error {
		if failure == nil && r.save != nil {
			if err := r.save(ctx, tx); err != nil {
				return err
			}
		}
		if err := tx.UpdateScheduledJob(ctx, j); err != nil || j.NextRunAt.IsZero() {
			return err
		}
		return tx.Enqueue(ctx, domain.RunJob{ScheduledJobID: j.ID}, store.At(j.NextRunAt))
	})
}

func nextRun(j domain.ScheduledJob, failure error, now time.Time) time.Time {
	if failure != nil {
		if at := domain.RetryTime(failure); at.After(now) {
			return at
		}
		return now.Add(failureDelays[min(j.Failures, len(failureDelays)-1)])
	}
	switch {
	case !j.DoneAt.IsZero():
		return time.Time{}
	case j.Kind == domain.SchedulePoll:
		return now.Add(pollEvery)
	case j.Kind == domain.ScheduleWatch:
		return now.Add(watchEvery)
	default:
		return now.Add(hourlyEvery)
	}
}

func listed(j domain.ScheduledJob) string {
	return fmt.Sprintf("%d calls listed, %d of them new", j.Listed, j.Found)
}

// poll stores what a queue or stream brings, together with the place in it, before it is acknowledged.
func (i *Ingest) poll(ctx context.Context, r *run) error {
	total := 0
	for {
		batch, err := r.pc.Poll(ctx, provider.Cursor(r.job.Cursor))
		if err != nil {
			return err
		}
		r.job.Cursor = string(batch.Next)
		err = i.Store.InTx(ctx, func(ctx context.Context, tx *store.Tx) error {
			for _, body := range batch.Bodies {
				if err := i.keepEvent(ctx, tx, domain.Event{ID: store.NewID(), ConnectorID: r.conn.ID, ReceivedAt: i.Now(), Headers: map[string]string{}, Body: body}); err != nil {
					return err
				}
			}
			r.job.NextRunAt = i.Now()
			return tx.UpdateScheduledJob(ctx, r.job)
		})
		if err != nil {
			return err
		}
		if batch.Ack != nil {
			if err := batch.Ack(ctx); err != nil {
				return err
			}
		}
		if total += len(batch.Bodies); !batch.More {
			r.job.LastResult = fmt.Sprintf("%d events taken", total)
			return nil
		}
	}
}

// Schedule makes a job of a connector and starts it.
func Schedule(ctx context.Context, tx *store.Tx, j domain.ScheduledJob, now time.Time) (domain.ScheduledJob, error) {
	j.ID, j.NextRunAt, j.CreatedAt = store.NewID(), now, now
	if err := tx.AddScheduledJob(ctx, j); err != nil {
		return j, err
	}
	return j, tx.Enqueue(ctx, domain.RunJob{ScheduledJobID: j.ID})
}

// RunNow starts a scheduled job at once.
func (i *Ingest) RunNow(ctx context.Context, id string) error {
	return i.Store.InTx(ctx, func(ctx context.Context, tx *store.Tx) error { return i.RunNowTx(ctx, tx, id) })
}

// RunNowTx is RunNow as part of a transaction.
func (i *Ingest) RunNowTx(ctx context.Context, tx *store.Tx, id string) error {
	j, err := tx.ScheduledJob(ctx, id)
	if err != nil || !j.DoneAt.IsZero() {
		return err
	}
	j.NextRunAt = i.Now()
	if err := tx.UpdateScheduledJob(ctx, j); err != nil {
		return err
	}
	return tx.Enqueue(ctx, domain.RunJob{ScheduledJobID: j.ID})
}

// Tick is called every minute: it is the safety net below the job queue. No scheduled job and no call may lie for ever because a
// job was lost.
func (i *Ingest) Tick(ctx context.Context) error {
	overdue, err := i.Store.DueJobs(ctx, i.Now().Add(-overdueAfter))
	if err != nil {
		return err
	}
	for _, j := range overdue {
		if err := i.RunNow(ctx, j.ID); err != nil {
			return err
		}
	}
	return i.unstick(ctx)
}

func (i *Ingest) unstick(ctx context.Context) error {
	stuck, err := i.Store.StuckVCCalls(ctx, i.Now().Add(-overdueAfter), 100)
	if err != nil {
		return err
	}
	for _, vc := range stuck {
		err := i.Store.InTx(ctx, func(ctx context.Context, tx *store.Tx) error { return tx.Enqueue(ctx, domain.JobFor(vc)) })
		if err != nil {
			return err
		}
	}
	return nil
}

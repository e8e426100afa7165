package store

import (
	"context"
	"time"

	"github.com/riverqueue/river"
	"github.com/riverqueue/river/rivertype"
)

// Heartbeats tell the nodes of one database which of them are alive.
const (
	heartbeatEvery = 10 * time.Second
	deadAfter      = 30 * time.Second
)

// JobsConfig says what works the jobs.
type JobsConfig struct {
	Workers  *river.Workers
	Queues   map[string]int // workers a queue
	Periodic []*river.PeriodicJob
}

// StartJobs begins to work jobs. Jobs that a dead process left running are put back first, without counting the attempt.
func (s *Store) StartJobs(ctx context.Context, c JobsConfig) error {
	if err := s.beat(ctx, s.NodeID); err != nil {
		return err
	}
	queues := map[string]river.QueueConfig{}
	for name, n := range c.Queues {
		queues[name] = river.QueueConfig{MaxWorkers: n}
	}
	config := &river.Config{
		ID: s.NodeID + "/" + s.Now().UTC().Format("20060102T150405.000"), Queues: queues, Workers: c.Workers, PeriodicJobs: c.Periodic, Logger: s.Logger,
		JobTimeout: -1, RescueStuckJobsAfter: 24 * time.Hour, // orphans are put back by beat, long before
		RetryPolicy: retryPolicy{}, FetchCooldown: 50 * time.Millisecond, FetchPollInterval: time.Second,
	}
	beating, stop := context.WithCancel(context.WithoutCancel(ctx))
	s.stop = stop
	go s.keepBeating(beating)
	return s.backend.start(ctx, config)
}

// StopJobs stops working jobs; those that run are cancelled and come again at the next start.
func (s *Store) StopJobs(ctx context.Context) error {
	if s.stop != nil {
		s.stop()
	}
	return s.backend.stop(ctx)
}

func (s *Store) keepBeating(ctx context.Context) {
	ticker := time.NewTicker(heartbeatEvery)
	defer ticker.Stop()
	for {
		select {
		case <-ctx.Done():
			return
		case <-ticker.C:
			if s.URL == "" {
				continue // SQLite has one node
			}
			if err := s.beat(ctx, ""); err != nil && ctx.Err() == nil {
				s.Logger.WarnContext(ctx, "heartbeat failed", "error", err)
			}
		}
	}
}

// beat notes that this node lives and puts back the jobs of nodes that do not. own is this node's id while it has no job
// running yet, else empty.
func (s *Store) beat(ctx context.Context, own string) error {
	return s.InTx(ctx, func(ctx context.Context, tx *Tx) error {
		now := s.Now()
		_, err := tx.db.ExecContext(ctx, `INSERT INTO nodes (id, heartbeat) VALUES ($1, $2) ON CONFLICT (id) DO UPDATE SET heartbeat = $2`, s.NodeID, millis(now))
		if err != nil {
			return err
		}
		_, err = tx.db.ExecContext(ctx, `UPDATE river_job SET `+s.dialect.makeReady+` WHERE `+s.dialect.orphans, own, millis(now.Add(-deadAfter)))
		return err
	})
}

// retryPolicy of jobs whose handler failed for a reason of our own, such as a lost database: a moment, then longer, at most ten minutes.
type retryPolicy struct{}

func (retryPolicy) NextRetry(job *rivertype.JobRow) time.Time {
	delay := time.Second << min(len(job.Errors), 9)
	return time.Now().Add(min(delay, 10*time.Minute))
}

// PendingJobs counts the jobs that are not finished, those scheduled for later included.
func (q *Queries) PendingJobs(ctx context.Context) (n int, err error) {
	err = q.db.QueryRowContext(ctx, `SELECT count(*) FROM river_job WHERE state NOT IN ('completed', 'cancelled', 'discarded')`).Scan(&n)
	return n, err
}

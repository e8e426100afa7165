package store

import (
	"context"
	"errors"
	"log/slog"
	"time"

	"github.com/riverqueue/river"
	"github.com/riverqueue/river/rivertype"
)

// Heartbeats tell the nodes of one database which of them are alive. nodes keeps a row a node; the jobs that a node works
// carry its id in attempted_by, as the part of River's client id before the slash.
const (
	heartbeatEvery = 10 * time.Second
	deadAfter      = 30 * time.Second
)

// How soon jobs start. A commit wakes River by itself; the poll is for jobs that were put back or come again, and costs most
// of what an idle server uses.
const (
	fetchCooldown = 50 * time.Millisecond
	fetchPoll     = 2 * time.Second
)

// JobsConfig says what works the jobs.
type JobsConfig struct {
	Workers  *river.Workers
	Queues   map[string]int // workers a queue
	Periodic []*river.PeriodicJob
}

// StartJobs begins to work jobs, until StopJobs: the end of ctx does not stop them. Jobs that a dead process left running
// are put back first, without counting the attempt.
func (s *Store) StartJobs(ctx context.Context, c JobsConfig) error {
	s.mu.Lock()
	defer s.mu.Unlock()
	if s.stop != nil {
		return errors.New("jobs are worked already")
	}
	if err := s.takeOver(ctx); err != nil {
		return err
	}
	ctx = context.WithoutCancel(ctx)
	if err := s.backend.start(ctx, s.riverConfig(c)); err != nil {
		return err
	}
	s.stop = s.keepBeating(ctx)
	return nil
}

func (s *Store) riverConfig(c JobsConfig) *river.Config {
	queues := map[string]river.QueueConfig{}
	for name, n := range c.Queues {
		queues[name] = river.QueueConfig{MaxWorkers: n}
	}
	return &river.Config{
		ID: s.NodeID + "/" + NewID(), Queues: queues, Workers: c.Workers, PeriodicJobs: c.Periodic, Logger: slog.New(warnings{s.Logger.Handler()}),
		JobTimeout: -1, RescueStuckJobsAfter: 24 * time.Hour, // orphans are put back by heartbeat, long before
		RetryPolicy: retryPolicy{}, FetchCooldown: fetchCooldown, FetchPollInterval: fetchPoll,
	}
}

// StopJobs stops working jobs; those that run are cancelled and come again at the next start, without counting the attempt.
func (s *Store) StopJobs(ctx context.Context) error {
	s.mu.Lock()
	defer s.mu.Unlock()
	if s.stop != nil {
		s.stop()
		s.stop = nil
	}
	return s.backend.stop(ctx)
}

// keepBeating beats until the function that it gives is called.
func (s *Store) keepBeating(ctx context.Context) func() {
	ctx, cancel := context.WithCancel(ctx)
	done := make(chan struct{})
	go func() {
		defer close(done)
		ticker := time.NewTicker(heartbeatEvery)
		defer ticker.Stop()
		for {
			select {
			case <-ctx.Done():
				return
			case <-ticker.C:
				if err := s.beat(ctx); err != nil && ctx.Err() == nil {
					s.Logger.WarnContext(ctx, "heartbeat failed", "error", err)
				}
			}
		}
	}()
	return func() { cancel(); <-done }
}

// beat notes that this node lives and puts back the jobs of nodes that do not. SQLite has one node.
func (s *Store) beat(ctx context.Context) error {
	if s.URL == "" {
		return nil
	}
	return s.InTx(ctx, func(ctx context.Context, tx *Tx) error { return tx.beat(ctx, s.NodeID, "") })
}

// takeOver is the first beat: whatever runs under this node's id belongs to a process that is gone. The lead in River, which
// schedules jobs and would stay with the dead process for a quarter of a minute, is given up as well.
func (s *Store) takeOver(ctx context.Context) error {
	return s.InTx(ctx, func(ctx context.Context, tx *Tx) error {
		if _, err := tx.db.ExecContext(ctx, `DELETE FROM river_leader WHERE `+s.dialect.ownLeader, s.NodeID); err != nil {
			return err
		}
		return tx.beat(ctx, s.NodeID, s.NodeID)
	})
}

// beat of a node; idle is its id while it works no job yet, else empty.
func (tx *Tx) beat(ctx context.Context, node, idle string) error {
	d := tx.dialect
	_, err := tx.db.ExecContext(ctx, `INSERT INTO nodes (id, heartbeat) VALUES ($1, `+d.nowMillis+`) ON CONFLICT (id) DO UPDATE SET heartbeat = `+d.nowMillis, node)
	if err != nil {
		return err
	}
	if _, err := tx.db.ExecContext(ctx, `DELETE FROM nodes WHERE heartbeat < `+d.nowMillis+` - $1`, deadAfter.Milliseconds()); err != nil {
		return err
	}
	_, err = tx.db.ExecContext(ctx, `UPDATE river_job SET `+d.makeReady+` WHERE state = 'running' AND `+d.orphans, idle)
	return err
}

// retryPolicy of jobs whose handler failed for a reason of our own, such as a lost database: a moment, then longer, at most ten minutes.
type retryPolicy struct{}

func (retryPolicy) NextRetry(job *rivertype.JobRow) time.Time {
	delay := time.Second << min(len(job.Errors), 9)
	return time.Now().Add(min(delay, 10*time.Minute))
}

// PendingJobs counts the jobs that are not finished, those put off until later included, but for the next runs of scheduled jobs:
// there is always one.
func (q *Queries) PendingJobs(ctx context.Context) (n int, err error) {
	err = q.db.QueryRowContext(ctx, `SELECT count(*) FROM river_job WHERE state NOT IN ('completed', 'cancelled', 'discarded') AND NOT (kind = 'run' AND state = 'scheduled')`).Scan(&n)
	return n, err
}

// warnings lets River's warnings and errors through; what else it tells is of no use to people.
type warnings struct{ slog.Handler }

func (w warnings) Enabled(ctx context.Context, level slog.Level) bool {
	return level >= slog.LevelWarn && w.Handler.Enabled(ctx, level)
}

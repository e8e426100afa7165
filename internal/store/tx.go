package store

import (
	"context"
	"errors"
	"fmt"
	"math/rand/v2"
	"slices"
	"time"

	"github.com/riverqueue/river"

	"earshot/internal/domain"
)

// Tx reads and writes in one transaction.
type Tx struct {
	Queries
	now     func() time.Time
	insert  inserter
	changes []Change // told last, so that they become visible in the order of the commits
	undo    []func() // takes back what a failed attempt changed in the caller's values
}

// txTries is how often a transaction that lost against another is tried.
const txTries = 6

// InTx runs f in a transaction that commits if f gives no error. f may run again if another transaction was in its way,
// so it changes nothing but tx and what it assigns anew each time.
func (s *Store) InTx(ctx context.Context, f func(context.Context, *Tx) error) error {
	for try := 1; ; try++ {
		err := s.attempt(ctx, f)
		if err == nil || try == txTries || !s.dialect.busy(err) {
			return err
		}
		select {
		case <-ctx.Done():
			return ctx.Err()
		case <-time.After(time.Duration(1+rand.IntN(20*try)) * time.Millisecond):
		}
	}
}

func (s *Store) attempt(ctx context.Context, f func(context.Context, *Tx) error) error {
	tx := &Tx{now: s.Now}
	err := s.backend.inTx(ctx, func(db DBTX, insert inserter) error {
		tx.Queries, tx.insert = Queries{db, s.keyring, s.dialect}, insert
		if err := f(ctx, tx); err != nil {
			return err
		}
		return tx.tell(ctx)
	})
	if err != nil {
		if ctx.Err() != nil && !errors.Is(err, ctx.Err()) { // the driver may speak of a bad connection instead
			err = fmt.Errorf("%w: %w", ctx.Err(), err)
		}
		for _, undo := range slices.Backward(tx.undo) {
			undo()
		}
	}
	return err
}

// EnqueueOption changes how a job is enqueued.
type EnqueueOption func(*river.InsertOpts)

// At runs the job no earlier than t.
func At(t time.Time) EnqueueOption { return func(o *river.InsertOpts) { o.ScheduledAt = t } }

// maxAttempts of a job. Handlers keep their own count of what a provider refuses; this one ends what fails for reasons of
// our own, after about three hours.
const maxAttempts = 25

// Enqueue makes a job that exists if and only if the transaction commits.
func (tx *Tx) Enqueue(ctx context.Context, job domain.Job, options ...EnqueueOption) error {
	o := &river.InsertOpts{Queue: job.Queue(), MaxAttempts: maxAttempts, Priority: 1 + int(job.Urgency())}
	for _, option := range options {
		option(o)
	}
	return tx.insert(ctx, job, o)
}

package storetest

import (
	"context"
	"errors"
	"sync"
	"testing"
	"time"

	"github.com/riverqueue/river"

	"earshot/internal/domain"
	"earshot/internal/store"
)

var errBoom = errors.New("boom")

func testRollback(t *testing.T, b *bundle) {
	b.addConnector(t)
	seen := b.lastChange(t)
	err := b.InTx(t.Context(), func(ctx context.Context, tx *store.Tx) error {
		if _, _, err := tx.UpsertVCCall(ctx, arrival("1", nil, start)); err != nil {
			return err
		}
		if err := tx.Enqueue(ctx, probe{}); err != nil {
			return err
		}
		return errBoom
	})
	if !errors.Is(err, errBoom) {
		t.Fatalf("InTx = %v, want the error of its function", err)
	}
	if _, err := b.VCCallByProviderID(t.Context(), testConnector, "1"); !domain.IsKind(err, domain.KindNotFound) {
		t.Errorf("the row is there: %v", err)
	}
	if n, err := b.PendingJobs(t.Context()); err != nil || n != 0 {
		t.Errorf("%d jobs are there, %v", n, err)
	}
	if got := b.changesAfter(t, seen); len(got) != 0 {
		t.Errorf("changes are told: %v", got)
	}
}

// testJobsRunOnce is the promise that nothing is lost and nothing done twice: a thousand rows, each with its job.
func testJobsRunOnce(t *testing.T, b *bundle) {
	const n = 1000
	b.addConnector(t)
	var mu sync.Mutex
	runs := map[int]int{}
	all := make(chan struct{})
	work(t, b.Store, 50, func(_ context.Context, j *river.Job[probe]) error {
		mu.Lock()
		defer mu.Unlock()
		runs[j.Args.N]++
		if len(runs) == n && runs[j.Args.N] == 1 {
			close(all)
		}
		return nil
	})
	var writers sync.WaitGroup
	for w := range 4 {
		writers.Go(func() {
			for i := w; i < n; i += 4 {
				err := b.InTx(t.Context(), func(ctx context.Context, tx *store.Tx) error {
					if _, _, err := tx.UpsertVCCall(ctx, arrival(store.NewID(), nil, start)); err != nil {
						return err
					}
					return tx.Enqueue(ctx, probe{i})
				})
				if err != nil {
					t.Errorf("transaction %d: %v", i, err)
				}
			}
		})
	}
	writers.Wait()
	receive(t, all, "every job to run")
	drained(t, b.Store)
	mu.Lock()
	defer mu.Unlock()
	for i, times := range runs {
		if times != 1 {
			t.Errorf("job %d ran %d times", i, times)
		}
	}
	if counts, err := b.VCCallCounts(t.Context()); err != nil || counts[domain.StateReceived] != n {
		t.Errorf("counts = %v, %v", counts, err)
	}
}

func testScheduledJob(t *testing.T, b *bundle) {
	ran := make(chan int, 3)
	soon := time.Now().Add(time.Second) // River goes by the machine's clock
	b.must(t, func(ctx context.Context, tx *store.Tx) error {
		return errors.Join(tx.Enqueue(ctx, probe{1}, store.At(soon.Add(time.Hour))), tx.Enqueue(ctx, probe{2}, store.At(soon)))
	})
	work(t, b.Store, 1, func(_ context.Context, j *river.Job[probe]) error {
		if early := time.Until(soon); early > 0 {
			t.Errorf("job %d ran %v early", j.Args.N, early)
		}
		ran <- j.Args.N
		return nil
	})
	if got := receive(t, ran, "the job that is due"); got != 2 {
		t.Fatalf("job %d ran first, want 2", got)
	}
	if n, err := b.PendingJobs(t.Context()); err != nil || n == 0 {
		t.Fatalf("%d jobs pending, %v; want the one of later", n, err)
	}
}

// testJobsOfADeadProcess abandons a process in the middle of a job and starts another on the same data folder. The first has
// one worker, so it cannot take the job again.
func testJobsOfADeadProcess(t *testing.T, b *bundle) {
	began, free := make(chan struct{}), make(chan struct{})
	work(t, b.Store, 1, func(ctx context.Context, _ *river.Job[probe]) error {
		close(began)
		<-free // deaf to everything, like a dead process
		return ctx.Err()
	})
	b.must(t, func(ctx context.Context, tx *store.Tx) error { return tx.Enqueue(ctx, probe{}) })
	receive(t, began, "the first process to begin")
	defer close(free)

	next := open(t, b.config)
	attempts := make(chan int, 1)
	work(t, next, 1, func(_ context.Context, j *river.Job[probe]) error {
		attempts <- j.Attempt
		return nil
	})
	if got := receive(t, attempts, "the job to run again"); got != 1 {
		t.Errorf("it runs as attempt %d; a kill must not cost one", got)
	}
	drained(t, next)
}

// testJobsOfALiveNodeAreLeftAlone starts a second node while the first works a job. On SQLite there is only one.
func testJobsOfALiveNodeAreLeftAlone(t *testing.T, b *bundle) {
	if b.config.URL == "" {
		t.Skip("SQLite has one node")
	}
	began, free := make(chan struct{}), make(chan struct{})
	work(t, b.Store, 1, func(context.Context, *river.Job[probe]) error {
		close(began)
		<-free
		return nil
	})
	b.must(t, func(ctx context.Context, tx *store.Tx) error { return tx.Enqueue(ctx, probe{1}) })
	receive(t, began, "the first node to begin")

	c := b.config
	c.NodeID = "node-2"
	other := open(t, c)
	ran := make(chan int, 2)
	work(t, other, 1, func(_ context.Context, j *river.Job[probe]) error {
		ran <- j.Args.N
		return nil
	})
	if n, err := other.PendingJobs(t.Context()); err != nil || n != 1 {
		t.Errorf("%d jobs pending, %v", n, err)
	}
	close(free)
	drained(t, other)
	if len(ran) > 0 {
		t.Errorf("the second node ran job %d of the first", <-ran)
	}
}

// testStopGivesTheAttemptBack stops a process in an orderly way in the middle of a job.
func testStopGivesTheAttemptBack(t *testing.T, b *bundle) {
	began, attempts := make(chan struct{}, 1), make(chan int, 1)
	first := true
	do := func(ctx context.Context, j *river.Job[probe]) error {
		if first {
			first = false
			began <- struct{}{}
			<-ctx.Done()
			return ctx.Err()
		}
		attempts <- j.Attempt
		return nil
	}
	work(t, b.Store, 1, do)
	b.must(t, func(ctx context.Context, tx *store.Tx) error { return tx.Enqueue(ctx, probe{}) })
	receive(t, began, "the job to begin")
	stop(t, b.Store)
	work(t, b.Store, 1, do)
	if got := receive(t, attempts, "the job to run again"); got != 1 {
		t.Errorf("it runs as attempt %d; a restart must not cost one", got)
	}
}

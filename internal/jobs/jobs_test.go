package jobs

import (
	"context"
	"errors"
	"log/slog"
	"maps"
	"path/filepath"
	"slices"
	"testing"
	"time"

	"github.com/google/go-cmp/cmp"
	"go.uber.org/goleak"

	"earshot/internal/domain"
	"earshot/internal/secret"
	"earshot/internal/store"
)

// patience is how long a test waits for what must happen.
const patience = time.Minute

func TestMain(m *testing.M) { goleak.VerifyTestMain(m) }

func openStore(t *testing.T) *store.Store {
	t.Helper()
	dir := t.TempDir()
	keyring, err := secret.Load(filepath.Join(dir, "master.key"))
	if err != nil {
		t.Fatal(err)
	}
	s, err := store.Open(t.Context(), store.Config{DataDir: dir, NodeID: "node-1", Keyring: keyring, Logger: slog.New(slog.DiscardHandler), Now: time.Now})
	if err != nil {
		t.Fatal(err)
	}
	t.Cleanup(func() {
		ctx, cancel := context.WithTimeout(context.Background(), patience)
		defer cancel()
		if err := errors.Join(s.StopJobs(ctx), s.Close()); err != nil {
			t.Error(err)
		}
	})
	return s
}

// run is what a handler was given.
type run struct {
	Kind, ID string
	Limit    time.Duration
}

// handlers record what they are given on the channel; fail says what they answer.
func handlers(ran chan<- run, fail func(kind string) error) Handlers {
	note := func(ctx context.Context, kind, id string) error {
		deadline, _ := ctx.Deadline()
		ran <- run{kind, id, time.Until(deadline).Round(time.Minute)}
		return fail(kind)
	}
	stage := func(kind string) func(context.Context, string) error {
		return func(ctx context.Context, id string) error { return note(ctx, kind, id) }
	}
	return Handlers{
		Event:    func(ctx context.Context, j domain.EventJob) error { return note(ctx, j.Kind(), j.EventID) },
		Run:      func(ctx context.Context, j domain.RunJob) error { return note(ctx, j.Kind(), j.ScheduledJobID) },
		Describe: stage("describe"), Fetch: stage("fetch"), Transcribe: stage("transcribe"), Analyze: stage("analyze"),
		Rematch:   func(ctx context.Context) error { return note(ctx, "rematch", "") },
		Reanalyze: func(ctx context.Context, j domain.ReanalyzeJob) error { return note(ctx, j.Kind(), j.ReanalysisID) },
		Tick:      func(ctx context.Context) error { return note(ctx, "tick", "") },
	}
}

func enqueue(t *testing.T, s *store.Store, jobs ...domain.Job) {
	t.Helper()
	err := s.InTx(t.Context(), func(ctx context.Context, tx *store.Tx) error {
		for _, j := range jobs {
			if err := tx.Enqueue(ctx, j); err != nil {
				return err
			}
		}
		return nil
	})
	if err != nil {
		t.Fatal(err)
	}
}

func receive(t *testing.T, ran <-chan run) run {
	t.Helper()
	select {
	case r := <-ran:
		return r
	case <-time.After(patience):
		t.Fatal("a job does not run")
		panic("not reached")
	}
}

func TestEveryKindReachesItsHandler(t *testing.T) {
	t.Parallel()
	s := openStore(t)
	enqueue(t, s, domain.EventJob{EventID: "1"}, domain.RunJob{ScheduledJobID: "2"}, domain.DescribeJob{VCCallID: "3", Provider: domain.Dialpad}, domain.FetchJob{VCCallID: "4", Provider: domain.Aircall, Via: domain.ViaBackfill},
		domain.TranscribeJob{VCCallID: "5"}, domain.AnalyzeJob{VCCallID: "6"}, domain.ReanalyzeJob{ReanalysisID: "7"}, domain.RematchJob{})
	ran := make(chan run, 20)
	if err := Start(t.Context(), s, handlers(ran, func(string) error { return nil }), []domain.Provider{domain.Aircall, domain.Dialpad}, slog.New(slog.DiscardHandler)); err != nil {
		t.Fatal(err)
	}
	want := map[string]run{
		"event":      {"event", "1", 5 * time.Minute},
		"run":        {"run", "2", time.Hour},
		"describe":   {"describe", "3", 5 * time.Minute},
		"fetch":      {"fetch", "4", time.Hour},
		"transcribe": {"transcribe", "5", 6 * time.Hour},
		"analyze":    {"analyze", "6", 5 * time.Minute},
		"rematch":    {"rematch", "", time.Hour},
		"reanalyze":  {"reanalyze", "7", 5 * time.Minute},
		"tick":       {"tick", "", 5 * time.Minute},
	}
	got := map[string]run{}
	for len(got) < len(want) {
		r := receive(t, ran)
		got[r.Kind] = r
	}
	if diff := cmp.Diff(want, got); diff != "" {
		t.Errorf("(-want +got)\n%s", diff)
	}
}

// TestAnswersOfHandlers checks how often a job runs, by what its handler answers the first time.
func TestAnswersOfHandlers(t *testing.T) {
	t.Parallel()
	cases := map[string]struct {
		answer func() error
		runs   int
	}{
		"success":      {func() error { return nil }, 1},
		"invalid":      {func() error { return domain.Errorf(domain.KindInvalid, "", "bad") }, 1},
		"permanent":    {func() error { return domain.Errorf(domain.KindPermanent, "", "bad") }, 1},
		"not found":    {func() error { return domain.Errorf(domain.KindNotFound, "", "gone") }, 1},
		"temporary":    {func() error { return errors.New("database lost") }, 2},
		"conflict":     {func() error { return domain.Errorf(domain.KindConflict, "", "changed") }, 2},
		"rate limited": {func() error { return &domain.Error{Kind: domain.KindRateLimited, RetryAt: time.Now().Add(time.Second)} }, 2},
		"no time":      {func() error { return domain.Errorf(domain.KindNotReady, "", "later") }, 2},
		"panic":        {func() error { panic("a handler's mistake") }, 2},
	}
	s := openStore(t)
	names := slices.Sorted(maps.Keys(cases))
	for _, name := range names {
		enqueue(t, s, domain.EventJob{EventID: name})
	}
	ran := make(chan run, 100)
	started := make(chan string, 100)
	h := handlers(ran, func(string) error { return nil })
	first := map[string]chan struct{}{}
	for _, name := range names {
		first[name] = make(chan struct{}, 1)
		first[name] <- struct{}{}
	}
	h.Event = func(_ context.Context, j domain.EventJob) error {
		started <- j.EventID
		select {
		case <-first[j.EventID]:
			return cases[j.EventID].answer()
		default:
			return nil
		}
	}
	if err := Start(t.Context(), s, h, []domain.Provider{domain.Aircall, domain.Dialpad}, slog.New(slog.DiscardHandler)); err != nil {
		t.Fatal(err)
	}
	waitDrained(t, s, len(names), started, func(got map[string]int) {
		for name, c := range cases {
			if got[name] != c.runs {
				t.Errorf("%s: ran %d times, want %d", name, got[name], c.runs)
			}
		}
	})
}

// waitDrained waits until no job is left and at least some have run, and counts the runs.
func waitDrained(t *testing.T, s *store.Store, atLeast int, started <-chan string, check func(map[string]int)) {
	t.Helper()
	runs, timeout := map[string]int{}, time.After(patience)
	for {
		select {
		case name := <-started:
			runs[name]++
		case <-timeout:
			t.Fatalf("jobs are left; so far ran %v", runs)
		case <-time.After(20 * time.Millisecond):
			n, err := s.PendingJobs(t.Context())
			if err != nil {
				t.Fatal(err)
			}
			if n == 0 && len(started) == 0 && len(runs) >= atLeast {
				check(runs)
				return
			}
		}
	}
}

// TestStoppedJobComesAgain stops in the middle of a job whose handler then speaks of something that is never tried again.
func TestStoppedJobComesAgain(t *testing.T) {
	t.Parallel()
	s := openStore(t)
	enqueue(t, s, domain.EventJob{EventID: "1"})
	began := make(chan run, 1)
	h := handlers(make(chan run, 10), func(string) error { return nil })
	h.Event = func(ctx context.Context, _ domain.EventJob) error {
		began <- run{}
		<-ctx.Done()
		return domain.Errorf(domain.KindPermanent, "", "cut off")
	}
	if err := Start(t.Context(), s, h, []domain.Provider{domain.Aircall, domain.Dialpad}, slog.New(slog.DiscardHandler)); err != nil {
		t.Fatal(err)
	}
	receive(t, began)
	if err := s.StopJobs(t.Context()); err != nil {
		t.Fatal(err)
	}
	h.Event = func(context.Context, domain.EventJob) error {
		began <- run{}
		return nil
	}
	if err := Start(t.Context(), s, h, []domain.Provider{domain.Aircall, domain.Dialpad}, slog.New(slog.DiscardHandler)); err != nil {
		t.Fatal(err)
	}
	receive(t, began)
}

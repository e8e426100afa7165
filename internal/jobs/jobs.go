// Package jobs ties the kinds of jobs to the functions that do them. A worker does nothing else.
package jobs

import (
	"context"
	"errors"
	"fmt"
	"log/slog"
	"time"

	"github.com/riverqueue/river"

	"earshot/internal/domain"
	"earshot/internal/store"
)

// Handlers do the jobs.
type Handlers struct {
	Event      func(context.Context, domain.EventJob) error
	Run        func(context.Context, domain.RunJob) error
	Describe   func(ctx context.Context, vcCallID string) error
	Fetch      func(ctx context.Context, vcCallID string) error
	Transcribe func(ctx context.Context, vcCallID string) error
	Analyze    func(ctx context.Context, vcCallID string) error
	Rematch    func(context.Context) error // after users changed
	Remove     func(context.Context, domain.RemoveJob) error
	Reanalyze  func(context.Context, domain.ReanalyzeJob) error
	TestCall   func(context.Context, domain.TestCallJob) error
	Mail       func(context.Context, domain.MailJob) error
	Model      func(context.Context, domain.ModelJob) error
	Tick       func(context.Context) error // every minute, on one node
}

// Time-outs: an engine works through hours of audio, a provider may be slow, everything else is quick.
const (
	speechTimeout = 6 * time.Hour
	mediaTimeout  = time.Hour
	quickTimeout  = 5 * time.Minute
	tickEvery     = time.Minute
)

// Queues says how many workers each queue has. A fetch of jobs takes as many as workers are free, at most twenty times a
// second: sixteen keep up with a burst of events. Two calls are transcribed at once so that one decodes while the other keeps
// the engine's workers busy.
func Queues(providers []domain.Provider) map[string]int {
	queues := map[string]int{domain.QueueEvents: 16, domain.QueueCalls: 4, domain.QueueSpeech: 2, domain.QueueSchedule: 4, domain.QueueModel: 2, domain.QueueMail: 1}
	for _, p := range providers {
		queues[domain.ProviderQueue(p)] = 4
	}
	return queues
}

// Start begins to work jobs on this node, those of the providers among them.
func Start(ctx context.Context, s *store.Store, h Handlers, providers []domain.Provider, logger *slog.Logger) error {
	workers := river.NewWorkers()
	add(workers, quickTimeout, logger, h.Event)
	add(workers, mediaTimeout, logger, h.Run)
	add(workers, quickTimeout, logger, func(ctx context.Context, j domain.DescribeJob) error { return h.Describe(ctx, j.VCCallID) })
	add(workers, mediaTimeout, logger, func(ctx context.Context, j domain.FetchJob) error { return h.Fetch(ctx, j.VCCallID) })
	add(workers, speechTimeout, logger, func(ctx context.Context, j domain.TranscribeJob) error { return h.Transcribe(ctx, j.VCCallID) })
	add(workers, quickTimeout, logger, func(ctx context.Context, j domain.AnalyzeJob) error { return h.Analyze(ctx, j.VCCallID) })
	add(workers, quickTimeout, logger, h.Reanalyze)
	add(workers, mediaTimeout, logger, h.TestCall)
	add(workers, mediaTimeout, logger, h.Model)
	add(workers, quickTimeout, logger, h.Mail)
	add(workers, quickTimeout, logger, h.Remove)
	add(workers, mediaTimeout, logger, func(ctx context.Context, _ domain.RematchJob) error { return h.Rematch(ctx) })
	add(workers, quickTimeout, logger, func(ctx context.Context, _ tickJob) error { return h.Tick(ctx) })
	tick := river.NewPeriodicJob(river.PeriodicInterval(tickEvery), func() (river.JobArgs, *river.InsertOpts) {
		// Its queue is one of quick jobs: a tick must not wait until a long sync ends.
		return tickJob{}, &river.InsertOpts{Queue: domain.QueueEvents, MaxAttempts: 1, UniqueOpts: river.UniqueOpts{ByPeriod: tickEvery}}
	}, &river.PeriodicJobOpts{RunOnStart: true})
	return s.StartJobs(ctx, store.JobsConfig{Workers: workers, Queues: Queues(providers), Periodic: []*river.PeriodicJob{tick}})
}

type tickJob struct{}

func (tickJob) Kind() string { return "tick" }

// worker adapts a function to River.
type worker[T river.JobArgs] struct {
	river.WorkerDefaults[T]
	timeout time.Duration
	logger  *slog.Logger
	do      func(context.Context, T) error
}

func add[T river.JobArgs](ws *river.Workers, timeout time.Duration, logger *slog.Logger, do func(context.Context, T) error) {
	river.AddWorker(ws, &worker[T]{timeout: timeout, logger: logger, do: do})
}

// Timeout of the jobs of this kind.
func (w *worker[T]) Timeout(*river.Job[T]) time.Duration { return w.timeout }

// longestSnooze bounds how long a provider can make a job wait.
const longestSnooze = time.Hour

// Work does one job. What can never succeed is not tried again, what says when to come again waits until then, and everything
// else is tried again by the store's policy.
func (w *worker[T]) Work(ctx context.Context, job *river.Job[T]) error {
	err := w.do(ctx, job.Args)
	if err == nil {
		return nil
	}
	if errors.Is(ctx.Err(), context.Canceled) { // we are being stopped: whatever the error says, the job comes again
		return fmt.Errorf("%w: %w", context.Canceled, err)
	}
	log := w.logger.With("kind", job.Kind, "job", job.ID, "attempt", job.Attempt, "error", err)
	now := time.Now()
	again, at := Again(err, now)
	switch {
	case !again:
		log.ErrorContext(ctx, "job given up")
		return river.JobCancel(err)
	case !at.IsZero():
		log.DebugContext(ctx, "job waits", "until", at)
		return river.JobSnooze(at.Sub(now))
	}
	log.WarnContext(ctx, "job comes again")
	return err
}

// Again tells whether a job comes again after its handler gave an error, and when; zero: by the store's policy.
func Again(err error, now time.Time) (bool, time.Time) {
	if err == nil {
		return false, time.Time{}
	}
	switch domain.KindOf(err) {
	case domain.KindPermanent, domain.KindInvalid, domain.KindNotFound:
		return false, time.Time{}
	case domain.KindRateLimited, domain.KindNotReady:
		if wait := domain.RetryTime(err).Sub(now); wait > 0 {
			return true, now.Add(min(wait, longestSnooze))
		}
	}
	return true, time.Time{}
}

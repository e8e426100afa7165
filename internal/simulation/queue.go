package simulation

import (
	"context"
	"database/sql"
	"encoding/json"
	"math/rand/v2"
	"path/filepath"
	"testing"
	"time"

	"earshot/internal/domain"
	"earshot/internal/jobs"
)

// queue stands for River: it works the rows that the store enqueued, in the order of their urgency and time.
type queue struct {
	t    *testing.T
	db   *sql.DB
	jobs []*job // known, in the order of their ids
	last int64  // id of the newest known
}

type job struct {
	id       int64
	kind     string
	args     []byte
	priority int
	at       time.Time // zero: at once
	failed   int
}

func openQueue(t *testing.T, dir string) *queue {
	t.Helper()
	db, err := sql.Open("sqlite", filepath.Join(dir, "earshot.db")+"?_pragma=busy_timeout(10000)&_pragma=query_only(ON)")
	if err != nil {
		t.Fatal(err)
	}
	t.Cleanup(func() { _ = db.Close() })
	return &queue{t: t, db: db}
}

// load learns of the jobs that were committed since. The simulation lives far in the future, so that jobs that are to run at once, which
// bear the machine's time, come first.
func (q *queue) load() {
	q.t.Helper()
	rows, err := q.db.Query(`SELECT id, kind, json(args), priority, scheduled_at, state FROM river_job WHERE id > ? ORDER BY id`, q.last)
	if err != nil {
		q.t.Fatal(err)
	}
	defer rows.Close()
	for rows.Next() {
		j := &job{}
		var at, state string
		if err := rows.Scan(&j.id, &j.kind, &j.args, &j.priority, &at, &state); err != nil {
			q.t.Fatal(err)
		}
		if state == "scheduled" {
			if j.at, err = parseTime(at); err != nil {
				q.t.Fatal(err)
			}
		}
		q.last = j.id
		q.jobs = append(q.jobs, j)
	}
	if err := rows.Err(); err != nil {
		q.t.Fatal(err)
	}
}

func parseTime(s string) (time.Time, error) {
	for _, layout := range []string{"2006-01-02 15:04:05.999999999", time.RFC3339Nano} {
		if at, err := time.Parse(layout, s); err == nil {
			return at, nil
		}
	}
	return time.Parse("2006-01-02 15:04:05.999999999 -0700 MST", s)
}

// take takes one of the most urgent jobs that are due.
func (q *queue) take(now time.Time, random *rand.Rand) (*job, bool) {
	q.load()
	var due []int
	best := 0
	for i, j := range q.jobs {
		switch {
		case j.at.After(now):
		case len(due) == 0 || j.priority < best:
			due, best = []int{i}, j.priority
		case j.priority == best && len(due) < 8:
			due = append(due, i)
		}
	}
	if len(due) == 0 {
		return nil, false
	}
	i := due[random.IntN(len(due))]
	return q.jobs[i], true
}

func (q *queue) nextAt() (at time.Time, ok bool) {
	for _, j := range q.jobs {
		if !ok || j.at.Before(at) {
			at, ok = j.at, true
		}
	}
	return at, ok
}

// settle does with a job what the real worker does.
func (q *queue) settle(done *job, err error, now time.Time) {
	if again, at := jobs.Again(err, now); again {
		done.failed++
		done.at = at
		if at.IsZero() {
			done.at = now.Add(time.Second << min(done.failed, 9))
		}
		return
	}
	for i, j := range q.jobs {
		if j == done {
			q.jobs = append(q.jobs[:i], q.jobs[i+1:]...)
			return
		}
	}
}

// do hands a job to its handler.
func (s *sim) do(j *job) error {
	ctx := s.ctx
	switch j.kind {
	case "event":
		return with(ctx, j, s.ingest.Event)
	case "run":
		return with(ctx, j, s.ingest.Run)
	case "describe":
		return with(ctx, j, func(ctx context.Context, d domain.DescribeJob) error { return s.pipeline.Describe(ctx, d.VCCallID) })
	case "fetch":
		return with(ctx, j, func(ctx context.Context, d domain.FetchJob) error { return s.pipeline.Fetch(ctx, d.VCCallID) })
	case "transcribe":
		return with(ctx, j, func(ctx context.Context, d domain.TranscribeJob) error { return s.pipeline.Transcribe(ctx, d.VCCallID) })
	case "analyze":
		return with(ctx, j, func(ctx context.Context, d domain.AnalyzeJob) error { return s.pipeline.Analyze(ctx, d.VCCallID) })
	default:
		s.t.Fatalf("nobody does jobs of the kind %q", j.kind)
		return nil
	}
}

func with[T any](ctx context.Context, j *job, do func(context.Context, T) error) error {
	var args T
	if err := json.Unmarshal(j.args, &args); err != nil {
		return err
	}
	return do(ctx, args)
}

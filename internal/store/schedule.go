package store

import (
	"context"
	"database/sql"
	"time"

	"earshot/internal/domain"
)

const scheduleColumns = `j.id, j.connector_id, c.provider, j.kind, j.from_at, j.to_at, j.page_cursor, j.listed, j.found, j.reached_at, j.next_run_at, j.last_run_at, j.last_result, j.failures, j.created_by, j.created_at, j.done_at`

func scanScheduledJob(r *sql.Rows) (j domain.ScheduledJob, err error) {
	var from, to, reached, next, last, created, done int64
	err = r.Scan(&j.ID, &j.ConnectorID, &j.Provider, &j.Kind, &from, &to, &j.Cursor, &j.Listed, &j.Found, &reached, &next, &last, &j.LastResult, &j.Failures, &j.CreatedBy, &created, &done)
	j.From, j.To, j.ReachedAt, j.NextRunAt, j.LastRunAt, j.CreatedAt, j.DoneAt = timeOf(from), timeOf(to), timeOf(reached), timeOf(next), timeOf(last), timeOf(created), timeOf(done)
	return j, err
}

func (q *Queries) scheduledJobs(ctx context.Context, condition string, args ...any) ([]domain.ScheduledJob, error) {
	rows, err := q.db.QueryContext(ctx, `SELECT `+scheduleColumns+` FROM scheduled_jobs j JOIN connectors c ON c.id = j.connector_id `+condition, args...)
	return collect(rows, err, scanScheduledJob)
}

// ScheduledJobs gives those of a connector, or all, in the order in which they were made.
func (q *Queries) ScheduledJobs(ctx context.Context, connectorID string) ([]domain.ScheduledJob, error) {
	return q.scheduledJobs(ctx, `WHERE j.connector_id = $1 OR $1 = '' ORDER BY c.provider, j.created_at, j.id`, connectorID)
}

// DueJobs gives the scheduled jobs of connectors that are on whose time has come.
func (q *Queries) DueJobs(ctx context.Context, now time.Time) ([]domain.ScheduledJob, error) {
	return q.scheduledJobs(ctx, `WHERE j.next_run_at > 0 AND j.next_run_at <= $1 AND c.enabled = 1 AND c.provider_enabled = 1 ORDER BY j.next_run_at, j.id`, millis(now))
}

// ScheduledJob gives one by its id.
func (q *Queries) ScheduledJob(ctx context.Context, id string) (domain.ScheduledJob, error) {
	found, err := q.scheduledJobs(ctx, `WHERE j.id = $1`, id)
	if err == nil && len(found) == 0 {
		err = notFound(sql.ErrNoRows, "scheduled job")
	}
	if err != nil {
		return domain.ScheduledJob{}, err
	}
	return found[0], nil
}

// AddScheduledJob stores a new one.
func (tx *Tx) AddScheduledJob(ctx context.Context, j domain.ScheduledJob) error {
	_, err := tx.db.ExecContext(ctx, `INSERT INTO scheduled_jobs (id, connector_id, kind, from_at, to_at, page_cursor, listed, found, reached_at, next_run_at, last_run_at, last_result, failures, created_by, created_at, done_at)
		VALUES ($1, $2, $3, $4, $5, $6, $7, $8, $9, $10, $11, $12, $13, $14, $15, $16)`,
		j.ID, j.ConnectorID, j.Kind, millis(j.From), millis(j.To), j.Cursor, j.Listed, j.Found, millis(j.ReachedAt), millis(j.NextRunAt), millis(j.LastRunAt), j.LastResult, j.Failures, j.CreatedBy, millis(j.CreatedAt), millis(j.DoneAt))
	if err != nil {
		return err
	}
	return tx.Changed(ctx, TopicSchedule, j.ID)
}

// UpdateScheduledJob keeps how far a job has come. One that was deleted meanwhile gives KindNotFound, so that it stops.
func (tx *Tx) UpdateScheduledJob(ctx context.Context, j domain.ScheduledJob) error {
	res, err := tx.db.ExecContext(ctx, `UPDATE scheduled_jobs SET from_at = $1, to_at = $2, page_cursor = $3, listed = $4, found = $5, reached_at = $6, next_run_at = $7, last_run_at = $8, last_result = $9, failures = $10, done_at = $11 WHERE id = $12`,
		millis(j.From), millis(j.To), j.Cursor, j.Listed, j.Found, millis(j.ReachedAt), millis(j.NextRunAt), millis(j.LastRunAt), j.LastResult, j.Failures, millis(j.DoneAt), j.ID)
	if err := changedOne(res, err, "scheduled job"); err != nil {
		return err
	}
	return tx.Changed(ctx, TopicSchedule, j.ID)
}

// DeleteScheduledJob removes one.
func (tx *Tx) DeleteScheduledJob(ctx context.Context, id string) error {
	res, err := tx.db.ExecContext(ctx, `DELETE FROM scheduled_jobs WHERE id = $1`, id)
	if err := changedOne(res, err, "scheduled job"); err != nil {
		return err
	}
	return tx.Changed(ctx, TopicSchedule, id)
}

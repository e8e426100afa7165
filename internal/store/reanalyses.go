package store

import (
	"context"
	"database/sql"
	"encoding/json"

	"earshot/internal/domain"
)

const reanalysisColumns = `id, stage, filter, page_cursor, total, asked, created_by, created_at, done_at, stopped`

// reanalysesShown is how many are listed: who asked for what longer ago is of no use.
const reanalysesShown = 50

// Reanalyses gives the newest, with how far they are.
func (q *Queries) Reanalyses(ctx context.Context) ([]domain.Reanalysis, error) {
	rows, err := q.db.QueryContext(ctx, `SELECT `+reanalysisColumns+` FROM reanalyses ORDER BY id DESC LIMIT $1`, reanalysesShown)
	found, err := collect(rows, err, func(r *sql.Rows) (domain.Reanalysis, error) { return scanReanalysis(r) })
	for i := range found {
		if err == nil {
			err = q.countReanalysis(ctx, &found[i])
		}
	}
	return found, err
}

// Reanalysis gives one with how far it is.
func (q *Queries) Reanalysis(ctx context.Context, id string) (domain.Reanalysis, error) {
	r, err := scanReanalysis(q.db.QueryRowContext(ctx, `SELECT `+reanalysisColumns+` FROM reanalyses WHERE id = $1`, id))
	if err != nil {
		return r, notFound(err, "re-analysis")
	}
	return r, q.countReanalysis(ctx, &r)
}

func scanReanalysis(row interface{ Scan(...any) error }) (r domain.Reanalysis, err error) {
	var choice string
	var created, done, stopped int64
	if err := row.Scan(&r.ID, &r.Stage, &choice, &r.Cursor, &r.Total, &r.Asked, &r.CreatedBy, &created, &done, &stopped); err != nil {
		return r, err
	}
	r.CreatedAt, r.DoneAt, r.Stopped = timeOf(created), timeOf(done), stopped == 1
	return r, json.Unmarshal([]byte(choice), &r.Choice)
}

func (q *Queries) countReanalysis(ctx context.Context, r *domain.Reanalysis) error {
	rows, err := q.db.QueryContext(ctx, `SELECT state, COUNT(*) FROM calls WHERE reanalysis_id = $1 GROUP BY state`, r.ID)
	type count struct {
		state domain.State
		n     int
	}
	counts, err := collect(rows, err, func(rows *sql.Rows) (c count, err error) { return c, rows.Scan(&c.state, &c.n) })
	for _, c := range counts {
		switch c.state {
		case domain.StateProcessed:
			r.Processed += c.n
		case domain.StateProcessing, domain.StateWaiting:
			r.Processing += c.n
		default:
			r.Failed += c.n
		}
	}
	return err
}

// SaveReanalysis makes or changes one.
func (tx *Tx) SaveReanalysis(ctx context.Context, r domain.Reanalysis) error {
	choice, err := json.Marshal(r.Choice)
	if err != nil {
		return err
	}
	_, err = tx.db.ExecContext(ctx, `INSERT INTO reanalyses (`+reanalysisColumns+`) VALUES ($1, $2, $3, $4, $5, $6, $7, $8, $9, $10)
		ON CONFLICT (id) DO UPDATE SET page_cursor = $4, total = $5, asked = $6, done_at = $9, stopped = $10`,
		r.ID, r.Stage, string(choice), r.Cursor, r.Total, r.Asked, r.CreatedBy, millis(r.CreatedAt), millis(r.DoneAt), bit(r.Stopped))
	if err != nil {
		return err
	}
	return tx.Changed(ctx, TopicReanalysis, r.ID)
}

// SetReanalysis notes which re-analysis a call belongs to.
func (tx *Tx) SetReanalysis(ctx context.Context, callID, id string) error {
	res, err := tx.db.ExecContext(ctx, `UPDATE calls SET reanalysis_id = $1 WHERE id = $2`, id, callID)
	return changedOne(res, err, "call")
}

// CountCalls counts what a filter selects.
func (q *Queries) CountCalls(ctx context.Context, f CallFilter) (n int, err error) {
	w := f.where()
	return n, q.db.QueryRowContext(ctx, `SELECT COUNT(*) FROM calls `+w.text(), w.args...).Scan(&n)
}

package store

import (
	"context"
	"database/sql"
	"time"

	"earshot/internal/domain"
)

// keptRefusals is how many refused events of a connector are kept, the newest.
const keptRefusals = 100

// AddRefusal keeps that a site refused an event, and forgets what was refused long before.
func (tx *Tx) AddRefusal(ctx context.Context, r domain.Refusal) error {
	_, err := tx.db.ExecContext(ctx, `INSERT INTO refused_events (id, connector_id, at, status, why) VALUES ($1, $2, $3, $4, $5)`, NewID(), r.ConnectorID, millis(r.At), r.Status, r.Why)
	if err != nil {
		return err
	}
	_, err = tx.db.ExecContext(ctx, `DELETE FROM refused_events WHERE connector_id = $1 AND id NOT IN (SELECT id FROM refused_events WHERE connector_id = $1 ORDER BY id DESC LIMIT $2)`, r.ConnectorID, keptRefusals)
	return err
}

// Refusals gives what the site of a connector refused from from to to (both included), newest first.
func (q *Queries) Refusals(ctx context.Context, connectorID string, from, to time.Time) ([]domain.Refusal, error) {
	rows, err := q.db.QueryContext(ctx, `SELECT connector_id, at, status, why FROM refused_events WHERE connector_id = $1 AND at >= $2 AND at <= $3 ORDER BY id DESC`, connectorID, millis(from), millis(to))
	return collect(rows, err, func(r *sql.Rows) (f domain.Refusal, err error) {
		var at int64
		err = r.Scan(&f.ConnectorID, &at, &f.Status, &f.Why)
		f.At = timeOf(at)
		return f, err
	})
}

package store

import (
	"context"
	"encoding/json"

	"earshot/internal/domain"
)

// InsertEvent stores an event as it came.
func (tx *Tx) InsertEvent(ctx context.Context, e domain.Event) error {
	headers, err := json.Marshal(orEmpty(e.Headers))
	if err != nil {
		return err
	}
	_, err = tx.db.ExecContext(ctx, `INSERT INTO events (id, connector_id, received_at, headers, body) VALUES ($1, $2, $3, $4, $5)`,
		e.ID, e.ConnectorID, millis(e.ReceivedAt), string(headers), e.Body)
	return err
}

// MarkEventProcessed notes that an event was understood.
func (tx *Tx) MarkEventProcessed(ctx context.Context, id string) error {
	_, err := tx.db.ExecContext(ctx, `UPDATE events SET processed_at = $1 WHERE id = $2`, millis(tx.now()), id)
	return err
}

// Event gives one.
func (q *Queries) Event(ctx context.Context, id string) (domain.Event, error) {
	var e domain.Event
	var received int64
	var headers string
	err := q.db.QueryRowContext(ctx, `SELECT id, connector_id, received_at, headers, body FROM events WHERE id = $1`, id).Scan(&e.ID, &e.ConnectorID, &received, &headers, &e.Body)
	if err != nil {
		return e, notFound(err, "event")
	}
	e.ReceivedAt = timeOf(received)
	return e, json.Unmarshal([]byte(headers), &e.Headers)
}

package store

import (
	"context"
	"crypto/sha256"
	"encoding/hex"
	"encoding/json"
	"time"

	"earshot/internal/domain"
)

// eventsLife is how long events are kept as they came, after they were understood: long enough to look into what went wrong.
const eventsLife = 14 * 24 * time.Hour

// InsertEvent stores an event as it came, unless the connector has the same one already, and tells whether it did.
func (tx *Tx) InsertEvent(ctx context.Context, e domain.Event) (bool, error) {
	headers, err := json.Marshal(orEmpty(e.Headers))
	if err != nil {
		return false, err
	}
	digest := sha256.Sum256(e.Body)
	res, err := tx.db.ExecContext(ctx, `INSERT INTO events (id, connector_id, received_at, headers, body, digest) VALUES ($1, $2, $3, $4, $5, $6) ON CONFLICT (connector_id, digest) WHERE digest <> '' DO NOTHING`,
		e.ID, e.ConnectorID, millis(e.ReceivedAt), string(headers), e.Body, hex.EncodeToString(digest[:]))
	if err != nil {
		return false, err
	}
	n, err := res.RowsAffected()
	return n == 1, err
}

// PruneEvents removes old ones that were understood.
func (tx *Tx) PruneEvents(ctx context.Context) error {
	_, err := tx.db.ExecContext(ctx, `DELETE FROM events WHERE received_at < $1 AND processed_at > 0`, millis(tx.now().Add(-eventsLife)))
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

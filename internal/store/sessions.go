package store

import (
	"context"
	"time"
)

// Session of a signed-in user; Hash is that of its token.
type Session struct {
	Hash, UserID      string
	SeenAt, ExpiresAt time.Time
}

// CreateSession stores a session and removes those that have expired.
func (tx *Tx) CreateSession(ctx context.Context, hash, userID string, expires time.Time) error {
	now := millis(tx.now())
	if _, err := tx.db.ExecContext(ctx, `DELETE FROM sessions WHERE expires_at < $1`, now); err != nil {
		return err
	}
	_, err := tx.db.ExecContext(ctx, `INSERT INTO sessions (hash, user_id, created_at, seen_at, expires_at) VALUES ($1, $2, $3, $3, $4)`, hash, userID, now, millis(expires))
	return err
}

// TouchSession notes that a session is used.
func (tx *Tx) TouchSession(ctx context.Context, hash string) error {
	_, err := tx.db.ExecContext(ctx, `UPDATE sessions SET seen_at = $1 WHERE hash = $2`, millis(tx.now()), hash)
	return err
}

// DeleteSession ends a session.
func (tx *Tx) DeleteSession(ctx context.Context, hash string) error {
	_, err := tx.db.ExecContext(ctx, `DELETE FROM sessions WHERE hash = $1`, hash)
	return err
}

// DeleteSessionsOf signs a user out everywhere.
func (tx *Tx) DeleteSessionsOf(ctx context.Context, userID string) error {
	_, err := tx.db.ExecContext(ctx, `DELETE FROM sessions WHERE user_id = $1`, userID)
	return err
}

// Session gives one, though it may have expired.
func (q *Queries) Session(ctx context.Context, hash string) (Session, error) {
	s := Session{Hash: hash}
	var seen, expires int64
	err := q.db.QueryRowContext(ctx, `SELECT user_id, seen_at, expires_at FROM sessions WHERE hash = $1`, hash).Scan(&s.UserID, &seen, &expires)
	s.SeenAt, s.ExpiresAt = timeOf(seen), timeOf(expires)
	return s, notFound(err, "session")
}

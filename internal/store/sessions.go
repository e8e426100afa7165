package store

import (
	"context"
	"database/sql"
	"time"
)

// Session of a signed-in user; Hash is that of its token and stays inside, ID names it to people.
type Session struct {
	ID, Hash, UserID             string
	Address, Browser             string // from where the user signed in
	CreatedAt, SeenAt, ExpiresAt time.Time
}

const sessionColumns = `id, hash, user_id, address, browser, created_at, seen_at, expires_at`

func scanSession(row interface{ Scan(...any) error }) (s Session, err error) {
	var created, seen, expires int64
	err = row.Scan(&s.ID, &s.Hash, &s.UserID, &s.Address, &s.Browser, &created, &seen, &expires)
	s.CreatedAt, s.SeenAt, s.ExpiresAt = timeOf(created), timeOf(seen), timeOf(expires)
	return s, err
}

// CreateSession stores a session that begins now and removes those that have expired.
func (tx *Tx) CreateSession(ctx context.Context, s Session) error {
	now := millis(tx.now())
	if _, err := tx.db.ExecContext(ctx, `DELETE FROM sessions WHERE expires_at < $1`, now); err != nil {
		return err
	}
	_, err := tx.db.ExecContext(ctx, `INSERT INTO sessions (`+sessionColumns+`) VALUES ($1, $2, $3, $4, $5, $6, $6, $7)`, s.ID, s.Hash, s.UserID, s.Address, s.Browser, now, millis(s.ExpiresAt))
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

// DeleteSessionOf ends one session of a user by its id.
func (tx *Tx) DeleteSessionOf(ctx context.Context, userID, id string) error {
	res, err := tx.db.ExecContext(ctx, `DELETE FROM sessions WHERE user_id = $1 AND id = $2`, userID, id)
	return changedOne(res, err, "session")
}

// DeleteSessionsOf signs a user out everywhere but in the session with the id keep, and gives how many sessions ended.
func (tx *Tx) DeleteSessionsOf(ctx context.Context, userID, keep string) (int, error) {
	res, err := tx.db.ExecContext(ctx, `DELETE FROM sessions WHERE user_id = $1 AND id <> $2`, userID, keep)
	if err != nil {
		return 0, err
	}
	n, err := res.RowsAffected()
	return int(n), err
}

// Session gives one, though it may have expired.
func (q *Queries) Session(ctx context.Context, hash string) (Session, error) {
	s, err := scanSession(q.db.QueryRowContext(ctx, `SELECT `+sessionColumns+` FROM sessions WHERE hash = $1`, hash))
	return s, notFound(err, "session")
}

// SessionsOf gives the sessions of a user that have not expired, the last used first.
func (q *Queries) SessionsOf(ctx context.Context, userID string, now time.Time) ([]Session, error) {
	rows, err := q.db.QueryContext(ctx, `SELECT `+sessionColumns+` FROM sessions WHERE user_id = $1 AND expires_at > $2 ORDER BY seen_at DESC, id`, userID, millis(now))
	return collect(rows, err, func(r *sql.Rows) (Session, error) { return scanSession(r) })
}

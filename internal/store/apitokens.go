package store

import (
	"context"
	"database/sql"
	"time"

	"earshot/internal/domain"
)

// APIToken lets a program act as a user. Only the hash of the token is kept.
type APIToken struct {
	ID, UserID, Name string
	Prefix           string // first letters of the token, by which people know it
	Hash             string
	ReadOnly         bool
	CreatedAt        time.Time
	ExpiresAt        time.Time // zero: never
	LastUsedAt       time.Time
	LastAddress      string
}

const apiTokenColumns = `id, user_id, name, prefix, hash, read_only, created_at, expires_at, last_used_at, last_address`

func scanAPIToken(row interface{ Scan(...any) error }) (t APIToken, err error) {
	var readOnly, created, expires, used int64
	err = row.Scan(&t.ID, &t.UserID, &t.Name, &t.Prefix, &t.Hash, &readOnly, &created, &expires, &used, &t.LastAddress)
	t.ReadOnly, t.CreatedAt, t.ExpiresAt, t.LastUsedAt = readOnly == 1, timeOf(created), timeOf(expires), timeOf(used)
	return t, err
}

// AddAPIToken stores a new token.
func (tx *Tx) AddAPIToken(ctx context.Context, t APIToken) error {
	_, err := tx.db.ExecContext(ctx, `INSERT INTO api_tokens (`+apiTokenColumns+`) VALUES ($1, $2, $3, $4, $5, $6, $7, $8, $9, $10)`,
		t.ID, t.UserID, t.Name, t.Prefix, t.Hash, bit(t.ReadOnly), millis(t.CreatedAt), millis(t.ExpiresAt), millis(t.LastUsedAt), t.LastAddress)
	return err
}

// TouchAPIToken notes that a token is used, and from where.
func (tx *Tx) TouchAPIToken(ctx context.Context, id, address string) error {
	_, err := tx.db.ExecContext(ctx, `UPDATE api_tokens SET last_used_at = $1, last_address = $2 WHERE id = $3`, millis(tx.now()), address, id)
	return err
}

// DeleteAPIToken ends a token.
func (tx *Tx) DeleteAPIToken(ctx context.Context, id string) error {
	res, err := tx.db.ExecContext(ctx, `DELETE FROM api_tokens WHERE id = $1`, id)
	return changedOne(res, err, "API token")
}

// APIToken gives one by its id.
func (q *Queries) APIToken(ctx context.Context, id string) (APIToken, error) {
	t, err := scanAPIToken(q.db.QueryRowContext(ctx, `SELECT `+apiTokenColumns+` FROM api_tokens WHERE id = $1`, id))
	return t, notFound(err, "API token")
}

// APITokenByHash gives one, though it may have expired.
func (q *Queries) APITokenByHash(ctx context.Context, hash string) (APIToken, error) {
	t, err := scanAPIToken(q.db.QueryRowContext(ctx, `SELECT `+apiTokenColumns+` FROM api_tokens WHERE hash = $1`, hash))
	return t, notFound(err, "API token")
}

// APITokens gives those of a user, or all for an empty id, newest first.
func (q *Queries) APITokens(ctx context.Context, userID string) ([]APIToken, error) {
	w := where{}
	w.equal("user_id", userID)
	rows, err := q.db.QueryContext(ctx, `SELECT `+apiTokenColumns+` FROM api_tokens `+w.text()+` ORDER BY id DESC`, w.args...)
	return collect(rows, err, func(r *sql.Rows) (APIToken, error) { return scanAPIToken(r) })
}

// AddPasswordLink stores the hash of a link with which a user sets a password; earlier links of the user end.
func (tx *Tx) AddPasswordLink(ctx context.Context, hash, userID string, expires time.Time) error {
	if _, err := tx.db.ExecContext(ctx, `DELETE FROM password_links WHERE user_id = $1 OR expires_at < $2`, userID, millis(tx.now())); err != nil {
		return err
	}
	_, err := tx.db.ExecContext(ctx, `INSERT INTO password_links (hash, user_id, expires_at) VALUES ($1, $2, $3)`, hash, userID, millis(expires))
	return err
}

// TakePasswordLink gives the user of a link once; not_found for one that is unknown, was used or has expired.
func (tx *Tx) TakePasswordLink(ctx context.Context, hash string) (domain.User, error) {
	var userID string
	err := tx.db.QueryRowContext(ctx, `DELETE FROM password_links WHERE hash = $1 AND expires_at > $2 RETURNING user_id`, hash, millis(tx.now())).Scan(&userID)
	if err != nil {
		return domain.User{}, notFound(err, "link")
	}
	return tx.User(ctx, userID)
}

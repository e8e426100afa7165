package store

import (
	"context"
	"time"
)

// Login at a provider that a person has begun.
type Login struct {
	StateHash, ConnectorID, UserID, Verifier string
	ExpiresAt                                time.Time
}

// BeginLogin keeps a login until the person comes back, and forgets those who did not.
func (tx *Tx) BeginLogin(ctx context.Context, l Login) error {
	sealed, err := tx.keyring.Seal([]byte(l.Verifier), l.StateHash)
	if err != nil {
		return err
	}
	if _, err := tx.db.ExecContext(ctx, `DELETE FROM logins WHERE expires_at < $1`, millis(tx.now())); err != nil {
		return err
	}
	_, err = tx.db.ExecContext(ctx, `INSERT INTO logins (state_hash, connector_id, user_id, verifier, expires_at) VALUES ($1, $2, $3, $4, $5)`, l.StateHash, l.ConnectorID, l.UserID, sealed, millis(l.ExpiresAt))
	return err
}

// EndLogin gives a login once, and never again.
func (tx *Tx) EndLogin(ctx context.Context, stateHash string) (Login, error) {
	l := Login{StateHash: stateHash}
	var sealed []byte
	var expires int64
	err := tx.db.QueryRowContext(ctx, `DELETE FROM logins WHERE state_hash = $1 RETURNING connector_id, user_id, verifier, expires_at`, stateHash).Scan(&l.ConnectorID, &l.UserID, &sealed, &expires)
	if err != nil {
		return l, notFound(err, "sign-in")
	}
	verifier, err := tx.keyring.Open(sealed, stateHash)
	l.Verifier, l.ExpiresAt = string(verifier), timeOf(expires)
	return l, err
}

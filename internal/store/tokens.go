package store

import (
	"context"
	"database/sql"
	"encoding/json"
	"errors"
	"time"

	"earshot/internal/domain"
)

// tokenLease is how long a process may take to renew a token before another may try.
const tokenLease = time.Minute

// tokenWait is how often a process looks whether another has renewed the token.
const tokenWait = 50 * time.Millisecond

// Token gives what is kept of an account; zero if nothing is.
func (s *Store) Token(ctx context.Context, account string) (domain.Token, error) {
	var sealed []byte
	err := s.db.QueryRowContext(ctx, `SELECT token FROM tokens WHERE account = $1`, account).Scan(&sealed)
	if errors.Is(err, sql.ErrNoRows) {
		return domain.Token{}, nil
	}
	if err != nil {
		return domain.Token{}, err
	}
	return s.openToken(sealed, account)
}

func (q *Queries) openToken(sealed []byte, account string) (t domain.Token, err error) {
	if len(sealed) == 0 {
		return t, nil
	}
	plain, err := q.keyring.Open(sealed, account)
	if err != nil {
		return t, err
	}
	return t, json.Unmarshal(plain, &t)
}

// RenewToken lets renew make a token from the one that is kept while no other process can, and keeps it before it gives it.
func (s *Store) RenewToken(ctx context.Context, account string, renew func(context.Context, domain.Token) (domain.Token, error)) (domain.Token, error) {
	holder := NewID()
	kept, err := s.leaseToken(ctx, account, holder)
	if err != nil {
		return kept, err
	}
	token, renewErr := renew(ctx, kept)
	if renewErr == nil {
		kept = token
	}
	// Whether or not somebody still waits for the answer: a rotated token must not be lost.
	err = s.InTx(context.WithoutCancel(ctx), func(ctx context.Context, tx *Tx) error { return tx.releaseToken(ctx, account, holder, kept) })
	return token, errors.Join(renewErr, err)
}

// leaseToken waits until this holder has the lease, and gives the token as it is then.
func (s *Store) leaseToken(ctx context.Context, account, holder string) (kept domain.Token, err error) {
	for {
		mine := false
		err := s.InTx(ctx, func(ctx context.Context, tx *Tx) (err error) {
			mine, err = tx.takeLease(ctx, account, holder)
			if err != nil || !mine {
				return err
			}
			var sealed []byte
			if err := tx.db.QueryRowContext(ctx, `SELECT token FROM tokens WHERE account = $1`, account).Scan(&sealed); err != nil {
				return err
			}
			kept, err = tx.openToken(sealed, account)
			return err
		})
		if err != nil || mine {
			return kept, err
		}
		if err := s.Sleep(ctx, tokenWait); err != nil {
			return kept, err
		}
	}
}

func (tx *Tx) takeLease(ctx context.Context, account, holder string) (bool, error) {
	now := tx.now()
	_, err := tx.db.ExecContext(ctx, `INSERT INTO tokens (account, token, lease_holder, lease_until) VALUES ($1, $2, '', 0) ON CONFLICT (account) DO NOTHING`, account, []byte{})
	if err != nil {
		return false, err
	}
	return met(tx.db.ExecContext(ctx, `UPDATE tokens SET lease_holder = $1, lease_until = $2 WHERE account = $3 AND lease_until <= $4`, holder, millis(now.Add(tokenLease)), account, millis(now)))
}

func (tx *Tx) releaseToken(ctx context.Context, account, holder string, t domain.Token) error {
	plain, err := json.Marshal(t)
	if err != nil {
		return err
	}
	sealed, err := tx.keyring.Seal(plain, account)
	if err != nil {
		return err
	}
	_, err = tx.db.ExecContext(ctx, `UPDATE tokens SET token = $1, lease_until = 0 WHERE account = $2 AND lease_holder = $3`, sealed, account, holder)
	return err
}

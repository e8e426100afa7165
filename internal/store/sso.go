package store

import (
	"context"
	"encoding/base64"
	"encoding/json"
	"time"

	"earshot/internal/domain"
)

const settingsSSO = "sso"

// SSOSettings gives how people sign in through an OpenID provider; off before they are first saved.
func (q *Queries) SSOSettings(ctx context.Context) (domain.SSOSettings, error) {
	s := domain.SSOSettings{Domains: []string{}}
	text, err := q.setting(ctx, settingsSSO)
	if err != nil || text == "" {
		return s, err
	}
	return s, json.Unmarshal([]byte(text), &s)
}

// SaveSSOSettings stores them.
func (tx *Tx) SaveSSOSettings(ctx context.Context, s domain.SSOSettings) error {
	text, err := json.Marshal(s)
	if err != nil {
		return err
	}
	return tx.saveSetting(ctx, settingsSSO, string(text))
}

// ssoRow names the row of a client secret. It is part of the seal: the secret goes to the issuer only for which it was entered.
func ssoRow(s domain.SSOSettings) string { return "sso_secret/" + s.Issuer + "/" + s.ClientID }

// SSOSecret gives the client secret of these settings; "" without one.
func (q *Queries) SSOSecret(ctx context.Context, s domain.SSOSettings) (string, error) {
	return q.sealedSetting(ctx, ssoRow(s))
}

// SaveSSOSecret seals the client secret of these settings; "" forgets it.
func (tx *Tx) SaveSSOSecret(ctx context.Context, s domain.SSOSettings, secret string) error {
	return tx.saveSealedSetting(ctx, ssoRow(s), secret)
}

// sealedSetting gives a secret; "" where there is none.
func (q *Queries) sealedSetting(ctx context.Context, row string) (string, error) {
	text, err := q.setting(ctx, row)
	if err != nil || text == "" {
		return "", err
	}
	sealed, err := base64.StdEncoding.DecodeString(text)
	if err != nil {
		return "", err
	}
	plain, err := q.keyring.Open(sealed, row)
	return string(plain), err
}

// saveSealedSetting seals a secret with the name of its row; "" forgets it.
func (tx *Tx) saveSealedSetting(ctx context.Context, row, secret string) error {
	if secret == "" {
		return tx.saveSetting(ctx, row, "")
	}
	sealed, err := tx.keyring.Seal([]byte(secret), row)
	if err != nil {
		return err
	}
	return tx.saveSetting(ctx, row, base64.StdEncoding.EncodeToString(sealed))
}

// SSOLogin is a person who was sent to the OpenID provider.
type SSOLogin struct {
	StateHash, Verifier, Nonce string
	Next                       string // path to go on to
	ExpiresAt                  time.Time
}

// BeginSSO keeps a login until the person comes back, and forgets those who did not.
func (tx *Tx) BeginSSO(ctx context.Context, l SSOLogin) error {
	plain, err := json.Marshal([]string{l.Verifier, l.Nonce})
	if err != nil {
		return err
	}
	sealed, err := tx.keyring.Seal(plain, l.StateHash)
	if err != nil {
		return err
	}
	if _, err := tx.db.ExecContext(ctx, `DELETE FROM sso_logins WHERE expires_at < $1`, millis(tx.now())); err != nil {
		return err
	}
	_, err = tx.db.ExecContext(ctx, `INSERT INTO sso_logins (state_hash, secrets, next_path, expires_at) VALUES ($1, $2, $3, $4)`, l.StateHash, sealed, l.Next, millis(l.ExpiresAt))
	return err
}

// EndSSO gives a login once, and never again.
func (tx *Tx) EndSSO(ctx context.Context, stateHash string) (SSOLogin, error) {
	l := SSOLogin{StateHash: stateHash}
	var sealed []byte
	var expires int64
	if err := tx.db.QueryRowContext(ctx, `DELETE FROM sso_logins WHERE state_hash = $1 RETURNING secrets, next_path, expires_at`, stateHash).Scan(&sealed, &l.Next, &expires); err != nil {
		return l, notFound(err, "sign-in")
	}
	l.ExpiresAt = timeOf(expires)
	plain, err := tx.keyring.Open(sealed, stateHash)
	if err != nil {
		return l, err
	}
	var secrets [2]string
	err = json.Unmarshal(plain, &secrets)
	l.Verifier, l.Nonce = secrets[0], secrets[1]
	return l, err
}

package domain

import "time"

// Token of an account at a provider (RFC 6749, 5.1). Both tokens are secret.
type Token struct {
	Access           string    `json:"access"`
	Refresh          string    `json:"refresh,omitempty"`
	Scope            string    `json:"scope,omitempty"`
	ExpiresAt        time.Time `json:"expires_at,omitzero"`         // zero: does not expire
	RefreshExpiresAt time.Time `json:"refresh_expires_at,omitzero"` // zero: not known
}

// Fresh tells whether the access token can be used for some time yet.
func (t Token) Fresh(now time.Time, margin time.Duration) bool {
	return t.Access != "" && (t.ExpiresAt.IsZero() || now.Add(margin).Before(t.ExpiresAt))
}

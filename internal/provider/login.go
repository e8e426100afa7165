package provider

import (
	"context"

	"golang.org/x/oauth2"

	"earshot/internal/domain"
)

// NewVerifier makes the secret of one login (RFC 7636, 4.1).
func NewVerifier() string { return oauth2.GenerateVerifier() }

// LoginURL is where a person signs in at the provider, to come back to redirect with a code and the state.
func (c *Connector) LoginURL(redirect, state, verifier string) (string, error) {
	if c.tokens == nil || c.tokens.oauth.Assertion != "" {
		return "", domain.Errorf(domain.KindInvalid, "no_login", "this kind of credential of %s needs no sign-in", c.info.Name)
	}
	config := c.tokens.config()
	config.RedirectURL = redirect
	return config.AuthCodeURL(state, oauth2.S256ChallengeOption(verifier)), nil
}

// Login takes the code that a person brought back, and keeps the tokens that it gives.
func (c *Connector) Login(ctx context.Context, redirect, code, verifier string) error {
	if c.tokens == nil {
		return domain.Errorf(domain.KindInvalid, "no_login", "this kind of credential of %s needs no sign-in", c.info.Name)
	}
	return c.redactor.clean(c.tokens.login(ctx, redirect, code, verifier))
}

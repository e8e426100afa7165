package provider

import (
	"context"
	"errors"
	"net/http"
	"sync"
	"time"

	"golang.org/x/oauth2"

	"earshot/internal/domain"
)

// Codes of KindUnauthorized errors about tokens.
const (
	CodeLoginNeeded  = "login_needed"  // nobody has signed in at the provider yet
	CodeTokenExpired = "token_expired" // the refresh token's time is over
	CodeTokenRevoked = "token_revoked" // the provider refuses to renew
)

// renewBefore is how long before its end a token is renewed.
const renewBefore = time.Minute

// grantJWT is RFC 7523's.
const grantJWT = "urn:ietf:params:oauth:grant-type:jwt-bearer"

// TokenStore keeps the tokens of accounts.
type TokenStore interface {
	// Token gives what is kept; zero if there is none.
	Token(ctx context.Context, account string) (domain.Token, error)
	// RenewToken lets renew make a token from the one that is kept, while no other process can, and keeps it before it
	// gives it: a rotated refresh token that is used before it is kept may be lost.
	RenewToken(ctx context.Context, account string, renew func(context.Context, domain.Token) (domain.Token, error)) (domain.Token, error)
}

// tokens of one account. Whoever needs one while it is renewed waits for that one renewal.
type tokens struct {
	oauth   OAuth
	account string
	store   TokenStore
	client  *http.Client // paced
	now     func() time.Time

	mu   sync.Mutex
	kept domain.Token
}

// access gives a token that can be used, other than bad, which the provider has refused.
func (t *tokens) access(ctx context.Context, bad string) (string, error) {
	t.mu.Lock()
	defer t.mu.Unlock()
	usable := func(k domain.Token) bool { return k.Access != bad && k.Fresh(t.now(), renewBefore) }
	if usable(t.kept) {
		return t.kept.Access, nil
	}
	kept, err := t.store.Token(ctx, t.account)
	if err == nil && !usable(kept) {
		kept, err = t.store.RenewToken(ctx, t.account, func(ctx context.Context, kept domain.Token) (domain.Token, error) {
			if usable(kept) {
				return kept, nil // another process was faster
			}
			return t.grant(ctx, kept)
		})
	}
	if err != nil {
		return "", err
	}
	t.kept = kept
	return kept.Access, nil
}

// grant renews by the refresh token, else asks for a new one by the assertion.
func (t *tokens) grant(ctx context.Context, kept domain.Token) (domain.Token, error) {
	lapsed := !kept.RefreshExpiresAt.IsZero() && !t.now().Before(kept.RefreshExpiresAt)
	if kept.Refresh != "" && !lapsed {
		token, err := t.take(ctx, kept, func(ctx context.Context, c *oauth2.Config) (*oauth2.Token, error) {
			return c.TokenSource(ctx, &oauth2.Token{RefreshToken: kept.Refresh}).Token()
		})
		if t.oauth.Assertion == "" || !domain.IsKind(err, domain.KindUnauthorized) {
			return token, err
		}
	}
	switch {
	case t.oauth.Assertion != "":
		return t.take(ctx, domain.Token{}, func(ctx context.Context, c *oauth2.Config) (*oauth2.Token, error) {
			return c.Exchange(ctx, "", oauth2.SetAuthURLParam("grant_type", grantJWT), oauth2.SetAuthURLParam("assertion", t.oauth.Assertion))
		})
	case kept.Access == "":
		return kept, domain.Errorf(domain.KindUnauthorized, CodeLoginNeeded, "nobody has signed in at the provider yet; press Sign in on the connector's page")
	default:
		return kept, domain.Errorf(domain.KindUnauthorized, CodeTokenExpired, "the provider's permission has run out; press Sign in on the connector's page")
	}
}

// login takes the code that a person brought back from the provider.
func (t *tokens) login(ctx context.Context, redirect, code, verifier string) error {
	t.mu.Lock()
	defer t.mu.Unlock()
	token, err := t.store.RenewToken(ctx, t.account, func(ctx context.Context, _ domain.Token) (domain.Token, error) {
		return t.take(ctx, domain.Token{}, func(ctx context.Context, c *oauth2.Config) (*oauth2.Token, error) {
			c.RedirectURL = redirect
			return c.Exchange(ctx, code, oauth2.VerifierOption(verifier))
		})
	})
	if err == nil {
		t.kept = token
	}
	return err
}

func (t *tokens) config() *oauth2.Config {
	style := oauth2.AuthStyleInParams
	if t.oauth.ClientInHeader {
		style = oauth2.AuthStyleInHeader
	}
	return &oauth2.Config{
		ClientID: t.oauth.ClientID, ClientSecret: t.oauth.ClientSecret, Scopes: t.oauth.Scopes,
		Endpoint: oauth2.Endpoint{AuthURL: t.oauth.AuthURL, TokenURL: t.oauth.TokenURL, AuthStyle: style},
	}
}

// take asks for a token; what the answer leaves out stays as it was.
func (t *tokens) take(ctx context.Context, kept domain.Token, ask func(context.Context, *oauth2.Config) (*oauth2.Token, error)) (domain.Token, error) {
	at := t.now()
	got, err := ask(context.WithValue(ctx, oauth2.HTTPClient, t.client), t.config())
	if err != nil {
		return kept, tokenError(err)
	}
	out := domain.Token{Access: got.AccessToken, Refresh: got.RefreshToken, Scope: kept.Scope, RefreshExpiresAt: kept.RefreshExpiresAt}
	if scope, ok := got.Extra("scope").(string); ok {
		out.Scope = scope
	}
	if s, ok := got.Extra("expires_in").(float64); ok && s > 0 {
		out.ExpiresAt = at.Add(time.Duration(s) * time.Second)
	}
	if s, ok := got.Extra("refresh_token_expires_in").(float64); ok && s > 0 {
		out.RefreshExpiresAt = at.Add(time.Duration(s) * time.Second)
	}
	return out, nil
}

// tokenError tells a refusal, after which somebody must sign in again, from what passes.
func tokenError(err error) error {
	var refused *oauth2.RetrieveError
	switch {
	case !errors.As(err, &refused) || refused.Response == nil:
		return err
	case refused.Response.StatusCode >= http.StatusInternalServerError || refused.Response.StatusCode == http.StatusRequestTimeout:
		return &domain.Error{Kind: domain.KindTemporary, Message: "the provider gives no token at the moment; it is tried again", Err: err}
	default:
		return domain.Errorf(domain.KindUnauthorized, CodeTokenRevoked, "the provider refuses a token (%s): the permission was taken back, or the credential is wrong; check it and sign in again", refusal(refused))
	}
}

func refusal(e *oauth2.RetrieveError) string {
	switch {
	case e.ErrorDescription != "":
		return e.ErrorCode + ": " + e.ErrorDescription
	case e.ErrorCode != "":
		return e.ErrorCode
	default:
		return e.Response.Status
	}
}

// MemoryTokens is the TokenStore of one process. Its zero value is ready.
type MemoryTokens struct {
	mu   sync.Mutex
	kept map[string]domain.Token
}

// Token is TokenStore's.
func (m *MemoryTokens) Token(_ context.Context, account string) (domain.Token, error) {
	m.mu.Lock()
	defer m.mu.Unlock()
	return m.kept[account], nil
}

// RenewToken is TokenStore's.
func (m *MemoryTokens) RenewToken(ctx context.Context, account string, renew func(context.Context, domain.Token) (domain.Token, error)) (domain.Token, error) {
	m.mu.Lock()
	defer m.mu.Unlock()
	token, err := renew(ctx, m.kept[account])
	if err != nil {
		return token, err
	}
	if m.kept == nil {
		m.kept = map[string]domain.Token{}
	}
	m.kept[account] = token
	return token, nil
}

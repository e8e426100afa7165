package identity

import (
	"context"
	"crypto/rand"
	"crypto/subtle"
	"io"
	"net/http"
	"net/url"
	"strings"
	"time"

	"github.com/coreos/go-oidc/v3/oidc"
	"golang.org/x/oauth2"

	"earshot/internal/domain"
	"earshot/internal/store"
)

// ssoLife is how long a person may take to sign in at the OpenID provider.
const ssoLife = 10 * time.Minute

// Limits on what an OpenID provider answers.
const (
	ssoTimeout = 15 * time.Second
	ssoMaxBody = 1 << 20
)

// capped reads answers up to ssoMaxBody.
type capped struct{ http.RoundTripper }

// RoundTrip cuts the body; what is cut is no JSON and is refused by who reads it.
func (c capped) RoundTrip(r *http.Request) (*http.Response, error) {
	resp, err := c.RoundTripper.RoundTrip(r)
	if err == nil {
		resp.Body = struct {
			io.Reader
			io.Closer
		}{io.LimitReader(resp.Body, ssoMaxBody), resp.Body}
	}
	return resp, err
}

func ssoContext(ctx context.Context) context.Context {
	return oidc.ClientContext(ctx, &http.Client{Timeout: ssoTimeout, Transport: capped{http.DefaultTransport}})
}

// SSO gives what is set for single sign-on, and whether a client secret is kept.
func (i *Identity) SSO(ctx context.Context, actor domain.User) (domain.SSOSettings, bool, error) {
	if err := Require(actor, domain.PermissionCustomize, i.Now()); err != nil {
		return domain.SSOSettings{}, false, err
	}
	s, err := i.Store.SSOSettings(ctx)
	if err != nil {
		return s, false, err
	}
	secret, err := i.Store.SSOSecret(ctx, s)
	return s, secret != "", err
}

// SSOButton is the text of the button on the sign-in page; empty while single sign-on is off.
func (i *Identity) SSOButton(ctx context.Context) (string, error) {
	s, err := i.Store.SSOSettings(ctx)
	if err != nil || !s.Enabled {
		return "", err
	}
	return s.Button, nil
}

// SaveSSO changes the settings of single sign-on. secret nil keeps the one of this issuer and client. What is switched on must answer.
// Signing in with a password goes on to work, so that there is a way back in.
func (i *Identity) SaveSSO(ctx context.Context, actor domain.User, in domain.SSOSettings, secret *string) error {
	if err := Require(actor, domain.PermissionCustomize, i.Now()); err != nil {
		return err
	}
	if err := Require(actor, domain.PermissionManageUsers, i.Now()); err != nil {
		return err
	}
	if err := byHand(ctx); err != nil {
		return err
	}
	if err := checkSSO(&in); err != nil {
		return err
	}
	if in.Enabled {
		if _, err := oidc.NewProvider(ssoContext(ctx), in.Issuer); err != nil {
			return &domain.Error{Kind: domain.KindInvalid, Code: "sso_issuer", Message: "the issuer does not answer as an OpenID provider; open " + strings.TrimRight(in.Issuer, "/") + "/.well-known/openid-configuration in a browser: its \"issuer\" must be what you entered. Nothing was saved", Err: err}
		}
	}
	return i.Store.InTx(ctx, func(ctx context.Context, tx *store.Tx) error {
		before, err := tx.SSOSettings(ctx)
		if err != nil {
			return err
		}
		after := domain.FactsOf(in)
		if secret != nil {
			after["client_secret"] = domain.HiddenFact
			if err := tx.SaveSSOSecret(ctx, in, strings.TrimSpace(*secret)); err != nil {
				return err
			}
		}
		if err := tx.SaveSSOSettings(ctx, in); err != nil {
			return err
		}
		return tx.Audit(ctx, actor, domain.ActionSettingsSaved, domain.Subject{Kind: domain.SubjectSettings, ID: "Single Sign-On", Name: "Single Sign-On"}, domain.FactsOf(before).Changes(after)...)
	})
}

func checkSSO(s *domain.SSOSettings) error {
	s.Issuer, s.ClientID, s.Button = strings.TrimSpace(s.Issuer), strings.TrimSpace(s.ClientID), strings.TrimSpace(s.Button)
	if s.Button == "" {
		s.Button = "Sign in with single sign-on"
	}
	domains := []string{}
	for _, d := range s.Domains {
		if d = strings.ToLower(strings.TrimPrefix(strings.TrimSpace(d), "@")); d != "" {
			domains = append(domains, d)
		}
	}
	s.Domains = domains
	if !s.Enabled {
		return nil
	}
	u, err := url.Parse(s.Issuer)
	local := err == nil && (u.Hostname() == "localhost" || u.Hostname() == "127.0.0.1" || u.Hostname() == "::1")
	switch {
	case err != nil || u.Host == "" || u.Scheme != "https" && !(u.Scheme == "http" && local):
		return domain.Errorf(domain.KindInvalid, "sso_issuer", "the issuer must be an address that begins with https://")
	case s.ClientID == "":
		return domain.Errorf(domain.KindInvalid, "field_missing", "the client ID is missing; the OpenID provider gives it when you register Earshot there")
	case s.CreateUsers && len(s.Domains) == 0:
		return domain.Errorf(domain.KindInvalid, "domains_missing", "name the domains of your company before users are created automatically; otherwise anybody with an account at the provider could become a user")
	}
	return nil
}

// client of the OpenID provider, with the settings that it was made from.
func (i *Identity) client(ctx context.Context, callback string) (*oidc.Provider, oauth2.Config, domain.SSOSettings, error) {
	s, err := i.Store.SSOSettings(ctx)
	if err != nil {
		return nil, oauth2.Config{}, s, err
	}
	if !s.Enabled {
		return nil, oauth2.Config{}, s, domain.Errorf(domain.KindConflict, "sso_off", "single sign-on is off; sign in with your password")
	}
	secret, err := i.Store.SSOSecret(ctx, s)
	if err != nil {
		return nil, oauth2.Config{}, s, err
	}
	p, err := oidc.NewProvider(ctx, s.Issuer)
	if err != nil {
		return nil, oauth2.Config{}, s, &domain.Error{Kind: domain.KindTemporary, Code: "sso_unreachable", Message: "the sign-in service of your company does not answer; try again, or sign in with your password", Err: err}
	}
	return p, oauth2.Config{ClientID: s.ClientID, ClientSecret: secret, Endpoint: p.Endpoint(), RedirectURL: callback, Scopes: []string{oidc.ScopeOpenID, "email", "profile"}}, s, nil
}

// StartSSO gives the address at the OpenID provider to go to, and the state, which the browser must still know when it comes back.
func (i *Identity) StartSSO(ctx context.Context, callback, next string) (address, state string, err error) {
	if !i.mayTry("s:" + domain.OriginOf(ctx).Address) {
		return "", "", tooMany()
	}
	_, config, _, err := i.client(ssoContext(ctx), callback)
	if err != nil {
		return "", "", err
	}
	state = rand.Text() + rand.Text()
	l := store.SSOLogin{StateHash: hashToken(state), Verifier: oauth2.GenerateVerifier(), Nonce: rand.Text() + rand.Text(), Next: next, ExpiresAt: i.Now().Add(ssoLife)}
	err = i.Store.InTx(ctx, func(ctx context.Context, tx *store.Tx) error { return tx.BeginSSO(ctx, l) })
	return config.AuthCodeURL(state, oidc.Nonce(l.Nonce), oauth2.S256ChallengeOption(l.Verifier)), state, err
}

// Returned is what a person brings back from the OpenID provider. Known is the state that their browser kept.
type Returned struct{ State, Known, Code, Refusal string }

// FinishSSO gives the token of a new session and the path to go on to.
func (i *Identity) FinishSSO(ctx context.Context, callback string, in Returned) (token, next string, err error) {
	user, next, err := i.ssoUser(ssoContext(ctx), callback, in)
	if err != nil {
		return "", "", err
	}
	token, err = i.StartSession(ctx, user, "single sign-on")
	return token, next, err
}

func (i *Identity) ssoUser(ctx context.Context, callback string, in Returned) (domain.User, string, error) {
	unknown := domain.Errorf(domain.KindInvalid, "sso_unknown", "this sign-in is not known or has run out; start it again")
	if in.Known == "" || subtle.ConstantTimeCompare([]byte(in.State), []byte(in.Known)) != 1 {
		return domain.User{}, "", unknown
	}
	var l store.SSOLogin
	err := i.Store.InTx(ctx, func(ctx context.Context, tx *store.Tx) (err error) {
		l, err = tx.EndSSO(ctx, hashToken(in.State))
		return err
	})
	if domain.IsKind(err, domain.KindNotFound) || err == nil && i.Now().After(l.ExpiresAt) {
		err = unknown
	}
	if err != nil {
		return domain.User{}, "", err
	}
	if in.Refusal != "" || in.Code == "" {
		return domain.User{}, "", domain.Errorf(domain.KindInvalid, "sso_refused", "the sign-in service did not let you in; try again, or sign in with your password")
	}
	claims, settings, err := i.claims(ctx, callback, in.Code, l)
	if err != nil {
		return domain.User{}, "", err
	}
	user, err := i.userOf(ctx, claims, settings)
	if err != nil {
		if auditErr := i.auditFailure(ctx, user, "single sign-on"); auditErr != nil {
			return domain.User{}, "", auditErr
		}
	}
	return user, l.Next, err
}

// claims of an ID token that was checked: signature, issuer, audience, time and nonce (OpenID Connect Core 3.1.3.7).
type claims struct {
	Email    string `json:"email"`
	Verified any    `json:"email_verified"` // some providers send a text
	Name     string `json:"name"`
}

func (i *Identity) claims(ctx context.Context, callback, code string, l store.SSOLogin) (c claims, s domain.SSOSettings, err error) {
	p, config, s, err := i.client(ctx, callback)
	if err != nil {
		return c, s, err
	}
	bad := func(err error) error {
		return &domain.Error{Kind: domain.KindUnauthorized, Code: "sso_bad_answer", Message: "the answer of the sign-in service is not valid; start again, and tell your admin if it stays", Err: err}
	}
	answer, err := config.Exchange(ctx, code, oauth2.VerifierOption(l.Verifier))
	if err != nil {
		return c, s, bad(err)
	}
	raw, _ := answer.Extra("id_token").(string)
	token, err := p.Verifier(&oidc.Config{ClientID: s.ClientID, Now: i.Now}).Verify(ctx, raw)
	if err != nil {
		return c, s, bad(err)
	}
	if subtle.ConstantTimeCompare([]byte(token.Nonce), []byte(l.Nonce)) != 1 {
		return c, s, bad(domain.Errorf(domain.KindUnauthorized, "", "another nonce"))
	}
	if err := token.Claims(&c); err != nil {
		return c, s, bad(err)
	}
	return c, s, nil
}

// userOf is the user with the verified e-mail address of the claims, made if the settings say so.
func (i *Identity) userOf(ctx context.Context, c claims, s domain.SSOSettings) (domain.User, error) {
	if c.Email == "" || c.Verified != true && c.Verified != "true" {
		return domain.User{}, domain.Errorf(domain.KindForbidden, "sso_unverified", "the sign-in service has not verified your e-mail address; ask your admin")
	}
	if !s.Allows(c.Email) {
		return domain.User{}, domain.Errorf(domain.KindForbidden, "sso_domain", "addresses as yours may not sign in here; ask your admin")
	}
	user, err := i.Store.UserByEmail(ctx, c.Email)
	if domain.IsKind(err, domain.KindNotFound) && s.CreateUsers {
		return i.createFromSSO(ctx, c)
	}
	if domain.IsKind(err, domain.KindNotFound) {
		return domain.User{}, domain.Errorf(domain.KindForbidden, "sso_no_user", "you are no user of Earshot yet; ask an admin to make you one")
	}
	if err != nil {
		return domain.User{}, err
	}
	if !user.Active || user.Profile == domain.ProfileGuest {
		return user, domain.Errorf(domain.KindUnauthorized, "deactivated", "this user is deactivated; ask an admin")
	}
	return user, nil
}

func (i *Identity) createFromSSO(ctx context.Context, c claims) (user domain.User, err error) {
	fresh := domain.User{Active: true}
	name := c.Name
	if strings.TrimSpace(name) == "" {
		name = c.Email
	}
	if err := i.fill(&fresh, UserInput{Name: name, Email: c.Email}, nil); err != nil {
		return domain.User{}, err
	}
	err = i.Store.InTx(ctx, func(ctx context.Context, tx *store.Tx) error {
		user, err = i.save(ctx, tx, domain.User{Name: "single sign-on"}, fresh)
		return err
	})
	return user, err
}

package connector

import (
	"context"
	"crypto/rand"
	"crypto/sha256"
	"encoding/hex"
	"strings"
	"time"

	"earshot/internal/domain"
	"earshot/internal/provider"
	"earshot/internal/store"
)

// loginLife is how long a person may take to sign in at the provider.
const loginLife = 15 * time.Minute

// CallbackPath is where people come back to after they have signed in at a provider.
const CallbackPath = "/oauth/callback"

// StartLogin gives the address at which the signed-in user signs in at the provider. browser is the address under which the user
// reaches Earshot, used where no public address is set.
func (s *Service) StartLogin(ctx context.Context, actor domain.User, p domain.Provider, browser string) (string, error) {
	v, err := s.ask(ctx, actor, p)
	if err != nil {
		return "", err
	}
	if !v.Configured {
		return "", domain.Errorf(domain.KindInvalid, "not_configured", "enter and save the credential of %s first", v.Info.Name)
	}
	pc, err := s.Open(v.Connector)
	if err != nil {
		return "", err
	}
	state, verifier := rand.Text()+rand.Text(), provider.NewVerifier()
	address, err := pc.LoginURL(s.Callback(browser), state, verifier)
	if err != nil {
		return "", err
	}
	return address, s.Store.InTx(ctx, func(ctx context.Context, tx *store.Tx) error {
		return tx.BeginLogin(ctx, store.Login{StateHash: hashOf(state), ConnectorID: v.ID, UserID: actor.ID, Verifier: verifier, ExpiresAt: s.Now().Add(loginLife)})
	})
}

// Callback is the whole address of CallbackPath, which is also registered at the provider.
func (s *Service) Callback(browser string) string {
	base := s.PublicURL
	if base == "" {
		base = browser
	}
	return strings.TrimRight(base, "/") + CallbackPath
}

func hashOf(state string) string {
	sum := sha256.Sum256([]byte(state))
	return hex.EncodeToString(sum[:])
}

// FinishLogin takes what a person brought back from the provider: state and code, or the provider's error. A state counts once, for the
// user who began, for a quarter of an hour.
func (s *Service) FinishLogin(ctx context.Context, actor domain.User, browser, state, code, refusal string) (domain.Provider, error) {
	if err := s.mayCustomize(actor); err != nil {
		return "", err
	}
	l, err := s.endLogin(ctx, actor, state)
	if err != nil {
		return "", err
	}
	c, err := s.Store.Connector(ctx, l.ConnectorID)
	if err != nil {
		return "", err
	}
	if refusal != "" || code == "" {
		return c.Provider, domain.Errorf(domain.KindInvalid, "login_refused", "the provider did not grant access (%s); press Sign in to try again", refusal)
	}
	pc, err := s.Open(c)
	if err != nil {
		return c.Provider, err
	}
	if err := pc.Login(ctx, s.Callback(browser), code, l.Verifier); err != nil {
		return c.Provider, err
	}
	err = s.Store.InTx(ctx, func(ctx context.Context, tx *store.Tx) error {
		return tx.Audit(ctx, actor, domain.ActionCredentialSignedIn, s.subject(c))
	})
	if err != nil {
		return c.Provider, err
	}
	_, err = s.test(ctx, c)
	return c.Provider, err
}

func (s *Service) endLogin(ctx context.Context, actor domain.User, state string) (l store.Login, err error) {
	err = s.Store.InTx(ctx, func(ctx context.Context, tx *store.Tx) error {
		l, err = tx.EndLogin(ctx, hashOf(state))
		return err
	})
	if domain.IsKind(err, domain.KindNotFound) || err == nil && (l.UserID != actor.ID || s.Now().After(l.ExpiresAt)) {
		return l, domain.Errorf(domain.KindInvalid, "login_unknown", "this sign-in is not known or has run out; press Sign in on the connector's page again")
	}
	return l, err
}

package identity

import (
	"context"
	"crypto/rand"
	"strings"
	"time"

	"earshot/internal/domain"
	"earshot/internal/store"
)

// TokenMark is how each API token begins, so that scanners for leaked secrets know it.
const TokenMark = "earshot_"

// prefixLength is how many letters of a token are kept to recognise it by.
const prefixLength = len(TokenMark) + 6

// maxTokens is how many API tokens a user may have.
const maxTokens = 50

// NewToken is what a user chooses for an API token.
type NewToken struct {
	Name      string
	ExpiresAt time.Time // zero: never
	ReadOnly  bool
}

// CreateToken makes an API token of the actor. The token itself is given once, here.
func (i *Identity) CreateToken(ctx context.Context, actor domain.User, in NewToken) (string, store.APIToken, error) {
	if err := i.checkNewToken(ctx, actor, &in); err != nil {
		return "", store.APIToken{}, err
	}
	token := TokenMark + rand.Text() + rand.Text()
	t := store.APIToken{ID: store.NewID(), UserID: actor.ID, Name: in.Name, Prefix: token[:prefixLength], Hash: hashToken(token), ReadOnly: in.ReadOnly, CreatedAt: i.Now(), ExpiresAt: in.ExpiresAt}
	return token, t, i.Store.InTx(ctx, func(ctx context.Context, tx *store.Tx) error {
		if err := tx.AddAPIToken(ctx, t); err != nil {
			return err
		}
		return tx.Audit(ctx, actor, domain.ActionTokenCreated, tokenSubject(t), domain.Facts{}.Changes(tokenFacts(t))...)
	})
}

func (i *Identity) checkNewToken(ctx context.Context, actor domain.User, in *NewToken) error {
	if err := Require(actor, domain.PermissionAPIEnabled, i.Now()); err != nil {
		return err
	}
	if err := byHand(ctx); err != nil {
		return err
	}
	if in.Name = strings.TrimSpace(in.Name); in.Name == "" {
		return domain.Errorf(domain.KindInvalid, "name_missing", "the token needs a name that says what it is for")
	}
	if !in.ExpiresAt.IsZero() && !in.ExpiresAt.After(i.Now()) {
		return domain.Errorf(domain.KindInvalid, "already_expired", "the token would have expired already; choose a time to come")
	}
	had, err := i.Store.APITokens(ctx, actor.ID)
	if err == nil && len(had) >= maxTokens {
		err = domain.Errorf(domain.KindConflict, "too_many_tokens", "you have %d API tokens; revoke one that is not used first", len(had))
	}
	return err
}

func tokenSubject(t store.APIToken) domain.Subject {
	return domain.Subject{Kind: domain.SubjectToken, ID: t.ID, Name: t.Name + " (" + t.Prefix + "…)"}
}

func tokenFacts(t store.APIToken) domain.Facts {
	facts := domain.FactsOf(map[string]any{"user_id": t.UserID, "read_only": t.ReadOnly})
	if !t.ExpiresAt.IsZero() {
		facts["expires_at"] = t.ExpiresAt.UTC().Format(time.RFC3339)
	}
	return facts
}

// Tokens of the actor, newest first.
func (i *Identity) Tokens(ctx context.Context, actor domain.User) ([]store.APIToken, error) {
	return i.Store.APITokens(ctx, actor.ID)
}

// AllTokens of all users, newest first.
func (i *Identity) AllTokens(ctx context.Context, actor domain.User) ([]store.APIToken, error) {
	if err := Require(actor, domain.PermissionManageUsers, i.Now()); err != nil {
		return nil, err
	}
	return i.Store.APITokens(ctx, "")
}

// RevokeToken ends a token of the actor.
func (i *Identity) RevokeToken(ctx context.Context, actor domain.User, id string) error {
	t, err := i.Store.APIToken(ctx, id)
	if err == nil && t.UserID != actor.ID {
		err = domain.Errorf(domain.KindNotFound, "", "there is no such API token, or it is not yours")
	}
	if err != nil {
		return err
	}
	return i.revoke(ctx, actor, t)
}

// RevokeAnyToken ends a token of any user.
func (i *Identity) RevokeAnyToken(ctx context.Context, actor domain.User, id string) error {
	if err := Require(actor, domain.PermissionManageUsers, i.Now()); err != nil {
		return err
	}
	t, err := i.Store.APIToken(ctx, id)
	if err != nil {
		return err
	}
	return i.revoke(ctx, actor, t)
}

func (i *Identity) revoke(ctx context.Context, actor domain.User, t store.APIToken) error {
	return i.Store.InTx(ctx, func(ctx context.Context, tx *store.Tx) error {
		if err := tx.DeleteAPIToken(ctx, t.ID); err != nil {
			return err
		}
		return tx.Audit(ctx, actor, domain.ActionTokenRevoked, tokenSubject(t), tokenFacts(t).Changes(nil)...)
	})
}

// Shown is what a request shows to say who asks: a bearer token, or else the token of a session.
type Shown struct {
	Session, Bearer string
	Write           bool // something is to be changed
}

// Identify gives the user who asks, with a context that knows how they showed who they are.
func (i *Identity) Identify(ctx context.Context, s Shown) (context.Context, domain.User, error) {
	origin := domain.OriginOf(ctx)
	if s.Bearer == "" {
		user, session, err := i.session(ctx, s.Session)
		origin.Session = session.ID
		return domain.WithOrigin(ctx, origin), user, err
	}
	user, t, err := i.bearer(ctx, s, origin.Address)
	origin.Token = t.Name
	return domain.WithOrigin(ctx, origin), user, err
}

func (i *Identity) bearer(ctx context.Context, s Shown, address string) (domain.User, store.APIToken, error) {
	t, err := i.Store.APITokenByHash(ctx, hashToken(s.Bearer))
	if err != nil && !domain.IsKind(err, domain.KindNotFound) {
		return domain.User{}, t, err
	}
	if now := i.Now(); err != nil || !t.ExpiresAt.IsZero() && !now.Before(t.ExpiresAt) {
		if !i.mayTry("t:" + address) {
			return domain.User{}, t, tooMany()
		}
		return domain.User{}, t, domain.Errorf(domain.KindUnauthorized, "bad_token", "this API token is not known, was revoked or has expired; make a new one")
	}
	user, err := i.activeUser(ctx, t.UserID)
	if err != nil {
		return domain.User{}, t, err
	}
	if err := Require(user, domain.PermissionAPIEnabled, i.Now()); err != nil {
		return domain.User{}, t, err
	}
	if s.Write && t.ReadOnly {
		return domain.User{}, t, domain.Errorf(domain.KindForbidden, "read_only_token", "this API token may only read; use another one to change something")
	}
	return user, t, i.touchToken(ctx, t, address)
}

// touchToken notes the use of a token at most once a minute and address.
func (i *Identity) touchToken(ctx context.Context, t store.APIToken, address string) error {
	if i.Now().Sub(t.LastUsedAt) < time.Minute && t.LastAddress == address {
		return nil
	}
	return i.Store.InTx(ctx, func(ctx context.Context, tx *store.Tx) error { return tx.TouchAPIToken(ctx, t.ID, address) })
}

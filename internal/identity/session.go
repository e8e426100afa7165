package identity

import (
	"context"
	"crypto/rand"
	"strings"
	"time"

	"golang.org/x/time/rate"

	"earshot/internal/domain"
	"earshot/internal/store"
)

// Login checks a password and gives the token of a new session.
func (i *Identity) Login(ctx context.Context, email, password, address string) (string, domain.User, error) {
	email = strings.ToLower(strings.TrimSpace(email))
	if !i.mayTry("a:"+address) || !i.mayTry("e:"+email) {
		return "", domain.User{}, tooMany()
	}
	user, ok := i.checkLogin(ctx, email, password)
	if !ok {
		if err := i.auditFailure(ctx, user, "password"); err != nil {
			return "", domain.User{}, err
		}
		return "", domain.User{}, domain.Errorf(domain.KindUnauthorized, "wrong_login", "e-mail or password is wrong")
	}
	token, err := i.StartSession(ctx, user, "password")
	return token, user, err
}

func tooMany() error {
	return domain.Errorf(domain.KindRateLimited, "too_many_logins", "too many attempts to sign in; wait a minute and try again")
}

// auditFailure notes who did not get in. What was typed for a user that nobody knows is not kept: it may be a password.
func (i *Identity) auditFailure(ctx context.Context, user domain.User, how string) error {
	on := userSubject(user)
	if user.ID == "" {
		on.Name = "unknown user"
	}
	return i.Store.InTx(ctx, func(ctx context.Context, tx *store.Tx) error {
		return tx.Audit(ctx, domain.User{Name: "nobody"}, domain.ActionSignInFailed, on, domain.FieldChange{Field: "with", New: how})
	})
}

func (i *Identity) checkLogin(ctx context.Context, email, password string) (domain.User, bool) {
	hash := i.dummyHash
	user, err := i.Store.UserByEmail(ctx, email)
	if err == nil && user.Active && user.Profile != domain.ProfileGuest {
		if own, err := i.Store.PasswordHash(ctx, user.ID); err == nil && own != "" {
			hash = own
		}
	}
	return user, CheckPassword(hash, password) && hash != i.dummyHash
}

// loginEvery and loginBurst: a person mistypes a few times, a guesser gets six tries a minute.
const (
	loginEvery = 10 * time.Second
	loginBurst = 10
	maxLogins  = 10_000
)

func (i *Identity) mayTry(key string) bool {
	i.mu.Lock()
	defer i.mu.Unlock()
	l, ok := i.logins[key]
	if !ok {
		if len(i.logins) >= maxLogins {
			clear(i.logins)
		}
		l = rate.NewLimiter(rate.Every(loginEvery), loginBurst)
		i.logins[key] = l
	}
	return l.AllowN(i.Now(), 1)
}

// maxBrowser is how much is kept of what a browser calls itself, in bytes.
const maxBrowser = 300

// StartSession gives the token of a new session; only its hash is kept. with says in the audit log how the user showed who they are.
func (i *Identity) StartSession(ctx context.Context, user domain.User, with string) (string, error) {
	token, origin := rand.Text()+rand.Text(), domain.OriginOf(ctx)
	s := store.Session{
		ID: store.NewID(), Hash: hashToken(token), UserID: user.ID, ExpiresAt: i.Now().Add(SessionLife), Address: origin.Address,
		Browser: strings.ToValidUTF8(origin.Browser[:min(len(origin.Browser), maxBrowser)], ""),
	}
	return token, i.Store.InTx(ctx, func(ctx context.Context, tx *store.Tx) error {
		if err := tx.CreateSession(ctx, s); err != nil {
			return err
		}
		return tx.Audit(ctx, user, domain.ActionSignedIn, userSubject(user), domain.FieldChange{Field: "with", New: with})
	})
}

// Authenticate gives the user of a session token.
func (i *Identity) Authenticate(ctx context.Context, token string) (domain.User, error) {
	user, _, err := i.session(ctx, token)
	return user, err
}

func (i *Identity) session(ctx context.Context, token string) (domain.User, store.Session, error) {
	if token == "" {
		return domain.User{}, store.Session{}, domain.Errorf(domain.KindUnauthorized, "not_signed_in", "sign in first")
	}
	session, err := i.Store.Session(ctx, hashToken(token))
	if err != nil && !domain.IsKind(err, domain.KindNotFound) {
		return domain.User{}, session, err
	}
	now := i.Now()
	if err != nil || now.After(session.ExpiresAt) || now.Sub(session.SeenAt) > sessionIdle {
		return domain.User{}, session, domain.Errorf(domain.KindUnauthorized, "session_ended", "your session has ended; sign in again")
	}
	user, err := i.activeUser(ctx, session.UserID)
	if err != nil {
		return domain.User{}, session, err
	}
	return user, session, i.touch(ctx, session)
}

func (i *Identity) activeUser(ctx context.Context, id string) (domain.User, error) {
	user, err := i.Store.User(ctx, id)
	if err == nil && (!user.Active || user.Profile == domain.ProfileGuest) {
		return domain.User{}, domain.Errorf(domain.KindUnauthorized, "deactivated", "this user is deactivated; ask an admin")
	}
	return user, err
}

// touch notes the use of a session at most once a minute, so that reading pages does not mean writing rows.
func (i *Identity) touch(ctx context.Context, s store.Session) error {
	if i.Now().Sub(s.SeenAt) < time.Minute {
		return nil
	}
	return i.Store.InTx(ctx, func(ctx context.Context, tx *store.Tx) error { return tx.TouchSession(ctx, s.Hash) })
}

// Logout ends the session of a token.
func (i *Identity) Logout(ctx context.Context, token string) error {
	user, session, err := i.session(ctx, token)
	if domain.IsKind(err, domain.KindUnauthorized) {
		return nil // it has ended already
	}
	if err != nil {
		return err
	}
	return i.Store.InTx(ctx, func(ctx context.Context, tx *store.Tx) error {
		if err := tx.DeleteSession(ctx, session.Hash); err != nil {
			return err
		}
		return tx.Audit(ctx, user, domain.ActionSignedOut, userSubject(user))
	})
}

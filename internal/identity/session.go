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
		return "", domain.User{}, domain.Errorf(domain.KindRateLimited, "too_many_logins", "too many attempts to sign in; wait a minute and try again")
	}
	user, ok := i.checkLogin(ctx, email, password)
	if !ok {
		return "", domain.User{}, domain.Errorf(domain.KindUnauthorized, "wrong_login", "e-mail or password is wrong")
	}
	token, err := i.StartSession(ctx, user.ID)
	return token, user, err
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

// StartSession gives the token of a new session; only its hash is kept.
func (i *Identity) StartSession(ctx context.Context, userID string) (string, error) {
	token := rand.Text() + rand.Text()
	err := i.Store.InTx(ctx, func(ctx context.Context, tx *store.Tx) error {
		return tx.CreateSession(ctx, hashToken(token), userID, i.Now().Add(SessionLife))
	})
	return token, err
}

// Authenticate gives the user of a session token.
func (i *Identity) Authenticate(ctx context.Context, token string) (domain.User, error) {
	if token == "" {
		return domain.User{}, domain.Errorf(domain.KindUnauthorized, "not_signed_in", "sign in first")
	}
	session, err := i.Store.Session(ctx, hashToken(token))
	if err != nil && !domain.IsKind(err, domain.KindNotFound) {
		return domain.User{}, err
	}
	now := i.Now()
	if err != nil || now.After(session.ExpiresAt) || now.Sub(session.SeenAt) > sessionIdle {
		return domain.User{}, domain.Errorf(domain.KindUnauthorized, "session_ended", "your session has ended; sign in again")
	}
	user, err := i.Store.User(ctx, session.UserID)
	if err != nil {
		return domain.User{}, err
	}
	if !user.Active || user.Profile == domain.ProfileGuest {
		return domain.User{}, domain.Errorf(domain.KindUnauthorized, "deactivated", "this user is deactivated; ask an admin")
	}
	return user, i.touch(ctx, session)
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
	return i.Store.InTx(ctx, func(ctx context.Context, tx *store.Tx) error { return tx.DeleteSession(ctx, hashToken(token)) })
}

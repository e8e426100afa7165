// Package identity knows who somebody is and what they may do: users, first admin, login and sessions.
package identity

import (
	"context"
	"crypto/rand"
	"crypto/sha256"
	"crypto/subtle"
	"encoding/hex"
	"log/slog"
	"sync"
	"time"

	"golang.org/x/time/rate"

	"earshot/internal/domain"
	"earshot/internal/store"
)

// Sessions end after a week, or after a day without use.
const (
	SessionLife = 7 * 24 * time.Hour
	sessionIdle = 24 * time.Hour
)

// Config is what an Identity works with.
type Config struct {
	Store  *store.Store
	Logger *slog.Logger
	Now    func() time.Time
}

// Identity is safe for concurrent use.
type Identity struct {
	Config
	setupCode string
	dummyHash string // compared for unknown users, so that their existence does not show in the time it takes

	mu     sync.Mutex
	logins map[string]*rate.Limiter // by e-mail and by address
}

// New makes an Identity with a fresh setup code.
func New(c Config) (*Identity, error) {
	dummy, err := HashPassword(rand.Text())
	if err != nil {
		return nil, err
	}
	return &Identity{Config: c, setupCode: rand.Text(), dummyHash: dummy, logins: map[string]*rate.Limiter{}}, nil
}

// SetupCode is what the first admin must know; the server prints it in its terminal.
func (i *Identity) SetupCode() string { return i.setupCode }

// SetupNeeded tells whether there is no admin with a password yet.
func (i *Identity) SetupNeeded(ctx context.Context) (bool, error) {
	has, err := i.Store.HasAdmin(ctx)
	return !has, err
}

// SetUp makes the first admin. It works once, with the code from the terminal.
func (i *Identity) SetUp(ctx context.Context, code, name, email, password string) (domain.User, error) {
	if subtle.ConstantTimeCompare([]byte(code), []byte(i.setupCode)) != 1 {
		return domain.User{}, domain.Errorf(domain.KindForbidden, "wrong_setup_code", "this is not the setup code; it is printed in the terminal where Earshot was started")
	}
	needed, err := i.SetupNeeded(ctx)
	if err != nil {
		return domain.User{}, err
	}
	if !needed {
		return domain.User{}, domain.Errorf(domain.KindConflict, "already_set_up", "an admin exists already; sign in")
	}
	return i.createAdmin(ctx, domain.User{Name: "set-up"}, name, email, password)
}

// CreateAdmin makes, or makes into one, a user who may do everything. They hold what an integration user needs too, so that
// a small company connects its provider without a second person; a dedicated integration user can be assigned later. Whoever calls
// this works on the machine itself.
func (i *Identity) CreateAdmin(ctx context.Context, name, email, password string) (domain.User, error) {
	return i.createAdmin(ctx, Operator(), name, email, password)
}

// Operator is who runs commands on the machine itself: whoever can read the data folder may do everything.
func Operator() domain.User {
	return domain.User{Name: "command line", Active: true, Profile: domain.ProfileAdministrator}
}

func (i *Identity) createAdmin(ctx context.Context, actor domain.User, name, email, password string) (domain.User, error) {
	hash, err := HashPassword(password)
	if err != nil {
		return domain.User{}, err
	}
	user, err := i.Store.UserByEmail(ctx, email)
	if err != nil && !domain.IsKind(err, domain.KindNotFound) {
		return domain.User{}, err
	}
	if user.Profile == domain.ProfileGuest {
		return domain.User{}, domain.Errorf(domain.KindConflict, "guest_user", "this is the address of the guest user, whom nobody may be; choose another")
	}
	user.Active = true
	err = i.fill(&user, UserInput{Name: name, Email: email, Profile: domain.ProfileAdministrator, Identifiers: user.Identifiers,
		PermissionSets: []string{domain.PermForSales, domain.PermIntegrationUser}}, nil)
	if err != nil {
		return domain.User{}, err
	}
	err = i.Store.InTx(ctx, func(ctx context.Context, tx *store.Tx) error {
		if user, err = i.save(ctx, tx, actor, user); err != nil {
			return err
		}
		return i.setPasswordTx(ctx, tx, actor, user, hash, "")
	})
	return user, err
}

func hashToken(token string) string {
	sum := sha256.Sum256([]byte(token))
	return hex.EncodeToString(sum[:])
}

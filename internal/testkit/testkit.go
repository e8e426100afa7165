// Package testkit gives the tests of use cases what the composition root gives the product: a clock, a store and a provider,
// all of their own and without waiting.
package testkit

import (
	"context"
	"log/slog"
	"path/filepath"
	"sync"
	"testing"
	"time"

	"earshot/internal/domain"
	"earshot/internal/provider"
	"earshot/internal/provider/memory"
	"earshot/internal/secret"
	"earshot/internal/store"
)

// Start is when each Clock begins.
var Start = time.Date(2026, 11, 20, 12, 0, 0, 0, time.UTC)

// Clock stands still until it is moved. It is safe for concurrent use.
type Clock struct {
	mu sync.Mutex
	at time.Time
}

// Now is the clock's time.
func (c *Clock) Now() time.Time {
	c.mu.Lock()
	defer c.mu.Unlock()
	return c.at
}

// Advance moves the clock on.
func (c *Clock) Advance(d time.Duration) {
	c.mu.Lock()
	defer c.mu.Unlock()
	c.at = c.at.Add(d)
}

// Set moves the clock on to a time; an earlier one leaves it.
func (c *Clock) Set(at time.Time) {
	if d := at.Sub(c.Now()); d > 0 {
		c.Advance(d)
	}
}

// sleep passes the time at once.
func (c *Clock) sleep(ctx context.Context, d time.Duration) error {
	c.Advance(d)
	return ctx.Err()
}

// Kit is a store that works no jobs, with a company at the reference provider.
type Kit struct {
	Clock   *Clock
	Store   *store.Store
	Company *memory.Company
	Logger  *slog.Logger
	Wrap    func(provider.Driver) provider.Driver // changes what the provider answers; nil: as it is

	dir string
	log journal
}

// New opens a Kit in a temporary folder.
func New(t testing.TB) *Kit {
	t.Helper()
	k := &Kit{Clock: &Clock{at: Start}, dir: t.TempDir()}
	k.Logger = slog.New(slog.NewTextHandler(&k.log, nil))
	k.Company = memory.NewCompany(k.Clock.Now)
	keyring, err := secret.Load(filepath.Join(k.dir, "key"))
	Must(t, err)
	k.Store, err = store.Open(context.Background(), store.Config{DataDir: k.dir, Keyring: keyring, Logger: k.Logger, Now: k.Clock.Now})
	Must(t, err)
	t.Cleanup(func() { Must(t, k.Store.Close()) })
	return k
}

// Must fails the test on an error.
func Must(t testing.TB, err error) {
	t.Helper()
	if err != nil {
		t.Fatal(err)
	}
}

// Opener of the reference provider, as Wrap changes it.
func (k *Kit) Opener() provider.Opener {
	o := k.Company.Opener()
	plain := o.Open
	o.Open = func(a provider.Account) (provider.Driver, error) {
		d, err := plain(a)
		if err == nil && k.Wrap != nil {
			d = k.Wrap(d)
		}
		return d, err
	}
	return o
}

// Open opens the connector; its pauses pass at once on the Clock.
func (k *Kit) Open(c domain.Connector) (*provider.Connector, error) {
	return provider.New(provider.Config{Opener: k.Opener(), Credential: c.Credential.Fields, Settings: c.Settings, Now: k.Clock.Now, Sleep: k.Clock.sleep})
}

// InTx writes in one transaction.
func (k *Kit) InTx(t testing.TB, f func(context.Context, *store.Tx) error) {
	t.Helper()
	Must(t, k.Store.InTx(context.Background(), f))
}

// Connect stores a connector that is on since a week, with the right key.
func (k *Kit) Connect(t testing.TB, change func(*domain.Connector)) domain.Connector {
	t.Helper()
	now := k.Clock.Now()
	c := domain.Connector{
		ID: store.NewID(), Provider: memory.Provider, Enabled: true, ProviderEnabled: true, EnabledAt: now.AddDate(0, 0, -7), SiteSecret: "site-" + store.NewID(), SiteActive: true,
		Credential: domain.NamedCredential{Fields: map[string]string{"key": memory.Key}, Status: domain.AuthAuthenticated}, CreatedAt: now, UpdatedAt: now,
	}
	if change != nil {
		change(&c)
	}
	k.InTx(t, func(ctx context.Context, tx *store.Tx) error { return tx.SaveConnector(ctx, c) })
	k.guest(t)
	return c
}

// User stores a user who has held the permission sets for ever.
func (k *Kit) User(t testing.TB, name string, change func(*domain.User), sets ...string) domain.User {
	t.Helper()
	u := domain.User{ID: store.NewID(), Name: name, Email: name + "@x.example", Profile: domain.ProfileStandard, Active: true, CreatedAt: k.Clock.Now(), LastModifiedAt: k.Clock.Now()}
	for _, s := range sets {
		u.PermissionSets = append(u.PermissionSets, domain.PermissionAssignment{Set: s})
	}
	if change != nil {
		change(&u)
	}
	k.InTx(t, func(ctx context.Context, tx *store.Tx) error { return tx.SaveUser(ctx, u) })
	return u
}

// guest stores the guest user, unless there is one.
func (k *Kit) guest(t testing.TB) {
	t.Helper()
	if _, err := k.Store.Guest(context.Background()); domain.IsKind(err, domain.KindNotFound) {
		k.User(t, domain.ProfileGuest, func(u *domain.User) { u.Email, u.Profile = "guest@voice-connector.invalid", domain.ProfileGuest }, domain.GuestSets()...)
	} else {
		Must(t, err)
	}
}

// Admin stores a user who may do everything.
func (k *Kit) Admin(t testing.TB) domain.User {
	t.Helper()
	return k.User(t, "Admin", func(u *domain.User) { u.Profile = domain.ProfileAdministrator }, domain.PermForSales, domain.PermIntegrationUser)
}

// Package apptest opens a whole Earshot for tests, with data of its own and a simulated Aircall that it can be connected to.
package apptest

import (
	"context"
	"log/slog"
	"net/http"
	"net/http/httptest"
	"testing"
	"time"

	"earshot/internal/app"
	"earshot/internal/config"
	"earshot/internal/connector"
	"earshot/internal/domain"
	"earshot/internal/identity"
	"earshot/internal/provider/aircall/fake"
)

// Password of the admin.
const Password = "correct horse battery"

// Kit is an open Earshot that works no jobs yet.
type Kit struct {
	App    *app.App
	Server *httptest.Server // its HTTP interface
	Fake   *fake.Server
	Admin  domain.User

	fakeURL string
}

// New opens it with an admin and the Voice Connector app, for admins. Nothing is connected. No speech engine is installed.
func New(t testing.TB) *Kit {
	t.Helper()
	return NewAt(t, time.Now)
}

// NewAt is New by another clock than the machine's, which the simulated Aircall has too.
func NewAt(t testing.TB, now func() time.Time) *Kit {
	t.Helper()
	k := newWithoutApp(t, now)
	_, err := k.App.Connector.Install(context.Background(), k.Admin, domain.ForAdmins, nil)
	Must(t, err)
	return k
}

// NewWithoutApp is New before the Voice Connector app is installed.
func NewWithoutApp(t testing.TB) *Kit {
	t.Helper()
	return newWithoutApp(t, time.Now)
}

func newWithoutApp(t testing.TB, now func() time.Time) *Kit {
	t.Helper()
	c := config.Config{DataDir: t.TempDir(), LogLevel: "error"}
	Must(t, c.Complete())
	k := &Kit{Fake: fake.New(fake.Options{EndedAfter: time.Millisecond, Now: now})}
	provider := httptest.NewServer(k.Fake)
	t.Cleanup(provider.Close)
	k.fakeURL = provider.URL
	k.Fake.SetBaseURL(provider.URL)
	k.App, k.Server = open(t, c, now)
	var err error
	k.Admin, err = k.App.Identity.CreateAdmin(context.Background(), "Admin", "admin@x.example", Password)
	Must(t, err)
	k.Admin, err = k.App.Store.User(context.Background(), k.Admin.ID)
	Must(t, err)
	return k
}

// Open opens an Earshot with these settings, reachable at the server's address, until the test ends.
func Open(t testing.TB, c config.Config) (*app.App, *httptest.Server) {
	t.Helper()
	return open(t, c, time.Now)
}

func open(t testing.TB, c config.Config, now func() time.Time) (*app.App, *httptest.Server) {
	t.Helper()
	var handler http.Handler
	server := httptest.NewServer(http.HandlerFunc(func(w http.ResponseWriter, r *http.Request) { handler.ServeHTTP(w, r) }))
	t.Cleanup(server.Close)
	c.PublicURL = server.URL
	a, err := app.Open(context.Background(), c, slog.New(slog.DiscardHandler), app.Options{Now: now})
	Must(t, err)
	t.Cleanup(func() { Must(t, a.Close()) })
	handler = a.Handler()
	return a, server
}

// Must fails the test on an error.
func Must(t testing.TB, err error) {
	t.Helper()
	if err != nil {
		t.Fatal(err)
	}
}

// Credential saves and tests the credential of the simulated Aircall.
func (k *Kit) Credential(t testing.TB, token string) {
	t.Helper()
	_, err := k.App.Connector.SaveCredential(context.Background(), k.Admin, domain.Aircall, map[string]string{"api_id": "fake-id", "api_token": token}, map[string]string{"base_url": k.fakeURL})
	Must(t, err)
	_, err = k.App.Connector.Test(context.Background(), k.Admin, domain.Aircall)
	Must(t, err)
	_, err = k.App.Connector.AcceptTerms(context.Background(), k.Admin, domain.Aircall, connector.TermsVersion)
	Must(t, err)
}

// User makes a user who held the permission sets for a month.
func (k *Kit) User(t testing.TB, name, aircallID string, sets ...string) {
	t.Helper()
	in := identity.Imported{Since: time.Now().AddDate(0, -1, 0), UserInput: identity.UserInput{Name: name, Email: name + "@x.example", PermissionSets: sets, Identifiers: map[domain.Provider]string{domain.Aircall: aircallID}}}
	Must(t, k.App.Identity.Import(context.Background(), k.Admin, []identity.Imported{in}))
}

// Until waits until ok, which looks at what is stored, and fails after a minute.
func Until(t testing.TB, what string, ok func() bool) {
	t.Helper()
	deadline := time.NewTimer(time.Minute)
	defer deadline.Stop()
	tick := time.NewTicker(20 * time.Millisecond)
	defer tick.Stop()
	for !ok() {
		select {
		case <-deadline.C:
			t.Fatalf("%s did not happen", what)
		case <-tick.C:
		}
	}
}

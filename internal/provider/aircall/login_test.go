package aircall_test

import (
	"net/http"
	"net/url"
	"testing"

	"earshot/internal/domain"
	"earshot/internal/provider"
	"earshot/internal/provider/aircall"
	"earshot/internal/provider/providertest"
)

// TestSignIn: an admin signs in through an app; the token works for years, until the app is removed.
func TestSignIn(t *testing.T) {
	t.Parallel()
	clock := providertest.NewClock()
	w := newWorld(t, clock)
	conn, err := provider.New(provider.Config{
		Opener: aircall.Opener(), Credential: map[string]string{"kind": "login", "client_id": "fake-client", "client_secret": "fake-client-secret"},
		Settings: map[string]string{"base_url": w.url}, Now: clock.Now, Sleep: clock.Sleep,
	})
	if err != nil {
		t.Fatal(err)
	}
	if _, err := conn.Check(t.Context()); domain.CodeOf(err) != provider.CodeLoginNeeded {
		t.Errorf("before anybody signed in: %v", err)
	}
	const back = "https://earshot.example/oauth/callback"
	verifier := provider.NewVerifier()
	address, err := conn.LoginURL(back, "the-state", verifier)
	if err != nil {
		t.Fatal(err)
	}
	code := follow(t, address, "the-state")
	if err := conn.Login(t.Context(), back, "another code", verifier); !domain.IsKind(err, domain.KindUnauthorized) {
		t.Errorf("a code that nobody brought back: %v", err)
	}
	if err := conn.Login(t.Context(), back, code, verifier); err != nil {
		t.Fatal(err)
	}
	clock.Advance(2 * 365 * 24 * 60 * 60 * 1e9)
	if report, err := conn.Check(t.Context()); err != nil || report.Account != "Fake Company" {
		t.Errorf("two years later: %+v, %v", report, err)
	}
	w.Uninstall()
	if _, err := conn.Check(t.Context()); !domain.IsKind(err, domain.KindUnauthorized) {
		t.Errorf("after the app was removed: %v", err)
	}
}

// follow signs in, and gives the code that comes back.
func follow(t *testing.T, address, state string) string {
	t.Helper()
	client := &http.Client{CheckRedirect: func(*http.Request, []*http.Request) error { return http.ErrUseLastResponse }}
	resp, err := client.Get(address)
	if err != nil {
		t.Fatal(err)
	}
	resp.Body.Close()
	u, err := url.Parse(resp.Header.Get("Location"))
	if err != nil || resp.StatusCode != http.StatusFound || u.Query().Get("state") != state {
		t.Fatalf("signing in leads to %q (%d), %v", resp.Header.Get("Location"), resp.StatusCode, err)
	}
	return u.Query().Get("code")
}

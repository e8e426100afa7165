package dialpad_test

import (
	"net/http"
	"net/url"
	"strings"
	"testing"
	"time"

	"earshot/internal/domain"
	"earshot/internal/provider"
	"earshot/internal/provider/dialpad"
	"earshot/internal/provider/dialpad/fake"
	"earshot/internal/provider/providertest"
)

const callback = "https://earshot.example/oauth/callback?connector=1"

// signedIn is a connector after a Company Admin has signed in.
func signedIn(t *testing.T, w *world, clock *providertest.Clock, store provider.TokenStore, inHeader string) *provider.Connector {
	t.Helper()
	conn := loginConnector(t, w, clock, store, inHeader)
	verifier := provider.NewVerifier()
	at, err := conn.LoginURL(callback, "the-state", verifier)
	if err != nil {
		t.Fatal(err)
	}
	if err := conn.Login(t.Context(), callback, permit(t, at), verifier); err != nil {
		t.Fatal(err)
	}
	return conn
}

func loginConnector(t *testing.T, w *world, clock *providertest.Clock, store provider.TokenStore, inHeader string) *provider.Connector {
	t.Helper()
	return openWith(t, w, provider.Config{
		Opener: dialpad.Opener(), Account: "the-account", Tokens: store, Now: clock.Now, Sleep: clock.Sleep,
		Credential: map[string]string{"kind": dialpad.KindLogin, "client_id": "the-client", "client_secret": "the-client-secret"},
		Settings:   map[string]string{"base_url": w.url, "client_in_header": inHeader},
	})
}

// permit follows the address as a browser would, and gives the code that comes back.
func permit(t *testing.T, at string) string {
	t.Helper()
	browser := &http.Client{CheckRedirect: func(*http.Request, []*http.Request) error { return http.ErrUseLastResponse }}
	resp, err := browser.Get(at)
	if err != nil {
		t.Fatal(err)
	}
	resp.Body.Close()
	back, err := url.Parse(resp.Header.Get("Location"))
	if err != nil || resp.StatusCode != http.StatusFound || !strings.HasPrefix(back.String(), "https://earshot.example/") || back.Query().Get("state") != "the-state" || back.Query().Get("connector") != "1" {
		t.Fatalf("%d leads to %s, %v", resp.StatusCode, back, err)
	}
	return back.Query().Get("code")
}

// TestLogin: calls are listed and recordings downloaded with the tokens of who signed in, which are renewed as they end, each refresh
// token once, also when two processes share them.
func TestLogin(t *testing.T) {
	t.Parallel()
	for _, inHeader := range []string{"no", "yes"} {
		clock := providertest.NewClock()
		w := newWorldWith(t, fake.Options{Now: clock.Now, ClientInHeader: inHeader == "yes"})
		store := &provider.MemoryTokens{}
		first := signedIn(t, w, clock, store, inHeader)
		second := loginConnector(t, w, clock, store, inHeader)
		id := w.Server.Place(fake.Call{Direction: "inbound", UserID: w.agent, Customer: providertest.Customer, Talk: time.Minute, Recording: []byte("ID3a")})
		for range 30 {
			clock.Advance(50 * time.Minute)
			for _, conn := range []*provider.Connector{first, second} {
				call := get(t, conn, id)
				if audio := audioOf(t, conn, call); len(audio) != 1 || audio[0] != "ID3a" {
					t.Fatalf("downloaded %q", audio)
				}
			}
		}
		if report, err := second.Check(t.Context()); err != nil || !itemOf(report, "Recordings").OK {
			t.Errorf("Check = %+v, %v", report, err)
		}
		w.Revoke()
		clock.Advance(2 * time.Hour)
		if _, err := first.Users(t.Context()); domain.CodeOf(err) != provider.CodeTokenRevoked {
			t.Errorf("after the permission was taken back: %v", err)
		}
	}
}

// TestLoginWithoutRights: who signs in without the scope to export cannot download, and is told so.
func TestLoginWithoutRights(t *testing.T) {
	t.Parallel()
	clock := providertest.NewClock()
	w := newWorld(t, clock)
	conn := signedIn(t, w, clock, &provider.MemoryTokens{}, "no")
	id := w.Server.Place(fake.Call{Direction: "inbound", UserID: w.agent, Customer: providertest.Customer, Talk: time.Minute, Recording: []byte("ID3a")})
	clock.Advance(10 * time.Minute)
	ref := get(t, conn, id).Recordings[0]
	w.Server.SetFaults(fake.Faults{Without: []string{"recordings_export"}})
	if _, _, err := conn.Fetch(t.Context(), ref, 0); !domain.IsKind(err, domain.KindScopeMissing) {
		t.Errorf("Fetch = %v", err)
	}
}

// TestLoginRefused: a wrong secret, a wrong way to show it, and nobody signed in.
func TestLoginRefused(t *testing.T) {
	t.Parallel()
	clock := providertest.NewClock()
	w := newWorldWith(t, fake.Options{Now: clock.Now, ClientInHeader: true})
	conn := loginConnector(t, w, clock, nil, "no")
	if _, err := conn.Users(t.Context()); domain.CodeOf(err) != provider.CodeLoginNeeded {
		t.Errorf("nobody has signed in: %v", err)
	}
	verifier := provider.NewVerifier()
	at, err := conn.LoginURL(callback, "the-state", verifier)
	if err != nil {
		t.Fatal(err)
	}
	if err := conn.Login(t.Context(), callback, permit(t, at), verifier); !domain.IsKind(err, domain.KindUnauthorized) || !strings.Contains(err.Error(), "invalid_client") {
		t.Errorf("the client in the body, where it must be in the header: %v", err)
	}
	right := loginConnector(t, w, clock, nil, "yes")
	if err := right.Login(t.Context(), callback, permit(t, at), provider.NewVerifier()); !domain.IsKind(err, domain.KindUnauthorized) {
		t.Errorf("a code with another verifier: %v", err)
	}
}

// TestScopes: what a person is asked for.
func TestScopes(t *testing.T) {
	t.Parallel()
	oauth, ok := dialpad.Opener().OAuth(provider.Login{Credential: map[string]string{"kind": dialpad.KindLogin}, BaseURL: "https://dialpad.com"})
	if !ok || strings.Join(oauth.Scopes, " ") != "calls:list recordings_export offline_access" || oauth.TokenURL != "https://dialpad.com/oauth2/token" || oauth.Assertion != "" {
		t.Errorf("%+v, %v", oauth, ok)
	}
	for _, kind := range []string{"", dialpad.KindAPIKey, "another"} {
		if _, ok := dialpad.Opener().OAuth(provider.Login{Credential: map[string]string{"kind": kind}}); ok {
			t.Errorf("kind %q is a login", kind)
		}
	}
	for _, k := range dialpad.Opener().Info.Kinds {
		if k.Login != (k.Name == dialpad.KindLogin) || len(k.Fields) == 0 {
			t.Errorf("kind %+v", k)
		}
	}
}

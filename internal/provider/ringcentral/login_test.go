package ringcentral_test

import (
	"net/http"
	"net/url"
	"strings"
	"testing"
	"time"

	"earshot/internal/domain"
	"earshot/internal/provider"
	"earshot/internal/provider/providertest"
	"earshot/internal/provider/ringcentral"
	"earshot/internal/provider/ringcentral/fake"
)

const callback = "https://earshot.example/oauth/callback?connector=1"

func loginConnector(t *testing.T, w *world, clock *providertest.Clock, inHeader string) *provider.Connector {
	t.Helper()
	return openWith(t, w, provider.Config{
		Opener: ringcentral.Opener(), Account: "the-account", Tokens: &provider.MemoryTokens{}, Now: clock.Now, Sleep: clock.Sleep,
		Credential: map[string]string{"kind": "login", "client_id": "fake-client", "client_secret": "the-client-secret"},
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
	if err != nil || resp.StatusCode != http.StatusFound || !strings.HasPrefix(back.String(), "https://earshot.example/") || back.Query().Get("state") != "the-state" {
		t.Fatalf("%d leads to %s, %v", resp.StatusCode, back, err)
	}
	return back.Query().Get("code")
}

// TestLogin: calls are listed and recordings downloaded with the tokens of who signed in, for longer than a token lives; a code counts
// once, and only with its verifier.
func TestLogin(t *testing.T) {
	t.Parallel()
	for _, inHeader := range []string{"yes", "no"} {
		clock := providertest.NewClock()
		w := newWorld(t, clock)
		conn := loginConnector(t, w, clock, inHeader)
		if _, err := conn.GetCall(t.Context(), "s-1", time.Time{}); !domain.IsKind(err, domain.KindUnauthorized) {
			t.Errorf("before signing in: %v", err)
		}
		verifier := provider.NewVerifier()
		at, err := conn.LoginURL(callback, "the-state", verifier)
		if err != nil {
			t.Fatal(err)
		}
		stolen := permit(t, at)
		if err := conn.Login(t.Context(), callback, stolen, provider.NewVerifier()); err == nil {
			t.Error("a code counts with another verifier")
		}
		code := permit(t, at)
		if err := conn.Login(t.Context(), callback, code, verifier); err != nil {
			t.Fatal(err)
		}
		if err := conn.Login(t.Context(), callback, code, verifier); err == nil {
			t.Error("a code counts twice")
		}
		for range 5 {
			id := w.Place(providertest.Call{Direction: domain.Inbound, Customer: providertest.Customer, Agent: providertest.Agent, StartedAt: clock.Now(), Talk: time.Minute, Audio: []byte("ID3")})
			clock.Advance(50 * time.Minute)
			call := get(t, conn, id, time.Time{})
			if len(call.Recordings) != 1 {
				t.Fatalf("%+v", call)
			}
		}
		w.Revoke()
		if _, err := conn.Check(t.Context()); !domain.IsKind(err, domain.KindUnauthorized) {
			t.Errorf("after the session was ended: %v", err)
		}
	}
}

// TestJWTOutlivesSessions: with a JWT a session that was ended at RingCentral is begun anew, without anybody.
func TestJWTOutlivesSessions(t *testing.T) {
	t.Parallel()
	clock := providertest.NewClock()
	w := newWorld(t, clock)
	conn := open(t, w, clock)
	for range 3 {
		if _, err := conn.Check(t.Context()); err != nil {
			t.Fatal(err)
		}
		w.Revoke()
		clock.Advance(10 * time.Minute)
	}
}

// TestCheckNamesPermission: the item that fails names the permission, the others go on.
func TestCheckNamesPermission(t *testing.T) {
	t.Parallel()
	clock := providertest.NewClock()
	w := newWorld(t, clock)
	conn := open(t, w, clock)
	for lacking, f := range map[string]fake.Faults{"": {}, "FullCompanyCallLog": {NoCallLog: true}} {
		w.Server.SetFaults(f)
		report, err := conn.Check(t.Context())
		if err != nil || !strings.Contains(report.Account, providertest.Line) || len(report.Items) != 4 {
			t.Fatalf("%+v, %v", report, err)
		}
		for _, item := range report.Items {
			if bad := item.Name == "Call log" && lacking != ""; item.OK == bad || bad && (!strings.Contains(item.Detail, lacking) || item.Fix == "") {
				t.Errorf("without %q: %+v", lacking, item)
			}
		}
	}
}

// TestUsers: with their direct numbers, but not the company's.
func TestUsers(t *testing.T) {
	t.Parallel()
	clock := providertest.NewClock()
	w := newWorld(t, clock)
	id := w.AddUser(fake.User{Name: "Dora Direct", Email: "dora@example.com", Number: "(212) 555-0177"})
	users, err := open(t, w, clock).Users(t.Context())
	if err != nil || len(users) != 3 {
		t.Fatalf("%+v, %v", users, err)
	}
	for _, u := range users {
		if dora := u.Email == "dora@example.com"; dora && (len(u.Phones) != 1 || u.Phones[0] != "+12125550177" || u.ID == "" || id == 0) || !dora && len(u.Phones) != 0 {
			t.Errorf("%+v", u)
		}
	}
}

// TestTwoKeepLimits: processes that share an account and a ledger stay within ten heavy requests a minute, and never run into the penalty.
func TestTwoKeepLimits(t *testing.T) {
	t.Parallel()
	clock := providertest.NewClock()
	w := newWorld(t, clock)
	credential, settings := w.Account()
	ledger, tokens := &provider.MemoryLedger{}, &provider.MemoryTokens{}
	id := w.Place(providertest.Call{Direction: domain.Inbound, Customer: providertest.Customer, Agent: providertest.Agent, StartedAt: clock.Now(), Talk: time.Minute, Audio: []byte("ID3")})
	clock.Advance(time.Hour)
	begin := clock.Now()
	for range 38 {
		c := openWith(t, w, provider.Config{Opener: ringcentral.Opener(), Account: "a", Ledger: ledger, Tokens: tokens, Credential: credential, Settings: settings, Now: clock.Now, Sleep: clock.Sleep})
		get(t, c, id, time.Time{})
	}
	if s := w.Stats(); s.Refused > 0 || s.Early > 0 {
		t.Errorf("%d refused, %d of them during a penalty", s.Refused, s.Early)
	}
	if took := clock.Now().Sub(begin); took < 3*time.Minute {
		t.Errorf("38 heavy requests took %v", took)
	}
}

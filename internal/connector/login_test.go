package connector

import (
	"context"
	"net/http"
	"net/http/httptest"
	"net/url"
	"testing"
	"time"

	"earshot/internal/domain"
	"earshot/internal/provider"
	"earshot/internal/provider/memory"
	"earshot/internal/testkit"
)

// granter is a provider's server for tokens; it takes one code.
func granter(t *testing.T, asked *url.Values) *httptest.Server {
	s := httptest.NewServer(http.HandlerFunc(func(w http.ResponseWriter, req *http.Request) {
		w.Header().Set("Content-Type", "application/json")
		if err := req.ParseForm(); err != nil || req.PostForm.Get("code") != "right" {
			w.WriteHeader(http.StatusBadRequest)
			_, _ = w.Write([]byte(`{"error":"invalid_grant"}`))
			return
		}
		*asked = req.PostForm
		_, _ = w.Write([]byte(`{"access_token":"a","refresh_token":"r","token_type":"Bearer","expires_in":3600}`))
	}))
	t.Cleanup(s.Close)
	return s
}

// TestLogin: an admin is sent to the provider and comes back; what they bring counts once, for them, for a quarter of an hour.
func TestLogin(t *testing.T) {
	t.Parallel()
	ctx := context.Background()
	var asked url.Values
	server := granter(t, &asked)
	r := newRig(t, func(o *provider.Opener) {
		o.OAuth = func(provider.Login) (provider.OAuth, bool) {
			return provider.OAuth{AuthURL: server.URL + "/authorize", TokenURL: server.URL + "/token", ClientID: "client"}, o.Info.Provider == domain.Dialpad
		}
	}, nil)
	if _, err := r.s.StartLogin(ctx, r.admin, domain.Dialpad, ""); domain.CodeOf(err) != "not_configured" {
		t.Errorf("before anything was entered: %v", err)
	}
	r.credential(t, domain.Aircall, map[string]string{"key": memory.Key})
	if _, err := r.s.StartLogin(ctx, r.admin, domain.Aircall, ""); domain.CodeOf(err) != "no_login" {
		t.Errorf("where nobody signs in: %v", err)
	}
	r.credential(t, domain.Dialpad, map[string]string{"key": memory.Key})
	start := func() url.Values {
		t.Helper()
		address, err := r.s.StartLogin(ctx, r.admin, domain.Dialpad, "http://localhost:8080")
		testkit.Must(t, err)
		u, err := url.Parse(address)
		testkit.Must(t, err)
		return u.Query()
	}
	other := role(domain.ProfileAdministrator)
	for name, c := range map[string]struct {
		by             domain.User
		state          func(string) string
		code, refusal  string
		wait           time.Duration
		want           string
		twice, granted bool
	}{
		"somebody else":            {by: other, code: "right", want: "login_unknown", twice: true},
		"a guessed state":          {by: r.admin, state: func(s string) string { return s + "x" }, code: "right", want: "login_unknown"},
		"none":                     {by: r.admin, state: func(string) string { return "" }, code: "right", want: "login_unknown"},
		"too late":                 {by: r.admin, code: "right", wait: loginLife + time.Second, want: "login_unknown"},
		"a refusal":                {by: r.admin, refusal: "access_denied", want: "login_refused", twice: true},
		"no code":                  {by: r.admin, want: "login_refused"},
		"a code that is not taken": {by: r.admin, code: "wrong", want: provider.CodeTokenRevoked},
		"in time":                  {by: r.admin, code: "right", wait: loginLife - time.Second, twice: true, granted: true},
	} {
		asked = nil
		began := start()
		state := began.Get("state")
		if c.state != nil {
			state = c.state(state)
		}
		r.Clock.Advance(c.wait)
		p, err := r.s.FinishLogin(ctx, c.by, "http://localhost:8080", state, c.code, c.refusal)
		if c.want == "" && (err != nil || p != domain.Dialpad) || c.want != "" && domain.CodeOf(err) != c.want {
			t.Errorf("%s: %q, %v", name, p, err)
		}
		if c.granted != (asked != nil) {
			t.Errorf("%s: a token was asked for: %v", name, asked != nil)
		}
		if c.twice {
			if _, err := r.s.FinishLogin(ctx, r.admin, "", state, "right", ""); domain.CodeOf(err) != "login_unknown" {
				t.Errorf("%s, and once more: %v", name, err)
			}
		}
		if c.granted {
			redirect := "https://earshot.example/oauth/callback"
			if began.Get("redirect_uri") != redirect || asked.Get("redirect_uri") != redirect || began.Get("code_challenge_method") != "S256" || asked.Get("code_verifier") == "" {
				t.Errorf("sent with %v, asked with %v", began, asked)
			}
			if s := r.connector(t, domain.Dialpad).Credential.Status; s != domain.AuthAuthenticated {
				t.Errorf("after the login the credential is %s", s)
			}
		}
	}
}

// TestCallback is the public address; where there is none, the one that the browser uses.
func TestCallback(t *testing.T) {
	t.Parallel()
	for _, c := range [][3]string{{"https://e.example/", "http://localhost", "https://e.example/oauth/callback"}, {"", "http://localhost:8080/", "http://localhost:8080/oauth/callback"}} {
		if got := New(Config{PublicURL: c[0]}).Callback(c[1]); got != c[2] {
			t.Errorf("%v: %s", c, got)
		}
	}
}

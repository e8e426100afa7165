package provider

import (
	"context"
	"encoding/json"
	"fmt"
	"io"
	"net/http"
	"net/http/httptest"
	"net/url"
	"strings"
	"sync"
	"testing"
	"time"

	"earshot/internal/domain"
)

// tokenServer gives tokens as RFC 6749 says, and answers those who show the newest.
type tokenServer struct {
	*httptest.Server
	t *testing.T

	mu       sync.Mutex
	n        int
	access   string
	refresh  string
	asked    []url.Values
	basic    bool
	status   int // of the token endpoint; 0: gives tokens
	refusals int // 401s of the API
}

func newTokenServer(t *testing.T) *tokenServer {
	s := &tokenServer{t: t}
	s.Server = httptest.NewServer(s)
	t.Cleanup(s.Close)
	return s
}

func (s *tokenServer) ServeHTTP(w http.ResponseWriter, r *http.Request) {
	s.mu.Lock()
	defer s.mu.Unlock()
	if r.URL.Path != "/token" {
		body, _ := io.ReadAll(r.Body)
		if r.Header.Get("Authorization") != "Bearer "+s.access {
			s.refusals++
			w.WriteHeader(http.StatusUnauthorized)
			return
		}
		w.Write(body)
		return
	}
	if err := r.ParseForm(); err != nil {
		s.t.Error(err)
	}
	s.asked = append(s.asked, r.Form)
	id, secret, basic := r.BasicAuth()
	s.basic = basic && id == "client" && secret == "hush"
	w.Header().Set("Content-Type", "application/json")
	if s.status != 0 {
		w.WriteHeader(s.status)
		fmt.Fprint(w, `{"error":"invalid_grant","error_description":"the token was revoked"}`)
		return
	}
	if r.Form.Get("grant_type") == "refresh_token" && r.Form.Get("refresh_token") != s.refresh {
		s.t.Errorf("refresh token %q, the newest is %q", r.Form.Get("refresh_token"), s.refresh)
	}
	s.n++
	s.access, s.refresh = fmt.Sprint("access-", s.n), fmt.Sprint("refresh-", s.n)
	json.NewEncoder(w).Encode(map[string]any{"access_token": s.access, "refresh_token": s.refresh, "token_type": "bearer", "expires_in": 3600, "refresh_token_expires_in": 7200, "scope": "read write"})
}

func (s *tokenServer) connect(t *testing.T, clock *fakeClock, store TokenStore, change func(*OAuth)) *Connector {
	t.Helper()
	info := stubInfo()
	conn, err := New(Config{
		Opener: Opener{Info: info, Open: func(a Account) (Driver, error) {
			return stub{get: func(ctx context.Context) (domain.ProviderCall, error) {
				return domain.ProviderCall{ID: "1"}, echo(ctx, a)
			}}, nil
		}, OAuth: func(l Login) (OAuth, bool) {
			o := OAuth{AuthURL: l.BaseURL + "/authorize", TokenURL: l.BaseURL + "/token", ClientID: "client", ClientSecret: "hush", Assertion: "the-jwt"}
			change(&o)
			return o, true
		}},
		Settings: map[string]string{"base_url": s.URL}, Tokens: store, Now: clock.now, Sleep: clock.sleep,
	})
	if err != nil {
		t.Fatal(err)
	}
	return conn
}

// echo asks with a body, which must come whole also when the request is repeated.
func echo(ctx context.Context, a Account) error {
	req, err := http.NewRequestWithContext(ctx, http.MethodPost, a.BaseURL+"/echo", strings.NewReader("hello"))
	if err != nil {
		return err
	}
	resp, err := a.Client.Do(req)
	if err != nil {
		return err
	}
	body, err := io.ReadAll(resp.Body)
	if resp.StatusCode != http.StatusOK || string(body) != "hello" {
		return domain.Errorf(domain.KindUnauthorized, "", "answered %d %q", resp.StatusCode, body)
	}
	return err
}

func (s *tokenServer) grants() []string {
	s.mu.Lock()
	defer s.mu.Unlock()
	var out []string
	for _, f := range s.asked {
		out = append(out, f.Get("grant_type"))
	}
	return out
}

func ask(t *testing.T, c *Connector) error {
	t.Helper()
	_, err := c.GetCall(t.Context(), "1", time.Time{})
	return err
}

// TestAssertionThenRefresh: the JWT is shown once; then the refresh token, each once and in order, ahead of expiry.
func TestAssertionThenRefresh(t *testing.T) {
	t.Parallel()
	s, clock := newTokenServer(t), newFakeClock()
	c := s.connect(t, clock, nil, func(o *OAuth) { o.ClientInHeader = true })
	for range 3 {
		if err := ask(t, c); err != nil {
			t.Fatal(err)
		}
	}
	for range 3 {
		clock.at = clock.at.Add(59*time.Minute + time.Second)
		if err := ask(t, c); err != nil {
			t.Fatal(err)
		}
	}
	clock.at = clock.at.Add(3 * time.Hour) // the refresh token has lapsed too
	if err := ask(t, c); err != nil {
		t.Fatal(err)
	}
	want := fmt.Sprint([]string{grantJWT, "refresh_token", "refresh_token", "refresh_token", grantJWT})
	if got := fmt.Sprint(s.grants()); got != want || s.refusals != 0 || !s.basic || s.asked[0].Get("assertion") != "the-jwt" {
		t.Errorf("grants %s, want %s; %d refusals, client by header %v", got, want, s.refusals, s.basic)
	}
}

// TestOneRenewalForAll: many requests and two processes find the token refused at once; it is renewed once.
func TestOneRenewalForAll(t *testing.T) {
	t.Parallel()
	s, clock, store := newTokenServer(t), newFakeClock(), &MemoryTokens{}
	one, two := s.connect(t, clock, store, func(*OAuth) {}), s.connect(t, clock, store, func(*OAuth) {})
	if err := ask(t, one); err != nil {
		t.Fatal(err)
	}
	if err := ask(t, two); err != nil || len(s.grants()) != 1 {
		t.Fatalf("the second process: %v, after grants %v; want the token of the first", err, s.grants())
	}
	s.mu.Lock()
	s.access = "changed behind our back"
	s.mu.Unlock()
	var wg sync.WaitGroup
	for i := range 20 {
		wg.Go(func() {
			if err := ask(t, []*Connector{one, two}[i%2]); err != nil {
				t.Error(err)
			}
		})
	}
	wg.Wait()
	if got := s.grants(); len(got) != 2 {
		t.Errorf("grants %v, want one more", got)
	}
}

func TestRefusals(t *testing.T) {
	t.Parallel()
	for _, c := range []struct {
		name      string
		status    int
		assertion string
		kept      domain.Token
		kind      domain.Kind
		code      string
	}{
		{"nobody signed in", 0, "", domain.Token{}, domain.KindUnauthorized, CodeLoginNeeded},
		{"refresh token lapsed", 0, "", domain.Token{Access: "a", Refresh: "r", ExpiresAt: time.Unix(1, 0), RefreshExpiresAt: time.Unix(2, 0)}, domain.KindUnauthorized, CodeTokenExpired},
		{"no refresh token", 0, "", domain.Token{Access: "a", ExpiresAt: time.Unix(1, 0)}, domain.KindUnauthorized, CodeTokenExpired},
		{"revoked", 400, "", domain.Token{Access: "a", Refresh: "r", ExpiresAt: time.Unix(1, 0)}, domain.KindUnauthorized, CodeTokenRevoked},
		{"wrong JWT", 400, "jwt", domain.Token{}, domain.KindUnauthorized, CodeTokenRevoked},
		{"server down", 503, "jwt", domain.Token{}, domain.KindTemporary, "temporary"},
		{"too many", 429, "jwt", domain.Token{}, domain.KindRateLimited, "rate_limited"},
	} {
		s, clock, store := newTokenServer(t), newFakeClock(), &MemoryTokens{kept: map[string]domain.Token{"": c.kept}}
		s.status = c.status
		err := ask(t, s.connect(t, clock, store, func(o *OAuth) { o.Assertion = c.assertion }))
		if !domain.IsKind(err, c.kind) || domain.CodeOf(err) != c.code {
			t.Errorf("%s: %v (%s)", c.name, err, domain.CodeOf(err))
		}
		if err != nil && strings.Contains(err.Error(), "hush") {
			t.Errorf("%s: the secret is in %v", c.name, err)
		}
		if kept, _ := store.Token(t.Context(), ""); kept != c.kept {
			t.Errorf("%s: what is kept changed to %+v", c.name, kept)
		}
	}
}

// TestLogin: a person signs in with PKCE; the code is exchanged with the verifier, and the tokens are kept.
func TestLogin(t *testing.T) {
	t.Parallel()
	s, clock, store := newTokenServer(t), newFakeClock(), &MemoryTokens{}
	c := s.connect(t, clock, store, func(o *OAuth) { o.Assertion, o.Scopes = "", []string{"calls:list", "offline_access"} })
	verifier := NewVerifier()
	address, err := c.LoginURL("https://earshot.example/oauth/callback", "the-state", verifier)
	if err != nil {
		t.Fatal(err)
	}
	u, err := url.Parse(address)
	if err != nil {
		t.Fatal(err)
	}
	q := u.Query()
	for name, want := range map[string]string{"client_id": "client", "state": "the-state", "response_type": "code", "redirect_uri": "https://earshot.example/oauth/callback", "scope": "calls:list offline_access", "code_challenge_method": "S256"} {
		if q.Get(name) != want {
			t.Errorf("%s is %q, want %q", name, q.Get(name), want)
		}
	}
	if q.Get("code_challenge") == "" || strings.Contains(address, verifier) || strings.Contains(address, "hush") {
		t.Errorf("%s lacks the challenge or shows a secret", address)
	}
	if err := c.Login(t.Context(), "https://earshot.example/oauth/callback", "the-code", verifier); err != nil {
		t.Fatal(err)
	}
	f := s.asked[0]
	if f.Get("grant_type") != "authorization_code" || f.Get("code") != "the-code" || f.Get("code_verifier") != verifier || f.Get("client_secret") != "hush" || f.Get("redirect_uri") == "" {
		t.Errorf("asked with %v", f)
	}
	kept, _ := store.Token(t.Context(), "")
	if err := ask(t, c); err != nil || kept.Scope != "read write" || !kept.ExpiresAt.Equal(clock.at.Add(time.Hour)) || !kept.RefreshExpiresAt.Equal(clock.at.Add(2*time.Hour)) {
		t.Errorf("after the login: %v, kept %+v", err, kept)
	}
	jwt := s.connect(t, clock, store, func(*OAuth) {})
	if _, err := jwt.LoginURL("https://x.example", "s", verifier); domain.CodeOf(err) != "no_login" {
		t.Errorf("a login for a JWT: %v", err)
	}
}

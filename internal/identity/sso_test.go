package identity

import (
	"context"
	"crypto/rand"
	"crypto/rsa"
	"net/http/httptest"
	"testing"
	"time"

	"earshot/internal/domain"
	"earshot/internal/identity/fakeoidc"
	"earshot/internal/store"
	"earshot/internal/testkit"
)

const callback = "https://earshot.example/login/sso/callback"

// ssoRig has single sign-on switched on, with a user Rita.
type ssoRig struct {
	*rig
	provider *fakeoidc.Server
	admin    domain.User
	rita     domain.User
}

func newSSO(t *testing.T, change func(*domain.SSOSettings)) *ssoRig {
	t.Helper()
	r := &ssoRig{rig: newRig(t)}
	var err error
	r.provider, err = fakeoidc.New(r.Clock.Now)
	testkit.Must(t, err)
	server := httptest.NewServer(r.provider)
	t.Cleanup(server.Close)
	r.provider.URL = server.URL
	r.admin = r.rig.admin(t)
	r.rita = r.User(t, "rita", nil, domain.PermForSales)
	s, secret := domain.SSOSettings{Enabled: true, Issuer: server.URL, ClientID: fakeoidc.ClientID, Domains: []string{"x.example"}}, fakeoidc.ClientSecret
	if change != nil {
		change(&s)
	}
	testkit.Must(t, r.id.SaveSSO(context.Background(), r.admin, s, &secret))
	return r
}

// TestSSO: who comes in, and every way in which an answer may be wrong.
func TestSSO(t *testing.T) {
	t.Parallel()
	other, err := rsa.GenerateKey(rand.Reader, 2048)
	testkit.Must(t, err)
	claim := func(name string, value any) func(*ssoRig) {
		return func(r *ssoRig) { r.provider.Bend = func(c map[string]any) { c[name] = value } }
	}
	for name, c := range map[string]struct {
		want    string
		bend    func(*ssoRig)
		answer  func(*Returned)
		setting func(*domain.SSOSettings)
		wait    time.Duration
	}{
		"in order":                  {},
		"verified as a text":        {bend: claim("email_verified", "true")},
		"wrong nonce":               {want: "sso_bad_answer", bend: claim("nonce", "another")},
		"no nonce":                  {want: "sso_bad_answer", bend: claim("nonce", "")},
		"wrong audience":            {want: "sso_bad_answer", bend: claim("aud", "another")},
		"wrong issuer":              {want: "sso_bad_answer", bend: claim("iss", "https://another.example")},
		"expired":                   {want: "sso_bad_answer", bend: claim("exp", testkit.Start.Add(-time.Hour).Unix())},
		"alg none":                  {want: "sso_bad_answer", bend: func(r *ssoRig) { r.provider.Header = map[string]string{"alg": "none"} }},
		"alg HS256":                 {want: "sso_bad_answer", bend: func(r *ssoRig) { r.provider.Header = map[string]string{"alg": "HS256", "kid": "1"} }},
		"signed by somebody else":   {want: "sso_bad_answer", bend: func(r *ssoRig) { r.provider.Key = other }},
		"unverified e-mail":         {want: "sso_unverified", bend: claim("email_verified", false)},
		"no word on verification":   {want: "sso_unverified", bend: claim("email_verified", nil)},
		"no e-mail":                 {want: "sso_unverified", bend: claim("email", "")},
		"another domain":            {want: "sso_domain", bend: claim("email", "rita@y.example")},
		"a domain that looks alike": {want: "sso_domain", bend: claim("email", "rita@x.example.y.example")},
		"nobody's address":          {want: "sso_no_user", bend: claim("email", "zoe@x.example")},
		"nobody's, who is made":     {bend: claim("email", "zoe@x.example"), setting: func(s *domain.SSOSettings) { s.CreateUsers = true }},
		"deactivated": {want: "deactivated", bend: func(r *ssoRig) {
			r.rita.Active = false
			r.InTx(t, func(ctx context.Context, tx *store.Tx) error { return tx.SaveUser(ctx, r.rita) })
		}},
		"a wrong code":           {want: "sso_bad_answer", answer: func(a *Returned) { a.Code = "guess" }},
		"no code":                {want: "sso_refused", answer: func(a *Returned) { a.Code = "" }},
		"a refusal":              {want: "sso_refused", answer: func(a *Returned) { a.Refusal = "access_denied" }},
		"a guessed state":        {want: "sso_unknown", answer: func(a *Returned) { a.State, a.Known = "guess", "guess" }},
		"another browser":        {want: "sso_unknown", answer: func(a *Returned) { a.Known = "" }},
		"another person's state": {want: "sso_unknown", answer: func(a *Returned) { a.Known += "x" }},
		"too late":               {want: "sso_unknown", wait: ssoLife + time.Second},
	} {
		t.Run(name, func(t *testing.T) {
			t.Parallel()
			r := newSSO(t, c.setting)
			ctx := context.Background()
			if c.bend != nil {
				c.bend(r)
			}
			address, known, err := r.id.StartSSO(ctx, callback, "/calls")
			testkit.Must(t, err)
			state, code, err := r.provider.Authorize(address)
			testkit.Must(t, err)
			in := Returned{State: state, Known: known, Code: code}
			if c.answer != nil {
				c.answer(&in)
			}
			r.Clock.Advance(c.wait)
			token, next, err := r.id.FinishSSO(ctx, callback, in)
			if c.want != "" {
				if domain.CodeOf(err) != c.want || token != "" {
					t.Fatalf("%v, want %s", err, c.want)
				}
				return
			}
			testkit.Must(t, err)
			u, err := r.id.Authenticate(ctx, token)
			testkit.Must(t, err)
			if u.Profile != domain.ProfileStandard || next != "/calls" || c.setting == nil && u.ID != r.rita.ID {
				t.Errorf("%s came in as %+v and goes to %s", name, u, next)
			}
			if _, _, err := r.id.FinishSSO(ctx, callback, in); domain.CodeOf(err) != "sso_unknown" {
				t.Errorf("once more: %v", err)
			}
		})
	}
}

// TestSSOSettings are checked, and a secret goes to the issuer only for which it was entered.
func TestSSOSettings(t *testing.T) {
	t.Parallel()
	r := newSSO(t, nil)
	ctx := context.Background()
	good, _, err := r.id.SSO(ctx, r.admin)
	testkit.Must(t, err)
	for want, change := range map[string]func(*domain.SSOSettings){
		"field_missing":   func(s *domain.SSOSettings) { s.ClientID = "" },
		"domains_missing": func(s *domain.SSOSettings) { s.CreateUsers, s.Domains = true, []string{" "} },
		"sso_issuer":      func(s *domain.SSOSettings) { s.Issuer = "http://login.example" },
	} {
		s := good
		change(&s)
		if err := r.id.SaveSSO(ctx, r.admin, s, nil); domain.CodeOf(err) != want {
			t.Errorf("%v, want %s", err, want)
		}
	}
	moved := good
	moved.Enabled, moved.Issuer = false, "https://elsewhere.example"
	testkit.Must(t, r.id.SaveSSO(ctx, r.admin, moved, nil))
	if _, kept, err := r.id.SSO(ctx, r.admin); err != nil || kept {
		t.Errorf("the secret went along to another issuer: %v, %v", kept, err)
	}
	if _, _, err := r.id.StartSSO(ctx, callback, "/"); domain.CodeOf(err) != "sso_off" {
		t.Errorf("while it is off: %v", err)
	}
	if err := r.id.SaveSSO(ctx, r.rita, good, nil); domain.CodeOf(err) != "no_permission" {
		t.Errorf("a rep: %v", err)
	}
	if _, _, err := r.id.Login(ctx, r.admin.Email, password, ""); err != nil {
		t.Errorf("an admin's password: %v", err)
	}
}

package connector

import (
	"context"
	"net/http"
	"net/http/httptest"
	"strings"
	"testing"

	"earshot/internal/domain"
	"earshot/internal/provider"
	"earshot/internal/testkit"
)

// post sends something to a site by its address, as a stranger would.
func (r *rig) post(t *testing.T, address string) int {
	t.Helper()
	mux := http.NewServeMux()
	mux.HandleFunc("POST /site/{secret}", r.in.KeepRefusals(r.in.ServeSite))
	w := httptest.NewRecorder()
	mux.ServeHTTP(w, httptest.NewRequestWithContext(context.Background(), http.MethodPost, "/site/"+address[strings.LastIndex(address, "/")+1:], strings.NewReader("{}")))
	return w.Code
}

// TestRenewSite: the old address ends, the provider knows the new one, and what came is shown.
func TestRenewSite(t *testing.T) {
	t.Parallel()
	r := newRig(t, nil, nil)
	ctx := t.Context()
	if _, err := r.s.RenewSite(ctx, r.admin, domain.Dialpad); !domain.IsKind(err, domain.KindConflict) {
		t.Errorf("before it was set up: %v", err)
	}
	if sites, err := r.s.Sites(ctx, r.admin); err != nil || len(sites) != 0 {
		t.Errorf("before anything was set up: %v, %v", sites, err)
	}
	r.ready(t, domain.Dialpad)
	v := r.turn(t, domain.Dialpad, enable, general)
	old := v.Site
	if code := r.post(t, old); code != http.StatusUnauthorized {
		t.Fatalf("an event that is not signed was answered with %d", code)
	}
	sites, err := r.s.Sites(ctx, r.admin)
	testkit.Must(t, err)
	if len(sites) != 1 || len(sites[0].Requests) != 1 || sites[0].Requests[0].Status != http.StatusUnauthorized || sites[0].Requests[0].Why == "" {
		t.Errorf("the sites are %+v, want one with the request that was refused", sites)
	}
	v, err = r.s.RenewSite(ctx, r.admin, domain.Dialpad)
	testkit.Must(t, err)
	if v.Site == old || !strings.HasPrefix(v.Site, publicURL+"site/") {
		t.Errorf("the new address is %q, the old one was %q", v.Site, old)
	}
	if code := r.post(t, old); code != http.StatusNotFound {
		t.Errorf("the old address answers %d", code)
	}
	if code := r.post(t, v.Site); code != http.StatusUnauthorized {
		t.Errorf("the new address answers %d", code)
	}
	if all := r.Company.Subscriptions(); len(all) != 1 || all[0].Address != v.Site {
		t.Errorf("the provider sends to %+v, want %s", all, v.Site)
	}
}

// TestAuthProviders: those that give tokens are listed, and whether the credential uses them.
func TestAuthProviders(t *testing.T) {
	t.Parallel()
	r := newRig(t, func(o *provider.Opener) {
		if o.Info.Provider == domain.RingCentral {
			o.OAuth = func(l provider.Login) (provider.OAuth, bool) {
				return provider.OAuth{TokenURL: "https://p.example/token", ClientID: "app", Assertion: l.Credential["key"]}, l.Credential["key"] != ""
			}
		}
	}, nil)
	one := func() AuthProvider {
		found, err := r.s.AuthProviders(t.Context(), r.admin)
		testkit.Must(t, err)
		if len(found) != 1 || found[0].Provider != domain.RingCentral {
			t.Fatalf("found %+v, want RingCentral alone: the others are asked with keys", found)
		}
		return found[0]
	}
	if a := one(); a.Used || a.Type() != "OpenID Connect" {
		t.Errorf("before it is set up: %v, %s", a.Used, a.Type())
	}
	r.credential(t, domain.RingCentral, map[string]string{"key": "a.jwt"})
	if a := one(); !a.Used || a.Type() != "OAuth 2 with a JWT" || a.OAuth.ClientID != "app" {
		t.Errorf("with a JWT: %v, %s, %s", a.Used, a.Type(), a.OAuth.ClientID)
	}
}

package api

import (
	"context"
	"net/http"
	"net/url"
	"regexp"

	"github.com/danielgtaylor/huma/v2"

	"earshot/internal/domain"
	"earshot/internal/identity"
)

// Where people go to sign in through the company's OpenID provider, and where they come back to.
const (
	ssoPath         = "/login/sso"
	ssoCallbackPath = "/login/sso/callback"
)

// SSOSettings say how people sign in through the company's OpenID provider.
type SSOSettings struct {
	domain.SSOSettings
	SecretSet bool   `json:"secret_set" doc:"A client secret is kept for this issuer and client"`
	Callback  string `json:"callback" doc:"Address to register at the OpenID provider"`
}

type ssoIn struct {
	browser string
}

// Resolve keeps the address under which the browser reaches Earshot.
func (in *ssoIn) Resolve(ctx huma.Context) []error {
	in.browser = browserAddress(ctx.Host(), ctx.Header("X-Forwarded-Proto"))
	return nil
}

type saveSSOIn struct {
	ssoIn
	Body struct {
		domain.SSOSettings
		Secret *string `json:"secret,omitempty" maxLength:"4096" doc:"Left out: as it is; empty: forgotten"`
	}
}

func (a *API) registerSSO(h huma.API) {
	read := func(ctx context.Context, browser string) (*bodyOut[SSOSettings], error) {
		s, kept, err := a.Identity.SSO(ctx, actor(ctx))
		if err != nil {
			return nil, a.fail(ctx, err)
		}
		return &bodyOut[SSOSettings]{SSOSettings{s, kept, a.address(browser) + ssoCallbackPath}}, nil
	}
	huma.Register(h, op("GET", "/settings/sso", "get-sso-settings", "How people sign in through the company's OpenID provider", "settings"), func(ctx context.Context, in *ssoIn) (*bodyOut[SSOSettings], error) {
		return read(ctx, in.browser)
	})
	huma.Register(h, op("PUT", "/settings/sso", "save-sso-settings", "Change how people sign in; passwords go on to work", "settings", 422), func(ctx context.Context, in *saveSSOIn) (*bodyOut[SSOSettings], error) {
		if err := a.Identity.SaveSSO(ctx, actor(ctx), in.Body.SSOSettings, in.Body.Secret); err != nil {
			return nil, a.fail(ctx, err)
		}
		return read(ctx, in.browser)
	})
}

// ownPath is a path of our own: no address of elsewhere can look like one.
var ownPath = regexp.MustCompile(`^/([^/\\].*)?$`)

func (a *API) stateCookie(state string, seconds int) *http.Cookie {
	name := "earshot-sso"
	if a.Secure {
		name = "__Host-earshot-sso"
	}
	return &http.Cookie{Name: name, Value: state, Path: "/", MaxAge: seconds, HttpOnly: true, Secure: a.Secure, SameSite: http.SameSiteLaxMode}
}

func (a *API) ssoCallback(r *http.Request) string {
	return a.address(browserAddress(r.Host, r.Header.Get("X-Forwarded-Proto"))) + ssoCallbackPath
}

// startSSO sends a person to the OpenID provider. The browser keeps the state, so that nobody can be signed in as somebody else by a link.
func (a *API) startSSO(w http.ResponseWriter, r *http.Request) {
	next := r.URL.Query().Get("next")
	if !ownPath.MatchString(next) || len(next) > 1000 {
		next = "/"
	}
	ctx := domain.WithOrigin(r.Context(), domain.Origin{Address: hostOf(r.RemoteAddr), Browser: r.UserAgent()})
	address, state, err := a.Identity.StartSSO(ctx, a.ssoCallback(r), next)
	if err != nil {
		a.ssoProblem(w, r, err)
		return
	}
	http.SetCookie(w, a.stateCookie(state, 600))
	w.Header().Set("Cache-Control", "no-store")
	http.Redirect(w, r, address, http.StatusSeeOther)
}

func (a *API) finishSSO(w http.ResponseWriter, r *http.Request) {
	known := ""
	if c, err := r.Cookie(a.stateCookie("", 0).Name); err == nil {
		known = c.Value
	}
	http.SetCookie(w, a.stateCookie("", -1))
	w.Header().Set("Cache-Control", "no-store")
	q := r.URL.Query()
	ctx := domain.WithOrigin(r.Context(), domain.Origin{Address: hostOf(r.RemoteAddr), Browser: r.UserAgent()})
	token, next, err := a.Identity.FinishSSO(ctx, a.ssoCallback(r), identity.Returned{State: q.Get("state"), Known: known, Code: q.Get("code"), Refusal: q.Get("error")})
	if err != nil {
		a.ssoProblem(w, r, err)
		return
	}
	cookie := a.cookie(token, identity.SessionLife)
	http.SetCookie(w, &cookie)
	http.Redirect(w, r, next, http.StatusSeeOther)
}

// ssoProblem leads back to the sign-in page, which says what went wrong. The address holds a code, not a text: anybody can make a link.
func (a *API) ssoProblem(w http.ResponseWriter, r *http.Request, err error) {
	a.Logger.WarnContext(r.Context(), "single sign-on did not succeed", "code", domain.CodeOf(err), "error", err)
	http.Redirect(w, r, "/login?problem="+url.QueryEscape(domain.CodeOf(err)), http.StatusSeeOther)
}

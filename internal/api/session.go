package api

import (
	"context"
	"net"
	"net/http"
	"strings"
	"time"

	"github.com/danielgtaylor/huma/v2"

	"earshot/internal/domain"
	"earshot/internal/identity"
)

// SessionUser is the signed-in user.
type SessionUser struct {
	ID             string   `json:"id"`
	Name           string   `json:"name"`
	Email          string   `json:"email"`
	Profile        string   `json:"profile"`
	Permissions    []string `json:"permissions"`
	VoiceConnector bool     `json:"voice_connector" doc:"Sees the pages of the Voice Connector app"`
}

// Session is what the UI asks first.
type Session struct {
	SetupNeeded bool         `json:"setup_needed" doc:"There is no admin yet"`
	User        *SessionUser `json:"user,omitempty"`
	Version     string       `json:"version"`
	Demo        bool         `json:"demo"`
	SSO         string       `json:"sso" doc:"Text of the button for single sign-on at /login/sso; empty while it is off"`
}

type signedIn struct {
	SetCookie http.Cookie `header:"Set-Cookie"`
	Body      SessionUser
}

type userKey struct{}

// actor is the signed-in user of a request.
func actor(ctx context.Context) domain.User {
	u, _ := ctx.Value(userKey{}).(domain.User)
	return u
}

func cookieName(secure bool) string {
	if secure {
		return "__Host-earshot"
	}
	return "earshot"
}

func (a *API) cookie(token string, life time.Duration) http.Cookie {
	return http.Cookie{Name: cookieName(a.Secure), Value: token, Path: "/", MaxAge: int(life.Seconds()), HttpOnly: true, Secure: a.Secure, SameSite: http.SameSiteLaxMode}
}

// authenticate lets operations with security through for who shows a session or an API token. All operations know from where they are
// asked for.
func (a *API) authenticate(h huma.API) func(huma.Context, func(huma.Context)) {
	return func(ctx huma.Context, next func(huma.Context)) {
		asked := domain.WithOrigin(ctx.Context(), domain.Origin{Address: hostOf(ctx.RemoteAddr()), Browser: ctx.Header("User-Agent")})
		if !guarded(ctx.Operation()) {
			next(huma.WithContext(ctx, asked))
			return
		}
		asked, user, err := a.Identity.Identify(asked, identity.Shown{Session: tokenOf(a, ctx), Bearer: bearerOf(ctx.Header("Authorization")), Write: ctx.Method() != http.MethodGet})
		if err != nil {
			writeProblem(h, ctx, a.fail(asked, err))
			return
		}
		next(huma.WithValue(huma.WithContext(ctx, asked), userKey{}, user))
	}
}

// hostOf is the address without its port.
func hostOf(remote string) string {
	host, _, err := net.SplitHostPort(remote)
	if err != nil {
		return remote
	}
	return host
}

// bearerOf is the token of an Authorization header (RFC 6750); empty without one.
func bearerOf(header string) string {
	scheme, token, _ := strings.Cut(header, " ")
	if !strings.EqualFold(scheme, "Bearer") {
		return ""
	}
	return strings.TrimSpace(token)
}

func tokenOf(a *API, ctx huma.Context) string {
	if c, err := huma.ReadCookie(ctx, cookieName(a.Secure)); err == nil {
		return c.Value
	}
	return ""
}

func writeProblem(h huma.API, ctx huma.Context, err error) {
	p := err.(*problem)
	ctx.SetHeader("Content-Type", "application/problem+json")
	ctx.SetStatus(p.Status)
	_ = h.Marshal(ctx.BodyWriter(), "application/json", p) // the client has gone if this fails
}

func (a *API) sessionUser(ctx context.Context, u domain.User) (SessionUser, error) {
	s := SessionUser{ID: u.ID, Name: u.Name, Email: u.Email, Profile: u.Profile, Permissions: []string{}}
	for _, p := range domain.Permissions() {
		if u.Can(p, a.Now()) {
			s.Permissions = append(s.Permissions, p)
		}
	}
	var err error
	s.VoiceConnector, err = a.Connector.Sees(ctx, u)
	return s, err
}

type credentialsIn struct {
	Body struct {
		Email    string `json:"email" maxLength:"254"`
		Password string `json:"password" maxLength:"1024"`
	}
}

type setupIn struct {
	Body struct {
		Code     string `json:"code" maxLength:"100" doc:"Printed in the terminal where Earshot was started"`
		Name     string `json:"name" minLength:"1" maxLength:"200"`
		Email    string `json:"email" maxLength:"254"`
		Password string `json:"password" maxLength:"1024"`
	}
}

type sessionIn struct {
	Cookie string `cookie:"earshot"`
	Host   string `cookie:"__Host-earshot"`
}

func (s *sessionIn) token(secure bool) string {
	if secure {
		return s.Host
	}
	return s.Cookie
}

func (a *API) registerSession(h huma.API) {
	huma.Register(h, op("GET", "/session", "get-session", "Who is signed in, and whether Earshot is set up", tagPublic), func(ctx context.Context, in *sessionIn) (*bodyOut[Session], error) {
		needed, err := a.Identity.SetupNeeded(ctx)
		if err != nil {
			return nil, a.fail(ctx, err)
		}
		button, err := a.Identity.SSOButton(ctx)
		if err != nil {
			return nil, a.fail(ctx, err)
		}
		s := Session{SetupNeeded: needed, Version: a.Version, Demo: a.Demo, SSO: button}
		if user, err := a.Identity.Authenticate(ctx, in.token(a.Secure)); err == nil {
			su, err := a.sessionUser(ctx, user)
			if err != nil {
				return nil, a.fail(ctx, err)
			}
			s.User = &su
		}
		return &bodyOut[Session]{s}, nil
	})
	huma.Register(h, op("POST", "/setup", "set-up", "Make the first admin and sign in", tagPublic, 403, 409, 422), func(ctx context.Context, in *setupIn) (*signedIn, error) {
		user, err := a.Identity.SetUp(ctx, in.Body.Code, in.Body.Name, in.Body.Email, in.Body.Password)
		if err != nil {
			return nil, a.fail(ctx, err)
		}
		token, err := a.Identity.StartSession(ctx, user, "set-up")
		return a.signIn(ctx, token, user, err)
	})
	huma.Register(h, op("POST", "/session", "sign-in", "Sign in", tagPublic, 401, 422, 429), func(ctx context.Context, in *credentialsIn) (*signedIn, error) {
		token, user, err := a.Identity.Login(ctx, in.Body.Email, in.Body.Password, domain.OriginOf(ctx).Address)
		return a.signIn(ctx, token, user, err)
	})
	signOut := op("DELETE", "/session", "sign-out", "Sign out", tagPublic)
	signOut.DefaultStatus = http.StatusNoContent
	huma.Register(h, signOut, func(ctx context.Context, in *sessionIn) (*struct {
		SetCookie http.Cookie `header:"Set-Cookie"`
	}, error) {
		if err := a.Identity.Logout(ctx, in.token(a.Secure)); err != nil {
			return nil, a.fail(ctx, err)
		}
		return &struct {
			SetCookie http.Cookie `header:"Set-Cookie"`
		}{a.cookie("", -time.Second)}, nil
	})
}

func (a *API) signIn(ctx context.Context, token string, user domain.User, err error) (*signedIn, error) {
	if err != nil {
		return nil, a.fail(ctx, err)
	}
	su, err := a.sessionUser(ctx, user)
	if err != nil {
		return nil, a.fail(ctx, err)
	}
	return &signedIn{a.cookie(token, identity.SessionLife), su}, nil
}

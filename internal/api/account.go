package api

import (
	"context"
	"net/http"
	"strings"
	"time"

	"github.com/danielgtaylor/huma/v2"

	"earshot/internal/domain"
	"earshot/internal/identity"
	"earshot/internal/store"
)

// AccountSession is one of the user's own sessions.
type AccountSession struct {
	ID        string    `json:"id"`
	Current   bool      `json:"current" doc:"The one that asks"`
	Address   string    `json:"address" doc:"From where the user signed in"`
	Browser   string    `json:"browser" doc:"As it calls itself"`
	CreatedAt time.Time `json:"created_at"`
	SeenAt    time.Time `json:"seen_at"`
	ExpiresAt time.Time `json:"expires_at"`
}

// APIToken lets a program act as a user.
type APIToken struct {
	ID          string     `json:"id"`
	UserID      string     `json:"user_id"`
	User        string     `json:"user"`
	Name        string     `json:"name"`
	Prefix      string     `json:"prefix" doc:"First letters of the token, by which it is known"`
	ReadOnly    bool       `json:"read_only"`
	CreatedAt   time.Time  `json:"created_at"`
	ExpiresAt   *time.Time `json:"expires_at,omitempty" doc:"Absent: never"`
	Expired     bool       `json:"expired"`
	LastUsedAt  *time.Time `json:"last_used_at,omitempty"`
	LastAddress string     `json:"last_address"`
}

// NewAPIToken is a token with its secret, which is shown once.
type NewAPIToken struct {
	APIToken
	Token string `json:"token" doc:"To be sent as Authorization: Bearer; it cannot be shown again"`
}

// PasswordLink is an address at which a user sets a password once.
type PasswordLink struct {
	URL       string    `json:"url"`
	ExpiresAt time.Time `json:"expires_at"`
}

// Ended says how many sessions ended.
type Ended struct {
	Sessions int `json:"sessions"`
}

type newTokenIn struct {
	Body struct {
		Name      string    `json:"name" minLength:"1" maxLength:"100"`
		ExpiresAt time.Time `json:"expires_at,omitempty" doc:"Left out: never"`
		ReadOnly  bool      `json:"read_only,omitempty"`
	}
}

type changePasswordIn struct {
	Body struct {
		Old string `json:"old" maxLength:"1024"`
		New string `json:"new" maxLength:"1024"`
	}
}

type useLinkIn struct {
	Body struct {
		Link     string `json:"link" maxLength:"200" doc:"What follows # in the address of the link"`
		Password string `json:"password" maxLength:"1024"`
	}
}

type passwordLinkIn struct {
	IDPath
	browser string
}

// Resolve keeps the address under which the browser reaches Earshot.
func (in *passwordLinkIn) Resolve(ctx huma.Context) []error {
	in.browser = browserAddress(ctx.Host(), ctx.Header("X-Forwarded-Proto"))
	return nil
}

func (a *API) tokenBody(t store.APIToken, user string) APIToken {
	return APIToken{
		ID: t.ID, UserID: t.UserID, User: user, Name: t.Name, Prefix: t.Prefix, ReadOnly: t.ReadOnly, CreatedAt: t.CreatedAt.UTC(), ExpiresAt: optional(t.ExpiresAt),
		Expired: !t.ExpiresAt.IsZero() && !a.Now().Before(t.ExpiresAt), LastUsedAt: optional(t.LastUsedAt), LastAddress: t.LastAddress,
	}
}

// gone is an operation that answers without a body.
func gone(o huma.Operation) huma.Operation {
	o.DefaultStatus = http.StatusNoContent
	return o
}

func (a *API) registerAccount(h huma.API) {
	huma.Register(h, op("GET", "/account/sessions", "list-sessions", "Where the signed-in user is signed in", "account"), func(ctx context.Context, _ *empty) (*listOut[AccountSession], error) {
		sessions, err := a.Identity.Sessions(ctx, actor(ctx))
		if err != nil {
			return nil, a.fail(ctx, err)
		}
		current := domain.OriginOf(ctx).Session
		return listOf(sessions, "", func(s store.Session) AccountSession {
			return AccountSession{s.ID, s.ID == current, s.Address, s.Browser, s.CreatedAt.UTC(), s.SeenAt.UTC(), s.ExpiresAt.UTC()}
		}), nil
	})
	huma.Register(h, gone(op("DELETE", "/account/sessions/{id}", "end-session", "End one of the user's own sessions", "account", 404)), func(ctx context.Context, in *IDPath) (*empty, error) {
		return nil, a.failed(ctx, a.Identity.EndSession(ctx, actor(ctx), in.ID))
	})
	huma.Register(h, op("DELETE", "/account/sessions", "sign-out-everywhere", "End all of the user's own sessions, this one as well", "account"), func(ctx context.Context, _ *empty) (*bodyOut[Ended], error) {
		return a.signOut(ctx, actor(ctx).ID)
	})
	huma.Register(h, gone(op("PUT", "/account/password", "change-password", "Change the user's own password; their other sessions end", "account", 422, 429)), func(ctx context.Context, in *changePasswordIn) (*empty, error) {
		return nil, a.failed(ctx, a.Identity.ChangePassword(ctx, actor(ctx), in.Body.Old, in.Body.New))
	})
	huma.Register(h, op("DELETE", "/users/{id}/sessions", "sign-out-user", "Sign a user out everywhere", "users", 404), func(ctx context.Context, in *IDPath) (*bodyOut[Ended], error) {
		return a.signOut(ctx, in.ID)
	})
	huma.Register(h, op("POST", "/users/{id}/password-link", "create-password-link", "An address at which the user sets a password once; earlier ones end", "users", 404, 409), func(ctx context.Context, in *passwordLinkIn) (*bodyOut[PasswordLink], error) {
		secret, expires, err := a.Identity.PasswordLink(ctx, actor(ctx), in.ID)
		if err != nil {
			return nil, a.fail(ctx, err)
		}
		return &bodyOut[PasswordLink]{PasswordLink{a.address(in.browser) + "/set-password#" + secret, expires.UTC()}}, nil
	})
	huma.Register(h, op("POST", "/password", "use-password-link", "Set a password with a link, and sign in", tagPublic, 403, 404, 422, 429), func(ctx context.Context, in *useLinkIn) (*signedIn, error) {
		user, err := a.Identity.UsePasswordLink(ctx, in.Body.Link, in.Body.Password)
		if err != nil {
			return nil, a.fail(ctx, err)
		}
		token, err := a.Identity.StartSession(ctx, user, "password link")
		return a.signIn(ctx, token, user, err)
	})
	a.registerTokens(h)
}

// address is where people reach Earshot: its public address, or where none is set the one that the browser uses.
func (a *API) address(browser string) string {
	if a.PublicURL != "" {
		browser = a.PublicURL
	}
	return strings.TrimRight(browser, "/")
}

func (a *API) signOut(ctx context.Context, userID string) (*bodyOut[Ended], error) {
	n, err := a.Identity.SignOutEverywhere(ctx, actor(ctx), userID)
	if err != nil {
		return nil, a.fail(ctx, err)
	}
	return &bodyOut[Ended]{Ended{n}}, nil
}

func (a *API) registerTokens(h huma.API) {
	huma.Register(h, op("GET", "/account/tokens", "list-own-tokens", "API tokens of the signed-in user", "api tokens"), func(ctx context.Context, _ *empty) (*listOut[APIToken], error) {
		tokens, err := a.Identity.Tokens(ctx, actor(ctx))
		if err != nil {
			return nil, a.fail(ctx, err)
		}
		return listOf(tokens, "", func(t store.APIToken) APIToken { return a.tokenBody(t, actor(ctx).Name) }), nil
	})
	huma.Register(h, op("POST", "/account/tokens", "create-token", "Make an API token; the token itself is shown once", "api tokens", 409, 422), func(ctx context.Context, in *newTokenIn) (*bodyOut[NewAPIToken], error) {
		token, t, err := a.Identity.CreateToken(ctx, actor(ctx), identity.NewToken{Name: in.Body.Name, ExpiresAt: in.Body.ExpiresAt, ReadOnly: in.Body.ReadOnly})
		if err != nil {
			return nil, a.fail(ctx, err)
		}
		return &bodyOut[NewAPIToken]{NewAPIToken{a.tokenBody(t, actor(ctx).Name), token}}, nil
	})
	huma.Register(h, gone(op("DELETE", "/account/tokens/{id}", "revoke-own-token", "Revoke one of the user's own API tokens", "api tokens", 404)), func(ctx context.Context, in *IDPath) (*empty, error) {
		return nil, a.failed(ctx, a.Identity.RevokeToken(ctx, actor(ctx), in.ID))
	})
	huma.Register(h, op("GET", "/api-tokens", "list-tokens", "API tokens of all users", "api tokens"), func(ctx context.Context, _ *empty) (*listOut[APIToken], error) {
		tokens, err := a.Identity.AllTokens(ctx, actor(ctx))
		if err != nil {
			return nil, a.fail(ctx, err)
		}
		users, err := a.Store.Users(ctx)
		if err != nil {
			return nil, a.fail(ctx, err)
		}
		names := map[string]string{}
		for _, u := range users {
			names[u.ID] = u.Name
		}
		return listOf(tokens, "", func(t store.APIToken) APIToken { return a.tokenBody(t, names[t.UserID]) }), nil
	})
	huma.Register(h, gone(op("DELETE", "/api-tokens/{id}", "revoke-token", "Revoke an API token of any user", "api tokens", 404)), func(ctx context.Context, in *IDPath) (*empty, error) {
		return nil, a.failed(ctx, a.Identity.RevokeAnyToken(ctx, actor(ctx), in.ID))
	})
}

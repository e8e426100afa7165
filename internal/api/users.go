package api

import (
	"context"
	"time"

	"github.com/danielgtaylor/huma/v2"

	"earshot/internal/domain"
	"earshot/internal/identity"
)

// Phone is a number of a user with its validity.
type Phone struct {
	Number string     `json:"number"`
	From   *time.Time `json:"from,omitempty"`
	To     *time.Time `json:"to,omitempty"`
}

// Assignment is a permission set that a user holds or held.
type Assignment struct {
	Set  string     `json:"set"`
	From *time.Time `json:"from,omitempty"`
	To   *time.Time `json:"to,omitempty"`
}

// User is a person of the company.
type User struct {
	ID             string            `json:"id"`
	Name           string            `json:"name"`
	Email          string            `json:"email"`
	Profile        string            `json:"profile"`
	Active         bool              `json:"active"`
	Identifiers    map[string]string `json:"identifiers" doc:"The user's id at each provider"`
	Phones         []Phone           `json:"phones"`
	PermissionSets []Assignment      `json:"permission_sets"`
	LastModifiedAt time.Time         `json:"last_modified_at"`
}

// PermissionSets of this installation.
type PermissionSets struct {
	Items       []string `json:"items"`
	InsightSets []string `json:"insight_sets" doc:"One of these lets a user's calls be processed"`
	Profiles    []string `json:"profiles"`
}

type userBody struct {
	Name           string            `json:"name" minLength:"1" maxLength:"200"`
	Email          string            `json:"email" maxLength:"254"`
	Profile        string            `json:"profile,omitempty"`
	Identifiers    map[string]string `json:"identifiers,omitempty"`
	Phones         []string          `json:"phones,omitempty" maxItems:"100"`
	PermissionSets []string          `json:"permission_sets,omitempty" maxItems:"50"`
}

type createUserIn struct{ Body userBody }

type saveUserIn struct {
	IDPath
	Body userBody
}

func (b userBody) input() identity.UserInput {
	in := identity.UserInput{Name: b.Name, Email: b.Email, Profile: b.Profile, Phones: b.Phones, PermissionSets: b.PermissionSets, Identifiers: map[domain.Provider]string{}}
	for p, id := range b.Identifiers {
		in.Identifiers[domain.Provider(p)] = id
	}
	return in
}

func userOut(u domain.User) User {
	out := User{ID: u.ID, Name: u.Name, Email: u.Email, Profile: u.Profile, Active: u.Active, Identifiers: map[string]string{}, Phones: []Phone{}, PermissionSets: []Assignment{}, LastModifiedAt: u.LastModifiedAt.UTC()}
	for p, id := range u.Identifiers {
		out.Identifiers[string(p)] = id
	}
	for _, p := range u.Phones {
		out.Phones = append(out.Phones, Phone{p.Number, optional(p.From), optional(p.To)})
	}
	for _, s := range u.PermissionSets {
		out.PermissionSets = append(out.PermissionSets, Assignment{s.Set, optional(s.From), optional(s.To)})
	}
	return out
}

func (a *API) registerUsers(h huma.API) {
	huma.Register(h, op("GET", "/users", "list-users", "All users", "users"), func(ctx context.Context, _ *empty) (*listOut[User], error) {
		users, err := a.Identity.Users(ctx, actor(ctx))
		if err != nil {
			return nil, a.fail(ctx, err)
		}
		return listOf(users, "", userOut), nil
	})
	save := func(ctx context.Context, id string, b userBody) (*bodyOut[User], error) {
		u, err := a.Identity.SaveUser(ctx, actor(ctx), id, b.input())
		if err != nil {
			return nil, a.fail(ctx, err)
		}
		return &bodyOut[User]{userOut(u)}, nil
	}
	huma.Register(h, op("POST", "/users", "create-user", "Create a user", "users", 409, 422), func(ctx context.Context, in *createUserIn) (*bodyOut[User], error) {
		return save(ctx, "", in.Body)
	})
	huma.Register(h, op("PUT", "/users/{id}", "save-user", "Change a user; numbers and sets that are left out end now", "users", 404, 409, 422), func(ctx context.Context, in *saveUserIn) (*bodyOut[User], error) {
		return save(ctx, in.ID, in.Body)
	})
	huma.Register(h, op("GET", "/permission-sets", "list-permission-sets", "Permission sets and profiles", "users"), func(context.Context, *empty) (*bodyOut[PermissionSets], error) {
		return &bodyOut[PermissionSets]{PermissionSets{domain.PermissionSets(), domain.InsightSets(), domain.Profiles()}}, nil
	})
	a.registerSettings(h)
}

type settingsBody struct{ Body domain.GeneralSettings }

func (a *API) registerSettings(h huma.API) {
	huma.Register(h, op("GET", "/settings/general", "get-general-settings", "General settings", "settings"), func(ctx context.Context, _ *empty) (*settingsBody, error) {
		s, err := a.Connector.Settings(ctx, actor(ctx))
		if err != nil {
			return nil, a.fail(ctx, err)
		}
		return &settingsBody{s}, nil
	})
	huma.Register(h, op("PUT", "/settings/general", "save-general-settings", "Change the general settings", "settings"), func(ctx context.Context, in *settingsBody) (*settingsBody, error) {
		if err := a.Connector.SaveSettings(ctx, actor(ctx), in.Body); err != nil {
			return nil, a.fail(ctx, err)
		}
		return in, nil
	})
}

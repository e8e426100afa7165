package api

import (
	"context"
	"net/http"
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
	PermissionSets []Assignment      `json:"permission_sets" doc:"Held, and held before: a call is judged by what its user held when it took place"`
	ManagerID      string            `json:"manager_id" doc:"Sees the calls of everybody below"`
	LastModifiedAt time.Time         `json:"last_modified_at" doc:"Last Modified Date: of several users that match a call, the one changed last gets it"`
}

// PermissionSets of this installation.
type PermissionSets struct {
	Items       []string `json:"items"`
	InsightSets []string `json:"insight_sets" doc:"One of these lets a user's calls be processed"`
	Profiles    []string `json:"profiles"`

	Sets []PermissionSet `json:"sets"`
}

// PermissionSet is one with what it gives.
type PermissionSet struct {
	Name    string `json:"name"`
	Gives   string `json:"gives"`
	Insight bool   `json:"insight" doc:"Lets the calls of its users be processed"`
	Holders int    `json:"holders" doc:"Active users who hold it now"`
}

type assignIn struct {
	Body struct {
		Set   string   `json:"set" maxLength:"200"`
		Users []string `json:"users" minItems:"1" maxItems:"10000" doc:"Ids"`
		Hold  bool     `json:"hold" doc:"false ends it now"`
	}
}

type usersIn struct {
	Query   string `query:"q" maxLength:"200" doc:"Part of the name, e-mail address, a number or an identifier"`
	Active  string `query:"active" enum:"true,false"`
	Profile string `query:"profile" maxLength:"200"`
	Set     string `query:"permission_set" maxLength:"200" doc:"That they hold now"`
	Cursor  string `query:"cursor" maxLength:"200"`
	Limit   int    `query:"limit" minimum:"0" maximum:"500" doc:"0: all at once"`
}

type userBody struct {
	Name           string            `json:"name" minLength:"1" maxLength:"200"`
	Email          string            `json:"email" maxLength:"254"`
	Profile        string            `json:"profile,omitempty"`
	Identifiers    map[string]string `json:"identifiers,omitempty"`
	Phones         []string          `json:"phones,omitempty" maxItems:"100"`
	PermissionSets []string          `json:"permission_sets,omitempty" maxItems:"50"`
	PhonePeriods   []Phone           `json:"phone_periods,omitempty" maxItems:"100" doc:"Numbers with their validity, in the place of phones"`
	ManagerID      *string           `json:"manager_id,omitempty" maxLength:"64" doc:"Empty: nobody; left out: as it is"`
	Active         *bool             `json:"active,omitempty" doc:"Left out: as it is"`
	LastModifiedAt *time.Time        `json:"last_modified_at,omitempty" doc:"What you saw; a user that changed since gives 409"`
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
	in.ManagerID, in.Active, in.Seen = b.ManagerID, b.Active, timeIn(b.LastModifiedAt)
	for _, p := range b.PhonePeriods {
		in.Periods = append(in.Periods, domain.UserPhone{Number: p.Number, From: timeIn(p.From), To: timeIn(p.To)})
	}
	return in
}

func userOut(u domain.User) User {
	out := User{ID: u.ID, Name: u.Name, Email: u.Email, Profile: u.Profile, Active: u.Active, Identifiers: map[string]string{}, Phones: []Phone{}, PermissionSets: []Assignment{}, ManagerID: u.ManagerID, LastModifiedAt: u.LastModifiedAt.UTC()}
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
	huma.Register(h, op("GET", "/users", "list-users", "Users by name", "users", 422), func(ctx context.Context, in *usersIn) (*listOut[User], error) {
		f := identity.UserFilter{Query: in.Query, Profile: in.Profile, Set: in.Set, Cursor: in.Cursor, Limit: in.Limit}
		if active := in.Active == "true"; in.Active != "" {
			f.Active = &active
		}
		users, next, err := a.Identity.List(ctx, actor(ctx), f)
		if err != nil {
			return nil, a.fail(ctx, err)
		}
		return listOf(users, next, userOut), nil
	})
	huma.Register(h, op("GET", "/users/{id}", "get-user", "One user", "users", 404), func(ctx context.Context, in *IDPath) (*bodyOut[User], error) {
		u, err := a.Identity.User(ctx, actor(ctx), in.ID)
		if err != nil {
			return nil, a.fail(ctx, err)
		}
		return &bodyOut[User]{userOut(u)}, nil
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
	huma.Register(h, op("GET", "/permission-sets", "list-permission-sets", "Permission sets and profiles", "users"), func(ctx context.Context, _ *empty) (*bodyOut[PermissionSets], error) {
		sets, err := a.Identity.Sets(ctx, actor(ctx))
		if err != nil {
			return nil, a.fail(ctx, err)
		}
		out := PermissionSets{Items: domain.PermissionSets(), InsightSets: domain.InsightSets(), Profiles: domain.Profiles()}
		for _, s := range sets {
			out.Sets = append(out.Sets, PermissionSet(s))
		}
		return &bodyOut[PermissionSets]{out}, nil
	})
	assign := op("POST", "/permission-sets/assignments", "assign-permission-set", "Give a permission set to several users from now on, or end it", "users", 404, 422)
	assign.DefaultStatus = http.StatusNoContent
	huma.Register(h, assign, func(ctx context.Context, in *assignIn) (*struct{}, error) {
		if err := a.Identity.Assign(ctx, actor(ctx), in.Body.Set, in.Body.Users, in.Body.Hold); err != nil {
			return nil, a.fail(ctx, err)
		}
		return nil, nil
	})
	a.registerUserFiles(h)
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

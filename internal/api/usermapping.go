package api

import (
	"context"

	"github.com/danielgtaylor/huma/v2"

	"earshot/internal/domain"
	"earshot/internal/identity"
)

// ProviderUser is a person as a provider knows them, beside the user of ours.
type ProviderUser struct {
	Identifier  string   `json:"identifier" doc:"What goes into the user's identifier field"`
	Name        string   `json:"name"`
	Email       string   `json:"email"`
	Phones      []string `json:"phones" nullable:"false"`
	UserID      string   `json:"user_id" doc:"Who has the identifier; empty: nobody"`
	SuggestedID string   `json:"suggested_id" doc:"Who may be the same person; empty: somebody has it, or exactly one who is alike was not found"`
	SuggestedBy string   `json:"suggested_by" enum:"email,phone,name," doc:"By what"`
}

// UserLink says whose identifier it is.
type UserLink struct {
	UserID     string `json:"user_id" maxLength:"60"`
	Identifier string `json:"identifier" maxLength:"200" doc:"Empty: the field is emptied"`
}

// LinkedUsers is what linking did.
type LinkedUsers struct {
	Count int `json:"count" doc:"Users that were changed"`
}

// maxLinkBytes is enough for a link of each of 20,000 users.
const maxLinkBytes = 8 << 20

type linkUsersIn struct {
	ProviderPath
	Body struct {
		Links []UserLink `json:"links" nullable:"false" maxItems:"20000" minItems:"1"`
	}
}

func mappingBody(m domain.UserMapping) ProviderUser {
	return ProviderUser{m.Identifier, m.Name, m.Email, append([]string{}, m.Phones...), m.UserID, m.SuggestedID, string(m.By)}
}

func (a *API) registerUserMapping(h huma.API) {
	huma.Register(h, op("GET", "/connectors/{provider}/users", "list-provider-users", "The provider's users, asked for now, beside ours", "connectors", 404, 409, 502), func(ctx context.Context, in *ProviderPath) (*listOut[ProviderUser], error) {
		found, err := a.Connector.UserMappings(ctx, actor(ctx), in.name())
		if err != nil {
			return nil, a.fail(ctx, err)
		}
		return listOf(found, "", mappingBody), nil
	})
	link := op("POST", "/connectors/{provider}/users", "link-provider-users", "Fill the identifier field of users; all or none. Unmatched calls that fit start again", "connectors", 404, 409, 413, 422)
	link.MaxBodyBytes = maxLinkBytes
	huma.Register(h, link, func(ctx context.Context, in *linkUsersIn) (*bodyOut[LinkedUsers], error) {
		links := make([]identity.Link, 0, len(in.Body.Links))
		for _, l := range in.Body.Links {
			links = append(links, identity.Link{UserID: l.UserID, Identifier: l.Identifier})
		}
		changed, err := a.Identity.LinkUsers(ctx, actor(ctx), in.name(), links)
		if err != nil {
			return nil, a.fail(ctx, err)
		}
		return &bodyOut[LinkedUsers]{LinkedUsers{len(changed)}}, nil
	})
}

package dialpad

import (
	"cmp"
	"context"
	"strings"

	"earshot/internal/provider"
)

// user of the company (schema UserProto). The first of the e-mail addresses is the primary one.
type user struct {
	ID      ident `json:"id"`
	Name    text  `json:"display_name"`
	First   text  `json:"first_name"`
	Last    text  `json:"last_name"`
	Emails  texts `json:"emails"`
	Numbers texts `json:"phone_numbers"`
}

// ListUsers reads all users.
func (d *driver) ListUsers(ctx context.Context) ([]provider.User, error) {
	users := []provider.User{}
	err := pages(ctx, d.client, "/users", nil, func(found []user) bool {
		for _, u := range found {
			if u.ID != 0 {
				users = append(users, u.user(d.client.region()))
			}
		}
		return true
	})
	return users, err
}

func (u user) user(region string) provider.User {
	out := provider.User{ID: u.ID.String(), Name: cmp.Or(string(u.Name), strings.TrimSpace(string(u.First+" "+u.Last)))}
	if len(u.Emails) > 0 {
		out.Email = u.Emails[0]
	}
	for _, n := range u.Numbers {
		out.Phones = append(out.Phones, normal(region, text(n)))
	}
	return out
}

package connector

import (
	"context"
	"slices"
	"strings"

	"earshot/internal/domain"
	"earshot/internal/identity"
)

// UserMappings sets the provider's users, which it is asked for, beside ours; by name.
func (s *Service) UserMappings(ctx context.Context, actor domain.User, p domain.Provider) ([]domain.UserMapping, error) {
	if err := identity.Require(actor, domain.PermissionManageUsers, s.Now()); err != nil {
		return nil, err
	}
	v, err := s.view(ctx, p)
	if err != nil {
		return nil, err
	}
	if !v.Configured {
		return nil, domain.Errorf(domain.KindConflict, "not_configured", "enter and test the credential of %s first: it is asked for its users", v.Info.Name)
	}
	pc, err := s.Open(v.Connector)
	if err != nil {
		return nil, err
	}
	listed, err := pc.Users(ctx)
	if err != nil {
		return nil, err
	}
	theirs := make([]domain.ProviderUser, 0, len(listed))
	for _, u := range listed {
		theirs = append(theirs, domain.ProviderUser{Identifier: u.Identifier(), Name: u.Name, Email: u.Email, Phones: u.Phones})
	}
	slices.SortStableFunc(theirs, func(a, b domain.ProviderUser) int {
		return strings.Compare(strings.ToLower(a.Name), strings.ToLower(b.Name))
	})
	ours, err := s.Store.Users(ctx)
	return domain.MapUsers(p, theirs, ours, s.Now()), err
}

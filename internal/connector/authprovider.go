package connector

import (
	"context"

	"earshot/internal/domain"
	"earshot/internal/provider"
)

// AuthProvider is how the tokens of a connector are got (VC-6).
type AuthProvider struct {
	View
	OAuth provider.OAuth
	Used  bool // the credential that is kept needs it
}

// Type of the auth. provider, as Setup calls it.
func (a AuthProvider) Type() string {
	if a.OAuth.Assertion != "" {
		return "OAuth 2 with a JWT"
	}
	return "OpenID Connect"
}

// AuthProviders gives those of the providers that give tokens.
func (s *Service) AuthProviders(ctx context.Context, actor domain.User) ([]AuthProvider, error) {
	if err := s.mayCustomize(actor); err != nil {
		return nil, err
	}
	views, err := s.List(ctx, actor)
	if err != nil {
		return nil, err
	}
	out := []AuthProvider{}
	for _, v := range views {
		opener := s.Openers[v.Provider]
		if opener.OAuth == nil {
			continue
		}
		settings, err := merge(opener.Info.Settings, v.Settings, nil)
		if err != nil {
			settings = v.Settings // a required one is missing still
		}
		o, used := opener.OAuth(provider.Login{Credential: v.Credential.Fields, Settings: settings, BaseURL: settings["base_url"]})
		out = append(out, AuthProvider{v, o, used && v.Configured})
	}
	return out, nil
}

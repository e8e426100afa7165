package api

import (
	"context"
	"time"

	"github.com/danielgtaylor/huma/v2"

	"earshot/internal/connector"
)

// SiteRequest is something that came to a site from outside.
type SiteRequest struct {
	At     time.Time `json:"at"`
	Status int       `json:"status" doc:"Of the answer (HTTP)"`
	Why    string    `json:"why" doc:"Why it was refused; empty if it was taken"`
}

// ConnectorSite is the public address of a connector, with what came to it last.
type ConnectorSite struct {
	Provider   string        `json:"provider"`
	Name       string        `json:"name"`
	Site       Site          `json:"site"`
	On         bool          `json:"on"`
	Subscribed bool          `json:"subscribed"`
	Requests   []SiteRequest `json:"requests" nullable:"false" doc:"Newest first, at most 20"`
}

// AuthProvider is how the tokens of a connector are got.
type AuthProvider struct {
	Provider       string   `json:"provider"`
	Name           string   `json:"name"`
	Type           string   `json:"type"`
	Used           bool     `json:"used" doc:"The credential that is kept needs it; else the connector is asked with a key"`
	Status         string   `json:"status" enum:"Authenticated,Not authenticated,Expired,Revoked"`
	ClientID       string   `json:"client_id"`
	SecretSet      bool     `json:"secret_set"`
	AuthorizeURL   string   `json:"authorize_url"`
	TokenURL       string   `json:"token_url"`
	Callback       string   `json:"callback" doc:"Path of the address to register at the provider, or the whole of it where a public address is set"`
	Scopes         []string `json:"scopes" nullable:"false"`
	ClientInHeader bool     `json:"client_in_header" doc:"Send client credentials in header"`
}

func siteBody(s connector.Site) ConnectorSite {
	out := ConnectorSite{Provider: string(s.Provider), Name: s.Info.Name, On: s.On(), Subscribed: s.SubscriptionID != "", Requests: []SiteRequest{},
		Site: Site{Address: s.View.Site, Active: s.SiteActive, LastEventAt: optional(s.LastEventAt), Hint: siteHint(s.View)}}
	for _, r := range s.Requests {
		out.Requests = append(out.Requests, SiteRequest{r.At.UTC(), r.Status, r.Why})
	}
	return out
}

func authProviderBody(p connector.AuthProvider) AuthProvider {
	return AuthProvider{Provider: string(p.Provider), Name: p.Info.Name, Type: p.Type(), Used: p.Used, Status: string(p.Credential.Status), ClientID: p.OAuth.ClientID, SecretSet: p.OAuth.ClientSecret != "" || p.OAuth.Assertion != "",
		AuthorizeURL: p.OAuth.AuthURL, TokenURL: p.OAuth.TokenURL, Callback: p.Callback, Scopes: append([]string{}, p.OAuth.Scopes...), ClientInHeader: p.OAuth.ClientInHeader}
}

func (a *API) registerSites(h huma.API) {
	huma.Register(h, op("GET", "/sites", "list-sites", "Public addresses that receive events, with the last requests", "connectors"), func(ctx context.Context, _ *empty) (*listOut[ConnectorSite], error) {
		sites, err := a.Connector.Sites(ctx, actor(ctx))
		if err != nil {
			return nil, a.fail(ctx, err)
		}
		return listOf(sites, "", siteBody), nil
	})
	huma.Register(h, op("POST", "/connectors/{provider}/site/renew", "renew-site", "Give the site another secret path; the old one ends at once", "connectors", 404, 409), func(ctx context.Context, in *ProviderPath) (*bodyOut[Connector], error) {
		v, err := a.Connector.RenewSite(ctx, actor(ctx), in.name())
		return a.answer(ctx, v, err)
	})
	huma.Register(h, op("GET", "/auth-providers", "list-auth-providers", "How the tokens of connectors are got", "connectors"), func(ctx context.Context, _ *empty) (*listOut[AuthProvider], error) {
		found, err := a.Connector.AuthProviders(ctx, actor(ctx))
		if err != nil {
			return nil, a.fail(ctx, err)
		}
		return listOf(found, "", authProviderBody), nil
	})
}

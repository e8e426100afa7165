package api

import (
	"context"
	"net/http"
	"time"

	"github.com/danielgtaylor/huma/v2"

	"earshot/internal/connector"
	"earshot/internal/domain"
	"earshot/internal/phone"
	"earshot/internal/provider"
)

// Field of a form; Value is empty for secrets.
type Field struct {
	Name     string   `json:"name"`
	Label    string   `json:"label"`
	Help     string   `json:"help"`
	Default  string   `json:"default"`
	Secret   bool     `json:"secret"`
	Required bool     `json:"required"`
	Long     bool     `json:"long" doc:"Of several lines"`
	Choices  []string `json:"choices" doc:"Only one of these, if there are any"`
	Set      bool     `json:"set" doc:"A value is kept"`
	Value    string   `json:"value" doc:"Empty for secrets"`
}

// CredentialKind is one way to authenticate at a provider.
type CredentialKind struct {
	Name   string   `json:"name"`
	Label  string   `json:"label"`
	Help   string   `json:"help"`
	Login  bool     `json:"login" doc:"A person signs in at the provider"`
	Fields []string `json:"fields" doc:"Names of the fields that it needs"`
}

// Pace is what is known of one group of a provider's limits.
type Pace struct {
	Group       string     `json:"group"`
	Requests    int        `json:"requests" doc:"Allowed in a span"`
	PerSeconds  float64    `json:"per_seconds"`
	Used        int        `json:"used" doc:"In the last span, and turns that were given"`
	PausedUntil *time.Time `json:"paused_until,omitempty"`
}

// Credential is the named credential of a connector.
type Credential struct {
	Status    string           `json:"status" enum:"Authenticated,Not authenticated,Expired,Revoked"`
	Scope     string           `json:"scope"`
	CheckedAt *time.Time       `json:"checked_at,omitempty"`
	Problem   string           `json:"problem"`
	Kind      string           `json:"kind" doc:"Name of the kind that is used; empty where there is one only"`
	Kinds     []CredentialKind `json:"kinds"`
	Fields    []Field          `json:"fields"`
	Callback  string           `json:"callback" doc:"Address to register at the provider for signing in; empty where nobody signs in"`
}

// Site is the public address that receives a provider's events.
type Site struct {
	Address     string     `json:"address" doc:"Empty where no public address is set: calls are then pulled only"`
	Active      bool       `json:"active"`
	Hint        string     `json:"hint"`
	LastEventAt *time.Time `json:"last_event_at,omitempty"`
}

// UserRef names a user.
type UserRef struct {
	ID   string `json:"id"`
	Name string `json:"name"`
}

// Connector is one provider set up in this installation.
type Connector struct {
	Provider        string     `json:"provider"`
	Name            string     `json:"name"`
	IdentifierField string     `json:"identifier_field" doc:"Name of the field of users that holds the provider's id of them"`
	Guide           string     `json:"guide" doc:"Markdown"`
	Limits          string     `json:"limits"`
	Prepare         []string   `json:"prepare" doc:"Markdown: what must be at hand before connecting"`
	Terms           Terms      `json:"terms"`
	Blockers        []Blocker  `json:"blockers" doc:"What stands in the way of enabling"`
	Missing         []string   `json:"missing" doc:"What the signed-in user lacks to be the integration user"`
	Configured      bool       `json:"configured"`
	Enabled         bool       `json:"enabled" doc:"Enable Integration"`
	ProviderEnabled bool       `json:"provider_enabled" doc:"The switch in General Settings"`
	On              bool       `json:"on"`
	Backfill        bool       `json:"backfill" doc:"Calls of the last seven days can be processed when it is enabled"`
	ProcessFrom     *time.Time `json:"process_from,omitempty" doc:"Calls started earlier are not processed"`
	Credential      Credential `json:"credential"`
	Settings        []Field    `json:"settings"`
	IntegrationUser *UserRef   `json:"integration_user,omitempty"`
	Site            Site       `json:"site"`
	Subscribed      bool       `json:"subscribed"`
	LastSyncAt      *time.Time `json:"last_sync_at,omitempty"`
	Paces           []Pace     `json:"paces" doc:"State of the provider's limits"`
}

// CheckItem is one thing that a test looked at.
type CheckItem struct {
	Name   string `json:"name"`
	Detail string `json:"detail"`
	Fix    string `json:"fix"`
	OK     bool   `json:"ok"`
}

// CheckReport is the answer of a test.
type CheckReport struct {
	OK      bool        `json:"ok"`
	Account string      `json:"account"`
	Scope   string      `json:"scope"`
	Items   []CheckItem `json:"items"`
}

// ExcludedNumber is one whose calls are never processed.
type ExcludedNumber struct {
	ID        string    `json:"id"`
	Number    string    `json:"number" doc:"E.164"`
	Display   string    `json:"display"`
	Note      string    `json:"note"`
	CreatedAt time.Time `json:"created_at"`
}

func optional(t time.Time) *time.Time {
	if t.IsZero() {
		return nil
	}
	t = t.UTC()
	return &t
}

func (a *API) connectorBody(ctx context.Context, v connector.View) Connector {
	c := Connector{
		Provider: string(v.Provider), Name: v.Info.Name, IdentifierField: domain.IdentifierField(v.Provider), Guide: v.Info.Guide, Limits: v.Info.Limits, Configured: v.Configured,
		Enabled: v.Enabled, ProviderEnabled: v.ProviderEnabled, On: v.On(), Backfill: v.Info.Abilities.Backfill,
		Settings: fields(v.Info.Settings, v.Connector.Settings), Subscribed: v.SubscriptionID != "", LastSyncAt: optional(v.LastSyncAt),
		Credential: Credential{Status: string(v.Credential.Status), Scope: v.Credential.Scope, CheckedAt: optional(v.Credential.CheckedAt),
			Problem: v.Credential.Problem, Fields: fields(v.Info.Credential, v.Credential.Fields), Kind: v.Kind(), Kinds: kindBodies(v.Info.Kinds), Callback: v.Callback},
		Site: Site{Address: v.Site, Active: v.SiteActive, LastEventAt: optional(v.LastEventAt), Hint: siteHint(v)},
	}
	c.Prepare, c.Terms, c.Blockers, c.Missing = append([]string{}, v.Info.Prepare...), termsBody(v.Terms), blockerBodies(v), append([]string{}, connector.MissingForIntegration(actor(ctx), a.Now())...)
	c.Paces = paces(v.Paces)
	if v.On() {
		c.ProcessFrom = optional(v.EnabledAt)
	}
	if v.IntegrationUserID != "" {
		if u, err := a.Store.User(ctx, v.IntegrationUserID); err == nil {
			c.IntegrationUser = &UserRef{u.ID, u.Name}
		}
	}
	return c
}

func kindBodies(declared []provider.CredentialKind) []CredentialKind {
	out := make([]CredentialKind, 0, len(declared))
	for _, k := range declared {
		out = append(out, CredentialKind{k.Name, k.Label, k.Help, k.Login, k.Fields})
	}
	return out
}

func paces(known []domain.Pace) []Pace {
	out := make([]Pace, 0, len(known))
	for _, p := range known {
		out = append(out, Pace{p.Quota.Group, p.Quota.Requests, p.Quota.Per.Seconds(), len(p.Sent), optional(p.Until)})
	}
	return out
}

func siteHint(v connector.View) string {
	if v.Site != "" {
		return "The provider must reach this address from the internet. It is registered at the provider by itself when the connector is enabled."
	}
	if !v.Configured {
		return "The address is made when the credential is saved."
	}
	return "No public address is set (EARSHOT_PUBLIC_URL), so calls are pulled every hour instead of arriving at once."
}

func fields(declared []provider.Field, values map[string]string) []Field {
	out := make([]Field, 0, len(declared))
	for _, f := range declared {
		field := Field{Name: f.Name, Label: f.Label, Help: f.Help, Default: f.Default, Secret: f.Secret, Required: f.Required, Long: f.Long, Choices: append([]string{}, f.Choices...), Set: values[f.Name] != ""}
		if !f.Secret {
			field.Value = values[f.Name]
		}
		out = append(out, field)
	}
	return out
}

// ProviderPath names the provider in a path.
type ProviderPath struct {
	Provider string `path:"provider" maxLength:"40"`
}

func (in ProviderPath) name() domain.Provider { return domain.Provider(in.Provider) }

type credentialIn struct {
	ProviderPath
	Body struct {
		Fields   map[string]string `json:"fields"`
		Settings map[string]string `json:"settings,omitempty"`
	}
}

type switchesIn struct {
	ProviderPath
	Body struct {
		Enabled         *bool `json:"enabled,omitempty"`
		ProviderEnabled *bool `json:"provider_enabled,omitempty"`
		DeleteJobs      bool  `json:"delete_jobs,omitempty" doc:"Delete scheduled jobs that remain and would stand in the way of enabling"`
	}
}

type siteIn struct {
	ProviderPath
	Body struct {
		Active bool `json:"active"`
	}
}

func (a *API) answer(ctx context.Context, v connector.View, err error) (*bodyOut[Connector], error) {
	if err != nil {
		return nil, a.fail(ctx, err)
	}
	return &bodyOut[Connector]{a.connectorBody(ctx, v)}, nil
}

func (a *API) registerConnectors(h huma.API) {
	huma.Register(h, op("GET", "/connectors", "list-connectors", "All providers, set up or not", "connectors"), func(ctx context.Context, _ *empty) (*listOut[Connector], error) {
		views, err := a.Connector.List(ctx, actor(ctx))
		if err != nil {
			return nil, a.fail(ctx, err)
		}
		return listOf(views, "", func(v connector.View) Connector { return a.connectorBody(ctx, v) }), nil
	})
	huma.Register(h, op("GET", "/connectors/{provider}", "get-connector", "One connector", "connectors", 404), func(ctx context.Context, in *ProviderPath) (*bodyOut[Connector], error) {
		v, err := a.Connector.Get(ctx, actor(ctx), in.name())
		return a.answer(ctx, v, err)
	})
	huma.Register(h, op("PUT", "/connectors/{provider}/credential", "save-credential", "Keep the named credential; an empty secret keeps the old one", "connectors", 404, 409, 422), func(ctx context.Context, in *credentialIn) (*bodyOut[Connector], error) {
		v, err := a.Connector.SaveCredential(ctx, actor(ctx), in.name(), in.Body.Fields, in.Body.Settings)
		return a.answer(ctx, v, err)
	})
	huma.Register(h, op("POST", "/connectors/{provider}/test", "test-connector", "Ask the provider whether the credential works and what is missing", "connectors", 404, 422, 502), func(ctx context.Context, in *ProviderPath) (*bodyOut[CheckReport], error) {
		report, err := a.Connector.Test(ctx, actor(ctx), in.name())
		if err != nil {
			return nil, a.fail(ctx, err)
		}
		return &bodyOut[CheckReport]{checkBody(report)}, nil
	})
	huma.Register(h, op("POST", "/connectors/{provider}/integration-user", "assign-integration-user", "Make the signed-in user the integration user", "connectors", 404, 409), func(ctx context.Context, in *ProviderPath) (*bodyOut[Connector], error) {
		v, err := a.Connector.AssignIntegrationUser(ctx, actor(ctx), in.name())
		return a.answer(ctx, v, err)
	})
	huma.Register(h, op("PUT", "/connectors/{provider}/switches", "set-switches", "Turn the two switches on or off", "connectors", 404, 409, 502), func(ctx context.Context, in *switchesIn) (*bodyOut[Connector], error) {
		v, err := a.Connector.SetSwitches(ctx, actor(ctx), in.name(), connector.Switches{Enabled: in.Body.Enabled, ProviderEnabled: in.Body.ProviderEnabled, DeleteJobs: in.Body.DeleteJobs})
		return a.answer(ctx, v, err)
	})
	huma.Register(h, op("PUT", "/connectors/{provider}/site", "set-site", "Turn the site on or off", "connectors", 404, 409), func(ctx context.Context, in *siteIn) (*bodyOut[Connector], error) {
		v, err := a.Connector.SetSite(ctx, actor(ctx), in.name(), in.Body.Active)
		return a.answer(ctx, v, err)
	})
	sync := op("POST", "/connectors/{provider}/sync", "sync-connector", "Pull missed calls now", "connectors", 404, 409)
	sync.DefaultStatus = http.StatusAccepted
	huma.Register(h, sync, func(ctx context.Context, in *ProviderPath) (*empty, error) {
		j, err := a.Connector.HourlyJob(ctx, actor(ctx), in.name())
		if err == nil {
			err = a.Connector.RunScheduledJob(ctx, actor(ctx), j.ID)
		}
		if err != nil {
			return nil, a.fail(ctx, err)
		}
		return nil, nil
	})
	a.registerExcluded(h)
	a.registerSchedule(h)
	a.registerWizard(h)
	a.registerUserMapping(h)
	a.registerSites(h)
}

func checkBody(r provider.CheckReport) CheckReport {
	out := CheckReport{OK: true, Account: r.Account, Scope: r.Scope, Items: []CheckItem{}}
	for _, i := range r.Items {
		out.Items = append(out.Items, CheckItem(i))
		out.OK = out.OK && i.OK
	}
	return out
}

func excludedBody(n domain.ExcludedNumber) ExcludedNumber {
	return ExcludedNumber{n.ID, n.Number, phone.Format(n.Number), n.Note, n.CreatedAt.UTC()}
}

type excludeIn struct {
	Body struct {
		Numbers []string `json:"numbers" minItems:"1" maxItems:"1000"`
		Note    string   `json:"note,omitempty" maxLength:"500"`
	}
}

// IDPath is the id in a path.
type IDPath struct {
	ID string `path:"id" maxLength:"64"`
}

func (a *API) registerExcluded(h huma.API) {
	huma.Register(h, op("GET", "/excluded-numbers", "list-excluded-numbers", "Numbers whose calls are never processed", "excluded numbers"), func(ctx context.Context, _ *empty) (*listOut[ExcludedNumber], error) {
		numbers, err := a.Connector.ExcludedNumbers(ctx, actor(ctx))
		if err != nil {
			return nil, a.fail(ctx, err)
		}
		return listOf(numbers, "", excludedBody), nil
	})
	huma.Register(h, op("POST", "/excluded-numbers", "exclude-numbers", "Exclude numbers; all or none", "excluded numbers", 422), func(ctx context.Context, in *excludeIn) (*listOut[ExcludedNumber], error) {
		added, err := a.Connector.Exclude(ctx, actor(ctx), in.Body.Numbers, in.Body.Note)
		if err != nil {
			return nil, a.fail(ctx, err)
		}
		return listOf(added, "", excludedBody), nil
	})
	remove := op("DELETE", "/excluded-numbers/{id}", "include-number", "Take a number off the list", "excluded numbers", 404)
	remove.DefaultStatus = http.StatusNoContent
	huma.Register(h, remove, func(ctx context.Context, in *IDPath) (*empty, error) {
		if err := a.Connector.Include(ctx, actor(ctx), in.ID); err != nil {
			return nil, a.fail(ctx, err)
		}
		return nil, nil
	})
}

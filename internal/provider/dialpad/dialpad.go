// Package dialpad speaks Dialpad's public API v2 (developers.dialpad.com) with an API key of a company admin, or with what
// such a person permits by signing in.
package dialpad

import (
	"cmp"
	"net/http"
	"strings"
	"time"

	"earshot/internal/domain"
	"earshot/internal/provider"
)

// Kinds of credentials.
const (
	KindAPIKey = "api_key"
	KindLogin  = "login"
)

// Groups of requests that Dialpad limits (developers.dialpad.com/docs/rate-limits; the description of each request).
const (
	groupCompany = "company"
	groupCall    = "call"
	groupWebhook = "webhook"
)

const defaultBase = "https://dialpad.com"

// Opener is the driver's registration.
func Opener() provider.Opener {
	return provider.Opener{Info: info(), Open: open, Groups: groups, OAuth: oauth}
}

func open(a provider.Account) (provider.Driver, error) { return &driver{client: client{a}}, nil }

type driver struct {
	client client
	starts starts
}

// Info declares the driver.
func (d *driver) Info() provider.Info { return info() }

func info() provider.Info {
	return provider.Info{
		Provider: domain.Dialpad, Name: "Dialpad",
		Abilities: provider.Abilities{Events: true, Voicemail: true, Subscriptions: true, Users: true, Backfill: true, EventDelay: 24 * time.Hour, RecordingDelays: recordingDelays()},
		Quotas: []domain.Quota{
			{Group: groupCompany, Requests: 20, Per: time.Second},
			{Group: groupCall, Requests: 10, Per: time.Minute},
			{Group: groupWebhook, Requests: 100, Per: time.Minute},
		},
		Kinds: []provider.CredentialKind{
			{Name: KindAPIKey, Label: "API key", Help: "A key of one company, made by a Company Admin. The simplest way.", Fields: []string{"api_key"}},
			{Name: KindLogin, Label: "OAuth app", Help: "A Company Admin signs in at Dialpad and permits your OAuth app.", Fields: []string{"client_id", "client_secret"}, Login: true},
		},
		Credential: []provider.Field{
			{Name: "api_key", Label: "API key", Help: "From Admin Settings > My Company > Authentication > API Keys, with the scopes calls:list and recordings_export.", Secret: true, Required: true},
			{Name: "client_id", Label: "Client ID", Help: "Of your OAuth app, as Dialpad gave it to you.", Required: true},
			{Name: "client_secret", Label: "Client secret", Help: "Of your OAuth app, as Dialpad gave it to you.", Secret: true, Required: true},
		},
		Settings: []provider.Field{
			{Name: "base_url", Label: "API address", Help: "https://dialpad.com, or https://sandbox.dialpad.com for a sandbox.", Default: defaultBase, Required: true},
			{Name: "region", Label: "Country of numbers without country code", Help: "Two letters, as US or FR.", Default: "US"},
			{Name: "client_in_header", Label: "Show the OAuth app in the header", Help: "Only if signing in fails with invalid_client: no sends client id and secret in the body, yes by HTTP Basic.", Default: "no", Choices: []string{"no", "yes"}},
			{Name: provider.SettingRecordingHosts, Label: "Further hosts of recordings", Help: "Only if downloads are refused because of their host: names separated by commas."},
		},
		Guide: guide,
		Prepare: []string{
			"A **Company Admin** of your company in Dialpad. Only Company Admins can make API keys.",
			"**Ask Dialpad Support** to enable automatic recording before you enable the connector. Otherwise only calls that somebody records by hand are processed. Their answer may take some days.",
			"For signing in instead of an API key: an OAuth app that Dialpad registers for you on request.",
		},
		Limits:         "Dialpad allows 20 requests a second for the whole company, and 10 a minute about single calls. Events that cannot be delivered are lost after a quarter of a minute; the hourly listing brings those calls. Calls may be listed up to a day late.",
		RecordingHosts: []string{"dialpad.com"},
		TrustedHosts:   []string{"dialpad.com"},
	}
}

const guide = `### What you need
* A **Company Admin** of your company in Dialpad. Keys and permissions of others see less, and cannot list calls.
* Call recording switched on for the people and groups whose calls should be processed: in Dialpad's **Admin Settings**, under the settings of the office, department or contact center.

### Make an API key
1. Open **Admin Settings > My Company > Authentication > API Keys** and press **Add Key**.
2. Give it a name such as *Earshot* and the longest expiration that your rules allow. When it expires, no call comes any more.
3. Under **Additional Scopes** tick **calls:list** and **recordings_export**. Without the second one Dialpad tells of calls but leaves out their recordings, without any error.
4. Enter the key here and press **Save and test**.

### Or use an OAuth app
1. Register an app with Dialpad, with the scopes **calls:list**, **recordings_export** and **offline_access**, and the redirect address that this page shows.
2. Enter client id and client secret here, press **Save**, then **Sign in**, as a Company Admin.

### Users
Put each person's Dialpad user id into the field **Dialpad User Identifier** of their user, or their Dialpad number into their phones. Calls that match nobody are kept and can be assigned later.

### Events
When the connector is enabled and this server has a public address, Earshot registers a webhook and a call event subscription for the company at Dialpad by itself, watches over them, and mends them. Without a public address calls are pulled every hour.
`

// region of numbers without a country code.
func (c client) region() string { return cmp.Or(c.Settings["region"], "US") }

// scopes that a person is asked for. Without offline_access the permission could not be renewed.
func scopes() []string { return []string{"calls:list", "recordings_export", "offline_access"} }

func oauth(l provider.Login) (provider.OAuth, bool) {
	return provider.OAuth{
		AuthURL: l.BaseURL + "/oauth2/authorize", TokenURL: l.BaseURL + "/oauth2/token", Scopes: scopes(), Group: groupCompany,
		ClientID: l.Credential["client_id"], ClientSecret: l.Credential["client_secret"], ClientInHeader: l.Settings["client_in_header"] == "yes",
	}, l.Credential[provider.SettingKind] == KindLogin
}

// groups of a request. Downloads are none of the API's and are not limited.
func groups(r *http.Request) []string {
	_, path, api := strings.Cut(r.URL.Path, apiPath)
	switch {
	case !api && !strings.Contains(r.URL.Path, "/oauth2/"):
		return nil
	case r.Method == http.MethodGet && strings.HasPrefix(path, "/call/"):
		return []string{groupCompany, groupCall}
	case r.Method == http.MethodPost && path == "/webhooks":
		return []string{groupCompany, groupWebhook}
	default:
		return []string{groupCompany}
	}
}

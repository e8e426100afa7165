// Package aircall speaks Aircall's public API (developer.aircall.io/api-references) with an API id and token.
package aircall

import (
	"cmp"
	"net/http"
	"strconv"
	"time"

	"earshot/internal/domain"
	"earshot/internal/provider"
)

// Opener is the driver's registration.
func Opener() provider.Opener {
	return provider.Opener{Info: info(), Rate: rate, OAuth: oauth, Open: func(a provider.Account) (provider.Driver, error) {
		return &driver{client: client{a}}, nil
	}}
}

type driver struct{ client client }

// Info declares the driver.
func (d *driver) Info() provider.Info { return info() }

func info() provider.Info {
	return provider.Info{
		Provider: domain.Aircall, Name: "Aircall",
		Abilities: provider.Abilities{Events: true, Subscriptions: true, Users: true, Backfill: true, Voicemail: true, EventDelay: time.Hour, RecordingDelays: recordingDelays()},
		Quotas:    []domain.Quota{{Requests: 60, Per: time.Minute}},
		Kinds: []provider.CredentialKind{
			{Name: kindKey, Label: "API key", Help: "A key of your own company: what most need.", Fields: []string{"api_id", "api_token"}},
			{Name: kindLogin, Label: "Sign in", Help: "Through an OAuth app that Aircall has given you as a technology partner.", Fields: []string{"client_id", "client_secret"}, Login: true},
		},
		Credential: []provider.Field{
			{Name: "api_id", Label: "API ID", Help: "From Integrations & API > API Keys in the Aircall Dashboard.", Required: true},
			{Name: "api_token", Label: "API token", Help: "Shown once by Aircall when the key is made. Lost means: make a new key.", Secret: true, Required: true},
			{Name: "client_id", Label: "Client ID", Help: "Of the OAuth app, from Aircall.", Required: true},
			{Name: "client_secret", Label: "Client secret", Help: "Of the same app.", Secret: true, Required: true},
		},
		Settings: []provider.Field{
			{Name: "base_url", Label: "API address", Help: "Leave as it is, unless you use a simulator or a proxy.", Default: apiItself, Required: true},
			{Name: "region", Label: "Country of numbers without country code", Help: "Two letters, as US or FR.", Default: "US"},
			{Name: provider.SettingRecordingHosts, Label: "Further hosts of recordings", Help: "Only if downloads are refused because of their host: names separated by commas. Aircall does not publish where it keeps recordings."},
		},
		Guide: guide,
		Prepare: []string{
			"An **admin** of your company in Aircall, who can make API keys under *Integrations & API*.",
			"**Call recording** switched on at Aircall for each number whose calls should be processed, inbound and outbound. Aircall records nothing by itself.",
			"Nothing must be asked of Aircall.",
		},
		Limits:         "Aircall allows 60 to 120 requests a minute for the whole company and keeps about six months of calls. Recordings under 5 seconds are not kept, those over 4 hours neither.",
		RecordingHosts: []string{"aircall.io", "amazonaws.com", "cloudfront.net"},
	}
}

// Kinds of credentials.
const (
	kindKey   = "api_key"
	kindLogin = "login"
)

// Addresses of Aircall itself; a simulator serves both at one.
const (
	apiItself       = "https://api.aircall.io"
	dashboardItself = "https://dashboard.aircall.io"
)

// oauth signs in through a partner's app (developer.aircall.io, OAuth). Its access tokens do not end.
func oauth(l provider.Login) (provider.OAuth, bool) {
	dashboard := l.BaseURL
	if dashboard == apiItself {
		dashboard = dashboardItself
	}
	return provider.OAuth{
		AuthURL: dashboard + "/oauth/authorize", TokenURL: l.BaseURL + "/v1/oauth/token", Scopes: []string{"public_api"},
		ClientID: l.Credential["client_id"], ClientSecret: l.Credential["client_secret"],
	}, l.Credential[provider.SettingKind] == kindLogin
}

const guide = `### What you need
* An **admin** of your company in Aircall.
* Call recording switched on for each number whose calls should be processed: *Numbers > (number) > Settings > Call recording*, for inbound and outbound calls.

### Make an API key
1. Open the **Aircall Dashboard** and go to **Integrations & API > API Keys**.
2. Press **Add a new API key**, give it a name such as *Earshot*, and copy **API ID** and **API token**. The token is shown once.
3. Enter both here, press **Save** and then **Test**. The test names the company that the key belongs to: a key of the wrong company works too, and returns the wrong company's calls.

### Or sign in through an OAuth app
Aircall gives OAuth apps to technology partners only. With one: enter client ID and secret, have Aircall register the address that is shown here, press **Save** and then **Sign in** as an admin.

### Users
Put each person's Aircall user id into the field **Aircall User Identifier** of their user, or their Aircall number into their phones. Calls that match nobody are kept and can be assigned later.

### Events
When the connector is enabled and this server has a public address, Earshot registers its webhook at Aircall by itself, watches over it, and switches it on again if Aircall disabled it. Without a public address calls are pulled every hour.
`

// region of numbers without a country code.
func (c client) region() string { return cmp.Or(c.Settings["region"], "US") }

// rate reads Aircall's limit headers: X-AircallApi-Limit, -Remaining and -Reset (UNIX seconds).
func rate(resp *http.Response) provider.Rate {
	h := resp.Header
	var r provider.Rate
	if limit, err := strconv.Atoi(h.Get("X-Aircallapi-Limit")); err == nil {
		r.Quota = domain.Quota{Requests: limit, Per: time.Minute}
	}
	remaining, err := strconv.Atoi(h.Get("X-Aircallapi-Remaining"))
	if err != nil || remaining > 0 {
		return r
	}
	if reset, err := strconv.ParseInt(h.Get("X-Aircallapi-Reset"), 10, 64); err == nil {
		r.Until = time.Unix(reset, 0)
	}
	return r
}

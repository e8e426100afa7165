// Package ringcentral speaks RingCentral's REST API (developers.ringcentral.com) by a JWT or a sign-in of an admin.
package ringcentral

import (
	"net/http"
	"strconv"
	"strings"
	"time"

	"earshot/internal/domain"
	"earshot/internal/provider"
)

// Opener is the driver's registration.
func Opener() provider.Opener {
	return provider.Opener{Info: info(), Rate: rate, Groups: groups, OAuth: oauth, Open: func(a provider.Account) (provider.Driver, error) {
		return &driver{client: client{a}, near: newNear(a.Now)}, nil
	}}
}

type driver struct {
	client client
	near   *near
}

// Info declares the driver.
func (d *driver) Info() provider.Info { return info() }

// Groups of limits as RingCentral calls them (Rate Limits guide; X-Rate-Limit-Group). The values are the defaults of an app and user.
const (
	groupLight  = "light"
	groupMedium = "medium"
	groupHeavy  = "heavy"
	groupAuth   = "auth"
)

// Names of the fields of the credential and of settings.
const (
	kindJWT, kindLogin   = "jwt", "login"
	fieldID, fieldSecret = "client_id", "client_secret"
	fieldJWT             = "jwt"
	settingInHeader      = "client_in_header"
	settingRegion        = "region"
)

func info() provider.Info {
	return provider.Info{
		Provider: domain.RingCentral, Name: "RingCentral",
		Abilities: provider.Abilities{Events: true, Subscriptions: true, Users: true, Backfill: true, EventDelay: time.Hour, ListedAfter: 35 * time.Second, RecordingDelays: recordingDelays()},
		Quotas: []domain.Quota{
			{Group: groupLight, Requests: 50, Per: time.Minute}, {Group: groupMedium, Requests: 40, Per: time.Minute},
			{Group: groupHeavy, Requests: 10, Per: time.Minute}, {Group: groupAuth, Requests: 5, Per: time.Minute},
		},
		Kinds: []provider.CredentialKind{
			{Name: kindJWT, Label: "JWT", Help: "An admin's JWT for an app of yours: best for a server.", Fields: []string{fieldID, fieldSecret, fieldJWT}},
			{Name: kindLogin, Label: "Sign in", Help: "An admin signs in at RingCentral and is sent back here.", Fields: []string{fieldID, fieldSecret}, Login: true},
		},
		Credential: []provider.Field{
			{Name: fieldID, Label: "Client ID", Help: "Of the app, from the developer console of RingCentral.", Required: true},
			{Name: fieldSecret, Label: "Client secret", Help: "Of the same app.", Secret: true, Required: true},
			{Name: fieldJWT, Label: "JWT", Help: "Made by an admin under Credentials in the developer console; limit it to the app's client ID.", Secret: true, Required: true, Long: true},
		},
		Settings: []provider.Field{
			{Name: "base_url", Label: "API address", Help: "Leave as it is, unless you use a simulator or a proxy.", Default: "https://platform.ringcentral.com", Required: true},
			{Name: settingInHeader, Label: "Send client credentials in header", Help: "How the client ID and secret are sent for a token. RingCentral wants the header for apps with a secret.", Default: "yes", Choices: []string{"yes", "no"}},
			{Name: settingRegion, Label: "Country of numbers without country code", Help: "Two letters, as US or GB.", Default: "US"},
		},
		Guide: guide,
		Prepare: []string{
			"An **administrator** of your RingCentral account whose role has *FullCompanyCallLog*, *ReadCallRecording*, *ReadExtensions* and *ReadCompanyPhoneNumbers*.",
			"**Automatic Call Recording** switched on in the Admin Portal. RingCentral keeps no recording under 30 seconds.",
			"An app that you register in the **RingCentral Developer Console**, private to your account.",
		},
		Limits:         "RingCentral allows 10 heavy requests a minute: the call log and each download of a recording count as one. A thousand recorded calls take about two hours. Recordings are kept for 90 days, those under 30 seconds are not kept at all. Voicemails stay in the mailboxes of their users and are not processed.",
		RecordingHosts: []string{"ringcentral.com"},
		TrustedHosts:   []string{"media.ringcentral.com"},
	}
}

const guide = `### What you need
* An **administrator** of your RingCentral account, with the permission to see the company call log and all call recordings.
* **Automatic Call Recording** switched on in the Admin Portal: *Phone System > Auto-Receptionist > Call Recording*, for the users and directions whose calls should be processed. It announces the recording.

### Make an app
1. Open the **RingCentral Developer Console** and press **Register App**: type *REST API App*, authentication **JWT auth flow** (or *3-legged OAuth* if an admin should sign in here), *server-side web app*, private.
2. Give it the permissions **Read Accounts**, **Read Call Log**, **Read Call Recording**, **Call Control** and **Webhook Subscriptions**.
3. Copy **Client ID** and **Client Secret**.
4. For sign-in: enter the address that is shown here under *Address to register* as **OAuth Redirect URI** of the app.

### Make a JWT
1. In the Developer Console open your name > **Credentials** > **Create JWT**, as the administrator.
2. Limit it to the Client ID of the app. Copy it at once.

### Enter both here
Press **Save**, then **Test**. The test names what is missing: a permission of the app, or a role permission of the administrator such as *FullCompanyCallLog*.

### Users
Put each person's RingCentral extension id into **Ringcentral User Identifier** of their user, or their direct number into their phones. The extension id is not the short extension number.
`

// oauth gets tokens by the JWT or by a sign-in (Authentication guide). Both renew by refresh tokens where the app gives them.
func oauth(l provider.Login) (provider.OAuth, bool) {
	o := provider.OAuth{
		AuthURL: l.BaseURL + "/restapi/oauth/authorize", TokenURL: l.BaseURL + "/restapi/oauth/token",
		ClientID: l.Credential[fieldID], ClientSecret: l.Credential[fieldSecret], ClientInHeader: l.Settings[settingInHeader] != "no", Group: groupAuth,
	}
	if l.Credential[provider.SettingKind] != kindLogin {
		o.Assertion = l.Credential[fieldJWT]
	}
	return o, true
}

// groups are declared for each operation (x-throttling-group of the API description).
func groups(r *http.Request) []string {
	path := strings.TrimPrefix(r.URL.Path, "/restapi/v1.0")
	switch {
	case strings.Contains(path, "/call-log"), strings.Contains(path, "/recording/"), strings.HasSuffix(path, "/account/~/phone-number"):
		return []string{groupHeavy}
	case path == "/subscription" && r.Method == http.MethodPost, strings.HasPrefix(path, "/subscription/") && (r.Method == http.MethodPut || r.Method == http.MethodDelete), strings.HasSuffix(path, "/account/~/extension"):
		return []string{groupMedium}
	default:
		return []string{groupLight}
	}
}

// rate reads X-Rate-Limit-Group, -Limit, -Remaining and -Window (Rate Limits guide). After a 429 without Retry-After at least 30 s must
// pass; a request before that begins the penalty anew.
func rate(resp *http.Response) provider.Rate {
	h := resp.Header
	var r provider.Rate
	r.Quota.Group = strings.ToLower(h.Get("X-Rate-Limit-Group"))
	if n, err := strconv.Atoi(h.Get("X-Rate-Limit-Limit")); err == nil && n > 0 {
		r.Quota.Requests = n
	}
	if s, err := strconv.Atoi(h.Get("X-Rate-Limit-Window")); err == nil && s > 0 {
		r.Quota.Per = time.Duration(s) * time.Second
	}
	if date, err := http.ParseTime(h.Get("Date")); err == nil && resp.StatusCode == http.StatusTooManyRequests && h.Get("Retry-After") == "" {
		r.Until = date.Add(time.Minute)
	}
	return r
}

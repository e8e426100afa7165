package troubleshoot

import (
	"cmp"
	"fmt"
	"net/netip"
	"net/url"
	"slices"
	"strings"

	"earshot/internal/connector"
	"earshot/internal/domain"
	"earshot/internal/provider"
)

func switches(f facts) verdict {
	name := f.view.Info.Name
	switch {
	case f.view.On():
		return green("Enable Integration and the switch of %s in General Settings are both on since %s.", name, domain.Stamp(f.onSince()))
	case !f.view.Enabled && !f.view.ProviderEnabled:
		return red(f.page(), "Turn on Enable Integration on the connector's page and "+name+" in General Settings; Enable Integration first, if calls of the last seven days are wanted.", "Both switches are off: no call of %s is processed.", name)
	case !f.view.Enabled:
		return red(f.page(), "Turn on Enable Integration on the connector's page.", "The switch in General Settings is on, but Enable Integration of %s is off.", name)
	default:
		return red(pageGeneral, "Turn on "+name+" in General Settings.", "Enable Integration is on, but the switch of %s in General Settings is off.", name)
	}
}

// posts tells whether the provider sends its events to the site.
func (f facts) posts() bool { return f.view.Info.Abilities.Subscriptions }

func (f facts) noSite() verdict {
	if f.view.Info.Abilities.Polls {
		return notHere("%s posts nothing: its events are taken from a queue or stream.", f.view.Info.Name)
	}
	return notHere("%s sends no events; its calls are pulled.", f.view.Info.Name)
}

func site(f facts) verdict {
	switch {
	case !f.posts():
		return f.noSite()
	case !f.view.SiteActive:
		return red(f.page(), "Activate the site on the connector's page.", "The site of %s is not active: its events are answered with 404.", f.view.Info.Name)
	default:
		return green("The site is active.")
	}
}

func publicAddress(f facts) verdict {
	if !f.posts() {
		return f.noSite()
	}
	if f.publicURL == "" {
		return notHere("No public address is set, so the calls of %s are pulled every hour instead of coming at once. To have them at once, set EARSHOT_PUBLIC_URL.", f.view.Info.Name)
	}
	const fix = "Set EARSHOT_PUBLIC_URL to the https address under which the provider reaches this server, as https://earshot.example.com, and start Earshot again."
	u, err := url.Parse(f.publicURL)
	if err != nil || u.Hostname() == "" {
		return red(f.page(), fix, "The public address %q is no address.", f.publicURL)
	}
	if isLocal(u.Hostname()) {
		if base, err := url.Parse(f.view.Settings["base_url"]); err == nil && isLocal(base.Hostname()) {
			return green("The public address %s is on the same machine or network, as is the provider's.", f.publicURL)
		}
		return red(f.page(), fix, "The public address %s is on this machine or a private network, where %s cannot reach it.", f.publicURL, f.view.Info.Name)
	}
	if u.Scheme != "https" {
		return red(f.page(), fix, "The public address %s is not encrypted; providers send events to https only.", f.publicURL)
	}
	return green("Providers reach this server at %s.", f.publicURL)
}

// isLocal tells whether a host cannot be reached from the internet, as far as its name says.
func isLocal(host string) bool {
	if host == "localhost" || strings.HasSuffix(host, ".localhost") || strings.HasSuffix(host, ".local") {
		return true
	}
	ip, err := netip.ParseAddr(host)
	return err == nil && (ip.IsLoopback() || ip.IsPrivate() || ip.IsLinkLocalUnicast() || ip.IsUnspecified())
}

func credential(f facts) verdict {
	c := f.view.Credential
	if f.asked != nil && f.asked.err != nil {
		return red(f.page(), "If the provider is down, wait; else check the address and the network of this server, and press Test.", "%s was asked just now, and the answer was: %s.", f.view.Info.Name, strings.TrimSuffix(domain.MessageOf(f.asked.err), "."))
	}
	switch c.Status {
	case domain.AuthAuthenticated:
		return green("Authenticated, last tested on %s.", domain.Stamp(c.CheckedAt))
	case domain.AuthExpired, domain.AuthRevoked:
		return red(f.page(), f.signInFix(), "%s since %s: %s.", c.Status, domain.Stamp(c.CheckedAt), strings.TrimSuffix(c.Problem, "."))
	default:
		return red(f.page(), "Open the connector's page, save the credential and press Test, or sign in where the provider wants that.", "Not authenticated: %s.", cmp.Or(strings.TrimSuffix(c.Problem, "."), "it was never tested"))
	}
}

func (f facts) signInFix() string {
	if k, ok := f.kind(); ok && k.Login {
		return "Open the connector's page and sign in at the provider again."
	}
	return "Make a new key at the provider, enter it on the connector's page and press Test."
}

// kind is the way to authenticate that is used.
func (f facts) kind() (provider.CredentialKind, bool) {
	i := slices.IndexFunc(f.view.Info.Kinds, func(k provider.CredentialKind) bool { return k.Name == f.view.Kind() })
	if i < 0 {
		return provider.CredentialKind{}, false
	}
	return f.view.Info.Kinds[i], true
}

func scope(f facts) verdict {
	c := f.view.Credential
	if c.Status != domain.AuthAuthenticated {
		return unknown(f.page(), "Authenticate the named credential first.", "The provider says what a credential may do only if it is valid.")
	}
	if c.Problem != "" {
		return red(f.page(), "Grant what is missing at the provider, then press Test.", "Something is missing: %s.", strings.TrimSuffix(c.Problem, "."))
	}
	var wrong, fixes []string
	if f.asked != nil {
		for _, i := range f.asked.report.Items {
			if !i.OK {
				wrong, fixes = append(wrong, i.Detail), append(fixes, i.Fix)
			}
		}
	}
	if len(wrong) > 0 {
		return red(f.page(), strings.Join(fixes, " "), "The provider says: %s", strings.Join(wrong, " "))
	}
	if c.Scope == "" {
		return green("The provider names nothing that is missing.")
	}
	return green("The provider names nothing that is missing. Scope: %s.", c.Scope)
}

// authProvider is the guide's check of Auth. Providers: "make sure the Provider Type is Open ID Connect and these checkboxes are
// selected". Access tokens always go in the header here, and the API gives nobody the consumer secret.
func authProvider(f facts) verdict {
	if f.opener.OAuth == nil {
		return notHere("%s is asked with a key; it gives no tokens.", f.view.Info.Name)
	}
	fields := f.view.Credential.Fields
	o, uses := f.opener.OAuth(provider.Login{Credential: fields, Settings: f.view.Settings, BaseURL: f.view.Settings["base_url"]})
	if !uses {
		return notHere("%s is asked with a key; it gives no tokens.", f.view.Info.Name)
	}
	i := slices.IndexFunc(f.view.Info.Settings, func(s provider.Field) bool { return s.Name == "client_in_header" })
	wanted := i >= 0 && f.view.Info.Settings[i].Default == "yes"
	switch {
	case o.ClientID == "" || o.ClientSecret == "" && o.Assertion == "":
		return red(f.page(), "Enter client ID and client secret on the connector's page.", "The client ID or the client secret is missing.")
	case wanted && !o.ClientInHeader:
		return red(f.page(), "Set "+f.view.Info.Settings[i].Label+" to yes on the connector's page.", "%s wants the client credentials in the header, but that switch is off.", f.view.Info.Name)
	}
	kind, in := "OpenID Connect, by a person who signs in", "in the body"
	if o.Assertion != "" {
		kind = "OAuth 2 with a JWT"
	}
	if o.ClientInHeader {
		in = "in the header"
	}
	return green("Type: %s. The client credentials are sent %s, access tokens in the header.", kind, in)
}

func subscription(f facts) verdict {
	name := f.view.Info.Name
	job, kind := domain.SchedulePoll, "takes events from the queue or stream of "+name
	switch {
	case !f.view.On():
		return notHere("The connector is off.")
	case f.view.Info.Abilities.Polls:
	case !f.posts() || f.view.Site == "":
		return notHere("No events are expected: calls are pulled every hour.")
	case f.view.SubscriptionID == "":
		return red(f.page(), "Press Test on the connector's page: that subscribes anew and says what stands in the way.", "%s has no subscription for this server.", name)
	default:
		job, kind = domain.ScheduleWatch, "looks after the subscription of "+name
	}
	j, has := f.job(job)
	switch {
	case !has:
		return red(f.page(), "Switch the connector off and on to have it again.", "The scheduled job that %s was deleted.", kind)
	case j.Failures > 0:
		return red(pageJobs, "Mend what it says; the job tries again by itself.", "The job that %s did not succeed on %s: %s.", kind, domain.Stamp(j.LastRunAt), strings.TrimSuffix(j.LastResult, "."))
	case j.LastRunAt.IsZero() && f.now.Sub(f.onSince()) > patience && f.running:
		return red(pageJobs, "Start it on the page Scheduled Jobs.", "The job that %s has never run.", kind)
	case j.LastRunAt.IsZero():
		return unknown(pageJobs, "Wait a moment.", "The job that %s has not run yet.", kind)
	}
	return green("Looked at on %s: %s.", domain.Stamp(j.LastRunAt), cmp.Or(j.LastResult, "fine"))
}

func integrationUser(f facts) verdict {
	const assign = "Sign in as the user who should be it, open the connector's page and press Assign Integration User."
	if f.view.IntegrationUserID == "" {
		return red(f.page(), assign, "No integration user is assigned.")
	}
	i := slices.IndexFunc(f.users, func(u domain.User) bool { return u.ID == f.view.IntegrationUserID })
	if i < 0 {
		return red(f.page(), assign, "The integration user was deleted.")
	}
	u := f.users[i]
	if !u.Active {
		return red(pageUsers, "Activate "+u.Name+", or assign another integration user.", "The integration user %s is not active.", u.Name)
	}
	if missing := connector.MissingForIntegration(u, f.now); len(missing) > 0 {
		return red(pageUsers, fmt.Sprintf("Give %s what is missing, or assign another integration user.", u.Name), "The integration user %s lacks %s.", u.Name, strings.Join(missing, "; "))
	}
	return green("%s is active and has all that the guide demands.", u.Name)
}

package troubleshoot

import (
	"slices"
	"strings"
	"testing"
	"time"

	"earshot/internal/connector"
	"earshot/internal/domain"
	"earshot/internal/provider"
)

var noon = time.Date(2026, 11, 20, 12, 0, 0, 0, time.UTC)

// well are the facts of a connector of which nothing is wrong.
func well() facts {
	info := provider.Info{Provider: domain.Dialpad, Name: "Dialpad", Abilities: provider.Abilities{Subscriptions: true, Events: true}}
	conn := domain.Connector{
		Provider: domain.Dialpad, Enabled: true, ProviderEnabled: true, FirstDayUntil: noon.Add(-24 * time.Hour), SiteActive: true, SubscriptionID: "7", LastEventAt: noon.Add(-time.Hour), LastSyncAt: noon.Add(-time.Hour),
		IntegrationUserID: "i", Credential: domain.NamedCredential{Status: domain.AuthAuthenticated, CheckedAt: noon, Scope: "calls:list"}, Settings: map[string]string{"base_url": "https://dialpad.com"},
	}
	since := domain.PermissionAssignment{Set: domain.PermForSales}
	return facts{
		now: noon, running: true, connected: true, publicURL: "https://earshot.example.com", opener: provider.Opener{Info: info},
		view: connector.View{Connector: conn, Info: info, Configured: true, Site: "https://earshot.example.com/site/x"},
		jobs: []domain.ScheduledJob{{Kind: domain.ScheduleHourly, NextRunAt: noon, LastRunAt: noon}, {Kind: domain.ScheduleWatch, NextRunAt: noon, LastRunAt: noon}, {Kind: domain.ScheduleBackfill, DoneAt: noon}},
		users: []domain.User{
			{ID: "i", Name: "Ida", Active: true, Profile: domain.ProfileAdministrator, PermissionSets: []domain.PermissionAssignment{since, {Set: domain.PermIntegrationUser}}},
			{ID: "m", Name: "Maria", Active: true, Identifiers: map[domain.Provider]string{domain.Dialpad: "77"}, PermissionSets: []domain.PermissionAssignment{since}},
		},
	}
}

// TestRules: each verdict of each rule, on facts that differ from good ones in one thing.
func TestRules(t *testing.T) {
	t.Parallel()
	off := func(f *facts) { f.view.Enabled, f.view.ProviderEnabled = false, false }
	polls := func(f *facts) { f.view.Info.Abilities = provider.Abilities{Polls: true, Events: true} }
	address := func(url, base string) func(*facts) {
		return func(f *facts) { f.publicURL, f.view.Settings["base_url"] = url, base }
	}
	oauth := func(o provider.OAuth, byDefault string) func(*facts) {
		return func(f *facts) {
			f.view.Info.Settings = []provider.Field{{Name: "client_in_header", Label: "The header", Default: byDefault}}
			f.opener.OAuth = func(provider.Login) (provider.OAuth, bool) { return o, true }
		}
	}
	hourly := func(change func(*domain.ScheduledJob)) func(*facts) {
		return func(f *facts) { change(&f.jobs[0]) }
	}
	listed := func(id string, began, came time.Duration) func(*facts) {
		return func(f *facts) {
			f.listed = []domain.VCCall{{ProviderCallID: id, CreatedAt: noon.Add(came), Snapshot: &domain.ProviderCall{StartedAt: noon.Add(began)}}}
		}
	}
	both := func(changes ...func(*facts)) func(*facts) {
		return func(f *facts) {
			for _, change := range changes {
				change(f)
			}
		}
	}
	never := func(f *facts) { f.view.LastSyncAt = time.Time{} }
	justOn := func(f *facts) { f.view.FirstDayUntil = noon.Add(24*time.Hour - time.Minute) }
	stopped := func(f *facts) { f.running = false }
	old := func(f *facts) { f.view.LastSyncAt = noon.Add(-3 * time.Hour) }
	for _, c := range []struct {
		rule   string
		change func(*facts)
		status domain.CheckStatus
		found  string
	}{
		{"site", polls, domain.CheckNotApplicable, "taken from a queue or stream"},
		{"site", func(f *facts) { f.view.Info.Abilities = provider.Abilities{} }, domain.CheckNotApplicable, "sends no events"},
		{"public_url", polls, domain.CheckNotApplicable, "queue"},
		{"public_url", address("", ""), domain.CheckNotApplicable, "pulled every hour"},
		{"public_url", address("http://earshot.example.com", ""), domain.CheckRed, "not encrypted"},
		{"public_url", address("https://127.0.0.1:8080", "https://dialpad.com"), domain.CheckRed, "cannot reach it"},
		{"public_url", address("https://10.1.2.3", "https://dialpad.com"), domain.CheckRed, "private network"},
		{"public_url", address("https://[::1]:8080", ""), domain.CheckRed, "cannot reach it"},
		{"public_url", address("https://box.local", ""), domain.CheckRed, "cannot reach it"},
		{"public_url", address("http://localhost:8080", "http://127.0.0.1:8090"), domain.CheckGreen, "as is the provider's"},
		{"public_url", address("://", ""), domain.CheckRed, "is no address"},
		{"credential", func(f *facts) { f.view.Credential = domain.NamedCredential{} }, domain.CheckRed, "it was never tested"},
		{"credential", func(f *facts) { f.asked = &answer{err: domain.Errorf(domain.KindTemporary, "", "it is down.")} }, domain.CheckRed, "the answer was: it is down."},
		{"scope", func(f *facts) { f.view.Credential.Status = domain.AuthExpired }, domain.CheckUnknown, "only if it is valid"},
		{"scope", func(f *facts) { f.view.Credential.Scope = "" }, domain.CheckGreen, "names nothing that is missing."},
		{"scope", func(f *facts) { f.asked = &answer{} }, domain.CheckGreen, "Scope: calls:list"},
		{"scope", func(f *facts) {
			f.asked = &answer{report: provider.CheckReport{Items: []provider.CheckItem{{OK: true, Detail: "Fine."}, {Detail: "No recordings.", Fix: "Grant recordings_export."}}}}
		}, domain.CheckRed, "The provider says: No recordings."},
		{"auth_provider", nil, domain.CheckNotApplicable, "asked with a key"},
		{"auth_provider", oauth(provider.OAuth{ClientID: "a", ClientSecret: "b", ClientInHeader: true}, "yes"), domain.CheckGreen, "OpenID Connect, by a person who signs in. The client credentials are sent in the header"},
		{"auth_provider", oauth(provider.OAuth{ClientID: "a", Assertion: "jwt"}, "no"), domain.CheckGreen, "OAuth 2 with a JWT. The client credentials are sent in the body"},
		{"auth_provider", oauth(provider.OAuth{ClientID: "a"}, "no"), domain.CheckRed, "client secret is missing"},
		{"auth_provider", oauth(provider.OAuth{ClientID: "a", ClientSecret: "b"}, "yes"), domain.CheckRed, "that switch is off"},
		{"subscription", off, domain.CheckNotApplicable, "off"},
		{"subscription", func(f *facts) { f.view.Site = "" }, domain.CheckNotApplicable, "pulled every hour"},
		{"subscription", polls, domain.CheckRed, "takes events from the queue or stream of Dialpad was deleted"},
		{"subscription", both(polls, func(f *facts) {
			f.jobs = append(f.jobs, domain.ScheduledJob{Kind: domain.SchedulePoll, LastRunAt: noon, LastResult: "0 events taken"})
		}), domain.CheckGreen, "0 events taken"},
		{"subscription", func(f *facts) { f.jobs[1].LastRunAt = time.Time{} }, domain.CheckRed, "has never run"},
		{"subscription", both(justOn, func(f *facts) { f.jobs[1].LastRunAt = time.Time{} }), domain.CheckUnknown, "has not run yet"},
		{"events", off, domain.CheckNotApplicable, "off"},
		{"events", func(f *facts) { f.view.Site = "" }, domain.CheckNotApplicable, "pulled every hour"},
		{"events", listed("after the last event", -50*time.Minute, -30*time.Minute), domain.CheckRed, "1 call since, the newest after the last event"},
		{"events", listed("before the last event", -2*time.Hour, -30*time.Minute), domain.CheckGreen, "no call was found later"},
		{"events", listed("whose event may still come", -10*time.Minute, -5*time.Minute), domain.CheckGreen, "no call was found later"},
		{"events", both(listed("before it was on", -3*24*time.Hour, -time.Hour), func(f *facts) { f.view.LastEventAt = time.Time{} }), domain.CheckGreen, "No event has come yet"},
		{"events", both(listed("no event ever came", -2*time.Hour, -time.Hour), func(f *facts) { f.view.LastEventAt = time.Time{} }), domain.CheckRed, "The last event came never"},
		{"events", func(f *facts) { f.unread, f.unreadAt = 2, noon }, domain.CheckRed, "2 events came but could not be understood, the last on 2026-11-20 12:00 UTC"},
		{"events", func(f *facts) { f.refused = []domain.Refusal{{At: noon, Why: "it was too large"}} }, domain.CheckRed, "1 event was refused since the last one that was taken, the newest on 2026-11-20 12:00 UTC: it was too large"},
		{"events", func(f *facts) { f.refused, f.view.SiteActive = []domain.Refusal{{}}, false }, domain.CheckGreen, "no call was found later"},
		{"sync", off, domain.CheckNotApplicable, "The last listing was on 2026-11-20 11:00 UTC"},
		{"sync", func(f *facts) { f.jobs = f.jobs[1:] }, domain.CheckRed, "was deleted"},
		{"sync", both(old, hourly(func(j *domain.ScheduledJob) { j.Failures, j.LastResult = 1, "it is down." })), domain.CheckRed, "failed 1 times in a row, last on 2026-11-20 12:00 UTC: it is down."},
		{"sync", hourly(func(j *domain.ScheduledJob) { j.Failures = 1 }), domain.CheckGreen, "last listed"},
		{"sync", both(old, stopped), domain.CheckUnknown, "Earshot does not run"},
		{"sync", both(old, hourly(func(j *domain.ScheduledJob) {
			j.From, j.To, j.ReachedAt = noon.Add(-4*time.Hour), noon, noon.Add(-2*time.Hour)
		})), domain.CheckGreen, "under way, 50 % done"},
		{"sync", never, domain.CheckRed, "The last listing was never"},
		{"sync", both(never, justOn), domain.CheckUnknown, "first listing is not done yet"},
		{"integration_user", func(f *facts) { f.view.IntegrationUserID = "gone" }, domain.CheckRed, "was deleted"},
		{"users", func(f *facts) { f.users[1].Active = false }, domain.CheckRed, "1 user holds an insights permission set, but none has the Dialpad User Identifier or a phone"},
		{"users", nil, domain.CheckGreen, "1 of 2 users with an insights permission set. Without Dialpad User Identifier and phone: Ida."},
		{"users", func(f *facts) { f.users[0].Phones = []domain.UserPhone{{Number: "+1"}} }, domain.CheckGreen, "all 2 users"},
		{"users", func(f *facts) {
			f.users[1].Identifiers, f.users[1].Phones = nil, []domain.UserPhone{{Number: "+1", To: noon}}
		}, domain.CheckRed, "2 users hold"},
		{"users", func(f *facts) { f.view.Provider, f.users[1].Identifiers = domain.AmazonConnect, nil }, domain.CheckGreen, "all 2 users"},
		{"scheduled_jobs", off, domain.CheckNotApplicable, "off"},
		{"scheduled_jobs", stopped, domain.CheckNotApplicable, "does not run"},
		{"scheduled_jobs", func(f *facts) { f.jobs[1].Failures, f.jobs[1].LastResult = 3, "refused" }, domain.CheckRed, "The job Watch failed 3 times in a row"},
		{"leftover_jobs", nil, domain.CheckNotApplicable, "on"},
		{"leftover_jobs", off, domain.CheckRed, "2 scheduled jobs are left"},
		{"leftover_jobs", both(off, func(f *facts) { f.jobs = f.jobs[1:] }), domain.CheckRed, "1 scheduled job is left"},
		{"leftover_jobs", both(off, func(f *facts) { f.jobs = f.jobs[2:] }), domain.CheckGreen, "no scheduled job is left"},
	} {
		f := well()
		if c.change != nil {
			c.change(&f)
		}
		rules := connectorRules()
		got := rules[slices.IndexFunc(rules, func(r rule) bool { return r.id == c.rule })].apply(f)
		if got.Status != c.status || !strings.Contains(got.Found, c.found) {
			t.Errorf("%s: %+v; want %s and %q", c.rule, got, c.status, c.found)
		}
		if wrong := got.Status == domain.CheckRed; wrong && got.Fix == "" || got.Why == "" || got.Title == "" || strings.Contains(got.Found, "..") {
			t.Errorf("%s: not whole: %+v", c.rule, got)
		}
	}
}

// TestNothingIsWrongWithAGoodConnector: no rule is red on good facts, and names are not taken twice.
func TestNothingIsWrongWithAGoodConnector(t *testing.T) {
	t.Parallel()
	seen := map[string]bool{}
	for _, r := range connectorRules() {
		got := r.apply(well())
		if got.Status == domain.CheckRed || got.Status == domain.CheckUnknown || got.Found == "" || seen[r.id] {
			t.Errorf("%+v", got)
		}
		seen[r.id] = true
	}
}

func TestGuestUser(t *testing.T) {
	t.Parallel()
	user := func(active bool, sets ...string) []domain.User {
		u := domain.User{Name: "Guest", Profile: domain.ProfileGuest, Active: active}
		for _, s := range sets {
			u.PermissionSets = append(u.PermissionSets, domain.PermissionAssignment{Set: s})
		}
		return []domain.User{{Name: "Maria"}, u}
	}
	for name, c := range map[string]struct {
		f      facts
		status domain.CheckStatus
		found  string
	}{
		"nothing is connected": {facts{}, domain.CheckNotApplicable, "No provider"},
		"there is none":        {facts{connected: true}, domain.CheckRed, "no Voice Connector Guest User"},
		"inactive":             {facts{connected: true, users: user(false)}, domain.CheckRed, "not active"},
		"without sets":         {facts{connected: true, users: user(true)}, domain.CheckRed, "lacks Voice Connector Permission and Conversation Insights Integration User"},
		"whole":                {facts{connected: true, users: user(true, domain.PermVoiceConnector, domain.PermIntegrationUser)}, domain.CheckGreen, "holds"},
	} {
		if got := guestRule().apply(c.f); got.Status != c.status || !strings.Contains(got.Found, c.found) {
			t.Errorf("%s: %+v", name, got)
		}
	}
}

func TestNamesAreCountedAfterAFew(t *testing.T) {
	t.Parallel()
	if got := list([]string{"a", "b", "c", "d", "e", "f", "g"}); got != "a, b, c, d, e and 2 more" {
		t.Error(got)
	}
}

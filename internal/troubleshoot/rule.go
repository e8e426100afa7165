package troubleshoot

import (
	"fmt"
	"time"

	"earshot/internal/connector"
	"earshot/internal/domain"
	"earshot/internal/provider"
)

// Pages of the UI where things are mended.
const (
	pageUsers     = "/setup/users"
	pageGeneral   = "/setup/general-settings"
	pageJobs      = "/setup/scheduled-jobs"
	pageSpeech    = "/setup/speech"
	pagePackages  = "/setup/installed-packages"
	pageVCCalls   = "/voice-connector/vc-calls"
	pageConnector = "/voice-connector"
)

// Times that rules go by.
const (
	patience     = 15 * time.Minute // what should have happened at once is late after it
	missedWithin = 24 * time.Hour   // how far back rules look for what went wrong
	syncWithin   = 2 * time.Hour    // the hourly batch comes once an hour
	failures     = 3                // in a row are no accident
)

// facts are what the rules of one connector look at.
type facts struct {
	now       time.Time
	view      connector.View
	opener    provider.Opener
	publicURL string
	jobs      []domain.ScheduledJob
	users     []domain.User
	listed    []domain.VCCall  // that the hourly listing had to find, newest first
	refused   []domain.Refusal // by the site, since the last event that it took; newest first
	unread    int              // events that were not understood
	unreadAt  time.Time        // when the newest of them came
	asked     *answer          // of the provider; nil: it was not asked
	running   bool
	connected bool // at least one connector is set up
}

func (f facts) page() string { return pageConnector + "/" + string(f.view.Provider) }

func (f facts) job(kind domain.ScheduleKind) (domain.ScheduledJob, bool) {
	for _, j := range f.jobs {
		if j.Kind == kind && j.DoneAt.IsZero() {
			return j, true
		}
	}
	return domain.ScheduledJob{}, false
}

// onSince is when the second of the two switches was turned on; see connector.SetSwitches.
func (f facts) onSince() time.Time { return f.view.FirstDayUntil.Add(-24 * time.Hour) }

// rule is one check: what it is called, why it matters, and how it is judged.
type rule struct {
	id, title, why string
	judge          func(facts) verdict
}

func (r rule) apply(f facts) domain.Check { return r.check(f.view.Provider, r.judge(f)) }

func (r rule) check(p domain.Provider, v verdict) domain.Check {
	return domain.Check{ID: r.id, Provider: p, Title: r.title, Status: v.status, Found: v.found, Why: r.why, Fix: v.fix, Page: v.page}
}

// verdict of a rule.
type verdict struct {
	status           domain.CheckStatus
	found, fix, page string
}

func green(format string, args ...any) verdict {
	return verdict{status: domain.CheckGreen, found: fmt.Sprintf(format, args...)}
}

func red(page, fix, format string, args ...any) verdict {
	return verdict{status: domain.CheckRed, found: fmt.Sprintf(format, args...), fix: fix, page: page}
}

func notHere(format string, args ...any) verdict {
	return verdict{status: domain.CheckNotApplicable, found: fmt.Sprintf(format, args...)}
}

func unknown(page, fix, format string, args ...any) verdict {
	return verdict{status: domain.CheckUnknown, found: fmt.Sprintf(format, args...), fix: fix, page: page}
}

// connectorRules are the checks of each connector, in the order of the guide.
func connectorRules() []rule {
	return []rule{
		{"switches", "Enabled in both places", "Calls are processed only while Enable Integration and the provider's switch in General Settings are both on.", switches},
		{"site", "Site is active", "The site receives what the provider tells of calls; while it is off, events are refused.", site},
		{"public_url", "Public address", "The provider sends events over the internet, encrypted. Without an address, calls are pulled every hour.", publicAddress},
		{"credential", "Named credential is authenticated", "Without it nothing can be asked from the provider, neither calls nor recordings.", credential},
		{"scope", "Scope of the named credential", "A credential that works may still lack the right to see calls or recordings.", scope},
		{"auth_provider", "Auth. provider type and switches", "The provider gives tokens only if it is asked in the way that it wants.", authProvider},
		{"subscription", "Subscription is alive", "It is what makes the provider tell of calls at once.", subscription},
		{"events", "Events arrive and are understood", "Without events calls come up to an hour late, or more.", events},
		{"sync", "Last listing", "The hourly batch finds the calls whose events were lost.", listing},
		{"integration_user", "Integration user", "The integration works on behalf of this user, who needs all that the guide demands.", integrationUser},
		{"users", "Users can be matched", "A call is processed only for a user who holds an insights permission set and is found by identifier or phone.", matchable},
		{"scheduled_jobs", "Scheduled jobs run", "They pull calls, look after the subscription and take events from queues.", scheduledJobs},
		{"leftover_jobs", "No jobs left from before", "A connector that was switched off cannot be enabled again while its scheduled jobs remain.", leftoverJobs},
	}
}

package troubleshoot

import (
	"cmp"
	"fmt"
	"strings"
	"time"

	"earshot/internal/domain"
)

// events goes by calls rather than by time, since a quiet day brings no event: something is wrong where the hourly listing had to find
// a call that should have been told of at once, and nothing was told since.
func events(f facts) verdict {
	v := f.view
	switch {
	case !v.On():
		return notHere("The connector is off.")
	case f.unread > 0:
		return red(pageJobs, "The log of the server says why. The hourly batch brings these calls as well; if it goes on, report it.", "%s came but could not be understood, the last on %s.", counted(f.unread, "event", "events"), domain.Stamp(f.unreadAt))
	case !v.Info.Abilities.Polls && (!f.posts() || v.Site == ""):
		return notHere("No events are expected: calls are pulled every hour.")
	}
	if len(f.refused) > 0 && v.SiteActive {
		return red(f.page(), "Press Test on the connector's page, which mends the subscription. The hourly batch brings these calls.", "%s refused since the last one that was taken, the newest on %s: %s.", counted(len(f.refused), "event was", "events were"), domain.Stamp(f.refused[0].At), f.refused[0].Why)
	}
	if missed := f.missed(); len(missed) > 0 {
		return red(f.page(), "Press Test on the connector's page, which mends the subscription. If no event comes then, check that the provider reaches this server.",
			"The last event came %s, but the hourly listing had to find %s since, the newest %s.", orNever(v.LastEventAt), counted(len(missed), "call", "calls"), missed[0].ProviderCallID)
	}
	if v.LastEventAt.IsZero() {
		return green("No event has come yet, and no call was found that one should have told of.")
	}
	return green("The last event came on %s, and no call was found later that one should have told of.", domain.Stamp(v.LastEventAt))
}

// missed are calls that began after events were expected, and that no event told of in all the time that it may take.
func (f facts) missed() []domain.VCCall {
	expected := f.onSince()
	if f.view.LastEventAt.After(expected) {
		expected = f.view.LastEventAt
	}
	var out []domain.VCCall
	for _, c := range f.listed {
		late := f.now.Sub(c.CreatedAt) > patience+f.view.Info.Abilities.ListedAfter
		if c.Snapshot != nil && c.Snapshot.StartedAt.After(expected) && late {
			out = append(out, c)
		}
	}
	return out
}

func listing(f facts) verdict {
	v := f.view
	if !v.On() {
		return notHere("The connector is off. The last listing was %s.", orNever(v.LastSyncAt))
	}
	j, has := f.job(domain.ScheduleHourly)
	late := f.now.Sub(latest(v.LastSyncAt, f.onSince())) > syncWithin
	switch {
	case !has:
		return red(f.page(), "Switch the connector off and on to have it again.", "The hourly batch of %s was deleted: calls whose events are lost are missed.", v.Info.Name)
	case j.Failures >= failures || late && j.Failures > 0:
		return red(pageJobs, "Mend what it says; it goes on by itself from where it stopped.", "The hourly batch failed %d times in a row, last on %s: %s.", j.Failures, domain.Stamp(j.LastRunAt), strings.TrimSuffix(j.LastResult, "."))
	case late && !f.running:
		return unknown("", "Start Earshot.", "The last listing was %s; Earshot does not run.", orNever(v.LastSyncAt))
	case late && !j.To.IsZero() && f.now.Sub(j.NextRunAt) < patience: // each page is a sign of life
		return green("A listing is under way, %d %% done; the last one was finished %s.", int(100*j.Progress()), orNever(v.LastSyncAt))
	case late:
		return red(pageJobs, "Start the hourly batch on the page Scheduled Jobs, and look at the check of jobs.", "The last listing was %s; it should come every hour.", orNever(v.LastSyncAt))
	case v.LastSyncAt.IsZero():
		return unknown(pageJobs, "Wait for the first listing.", "The connector was switched on %s, and the first listing is not done yet.", domain.Stamp(f.onSince()))
	}
	return green("Calls were last listed on %s: %s.", domain.Stamp(v.LastSyncAt), cmp.Or(j.LastResult, "done"))
}

func latest(a, b time.Time) time.Time {
	if a.After(b) {
		return a
	}
	return b
}

func scheduledJobs(f facts) verdict {
	if !f.view.On() {
		return notHere("The connector is off.")
	}
	if !f.running {
		return notHere("Earshot does not run, so no job does.")
	}
	for _, j := range f.jobs {
		switch over := f.now.Sub(j.NextRunAt); {
		case !j.DoneAt.IsZero() || j.NextRunAt.IsZero():
		case over > patience:
			return red(pageJobs, "Press Run now on the page Scheduled Jobs. If it does not start, start Earshot again.", "The job %s should have run on %s and has not.", jobName(j.Kind), domain.Stamp(j.NextRunAt))
		case j.Failures >= failures:
			return red(pageJobs, "Mend what it says; the job tries again by itself.", "The job %s failed %d times in a row, last on %s: %s.", jobName(j.Kind), j.Failures, domain.Stamp(j.LastRunAt), strings.TrimSuffix(j.LastResult, "."))
		}
	}
	return green("%s, none late and none failing.", counted(len(f.jobs), "scheduled job", "scheduled jobs"))
}

func leftoverJobs(f facts) verdict {
	if f.view.On() {
		return notHere("The connector is on.")
	}
	n := 0
	for _, j := range f.jobs {
		if j.DoneAt.IsZero() {
			n++
		}
	}
	if n > 0 {
		return red(pageJobs, "Delete them on the page Scheduled Jobs.", "The connector is off, but %s left from before. Until they are deleted it cannot be switched on again.", counted(n, "scheduled job is", "scheduled jobs are"))
	}
	return green("The connector is off and no scheduled job is left.")
}

func jobName(k domain.ScheduleKind) string {
	return map[domain.ScheduleKind]string{domain.ScheduleHourly: "Hourly batch", domain.ScheduleWatch: "Watch", domain.SchedulePoll: "Events", domain.ScheduleBackfill: "Back-fill"}[k]
}

func counted(n int, one, many string) string {
	if n == 1 {
		return "1 " + one
	}
	return fmt.Sprintf("%d %s", n, many)
}

func orNever(t time.Time) string {
	if t.IsZero() {
		return "never"
	}
	return "on " + domain.Stamp(t)
}

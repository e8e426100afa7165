package domain

import (
	"fmt"
	"time"
)

// aboutAbsence says why a connector has no VC Call that fits: the causes that the rows show, the most telling first.
func aboutAbsence(q MissingQuestion, f MissingFacts, now time.Time) []Finding {
	c := f.Connector
	page := pageConnectors + "/" + string(c.Provider)
	var out []Finding
	add := func(code, title, text, fix, page string, evidence ...string) {
		out = append(out, Finding{Code: code, Provider: c.Provider, Title: f.Name + ": " + title, Text: text, Fix: fix, Page: page, Evidence: evidence})
	}
	for _, e := range f.News {
		out = append(out, aboutNews(f, e))
	}
	if q.At.Add(-q.Window).After(now) {
		add(MissingInTheFuture, "that time has not come yet", "The time that was asked about lies ahead.", "Ask about a time that has passed.", "", "it is "+Stamp(now)+" now")
		return out
	}
	switch {
	case !c.On():
		add(string(ConnectorOff), "the connector is off", "Events that come while a connector is off are set aside, and nothing is listed.", "Turn on both switches, then back-fill the days you need.", page, switchWords(c)...)
		return out
	case c.Credential.Usable() != nil:
		add(string(CredentialRejected), "the provider refuses the credential", "Nothing can be asked from the provider until the credential works.", "Enter a valid credential and press Test; what was missed is then listed by itself.", page,
			fmt.Sprintf("authentication status %s since %s: %s", c.Credential.Status, Stamp(c.Credential.CheckedAt), c.Credential.Problem))
	}
	if len(f.Refused) > 0 && c.SiteActive {
		add(MissingEventRefused, "events were refused", "The site refused events; one of this call may be among them. What was refused is not kept.", "Press Test on the connector's page, which mends the subscription; then fetch the call by its id, or wait for the hourly batch.", page, refusedWords(f.Refused)...)
	}
	if f.Events && !c.SiteActive {
		add(string(SiteOff), "its site is not active", "Events are refused, so calls come with the hourly listing only.", "Activate the site.", page, append([]string{"the site's switch is off", "last event: " + Stamp(c.LastEventAt)}, refusedWords(f.Refused)...)...)
	}
	if !q.At.IsZero() && q.At.Add(q.Window).Before(c.EnabledAt) {
		add(string(BeforeEnablement), "that was before it processed calls", "Calls that began before the connector was enabled are not asked for.", "Back-fill these days on the connector's page.", page, "calls count since "+Stamp(c.EnabledAt))
		return out
	}
	return append(out, aboutListing(q, f, now))
}

// refusedWords tells of the newest refusal, and how many there were.
func refusedWords(refused []Refusal) []string {
	if len(refused) == 0 {
		return nil
	}
	return []string{fmt.Sprintf("refused %d times, last on %s with status %d: %s", len(refused), Stamp(refused[0].At), refused[0].Status, refused[0].Why)}
}

// aboutNews is about an event that came but made no VC Call.
func aboutNews(f MissingFacts, e FoundEvent) Finding {
	out := Finding{Provider: f.Connector.Provider, Page: pageJobs, Evidence: []string{fmt.Sprintf("event %s of call %s came on %s", e.Name, e.CallID, Stamp(e.ReceivedAt))}}
	if !e.Understood {
		out.Code, out.Title = MissingEventUnread, f.Name+": an event of it came, and is not done yet"
		out.Text, out.Fix = "The event is stored, but its job has not been worked or has failed.", "Look at the check of jobs above; the hourly listing brings the call as well."
		return out
	}
	out.Code, out.Title = MissingEventAside, f.Name+": an event of it came and was set aside"
	out.Text, out.Fix = "What an event tells of long ago is not taken, since it may be a replay of somebody else.", "Fetch the call by its id, or back-fill its day."
	out.Evidence = append(out.Evidence, "it tells of "+Stamp(e.ObservedAt))
	return out
}

func switchWords(c Connector) []string {
	return []string{c.SwitchesOff(), "last event: " + Stamp(c.LastEventAt), "last listing: " + Stamp(c.LastSyncAt)}
}

// aboutListing says how far the listings have come, which bring whatever events have missed.
func aboutListing(q MissingQuestion, f MissingFacts, now time.Time) Finding {
	c := f.Connector
	out := Finding{Provider: c.Provider, Page: pageJobs, Evidence: []string{"last event of any call: " + Stamp(c.LastEventAt), "last listing: " + Stamp(c.LastSyncAt)}}
	hourly, has := hourlyOf(f.Jobs)
	if has {
		out.Evidence = append(out.Evidence, "the hourly batch says: "+orNothing(hourly.LastResult), "next listing "+Stamp(hourly.NextRunAt))
	}
	if f.Late > time.Hour {
		out.Evidence = append(out.Evidence, fmt.Sprintf("%s may tell of a call up to %s late", f.Name, hours(f.Late)))
	}
	say := func(code, title, text, fix string) Finding {
		out.Code, out.Title, out.Text, out.Fix = code, f.Name+": "+title, text, fix
		return out
	}
	switch {
	case !has:
		return say(MissingNoListing, "no event of it came, and its hourly batch was deleted", "Calls whose event was lost are not found any more.", "Switch the connector off and on to have the hourly batch again, or back-fill the day.")
	case hourly.Failures > 0:
		return say(MissingListingFails, "no event of it came, and listings do not succeed", fmt.Sprintf("The hourly batch has failed %d times in a row.", hourly.Failures), "Mend what the hourly batch says; it goes on by itself from where it stopped.")
	case c.LastSyncAt.IsZero():
		return say(MissingNeverListed, "no event of it came, and no listing is finished yet", "The first listing after enabling is still to come or under way.", "Wait for it, or start the hourly batch on the page Scheduled Jobs.")
	case !q.At.IsZero() && q.At.Add(q.Window+f.Late).After(c.SyncCursor):
		return say(MissingNotListedYet, "no event of it came, and listings have not come that far", "Calls that began before "+Stamp(c.SyncCursor)+" have been listed.", "Wait for the next listing, or start the hourly batch on the page Scheduled Jobs.")
	}
	out.Page = pageConnectors + "/" + string(c.Provider)
	return say(MissingNotListed, "it never told of such a call", "No event of it came, and the listing up to "+Stamp(c.SyncCursor)+" did not name it: the provider has no such call, or the credential may not see it.", fetchHint(q))
}

func fetchHint(q MissingQuestion) string {
	if q.CallID != "" {
		return "Fetch it by its id: the provider then says whether it knows the call. Press Test to see what the credential may do."
	}
	return "Look the call up at the provider, and ask with its id. Press Test to see what the credential may do."
}

func hourlyOf(jobs []ScheduledJob) (ScheduledJob, bool) {
	for _, j := range jobs {
		if j.Kind == ScheduleHourly {
			return j, true
		}
	}
	return ScheduledJob{}, false
}

func orNothing(s string) string {
	if s == "" {
		return "nothing yet"
	}
	return s
}

func hours(d time.Duration) string {
	if d == 24*time.Hour {
		return "a day"
	}
	return fmt.Sprintf("%d hours", int(d.Hours()))
}

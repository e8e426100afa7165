package app_test

import (
	"context"
	"net/http"
	"slices"
	"strconv"
	"strings"
	"testing"
	"time"

	"earshot/internal/connector"
	"earshot/internal/domain"
	"earshot/internal/provider/aircall/fake"
	"earshot/internal/store"
	"earshot/internal/testkit/apptest"
	"earshot/internal/troubleshoot"
)

// told puts all that an answer says in one text.
func told(a domain.MissingAnswer) string {
	var b strings.Builder
	for _, f := range a.Findings {
		b.WriteString(f.Title + "\n" + f.Text + "\n" + strings.Join(f.Evidence, "\n") + "\n" + f.Fix + "\n")
	}
	return b.String()
}

// TestWhyMissing: calls go the whole way to where they stay, and each is then asked about by what somebody may know of it.
func TestWhyMissing(t *testing.T) {
	t.Parallel()
	c := newClinic(t)
	line := c.Fake.AddNumber(fake.Number{Name: "Support", E164: "+12125550111", Country: "US"})
	maria := c.Fake.AddUser(fake.User{ID: 4101, Name: "Maria"})
	stranger := c.Fake.AddUser(fake.User{ID: 9, Name: "New"})
	c.User(t, "Tom", "4105")
	tom := c.Fake.AddUser(fake.User{ID: 4105, Name: "Tom"})
	_, err := c.App.Connector.Exclude(c.ctx, c.Admin, []string{"+1 212 555 0142"}, "the lawyer")
	apptest.Must(t, err)
	began := time.Now().Add(-5 * time.Minute).Truncate(time.Second)
	place := func(id int64, user int64, customer string, talk time.Duration) {
		c.Fake.Place(fake.Call{ID: id, Direction: "inbound", NumberID: line, UserID: user, Customer: customer, StartedAt: began, Ring: time.Second, Talk: talk, Recording: wav(t), AssetsAfter: time.Millisecond, ContentType: "audio/wav"})
	}
	place(701, maria, "+1 212-555-0143", 5*time.Second)
	place(702, stranger, "+1 212-555-0144", time.Minute)
	place(703, maria, "+1 212-555-0142", time.Minute)
	place(704, tom, "+1 212-555-0145", time.Minute)
	place(705, maria, "+1 212-555-0146", time.Minute)
	c.edit(t, func(conn *domain.Connector) { conn.EnabledAt = began.Add(-24 * time.Hour) })
	apptest.Must(t, c.App.Start(c.ctx))
	c.Fake.Deliver(c.ctx)
	for id, reason := range map[string]domain.ReasonCode{"701": domain.TooShort, "702": domain.NoUser, "703": domain.ExcludedParty, "704": domain.NoPermission, "705": domain.EngineMissing} {
		apptest.Until(t, string(reason), func() bool {
			vc, err := c.App.Store.VCCallByProviderID(c.ctx, c.conn(t).ID, id)
			return err == nil && vc.Reason == reason
		})
	}
	for name, q := range map[string]struct {
		ask  troubleshoot.Question
		code string
		says []string
	}{
		"too short": {troubleshoot.Question{CallID: "701"}, string(domain.TooShort), []string{"5 s of talk; more than 10 s are needed", "by an event", "inbound, +12125550143 to +12125550111"}},
		"nobody's":  {troubleshoot.Question{CallID: "702", Provider: domain.Aircall}, string(domain.NoUser), []string{`no user has the Aircall User Identifier "9"`, "+12125550111 is nobody's phone", "Put the provider's user id"}},
		"excluded, by number": {troubleshoot.Question{Number: "(212) 555-0142"}, string(domain.ExcludedParty),
			[]string{"+12125550142 is an excluded number since " + time.Now().UTC().Format("2006-01-02"), "the lawyer", "Remove the number"}},
		"no permission, by number and time": {troubleshoot.Question{Number: "+12125550145", At: began.Add(3 * time.Minute), Window: 10 * time.Minute}, string(domain.NoPermission),
			[]string{"Tom never held an insights permission set", `Aircall User Identifier "4105" is of Tom`}},
		"waits for an engine": {troubleshoot.Question{CallID: "705"}, string(domain.EngineMissing), []string{"Conversation Insights for Sales since", "next attempt", "earshot models pull"}},
		"by time alone":       {troubleshoot.Question{At: began, Window: time.Minute}, string(domain.EngineMissing), []string{"5 s of talk", "+12125550142 is an excluded number", "by an event"}},
		"at another time":     {troubleshoot.Question{At: began.Add(-8 * time.Hour), Window: 10 * time.Minute}, domain.MissingNotListed, []string{"never told of such a call"}},
	} {
		a, err := c.App.Troubleshoot.WhyMissing(c.ctx, c.Admin, q.ask)
		apptest.Must(t, err)
		if !slices.ContainsFunc(a.Findings, func(f domain.Finding) bool { return f.Code == q.code }) {
			t.Errorf("%s: %+v", name, a)
		}
		for _, s := range q.says {
			if !strings.Contains(told(a), s) {
				t.Errorf("%s does not say %q:\n%s", name, s, told(a))
			}
		}
	}
	found, err := c.App.Troubleshoot.WhyMissing(c.ctx, c.Admin, troubleshoot.Question{CallID: "705"})
	apptest.Must(t, err)
	if len(found.Findings) != 1 || len(found.Fetch) != 0 || found.Findings[0].VCCallID == "" || found.Findings[0].CallID == "" {
		t.Errorf("one call was asked for: %+v", found)
	}
}

// TestWhyItNeverCame: a call of which there is no VC Call, with what the rows say of why, until it is fetched.
func TestWhyItNeverCame(t *testing.T) {
	t.Parallel()
	c := newClinic(t)
	line := c.Fake.AddNumber(fake.Number{Name: "Support", E164: "+12125550111", Country: "US"})
	maria := c.Fake.AddUser(fake.User{ID: 4101, Name: "Maria"})
	began := time.Now().Add(-30 * time.Minute)
	c.Fake.Place(fake.Call{ID: 801, Direction: "inbound", NumberID: line, UserID: maria, Customer: "+1 212-555-0143", StartedAt: began, Ring: time.Second, Talk: time.Minute, Recording: wav(t), AssetsAfter: time.Millisecond, ContentType: "audio/wav"})
	// No event comes, and nothing is listed.
	byID := troubleshoot.Question{CallID: "801"}
	expect := func(name string, q troubleshoot.Question, code, says string, fetch int) {
		t.Helper()
		a, err := c.App.Troubleshoot.WhyMissing(c.ctx, c.Admin, q)
		apptest.Must(t, err)
		if len(a.Findings) == 0 || a.Findings[0].Code != code || !strings.Contains(told(a), says) || len(a.Fetch) != fetch {
			t.Errorf("%s: %+v, want %s and %q", name, a, code, says)
		}
	}
	expect("passed over", byID, domain.MissingNotListed, "the listing up to", 1)
	expect("later than the last listing", troubleshoot.Question{At: time.Now().Add(-time.Minute), Window: 5 * time.Minute}, domain.MissingNotListedYet, "have been listed", 0)
	expect("before enablement", troubleshoot.Question{At: time.Now().AddDate(0, 0, -30)}, string(domain.BeforeEnablement), "Back-fill these days", 0)
	expect("in the future", troubleshoot.Question{At: time.Now().AddDate(0, 0, 1)}, domain.MissingInTheFuture, "has not come yet", 0)
	expect("another provider", troubleshoot.Question{CallID: "801", Provider: domain.Dialpad}, domain.MissingNoConnector, "No provider is connected", 0)
	c.editJob(t, domain.ScheduleHourly, func(j *domain.ScheduledJob) { j.Failures, j.LastResult = 2, "the provider answers with 500" })
	expect("listings fail", byID, domain.MissingListingFails, "the provider answers with 500", 1)
	c.runJobs(t)

	// An event was refused.
	post := func() {
		resp, err := http.Post(c.Server.URL+"/site/"+c.conn(t).SiteSecret, "application/json", strings.NewReader(`{}`))
		apptest.Must(t, err)
		resp.Body.Close()
	}
	post()
	expect("an event was refused", byID, domain.MissingEventRefused, "with status 401: it was not signed", 1)
	_, err := c.App.Connector.SetSite(c.ctx, c.Admin, domain.Aircall, false)
	apptest.Must(t, err)
	post()
	expect("the site is off", byID, string(domain.SiteOff), "with status 404: the site is not active", 1)
	_, err = c.App.Connector.SetSite(c.ctx, c.Admin, domain.Aircall, true)
	apptest.Must(t, err)
	c.raw(t, `DELETE FROM refused_events`)

	// An event came, but nothing was made of it.
	c.raw(t, `INSERT INTO events (id, connector_id, received_at, processed_at, headers, body) SELECT 'e1', id, `+ago(time.Minute)+`, 0, '{}', CAST('{"event":"call.ended","timestamp":`+strconv.FormatInt(began.Unix(), 10)+`,"token":"x","data":{"id":901}}' AS BLOB) FROM connectors`)
	expect("an event that is not done", troubleshoot.Question{CallID: "901"}, domain.MissingEventUnread, "event call.ended of call 901 came on", 1)
	c.tx(t, func(ctx context.Context, tx *store.Tx) error { return tx.MarkEventProcessed(ctx, "e1") })
	expect("an event that was set aside", troubleshoot.Question{CallID: "901"}, domain.MissingEventAside, "it tells of "+domain.Stamp(began), 1)

	// Fetching it by its id mends it.
	apptest.Must(t, c.App.Start(c.ctx))
	_, err = c.App.Library.Import(c.ctx, c.Admin, domain.Aircall, "801")
	apptest.Must(t, err)
	apptest.Until(t, "the call", func() bool {
		vc, err := c.App.Store.VCCallByProviderID(c.ctx, c.conn(t).ID, "801")
		return err == nil && vc.Reason == domain.EngineMissing
	})
	expect("fetched", byID, string(domain.EngineMissing), "when somebody asked for it", 0)

	c.Credential(t, "wrong")
	expect("the key is revoked", troubleshoot.Question{CallID: "802"}, string(domain.CredentialRejected), "Revoked since", 0)
	c.set(t, connector.Switches{Enabled: &off})
	expect("the connector is off", troubleshoot.Question{CallID: "802"}, string(domain.ConnectorOff), "Enable Integration is off", 0)
}

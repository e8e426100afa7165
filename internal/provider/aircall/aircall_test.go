package aircall_test

import (
	"context"
	"net/http/httptest"
	"strconv"
	"strings"
	"testing"

	"earshot/internal/provider"
	"earshot/internal/provider/aircall"
	"earshot/internal/provider/aircall/fake"
	"earshot/internal/provider/providertest"
)

func TestDriver(t *testing.T) {
	t.Parallel()
	providertest.Run(t, harness())
}

func harness() providertest.Harness {
	return providertest.Harness{Info: aircall.Opener().Info, NewWorld: func(t *testing.T, clock *providertest.Clock) providertest.World {
		return newWorld(t, clock)
	}}
}

// world is a company at the fake Aircall.
type world struct {
	*fake.Server
	url                    string
	agent, colleague, line int64
}

func newWorld(t *testing.T, clock *providertest.Clock) *world {
	t.Helper()
	return newWorldWith(t, fake.Options{Now: clock.Now})
}

func newWorldWith(t *testing.T, o fake.Options) *world {
	t.Helper()
	o.APIID, o.APIToken = "the-id", "the-secret-token"
	s := fake.New(o)
	server := httptest.NewServer(s)
	t.Cleanup(server.Close)
	s.SetBaseURL(server.URL)
	w := &world{Server: s, url: server.URL}
	w.agent = s.AddUser(fake.User{Name: providertest.AgentName, Email: providertest.AgentEmail})
	w.colleague = s.AddUser(fake.User{Name: providertest.ColleagueName, Email: providertest.ColleagueEmail})
	w.line = s.AddNumber(fake.Number{Name: "Main line", E164: providertest.Line, Digits: "+1 212-555-0100", Country: "US", UserIDs: []int64{w.agent}})
	return w
}

func (w *world) Opener() provider.Opener { return aircall.Opener() }

func (w *world) Account() (credential, settings map[string]string) {
	return map[string]string{"api_id": "the-id", "api_token": "the-secret-token"}, map[string]string{"base_url": w.url}
}

func (w *world) Place(c providertest.Call) string {
	first, last, _ := strings.Cut(c.ContactName, " ")
	f := fake.Call{
		Direction: string(c.Direction), NumberID: w.line, Customer: spaced(c.Customer), StartedAt: c.StartedAt, Ring: c.Ring, Talk: c.Talk,
		AssetsAfter: c.AudioAfter, FirstName: first, LastName: last, Recording: c.Audio,
	}
	if c.Voicemail {
		f.Recording, f.Voicemail = nil, c.Audio
	}
	f.UserID = map[providertest.Person]int64{providertest.Agent: w.agent, providertest.Colleague: w.colleague}[c.Agent]
	if c.Internal {
		f.ColleagueID = w.colleague
	}
	return strconv.FormatInt(w.Server.Place(f), 10)
}

// spaced writes a number as Aircall shows it.
func spaced(e164 string) string {
	if len(e164) != 12 {
		return e164
	}
	return e164[:2] + " " + e164[2:5] + "-" + e164[5:8] + "-" + e164[8:]
}

func number(id string) int64 {
	n, _ := strconv.ParseInt(id, 10, 64)
	return n
}

func (w *world) DeleteCall(id string)        { w.Server.DeleteCall(number(id)) }
func (w *world) DeleteRecording(id string)   { w.Server.DeleteRecording(number(id)) }
func (w *world) SetLimit(perMinute int)      { w.SetPerMinute(perMinute) }
func (w *world) Deliver(ctx context.Context) { w.Server.Deliver(ctx) }
func (w *world) Forget(id string)            { w.DeleteWebhook(id) }

func (w *world) SetFaults(f providertest.Faults) {
	out := fake.Faults{NoWebhooks: f.NoScope, ExpireLinks: f.ExpiredLinks, Truncate: f.Truncate, Duplicate: f.Duplicate, Shuffle: f.Shuffle}
	if f.Outage {
		out.Status, out.MediaStatus = 503, 503
	}
	if f.OutageOnce {
		out.Status, out.StatusTimes = 502, 1
	}
	if f.NotAudio {
		out.MediaType = "text/html; charset=utf-8"
	}
	w.Server.SetFaults(out)
}

func (w *world) Seen() providertest.Seen {
	s := w.Stats()
	return providertest.Seen{Requests: s.Requests, Refused: s.Refused, Early: s.Early}
}

func (w *world) Disable(id string) {
	w.ChangeWebhook(id, func(h *fake.Webhook) { h.Active = false })
}

func (w *world) Subscriptions() []providertest.Subscription {
	var out []providertest.Subscription
	for _, h := range w.Webhooks() {
		out = append(out, providertest.Subscription{ID: h.ID, Address: h.URL, Active: h.Active})
	}
	return out
}

package dialpad_test

import (
	"context"
	"fmt"
	"net/http/httptest"
	"strconv"
	"strings"
	"testing"
	"time"

	"earshot/internal/provider"
	"earshot/internal/provider/dialpad"
	"earshot/internal/provider/dialpad/fake"
	"earshot/internal/provider/providertest"
)

// world is a company at the fake Dialpad.
type world struct {
	*fake.Server
	url                      string
	agent, colleague, center int64
	queued                   bool // calls come to the center
	signed                   bool // links to recordings
	by                       string
	wrong                    *validator
}

func newWorld(t *testing.T, clock *providertest.Clock) *world {
	t.Helper()
	return newWorldWith(t, fake.Options{Now: clock.Now})
}

func newWorldWith(t *testing.T, o fake.Options) *world {
	t.Helper()
	o.APIKey, o.ClientID, o.ClientSecret = "the-secret-key", "the-client", "the-client-secret"
	s := fake.New(o)
	w := &world{Server: s, wrong: newValidator(s), signed: o.LinkLife > 0}
	server := httptest.NewServer(w.wrong)
	t.Cleanup(server.Close)
	s.SetBaseURL(server.URL)
	w.url = server.URL
	w.agent = s.AddUser(fake.User{Name: providertest.AgentName, Email: providertest.AgentEmail, Phone: "+12125550111"})
	w.colleague = s.AddUser(fake.User{Name: providertest.ColleagueName, Email: providertest.ColleagueEmail, Phone: "+12125550112"})
	s.AddUser(fake.User{Name: "Old Hand", Email: "old@example.com", State: "deleted"})
	w.center = s.AddGroup(fake.Group{Kind: fake.CallCenter, Name: "Service", Phone: providertest.Line})
	return w
}

func (w *world) Opener() provider.Opener { return dialpad.Opener() }

func (w *world) Account() (credential, settings map[string]string) {
	return map[string]string{"kind": dialpad.KindAPIKey, "api_key": "the-secret-key", "client_id": "the-client", "client_secret": "the-client-secret"}, map[string]string{"base_url": w.url}
}

func (w *world) Place(c providertest.Call) string {
	f := fake.Call{
		Direction: string(c.Direction), Line: providertest.Line, Customer: c.Customer, ContactName: c.ContactName, StartedAt: c.StartedAt, Ring: c.Ring, Talk: c.Talk,
		AssetsAfter: c.AudioAfter, Recording: c.Audio, RecordedBy: w.by,
	}
	if c.Voicemail {
		f.Recording, f.Voicemail = nil, c.Audio
	}
	f.UserID = map[providertest.Person]int64{providertest.Agent: w.agent, providertest.Colleague: w.colleague}[c.Agent]
	if c.Internal {
		f.ColleagueID = w.colleague
	}
	if w.queued && !c.Internal || f.UserID == 0 {
		f.GroupID = w.center
	}
	return strconv.FormatInt(w.Server.Place(f), 10)
}

func number(id string) int64 {
	n, _ := strconv.ParseInt(id, 10, 64)
	return n
}

func (w *world) DeleteCall(id string) { w.Server.DeleteCall(number(id)) }

func (w *world) DeleteRecording(id string) { w.Server.DeleteRecording(number(id)) }

func (w *world) SetLimit(perMinute int) { w.Server.SetLimit(perMinute, time.Minute) }

func (w *world) Deliver(ctx context.Context) { w.Server.Deliver(ctx) }

func (w *world) Problems() []string { return append(w.Server.Problems(), w.wrong.problems()...) }

func (w *world) SetFaults(f providertest.Faults) {
	out := fake.Faults{ExpireLinks: f.ExpiredLinks, Truncate: f.Truncate, Duplicate: f.Duplicate, Shuffle: f.Shuffle}
	if f.ExpiredLinks && !w.signed {
		out.MediaStatus = 404 // the link of a recording that is gone; it cannot expire
	}
	if f.NoScope {
		out.Without = []string{"calls:list"}
	}
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

// ids are those of webhook and subscription, of which ours is made.
func ids(id string) (webhook, subscription int64) {
	w, s, _ := strings.Cut(id, ".")
	return number(w), number(s)
}

func (w *world) Disable(id string) {
	_, sub := ids(id)
	w.ChangeSubscription(sub, func(s *fake.Subscription) { s.Enabled = false })
}

func (w *world) Forget(id string) {
	hook, _ := ids(id)
	w.DeleteWebhook(hook)
}

// Subscriptions are the pairs of a webhook and a subscription; one without the other shows as a pair with 0.
func (w *world) Subscriptions() []providertest.Subscription {
	var out []providertest.Subscription
	hooks := w.Webhooks()
	for _, s := range w.Server.Subscriptions() {
		p := providertest.Subscription{ID: fmt.Sprintf("%d.%d", s.WebhookID, s.ID), Active: s.Enabled}
		for i, h := range hooks {
			if h.ID == s.WebhookID {
				p.Address = h.URL
				hooks = append(hooks[:i:i], hooks[i+1:]...)
				break
			}
		}
		out = append(out, p)
	}
	for _, h := range hooks {
		out = append(out, providertest.Subscription{ID: fmt.Sprintf("%d.0", h.ID), Address: h.URL})
	}
	return out
}

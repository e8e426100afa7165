package ringcentral_test

import (
	"cmp"
	"net/http/httptest"
	"testing"

	"earshot/internal/domain"
	"earshot/internal/provider"
	"earshot/internal/provider/providertest"
	"earshot/internal/provider/ringcentral"
	"earshot/internal/provider/ringcentral/fake"
)

func TestDriver(t *testing.T) {
	t.Parallel()
	providertest.Run(t, harness())
}

func harness() providertest.Harness {
	return providertest.Harness{Info: ringcentral.Opener().Info, NewWorld: func(t *testing.T, clock *providertest.Clock) providertest.World {
		return newWorld(t, clock)
	}}
}

// world is a company at the fake RingCentral.
type world struct {
	*fake.Server
	url              string
	agent, colleague int64
	wrong            *validator
}

func newWorld(t *testing.T, clock *providertest.Clock) *world {
	t.Helper()
	s := fake.New(fake.Options{Now: clock.Now, ClientSecret: "the-client-secret", JWT: "the.secret.jwt", MainNumber: providertest.Line})
	wrong := newValidator(s)
	server := httptest.NewServer(wrong)
	t.Cleanup(server.Close)
	s.SetBaseURL(server.URL)
	w := &world{Server: s, url: server.URL, wrong: wrong}
	w.agent = s.AddUser(fake.User{Name: providertest.AgentName, Email: providertest.AgentEmail})
	w.colleague = s.AddUser(fake.User{Name: providertest.ColleagueName, Email: providertest.ColleagueEmail})
	return w
}

// unchecked leaves out the comparison with the description, where there are thousands of records of which others are compared.
func (w *world) unchecked(t *testing.T) *world {
	server := httptest.NewServer(w.Server)
	t.Cleanup(server.Close)
	w.url = server.URL
	w.SetBaseURL(w.url)
	return w
}

func (w *world) Problems() []string { return append(w.Server.Problems(), w.wrong.problems()...) }

func (w *world) Opener() provider.Opener { return ringcentral.Opener() }

func (w *world) Account() (credential, settings map[string]string) {
	return map[string]string{"kind": "jwt", "client_id": "fake-client", "client_secret": "the-client-secret", "jwt": "the.secret.jwt"}, map[string]string{"base_url": w.url, "client_in_header": "yes"}
}

func (w *world) Place(c providertest.Call) string {
	f := fake.Call{Direction: string(c.Direction), Line: providertest.Line, Customer: c.Customer, CustomerName: c.ContactName, StartedAt: c.StartedAt, Ring: c.Ring}
	if c.Direction == "" {
		f.Direction = string(domain.Inbound)
	}
	if c.Internal {
		f.ColleagueID = w.colleague
	}
	if c.Talk > 0 {
		agent := map[providertest.Person]int64{providertest.Agent: w.agent, providertest.Colleague: w.colleague}[c.Agent]
		f.Parts = []fake.Part{{UserID: agent, Talk: c.Talk, Recording: c.Audio, RecordingAfter: c.AudioAfter}}
	}
	return w.Server.Place(f)
}

func (w *world) SetFaults(f providertest.Faults) {
	out := fake.Faults{NoCallLog: f.NoScope, Truncate: f.Truncate, Duplicate: f.Duplicate, Shuffle: f.Shuffle}
	if f.Outage {
		out.Status = 503
	}
	if f.OutageOnce {
		out.Status, out.StatusTimes = 502, 1
	}
	if f.NotAudio {
		out.MediaType = "text/html; charset=utf-8"
	}
	if f.ExpiredLinks {
		out.MediaStatus = 404
	}
	w.Server.SetFaults(out)
}

// change a subscription as somebody else with the app would; what is empty stays.
func (w *world) change(id, address, filter string) {
	w.ChangeSubscription(id, func(s *fake.Subscription) {
		s.Address = cmp.Or(address, s.Address)
		if filter != "" {
			s.Filters = []string{filter}
		}
	})
}

func (w *world) SetLimit(perMinute int) { w.SetPerMinute(perMinute) }
func (w *world) Disable(id string)      { w.Blacklist(id) }
func (w *world) Forget(id string)       { w.DeleteSubscription(id) }

func (w *world) Seen() providertest.Seen {
	s := w.Stats()
	return providertest.Seen{Requests: s.Requests, Refused: s.Refused, Early: s.Early}
}

func (w *world) Subscriptions() []providertest.Subscription {
	var out []providertest.Subscription
	for _, s := range w.Server.Subscriptions() {
		out = append(out, providertest.Subscription{ID: s.ID, Address: s.Address, Active: s.Status == "Active"})
	}
	return out
}

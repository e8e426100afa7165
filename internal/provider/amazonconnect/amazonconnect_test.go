package amazonconnect_test

import (
	"net/http/httptest"
	"testing"

	"earshot/internal/domain"
	"earshot/internal/provider"
	"earshot/internal/provider/amazonconnect"
	"earshot/internal/provider/amazonconnect/fake"
	"earshot/internal/provider/providertest"
	"earshot/internal/simulation"
)

func TestDriver(t *testing.T) {
	t.Parallel()
	for name, source := range map[string]string{"queue": "SQS queue", "stream": "Kinesis stream"} {
		t.Run(name, func(t *testing.T) {
			t.Parallel()
			providertest.Run(t, harness(source))
		})
	}
}

func TestSimulation(t *testing.T) {
	t.Parallel()
	simulation.Run(t, harness("SQS queue"))
}

func harness(source string) providertest.Harness {
	return providertest.Harness{Info: amazonconnect.Opener().Info, NewWorld: func(t *testing.T, clock *providertest.Clock) providertest.World {
		return newWorld(t, clock, source)
	}}
}

// world is an instance at the fake AWS.
type world struct {
	*fake.Server
	url, source      string
	agent, colleague string
}

func newWorld(t *testing.T, clock *providertest.Clock, source string) *world {
	t.Helper()
	s := fake.New(fake.Options{Now: clock.Now, Line: providertest.Line})
	server := httptest.NewServer(s)
	t.Cleanup(server.Close)
	w := &world{Server: s, url: server.URL, source: source}
	w.agent = s.AddUser(fake.User{Username: "ada", Name: providertest.AgentName, Email: providertest.AgentEmail})
	w.colleague = s.AddUser(fake.User{Username: "carl", Name: providertest.ColleagueName, Email: providertest.ColleagueEmail})
	return w
}

func (w *world) Opener() provider.Opener { return amazonconnect.Opener() }

func (w *world) Account() (credential, settings map[string]string) {
	return map[string]string{"kind": "keys", "access_key_id": "AKIAFAKEFAKEFAKE", "secret_access_key": "fake-secret-access-key"},
		map[string]string{"base_url": w.url, "region": fake.Region, "instance_id": "12345678-1234-1234-1234-123456789012", "source": w.source, "queue_url": w.url + "/111122223333/" + fake.Queue, "stream_name": fake.Stream}
}

func (w *world) Place(c providertest.Call) string {
	f := fake.Call{Direction: string(c.Direction), Line: providertest.Line, Customer: c.Customer, CustomerName: c.ContactName, StartedAt: c.StartedAt, Ring: c.Ring, ContentType: "audio/wav"}
	if c.Direction == "" {
		f.Direction = string(domain.Inbound)
	}
	if c.Internal {
		f.ColleagueID = w.colleague
	}
	if c.Talk > 0 {
		agent := map[providertest.Person]string{providertest.Agent: w.agent, providertest.Colleague: w.colleague}[c.Agent]
		f.Parts = []fake.Part{{UserID: agent, Talk: c.Talk, Recording: c.Audio, RecordingAfter: c.AudioAfter}}
	}
	return w.Server.Place(f)
}

func (w *world) SetFaults(f providertest.Faults) {
	out := fake.Faults{Truncate: f.Truncate, Duplicate: f.Duplicate, Shuffle: f.Shuffle}
	if f.Lost {
		out.Drop = func(string) bool { return true }
	}
	if f.NoScope {
		out.Denied = "SearchContacts"
	}
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

func (w *world) SetLimit(perMinute int) { w.SetPerMinute(perMinute) }

// Subscriptions are none: events are taken from a queue or a stream.
func (w *world) Subscriptions() []providertest.Subscription { return nil }
func (w *world) Disable(string)                             {}
func (w *world) Forget(string)                              {}

func (w *world) Seen() providertest.Seen {
	s := w.Stats()
	return providertest.Seen{Requests: s.Requests, Refused: s.Refused, Early: s.Early}
}

package dialpad_test

import (
	"testing"
	"time"

	"earshot/internal/domain"
	"earshot/internal/provider/dialpad/fake"
	"earshot/internal/provider/providertest"
)

// TestEventsWithoutExport: a key without the right to export gets events without links; the calls then wait for their recordings
// and have none in the end, and nothing fails.
func TestEventsWithoutExport(t *testing.T) {
	t.Parallel()
	clock := providertest.NewClock()
	w := newWorld(t, clock)
	conn := open(t, w, clock)
	s := newSite(t)
	w.Server.SetFaults(fake.Faults{Without: []string{"recordings_export"}})
	sub, err := conn.Subscribe(t.Context(), s.URL, "")
	if err != nil {
		t.Fatal(err)
	}
	id := w.Server.Place(fake.Call{Direction: "inbound", UserID: w.agent, Line: providertest.Line, Customer: providertest.Customer, Talk: time.Minute, Recording: []byte("ID3")})
	clock.Advance(10 * time.Minute)
	w.Deliver(t.Context())
	if len(s.all()) == 0 {
		t.Fatal("no event came")
	}
	for _, e := range s.all() {
		if err := conn.Verify(e.header, e.body, sub.Secret); err != nil || e.header.Get("Content-Type") != "application/jwt" {
			t.Errorf("%v: %v", e.header, err)
		}
		calls, err := conn.Parse(e.body, clock.Now())
		if err != nil || len(calls) != 1 || calls[0].Call == nil || calls[0].Call.Recording != domain.RecordingPending {
			t.Errorf("%+v, %v", calls, err)
		}
	}
	clock.Advance(6 * time.Hour)
	if c := get(t, conn, id); c.Recording != domain.RecordingNone {
		t.Errorf("hours later the recording is %q", c.Recording)
	}
}

// TestUnsignedEvents: a webhook that lost its secret sends plain JSON, which is neither believed nor read.
func TestUnsignedEvents(t *testing.T) {
	t.Parallel()
	clock := providertest.NewClock()
	w := newWorld(t, clock)
	conn := open(t, w, clock)
	s := newSite(t)
	sub, err := conn.Subscribe(t.Context(), s.URL, "")
	if err != nil {
		t.Fatal(err)
	}
	hook, _ := ids(sub.ID)
	w.ChangeWebhook(hook, func(h *fake.Webhook) { h.Secret = "" })
	w.Place(providertest.Call{Direction: domain.Outbound, Customer: providertest.Customer, Agent: providertest.Agent, Talk: time.Minute})
	clock.Advance(10 * time.Minute)
	w.Deliver(t.Context())
	if len(s.all()) == 0 {
		t.Fatal("no event came")
	}
	for _, e := range s.all() {
		if err := conn.Verify(e.header, e.body, sub.Secret); !domain.IsKind(err, domain.KindUnauthorized) {
			t.Errorf("%s is believed: %v", e.body, err)
		}
		if calls, err := conn.Parse(e.body, clock.Now()); len(calls) > 0 || !domain.IsKind(err, domain.KindInvalid) {
			t.Errorf("%s is read: %+v, %v", e.body, calls, err)
		}
	}
}

package ringcentral_test

import (
	"strings"
	"testing"
	"time"

	"earshot/internal/domain"
	"earshot/internal/provider/providertest"
)

// TestBlacklisted: a site that fails for ten minutes gets nothing more, until Subscribe mends it.
func TestBlacklisted(t *testing.T) {
	t.Parallel()
	clock := providertest.NewClock()
	w := newWorld(t, clock)
	conn := open(t, w, clock)
	s := newSite(t, conn)
	sub, err := conn.Subscribe(t.Context(), s.URL, "")
	if err != nil {
		t.Fatal(err)
	}
	s.refuse(true)
	for range 12 {
		w.Place(providertest.Call{Direction: domain.Inbound, Customer: providertest.Customer, Agent: providertest.Agent, StartedAt: clock.Now(), Talk: time.Minute})
		clock.Advance(2 * time.Minute)
		w.Deliver(t.Context())
	}
	if subs := w.Subscriptions(); len(subs) != 1 || subs[0].Active {
		t.Fatalf("subscriptions %+v", subs)
	}
	s.refuse(false)
	again, err := conn.Subscribe(t.Context(), s.URL, sub.ID)
	if err != nil || !strings.Contains(again.Repaired, "blacklisted") {
		t.Fatalf("Subscribe = %+v, %v", again, err)
	}
	id := w.Place(providertest.Call{Direction: domain.Inbound, Customer: providertest.Customer, Agent: providertest.Agent, StartedAt: clock.Now(), Talk: time.Minute})
	clock.Advance(2 * time.Minute)
	w.Deliver(t.Context())
	found := false
	for _, e := range s.all() {
		if err := conn.Verify(e.header, e.body, again.Secret); err != nil {
			t.Error(err)
		}
		calls, err := conn.Parse(e.body, clock.Now())
		if err != nil {
			t.Error(err)
		}
		found = found || len(calls) == 1 && calls[0].CallID == id
	}
	if !found {
		t.Errorf("%d events, none of them tells that %s has ended", len(s.all()), id)
	}
}

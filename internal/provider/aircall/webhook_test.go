package aircall_test

import (
	"net/http"
	"net/http/httptest"
	"slices"
	"strings"
	"testing"
	"time"

	"earshot/internal/domain"
	"earshot/internal/provider/aircall/fake"
	"earshot/internal/provider/providertest"
)

// TestOnlyNeededEvents: a webhook without a list would get all nineteen, and each costs a request.
func TestOnlyNeededEvents(t *testing.T) {
	t.Parallel()
	clock := providertest.NewClock()
	w := newWorld(t, clock)
	conn := open(t, w, clock)
	sub, err := conn.Subscribe(t.Context(), "https://example.com/site", "")
	if err != nil {
		t.Fatal(err)
	}
	want := []string{"call.ended", "call.comm_assets_generated", "call.voicemail_left", "call.assigned"}
	if got := w.Webhooks()[0].Events; !slices.Equal(got, want) {
		t.Errorf("subscribed to %v, want %v", got, want)
	}
	w.ChangeWebhook(sub.ID, func(h *fake.Webhook) { h.Events = []string{"call.tagged", "call.ended"} })
	again, err := conn.Subscribe(t.Context(), "https://example.com/site", sub.ID)
	if err != nil || !strings.Contains(again.Repaired, "call.comm_assets_generated") {
		t.Fatalf("Subscribe = %+v, %v; want the missing event named", again, err)
	}
	if got := w.Webhooks()[0].Events; !slices.Equal(got, append(want, "call.tagged")) {
		t.Errorf("mended to %v, want ours and what the admin added", got)
	}
}

// TestSecondWebhookIsRemoved: its events would come twice, with a token that we do not have.
func TestSecondWebhookIsRemoved(t *testing.T) {
	t.Parallel()
	clock := providertest.NewClock()
	w := newWorld(t, clock)
	conn := open(t, w, clock)
	first, err := conn.Subscribe(t.Context(), "https://example.com/site", "")
	if err != nil {
		t.Fatal(err)
	}
	second, err := conn.Subscribe(t.Context(), "https://example.com/other", "")
	if err != nil || second.ID == first.ID {
		t.Fatalf("Subscribe = %+v, %v", second, err)
	}
	w.ChangeWebhook(second.ID, func(h *fake.Webhook) { h.URL = "https://example.com/site" })
	again, err := conn.Subscribe(t.Context(), "https://example.com/site", second.ID)
	if err != nil || again.ID != second.ID || again.Secret != second.Secret || again.Repaired == "" {
		t.Errorf("Subscribe = %+v, %v; want %s kept and the other removed", again, err, second.ID)
	}
	if n := len(w.Webhooks()); n != 1 {
		t.Errorf("%d webhooks left", n)
	}
}

// TestWebhookDisabledByFailures: while a site is down Aircall disables its webhook; our repair brings it back, and what was
// missed is in the listing.
func TestWebhookDisabledByFailures(t *testing.T) {
	t.Parallel()
	clock := providertest.NewClock()
	w := newWorld(t, clock)
	conn := open(t, w, clock)
	down := httptest.NewServer(http.HandlerFunc(func(w http.ResponseWriter, _ *http.Request) { w.WriteHeader(http.StatusBadGateway) }))
	defer down.Close()
	sub, err := conn.Subscribe(t.Context(), down.URL, "")
	if err != nil {
		t.Fatal(err)
	}
	for range 40 {
		w.Place(providertest.Call{Direction: domain.Outbound, Customer: providertest.Customer, Agent: providertest.Agent, Talk: time.Minute, Audio: []byte("audio"), AudioAfter: time.Minute})
	}
	clock.Advance(time.Hour)
	w.Deliver(t.Context())
	if w.Webhooks()[0].Active {
		t.Fatal("the fake did not disable the webhook after 80 failures")
	}
	again, err := conn.Subscribe(t.Context(), down.URL, sub.ID)
	if err != nil || !strings.Contains(again.Repaired, "disabled") || again.Secret != sub.Secret || !w.Webhooks()[0].Active {
		t.Errorf("Subscribe = %+v, %v; want it active again", again, err)
	}
}

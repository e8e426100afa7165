package ringcentral_test

import (
	"net/http"
	"net/http/httptest"
	"strings"
	"testing"
	"time"

	"earshot/internal/domain"
	"earshot/internal/provider"
	"earshot/internal/provider/providertest"
	"earshot/internal/provider/ringcentral/fake"
)

const (
	address = "https://example.com/site/x"
	week    = 7 * 24 * time.Hour
)

// TestSubscriptionIsMended: whatever happened to the subscription, repeating Subscribe leaves one that is right, and says what was wrong.
func TestSubscriptionIsMended(t *testing.T) {
	t.Parallel()
	for name, c := range map[string]struct {
		harm   func(w *world, clock *providertest.Clock, sub string)
		forget bool // our side lost the id
		want   string
		same   bool // id
	}{
		"nothing":       {func(*world, *providertest.Clock, string) {}, false, "", true},
		"id lost":       {func(*world, *providertest.Clock, string) {}, true, "", true},
		"blacklisted":   {func(w *world, _ *providertest.Clock, sub string) { w.Blacklist(sub) }, false, "blacklisted", false},
		"deleted":       {func(w *world, _ *providertest.Clock, sub string) { w.DeleteSubscription(sub) }, false, "was gone", false},
		"ends soon":     {func(_ *world, clock *providertest.Clock, _ string) { clock.Advance(5 * 24 * time.Hour) }, false, "", true},
		"has ended":     {func(_ *world, clock *providertest.Clock, _ string) { clock.Advance(8 * 24 * time.Hour) }, false, "was gone", false},
		"other address": {func(w *world, _ *providertest.Clock, sub string) { w.change(sub, "https://example.com/old", "") }, false, "another address", false},
		"one extension": {func(w *world, _ *providertest.Clock, sub string) {
			w.change(sub, "", "/restapi/v1.0/account/~/extension/1/telephony/sessions")
		}, false, "events of calls", false},
		"with conditions": {func(w *world, _ *providertest.Clock, sub string) {
			w.change(sub, "", "/restapi/v1.0/account/~/telephony/sessions?direction=Inbound")
		}, false, "events of calls", false},
	} {
		t.Run(name, func(t *testing.T) {
			t.Parallel()
			clock := providertest.NewClock()
			w := newWorld(t, clock)
			conn := open(t, w, clock)
			if _, err := conn.Subscribe(t.Context(), "https://example.com/somebody-else", ""); err != nil {
				t.Fatal(err)
			}
			first, err := conn.Subscribe(t.Context(), address, "")
			if err != nil || first.Repaired != "" {
				t.Fatalf("Subscribe = %+v, %v", first, err)
			}
			c.harm(w, clock, first.ID)
			id := first.ID
			if c.forget {
				id = ""
			}
			again, err := conn.Subscribe(t.Context(), address, id)
			if err != nil || !strings.Contains(again.Repaired, c.want) || (c.want == "") != (again.Repaired == "") {
				t.Fatalf("Subscribe = %+v, %v; want a repair %q", again, err, c.want)
			}
			if (again.ID == first.ID) != c.same || again.Secret != first.Secret {
				t.Errorf("id %s became %s, secret the same: %v", first.ID, again.ID, again.Secret == first.Secret)
			}
			if left := again.ExpiresAt.Sub(clock.Now()); left < week-time.Minute || left > week {
				t.Errorf("expires in %v, want %v", left, week)
			}
			wantOne(t, w, again)
		})
	}
}

func wantOne(t *testing.T, w *world, sub provider.Subscription) {
	t.Helper()
	ours := 0
	for _, s := range w.Subscriptions() {
		if s.Address != address {
			continue
		}
		if ours++; s.ID != sub.ID || !s.Active {
			t.Errorf("subscription %+v, want %s", s, sub.ID)
		}
	}
	if ours != 1 {
		t.Errorf("%d subscriptions, want 1", ours)
	}
}

// TestDoublesAreRemoved: two of us that subscribed at once leave one subscription.
func TestDoublesAreRemoved(t *testing.T) {
	t.Parallel()
	clock := providertest.NewClock()
	w := newWorld(t, clock)
	conn := open(t, w, clock)
	other, err := conn.Subscribe(t.Context(), "https://example.com/old", "")
	if err != nil {
		t.Fatal(err)
	}
	if _, err := conn.Subscribe(t.Context(), address, ""); err != nil {
		t.Fatal(err)
	}
	w.change(other.ID, address, "")
	sub, err := conn.Subscribe(t.Context(), address, "")
	if err != nil || !strings.Contains(sub.Repaired, "second subscription") {
		t.Errorf("Subscribe = %+v, %v", sub, err)
	}
	wantOne(t, w, sub)
}

// TestDisabledFilter: RingCentral makes a subscription that brings nothing, and we say so, also when it is found again.
func TestDisabledFilter(t *testing.T) {
	t.Parallel()
	clock := providertest.NewClock()
	w := newWorld(t, clock)
	conn := open(t, w, clock)
	w.Server.SetFaults(fake.Faults{NoEvents: true})
	for range 2 {
		if _, err := conn.Subscribe(t.Context(), address, ""); !domain.IsKind(err, domain.KindScopeMissing) || !strings.Contains(err.Error(), "CallControl") {
			t.Errorf("Subscribe: %v", err)
		}
	}
	w.Server.SetFaults(fake.Faults{})
	sub, err := conn.Subscribe(t.Context(), address, "")
	if err != nil {
		t.Fatal(err)
	}
	wantOne(t, w, sub)
}

// TestUnansweredHandshake: an address that does not give the token back gets no subscription, and the reason is said.
func TestUnansweredHandshake(t *testing.T) {
	t.Parallel()
	clock := providertest.NewClock()
	w := newWorld(t, clock)
	conn := open(t, w, clock)
	nobody := httptest.NewServer(http.NotFoundHandler())
	t.Cleanup(nobody.Close)
	_, err := conn.Subscribe(t.Context(), nobody.URL, "")
	if !domain.IsKind(err, domain.KindInvalid) || !strings.Contains(err.Error(), "SUB-525") || !strings.Contains(err.Error(), "public address") {
		t.Errorf("Subscribe: %v", err)
	}
	if n := len(w.Subscriptions()); n != 0 {
		t.Errorf("%d subscriptions", n)
	}
}

// TestTooMany: the thirty-first subscription is refused in words.
func TestTooMany(t *testing.T) {
	t.Parallel()
	clock := providertest.NewClock()
	w := newWorld(t, clock)
	conn := open(t, w, clock)
	for range 30 {
		w.AddSubscription("https://example.com/other")
	}
	if _, err := conn.Subscribe(t.Context(), address, ""); !domain.IsKind(err, domain.KindInvalid) || !strings.Contains(err.Error(), "(30)") {
		t.Errorf("Subscribe: %v", err)
	}
}

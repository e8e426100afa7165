package fake_test

import (
	"strconv"
	"strings"
	"testing"
	"time"

	"earshot/internal/provider/dialpad/fake"
)

func TestEventsInOrder(t *testing.T) {
	t.Parallel()
	b := setup(t, fake.Options{})
	r, plain := newReceiver(t), newReceiver(t)
	b.subscribe(r.URL, "the secret", `["all"]`)
	b.subscribe(plain.URL, "", `["hangup","recording"]`)
	call := b.Place(fake.Call{Direction: "inbound", UserID: b.user, Customer: "anonymous", Ring: 10 * time.Second, Talk: time.Minute, Recording: []byte("sound"), AssetsAfter: 2 * time.Minute})
	if at, ok := b.NextDelivery(); !ok || at.UnixMilli() != start {
		t.Errorf("next event at %v, %v", at, ok)
	}
	b.Deliver(t.Context())
	if got := strings.Join(r.states, " "); got != "ringing" {
		t.Errorf("at once: %s", got)
	}
	b.advance(time.Hour)
	b.Deliver(t.Context())
	if got, want := strings.Join(r.states, " "), "ringing connected hangup recording call_transcription"; got != want || r.kinds[2] != "application/jwt" {
		t.Errorf("came %s as %v\nwant %s", got, r.kinds, want)
	}
	if got := strings.Join(plain.states, " "); got != "hangup recording" || plain.kinds[0] != "application/json" {
		t.Errorf("without a secret came %s as %v", got, plain.kinds)
	}
	if e := r.bodies[2]; !strings.Contains(e, `"event_timestamp":1767225670000`) || !strings.Contains(e, `"call_id":`+strconv.FormatInt(call, 10)+`,`) || strings.Contains(e, "/r/") || !strings.Contains(r.bodies[3], "/r/") {
		t.Errorf("events do not tell the leg as it was then, with numbers:\n%s\n%s", e, r.bodies[3])
	}
	if _, ok := b.NextDelivery(); ok {
		t.Error("something is left")
	}
}

// TestWhoGetsWhat: subscriptions that are off, for somebody else, for groups only, or that lead nowhere, and what the right to
// export does.
func TestWhoGetsWhat(t *testing.T) {
	t.Parallel()
	for name, c := range map[string]struct {
		change func(*bench, int64, int64)
		want   int
	}{
		"all": {func(*bench, int64, int64) {}, 2},
		"off": {func(b *bench, _, sub int64) {
			b.ChangeSubscription(sub, func(s *fake.Subscription) { s.Enabled = false })
		}, 0},
		"groups only": {func(b *bench, _, sub int64) {
			b.ChangeSubscription(sub, func(s *fake.Subscription) { s.GroupOnly = true })
		}, 1},
		"one person only": {func(b *bench, _, sub int64) {
			b.ChangeSubscription(sub, func(s *fake.Subscription) { s.TargetID = b.second })
		}, 1},
		"another state": {func(b *bench, _, sub int64) {
			b.ChangeSubscription(sub, func(s *fake.Subscription) { s.States = []string{"missed"} })
		}, 0},
		"no webhook":      {func(b *bench, hook, _ int64) { b.DeleteWebhook(hook) }, 0},
		"no subscription": {func(b *bench, _, sub int64) { b.DeleteSubscription(sub) }, 0},
	} {
		b, r := setup(t, fake.Options{}), newReceiver(t)
		hook, sub := b.subscribe(r.URL, "s", `["hangup"]`)
		c.change(b, hook, sub)
		b.Place(fake.Call{Direction: "outbound", UserID: b.user, GroupID: b.center, Customer: "anonymous", Talk: time.Minute})
		b.Place(fake.Call{Direction: "outbound", UserID: b.second, Customer: "anonymous", Talk: time.Minute})
		b.advance(time.Hour)
		if n := b.Deliver(t.Context()); n != c.want {
			t.Errorf("%s: %d events came, want %d", name, n, c.want)
		}
	}
	b, r := setup(t, fake.Options{Scopes: []string{"calls:list"}}), newReceiver(t)
	b.subscribe(r.URL, "s", `["recording"]`)
	b.Place(fake.Call{Direction: "outbound", UserID: b.user, Customer: "anonymous", Talk: time.Minute, Recording: []byte("sound")})
	b.advance(time.Hour)
	if b.Deliver(t.Context()); len(r.bodies) != 1 || strings.Contains(r.bodies[0], "/r/") {
		t.Errorf("without the right to export came %v", r.bodies)
	}
}

// TestRetries: a 5xx brings an event again after 2, 4 and 8 s and then never; a 4xx does not; no answer brings two more tries at
// once. No webhook is switched off.
func TestRetries(t *testing.T) {
	t.Parallel()
	for status, want := range map[int][]time.Duration{500: {0, 2, 6, 14}, 503: {0, 2, 6, 14}, 404: {0}, 429: {0}, 301: {0}, 204: {0}, 0: {0, 0, 0}} {
		b, r := setup(t, fake.Options{}), newReceiver(t)
		_, sub := b.subscribe(r.URL, "s", `["hangup"]`)
		r.status.Store(int64(status))
		b.Place(fake.Call{Direction: "outbound", UserID: b.user, Customer: "anonymous"})
		var got []time.Duration
		for s := range 60 {
			before := r.seen()
			b.Deliver(t.Context())
			for range r.seen() - before {
				got = append(got, time.Duration(s))
			}
			b.advance(time.Second)
		}
		if len(got) != len(want) {
			t.Errorf("%d: tries after %v s, want %v", status, got, want)
			continue
		}
		for i := range got {
			if got[i] != want[i] {
				t.Errorf("%d: tries after %v s, want %v", status, got, want)
				break
			}
		}
		for _, s := range b.Subscriptions() {
			if s.ID == sub && !s.Enabled {
				t.Errorf("%d: the subscription was switched off", status)
			}
		}
	}
}

// TestRetryComesLate: an event that failed comes after those that followed it.
func TestRetryComesLate(t *testing.T) {
	t.Parallel()
	b, r := setup(t, fake.Options{}), newReceiver(t)
	b.subscribe(r.URL, "s", `["hangup","recording"]`)
	failed := false
	r.by = func(state string) int {
		if state == "hangup" && !failed {
			failed = true
			return 502
		}
		return 200
	}
	b.Place(fake.Call{Direction: "outbound", UserID: b.user, Customer: "anonymous", Talk: time.Minute, Recording: []byte("sound"), AssetsAfter: time.Second})
	for range 70 {
		b.advance(time.Second)
		b.Deliver(t.Context())
	}
	if got := strings.Join(r.states, " "); got != "hangup recording hangup" {
		t.Errorf("came %s", got)
	}
	if s := b.Stats(); s.Deliveries != 2 || s.Failures != 1 {
		t.Errorf("counted %+v", s)
	}
}

func TestDropsAndDoubles(t *testing.T) {
	t.Parallel()
	b, r := setup(t, fake.Options{}), newReceiver(t)
	b.subscribe(r.URL, "s", `["calling","hangup"]`)
	b.SetFaults(fake.Faults{Duplicate: 2, Drop: func(state string, _ int64) bool { return state == "calling" }})
	b.Place(fake.Call{Direction: "outbound", UserID: b.user, Customer: "anonymous", Talk: time.Minute})
	b.advance(time.Hour)
	if n := b.Deliver(t.Context()); n != 3 || strings.Join(r.states, " ") != "hangup hangup hangup" {
		t.Errorf("%d came: %v", n, r.states)
	}
}

// TestPlacedInThePast: events of a call that was over when it was placed are due at once, as they were then.
func TestPlacedInThePast(t *testing.T) {
	t.Parallel()
	b, r := setup(t, fake.Options{}), newReceiver(t)
	b.subscribe(r.URL, "s", `["calling","hangup"]`)
	b.Place(fake.Call{Direction: "outbound", UserID: b.user, Customer: "anonymous", StartedAt: time.UnixMilli(start - 600_000), Talk: time.Minute})
	if n := b.Deliver(t.Context()); n != 2 || !strings.Contains(r.bodies[0], `"event_timestamp":1767225000000`) {
		t.Errorf("%d came: %v", n, r.bodies)
	}
	b.advance(time.Minute)
	b.subscribe(r.URL+"/late", "s", `["hangup"]`)
	if n := b.Deliver(t.Context()); n != 0 {
		t.Errorf("%d came to a subscription that was made later", n)
	}
}

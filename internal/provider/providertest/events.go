package providertest

import (
	"bytes"
	"slices"
	"testing"
	"time"

	"github.com/google/go-cmp/cmp"
	"github.com/google/go-cmp/cmp/cmpopts"

	"earshot/internal/domain"
	"earshot/internal/provider"
)

// subscribed is a site that the provider sends its events to.
func (b *bundle) subscribed(t *testing.T) (*site, provider.Subscription) {
	t.Helper()
	s := newSite(t, b.conn)
	sub, err := b.conn.Subscribe(t.Context(), s.URL+"/site/x", "")
	if err != nil || sub.ID == "" || sub.Secret == "" {
		t.Fatalf("Subscribe = %+v, %v; want an id and a secret", sub, err)
	}
	return s, sub
}

// news gives what the provider sent in the time that passes.
func (b *bundle) news(t *testing.T, s *site, after time.Duration) []received {
	t.Helper()
	before := len(s.all())
	b.clock.Advance(after)
	b.world.Deliver(t.Context())
	return s.all()[before:]
}

func testVerify(t *testing.T, h Harness) {
	b := h.setup(t)
	s, sub := b.subscribed(t)
	b.world.Place(b.call())
	events := b.news(t, s, 10*time.Minute)
	if len(events) == 0 {
		t.Fatal("no event came")
	}
	e := events[0]
	if err := b.conn.Verify(e.header, e.body, sub.Secret); err != nil {
		t.Errorf("a real event is refused: %v", err)
	}
	changed := []byte(sub.Secret)
	changed[len(changed)-1] ^= 1
	for name, secret := range map[string]string{"another": "another", "empty": "", "one bit off": string(changed), "longer": sub.Secret + "x"} {
		wantKind(t, name+" secret", b.conn.Verify(e.header, e.body, secret), domain.KindUnauthorized)
	}
	for _, body := range []string{"", "{}", "null", "[]", `{"token":null}`, `{"token":{}}`, "\xff", `"` + sub.Secret + `"`} {
		wantKind(t, "body "+body, b.conn.Verify(nil, []byte(body), sub.Secret), domain.KindUnauthorized)
		wantKind(t, "body "+body+", empty secret", b.conn.Verify(nil, []byte(body), ""), domain.KindUnauthorized)
	}
}

// parse reads events, and checks what holds for each.
func (b *bundle) parse(t *testing.T, events []received) map[string][]provider.EventCall {
	t.Helper()
	out := map[string][]provider.EventCall{}
	for _, e := range events {
		calls, err := b.conn.Parse(e.body, b.clock.Now())
		if err != nil {
			t.Fatalf("Parse: %v\n%s", err, e.body)
		}
		if replayed, err := b.conn.Parse(e.body, b.clock.Now().AddDate(0, 0, 3)); err != nil || !cmp.Equal(calls, replayed) {
			t.Errorf("sent again three days later an event says something else, so its age does not show:\n%s%v", cmp.Diff(calls, replayed), err)
		}
		for _, c := range calls {
			if c.CallID == "" || c.Name == "" || c.ObservedAt.IsZero() || c.ObservedAt.After(b.clock.Now()) {
				t.Errorf("event %+v lacks id, name or time", c)
			}
			if c.Call != nil && c.Call.ID != c.CallID {
				t.Errorf("event about %s carries call %s", c.CallID, c.Call.ID)
			}
			out[c.CallID] = append(out[c.CallID], c)
		}
	}
	return out
}

// latest is what the events say in the end, in whatever order they came.
func latest(events []provider.EventCall) provider.EventCall {
	return slices.MaxFunc(events, func(a, b provider.EventCall) int { return a.ObservedAt.Compare(b.ObservedAt) })
}

// testEvents: a call's events tell of it, and carry it as the provider tells it when asked.
func testEvents(t *testing.T, h Harness) {
	b := h.setup(t)
	s, _ := b.subscribed(t)
	placed := []string{
		b.world.Place(b.call()),
		b.world.Place(b.call(func(c *Call) { c.Direction = domain.Outbound })),
		b.world.Place(b.call(func(c *Call) { c.Agent = Nobody })),
		b.world.Place(b.call(func(c *Call) { c.Talk, c.Ring, c.Voicemail, c.Agent = 0, 30*time.Second, true, Nobody })),
		b.world.Place(b.call(func(c *Call) { c.Internal, c.ContactName = true, "" })),
		b.world.Place(b.call(func(c *Call) { c.Customer = "anonymous" })),
	}
	var events []received
	for range 15 {
		events = append(events, b.news(t, s, 20*time.Second)...)
	}
	told := b.parse(t, events)
	for _, id := range placed {
		if len(told[id]) == 0 {
			t.Errorf("no event tells of call %s", id)
			continue
		}
		if last := latest(told[id]); last.Call != nil {
			want := b.get(t, id)
			if diff := cmp.Diff(want, *last.Call, cmpopts.IgnoreFields(domain.RecordingRef{}, "URL")); diff != "" {
				t.Errorf("event and GetCall tell call %s differently:\n%s", id, diff)
			}
		}
	}
}

// testEventsAnyhow: doubled and shuffled events say the same in the end.
func testEventsAnyhow(t *testing.T, h Harness) {
	b := h.setup(t)
	s, _ := b.subscribed(t)
	b.world.SetFaults(Faults{Duplicate: 1, Shuffle: true})
	var placed []string
	for i := range 12 {
		placed = append(placed, b.world.Place(b.call(func(c *Call) { c.StartedAt = c.StartedAt.Add(time.Duration(i) * 3 * time.Second) })))
	}
	told := b.parse(t, b.news(t, s, 10*time.Minute))
	for _, id := range placed {
		if len(told[id]) < 2 {
			t.Fatalf("%d events tell of call %s, want each twice", len(told[id]), id)
		}
		if last := latest(told[id]); last.Call != nil && last.Call.Recording != domain.RecordingReady {
			t.Errorf("the last word on call %s is that its recording is %q", id, last.Call.Recording)
		}
	}
}

// testGarbledEvents: cut and mixed-up events are an error or say nothing; they neither panic nor invent calls.
func testGarbledEvents(t *testing.T, h Harness) {
	b := h.setup(t)
	bodies := [][]byte{nil, []byte("{"), []byte("null"), []byte("[]"), []byte(`"x"`), []byte("{}"), bytes.Repeat([]byte("["), 100_000)}
	if b.info.Abilities.Subscriptions {
		s, _ := b.subscribed(t)
		b.world.Place(b.call())
		for _, e := range b.news(t, s, 10*time.Minute) {
			for i := 0; i < len(e.body); i += 7 {
				bodies = append(bodies, e.body[:i])
			}
		}
	}
	for _, body := range bodies {
		calls, err := b.conn.Parse(body, b.clock.Now())
		if len(calls) > 0 {
			t.Errorf("%q gives calls: %+v", body, calls)
		}
		if err != nil && domain.KindOf(err) != domain.KindInvalid {
			t.Errorf("%q gives an error of kind %q, want invalid", body, domain.KindOf(err))
		}
	}
}

// testSubscription: one subscription, whatever happens to it.
func testSubscription(t *testing.T, h Harness) {
	b := h.setup(t)
	s, first := b.subscribed(t)
	address := s.URL + "/site/x"
	subscribe := func(why, id string) provider.Subscription {
		t.Helper()
		sub, err := b.conn.Subscribe(t.Context(), address, id)
		if err != nil || sub.ID == "" || sub.Secret == "" {
			t.Fatalf("%s: Subscribe = %+v, %v", why, sub, err)
		}
		if all := b.world.Subscriptions(); len(all) != 1 || all[0].ID != sub.ID || all[0].Address != address || !all[0].Active {
			t.Fatalf("%s: the provider has %+v, want one active for %s", why, all, address)
		}
		return sub
	}
	for why, id := range map[string]string{"known": first.ID, "id lost": "", "id of another": "another"} {
		if again := subscribe(why, id); again.ID != first.ID || again.Secret != first.Secret || again.Repaired != "" {
			t.Errorf("%s: %+v, want %+v", why, again, first)
		}
	}
	b.world.Disable(first.ID)
	mended := subscribe("disabled", first.ID)
	if mended.Repaired == "" {
		t.Errorf("disabled: %+v, want it repaired and said so", mended)
	}
	address = s.URL + "/site/y"
	moved := subscribe("moved", mended.ID)
	if moved.Repaired == "" {
		t.Errorf("moved: %+v, want it repaired and said so", moved)
	}
	b.world.Forget(moved.ID)
	last := subscribe("forgotten", moved.ID)
	if last.Repaired == "" {
		t.Errorf("forgotten: %+v, want it said that it was made again", last)
	}
	b.world.Place(b.call())
	for _, e := range b.news(t, s, 10*time.Minute) {
		if err := b.conn.Verify(e.header, e.body, last.Secret); err != nil {
			t.Errorf("an event of the new subscription is refused: %v", err)
		}
	}
	for range 2 {
		if err := b.conn.Unsubscribe(t.Context(), last.ID); err != nil {
			t.Errorf("Unsubscribe: %v", err)
		}
	}
	if all := b.world.Subscriptions(); len(all) > 0 {
		t.Errorf("after Unsubscribe there is %+v", all)
	}
}

package providertest

import (
	"context"
	"slices"
	"testing"
	"time"

	"github.com/google/go-cmp/cmp"
	"github.com/google/go-cmp/cmp/cmpopts"

	"earshot/internal/domain"
	"earshot/internal/provider"
)

func (b *bundle) list(ctx context.Context, w provider.Window) ([]domain.ProviderCall, error) {
	var out []domain.ProviderCall
	for c, err := range b.conn.Calls(ctx, w) {
		if err != nil {
			return out, err
		}
		out = append(out, c)
	}
	return out, nil
}

func ids(calls []domain.ProviderCall) []string {
	var out []string
	for _, c := range calls {
		out = append(out, c.ID)
	}
	return out
}

// testListing: more calls than any page holds, some in one second, come once each and in order, as GetCall tells them.
func testListing(t *testing.T, h Harness) {
	b := h.setup(t)
	start := b.clock.Now()
	var want []string
	for i := range 263 {
		at := start.Add(time.Duration(i/2) * 97 * time.Second) // two a second
		want = append(want, b.world.Place(b.call(func(c *Call) { c.StartedAt = at })))
	}
	b.clock.Advance(24 * time.Hour)
	got, err := b.list(t.Context(), provider.Window{From: start, To: b.clock.Now()})
	if err != nil {
		t.Fatal(err)
	}
	if !slices.IsSortedFunc(got, func(a, b domain.ProviderCall) int { return a.StartedAt.Compare(b.StartedAt) }) {
		t.Error("the calls are not in order of time")
	}
	sorted := cmpopts.SortSlices(func(a, b string) bool { return a < b })
	if diff := cmp.Diff(want, ids(got), sorted); diff != "" {
		t.Errorf("calls lost or doubled:\n%s", diff)
	}
	if len(got) > 0 {
		one := b.get(t, got[0].ID)
		if diff := cmp.Diff(one, got[0], cmpopts.IgnoreFields(domain.RecordingRef{}, "URL")); diff != "" {
			t.Errorf("the listing tells a call differently from GetCall:\n%s", diff)
		}
	}
}

// testBounds: From counts, To does not, so that windows side by side give each call once.
func testBounds(t *testing.T, h Harness) {
	b := h.setup(t)
	start := b.clock.Now()
	var all []string
	for i := range 6 {
		at := start.Add(time.Duration(i) * time.Minute)
		all = append(all, b.world.Place(b.call(func(c *Call) { c.StartedAt = at })))
	}
	b.clock.Advance(time.Hour)
	minute := func(n int) time.Time { return start.Add(time.Duration(n) * time.Minute) }
	for _, w := range []struct {
		from, to time.Time
		want     []string
	}{
		{minute(0), minute(6), all},
		{minute(1), minute(3), all[1:3]},
		{minute(3), minute(6), all[3:]},
		{minute(1).Add(time.Second), minute(3).Add(time.Second), all[2:4]},
		{minute(-9), minute(0), nil},
		{minute(6), minute(9), nil},
		{minute(2), minute(2), nil},
		{minute(4), minute(2), nil},
	} {
		got, err := b.list(t.Context(), provider.Window{From: w.from, To: w.to})
		if diff := cmp.Diff(w.want, ids(got)); diff != "" || err != nil {
			t.Errorf("from %v to %v: %v\n%s", w.from, w.to, err, diff)
		}
	}
}

func testFacts(t *testing.T, h Harness) {
	b := h.setup(t)
	start := b.clock.Now()
	in := b.world.Place(b.call())
	out := b.world.Place(b.call(func(c *Call) { c.Direction = domain.Outbound }))
	b.clock.Advance(10 * time.Minute)
	for _, id := range []string{in, out} {
		c := b.get(t, id)
		b.wantFacts(t, c, start)
		if id == in && (c.Direction != domain.Inbound || c.From != Customer || c.To != Line) {
			t.Errorf("inbound: direction %q from %q to %q", c.Direction, c.From, c.To)
		}
		if id == out && (c.Direction != domain.Outbound || c.From != Line || c.To != Customer) {
			t.Errorf("outbound: direction %q from %q to %q", c.Direction, c.From, c.To)
		}
	}
}

func (b *bundle) wantFacts(t *testing.T, c domain.ProviderCall, start time.Time) {
	t.Helper()
	if !c.StartedAt.Equal(start) || c.StartedAt.Location() != time.UTC || c.TalkTime() != 40*time.Second || !c.EndedAt.Equal(start.Add(45*time.Second)) {
		t.Errorf("started %v, talked %v, ended %v; want %v UTC, 40 s, 45 s later", c.StartedAt, c.TalkTime(), c.EndedAt, start)
	}
	if c.InternalNumber() != Line || c.ExternalNumber() != Customer {
		t.Errorf("the company's side is %q, the other %q", c.InternalNumber(), c.ExternalNumber())
	}
	if c.Agent.ProviderUserID == "" || c.Agent.Name != AgentName || !c.Agent.Internal {
		t.Errorf("agent is %+v", c.Agent)
	}
	inside, outside := sides(c)
	if inside < 1 || outside != 1 {
		t.Errorf("%d internal and %d external participants, want one external: %+v", inside, outside, c.Participants)
	}
	if c.ContactName != "Grace Client" {
		t.Errorf("contact is %q", c.ContactName)
	}
}

func sides(c domain.ProviderCall) (inside, outside int) {
	for _, p := range c.Participants {
		if p.Internal {
			inside++
		} else {
			outside++
		}
	}
	return inside, outside
}

// testOddCalls: internal, anonymous and nobody's calls are told so that the rules of qualification hold.
func testOddCalls(t *testing.T, h Harness) {
	b := h.setup(t)
	internal := b.world.Place(b.call(func(c *Call) { c.Internal, c.ContactName = true, "" }))
	anonymous := b.world.Place(b.call(func(c *Call) { c.Customer, c.ContactName = "anonymous", "" }))
	nobody := b.world.Place(b.call(func(c *Call) { c.Agent = Nobody }))
	b.clock.Advance(10 * time.Minute)
	for id, want := range map[string]domain.ReasonCode{internal: domain.InternalOnly, anonymous: "", nobody: ""} {
		c := b.get(t, id)
		if v := domain.Qualify(c, domain.QualifyRules{}); v.Reason != want {
			t.Errorf("qualifies with %q, want %q: %+v", v.Reason, want, c)
		}
	}
	if c := b.get(t, nobody); c.Agent.ProviderUserID != "" || c.InternalNumber() != Line {
		t.Errorf("a call that nobody is named for has agent %+v and line %q", c.Agent, c.InternalNumber())
	}
}

func testNotFound(t *testing.T, h Harness) {
	b := h.setup(t)
	id, _ := b.finished(t)
	b.world.DeleteCall(id)
	for _, id := range []string{id, "424242424242", "", "0", "-1", "../ping", "1?x=y", "99999999999999999999999", "ü/\x00"} {
		_, err := b.conn.GetCall(t.Context(), id, time.Time{})
		wantKind(t, "GetCall("+id+")", err, domain.KindNotFound)
	}
}

func testGoingOn(t *testing.T, h Harness) {
	b := h.setup(t)
	id := b.world.Place(b.call())
	b.clock.Advance(20 * time.Second)
	if c := b.get(t, id); c.Ended() || c.Recording != domain.RecordingPending {
		t.Errorf("a call that goes on ended at %v, recording %q; want not ended, pending", c.EndedAt, c.Recording)
	}
	b.clock.Advance(time.Minute)
	if c := b.get(t, id); !c.Ended() {
		t.Error("the call has not ended")
	}
}

package ringcentral_test

import (
	"sync"
	"testing"
	"time"

	"github.com/google/go-cmp/cmp"

	"earshot/internal/domain"
	"earshot/internal/provider"
	"earshot/internal/provider/providertest"
	"earshot/internal/provider/ringcentral/fake"
)

func transferred(w *world, at time.Time) string {
	return w.Server.Place(fake.Call{Direction: "inbound", Customer: providertest.Customer, StartedAt: at, Ring: 5 * time.Second, Parts: []fake.Part{
		{UserID: w.agent, Talk: time.Minute, Recording: []byte("ID3 one")}, {UserID: w.colleague, Talk: 2 * time.Minute, Recording: []byte("ID3 two"), RecordingAfter: 10 * time.Minute},
	}})
}

// TestTransfer: a call that was handed on is one call, of the last who talked, with all its recordings, however it is read.
func TestTransfer(t *testing.T) {
	t.Parallel()
	clock := providertest.NewClock()
	w := newWorld(t, clock)
	conn := open(t, w, clock)
	start := clock.Now()
	id := transferred(w, start)
	clock.Advance(5 * time.Minute)
	if c := get(t, conn, id, time.Time{}); len(c.Recordings) != 1 {
		t.Errorf("before the second recording is there: %+v", c.Recordings)
	}
	clock.Advance(time.Hour)
	call := get(t, conn, id, time.Time{})
	if call.Agent.Name != providertest.ColleagueName || len(call.Recordings) != 2 || len(call.Participants) != 3 || call.EndedAt.Sub(start) != 185*time.Second || call.AnsweredAt.Sub(start) != 5*time.Second {
		t.Errorf("%+v", call)
	}
	if call.Recordings[0].ID == call.Recordings[1].ID {
		t.Error("two recordings with one id")
	}
	all := listed(t, conn, provider.Window{From: start, To: clock.Now()})
	if len(all) != 1 {
		t.Fatalf("%d calls are listed, want 1", len(all))
	}
	for how, other := range map[string]domain.ProviderCall{"listed": all[0], "near": get(t, conn, id, start)} {
		if diff := cmp.Diff(call, other); diff != "" {
			t.Errorf("%s it is another:\n%s", how, diff)
		}
	}
	if got := listed(t, conn, provider.Window{From: start.Add(time.Minute), To: clock.Now()}); len(got) != 0 {
		t.Errorf("a window that begins within the call lists its second part as %+v", got)
	}
}

// TestNear: ten calls of one time that are asked for at once, cost one reading of the call log.
func TestNear(t *testing.T) {
	t.Parallel()
	clock := providertest.NewClock()
	w := newWorld(t, clock)
	conn := open(t, w, clock)
	start := clock.Now()
	var ids []string
	for range 10 {
		ids = append(ids, w.Place(providertest.Call{Direction: domain.Inbound, Customer: providertest.Customer, Agent: providertest.Agent, StartedAt: start, Talk: time.Minute, Audio: []byte("ID3")}))
	}
	clock.Advance(5 * time.Minute)
	get(t, conn, ids[0], start) // gets the token, too
	before := w.Stats().Requests
	clock.Advance(time.Minute)
	var wait sync.WaitGroup
	for _, id := range ids {
		wait.Go(func() {
			if c, err := conn.GetCall(t.Context(), id, start); err != nil || c.ID != id || len(c.Recordings) != 1 {
				t.Errorf("%+v, %v", c, err)
			}
		})
	}
	wait.Wait()
	if n := w.Stats().Requests - before; n != 1 {
		t.Errorf("%d requests, want 1", n)
	}
	clock.Advance(time.Minute)
	get(t, conn, ids[0], start)
	if n := w.Stats().Requests - before; n != 2 {
		t.Errorf("what was read a minute ago still counts: %d requests, want 2", n)
	}
}

// TestCrowdedWindow: a week with more calls than a few pages hold is read in smaller slices: each call once, oldest first.
func TestCrowdedWindow(t *testing.T) {
	t.Parallel()
	clock := providertest.NewClock()
	w := newWorld(t, clock).unchecked(t)
	conn := open(t, w, clock)
	from := clock.Now()
	const calls = 4500
	for i := range calls {
		w.Place(providertest.Call{Direction: domain.Inbound, Customer: providertest.Customer, Agent: providertest.Agent, StartedAt: from.Add(time.Duration(i) * 2 * time.Minute), Talk: time.Minute})
	}
	clock.Advance(7 * 24 * time.Hour)
	seen := map[string]bool{}
	var last time.Time
	for _, c := range listed(t, conn, provider.Window{From: from, To: clock.Now()}) {
		if seen[c.ID] || c.StartedAt.Before(last) {
			t.Fatalf("%s comes twice, or out of order at %v", c.ID, c.StartedAt)
		}
		seen[c.ID], last = true, c.StartedAt
	}
	if len(seen) != calls {
		t.Errorf("%d calls, want %d", len(seen), calls)
	}
	if s := w.Stats(); s.Refused > 0 {
		t.Errorf("%d of %d requests were refused", s.Refused, s.Requests)
	}
}

// TestBadCursor: a cursor of something else is refused.
func TestBadCursor(t *testing.T) {
	t.Parallel()
	clock := providertest.NewClock()
	w := newWorld(t, clock)
	conn := open(t, w, clock)
	for _, c := range []provider.Cursor{"x", "1", "1.0", "1.-5", "https://example.com"} {
		if _, err := conn.Page(t.Context(), provider.Window{From: clock.Now(), To: clock.Now().Add(time.Hour)}, c); !domain.IsKind(err, domain.KindInvalid) {
			t.Errorf("%q: %v", c, err)
		}
	}
}

// TestForeignID: what is no session id is not put into an address.
func TestForeignID(t *testing.T) {
	t.Parallel()
	clock := providertest.NewClock()
	w := newWorld(t, clock)
	conn := open(t, w, clock)
	for _, id := range []string{"", "1", "s-", "s-../../x", "s-a?x=1", "s-a/b"} {
		if _, err := conn.GetCall(t.Context(), id, time.Time{}); !domain.IsKind(err, domain.KindNotFound) {
			t.Errorf("%q: %v", id, err)
		}
	}
	if n := w.Stats().Requests; n != 0 {
		t.Errorf("%d requests were made", n)
	}
}

package providertest

import (
	"testing"
	"time"

	"earshot/internal/provider"
)

// take polls until there is no more, acknowledges what came if asked to, and gives the ids of the calls that it tells of.
func (b *bundle) take(t *testing.T, cursor provider.Cursor, acknowledge bool) (map[string]int, provider.Cursor) {
	t.Helper()
	told := map[string]int{}
	for {
		batch, err := b.conn.Poll(t.Context(), cursor)
		if err != nil {
			t.Fatalf("Poll: %v", err)
		}
		for _, body := range batch.Bodies {
			calls, err := b.conn.Parse(body, b.clock.Now())
			if err != nil {
				t.Fatalf("Parse: %v\n%s", err, body)
			}
			for _, c := range calls {
				if c.CallID == "" || c.Name == "" || c.ObservedAt.IsZero() || c.ObservedAt.After(b.clock.Now()) {
					t.Errorf("event %+v lacks id, name or time", c)
				}
				told[c.CallID]++
			}
		}
		if acknowledge && batch.Ack != nil {
			if err := batch.Ack(t.Context()); err != nil {
				t.Fatalf("Ack: %v", err)
			}
		}
		if cursor = batch.Next; !batch.More {
			return told, cursor
		}
	}
}

// testPolled: what is new is taken from the queue or stream once it is acknowledged, or the cursor kept; what is not comes again.
func testPolled(t *testing.T, h Harness) {
	b := h.setup(t)
	_, cursor := b.take(t, "", true) // begins to look
	var placed []string
	for i := range 23 {
		placed = append(placed, b.world.Place(b.call(func(c *Call) { c.StartedAt = c.StartedAt.Add(time.Duration(i) * time.Second) })))
	}
	b.clock.Advance(10 * time.Minute)
	b.world.Deliver(t.Context())
	told, _ := b.take(t, cursor, false)
	b.wantTold(t, "first", placed, told)
	b.clock.Advance(10 * time.Minute) // nobody acknowledged it, and no cursor was kept
	told, cursor = b.take(t, cursor, true)
	b.wantTold(t, "again", placed, told)
	b.clock.Advance(10 * time.Minute)
	if told, _ = b.take(t, cursor, true); len(told) > 0 {
		t.Errorf("after it was acknowledged %d calls came again", len(told))
	}
	b.world.SetFaults(Faults{Duplicate: 2, Shuffle: true})
	more := b.world.Place(b.call())
	b.clock.Advance(10 * time.Minute)
	b.world.Deliver(t.Context())
	if told, _ = b.take(t, cursor, true); told[more] != 3 {
		t.Errorf("an event that comes three times was taken %d times", told[more])
	}
}

func (b *bundle) wantTold(t *testing.T, when string, placed []string, told map[string]int) {
	t.Helper()
	for _, id := range placed {
		if told[id] == 0 {
			t.Errorf("%s: no event tells of call %s", when, id)
		}
	}
}

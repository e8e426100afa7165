package dialpad_test

import (
	"fmt"
	"testing"
	"time"

	"earshot/internal/domain"
	"earshot/internal/provider"
	"earshot/internal/provider/dialpad/fake"
	"earshot/internal/provider/providertest"
)

func list(t *testing.T, c *provider.Connector, from, to time.Time) []domain.ProviderCall {
	t.Helper()
	var out []domain.ProviderCall
	for call, err := range c.Calls(t.Context(), provider.Window{From: from, To: to}) {
		if err != nil {
			t.Fatal(err)
		}
		out = append(out, call)
	}
	return out
}

// TestSlices: calls of many legs that lie across the slices of a long and busy window come once each, in order and whole; no more is
// asked than needed, and no span of 30 days.
func TestSlices(t *testing.T) {
	t.Parallel()
	clock := providertest.NewClock()
	w := newWorld(t, clock).unchecked(t)
	conn := open(t, w, clock)
	start := clock.Now()
	want := map[string]bool{}
	place := func(at time.Time, transfers int) {
		c := fake.Call{Direction: "inbound", GroupID: w.center, UserID: w.agent, Customer: providertest.Customer, StartedAt: at, Talk: 3 * time.Minute, Recording: []byte("ID3")}
		for range transfers {
			c.Transfers = append(c.Transfers, fake.Transfer{UserID: w.colleague, Ring: time.Second, Talk: 7 * time.Minute, Recording: []byte("ID3")})
		}
		want[fmt.Sprint(w.Server.Place(c))] = true
	}
	for i := range 1200 { // one busy day, far more than a slice holds
		place(start.Add(time.Duration(i)*time.Minute), i%3)
	}
	for i := range 100 { // two quiet months, with calls across midnight
		place(start.Add(24*time.Hour+time.Duration(i)*14*time.Hour), 2)
	}
	clock.Advance(70 * 24 * time.Hour)
	before := w.Stats().Requests
	last := start
	var calls []domain.ProviderCall
	for cursor := provider.Cursor(""); ; {
		page, err := conn.Page(t.Context(), provider.Window{From: start, To: clock.Now()}, cursor)
		if err != nil {
			t.Fatal(err)
		}
		if calls = append(calls, page.Calls...); len(page.Calls) > 700 {
			t.Errorf("one page holds %d calls", len(page.Calls))
		}
		if cursor = page.Next; cursor == "" {
			break
		}
	}
	for _, c := range calls {
		if !want[c.ID] || c.StartedAt.Before(last) || c.Recording != domain.RecordingReady {
			t.Fatalf("call %s of %v comes twice, late or in parts: %+v", c.ID, c.StartedAt, c)
		}
		delete(want, c.ID)
		last = c.StartedAt
	}
	if len(want) > 0 {
		t.Errorf("%d calls were not listed", len(want))
	}
	legs := 1200*3 + 100*4
	if asked, most := w.Stats().Requests-before, 2*legs/25; asked > most {
		t.Errorf("%d requests for %d legs, more than %d", asked, legs, most)
	}
	if s := w.Stats(); s.Refused > 0 || s.Gets > 0 {
		t.Errorf("%+v: want nothing refused and no questions about single calls", s)
	}
}

// TestQuietYear: where nothing happens the slices grow, but not to what Dialpad refuses.
func TestQuietYear(t *testing.T) {
	t.Parallel()
	clock := providertest.NewClock()
	w := newWorld(t, clock)
	conn := open(t, w, clock)
	if calls := list(t, conn, clock.Now().Add(-365*24*time.Hour), clock.Now()); len(calls) > 0 || w.Stats().Requests > 20 {
		t.Errorf("%d calls by %d requests", len(calls), w.Stats().Requests)
	}
}

// TestListedLate: calls that Dialpad lists a day late are there then, and meanwhile can be asked for one by one.
func TestListedLate(t *testing.T) {
	t.Parallel()
	clock := providertest.NewClock()
	w := newWorldWith(t, fake.Options{Now: clock.Now, ListAfter: 23 * time.Hour})
	conn := open(t, w, clock)
	start := clock.Now()
	id := w.Server.Place(fake.Call{Direction: "inbound", UserID: w.agent, Line: providertest.Line, Customer: providertest.Customer, Talk: time.Minute, Recording: []byte("ID3a")})
	clock.Advance(time.Hour)
	if calls := list(t, conn, start, clock.Now()); len(calls) != 0 {
		t.Errorf("listed at once: %+v", calls)
	}
	c, err := conn.GetCall(t.Context(), fmt.Sprint(id), start)
	if err != nil || c.Recording != domain.RecordingReady {
		t.Errorf("asked for near its start: %+v, %v", c, err)
	}
	clock.Advance(23 * time.Hour)
	if calls := list(t, conn, start, clock.Now()); len(calls) != 1 {
		t.Errorf("a day later %d calls are listed", len(calls))
	}
}

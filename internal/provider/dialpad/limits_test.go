package dialpad_test

import (
	"fmt"
	"net/http"
	"slices"
	"testing"
	"time"

	"earshot/internal/domain"
	"earshot/internal/provider"
	"earshot/internal/provider/dialpad"
	"earshot/internal/provider/dialpad/fake"
	"earshot/internal/provider/providertest"
)

// TestGroups: which limits each request counts in; downloads count in none.
func TestGroups(t *testing.T) {
	t.Parallel()
	for _, c := range []struct {
		method, path string
		want         []string
	}{
		{"GET", "/api/v2/call/123", []string{"company", "call"}},
		{"GET", "/api/v2/call", []string{"company"}},
		{"GET", "/behind/a/proxy/api/v2/call/123", []string{"company", "call"}},
		{"POST", "/api/v2/webhooks", []string{"company", "webhook"}},
		{"GET", "/api/v2/webhooks", []string{"company"}},
		{"PATCH", "/api/v2/webhooks/5", []string{"company"}},
		{"POST", "/api/v2/subscriptions/call", []string{"company"}},
		{"POST", "/oauth2/token", []string{"company"}},
		{"GET", "/r/123", nil},
		{"GET", "/blob/adminrecording/1.mp3", nil},
	} {
		r, err := http.NewRequest(c.method, "https://dialpad.com"+c.path, nil)
		if err != nil {
			t.Fatal(err)
		}
		got := dialpad.Opener().Groups(r)
		if !slices.Equal(got, c.want) {
			t.Errorf("%s %s counts in %v, want %v", c.method, c.path, got, c.want)
		}
		for _, g := range got {
			if !slices.ContainsFunc(dialpad.Opener().Info.Quotas, func(q domain.Quota) bool { return q.Group == g }) {
				t.Errorf("group %s has no quota", g)
			}
		}
	}
}

// TestTwoKeepLimits: processes that share a key and a ledger stay within all limits, though ten calls a minute are not many.
func TestTwoKeepLimits(t *testing.T) {
	t.Parallel()
	clock := providertest.NewClock()
	w := newWorld(t, clock).unchecked(t)
	credential, settings := w.Account()
	ledger := &provider.MemoryLedger{}
	var both []*provider.Connector
	for range 2 {
		both = append(both, openWith(t, w, provider.Config{Opener: dialpad.Opener(), Ledger: ledger, Credential: credential, Settings: settings, Now: clock.Now, Sleep: clock.Sleep}))
	}
	id := w.Place(providertest.Call{Direction: domain.Outbound, Customer: providertest.Customer, Agent: providertest.Agent, Talk: time.Minute})
	clock.Advance(time.Hour)
	start := clock.Now()
	for i := range 100 {
		if _, err := both[i%2].GetCall(t.Context(), id, time.Time{}); err != nil {
			t.Fatal(err)
		}
		for range 5 {
			if _, err := both[i%2].Users(t.Context()); err != nil {
				t.Fatal(err)
			}
		}
	}
	s := w.Stats()
	if s.Refused > 0 || s.Gets != 100 {
		t.Errorf("%d questions about calls, %d requests refused; want 100 and none", s.Gets, s.Refused)
	}
	if took := clock.Now().Sub(start); took < 9*time.Minute {
		t.Errorf("100 questions about calls took %v, though 10 a minute are allowed", took)
	}
}

// TestBurstOfEvents: in a busy hour each call's events are followed up by listings, not by questions of which there are ten a minute.
func TestBurstOfEvents(t *testing.T) {
	t.Parallel()
	clock := providertest.NewClock()
	w := newWorld(t, clock).unchecked(t)
	conn := open(t, w, clock)
	site := newSite(t)
	if _, err := conn.Subscribe(t.Context(), site.URL, ""); err != nil {
		t.Fatal(err)
	}
	for i := range 120 {
		w.Server.Place(fake.Call{Direction: "inbound", GroupID: w.center, UserID: w.agent, Customer: providertest.Customer, StartedAt: clock.Now().Add(time.Duration(i) * 5 * time.Second), Talk: time.Minute, Recording: []byte("ID3")})
	}
	clock.Advance(time.Hour)
	w.Deliver(t.Context())
	start, asked := clock.Now(), map[string]bool{}
	for _, e := range site.all() {
		calls, err := conn.Parse(e.body, clock.Now())
		if err != nil {
			t.Fatal(err)
		}
		for _, c := range calls {
			if c.Call != nil {
				t.Errorf("an event of a call of two legs carries it: %+v", c.Call)
			}
			if asked[c.CallID] {
				continue
			}
			asked[c.CallID] = true
			call, err := conn.GetCall(t.Context(), c.CallID, time.Time{})
			if err != nil || call.Recording != domain.RecordingReady || call.Agent.Name != providertest.AgentName {
				t.Fatalf("%+v, %v", call, err)
			}
		}
	}
	if s := w.Stats(); len(asked) != 120 || s.Gets > 0 || s.Refused > 0 || s.Requests > 120*8 {
		t.Errorf("%d calls, %d requests, %d of them about single calls, %d refused; want 120 calls and none of these", len(asked), s.Requests, s.Gets, s.Refused)
	}
	if took := clock.Now().Sub(start); took > 2*time.Minute {
		t.Errorf("120 calls took %v", took)
	}
}

// TestSharedBudget: somebody else uses up the company's limit; we wait, told until when or not, and lose nothing.
func TestSharedBudget(t *testing.T) {
	t.Parallel()
	for _, silent := range []bool{false, true} {
		clock := providertest.NewClock()
		w := newWorldWith(t, fake.Options{Now: clock.Now, NoRetryAfter: silent})
		ours, theirs := open(t, w, clock), open(t, w, clock)
		w.Server.SetLimit(10, 15*time.Second)
		for range 30 {
			for _, c := range []*provider.Connector{ours, theirs} {
				if _, err := c.Users(t.Context()); err != nil {
					t.Fatalf("silent %v: %v", silent, err)
				}
			}
		}
		if s := w.Stats(); s.Early > 0 {
			t.Errorf("silent %v: %d requests came too early: %+v", silent, s.Early, s)
		}
	}
}

// TestAnswersCutShort: an answer of which half is missing is a failure that passes, not half a list.
func TestAnswersCutShort(t *testing.T) {
	t.Parallel()
	clock := providertest.NewClock()
	w := newWorld(t, clock)
	credential, settings := w.Account()
	plain := newPlainServer(t, w.Server)
	settings["base_url"] = plain
	conn := openWith(t, w, provider.Config{Opener: dialpad.Opener(), Credential: credential, Settings: settings, Now: clock.Now, Sleep: clock.Sleep})
	w.Server.SetFaults(fake.Faults{CutAnswers: true})
	if users, err := conn.Users(t.Context()); !domain.IsKind(err, domain.KindTemporary) {
		t.Errorf("%+v, %v", users, err)
	}
	w.Server.SetFaults(fake.Faults{Status: 418})
	if _, err := conn.Users(t.Context()); !domain.IsKind(err, domain.KindInvalid) {
		t.Errorf("a refusal that nobody expects: %v", err)
	}
	w.Server.SetFaults(fake.Faults{Status: 302})
	if _, err := conn.Users(t.Context()); domain.CodeOf(err) != "provider_redirects" {
		t.Errorf("an API that is elsewhere: %v", err)
	}
}

// TestBadCursor: a place that is none of ours is an error.
func TestBadCursor(t *testing.T) {
	t.Parallel()
	clock := providertest.NewClock()
	conn := open(t, newWorld(t, clock), clock)
	for _, cursor := range []string{"x", "1", "1.0", "-5.10", "5.-10", "1.99999999999999", "99999999999999999.5"} {
		_, err := conn.Page(t.Context(), provider.Window{From: clock.Now().Add(-time.Hour), To: clock.Now()}, provider.Cursor(cursor))
		if !domain.IsKind(err, domain.KindInvalid) {
			t.Errorf("%q: %v", cursor, err)
		}
	}
	page, err := conn.Page(t.Context(), provider.Window{From: clock.Now().Add(-90 * 24 * time.Hour), To: clock.Now()}, "")
	if err != nil || page.Next == "" {
		t.Fatalf("%+v, %v", page, err)
	}
	if _, err := conn.Page(t.Context(), provider.Window{From: clock.Now().Add(-90 * 24 * time.Hour), To: clock.Now()}, page.Next); err != nil {
		t.Error(fmt.Errorf("its own cursor: %w", err))
	}
}

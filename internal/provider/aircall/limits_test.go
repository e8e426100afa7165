package aircall_test

import (
	"net/http"
	"net/http/httptest"
	"strconv"
	"strings"
	"sync"
	"testing"
	"testing/synctest"
	"time"

	"earshot/internal/domain"
	"earshot/internal/provider"
	"earshot/internal/provider/aircall"
	"earshot/internal/provider/aircall/fake"
	"earshot/internal/provider/providertest"
)

func open(t *testing.T, w *world, clock *providertest.Clock) *provider.Connector {
	t.Helper()
	credential, settings := w.Account()
	c, err := provider.New(provider.Config{Opener: aircall.Opener(), Credential: credential, Settings: settings, Now: clock.Now, Sleep: clock.Sleep})
	if err != nil {
		t.Fatal(err)
	}
	t.Cleanup(func() {
		for _, p := range w.Problems() {
			t.Error(p)
		}
	})
	return c
}

// TestListsBeyondCap: Aircall gives 10,000 calls a query; a window with more is halved until all are seen, once each.
// Most of them fall into one hour, so that one half has to be halved again.
func TestListsBeyondCap(t *testing.T) {
	t.Parallel()
	clock := providertest.NewClock()
	w := newWorld(t, clock)
	conn := open(t, w, clock)
	start := clock.Now()
	const calls = 12_000
	for i := range calls {
		at := start.Add(time.Duration(i) * 300 * time.Millisecond)
		if i%100 == 0 {
			at = start.Add(time.Duration(i) * time.Minute / 2)
		}
		w.Server.Place(fake.Call{Direction: "outbound", UserID: w.agent, Customer: "anonymous", StartedAt: at, Talk: time.Minute})
	}
	clock.Advance(8 * 24 * time.Hour)
	seen := map[string]bool{}
	last := start
	for c, err := range conn.Calls(t.Context(), provider.Window{From: start, To: clock.Now()}) {
		if err != nil {
			t.Fatal(err)
		}
		if seen[c.ID] || c.StartedAt.Before(last) {
			t.Fatalf("call %s of %v comes twice or late", c.ID, c.StartedAt)
		}
		seen[c.ID], last = true, c.StartedAt
	}
	if len(seen) != calls {
		t.Errorf("%d of %d calls listed", len(seen), calls)
	}
	stats := w.Stats()
	if stats.Refused > 0 {
		t.Errorf("%d requests were refused for the rate limit", stats.Refused)
	}
	if most := calls/50*11/10 + 40; stats.Requests > most {
		t.Errorf("%d requests for %d pages, more than %d", stats.Requests, calls/50, most)
	}
}

// TestManyAtOnceKeepLimit: workers that share a credential stay within the company's limit, whatever Aircall allows.
func TestManyAtOnceKeepLimit(t *testing.T) {
	t.Parallel()
	for _, limit := range []int{60, 120} {
		synctest.Test(t, func(t *testing.T) {
			company := fake.New(fake.Options{Now: time.Now, PerMinute: limit})
			id := company.Place(fake.Call{Direction: "outbound", NumberID: company.AddNumber(fake.Number{E164: providertest.Line}), Customer: providertest.Customer, StartedAt: time.Now()})
			conn, err := provider.New(provider.Config{
				Opener: aircall.Opener(), Now: time.Now, Transport: served{company},
				Credential: map[string]string{"api_id": "fake-id", "api_token": "fake-token"}, Settings: map[string]string{"base_url": "http://aircall.test"},
			})
			if err != nil {
				t.Fatal(err)
			}
			var wg sync.WaitGroup
			for range 8 {
				wg.Go(func() {
					for range 60 {
						if _, err := conn.GetCall(t.Context(), strconv.FormatInt(id, 10), time.Time{}); err != nil {
							t.Errorf("limit %d: %v", limit, err)
						}
					}
				})
			}
			wg.Wait()
			if s := company.Stats(); s.Refused > 0 || s.Requests != 480 {
				t.Errorf("limit %d: %d requests, %d refused; want 480 and none", limit, s.Requests, s.Refused)
			}
		})
	}
}

// served answers requests without a network, so that a test can live by a clock that stands still.
type served struct{ http.Handler }

func (s served) RoundTrip(r *http.Request) (*http.Response, error) {
	w := httptest.NewRecorder()
	s.ServeHTTP(w, r)
	return w.Result(), nil
}

// TestSharedBudget: somebody else uses up the company's limit; we wait as told and lose nothing.
func TestSharedBudget(t *testing.T) {
	t.Parallel()
	for _, retryAfter := range []bool{false, true} {
		clock := providertest.NewClock()
		w := newWorldWith(t, fake.Options{Now: clock.Now, PerMinute: 30, RetryAfter: retryAfter})
		ours, theirs := open(t, w, clock), open(t, w, clock)
		id := w.Place(providertest.Call{Direction: domain.Outbound, Customer: providertest.Customer, Agent: providertest.Agent, Talk: time.Minute})
		clock.Advance(time.Hour)
		for range 100 {
			for _, c := range []*provider.Connector{ours, theirs} {
				if _, err := c.GetCall(t.Context(), id, time.Time{}); err != nil {
					t.Fatal(err)
				}
			}
		}
		if s := w.Stats(); s.Early > 0 {
			t.Errorf("Retry-After %v: %d requests came too early: %+v", retryAfter, s.Early, s)
		}
	}
}

func TestCheckNamesWhatIsMissing(t *testing.T) {
	t.Parallel()
	clock := providertest.NewClock()
	w := newWorld(t, clock)
	conn := open(t, w, clock)
	w.AddNumber(fake.Number{Name: "Quiet line", E164: "+12125550177", Digits: "+1 212-555-0177", Country: "US", Silent: true})
	w.SetFaults(providertest.Faults{NoScope: true})
	report, err := conn.Check(t.Context())
	if err != nil || report.Account != "Fake Company" {
		t.Fatalf("Check = %+v, %v", report, err)
	}
	for name, want := range map[string]string{"Recording": "Quiet line +1 212-555-0177", "Webhooks": "every hour"} {
		if item := itemOf(report, name); !strings.Contains(item.Detail, want) || item.Fix == "" {
			t.Errorf("%s: %+v, want %q in it and a fix", name, item, want)
		}
	}
	_, err = conn.Subscribe(t.Context(), "https://example.com/site", "")
	if !domain.IsKind(err, domain.KindScopeMissing) {
		t.Errorf("Subscribe without the right: %v, want scope_missing: the key itself is fine", err)
	}
}

func itemOf(r provider.CheckReport, name string) provider.CheckItem {
	for _, i := range r.Items {
		if i.Name == name {
			return i
		}
	}
	return provider.CheckItem{}
}

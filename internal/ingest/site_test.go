package ingest

import (
	"bufio"
	"context"
	"fmt"
	"net"
	"net/http"
	"net/http/httptest"
	"slices"
	"strings"
	"testing"
	"time"

	"github.com/google/go-cmp/cmp"

	"earshot/internal/domain"
	"earshot/internal/provider/memory"
	"earshot/internal/store"
	"earshot/internal/testkit"
)

// rig is an Ingest over a store of its own and the reference provider.
type rig struct {
	*testkit.Kit
	in   *Ingest
	conn domain.Connector
	site *httptest.Server
}

func newRig(t *testing.T) *rig {
	t.Helper()
	r := &rig{Kit: testkit.New(t)}
	r.in = New(Config{Store: r.Store, Open: r.Open, Logger: r.Logger, Now: r.Clock.Now})
	mux := http.NewServeMux()
	mux.HandleFunc("POST /site/{secret}", r.in.ServeSite)
	r.site = httptest.NewServer(mux)
	t.Cleanup(r.site.Close)
	r.conn = r.Connect(t, nil)
	return r
}

func (r *rig) save(t *testing.T, change func(*domain.Connector)) {
	t.Helper()
	change(&r.conn)
	r.InTx(t, func(ctx context.Context, tx *store.Tx) error { return tx.SaveConnector(ctx, r.conn) })
}

// subscribe lets the provider send events to the site.
func (r *rig) subscribe(t *testing.T) {
	t.Helper()
	pc, err := r.Open(r.conn)
	testkit.Must(t, err)
	sub, err := pc.Subscribe(context.Background(), r.site.URL+"/site/"+r.conn.SiteSecret, "")
	testkit.Must(t, err)
	r.save(t, func(c *domain.Connector) {
		c.SubscriptionID, c.Credential.Fields[SubscriptionSecret] = sub.ID, sub.Secret
	})
}

// post sends an event with a secret and gives the status.
func (r *rig) post(t *testing.T, path, secret, body string) int {
	t.Helper()
	req, err := http.NewRequest(http.MethodPost, r.site.URL+"/site/"+path, strings.NewReader(body))
	testkit.Must(t, err)
	req.Header.Set("X-Memory-Secret", secret)
	req.Header.Set("User-Agent", "provider")
	resp, err := http.DefaultClient.Do(req)
	testkit.Must(t, err)
	resp.Body.Close()
	return resp.StatusCode
}

// work does the jobs of events that were enqueued, as many times as asked.
func (r *rig) work(t *testing.T, times int) {
	t.Helper()
	for _, j := range r.Jobs(t) {
		for range times {
			if j.Kind == "event" {
				testkit.Must(t, r.in.Event(context.Background(), domain.EventJob{EventID: j.Args["event_id"]}))
			}
		}
	}
}

func (r *rig) jobs(t *testing.T, kind string) (n int) {
	t.Helper()
	for _, j := range r.Jobs(t) {
		if j.Kind == kind {
			n++
		}
	}
	return n
}

func (r *rig) place(c memory.Call) string {
	c.Ring, c.Talk, c.Audio = time.Second, time.Minute, []byte("audio")
	return r.Company.Place(c)
}

func TestSiteTakesItsProvidersEventsOnly(t *testing.T) {
	t.Parallel()
	const event = `{"name":"ended","at":"2026-11-20T12:00:00Z","call":{"id":"7"}}`
	for _, c := range []struct {
		name   string
		change func(*domain.Connector)
		path   string // empty: the right one
		secret string
		body   string
		want   int
	}{
		{"an event", nil, "", "right", event, http.StatusOK},
		{"what cannot be read is kept too", nil, "", "right", "nonsense", http.StatusOK},
		{"a guessed path", nil, "guess", "right", event, http.StatusNotFound},
		{"a wrong secret", nil, "", "wrong", event, http.StatusUnauthorized},
		{"no secret", nil, "", "", event, http.StatusUnauthorized},
		{"no subscription", func(c *domain.Connector) { c.Credential.Fields[SubscriptionSecret] = "" }, "", "", event, http.StatusUnauthorized},
		{"an inactive site", func(c *domain.Connector) { c.SiteActive = false }, "", "right", event, http.StatusNotFound},
		{"as large as may be", nil, "", "right", strings.Repeat(" ", maxEventBytes), http.StatusOK},
		{"too large", nil, "", "right", strings.Repeat(" ", maxEventBytes+1), http.StatusRequestEntityTooLarge},
	} {
		t.Run(c.name, func(t *testing.T) {
			t.Parallel()
			r := newRig(t)
			r.save(t, func(conn *domain.Connector) {
				conn.Credential.Fields[SubscriptionSecret] = "right"
				if c.change != nil {
					c.change(conn)
				}
			})
			path := c.path
			if path == "" {
				path = r.conn.SiteSecret
			}
			if got := r.post(t, path, c.secret, c.body); got != c.want {
				t.Fatalf("answered %d, want %d", got, c.want)
			}
			kept := 0
			if c.want == http.StatusOK {
				kept = 1
			}
			if r.Rows(t, "events") != kept || len(r.Jobs(t)) != kept {
				t.Fatalf("%d events and %d jobs are kept", r.Rows(t, "events"), len(r.Jobs(t)))
			}
			if kept == 1 {
				e, err := r.Store.Event(context.Background(), r.Jobs(t)[0].Args["event_id"])
				testkit.Must(t, err)
				if string(e.Body) != c.body || e.ConnectorID != r.conn.ID || e.Headers["User-Agent"] != "provider" || len(e.Headers) != 1 {
					t.Errorf("kept as %+v", e)
				}
			}
		})
	}
}

// TestEventAndItsJobCommitTogether: where one cannot be stored the other is not, and the provider is told to send again.
func TestEventAndItsJobCommitTogether(t *testing.T) {
	t.Parallel()
	for _, table := range []string{"events", "river_job"} {
		t.Run(table, func(t *testing.T) {
			t.Parallel()
			r := newRig(t)
			r.subscribe(t)
			r.Break(t, table)
			if got := r.post(t, r.conn.SiteSecret, r.conn.Credential.Fields[SubscriptionSecret], `{}`); got != http.StatusServiceUnavailable {
				t.Errorf("answered %d", got)
			}
			if r.Rows(t, "events")+r.Rows(t, "river_job") != 0 {
				t.Error("half of it was stored")
			}
		})
	}
}

// TestOneSenderDoesNotStarveOthers: each site is limited for itself, and the limit passes.
func TestOneSenderDoesNotStarveOthers(t *testing.T) {
	t.Parallel()
	s := newSenders()
	for n := range eventBurst {
		if !s.allow("a", testkit.Start) {
			t.Fatalf("event %d of a burst was refused", n)
		}
	}
	if s.allow("a", testkit.Start) || !s.allow("b", testkit.Start) || !s.allow("a", testkit.Start.Add(time.Second)) {
		t.Error("the limit is not one a site, or does not pass")
	}
}

// TestDoubledAndShuffledEvents: each comes three times, in any order, and each job is done twice.
func TestDoubledAndShuffledEvents(t *testing.T) {
	t.Parallel()
	r := newRig(t)
	r.subscribe(t)
	r.Company.SetFaults(memory.Faults{Duplicate: 2, Shuffle: true})
	ids := map[string]bool{}
	for n := range 8 {
		ids[r.place(memory.Call{AudioAfter: time.Duration(n) * time.Minute})] = true
	}
	r.Clock.Advance(time.Hour)
	r.Company.Deliver(context.Background())
	if got := r.Rows(t, "events"); got != 8*2 {
		t.Fatalf("%d events are kept of 16 that came three times each", got)
	}
	r.work(t, 2)
	found, _, err := r.Store.VCCalls(context.Background(), store.VCCallFilter{})
	testkit.Must(t, err)
	for _, vc := range found {
		if !ids[vc.ProviderCallID] || vc.State != domain.StateReceived || vc.Via != domain.ViaRealtime || vc.Snapshot.Recording != domain.RecordingReady {
			t.Errorf("%s: %s by %s, %+v", vc.ProviderCallID, vc.State, vc.Via, vc.Snapshot)
		}
		delete(ids, vc.ProviderCallID)
	}
	if len(ids) != 0 || len(found) != 8 || r.jobs(t, "describe") != 8 {
		t.Errorf("%d VC Calls, %d jobs to describe them, without %v", len(found), r.jobs(t, "describe"), ids)
	}
	conn, err := r.Store.Connector(context.Background(), r.conn.ID)
	testkit.Must(t, err)
	if !conn.LastEventAt.Equal(r.Clock.Now()) {
		t.Errorf("the last event came at %v", conn.LastEventAt)
	}
}

// TestReplays: an event that was caught and is sent again changes nothing, neither at once nor after its call was decided, and what is
// told long after it happened is set aside. Both are answered like any other, since providers disable what refuses them.
func TestReplays(t *testing.T) {
	t.Parallel()
	r := newRig(t)
	r.save(t, func(c *domain.Connector) { c.Credential.Fields[SubscriptionSecret] = "right" })
	event := func(id string, at time.Time) string {
		return fmt.Sprintf(`{"name":"ended","at":%q,"call":{"id":%q}}`, at.Format(time.RFC3339), id)
	}
	now := r.Clock.Now()
	for _, body := range []string{event("1", now), event("1", now), event("2", now.Add(-staleAfter)), event("3", now.Add(-staleAfter-time.Second)), event("1", now)} {
		if got := r.post(t, r.conn.SiteSecret, "right", body); got != http.StatusOK {
			t.Fatalf("answered %d", got)
		}
		r.work(t, 1)
	}
	found, _, err := r.Store.VCCalls(context.Background(), store.VCCallFilter{})
	testkit.Must(t, err)
	var ids []string
	for _, vc := range found {
		ids = append(ids, vc.ProviderCallID)
	}
	slices.Sort(ids)
	if diff := cmp.Diff([]string{"1", "2"}, ids); diff != "" || r.jobs(t, "describe") != 2 || r.jobs(t, "event") != 3 {
		t.Errorf("%d jobs to describe calls, %d of events (-want +got)\n%s", r.jobs(t, "describe"), r.jobs(t, "event"), diff)
	}
	for _, want := range []string{"it came before", "it tells of long ago"} {
		if !strings.Contains(r.Logged(), want) {
			t.Errorf("the log does not say that %s", want)
		}
	}
}

// TestSlowSender is cut off, while others are served.
func TestSlowSender(t *testing.T) {
	t.Parallel()
	r := newRig(t)
	r.in.EventWithin = 100 * time.Millisecond
	r.save(t, func(c *domain.Connector) { c.Credential.Fields[SubscriptionSecret] = "right" })
	slow, err := net.Dial("tcp", r.site.Listener.Addr().String())
	testkit.Must(t, err)
	defer slow.Close()
	_, err = fmt.Fprintf(slow, "POST /site/%s HTTP/1.1\r\nHost: x\r\nX-Memory-Secret: right\r\nContent-Length: 100\r\n\r\n{", r.conn.SiteSecret)
	testkit.Must(t, err)
	if got := r.post(t, r.conn.SiteSecret, "right", `{}`); got != http.StatusOK {
		t.Errorf("another sender was answered %d", got)
	}
	resp, err := http.ReadResponse(bufio.NewReader(slow), nil) // comes once the time is over
	testkit.Must(t, err)
	resp.Body.Close()
	if resp.StatusCode != http.StatusRequestTimeout || r.Rows(t, "events") != 1 || !strings.Contains(r.Logged(), "not sent within") {
		t.Errorf("answered %d, %d events", resp.StatusCode, r.Rows(t, "events"))
	}
}

// TestEventsThatSayNothing are done with; what cannot be read is an error that is not tried again.
func TestEventsThatSayNothing(t *testing.T) {
	t.Parallel()
	r := newRig(t)
	for body, want := range map[string]domain.Kind{`{"name":"hello"}`: "", `nonsense`: domain.KindInvalid} {
		id := store.NewID()
		r.InTx(t, func(ctx context.Context, tx *store.Tx) error {
			_, err := tx.InsertEvent(ctx, domain.Event{ID: id, ConnectorID: r.conn.ID, ReceivedAt: r.Clock.Now(), Body: []byte(body)})
			return err
		})
		if err := r.in.Event(context.Background(), domain.EventJob{EventID: id}); domain.KindOf(err) != want {
			t.Errorf("%s gave %v", body, err)
		}
	}
	if err := r.in.Event(context.Background(), domain.EventJob{EventID: "none"}); !domain.IsKind(err, domain.KindNotFound) {
		t.Errorf("an unknown event gave %v", err)
	}
	if r.Rows(t, "vc_calls") != 0 {
		t.Error("a VC Call came from nothing")
	}
}

// TestNewsWakesACall that waited, once, and leaves one alone that goes its way.
func TestNewsWakesACall(t *testing.T) {
	t.Parallel()
	for _, c := range []struct {
		name   string
		change func(*domain.VCCall)
		wakes  bool
	}{
		{"it waits", func(vc *domain.VCCall) {
			vc.State, vc.Reason, vc.NextAttemptAt = domain.StateWaiting, domain.RecordingNotReady, testkit.Start.Add(time.Hour)
		}, true},
		{"it is received", func(*domain.VCCall) {}, false},
		{"it is transcribed", func(vc *domain.VCCall) { vc.State, vc.Stage = domain.StateProcessing, domain.StageTranscribe }, false},
	} {
		t.Run(c.name, func(t *testing.T) {
			t.Parallel()
			r := newRig(t)
			r.subscribe(t)
			id := r.place(memory.Call{AudioAfter: 5 * time.Minute})
			r.Clock.Advance(2 * time.Minute)
			r.Company.Deliver(context.Background())
			r.work(t, 1)
			vc, err := r.Store.VCCallByProviderID(context.Background(), r.conn.ID, id)
			testkit.Must(t, err)
			c.change(&vc)
			r.InTx(t, func(ctx context.Context, tx *store.Tx) error { return tx.UpdateVCCall(ctx, &vc) })
			r.Clock.Advance(10 * time.Minute)
			r.Company.Deliver(context.Background())
			r.work(t, 2)
			now, err := r.Store.VCCall(context.Background(), vc.ID)
			testkit.Must(t, err)
			want, jobs := vc.State, 1
			if c.wakes {
				want, jobs = domain.StateReceived, 2
			}
			if now.State != want || r.jobs(t, "describe") != jobs || now.Snapshot.Recording != domain.RecordingReady || c.wakes && (now.Reason != "" || !now.NextAttemptAt.IsZero()) {
				t.Errorf("%s %q, %d jobs, recording %s", now.State, now.Reason, r.jobs(t, "describe"), now.Snapshot.Recording)
			}
		})
	}
}

// FuzzEvent: whatever a sender posts, nothing breaks and the answer is one of those that are documented.
func FuzzEvent(f *testing.F) {
	for _, seed := range []string{`{}`, `{"name":"ended","call":{"id":"1"}}`, `[`, "\x00"} {
		f.Add("right", seed)
	}
	k := testkit.New(f)
	in := New(Config{Store: k.Store, Open: k.Open, Logger: k.Logger, Now: k.Clock.Now})
	conn := k.Connect(f, func(c *domain.Connector) { c.Credential.Fields[SubscriptionSecret] = "right" })
	f.Fuzz(func(t *testing.T, secret, body string) {
		k.Clock.Advance(time.Second)
		req := httptest.NewRequest(http.MethodPost, "/", strings.NewReader(body))
		req.SetPathValue("secret", conn.SiteSecret)
		req.Header["X-Memory-Secret"] = []string{secret}
		w := httptest.NewRecorder()
		in.ServeSite(w, req)
		want := http.StatusUnauthorized
		if secret == "right" {
			want = http.StatusOK
		}
		if w.Code != want && w.Code != http.StatusRequestEntityTooLarge {
			t.Errorf("answered %d", w.Code)
		}
		if w.Body.Len() != 0 {
			t.Errorf("said something: %q", w.Body)
		}
	})
}

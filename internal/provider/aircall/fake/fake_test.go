package fake_test

import (
	"encoding/json"
	"io"
	"net/http"
	"net/http/httptest"
	"net/url"
	"strings"
	"sync/atomic"
	"testing"
	"time"

	"earshot/internal/provider/aircall/fake"
)

// bench is a fake with a client that speaks plain HTTP to it.
type bench struct {
	*fake.Server
	t    *testing.T
	url  string
	now  atomic.Int64
	line int64
}

func setup(t *testing.T, o fake.Options) *bench {
	t.Helper()
	b := &bench{t: t}
	b.now.Store(1767225600)
	o.Now = func() time.Time { return time.Unix(b.now.Load(), 0) }
	b.Server = fake.New(o)
	server := httptest.NewServer(b.Server)
	t.Cleanup(server.Close)
	b.SetBaseURL(server.URL)
	b.url = server.URL
	b.line = b.AddNumber(fake.Number{Name: "Main", E164: "+12125550100", Country: "US"})
	return b
}

func (b *bench) advance(d time.Duration) { b.now.Add(int64(d.Seconds())) }

// ask gives status, body and headers of one request with the right key.
func (b *bench) ask(method, path, body string) (int, map[string]any, http.Header) {
	b.t.Helper()
	req, err := http.NewRequest(method, b.url+path, strings.NewReader(body))
	if err != nil {
		b.t.Fatal(err)
	}
	req.SetBasicAuth("fake-id", "fake-token")
	if body != "" {
		req.Header.Set("Content-Type", "application/json")
	}
	resp, err := http.DefaultClient.Do(req)
	if err != nil {
		b.t.Fatal(err)
	}
	defer resp.Body.Close()
	data, err := io.ReadAll(resp.Body)
	if err != nil {
		b.t.Fatal(err)
	}
	var out map[string]any
	_ = json.Unmarshal(data, &out) // media are no JSON
	return resp.StatusCode, out, resp.Header
}

func TestWrongRequests(t *testing.T) {
	t.Parallel()
	b := setup(t, fake.Options{})
	for _, c := range []struct {
		method, path, body string
		status, problems   int
	}{
		{"GET", "/v1/ping", "", 200, 0},
		{"GET", "/v1/calls?per_page=50&page=200", "", 200, 0},
		{"GET", "/v1/calls?per_page=50&page=201", "", 400, 0},
		{"GET", "/v1/calls?page=0", "", 400, 1},
		{"GET", "/v1/calls?from=1767225600000", "", 400, 1},
		{"GET", "/v1/calls?per_page=100", "", 200, 1},
		{"GET", "/v1/calls?order=up", "", 400, 0},
		{"GET", "/v1/calls?limit=3", "", 200, 1},
		{"GET", "/v1/calls/77", "", 404, 0},
		{"GET", "/v1/calls/x", "", 400, 1},
		{"GET", "/v3/calls", "", 404, 1},
		{"POST", "/v1/calls", "", 404, 1},
		{"POST", "/v1/webhooks", `{"url":"http://example.com/x"}`, 400, 0},
		{"POST", "/v1/webhooks", `{"custom_name":"x"}`, 400, 0},
		{"POST", "/v1/webhooks", `{"url":"https://example.com/x","events":["call.exploded"]}`, 400, 0},
		{"POST", "/v1/webhooks", `{"url":"https://example.com/x","colour":"red"}`, 400, 1},
		{"PUT", "/v1/webhooks/none", `{}`, 404, 0},
		{"DELETE", "/v1/webhooks/none", "", 404, 0},
	} {
		before := len(b.Problems())
		status, _, _ := b.ask(c.method, c.path, c.body)
		if got := len(b.Problems()) - before; status != c.status || got != c.problems {
			t.Errorf("%s %s %s: status %d, %d problems; want %d, %d", c.method, c.path, c.body, status, got, c.status, c.problems)
		}
	}
	resp, err := http.Get(b.url + "/v1/ping")
	if err != nil || resp.StatusCode != http.StatusUnauthorized {
		t.Errorf("without a key: %v, %v", resp, err)
	}
	resp.Body.Close()
	resp, err = http.Get(strings.Replace(b.url, "http://", "http://fake-id:wrong@", 1) + "/v1/ping")
	if err != nil || resp.StatusCode != http.StatusForbidden {
		t.Errorf("with a wrong key: %v, %v", resp, err)
	}
	resp.Body.Close()
}

func TestLimitHeaders(t *testing.T) {
	t.Parallel()
	b := setup(t, fake.Options{PerMinute: 2})
	for i, want := range []struct {
		status    int
		remaining string
	}{{200, "1"}, {200, "0"}, {429, "0"}, {429, "0"}} {
		status, _, head := b.ask("GET", "/v1/ping", "")
		if status != want.status || head.Get("X-AircallApi-Limit") != "2" || head.Get("X-AircallApi-Remaining") != want.remaining || head.Get("X-AircallApi-Reset") != "1767225660" {
			t.Errorf("request %d: %d, headers %v", i, status, head)
		}
	}
	b.advance(time.Minute)
	if status, _, _ := b.ask("GET", "/v1/ping", ""); status != 200 {
		t.Errorf("a minute later: %d", status)
	}
	if s := b.Stats(); s.Requests != 5 || s.Refused != 2 || s.Early != 1 {
		t.Errorf("counted %+v", s)
	}
}

// TestLifeOfCall: what the API tells as a call goes on.
func TestLifeOfCall(t *testing.T) {
	t.Parallel()
	b := setup(t, fake.Options{})
	user := b.AddUser(fake.User{Name: "Ada"})
	id := b.Place(fake.Call{Direction: "inbound", NumberID: b.line, UserID: user, Customer: "+1 212-555-0123", Ring: 10 * time.Second, Talk: time.Minute, Recording: []byte("sound"), FirstName: "Grace"})
	path := "/v1/calls/" + json.Number(strings.TrimSpace(jsonOf(id))).String()
	for _, c := range []struct {
		after             time.Duration
		status            string
		answered, ended   bool
		recorded, hasUser bool
	}{
		{0, "initial", false, false, false, false},
		{10 * time.Second, "answered", true, false, false, true},
		{time.Minute, "done", true, true, false, true},
		{time.Minute, "done", true, true, true, true},
	} {
		b.advance(c.after)
		_, body, _ := b.ask("GET", path, "")
		call := body["call"].(map[string]any)
		user, _ := call["user"].(map[string]any)
		if call["status"] != c.status || (call["answered_at"] != nil) != c.answered || (call["ended_at"] != nil) != c.ended || (call["recording"] != nil) != c.recorded || (user["id"] != nil) != c.hasUser {
			t.Errorf("%v on: %v", c.after, call)
		}
		if call["contact"] != nil || call["sid"] == nil || call["call_uuid"] != nil {
			t.Errorf("the API tells contact %v unasked, sid %v, call_uuid %v", call["contact"], call["sid"], call["call_uuid"])
		}
	}
	_, body, _ := b.ask("GET", path+"?fetch_contact=true", "")
	call := body["call"].(map[string]any)
	if call["contact"] == nil || call["duration"] != 70.0 {
		t.Errorf("contact %v, duration %v; want one, and 70 s with ringing", call["contact"], call["duration"])
	}
	b.wantLink(call["recording"].(string))
}

func jsonOf(v any) string {
	b, _ := json.Marshal(v)
	return string(b)
}

// wantLink: a link works without a key for an hour, and not with another signature.
func (b *bench) wantLink(link string) {
	b.t.Helper()
	get := func(link string) int {
		resp, err := http.Get(link)
		if err != nil {
			b.t.Fatal(err)
		}
		defer resp.Body.Close()
		if resp.StatusCode == 200 && resp.Header.Get("Content-Type") != "audio/mpeg" {
			b.t.Errorf("content type %q", resp.Header.Get("Content-Type"))
		}
		return resp.StatusCode
	}
	u, err := url.Parse(link)
	if err != nil {
		b.t.Fatal(err)
	}
	q := u.Query()
	q.Set("expires", "9999999999")
	u.RawQuery = q.Encode()
	if fresh, forged := get(link), get(u.String()); fresh != 200 || forged != 403 {
		b.t.Errorf("a fresh link gives %d, a forged one %d", fresh, forged)
	}
	b.advance(time.Hour)
	if old := get(link); old != 403 {
		b.t.Errorf("a link of an hour ago gives %d", old)
	}
}

// TestUnrecorded: Aircall makes no recording of these.
func TestUnrecorded(t *testing.T) {
	t.Parallel()
	b := setup(t, fake.Options{})
	silent := b.AddNumber(fake.Number{Name: "Silent", Silent: true})
	sound := []byte("sound")
	for name, c := range map[string]fake.Call{
		"not answered":                  {NumberID: b.line, Ring: time.Minute, Recording: sound},
		"4 s":                           {NumberID: b.line, Talk: 4 * time.Second, Recording: sound},
		"five hours":                    {NumberID: b.line, Talk: 5 * time.Hour, Recording: sound},
		"silent line":                   {NumberID: silent, Talk: time.Minute, Recording: sound},
		"voicemail of an answered call": {NumberID: b.line, Talk: time.Minute, Direction: "inbound", Voicemail: sound},
	} {
		if id := b.Place(c); b.Audio(id) != nil {
			t.Errorf("%s: there is audio", name)
		}
	}
}

func TestWebhookUpdate(t *testing.T) {
	t.Parallel()
	b := setup(t, fake.Options{})
	status, body, _ := b.ask("POST", "/v1/webhooks", `{"custom_name":"x","url":"https://example.com/x","events":["call.ended"]}`)
	made := body["webhook"].(map[string]any)
	if status != 201 || made["token"] == "" || made["active"] != true {
		t.Fatalf("made %d %v", status, made)
	}
	path := "/v1/webhooks/" + made["webhook_id"].(string)
	_, body, _ = b.ask("GET", "/v1/webhooks", "")
	if listed := body["webhooks"].([]any)[0].(map[string]any); listed["token"] != nil {
		t.Error("the listing shows the token")
	}
	_, body, _ = b.ask("GET", path, "")
	if body["webhook"].(map[string]any)["token"] != made["token"] {
		t.Error("the webhook itself does not show its token")
	}
	for _, c := range []struct {
		query, body string
		events      int
	}{
		{"?events_action=add", `{"events":["call.tagged","call.ended"]}`, 2},
		{"?events_action=remove", `{"events":["call.ended"]}`, 1},
		{"", `{"events":["call.ended","call.tagged","call.hold"]}`, 3},
		{"", `{"custom_name":"y"}`, 19},
	} {
		b.ChangeWebhook(made["webhook_id"].(string), func(w *fake.Webhook) { w.Active = false })
		status, _, _ := b.ask("PUT", path+c.query, c.body)
		if w := b.Webhooks()[0]; status != 200 || len(w.Events) != c.events || !w.Active {
			t.Errorf("PUT %s %s: %d, %+v", c.query, c.body, status, w)
		}
	}
	for range 99 {
		b.ask("POST", "/v1/webhooks", `{"url":"https://example.com/y"}`)
		b.advance(time.Minute)
	}
	if status, _, _ := b.ask("POST", "/v1/webhooks", `{"url":"https://example.com/y"}`); status != 400 {
		t.Errorf("the 101st webhook: %d", status)
	}
}

// receiver answers events with a status that can be changed.
type receiver struct {
	*httptest.Server
	status atomic.Int64
	names  []string
	bodies []string
}

func newReceiver(t *testing.T) *receiver {
	r := &receiver{}
	r.status.Store(200)
	r.Server = httptest.NewServer(http.HandlerFunc(func(w http.ResponseWriter, req *http.Request) {
		body, _ := io.ReadAll(req.Body)
		var e struct {
			Event string
			Token string
		}
		if json.Unmarshal(body, &e) != nil || e.Token == "" || req.Header.Get("Aircall-Origin") != "webhooks" {
			t.Errorf("event %s with headers %v", body, req.Header)
		}
		r.names, r.bodies = append(r.names, e.Event), append(r.bodies, string(body))
		w.WriteHeader(int(r.status.Load()))
	}))
	t.Cleanup(r.Close)
	return r
}

func TestEventsInOrder(t *testing.T) {
	t.Parallel()
	b := setup(t, fake.Options{})
	r := newReceiver(t)
	b.ask("POST", "/v1/webhooks", `{"url":"`+r.URL+`"}`)
	user := b.AddUser(fake.User{Name: "Ada"})
	b.Place(fake.Call{Direction: "inbound", NumberID: b.line, UserID: user, Customer: "anonymous", Ring: 10 * time.Second, Talk: time.Minute, Recording: []byte("sound"), AssetsAfter: 2 * time.Minute})
	if at, ok := b.NextDelivery(); !ok || at.Unix() != 1767225600 {
		t.Errorf("next event at %v, %v", at, ok)
	}
	b.Deliver(t.Context())
	if got := strings.Join(r.names, " "); got != "call.created" {
		t.Errorf("at once: %s", got)
	}
	b.advance(time.Hour)
	b.Deliver(t.Context())
	want := "call.created call.ringing_on_agent call.answered call.hungup call.ended call.comm_assets_generated"
	if got := strings.Join(r.names, " "); got != want {
		t.Errorf("came %s\nwant %s", got, want)
	}
	if !strings.Contains(r.bodies[4], `"timestamp":1767225700`) || strings.Contains(r.bodies[4], "/media/") || !strings.Contains(r.bodies[5], "/media/") {
		t.Errorf("events do not tell the call as it was then:\n%s\n%s", r.bodies[4], r.bodies[5])
	}
	if _, ok := b.NextDelivery(); ok {
		t.Error("something is left")
	}
}

// TestPlacedInThePast: a webhook that was made after the call, but before it was placed, gets its events.
func TestPlacedInThePast(t *testing.T) {
	t.Parallel()
	b := setup(t, fake.Options{})
	r := newReceiver(t)
	b.ask("POST", "/v1/webhooks", `{"url":"`+r.URL+`","events":["call.created","call.ended"]}`)
	call := fake.Call{Direction: "outbound", NumberID: b.line, Customer: "anonymous", StartedAt: time.Unix(b.now.Load()-600, 0), Talk: time.Minute}
	b.Place(call)
	if n := b.Deliver(t.Context()); n != 2 || strings.Join(r.names, " ") != "call.created call.ended" || !strings.Contains(r.bodies[0], `"timestamp":1767225000`) {
		t.Errorf("%d came: %v", n, r.bodies)
	}
	b.Place(call)
	b.advance(time.Minute)
	b.ask("POST", "/v1/webhooks", `{"url":"`+r.URL+`/late","events":["call.ended"]}`)
	if n := b.Deliver(t.Context()); n != 2 {
		t.Errorf("%d came, also to a webhook that was made after the events were due", n)
	}
}

// TestRetries: failed events come again for twelve hours; fifty failures in a row disable the webhook, which then gets no
// new events; one success enables it again.
func TestRetries(t *testing.T) {
	t.Parallel()
	b := setup(t, fake.Options{})
	r := newReceiver(t)
	b.ask("POST", "/v1/webhooks", `{"url":"`+r.URL+`","events":["call.ended"]}`)
	call := fake.Call{Direction: "outbound", NumberID: b.line, Customer: "anonymous", Talk: time.Minute}
	r.status.Store(500)
	b.Place(call)
	b.advance(2 * time.Minute)
	for range 49 {
		b.Deliver(t.Context())
		b.advance(864 * time.Second) // 12 hours over 50
	}
	if !b.Webhooks()[0].Active {
		t.Fatal("disabled after 49 failures")
	}
	b.Deliver(t.Context())
	if b.Webhooks()[0].Active || len(r.names) > 50 {
		t.Fatalf("after %d tries the webhook is active: %v", len(r.names), b.Webhooks()[0].Active)
	}
	if _, ok := b.NextDelivery(); ok {
		t.Error("a fifty-first try is planned")
	}

	b = setup(t, fake.Options{})
	b.ask("POST", "/v1/webhooks", `{"url":"`+r.URL+`","events":["call.ended"]}`)
	for range 60 {
		b.Place(call)
	}
	b.advance(2 * time.Minute)
	b.Deliver(t.Context())
	if b.Webhooks()[0].Active {
		t.Fatal("active after 60 failures")
	}
	missed := b.Place(call)
	b.advance(time.Hour)
	r.status.Store(200)
	before := len(r.names)
	if b.Deliver(t.Context()) != 60 || len(r.names)-before != 60 || !b.Webhooks()[0].Active {
		t.Errorf("%d of 60 failed events came again, active %v", len(r.names)-before, b.Webhooks()[0].Active)
	}
	if strings.Contains(strings.Join(r.bodies, ""), `"id":`+jsonOf(missed)+`,`) {
		t.Error("an event of the time when the webhook was disabled came")
	}
}

func TestDropsAndDoubles(t *testing.T) {
	t.Parallel()
	b := setup(t, fake.Options{})
	r := newReceiver(t)
	b.ask("POST", "/v1/webhooks", `{"url":"`+r.URL+`","events":["call.created","call.ended"]}`)
	b.SetFaults(fake.Faults{Duplicate: 2, Drop: func(event string, _ int64) bool { return event == "call.created" }})
	b.Place(fake.Call{Direction: "outbound", NumberID: b.line, Customer: "anonymous", Talk: time.Minute})
	b.advance(time.Hour)
	if n := b.Deliver(t.Context()); n != 3 || strings.Join(r.names, " ") != "call.ended call.ended call.ended" {
		t.Errorf("%d came: %v", n, r.names)
	}
}

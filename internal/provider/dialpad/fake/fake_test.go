package fake_test

import (
	"encoding/json"
	"io"
	"net/http"
	"net/http/httptest"
	"strconv"
	"strings"
	"sync/atomic"
	"testing"
	"time"

	"earshot/internal/provider/dialpad/fake"
)

// bench is a fake with a client that speaks plain HTTP to it.
type bench struct {
	*fake.Server
	t            *testing.T
	url          string
	now          atomic.Int64 // milliseconds
	user, second int64
	center       int64
}

const start = 1767225600000

func setup(t *testing.T, o fake.Options) *bench {
	t.Helper()
	b := &bench{t: t}
	b.now.Store(start)
	o.Now = func() time.Time { return time.UnixMilli(b.now.Load()) }
	b.Server = fake.New(o)
	server := httptest.NewServer(b.Server)
	t.Cleanup(server.Close)
	b.SetBaseURL(server.URL)
	b.url = server.URL
	b.user = b.AddUser(fake.User{Name: "Ada Agent", Email: "ada@example.com", Phone: "+12125550111"})
	b.second = b.AddUser(fake.User{Name: "Bob", Email: "bob@example.com", Phone: "+12125550112"})
	b.center = b.AddGroup(fake.Group{Kind: fake.CallCenter, Name: "Service", Phone: "+12125550100"})
	return b
}

func (b *bench) advance(d time.Duration) { b.now.Add(d.Milliseconds()) }

// ask gives status, body and headers of one request with the right key.
func (b *bench) ask(method, path, body string) (int, map[string]any, http.Header) {
	b.t.Helper()
	req, err := http.NewRequest(method, b.url+path, strings.NewReader(body))
	if err != nil {
		b.t.Fatal(err)
	}
	req.Header.Set("Authorization", "Bearer fake-key")
	if body != "" {
		req.Header.Set("Content-Type", "application/json")
	}
	resp, err := http.DefaultTransport.RoundTrip(req)
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

func (b *bench) items(path string) []map[string]any {
	b.t.Helper()
	status, body, _ := b.ask("GET", path, "")
	list, ok := body["items"].([]any)
	if status != http.StatusOK || !ok {
		b.t.Fatalf("GET %s: %d %v", path, status, body)
	}
	var out []map[string]any
	for _, i := range list {
		out = append(out, i.(map[string]any))
	}
	return out
}

func text(v any) string {
	b, _ := json.Marshal(v) // what was decoded always encodes
	return string(b)
}

func TestWrongRequests(t *testing.T) {
	t.Parallel()
	b := setup(t, fake.Options{})
	b.SetLimit(1000, time.Second)
	month := strconv.FormatInt(start-30*24*3600*1000, 10)
	nearly := strconv.FormatInt(start-30*24*3600*1000+1, 10)
	for _, c := range []struct {
		method, path, body string
		status, problems   int
	}{
		{"GET", "/api/v2/company", "", 200, 0},
		{"GET", "/api/v2/company?apikey=fake-key", "", 200, 2},
		{"GET", "/api/v2/call", "", 200, 0},
		{"GET", "/api/v2/call?started_after=" + month + "&started_before=1767225600000", "", 400, 0},
		{"GET", "/api/v2/call?started_after=" + nearly + "&started_before=1767225600000", "", 200, 0},
		{"GET", "/api/v2/call?started_after=1767225600", "", 400, 1},
		{"GET", "/api/v2/call?started_after=yesterday", "", 400, 1},
		{"GET", "/api/v2/call?start_after=1767225600000", "", 200, 1},
		{"GET", "/api/v2/call?limit=50", "", 200, 0},
		{"GET", "/api/v2/call?limit=51", "", 400, 0},
		{"GET", "/api/v2/call?cursor=x", "", 400, 1},
		{"GET", "/api/v2/call/77", "", 404, 0},
		{"GET", "/api/v2/call/x", "", 400, 1},
		{"GET", "/api/v2/users?limit=100", "", 200, 1},
		{"GET", "/api/v3/call", "", 404, 1},
		{"POST", "/api/v2/call", "", 404, 1},
		{"POST", "/api/v2/webhooks", `{"hook_url":"http://example.com/x"}`, 400, 0},
		{"POST", "/api/v2/webhooks", `{"secret":"x"}`, 400, 0},
		{"POST", "/api/v2/webhooks", `{"hook_url":"https://example.com/x","colour":"red"}`, 400, 1},
		{"PATCH", "/api/v2/webhooks/1", `{}`, 404, 0},
		{"DELETE", "/api/v2/webhooks/1", "", 404, 0},
		{"GET", "/api/v2/webhooks/x", "", 404, 1},
		{"POST", "/api/v2/subscriptions/call", `{"endpoint_id":5}`, 400, 0},
		{"POST", "/api/v2/subscriptions/call", `{"webhook_id":5}`, 400, 1},
		{"POST", "/api/v2/subscriptions/call", `{"endpoint_id":"5"}`, 400, 1},
		{"DELETE", "/api/v2/subscriptions/call/1", "", 404, 0},
		{"GET", "/blob-server/5", "", 404, 0},
	} {
		before := len(b.Problems())
		status, _, _ := b.ask(c.method, c.path, c.body)
		if got := len(b.Problems()) - before; status != c.status || got != c.problems {
			t.Errorf("%s %s %s: status %d, %d problems; want %d, %d", c.method, c.path, c.body, status, got, c.status, c.problems)
		}
	}
	for _, header := range []string{"", "Bearer wrong", "Basic ZmFrZS1rZXk6"} {
		req, err := http.NewRequest("GET", b.url+"/api/v2/company", nil)
		if err != nil {
			t.Fatal(err)
		}
		req.Header.Set("Authorization", header)
		resp, err := http.DefaultClient.Do(req)
		if err != nil || resp.StatusCode != http.StatusUnauthorized {
			t.Errorf("with %q: %v, %v", header, resp, err)
		}
		resp.Body.Close()
	}
}

// TestLimits: twenty requests in any second, ten about single calls in any minute, and what happens beyond.
func TestLimits(t *testing.T) {
	t.Parallel()
	for _, silent := range []bool{false, true} {
		b := setup(t, fake.Options{NoRetryAfter: silent})
		for i := range 11 {
			status, _, head := b.ask("GET", "/api/v2/call/77", "")
			if want := map[bool]int{true: 404, false: 429}[i < 10]; status != want {
				t.Errorf("question %d about a call: %d, want %d", i+1, status, want)
			}
			if (head.Get("Retry-After") == "60") != (i == 10 && !silent) {
				t.Errorf("question %d: Retry-After %q", i+1, head.Get("Retry-After"))
			}
		}
		for i := range 11 {
			if status, _, _ := b.ask("GET", "/api/v2/users", ""); (status == 200) != (i < 10) {
				t.Errorf("request %d of the second: %d", 11+i, status)
			}
		}
		b.advance(time.Second)
		if status, _, _ := b.ask("GET", "/api/v2/users", ""); status != 200 {
			t.Errorf("a second later: %d", status)
		}
		b.ask("GET", "/api/v2/call/77", "")
		b.advance(58 * time.Second)
		b.ask("GET", "/api/v2/call/77", "")
		b.advance(time.Second)
		if status, _, _ := b.ask("GET", "/api/v2/call/77", ""); status != 404 {
			t.Errorf("a minute later: %d", status)
		}
		want := fake.Stats{Requests: 26, Gets: 14, Refused: 4, Early: 2}
		if silent {
			want.Early = 0
		}
		if s := b.Stats(); s != want {
			t.Errorf("silent %v: counted %+v, want %+v", silent, s, want)
		}
	}
}

// TestListing: newest first, only what has ended, page by page; a new call does not move the others.
func TestListing(t *testing.T) {
	t.Parallel()
	b := setup(t, fake.Options{PageSize: 4, ListAfter: time.Minute})
	var want []string
	for i := range 10 {
		id := b.Place(fake.Call{Direction: "outbound", UserID: b.user, Customer: "+12125550123", StartedAt: time.UnixMilli(start + int64(i/2)*1000), Talk: 20 * time.Second})
		want = append([]string{strconv.FormatInt(id, 10)}, want...)
	}
	b.advance(83 * time.Second) // the last two are not listed yet
	var got []string
	cursor := ""
	for {
		query := "?started_after=1767225500000&started_before=1767225700000"
		_, body, _ := b.ask("GET", "/api/v2/call"+query+cursor, "")
		for _, i := range body["items"].([]any) {
			got = append(got, i.(map[string]any)["call_id"].(string))
		}
		next, more := body["cursor"].(string)
		if !more {
			break
		}
		cursor = "&cursor=" + next
		if len(got) == 4 {
			b.Place(fake.Call{Direction: "outbound", UserID: b.user, StartedAt: time.UnixMilli(start + 3500), Customer: "+12125550123"})
		}
	}
	if strings.Join(got, " ") != strings.Join(want[2:], " ") {
		t.Errorf("listed %v\nwant %v", got, want[2:])
	}
	_, body, _ := b.ask("GET", "/api/v2/call", "")
	before := len(b.Problems())
	if status, _, _ := b.ask("GET", "/api/v2/call?started_after=1767225500000&cursor="+body["cursor"].(string), ""); status != 400 || len(b.Problems()) == before {
		t.Errorf("a cursor of another question: %d", status)
	}
	for query, n := range map[string]int{"started_after=1767225603000": 1, "started_before=1767225600000": 0, "started_before=1767225600001": 2, "started_after=1767225599999&started_before=1767225602000&limit=50": 4} {
		if got := b.items("/api/v2/call?" + query); len(got) != n {
			t.Errorf("%s: %d calls, want %d", query, len(got), n)
		}
	}
}

// TestLifeOfCall: what the API tells of a call through a center as it goes on. Ids and times are strings.
func TestLifeOfCall(t *testing.T) {
	t.Parallel()
	b := setup(t, fake.Options{})
	id := b.Place(fake.Call{Direction: "inbound", GroupID: b.center, UserID: b.user, Customer: "+12125550123", Ring: 10 * time.Second, Talk: time.Minute, Recording: []byte("sound"), RecordedBy: fake.ByBoth})
	legs := b.Legs(id)
	if len(legs) != 2 || legs[0] != id {
		t.Fatalf("legs %v of %d", legs, id)
	}
	for _, c := range []struct {
		after              time.Duration
		states             [2]string
		connected, ended   bool
		recorded, operator bool
	}{
		{2 * time.Second, [2]string{"queued", "ringing"}, false, false, false, false},
		{10 * time.Second, [2]string{"connected", "connected"}, true, false, false, true},
		{time.Minute, [2]string{"hangup", "hangup"}, true, true, false, true},
		{time.Minute, [2]string{"hangup", "hangup"}, true, true, true, true},
	} {
		b.advance(c.after)
		for i, leg := range legs {
			_, call, _ := b.ask("GET", "/api/v2/call/"+strconv.FormatInt(leg, 10), "")
			if call["call_id"] != strconv.FormatInt(leg, 10) || call["state"] != c.states[i] || (call["date_connected"] != nil) != c.connected || (call["date_ended"] != nil) != c.ended || (call["recording_details"] != nil) != c.recorded {
				t.Errorf("%v on, leg %d: %s", c.after, i, text(call))
			}
			if i == 0 && (call["operator_call_id"] != nil) != c.operator || i == 1 && call["entry_point_call_id"] != strconv.FormatInt(id, 10) {
				t.Errorf("%v on, leg %d: operator %v, entry point %v", c.after, i, call["operator_call_id"], call["entry_point_call_id"])
			}
		}
	}
	group, person := b.call(legs[0]), b.call(legs[1])
	if group["was_recorded"] != false || person["was_recorded"] != true || !strings.Contains(text(group["recording_details"]), "admincallrecording") || !strings.Contains(text(person["recording_details"]), `"callrecording"`) {
		t.Errorf("recorded twice: %s\n%s", text(group), text(person))
	}
	if d := person["duration"].(float64); d != 60000.12 || person["total_duration"].(float64) < d {
		t.Errorf("durations %v of %v", d, person["total_duration"])
	}
	b.SetFaults(fake.Faults{Without: []string{"recordings_export"}})
	if hidden := text(b.call(legs[1])); strings.Contains(hidden, "/r/") || !strings.Contains(hidden, `"was_recorded":true`) {
		t.Errorf("without the right to export: %s", hidden)
	}
}

func (b *bench) call(id int64) map[string]any {
	b.t.Helper()
	b.advance(time.Minute)
	_, call, _ := b.ask("GET", "/api/v2/call/"+strconv.FormatInt(id, 10), "")
	return call
}

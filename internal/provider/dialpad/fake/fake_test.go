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

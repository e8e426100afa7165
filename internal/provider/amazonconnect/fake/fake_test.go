package fake_test

import (
	"bytes"
	"context"
	"crypto/sha256"
	"encoding/hex"
	"encoding/json"
	"io"
	"net/http"
	"net/http/httptest"
	"testing"
	"time"

	"github.com/aws/aws-sdk-go-v2/aws"
	v4 "github.com/aws/aws-sdk-go-v2/aws/signer/v4"

	"earshot/internal/provider/amazonconnect/fake"
)

const instance = "12345678-1234-1234-1234-123456789012"

type client struct {
	t   *testing.T
	url string
	now time.Time
	*fake.Server
}

func newClient(t *testing.T) *client {
	c := &client{t: t, now: time.Date(2026, 1, 5, 9, 0, 0, 0, time.UTC)}
	c.Server = fake.New(fake.Options{Now: func() time.Time { return c.now }})
	s := httptest.NewServer(c.Server)
	t.Cleanup(s.Close)
	c.url = s.URL
	return c
}

// ask sends a signed request, changed after signing, and gives status and body.
func (c *client) ask(method, path, body, secret string, change func(*http.Request)) (int, map[string]any) {
	c.t.Helper()
	r, err := http.NewRequestWithContext(c.t.Context(), method, c.url+path, bytes.NewReader([]byte(body)))
	if err != nil {
		c.t.Fatal(err)
	}
	sum := sha256.Sum256([]byte(body))
	creds := aws.Credentials{AccessKeyID: "AKIAFAKEFAKEFAKE", SecretAccessKey: secret}
	if err := v4.NewSigner().SignHTTP(context.Background(), creds, r, hex.EncodeToString(sum[:]), "connect", fake.Region, c.now); err != nil {
		c.t.Fatal(err)
	}
	if change != nil {
		change(r)
	}
	resp, err := http.DefaultClient.Do(r)
	if err != nil {
		c.t.Fatal(err)
	}
	defer resp.Body.Close()
	out := map[string]any{}
	if err := json.NewDecoder(resp.Body).Decode(&out); err != nil && err != io.EOF {
		c.t.Fatal(err)
	}
	return resp.StatusCode, out
}

func TestSignatures(t *testing.T) {
	t.Parallel()
	c := newClient(t)
	path := "/instance/" + instance
	for name, x := range map[string]struct {
		secret string
		change func(*http.Request)
		status int
		code   any
	}{
		"right":          {"fake-secret-access-key", nil, 200, nil},
		"another secret": {"wrong", nil, 403, "InvalidSignatureException"},
		"another path":   {"fake-secret-access-key", func(r *http.Request) { r.URL.Path += "/storage-configs" }, 403, "InvalidSignatureException"},
		"another query":  {"fake-secret-access-key", func(r *http.Request) { r.URL.RawQuery = "x=1" }, 403, "InvalidSignatureException"},
		"another key": {"fake-secret-access-key", func(r *http.Request) {
			r.Header.Set("Authorization", "AWS4-HMAC-SHA256 Credential=AKIAOTHER/20260105/us-east-1/connect/aws4_request, SignedHeaders=host, Signature=00")
		}, 403, "UnrecognizedClientException"},
	} {
		status, got := c.ask(http.MethodGet, path, "", x.secret, x.change)
		if status != x.status || got["__type"] != x.code {
			t.Errorf("%s: %d %v, want %d %v", name, status, got, x.status, x.code)
		}
	}
	if p := c.Problems(); len(p) > 0 {
		t.Errorf("problems %v", p)
	}
	if status, _ := c.ask(http.MethodGet, path, "", "x", func(r *http.Request) { r.Header.Del("Authorization") }); status != 403 || len(c.Problems()) != 1 {
		t.Errorf("a request that is not signed: %d, problems %v", status, c.Problems())
	}
}

func search(from, to time.Time) string {
	b, _ := json.Marshal(map[string]any{"InstanceId": instance, "MaxResults": 100, "TimeRange": map[string]any{"Type": "INITIATION_TIMESTAMP", "StartTime": from.Unix(), "EndTime": to.Unix()}})
	return string(b)
}

// TestLimits: a search every two seconds and no more; whoever comes at once again comes early.
func TestLimits(t *testing.T) {
	t.Parallel()
	c := newClient(t)
	ask := func() int {
		status, _ := c.ask(http.MethodPost, "/search-contacts", search(c.now.Add(-time.Hour), c.now), "fake-secret-access-key", nil)
		return status
	}
	var got []int
	for _, wait := range []time.Duration{0, 0, 100 * time.Millisecond, 2 * time.Second, 2 * time.Second} {
		c.now = c.now.Add(wait)
		got = append(got, ask())
	}
	want := []int{200, 429, 429, 200, 200}
	for i := range want {
		if got[i] != want[i] {
			t.Fatalf("answers %v, want %v", got, want)
		}
	}
	if s := c.Stats(); s.Refused != 2 || s.Early != 1 {
		t.Errorf("stats %+v", s)
	}
}

// TestSearch: only completed contacts are found, and what the service model does not allow is a problem.
func TestSearch(t *testing.T) {
	t.Parallel()
	c := newClient(t)
	agent := c.AddUser(fake.User{Username: "a"})
	start := c.now
	c.Place(fake.Call{Customer: "+12125550123", StartedAt: start, AfterWork: time.Hour, Parts: []fake.Part{{UserID: agent, Talk: time.Minute}}})
	count := func() int {
		c.now = c.now.Add(30 * time.Minute)
		_, got := c.ask(http.MethodPost, "/search-contacts", search(start.Add(-time.Hour), c.now), "fake-secret-access-key", nil)
		list, _ := got["Contacts"].([]any)
		return len(list)
	}
	if a, b, d := count(), count(), count(); a != 0 || b != 0 || d != 1 {
		t.Errorf("found %d, %d, %d; want it once after-contact work is over", a, b, d)
	}
	if p := c.Problems(); len(p) > 0 {
		t.Errorf("problems %v", p)
	}
	c.now = c.now.Add(time.Minute)
	if status, _ := c.ask(http.MethodPost, "/search-contacts", search(c.now, c.now), "fake-secret-access-key", nil); status != 400 || len(c.Problems()) != 1 {
		t.Errorf("an empty range: %d, problems %v", status, c.Problems())
	}
	if status, _ := c.ask(http.MethodGet, "/contacts/"+instance+"/"+instance+"/more", "", "fake-secret-access-key", nil); status != 404 || len(c.Problems()) != 2 {
		t.Errorf("no such operation: %d, problems %v", status, c.Problems())
	}
}

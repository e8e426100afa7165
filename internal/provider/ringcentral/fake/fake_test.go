package fake

import (
	"encoding/json"
	"net/http"
	"net/http/httptest"
	"net/url"
	"strconv"
	"strings"
	"testing"
	"time"
)

// company is a fake with a clock that its test moves.
type company struct {
	*Server
	t     *testing.T
	now   time.Time
	token string
	user  int64
}

func newCompany(t *testing.T) *company {
	c := &company{t: t, now: time.Date(2026, 11, 23, 9, 0, 0, 0, time.UTC)}
	c.Server = New(Options{Now: func() time.Time { return c.now }})
	c.SetBaseURL("https://fake.example")
	c.user = c.AddUser(User{Name: "Ada Agent", Email: "ada@example.com"})
	c.token = c.grant(url.Values{"grant_type": {grantJWT}, "assertion": {"fake.jwt.token"}}, http.StatusOK)["access_token"].(string)
	return c
}

// grant asks for tokens, and wants the status.
func (c *company) grant(form url.Values, want int) object {
	c.t.Helper()
	r := httptest.NewRequest(http.MethodPost, "/restapi/oauth/token", strings.NewReader(form.Encode()))
	r.Header.Set("Content-Type", "application/x-www-form-urlencoded")
	r.SetBasicAuth("fake-client", "fake-secret")
	return c.send(r, want)
}

func (c *company) send(r *http.Request, want int) object {
	c.t.Helper()
	out := httptest.NewRecorder()
	c.ServeHTTP(out, r)
	if out.Code != want {
		c.t.Fatalf("%s %s: %d %s, want %d", r.Method, r.URL, out.Code, out.Body, want)
	}
	var body object
	_ = json.Unmarshal(out.Body.Bytes(), &body) // audio is none
	return body
}

func (c *company) do(method, path, body string, want int) object {
	c.t.Helper()
	r := httptest.NewRequest(method, "/restapi/v1.0"+path, strings.NewReader(body))
	r.Header.Set("Authorization", "Bearer "+c.token)
	return c.send(r, want)
}

func (c *company) place(talk time.Duration, later time.Duration) string {
	return c.Place(Call{Direction: "inbound", Customer: "+12125550123", StartedAt: c.now, Ring: 5 * time.Second, Parts: []Part{{UserID: c.user, Talk: talk, Recording: []byte("ID3"), RecordingAfter: later}}})
}

// records of the last day.
func (c *company) records() []any {
	c.t.Helper()
	return c.do("GET", "/account/~/call-log?view=Detailed", "", http.StatusOK)["records"].([]any)
}

// TestTokens: a refresh token counts once and ends the access token before it; tokens end after an hour; all else is refused.
func TestTokens(t *testing.T) {
	t.Parallel()
	c := newCompany(t)
	first := c.grant(url.Values{"grant_type": {grantJWT}, "assertion": {"fake.jwt.token"}}, http.StatusOK)
	c.now = c.now.Add(time.Minute)
	renew := url.Values{"grant_type": {"refresh_token"}, "refresh_token": {first["refresh_token"].(string)}}
	second := c.grant(renew, http.StatusOK)
	c.grant(renew, http.StatusBadRequest)
	c.grant(url.Values{"grant_type": {grantJWT}, "assertion": {"other"}}, http.StatusBadRequest)
	c.grant(url.Values{"grant_type": {"password"}}, http.StatusBadRequest)
	c.token = first["access_token"].(string)
	c.do("GET", "/account/~", "", http.StatusUnauthorized)
	c.token = second["access_token"].(string)
	c.do("GET", "/account/~", "", http.StatusOK)
	c.now = c.now.Add(tokenLife)
	c.do("GET", "/account/~", "", http.StatusUnauthorized)
}

// TestPenalty: the eleventh heavy request begins a minute in which each request begins it anew; other groups are not concerned.
func TestPenalty(t *testing.T) {
	t.Parallel()
	c := newCompany(t)
	const path = "/account/~/call-log"
	for range 10 {
		c.do("GET", path, "", http.StatusOK)
	}
	c.do("GET", path, "", http.StatusTooManyRequests)
	c.do("GET", "/account/~", "", http.StatusOK)
	for range 3 {
		c.now = c.now.Add(59 * time.Second)
		c.do("GET", path, "", http.StatusTooManyRequests)
	}
	if s := c.Stats(); s.Refused != 4 || s.Early != 3 {
		t.Errorf("%+v", s)
	}
	c.now = c.now.Add(penalty)
	c.do("GET", path, "", http.StatusOK)
}

// TestCallLog: a call is listed 20 seconds after its end, its recording when it is there; short recordings never are.
func TestCallLog(t *testing.T) {
	t.Parallel()
	c := newCompany(t)
	c.place(time.Minute, 2*time.Minute)
	c.now = c.now.Add(65 * time.Second)
	if n := len(c.records()); n != 0 {
		t.Errorf("%d records at the end of the call", n)
	}
	c.now = c.now.Add(20 * time.Second)
	records := c.records()
	if len(records) != 1 || records[0].(object)["recording"] != nil {
		t.Fatalf("%+v", records)
	}
	c.now = c.now.Add(2 * time.Minute)
	recording := c.records()[0].(object)["recording"].(object)
	path := strings.TrimPrefix(recording["contentUri"].(string), "https://fake.example/restapi/v1.0")
	c.do("GET", path, "", http.StatusOK)
	c.DeleteRecording(c.byStart[0].ID)
	c.do("GET", path, "", http.StatusNotFound)
	if c.records()[0].(object)["recording"] != nil {
		t.Error("a recording that was deleted is listed")
	}
	c.place(20*time.Second, 0)
	c.now = c.now.Add(time.Minute)
	if r := c.records()[0].(object); r["shortRecording"] != true || r["recording"] != nil {
		t.Errorf("%+v", r)
	}
	if n := len(c.Problems()); n != 0 {
		t.Errorf("problems: %q", c.Problems())
	}
}

// TestPages: records come newest first, a page at a time, and the last page names no next.
func TestPages(t *testing.T) {
	t.Parallel()
	c := newCompany(t)
	for range 5 {
		c.place(time.Minute, 0)
		c.now = c.now.Add(time.Minute)
	}
	c.now = c.now.Add(10 * time.Minute)
	var starts []string
	for page := 1; ; page++ {
		a := c.do("GET", "/account/~/call-log?perPage=2&page="+strconv.Itoa(page), "", http.StatusOK)
		for _, r := range a["records"].([]any) {
			starts = append(starts, r.(object)["startTime"].(string))
		}
		if a["navigation"].(object)["nextPage"] == nil {
			break
		}
	}
	if len(starts) != 5 || starts[0] <= starts[4] {
		t.Errorf("%q", starts)
	}
	c.now = c.now.Add(24 * time.Hour)
	c.token = c.grant(url.Values{"grant_type": {grantJWT}, "assertion": {"fake.jwt.token"}}, http.StatusOK)["access_token"].(string)
	if n := len(c.records()); n != 0 {
		t.Errorf("without dates %d records older than a day are listed", n)
	}
}

// TestProblems: what the documentation does not allow is noted.
func TestProblems(t *testing.T) {
	t.Parallel()
	c := newCompany(t)
	c.do("GET", "/account/~/call-log?colour=red", "", http.StatusOK)
	c.do("GET", "/account/~/calls", "", http.StatusNotFound)
	c.do("POST", "/subscription", `{"eventFilters":[]}`, http.StatusBadRequest)
	if n := len(c.Problems()); n != 3 {
		t.Errorf("%q", c.Problems())
	}
	c.do("GET", "/account/~/call-log?perPage=1001", "", http.StatusBadRequest)
	c.do("GET", "/account/~/call-log?dateFrom=soon", "", http.StatusBadRequest)
}

package simulation

import (
	"bytes"
	"cmp"
	"errors"
	"io"
	"math/rand/v2"
	"net/http"
	"net/http/httptest"
	"slices"
	"strings"
	"sync"
	"time"
)

// network between us and the provider: requests go through unless it is down, events are lost, doubled, held back.
type network struct {
	random *rand.Rand
	step   func()
	now    func() time.Time
	sends  func(*http.Request)
	shake  func(http.Header, []byte) http.Header // answers a provider that tries out our address

	mu      sync.Mutex
	held    []*event
	outages []span // the provider does not answer
	revoked []span // it refuses our credential
	glitch  bool   // now and then a request fails
}

type span struct{ from, to time.Time }

// event on its way to us.
type event struct {
	at     time.Time
	path   string
	header http.Header
	body   []byte
	tries  int
}

func (e *event) send(site http.HandlerFunc) int {
	req := httptest.NewRequest(http.MethodPost, e.path, bytes.NewReader(e.body))
	req.Header = e.header.Clone()
	req.SetPathValue("secret", strings.TrimPrefix(e.path, "/site/"))
	w := httptest.NewRecorder()
	site(w, req)
	return w.Code
}

// plan says when the provider is out of order, for hours, and when the credential is refused.
func (n *network) plan(random *rand.Rand, from, to time.Time) {
	n.glitch = true
	some := func(count int, longest time.Duration) (out []span) {
		for range count {
			at := from.Add(time.Duration(random.Int64N(int64(to.Sub(from)))))
			out = append(out, span{at, at.Add(10*time.Minute + time.Duration(random.Int64N(int64(longest))))})
		}
		return out
	}
	days := int(to.Sub(from) / (24 * time.Hour))
	n.outages, n.revoked = some(1+days/5, 2*time.Hour), some(1+days/15, 3*time.Hour)
}

func within(spans []span, at time.Time) bool {
	return slices.ContainsFunc(spans, func(s span) bool { return !at.Before(s.from) && at.Before(s.to) })
}

func (n *network) down(at time.Time) bool { return within(n.outages, at) }

func (n *network) refuses(at time.Time) bool { return n.down(at) || within(n.revoked, at) }

// RoundTrip is http.RoundTripper's: our requests to the provider.
func (n *network) RoundTrip(req *http.Request) (*http.Response, error) {
	n.step()
	at := n.now()
	switch {
	case n.down(at):
		drain(req)
		return nil, errors.New("connection refused")
	case within(n.revoked, at):
		drain(req)
		return &http.Response{StatusCode: http.StatusUnauthorized, Status: "401 Unauthorized", Header: http.Header{"Content-Type": {"application/json"}},
			Body: io.NopCloser(strings.NewReader(`{"error":"invalid_grant","errorCode":"OAU-213","message":"the token was revoked"}`)), Request: req, ProtoMajor: 1, ProtoMinor: 1}, nil
	}
	n.sends(req)
	resp, err := http.DefaultTransport.RoundTrip(req)
	if err == nil && n.glitch && n.random.IntN(200) == 0 {
		resp.Body.Close()
		return nil, errors.New("connection reset by peer")
	}
	n.step()
	return resp, err
}

func drain(req *http.Request) {
	if req.Body != nil {
		req.Body.Close()
	}
}

// ServeHTTP takes what the provider posts. It always looks delivered: what is lost from then on is lost.
func (n *network) ServeHTTP(w http.ResponseWriter, r *http.Request) {
	body, _ := io.ReadAll(r.Body)
	if h := n.shake(r.Header, body); h != nil {
		for k, v := range h {
			w.Header()[k] = v
		}
		return
	}
	n.mu.Lock()
	defer n.mu.Unlock()
	copies := 1
	switch x := n.random.Float64(); {
	case x < lost:
		copies = 0
	case x < lost+doubled:
		copies = 2
	}
	for range copies {
		e := &event{at: n.now(), path: r.URL.Path, header: r.Header.Clone(), body: body}
		if n.random.Float64() < delayed {
			e.at = e.at.Add(time.Duration(n.random.Int64N(int64(time.Hour))))
		}
		n.held = append(n.held, e)
	}
}

func (n *network) hold(e *event) {
	n.mu.Lock()
	defer n.mu.Unlock()
	n.held = append(n.held, e)
}

// arrivals takes out the events that arrive now.
func (n *network) arrivals(now time.Time) []*event {
	n.mu.Lock()
	defer n.mu.Unlock()
	var due []*event
	n.held = slices.DeleteFunc(n.held, func(e *event) bool {
		if e.at.After(now) {
			return false
		}
		due = append(due, e)
		return true
	})
	slices.SortStableFunc(due, func(a, b *event) int { return cmp.Compare(a.at.UnixNano(), b.at.UnixNano()) })
	return due
}

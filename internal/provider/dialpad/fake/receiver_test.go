package fake_test

import (
	"encoding/base64"
	"encoding/json"
	"io"
	"net/http"
	"net/http/httptest"
	"strconv"
	"strings"
	"sync"
	"sync/atomic"
	"testing"
)

// receiver answers events with a status that can be changed, or that a function gives.
type receiver struct {
	*httptest.Server
	status atomic.Int64
	by     func(state string) int
	mu     sync.Mutex // of the rest; who reads it has waited for the deliveries, but not for handlers that broke off
	states []string
	kinds  []string
	bodies []string
}

func newReceiver(t *testing.T) *receiver {
	r := &receiver{}
	r.status.Store(200)
	r.Server = httptest.NewServer(http.HandlerFunc(func(w http.ResponseWriter, req *http.Request) {
		body, _ := io.ReadAll(req.Body)
		claims := body
		if parts := strings.Split(string(body), "."); req.Header.Get("Content-Type") == "application/jwt" && len(parts) == 3 {
			claims, _ = base64.RawURLEncoding.DecodeString(parts[1])
		}
		var e struct{ State string }
		if err := json.Unmarshal(claims, &e); err != nil {
			t.Errorf("event %s: %v", body, err)
		}
		r.mu.Lock()
		defer r.mu.Unlock()
		r.states, r.kinds, r.bodies = append(r.states, e.State), append(r.kinds, req.Header.Get("Content-Type")), append(r.bodies, string(claims))
		status := int(r.status.Load())
		if r.by != nil {
			status = r.by(e.State)
		}
		if status == 0 {
			panic(http.ErrAbortHandler)
		}
		w.WriteHeader(status)
	}))
	t.Cleanup(r.Close)
	return r
}

// subscribe gives the ids of a webhook with a secret and of a subscription to the states.
func (b *bench) subscribe(address, secret, states string) (hook, sub int64) {
	b.t.Helper()
	_, made, _ := b.ask("POST", "/api/v2/webhooks", `{"hook_url":"`+address+`","secret":"`+secret+`"}`)
	hook = id(made["id"])
	status, made, _ := b.ask("POST", "/api/v2/subscriptions/call", `{"endpoint_id":`+strconv.FormatInt(hook, 10)+`,"call_states":`+states+`}`)
	if status != http.StatusOK || made["enabled"] != true {
		b.t.Fatalf("subscription: %d %v", status, made)
	}
	return hook, id(made["id"])
}

// seen gives how many events came.
func (r *receiver) seen() int {
	r.mu.Lock()
	defer r.mu.Unlock()
	return len(r.states)
}

func id(v any) int64 {
	s, _ := v.(string)
	n, _ := strconv.ParseInt(s, 10, 64)
	return n
}

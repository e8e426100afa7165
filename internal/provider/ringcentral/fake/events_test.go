package fake

import (
	"context"
	"encoding/json"
	"io"
	"net/http"
	"net/http/httptest"
	"strings"
	"sync"
	"testing"
	"time"
)

// TestEvents: each party's states come in order with rising sequence, with the token; twice, if told so.
func TestEvents(t *testing.T) {
	t.Parallel()
	c := newCompany(t)
	var mu sync.Mutex
	var codes []string
	last := 1
	site := httptest.NewServer(http.HandlerFunc(func(w http.ResponseWriter, r *http.Request) {
		w.Header().Set("Validation-Token", r.Header.Get("Validation-Token"))
		data, _ := io.ReadAll(r.Body)
		if len(data) == 0 {
			return
		}
		var e struct {
			Body struct {
				Sequence int
				Parties  []struct{ Status struct{ Code string } }
			}
		}
		mu.Lock()
		defer mu.Unlock()
		if err := json.Unmarshal(data, &e); err != nil || e.Body.Sequence != last+1 || len(e.Body.Parties) != 1 || r.Header.Get("Verification-Token") != "t" {
			t.Errorf("%s with token %q after sequence %d: %v", data, r.Header.Get("Verification-Token"), last, err)
			return
		}
		last = e.Body.Sequence
		codes = append(codes, e.Body.Parties[0].Status.Code)
	}))
	t.Cleanup(site.Close)
	c.do("POST", "/subscription", `{"eventFilters":["/restapi/v1.0/account/~/telephony/sessions"],"deliveryMode":{"transportType":"WebHook","verificationToken":"t","address":"`+site.URL+`"}}`, http.StatusOK)
	c.place(time.Minute, 0)
	for range 10 {
		c.Deliver(context.Background())
		c.now = c.now.Add(10 * time.Second)
	}
	if got := strings.Join(codes, " "); got != "Setup Proceeding Answered Disconnected Disconnected" {
		t.Errorf("%s", got)
	}
	if s := c.Stats(); s.Delivered != 5 || s.Failed != 0 {
		t.Errorf("%+v", s)
	}
}

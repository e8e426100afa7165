package fake

import (
	"math"
	"net/http"
	"strconv"
	"strings"
	"time"
)

// Limits: for all requests, and beside it for some (developers.dialpad.com/docs/rate-limits).
const (
	limitCompany = "company"
	limitCall    = "call"
	limitWebhook = "webhook"
)

// limit allows n requests in any span of a length.
type limit struct {
	n     int
	per   time.Duration
	sent  []time.Time
	until time.Time // that somebody was told
}

// SetLimit changes how many requests the company may make.
func (s *Server) SetLimit(n int, per time.Duration) {
	s.mu.Lock()
	defer s.mu.Unlock()
	s.limits[limitCompany] = &limit{n: n, per: per}
}

func limitsOf(r *http.Request) []string {
	switch {
	case r.Method == http.MethodGet && strings.HasPrefix(r.URL.Path, "/api/v2/call/"):
		return []string{limitCompany, limitCall}
	case r.Method == http.MethodPost && r.URL.Path == "/api/v2/webhooks":
		return []string{limitCompany, limitWebhook}
	default:
		return []string{limitCompany}
	}
}

// admit counts a request against its limits; the lock is held.
func (s *Server) admit(head http.Header, r *http.Request) bool {
	now := s.opts.Now()
	var full []*limit
	for _, name := range limitsOf(r) {
		l := s.limits[name]
		for len(l.sent) > 0 && !now.Before(l.sent[0].Add(l.per)) {
			l.sent = l.sent[1:]
		}
		if len(l.sent) >= l.n {
			full = append(full, l)
		}
	}
	if len(full) == 0 {
		for _, name := range limitsOf(r) {
			s.limits[name].sent = append(s.limits[name].sent, now)
		}
		return true
	}
	s.stats.Refused++
	early := false
	wait := time.Second
	for _, l := range full {
		early = early || now.Before(l.until)
		wait = max(wait, l.sent[0].Add(l.per).Sub(now))
		if !s.opts.NoRetryAfter {
			l.until = l.sent[0].Add(l.per)
		}
	}
	if early {
		s.stats.Early++
	}
	if !s.opts.NoRetryAfter {
		head.Set("Retry-After", strconv.Itoa(int(math.Ceil(wait.Seconds()))))
	}
	return false
}

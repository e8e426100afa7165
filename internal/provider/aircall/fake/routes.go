package fake

import (
	"crypto/subtle"
	"encoding/json"
	"fmt"
	"net/http"
	"slices"
	"strconv"
	"strings"
	"time"
)

// window of the rate limit: so many requests a minute from its first one.
type window struct {
	end     time.Time
	used    int
	refused bool
}

type handler func(*Server, *http.Request) (int, any)

// routes are Aircall's, each with the query parameters that it knows.
func (s *Server) routes() {
	s.mux = http.NewServeMux()
	paging := "page per_page order from to"
	s.api("GET /v1/ping", "", func(*Server, *http.Request) (int, any) { return 200, object{"ping": "pong"} })
	s.api("GET /v1/company", "", (*Server).company)
	s.api("GET /v1/users", paging, (*Server).listUsers)
	s.api("GET /v2/users", paging, (*Server).listUsers)
	s.api("GET /v1/numbers", paging, (*Server).listNumbers)
	s.api("GET /v1/calls", paging+" fetch_contact fetch_short_urls fetch_call_timeline", (*Server).listCalls)
	s.api("GET /v1/calls/search", paging+" fetch_contact fetch_short_urls fetch_call_timeline direction user_id phone_number tags", (*Server).listCalls)
	s.api("GET /v1/calls/{id}", "fetch_contact fetch_short_urls fetch_call_timeline", (*Server).getCall)
	s.api("GET /v1/webhooks", paging, webhookRight((*Server).listWebhooks))
	s.api("POST /v1/webhooks", "", webhookRight((*Server).createWebhook))
	s.api("GET /v1/webhooks/{id}", "", webhookRight((*Server).getWebhook))
	s.api("PUT /v1/webhooks/{id}", "events_action", webhookRight((*Server).updateWebhook))
	s.api("DELETE /v1/webhooks/{id}", "", webhookRight((*Server).deleteWebhook))
	s.mux.HandleFunc("GET /oauth/authorize", s.signIn)
	s.mux.HandleFunc("POST /v1/oauth/token", s.token)
	s.mux.HandleFunc("GET /media/calls/{id}/{file}", s.serveMedia)
	s.mux.HandleFunc("/", s.unknown)
}

// ServeHTTP answers one request.
func (s *Server) ServeHTTP(w http.ResponseWriter, r *http.Request) {
	s.mu.Lock()
	slow := s.faults.Slow
	if s.base == "" {
		s.base = "http://" + r.Host
	}
	s.mu.Unlock()
	w.Header().Set("Date", s.opts.Now().UTC().Format(http.TimeFormat))
	if slow > 0 {
		select {
		case <-r.Context().Done():
			return
		case <-time.After(slow):
		}
	}
	s.mux.ServeHTTP(w, r)
}

func (s *Server) api(pattern, params string, h handler) {
	s.mux.HandleFunc(pattern, func(w http.ResponseWriter, r *http.Request) {
		s.mu.Lock()
		status, body := s.answer(w.Header(), r, strings.Fields(params), h)
		s.mu.Unlock()
		writeJSON(w, status, body)
	})
}

func writeJSON(w http.ResponseWriter, status int, body any) {
	if body == nil {
		w.WriteHeader(status)
		return
	}
	w.Header().Set("Content-Type", "application/json; charset=utf-8")
	w.WriteHeader(status)
	_ = json.NewEncoder(w).Encode(body) // a client that has gone needs no answer
}

func (s *Server) answer(head http.Header, r *http.Request, params []string, h handler) (int, any) {
	s.stats.Requests++
	if status := s.authorize(r); status != 0 {
		return status, object{"error": http.StatusText(status), "troubleshoot": "Check your API ID and API token."}
	}
	if !s.admit(head) {
		return http.StatusTooManyRequests, object{"error": "Too Many Requests", "troubleshoot": "Slow down."}
	}
	if s.faults.Status != 0 {
		status := s.faults.Status
		if s.faults.StatusTimes > 0 {
			if s.faults.StatusTimes--; s.faults.StatusTimes == 0 {
				s.faults.Status = 0
			}
		}
		return status, object{"error": http.StatusText(status)}
	}
	for name := range r.URL.Query() {
		if !slices.Contains(params, name) {
			s.problem("%s %s: unknown parameter %q", r.Method, r.URL.Path, name)
		}
	}
	return h(s, r)
}

// authorize gives 0 for the right key: Basic with the API id and token, or the token of an app that somebody signed in to.
func (s *Server) authorize(r *http.Request) int {
	if bearer, ok := strings.CutPrefix(r.Header.Get("Authorization"), "Bearer "); ok {
		if !s.tokens[bearer] {
			return http.StatusUnauthorized
		}
		return 0
	}
	id, token, ok := r.BasicAuth()
	switch {
	case !ok:
		s.problem("%s %s: no basic authentication", r.Method, r.URL.Path)
		return http.StatusUnauthorized
	case subtle.ConstantTimeCompare([]byte(id+":"+token), []byte(s.opts.APIID+":"+s.opts.APIToken)) != 1:
		return http.StatusForbidden
	default:
		return 0
	}
}

// admit counts a request against the company's limit and tells of it in the headers.
func (s *Server) admit(head http.Header) bool {
	now := s.opts.Now()
	if !now.Before(s.limit.end) {
		s.limit = window{end: now.Truncate(time.Second).Add(time.Minute)}
	}
	s.limit.used++
	head.Set("X-AircallApi-Limit", strconv.Itoa(s.opts.PerMinute))
	head.Set("X-AircallApi-Remaining", strconv.Itoa(max(0, s.opts.PerMinute-s.limit.used)))
	head.Set("X-AircallApi-Reset", strconv.FormatInt(s.limit.end.Unix(), 10))
	if s.limit.used <= s.opts.PerMinute {
		return true
	}
	s.stats.Refused++
	if s.limit.refused {
		s.stats.Early++
	}
	s.limit.refused = true
	if s.opts.RetryAfter {
		head.Set("Retry-After", strconv.Itoa(int(s.limit.end.Sub(now).Seconds())+1))
	}
	return false
}

func (s *Server) unknown(w http.ResponseWriter, r *http.Request) {
	s.mu.Lock()
	s.problem("%s %s: no such path", r.Method, r.URL.Path)
	s.mu.Unlock()
	writeJSON(w, http.StatusNotFound, object{"error": "Not Found", "troubleshoot": "Check the path."})
}

func badRequest(format string, args ...any) (int, any) {
	return http.StatusBadRequest, object{"error": "Bad Request", "troubleshoot": fmt.Sprintf(format, args...)}
}

func notFound() (int, any) { return http.StatusNotFound, object{"error": "Not Found"} }

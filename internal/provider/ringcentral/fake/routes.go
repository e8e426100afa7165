package fake

import (
	"encoding/json"
	"net/http"
	"slices"
	"strconv"
	"strings"
	"time"
)

type object = map[string]any

// window of a group's limit, and its penalty.
type window struct {
	end, until time.Time
	used       int
}

// Limits a minute of the groups.
var perMinute = map[string]int{"light": 50, "medium": 40, "heavy": 10, "auth": 5}

// handler answers an API request; the lock is held.
type handler func(w http.ResponseWriter, r *http.Request)

func (s *Server) routes() {
	s.mux = http.NewServeMux()
	s.mux.HandleFunc("GET /restapi/oauth/authorize", s.authorize)
	s.mux.HandleFunc("POST /restapi/oauth/token", s.token)
	s.api("GET /account/{account}", "light", "", s.account)
	s.api("GET /account/{account}/call-log", "heavy", "dateFrom dateTo view type direction recordingType telephonySessionId sessionId perPage page showDeleted", s.callLog)
	s.api("GET /account/{account}/call-recording", "light", "", s.recordingSettings)
	s.api("GET /account/{account}/telephony/sessions/{session}", "light", "", s.sessionStatus)
	s.api("GET /account/{account}/extension", "medium", "type status page perPage email extensionNumber", s.extensions)
	s.api("GET /account/{account}/phone-number", "heavy", "page perPage usageType", s.phoneNumbers)
	s.api("GET /account/{account}/recording/{recording}/content", "heavy", "contentDisposition", s.content)
	s.api("GET /subscription", "light", "", s.listSubscriptions)
	s.api("POST /subscription", "medium", "", s.createSubscription)
	s.api("DELETE /subscription/{id}", "medium", "", s.deleteSubscription)
	s.api("POST /subscription/{id}/renew", "light", "", s.renewSubscription)
	s.mux.HandleFunc("/", func(w http.ResponseWriter, r *http.Request) {
		s.mu.Lock()
		defer s.mu.Unlock()
		s.problem("%s %s: no such path", r.Method, r.URL.Path)
		writeError(w, http.StatusNotFound, "CMN-102", "Resource not found", "")
	})
}

// ServeHTTP answers one request.
func (s *Server) ServeHTTP(w http.ResponseWriter, r *http.Request) {
	s.mu.Lock()
	if s.base == "" {
		s.base = "http://" + r.Host
	}
	s.mu.Unlock()
	w.Header().Set("Date", s.opts.Now().UTC().Format(http.TimeFormat))
	s.mux.ServeHTTP(w, r)
}

func (s *Server) api(pattern, group, params string, h handler) {
	method, path, _ := strings.Cut(pattern, " ")
	s.mux.HandleFunc(method+" /restapi/v1.0"+path, func(w http.ResponseWriter, r *http.Request) {
		s.mu.Lock()
		defer s.mu.Unlock()
		s.stats.Requests++
		if !s.signedIn(r) {
			writeError(w, http.StatusUnauthorized, "OAU-213", "Token not found", "")
			return
		}
		if !s.admit(w.Header(), group) {
			writeError(w, http.StatusTooManyRequests, "CMN-301", "Request rate exceeded", "")
			return
		}
		if s.failing(w) {
			return
		}
		for name := range r.URL.Query() {
			if !slices.Contains(strings.Fields(params), name) {
				s.problem("%s %s: unknown parameter %q", r.Method, r.URL.Path, name)
			}
		}
		h(w, r)
	})
}

// failing answers with the fault, if there is one.
func (s *Server) failing(w http.ResponseWriter) bool {
	status := s.faults.Status
	if status == 0 {
		return false
	}
	if s.faults.StatusTimes > 0 {
		if s.faults.StatusTimes--; s.faults.StatusTimes == 0 {
			s.faults.Status = 0
		}
	}
	writeError(w, status, "CMN-201", "Service Temporary Unavailable", "")
	return true
}

// admit counts a request against its group. Whoever goes on during the penalty begins it anew.
func (s *Server) admit(head http.Header, group string) bool {
	now := s.opts.Now()
	limit := perMinute[group]
	if s.opts.PerMinute > 0 {
		limit = s.opts.PerMinute
	}
	w := s.limits[group]
	if w == nil {
		w = &window{}
		s.limits[group] = w
	}
	if !now.Before(w.end) {
		w.end, w.used = now.Add(time.Minute), 0
	}
	punished := now.Before(w.until)
	w.used++
	head.Set("X-Rate-Limit-Group", group)
	head.Set("X-Rate-Limit-Limit", strconv.Itoa(limit))
	head.Set("X-Rate-Limit-Remaining", strconv.Itoa(max(0, limit-w.used)))
	head.Set("X-Rate-Limit-Window", "60")
	if !punished && w.used <= limit {
		return true
	}
	s.stats.Refused++
	if punished {
		s.stats.Early++
	}
	w.until = now.Add(penalty)
	head.Set("Retry-After", strconv.Itoa(int(penalty.Seconds())))
	return false
}

func writeJSON(w http.ResponseWriter, status int, body any) {
	w.Header().Set("Content-Type", "application/json;charset=utf-8")
	w.WriteHeader(status)
	_ = json.NewEncoder(w).Encode(body) // a client that has gone needs no answer
}

func writeError(w http.ResponseWriter, status int, code, text, permission string) {
	one := object{"errorCode": code, "message": text}
	body := object{"errorCode": code, "message": text, "errors": []object{one}}
	if permission != "" {
		one["permissionName"], body["permissionName"] = permission, permission
	}
	writeJSON(w, status, body)
}

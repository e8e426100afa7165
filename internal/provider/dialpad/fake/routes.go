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

// Scopes that matter here.
const (
	scopeCalls      = "calls:list"
	scopeRecordings = "recordings_export"
	scopeOffline    = "offline_access"
)

type handler func(*Server, *http.Request) (int, any)

// routes are Dialpad's, each with the query parameters that it knows.
func (s *Server) routes() {
	s.mux = http.NewServeMux()
	admin, hooks := need("", true), needHooks
	s.api("GET /api/v2/company", "", admin((*Server).company))
	s.api("GET /api/v2/users", "cursor state company_admin email number limit", (*Server).listUsers)
	s.api("GET /api/v2/call", "cursor started_after started_before target_id target_type include_anonymized limit", need(scopeCalls, true)((*Server).listCalls))
	s.api("GET /api/v2/call/{id}", "", (*Server).getCall)
	s.api("GET /api/v2/webhooks", "cursor", hooks((*Server).listWebhooks))
	s.api("POST /api/v2/webhooks", "", hooks((*Server).createWebhook))
	s.api("GET /api/v2/webhooks/{id}", "", hooks((*Server).getWebhook))
	s.api("PATCH /api/v2/webhooks/{id}", "", hooks((*Server).updateWebhook))
	s.api("DELETE /api/v2/webhooks/{id}", "", hooks((*Server).deleteWebhook))
	s.api("GET /api/v2/subscriptions/call", "cursor target_type target_id", hooks((*Server).listSubscriptions))
	s.api("POST /api/v2/subscriptions/call", "", hooks((*Server).createSubscription))
	s.api("GET /api/v2/subscriptions/call/{id}", "", hooks((*Server).getSubscription))
	s.api("PATCH /api/v2/subscriptions/call/{id}", "", hooks((*Server).updateSubscription))
	s.api("DELETE /api/v2/subscriptions/call/{id}", "", hooks((*Server).deleteSubscription))
	s.mux.HandleFunc("GET /oauth2/authorize", s.authorizePage)
	s.mux.HandleFunc("POST /oauth2/token", s.tokenEndpoint)
	s.mux.HandleFunc("GET /r/{n}", s.serveMedia)
	s.mux.HandleFunc("GET /secureblob/{kind}/{n}", s.serveMedia)
	s.mux.HandleFunc("GET /blob-server/{n}", s.serveMedia)
	s.mux.HandleFunc("GET /blob/adminrecording/{n}", s.serveMedia)
	s.mux.HandleFunc("GET /login", func(w http.ResponseWriter, _ *http.Request) { writeLogin(w) })
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
		cut := s.faults.CutAnswers
		s.mu.Unlock()
		writeJSON(w, status, body, cut)
	})
}

func writeJSON(w http.ResponseWriter, status int, body any, cut bool) {
	data, err := json.Marshal(body)
	if err != nil {
		panic(err) // a view always encodes
	}
	w.Header().Set("Content-Type", "application/json; charset=utf-8")
	w.Header().Set("Content-Length", strconv.Itoa(len(data)))
	w.WriteHeader(status)
	if cut {
		_, _ = w.Write(data[:len(data)/2])
		panic(http.ErrAbortHandler)
	}
	_, _ = w.Write(data) // a client that has gone needs no answer
}

func failure(status int, format string, args ...any) (int, any) {
	message := fmt.Sprintf(format, args...)
	return status, object{"error": object{"code": status, "message": message, "errors": []any{object{"domain": "global", "reason": http.StatusText(status), "message": message}}}}
}

func badRequest(format string, args ...any) (int, any) {
	return failure(http.StatusBadRequest, format, args...)
}

func notFound() (int, any) { return failure(http.StatusNotFound, "not found") }

func (s *Server) answer(head http.Header, r *http.Request, params []string, h handler) (int, any) {
	s.stats.Requests++
	if strings.HasPrefix(r.URL.Path, "/api/v2/call/") {
		s.stats.Gets++
	}
	g, ok := s.credential(r)
	if !ok {
		return failure(http.StatusUnauthorized, "invalid or missing API key")
	}
	if !s.admit(head, r) {
		return failure(http.StatusTooManyRequests, "rate limit exceeded")
	}
	if s.faults.Status != 0 {
		status := s.faults.Status
		if s.faults.StatusTimes > 0 {
			if s.faults.StatusTimes--; s.faults.StatusTimes == 0 {
				s.faults.Status = 0
			}
		}
		return failure(status, "%s", http.StatusText(status))
	}
	for name := range r.URL.Query() {
		if !slices.Contains(params, name) {
			s.problem("%s %s: unknown parameter %q", r.Method, r.URL.Path, name)
		}
	}
	return h(s, r.WithContext(withGrant(r.Context(), g)))
}

// credential reads who asks: by the API key, or a token that is still good. The key may be in the address too, where it is logged.
func (s *Server) credential(r *http.Request) (grant, bool) {
	if r.URL.Query().Has("apikey") {
		s.problem("%s %s: the key is in the address", r.Method, r.URL.Path)
	}
	shown, ok := strings.CutPrefix(r.Header.Get("Authorization"), "Bearer ")
	if !ok {
		s.problem("%s %s: no bearer", r.Method, r.URL.Path)
		return grant{}, false
	}
	if subtle.ConstantTimeCompare([]byte(shown), []byte(s.opts.APIKey)) == 1 {
		return grant{scopes: s.opts.Scopes}, true
	}
	g := s.tokens[shown]
	if g == nil || !g.expires.IsZero() && !s.opts.Now().Before(g.expires) {
		return grant{}, false
	}
	return *g, true
}

// may tells whether a credential has a scope.
func (s *Server) may(g grant, scope string) bool {
	return slices.Contains(g.scopes, scope) && !slices.Contains(s.faults.Without, scope)
}

func need(scope string, admin bool) func(handler) handler {
	return func(h handler) handler {
		return func(s *Server, r *http.Request) (int, any) {
			switch {
			case admin && s.faults.NotAdmin:
				return failure(http.StatusForbidden, "a company admin API key is required")
			case scope != "" && !s.may(grantOf(r.Context()), scope):
				return failure(http.StatusForbidden, "the scope %s is required", scope)
			default:
				return h(s, r)
			}
		}
	}
}

func needHooks(h handler) handler {
	return func(s *Server, r *http.Request) (int, any) {
		if s.faults.NoWebhooks {
			return failure(http.StatusForbidden, "this key may not manage webhooks")
		}
		return h(s, r)
	}
}

func (s *Server) unknown(w http.ResponseWriter, r *http.Request) {
	s.mu.Lock()
	s.problem("%s %s: no such path", r.Method, r.URL.Path)
	s.mu.Unlock()
	status, body := notFound()
	writeJSON(w, status, body, false)
}

package fake

import (
	"encoding/json"
	"net"
	"net/http"
	"net/url"
	"slices"
	"strconv"
)

// Webhook as an admin sees it. Its secret is shown in clear.
type Webhook struct {
	ID          int64
	URL, Secret string
}

type hook struct{ Webhook }

// Webhooks gives all of them.
func (s *Server) Webhooks() []Webhook {
	s.mu.Lock()
	defer s.mu.Unlock()
	var out []Webhook
	for _, h := range s.hooks {
		out = append(out, h.Webhook)
	}
	return out
}

// ChangeWebhook lets an admin change a webhook; false if there is none.
func (s *Server) ChangeWebhook(id int64, change func(*Webhook)) bool {
	s.mu.Lock()
	defer s.mu.Unlock()
	h := s.hook(id)
	if h != nil {
		change(&h.Webhook)
	}
	return h != nil
}

// DeleteWebhook is what an admin does by mistake. Its subscriptions stay, and lead nowhere.
func (s *Server) DeleteWebhook(id int64) {
	s.mu.Lock()
	defer s.mu.Unlock()
	s.hooks = slices.DeleteFunc(s.hooks, func(h *hook) bool { return h.ID == id })
}

func (s *Server) hook(id int64) *hook {
	for _, h := range s.hooks {
		if h.ID == id {
			return h
		}
	}
	return nil
}

// asked gives what the path names; a name that is no number is a mistake.
func (s *Server) asked(r *http.Request) int64 {
	id, err := strconv.ParseInt(r.PathValue("id"), 10, 64)
	if err != nil {
		s.problem("%s %s: the id is no number", r.Method, r.URL.Path)
	}
	return id
}

func (h *hook) view() object {
	o := object{"id": strconv.FormatInt(h.ID, 10), "hook_url": h.URL}
	if h.Secret != "" {
		o["signature"] = object{"algo": "HS256", "type": "jwt", "secret": h.Secret}
	}
	return o
}

func (s *Server) listWebhooks(r *http.Request) (int, any) {
	return list(s, r, s.hooks, func(h *hook) any { return h.view() })
}

type webhookBody struct {
	URL    *string `json:"hook_url"`
	Secret *string `json:"secret"`
}

// body reads what a request holds; what it does not know is a mistake.
func (s *Server) body(r *http.Request, into any) bool {
	d := json.NewDecoder(http.MaxBytesReader(nil, r.Body, 1<<20))
	d.DisallowUnknownFields()
	if err := d.Decode(into); err != nil {
		s.problem("%s %s: %v", r.Method, r.URL.Path, err)
		return false
	}
	if r.Header.Get("Content-Type") != "application/json" {
		s.problem("%s %s: content type %q", r.Method, r.URL.Path, r.Header.Get("Content-Type"))
	}
	return true
}

// webhookAddress is https; plain http is taken on loopback only, where no certificate can be had.
func webhookAddress(address string) bool {
	u, err := url.Parse(address)
	if err != nil || u.Host == "" {
		return false
	}
	ip := net.ParseIP(u.Hostname())
	return u.Scheme == "https" || u.Scheme == "http" && (u.Hostname() == "localhost" || ip != nil && ip.IsLoopback())
}

// change applies a body; false where it is wrong.
func (h *hook) change(b webhookBody) bool {
	if b.URL != nil {
		h.URL = *b.URL
	}
	if b.Secret != nil {
		h.Secret = *b.Secret
	}
	return webhookAddress(h.URL)
}

// createWebhook makes another one each time, also for the same address.
func (s *Server) createWebhook(r *http.Request) (int, any) {
	var b webhookBody
	h := &hook{Webhook{ID: s.newID()}}
	if !s.body(r, &b) || !h.change(b) {
		return badRequest("hook_url must be a valid https address")
	}
	s.hooks = append(s.hooks, h)
	return http.StatusOK, h.view()
}

func (s *Server) getWebhook(r *http.Request) (int, any) {
	h := s.hook(s.asked(r))
	if h == nil {
		return notFound()
	}
	return http.StatusOK, h.view()
}

func (s *Server) updateWebhook(r *http.Request) (int, any) {
	h := s.hook(s.asked(r))
	if h == nil {
		return notFound()
	}
	var b webhookBody
	changed := *h
	if !s.body(r, &b) || !changed.change(b) {
		return badRequest("hook_url must be a valid https address")
	}
	*h = changed
	return http.StatusOK, h.view()
}

func (s *Server) deleteWebhook(r *http.Request) (int, any) {
	h := s.hook(s.asked(r))
	if h == nil {
		return notFound()
	}
	s.hooks = slices.DeleteFunc(s.hooks, func(other *hook) bool { return other == h })
	return http.StatusOK, h.view()
}

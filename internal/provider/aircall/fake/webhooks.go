package fake

import (
	"encoding/json"
	"fmt"
	"net"
	"net/http"
	"net/url"
	"slices"
	"time"
)

// callEvents are the names of Aircall's events about calls.
var callEvents = []string{
	"call.created", "call.ringing_on_agent", "call.agent_declined", "call.answered", "call.hold", "call.unhold", "call.transferred",
	"call.external_transferred", "call.unsuccessful_transfer", "call.hungup", "call.ended", "call.voicemail_left", "call.comm_assets_generated",
	"call.assigned", "call.archived", "call.tagged", "call.untagged", "call.commented", "call.ivr_option_selected",
}

// Webhook as an admin sees it.
type Webhook struct {
	ID, URL, Token string
	Active         bool
	Events         []string
}

type hook struct {
	Webhook
	name      string
	createdAt time.Time
	failures  int // in a row
}

// Webhooks gives all of them.
func (s *Server) Webhooks() []Webhook {
	s.mu.Lock()
	defer s.mu.Unlock()
	var out []Webhook
	for _, h := range s.hooks {
		w := h.Webhook
		w.Events = slices.Clone(w.Events)
		out = append(out, w)
	}
	return out
}

// ChangeWebhook lets an admin, or Aircall itself, change a webhook; false if there is none.
func (s *Server) ChangeWebhook(id string, change func(*Webhook)) bool {
	s.mu.Lock()
	defer s.mu.Unlock()
	h := s.hook(id)
	if h == nil {
		return false
	}
	change(&h.Webhook)
	return true
}

// DeleteWebhook is what an admin does by mistake.
func (s *Server) DeleteWebhook(id string) {
	s.mu.Lock()
	defer s.mu.Unlock()
	s.hooks = slices.DeleteFunc(s.hooks, func(h *hook) bool { return h.ID == id })
}

func (s *Server) hook(id string) *hook {
	for _, h := range s.hooks {
		if h.ID == id {
			return h
		}
	}
	return nil
}

func webhookRight(h handler) handler {
	return func(s *Server, r *http.Request) (int, any) {
		if s.faults.NoWebhooks {
			return http.StatusForbidden, object{"error": "Forbidden", "troubleshoot": "This key may not manage webhooks."}
		}
		return h(s, r)
	}
}

// view of a webhook; only reading or making one shows its token.
func (h *hook) view(base string, withToken bool) object {
	o := object{
		"webhook_id": h.ID, "direct_link": base + "/v1/webhooks/" + h.ID, "created_at": h.createdAt.UTC().Format(time.RFC3339), "url": h.URL,
		"custom_name": h.name, "active": h.Active, "events": h.Events,
	}
	if withToken {
		o["token"] = h.Token
	}
	return o
}

func (s *Server) listWebhooks(r *http.Request) (int, any) {
	p, wrong := s.paging(r)
	if wrong != "" {
		return badRequest("%s", wrong)
	}
	return list(r, s.base, "webhooks", p, s.hooks, func(h *hook) any { return h.view(s.base, false) })
}

type webhookBody struct {
	Name   string   `json:"custom_name"`
	URL    string   `json:"url"`
	Events []string `json:"events"`
}

// webhookBody reads and checks a body; a text tells what is wrong with it.
func (s *Server) webhookBody(r *http.Request, needURL bool) (webhookBody, string) {
	var b webhookBody
	d := json.NewDecoder(http.MaxBytesReader(nil, r.Body, 1<<20))
	d.DisallowUnknownFields()
	if err := d.Decode(&b); err != nil {
		s.problem("%s %s: %v", r.Method, r.URL.Path, err)
		return b, "the body is not valid"
	}
	if r.Header.Get("Content-Type") != "application/json" {
		s.problem("%s %s: content type %q", r.Method, r.URL.Path, r.Header.Get("Content-Type"))
	}
	if (needURL || b.URL != "") && !webhookAddress(b.URL) {
		return b, "url must be https"
	}
	for _, e := range b.Events {
		if !slices.Contains(callEvents, e) {
			return b, fmt.Sprintf("unknown event %q", e)
		}
	}
	return b, ""
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

func orAll(events []string) []string {
	if len(events) == 0 {
		return slices.Clone(callEvents)
	}
	return events
}

func (s *Server) createWebhook(r *http.Request) (int, any) {
	b, wrong := s.webhookBody(r, true)
	if wrong != "" {
		return badRequest("%s", wrong)
	}
	if len(s.hooks) >= webhookMax {
		return badRequest("at most %d webhooks", webhookMax)
	}
	n := s.newID()
	h := &hook{name: b.Name, createdAt: s.opts.Now(), Webhook: Webhook{
		ID: fmt.Sprintf("00000000-0000-4000-8000-%012x", n), Token: fmt.Sprintf("token%013x%x", n, s.random.Uint64()), URL: b.URL, Active: true, Events: orAll(b.Events),
	}}
	s.hooks = append(s.hooks, h)
	return http.StatusCreated, object{"webhook": h.view(s.base, true)}
}

func (s *Server) getWebhook(r *http.Request) (int, any) {
	h := s.hook(r.PathValue("id"))
	if h == nil {
		return notFound()
	}
	return http.StatusOK, object{"webhook": h.view(s.base, true)}
}

// updateWebhook re-activates the webhook and, unless told to add or remove some, registers it to the events given, or to all.
func (s *Server) updateWebhook(r *http.Request) (int, any) {
	h := s.hook(r.PathValue("id"))
	if h == nil {
		return notFound()
	}
	b, wrong := s.webhookBody(r, false)
	if wrong != "" {
		return badRequest("%s", wrong)
	}
	switch action := r.URL.Query().Get("events_action"); action {
	case "add":
		for _, e := range b.Events {
			if !slices.Contains(h.Events, e) {
				h.Events = append(h.Events, e)
			}
		}
	case "remove":
		h.Events = slices.DeleteFunc(h.Events, func(e string) bool { return slices.Contains(b.Events, e) })
	case "":
		h.Events = orAll(b.Events)
	default:
		return badRequest("unknown events_action %q", action)
	}
	if b.URL != "" {
		h.URL = b.URL
	}
	h.Active, h.failures = true, 0
	return http.StatusOK, object{"webhook": h.view(s.base, false)}
}

func (s *Server) deleteWebhook(r *http.Request) (int, any) {
	h := s.hook(r.PathValue("id"))
	if h == nil {
		return notFound()
	}
	s.hooks = slices.DeleteFunc(s.hooks, func(other *hook) bool { return other == h })
	return http.StatusNoContent, nil
}

package fake

import (
	"cmp"
	"context"
	"encoding/json"
	"fmt"
	"net/http"
	"net/url"
	"slices"
	"strings"
	"time"
)

// Subscription of an app and user.
type Subscription struct {
	ID, Address, Status string
	Expires             time.Time
	Filters             []string

	token        string
	created      time.Time
	failingSince time.Time
}

// Subscriptions gives all that have not expired.
func (s *Server) Subscriptions() []Subscription {
	s.mu.Lock()
	defer s.mu.Unlock()
	s.expire()
	var out []Subscription
	for _, sub := range s.subs {
		out = append(out, *sub)
	}
	return out
}

func (s *Server) expire() {
	s.subs = slices.DeleteFunc(s.subs, func(sub *Subscription) bool { return !s.opts.Now().Before(sub.Expires) })
}

// Blacklist is what RingCentral does to a subscription whose deliveries fail.
func (s *Server) Blacklist(id string) {
	s.mu.Lock()
	defer s.mu.Unlock()
	for _, sub := range s.subs {
		if sub.ID == id {
			sub.Status = "Blacklisted"
		}
	}
}

// ChangeSubscription lets somebody change one.
func (s *Server) ChangeSubscription(id string, change func(*Subscription)) {
	s.mu.Lock()
	defer s.mu.Unlock()
	for _, sub := range s.subs {
		if sub.ID == id {
			change(sub)
		}
	}
}

// AddSubscription makes one of somebody else, with the same app.
func (s *Server) AddSubscription(address string) {
	s.mu.Lock()
	defer s.mu.Unlock()
	now := s.opts.Now()
	s.subs = append(s.subs, &Subscription{ID: s.idText(), Address: address, Status: "Active", Expires: now.Add(tokenLife * 24), Filters: []string{"/restapi/v1.0/account/~/extension"}, created: now})
}

// DeleteSubscription removes one without anybody having asked for it.
func (s *Server) DeleteSubscription(id string) {
	s.mu.Lock()
	defer s.mu.Unlock()
	s.subs = slices.DeleteFunc(s.subs, func(sub *Subscription) bool { return sub.ID == id })
}

func (s *Server) view(sub *Subscription) object {
	filters := []string{}
	for _, f := range sub.Filters {
		filters = append(filters, strings.Replace(f, "/account/~", "/account/"+accountID, 1))
	}
	out := object{"uri": s.base + "/restapi/v1.0/subscription/" + sub.ID, "id": sub.ID, "creationTime": text(sub.created), "expirationTime": text(sub.Expires), "expiresIn": int(sub.Expires.Sub(s.opts.Now()).Seconds()),
		"status": sub.Status, "eventFilters": filters, "deliveryMode": object{"transportType": "WebHook", "encryption": false, "address": sub.Address}}
	if s.faults.NoEvents {
		out["disabledFilters"] = []object{{"filter": filters[0], "reason": "CMN-401", "message": "In order to call this API endpoint, application needs to have [CallControl] permission"}}
	}
	return out
}

func (s *Server) listSubscriptions(w http.ResponseWriter, r *http.Request) {
	s.expire()
	records := []object{}
	for _, sub := range s.subs {
		records = append(records, s.view(sub))
	}
	writeJSON(w, http.StatusOK, object{"uri": s.base + r.URL.Path, "records": records})
}

func (s *Server) createSubscription(w http.ResponseWriter, r *http.Request) {
	var in struct {
		EventFilters []string `json:"eventFilters"`
		ExpiresIn    int      `json:"expiresIn"`
		DeliveryMode struct {
			TransportType     string `json:"transportType"`
			Address           string `json:"address"`
			VerificationToken string `json:"verificationToken"`
		} `json:"deliveryMode"`
	}
	err := json.NewDecoder(r.Body).Decode(&in)
	if u, bad := url.Parse(in.DeliveryMode.Address); err != nil || bad != nil || u.Host == "" || in.DeliveryMode.TransportType != "WebHook" || len(in.EventFilters) == 0 {
		s.problem("POST /subscription: %v %+v", err, in)
		writeError(w, http.StatusBadRequest, "CMN-101", "Parameter value is invalid", "")
		return
	}
	s.expire()
	if len(s.subs) >= 30 {
		writeError(w, http.StatusForbidden, "SUB-505", "Subscriptions limit exceeded", "")
		return
	}
	if !s.handshake(r.Context(), in.DeliveryMode.Address) {
		writeError(w, http.StatusBadRequest, "SUB-525", "Webhook response has no the same Validation-Token header", "")
		return
	}
	now := s.opts.Now()
	life := time.Duration(cmp.Or(in.ExpiresIn, 604799)) * time.Second
	sub := &Subscription{ID: fmt.Sprintf("2461434a-%04x-4073-bd26-%012x", len(s.subs), s.newID()), Address: in.DeliveryMode.Address, Status: "Active", Expires: now.Add(life), token: in.DeliveryMode.VerificationToken, Filters: in.EventFilters, created: now}
	s.subs = append(s.subs, sub)
	writeJSON(w, http.StatusOK, s.view(sub))
}

// handshake tries out an address: it must give the token back within three seconds. Nobody else is served meanwhile, but the address may
// itself be asked for nothing then.
func (s *Server) handshake(ctx context.Context, address string) bool {
	if strings.HasSuffix(hostOf(address), ".example") || hostOf(address) == "example.com" {
		return true // no such host answers anybody; tests of errors use them
	}
	token := "validate-" + s.idText()
	req, err := http.NewRequestWithContext(ctx, http.MethodPost, address, nil)
	if err != nil {
		return false
	}
	req.Header.Set("Validation-Token", token)
	req.Header.Set("User-Agent", "RingCentral-Webhook/8.3")
	s.mu.Unlock()
	resp, err := s.opts.Client.Do(req)
	s.mu.Lock()
	if err != nil {
		return false
	}
	defer resp.Body.Close()
	return resp.StatusCode == http.StatusOK && resp.Header.Get("Validation-Token") == token
}

func hostOf(address string) string {
	u, err := url.Parse(address)
	if err != nil {
		return ""
	}
	return u.Hostname()
}

func (s *Server) deleteSubscription(w http.ResponseWriter, r *http.Request) {
	before := len(s.subs)
	s.subs = slices.DeleteFunc(s.subs, func(sub *Subscription) bool { return sub.ID == r.PathValue("id") })
	if len(s.subs) == before {
		writeError(w, http.StatusNotFound, "SUB-507", "Subscription not found", "")
		return
	}
	w.WriteHeader(http.StatusNoContent)
}

func (s *Server) renewSubscription(w http.ResponseWriter, r *http.Request) {
	s.expire()
	for _, sub := range s.subs {
		if sub.ID == r.PathValue("id") {
			sub.Expires = s.opts.Now().Add(604799 * time.Second)
			writeJSON(w, http.StatusOK, s.view(sub))
			return
		}
	}
	writeError(w, http.StatusNotFound, "SUB-507", "Subscription not found", "")
}

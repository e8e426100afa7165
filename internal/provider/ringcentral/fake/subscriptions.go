package fake

import (
	"bytes"
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

	token        string
	filters      []string
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

// DeleteSubscription removes one without anybody having asked for it.
func (s *Server) DeleteSubscription(id string) {
	s.mu.Lock()
	defer s.mu.Unlock()
	s.subs = slices.DeleteFunc(s.subs, func(sub *Subscription) bool { return sub.ID == id })
}

func (s *Server) view(sub *Subscription) object {
	filters := []string{}
	for _, f := range sub.filters {
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
	sub := &Subscription{ID: fmt.Sprintf("2461434a-%04x-4073-bd26-%012x", len(s.subs), s.newID()), Address: in.DeliveryMode.Address, Status: "Active", Expires: now.Add(life), token: in.DeliveryMode.VerificationToken, filters: in.EventFilters, created: now}
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

// happening is a change of a party that subscriptions are told of.
type happening struct {
	at       time.Time
	call     *Call
	party    int
	part     int
	sequence int
	code     string
	reason   string
}

// schedule plans the events of a call: a party of the other side, and one for each user who talks.
func (s *Server) schedule(c *Call) {
	n := 1
	add := func(at time.Time, party, part int, code, reason string) {
		n++
		s.timeline = append(s.timeline, happening{at, c, party, part, n, code, reason})
	}
	add(c.StartedAt, 1, 0, "Setup", "")
	add(c.StartedAt, 2, 0, "Proceeding", "")
	for i := range c.Parts {
		add(c.partAt(i), 2+i, i, "Answered", "")
		if i+1 < len(c.Parts) {
			add(c.partAt(i+1), 2+i, i, "Disconnected", "BlindTransfer")
		}
	}
	last := max(0, len(c.Parts)-1)
	add(c.endedAt(), 2+last, last, "Disconnected", "")
	add(c.endedAt(), 1, 0, "Disconnected", "")
}

type sending struct {
	sub  *Subscription
	body []byte
}

// Deliver posts the events that are due, each once or more often by Faults; one that fails is lost.
func (s *Server) Deliver(ctx context.Context) {
	for _, send := range s.due() {
		ok := s.post(ctx, send)
		s.mu.Lock()
		s.settle(send.sub, ok)
		s.mu.Unlock()
	}
}

func (s *Server) due() []sending {
	s.mu.Lock()
	defer s.mu.Unlock()
	s.expire()
	now := s.opts.Now()
	var out []sending
	var due []happening
	s.timeline = slices.DeleteFunc(s.timeline, func(h happening) bool {
		if h.at.After(now) {
			return false
		}
		due = append(due, h)
		return true
	})
	slices.SortStableFunc(due, func(a, b happening) int { return a.at.Compare(b.at) })
	for _, h := range due {
		for _, sub := range s.subs {
			if sub.Status != "Active" || sub.created.After(h.at) || s.calls[h.call.ID] == nil || s.faults.Drop != nil && s.faults.Drop(h.call.ID) {
				continue
			}
			for range 1 + s.faults.Duplicate {
				out = append(out, sending{sub, s.eventBody(sub, h, now)})
			}
		}
	}
	if s.faults.Shuffle {
		s.random.Shuffle(len(out), func(i, j int) { out[i], out[j] = out[j], out[i] })
	}
	return out
}

func (s *Server) eventBody(sub *Subscription, h happening, now time.Time) []byte {
	from, to := s.ends(h.call, min(h.part, max(0, len(h.call.Parts)-1)))
	status := object{"code": h.code, "rcc": false}
	if h.reason != "" {
		status["reason"] = h.reason
	}
	party := object{"accountId": accountID, "id": fmt.Sprintf("p-%s-%d", h.call.ID[2:], h.party), "direction": strings.ToUpper(h.call.Direction[:1]) + h.call.Direction[1:], "from": from, "to": to,
		"status": status, "park": object{}, "missedCall": false, "standAlone": false, "muted": false}
	event := "/restapi/v1.0/account/" + accountID + "/telephony/sessions"
	if h.party > 1 && len(h.call.Parts) > 0 {
		id := fmt.Sprint(h.call.Parts[h.part].UserID)
		party["extensionId"] = id
		event = "/restapi/v1.0/account/" + accountID + "/extension/" + id + "/telephony/sessions"
	}
	body, err := json.Marshal(object{"uuid": s.idText(), "event": event, "timestamp": text(now), "subscriptionId": sub.ID, "ownerId": accountID, "body": object{
		"sequence": h.sequence, "sessionId": "1" + h.call.recordID[1:], "telephonySessionId": h.call.ID, "serverId": "10.29.20.87.TAM", "eventTime": text(h.at), "parties": []object{party}, "origin": object{"type": "Call"}}})
	if err != nil {
		panic(err) // a view always encodes
	}
	return body
}

func (s *Server) post(ctx context.Context, send sending) bool {
	req, err := http.NewRequestWithContext(ctx, http.MethodPost, send.sub.Address, bytes.NewReader(send.body))
	if err != nil {
		return false
	}
	req.Header.Set("Content-Type", "application/json;charset=UTF-8")
	req.Header.Set("User-Agent", "RingCentral-Webhook/8.3")
	if send.sub.token != "" {
		req.Header.Set("Verification-Token", send.sub.token)
	}
	resp, err := s.opts.Client.Do(req)
	if err != nil {
		return false
	}
	resp.Body.Close()
	return resp.StatusCode == http.StatusOK
}

// settle blacklists a subscription whose deliveries have failed for ten minutes.
func (s *Server) settle(sub *Subscription, ok bool) {
	now := s.opts.Now()
	if ok {
		s.stats.Delivered++
		sub.failingSince = time.Time{}
		return
	}
	s.stats.Failed++
	if sub.failingSince.IsZero() {
		sub.failingSince = now
	}
	if now.Sub(sub.failingSince) >= blacklistAfter {
		sub.Status = "Blacklisted"
	}
}

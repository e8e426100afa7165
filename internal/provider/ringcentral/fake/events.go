package fake

import (
	"bytes"
	"context"
	"encoding/json"
	"fmt"
	"net/http"
	"slices"
	"strings"
	"time"
)

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

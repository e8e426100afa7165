package fake

import (
	"crypto/hmac"
	"crypto/sha256"
	"encoding/base64"
	"encoding/json"
	"slices"
	"time"
)

// happening is something that happens to a leg at a time; it becomes one delivery a subscription. It is due when it happens, or at
// once where a call was placed in the past.
type happening struct {
	at, due time.Time
	state   string
	leg     *leg
}

// schedule plans the events of a leg; the lock is held.
func (s *Server) schedule(l *leg) {
	now := s.opts.Now()
	add := func(at time.Time, state string) {
		due := at
		if due.Before(now) {
			due = now
		}
		s.timeline = append(s.timeline, happening{at, due, state, l})
	}
	switch {
	case l.call.Direction == "outbound":
		add(l.started, "calling")
	case l.ofUser():
		add(l.started, "ringing")
	default:
		add(l.started, "queued")
	}
	if l.answered() {
		add(l.connected, "connected")
	} else if l.call.Direction == "inbound" {
		add(l.ended, "missed")
	}
	for _, r := range l.recordings {
		if r.kind == kindVoicemail {
			add(l.ended.Add(-l.ended.Sub(l.started)/2), "voicemail")
		}
	}
	add(l.ended, "hangup")
	for _, r := range l.recordings {
		add(r.ready, map[string]string{kindUser: "recording", kindAdmin: "admin_recording", kindVoicemail: "voicemail_uploaded"}[r.kind])
	}
	if l.recorded() {
		add(l.recordings[0].ready.Add(time.Second), "call_transcription")
	}
}

// expand makes one delivery for each subscription that was enabled and wants the event. The body tells the leg as it was then: as
// a signed JWT where the webhook has a secret, else as JSON.
func (s *Server) expand(h happening) {
	if s.legs[h.leg.id] == nil {
		return
	}
	for _, sub := range s.subs {
		w := s.hook(sub.WebhookID)
		if w == nil || !sub.wants(h) {
			continue
		}
		claims, err := json.Marshal(s.legView(h.leg, h.state, view{h.at, true, sub.links, s.base}))
		if err != nil {
			panic(err) // a view always encodes
		}
		d := &delivery{due: h.due, state: h.state, callID: h.leg.call.ID, hookID: w.ID, body: claims, kind: "application/json"}
		if w.Secret != "" {
			d.body, d.kind = Sign(claims, w.Secret), "application/jwt"
		}
		s.queue = append(s.queue, d)
	}
}

func (sub *Subscription) wants(h happening) bool {
	wanted := slices.Contains(sub.States, h.state) || slices.Contains(sub.States, "all")
	ours := sub.TargetID == 0 || sub.TargetID == h.leg.target.id
	return sub.Enabled && wanted && ours && !(sub.GroupOnly && h.leg.call.GroupID == 0) && !sub.createdAt.After(h.due)
}

// Sign makes a JWT of claims, with HS256.
func Sign(claims []byte, secret string) []byte {
	return SignAs(`{"alg":"HS256","typ":"JWT"}`, claims, secret)
}

// SignAs signs likewise, whatever the header says.
func SignAs(header string, claims []byte, secret string) []byte {
	encode := base64.RawURLEncoding.EncodeToString
	signed := encode([]byte(header)) + "." + encode(claims)
	mac := hmac.New(sha256.New, []byte(secret))
	mac.Write([]byte(signed))
	return []byte(signed + "." + encode(mac.Sum(nil)))
}

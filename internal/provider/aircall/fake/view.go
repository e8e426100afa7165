package fake

import (
	"fmt"
	"strings"
	"time"
)

type object = map[string]any

// Kinds of audio.
const (
	kindRecording = "recording"
	kindVoicemail = "voicemail"
)

// view is how a call is told at a time: in an event or, with less, by the API. The lock is held.
type view struct {
	at      time.Time
	event   bool
	contact bool
	base    string
}

func (s *Server) callView(c *Call, v view) object {
	o := object{
		"id": c.ID, "direct_link": fmt.Sprintf("%s/v1/calls/%d", v.base, c.ID), "direction": c.Direction, "status": c.status(v.at),
		"started_at": c.StartedAt.Unix(), "answered_at": nil, "ended_at": nil, "duration": 0, "raw_digits": c.Customer,
		"missed_call_reason": nil, "hangup_cause": nil, "cost": "0.0", "archived": false, "recording": nil, "voicemail": nil, "asset": nil,
		"number": s.numberView(c.NumberID, v), "assigned_to": nil, "transferred_by": nil, "transferred_to": nil,
		"comments": []any{}, "tags": tagViews(c.Tags), "teams": []any{}, "ivr_options_selected": []any{},
	}
	s.addTimes(o, c, v.at)
	s.addPeople(o, c, v)
	s.addAssets(o, c, v)
	if v.event {
		o["call_uuid"] = fmt.Sprintf("CA%030x", c.ID)
	} else {
		o["sid"] = fmt.Sprintf("CA%030x", c.ID)
	}
	return o
}

func (c *Call) status(at time.Time) string {
	switch {
	case !at.Before(c.endedAt()):
		return "done"
	case c.answered() && !at.Before(c.answeredAt()):
		return "answered"
	default:
		return "initial"
	}
}

func (s *Server) addTimes(o object, c *Call, at time.Time) {
	if c.answered() && !at.Before(c.answeredAt()) {
		o["answered_at"] = c.answeredAt().Unix()
	}
	if at.Before(c.endedAt()) {
		return
	}
	o["ended_at"] = c.endedAt().Unix()
	o["duration"] = c.endedAt().Unix() - c.StartedAt.Unix() // includes ringing
	if !c.answered() && c.Direction == "inbound" {
		o["missed_call_reason"] = c.MissedReason
		if c.MissedReason == "" {
			o["missed_call_reason"] = "agents_did_not_answer"
		}
	}
}

func (s *Server) addPeople(o object, c *Call, v view) {
	if u, ok := s.user(c.UserID); ok && (c.Direction == "outbound" || c.answered() && !v.at.Before(c.answeredAt())) {
		o["user"] = userView(u, v.base)
	} else if c.ID%3 > 0 { // nobody is null, {} or nothing at all
		o["user"] = []any{nil, object{}}[c.ID%3-1]
	}
	if u, ok := s.user(c.TransferredBy); ok {
		o["transferred_by"] = userView(u, v.base)
	}
	if (v.contact || v.event) && c.FirstName+c.LastName != "" {
		o["contact"] = object{"id": c.ID + 7, "first_name": c.FirstName, "last_name": c.LastName, "company_name": "", "phone_numbers": []any{object{"id": 1, "label": "Work", "value": c.Customer}}}
	}
	parties := s.parties(c)
	if v.event {
		o["participants"] = parties
	} else {
		o["conference_participants"] = parties
	}
}

func (s *Server) parties(c *Call) []any {
	out := []any{}
	for _, id := range []int64{c.TransferredBy, c.UserID, c.ColleagueID} {
		if u, ok := s.user(id); ok {
			out = append(out, object{"type": "user", "id": u.ID, "name": u.Name})
		}
	}
	if c.ColleagueID == 0 {
		out = append(out, object{"type": "external", "phone_number": c.Customer})
	}
	return out
}

func (s *Server) addAssets(o object, c *Call, v view) {
	if !c.hasAssets() || v.at.Before(c.assetsAt()) {
		return
	}
	kind := kindRecording
	if c.Recording == nil {
		kind = kindVoicemail
	}
	o[kind] = s.link(c.ID, kind, v)
	page := fmt.Sprintf("%s/assets/calls/%d/%s/info", v.base, c.ID, kind)
	o["asset"] = page
	if c.ID%2 == 0 { // some clients met an object
		o["asset"] = object{"url": page}
	}
}

func (s *Server) numberView(id int64, v view) any {
	n, ok := s.number(id)
	if !ok {
		return nil
	}
	o := object{
		"id": n.ID, "direct_link": fmt.Sprintf("%s/v1/numbers/%d", v.base, n.ID), "name": n.Name, "digits": n.Digits, "country": n.Country,
		"time_zone": "Etc/UTC", "open": true, "availability_status": "open", "is_ivr": false, "live_recording_activated": !n.Silent, "priority": nil,
	}
	if v.event {
		o["e164_digits"] = n.E164
	}
	return o
}

func userView(u User, base string) object {
	return object{
		"id": u.ID, "direct_link": fmt.Sprintf("%s/v1/users/%d", base, u.ID), "name": u.Name, "email": u.Email, "available": true,
		"availability_status": "available", "language": "en-US", "time_zone": "Etc/UTC", "created_at": "2025-09-15T12:14:21Z",
	}
}

func tagViews(names []string) []any {
	out := []any{}
	for i, n := range names {
		out = append(out, object{"id": i + 1, "name": strings.TrimSpace(n), "color": "#000000"})
	}
	return out
}

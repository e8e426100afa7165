package fake

import (
	"crypto/hmac"
	"crypto/sha256"
	"encoding/hex"
	"fmt"
	"strconv"
	"time"
)

type object = map[string]any

// view is how a leg is told at a time: in an event, with ids and times as numbers, or by the API, with strings. The lock is held.
type view struct {
	at    time.Time
	event bool
	links bool // the credential may export recordings
	base  string
}

// int64 as it is written.
func (v view) int(n int64) any {
	switch {
	case n == 0:
		return nil
	case v.event:
		return n
	default:
		return strconv.FormatInt(n, 10)
	}
}

// ms of a time that has come; nil before.
func (v view) ms(at time.Time) any {
	if at.IsZero() || at.After(v.at) {
		return nil
	}
	return v.int(at.UnixMilli())
}

func (v view) party(p party) object {
	if p.id == 0 && p.phone == "" && p.name == "" {
		return object{}
	}
	o := object{"id": v.int(p.id), "type": p.kind, "name": p.name, "email": p.email, "phone": p.phone}
	if v.event && p.kind == "user" {
		o["office_id"] = int64(5527348325810176)
	}
	return o
}

func (s *Server) legView(l *leg, state string, v view) object {
	c := l.call
	o := object{
		"call_id": v.int(l.id), "master_call_id": v.int(l.master), "entry_point_call_id": v.int(l.entry), "operator_call_id": nil,
		"state": state, "direction": c.Direction, "event_timestamp": v.int(v.at.UnixMilli()),
		"date_started": v.ms(l.started), "date_rang": nil, "date_connected": v.ms(l.connected), "date_ended": v.ms(l.ended),
		"external_number": l.contact.phone, "internal_number": l.line, "contact": v.party(l.contact), "target": v.party(l.target),
		"entry_point_target": object{}, "proxy_target": object{}, "group_id": "Office:5527348325810176",
		"is_transferred": l.transferred && !v.at.Before(l.ended), "was_recorded": l.recorded() && l.answered() && !v.at.Before(l.connected),
		"labels": labels(c.Labels), "mos_score": 4.41, "custom_data": nil, "csat_score": nil, "routing_breadcrumbs": []any{}, "transcription_text": nil,
	}
	if l.operator != 0 && !v.at.Before(l.connected) && l.answered() {
		o["operator_call_id"] = v.int(l.operator)
	}
	if c.Direction == "inbound" {
		o["date_rang"] = v.ms(l.started)
	}
	if g := s.group(c.GroupID); g.ID != 0 {
		o["group_id"] = strconv.FormatInt(g.ID, 10)
		if c.Direction == "inbound" {
			o["entry_point_target"] = v.party(g.party())
		} else {
			o["proxy_target"] = v.party(g.party())
		}
	}
	if !v.at.Before(l.ended) {
		o["duration"], o["total_duration"] = 0.0, millis(l.ended.Sub(l.started))+0.03
		if l.answered() {
			o["duration"] = millis(l.ended.Sub(l.connected)) + 0.12
		}
	}
	if v.event {
		o["date_first_rang"], o["date_queued"], o["hold_time"], o["talk_time"] = v.ms(l.started), nil, 0, nil
		o["target_availability_status"], o["callback_requested"] = "open", nil
		o["transferred_from"], o["is_internal"] = v.party(l.from), l.contact.kind == "user"
	}
	s.addRecordings(o, l, v)
	return o
}

func millis(d time.Duration) float64 { return float64(d.Microseconds()) / 1000 }

func labels(of []string) []any {
	out := []any{}
	for _, l := range of {
		out = append(out, l)
	}
	return out
}

// addRecordings tells of recordings that are ready, to those who may export them; recording_details is there only if there is one.
func (s *Server) addRecordings(o object, l *leg, v view) {
	user, admin, details := []any{}, []any{}, []any{}
	o["voicemail_link"], o["voicemail_recording_id"] = nil, nil
	for _, r := range l.recordings {
		if r.deleted || r.ready.After(v.at) || !v.links {
			continue
		}
		link := s.link(r, v)
		switch r.kind {
		case kindAdmin:
			admin = append(admin, link)
		case kindUser:
			user = append(user, link)
		default:
			o["voicemail_link"], o["voicemail_recording_id"] = link, v.int(r.id)
		}
		d := object{"id": strconv.FormatInt(r.id, 10), "recording_type": r.kind, "start_time": v.int(r.start.UnixMilli()), "duration": v.int(r.duration.Milliseconds()), "url": link}
		if v.event && r.id%4 == 1 { // some met a number
			d["id"] = r.id
		}
		details = append(details, d)
	}
	o["recording_url"], o["admin_recording_urls"] = user, admin
	if len(details) > 0 && !l.call.NoDetails {
		o["recording_details"] = details
	}
}

// link to a recording. It is not signed and does not expire, unless the server was told so.
func (s *Server) link(r *recording, v view) string {
	path := fmt.Sprintf("/r/%d", r.link)
	if r.kind == kindAdmin {
		path = fmt.Sprintf("/blob/adminrecording/%d.mp3", r.link)
	}
	expires := v.at.Add(s.opts.LinkLife)
	switch {
	case s.faults.ExpireLinks:
		expires = v.at.Add(-time.Second)
	case s.opts.LinkLife == 0:
		return v.base + path
	}
	return fmt.Sprintf("%s%s?token=%d.%s", v.base, path, expires.Unix(), s.sign(fmt.Sprint(r.link), expires.Unix()))
}

func (s *Server) sign(what string, expires int64) string {
	mac := hmac.New(sha256.New, []byte("media "+s.opts.APIKey))
	fmt.Fprintf(mac, "%s %d", what, expires)
	return hex.EncodeToString(mac.Sum(nil))
}

package fake

import (
	"bytes"
	"cmp"
	"time"
)

// leg of a call: what Dialpad itself calls a call.
type leg struct {
	id, master, entry, operator int64
	call                        *Call
	target, contact, from       party
	line                        string
	started, connected, ended   time.Time // not connected: zero
	transferred                 bool
	recordings                  []*recording
}

// party is a user, a group or a contact.
type party struct {
	id                       int64
	kind, name, email, phone string
}

// Kinds of recordings.
const (
	kindAdmin     = "admincallrecording"
	kindUser      = "callrecording"
	kindVoicemail = "voicemail"
)

// recording of a leg. Its link names it by a number that is not its id.
type recording struct {
	id, link int64
	kind     string
	start    time.Time
	duration time.Duration
	audio    []byte
	ready    time.Time
	deleted  bool
	call     *Call
}

func (u User) party() party   { return party{u.ID, "user", u.Name, u.Email, u.Phone} }
func (g Group) party() party  { return party{g.ID, g.Kind, g.Name, "", g.Phone} }
func (l *leg) ofUser() bool   { return l.target.kind == "user" }
func (l *leg) answered() bool { return !l.connected.IsZero() }

// build makes the legs of a call: one of the group that was dialled, one of the person who takes or makes it, and one for each
// to whom it is handed on.
func (s *Server) build(c *Call) []*leg {
	contact := s.contactOf(c)
	group, user := s.group(c.GroupID), s.user(c.UserID)
	line := cmp.Or(c.Line, group.Phone, user.Phone)
	byGroup := c.Direction == "inbound" && group.ID != 0
	first := &leg{id: c.ID, call: c, target: user.party(), contact: contact, line: line, started: c.StartedAt, ended: c.StartedAt.Add(c.Ring + c.Talk)}
	if c.Talk > 0 {
		first.connected = c.StartedAt.Add(c.Ring)
	}
	if user.ID == 0 {
		first.target = group.party()
		s.record(first, c.RecordedBy, c.Recording)
		return []*leg{first}
	}
	out := []*leg{first}
	person := first
	if byGroup {
		first.target = group.party()
		own := *first
		person = &own
		person.id, person.target, person.entry = s.newID(), user.party(), first.id
		person.started = c.StartedAt.Add(min(time.Second, c.Ring))
		first.operator = person.id
		out = append(out, person)
	}
	s.record(person, c.RecordedBy, c.Recording)
	if c.RecordedBy == ByBoth && byGroup && c.Recording != nil {
		s.add(first, kindAdmin, first.connected, c.Talk, c.Recording)
	}
	out = append(out, s.handOn(c, first, person)...)
	return out
}

// handOn makes the legs after transfers. The group's leg lasts as long as any.
func (s *Server) handOn(c *Call, first, person *leg) []*leg {
	var out []*leg
	for _, t := range c.Transfers {
		next := &leg{id: s.newID(), master: c.ID, call: c, target: s.user(t.UserID).party(), contact: person.contact, from: person.target, line: person.line, entry: person.entry}
		next.started = person.ended.Add(t.Parked)
		next.ended = next.started.Add(t.Ring + t.Talk)
		if t.Talk > 0 {
			next.connected = next.started.Add(t.Ring)
		}
		person.transferred = true
		s.record(next, cmp.Or(t.RecordedBy, c.RecordedBy), t.Recording)
		out = append(out, next)
		person = next
		if first.operator != 0 {
			first.ended = next.ended
		}
	}
	return out
}

func (s *Server) contactOf(c *Call) party {
	if u := s.user(c.ColleagueID); u.ID != 0 {
		return u.party()
	}
	name := c.ContactName
	if name == "" && len(c.Customer) == 12 { // as Dialpad shows a number that has no name
		name = "(" + c.Customer[2:5] + ") " + c.Customer[5:8] + "-" + c.Customer[8:]
	}
	return party{s.newID(), "local", name, "", c.Customer}
}

// record adds what is recorded of a leg: a voicemail of one that was not answered, else what there is by whom.
func (s *Server) record(l *leg, by string, audio []byte) {
	c := l.call
	if !l.answered() {
		if c.Voicemail != nil && c.Direction == "inbound" {
			s.add(l, kindVoicemail, l.started, l.ended.Sub(l.started), c.Voicemail)
		}
		return
	}
	talk := l.ended.Sub(l.connected)
	if len(c.Pieces) > 0 && audio == nil && l.master == 0 {
		part := talk / time.Duration(len(c.Pieces))
		for i, piece := range c.Pieces {
			s.add(l, kindUser, l.connected.Add(time.Duration(i)*part), part, piece)
		}
		return
	}
	if audio == nil {
		return
	}
	if by != ByAdmin {
		s.add(l, kindUser, l.connected, talk, audio)
	}
	if by == ByAdmin || by == ByBoth && l.entry == 0 {
		s.add(l, kindAdmin, l.connected, talk, audio)
	}
}

func (s *Server) add(l *leg, kind string, start time.Time, duration time.Duration, audio []byte) {
	r := &recording{s.newID(), s.newID(), kind, start, duration, bytes.Clone(audio), l.ended.Add(l.call.AssetsAfter), false, l.call}
	l.recordings = append(l.recordings, r)
	s.audios[r.link] = r
}

// recorded tells what was_recorded does: admin recordings do not count.
func (l *leg) recorded() bool {
	for _, r := range l.recordings {
		if r.kind == kindUser {
			return true
		}
	}
	return false
}

// state at a time.
func (l *leg) state(at time.Time) string {
	switch {
	case !at.Before(l.ended):
		return "hangup"
	case l.answered() && !at.Before(l.connected):
		return "connected"
	case l.call.Direction == "outbound":
		return "calling"
	case l.ofUser():
		return "ringing"
	default:
		return "queued"
	}
}

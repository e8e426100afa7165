package fake

import (
	"cmp"
	"fmt"
	"slices"
	"time"
)

// User is an extension of the type User.
type User struct {
	ID                  int64 // 0: made
	Name, Email, Number string
}

// Part of a call: one user talks. A transfer begins another.
type Part struct {
	UserID         int64
	Talk           time.Duration
	Recording      []byte
	RecordingAfter time.Duration // from the end of the part
	recordingID    string
}

// Call that happens from its start on.
type Call struct {
	ID           string // telephony session id; empty: made
	Direction    string // inbound, outbound
	Line         string // the company's number; empty: the main number
	Customer     string // E.164, or anything that a caller id may be
	CustomerName string
	ColleagueID  int64 // internal: the other side
	StartedAt    time.Time
	Ring         time.Duration
	Parts        []Part // none: nobody answered
	ContentType  string // of recordings: audio/mpeg

	recordID string
}

func (c *Call) answeredAt() time.Time { return c.StartedAt.Add(c.Ring) }

func (c *Call) endedAt() time.Time {
	end := c.answeredAt()
	for _, p := range c.Parts {
		end = end.Add(p.Talk)
	}
	return end
}

// partAt is when a part begins.
func (c *Call) partAt(n int) time.Time {
	at := c.answeredAt()
	for _, p := range c.Parts[:n] {
		at = at.Add(p.Talk)
	}
	return at
}

// AddUser gives the user's extension id.
func (s *Server) AddUser(u User) int64 {
	s.mu.Lock()
	defer s.mu.Unlock()
	if u.ID == 0 {
		u.ID = s.newID()
	}
	s.users = append(s.users, u)
	return u.ID
}

func (s *Server) user(id int64) User {
	if i := slices.IndexFunc(s.users, func(u User) bool { return u.ID == id }); i >= 0 {
		return s.users[i]
	}
	return User{ID: id}
}

// Place lets a call happen, and gives its telephony session id.
func (s *Server) Place(c Call) string {
	s.mu.Lock()
	defer s.mu.Unlock()
	if c.ID == "" {
		c.ID = fmt.Sprintf("s-a0d%010xz18%08xz%x0000", s.newID(), s.random.Uint32(), s.random.Uint32()&0xffff)
	}
	c.recordID = "V" + s.idText()
	c.Line, c.ContentType = cmp.Or(c.Line, s.opts.MainNumber), cmp.Or(c.ContentType, "audio/mpeg")
	c.Parts = slices.Clone(c.Parts)
	for i := range c.Parts {
		if c.Parts[i].Recording != nil {
			c.Parts[i].recordingID = s.idText()
		}
	}
	kept := &c
	s.calls[c.ID] = kept
	i, _ := slices.BinarySearchFunc(s.byStart, kept, byStart)
	s.byStart = slices.Insert(s.byStart, i, kept)
	s.schedule(kept)
	return c.ID
}

func byStart(a, b *Call) int {
	return cmp.Or(a.StartedAt.Compare(b.StartedAt), cmp.Compare(a.ID, b.ID))
}

// DeleteRecording removes the recordings of a call: its records lose their property too.
func (s *Server) DeleteRecording(id string) {
	s.mu.Lock()
	defer s.mu.Unlock()
	if c := s.calls[id]; c != nil {
		for i := range c.Parts {
			c.Parts[i].Recording, c.Parts[i].recordingID = nil, ""
		}
	}
}

// DeleteCall removes a call from the call log.
func (s *Server) DeleteCall(id string) {
	s.mu.Lock()
	defer s.mu.Unlock()
	delete(s.calls, id)
	s.byStart = slices.DeleteFunc(s.byStart, func(c *Call) bool { return c.ID == id })
}

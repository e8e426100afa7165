package fake

import (
	"bytes"
	"slices"
	"time"
)

// User of the company.
type User struct {
	ID          int64
	Name, Email string
}

// Number is a line of the company.
type Number struct {
	ID      int64
	Name    string
	E164    string // "+12125550100"
	Digits  string // as Aircall shows it, with spaces
	Country string // "US"
	Silent  bool   // does not record
	UserIDs []int64
}

// Call is what is going to happen, or has happened. Recordings are dropped where Aircall would make none.
type Call struct {
	ID            int64 // given by Place if zero
	Direction     string
	NumberID      int64
	UserID        int64         // who takes or makes it; zero: nobody
	Customer      string        // the other side as Aircall shows it: "+1 212-555-0123" or "anonymous"
	StartedAt     time.Time     // zero: now
	Ring          time.Duration // before the answer, or until the caller gives up
	Talk          time.Duration // zero: not answered
	Recording     []byte
	Voicemail     []byte
	ContentType   string        // of either; audio/mpeg
	AssetsAfter   time.Duration // from the end until the audio is there; a minute
	FirstName     string        // of the contact
	LastName      string
	Tags          []string
	ColleagueID   int64 // set: an internal call with this user
	TransferredBy int64
	MissedReason  string
}

func (c *Call) answered() bool        { return c.Talk > 0 }
func (c *Call) answeredAt() time.Time { return c.StartedAt.Add(c.Ring) }
func (c *Call) endedAt() time.Time    { return c.StartedAt.Add(c.Ring + c.Talk) }
func (c *Call) assetsAt() time.Time   { return c.endedAt().Add(c.AssetsAfter) }
func (c *Call) hasAssets() bool       { return c.Recording != nil || c.Voicemail != nil }
func (c *Call) audio(kind string) []byte {
	if kind == kindVoicemail {
		return c.Voicemail
	}
	return c.Recording
}

// AddUser gives the user's id.
func (s *Server) AddUser(u User) int64 {
	s.mu.Lock()
	defer s.mu.Unlock()
	if u.ID == 0 {
		u.ID = s.newID()
	}
	s.users = append(s.users, u)
	return u.ID
}

// AddNumber gives the number's id.
func (s *Server) AddNumber(n Number) int64 {
	s.mu.Lock()
	defer s.mu.Unlock()
	if n.ID == 0 {
		n.ID = s.newID()
	}
	if n.Digits == "" {
		n.Digits = n.E164
	}
	s.numbers = append(s.numbers, n)
	return n.ID
}

// Place lets a call happen: it is listed from its start, and its events become due as it goes on. One that started in the
// past has gone on meanwhile: its events until now are due at once, each telling the call as it was then.
func (s *Server) Place(c Call) int64 {
	s.mu.Lock()
	defer s.mu.Unlock()
	if c.ID == 0 {
		c.ID = s.newID()
	}
	if c.StartedAt.IsZero() {
		c.StartedAt = s.opts.Now()
	}
	c.StartedAt = c.StartedAt.Truncate(time.Second)
	if c.AssetsAfter == 0 {
		c.AssetsAfter = assetsDelay
	}
	c.Recording, c.Voicemail = bytes.Clone(c.Recording), bytes.Clone(c.Voicemail)
	s.dropUnrecorded(&c)
	kept := &c
	s.calls[c.ID] = kept
	i, _ := slices.BinarySearchFunc(s.byStart, kept, byStart)
	s.byStart = slices.Insert(s.byStart, i, kept)
	s.schedule(kept)
	return c.ID
}

func byStart(a, b *Call) int {
	if d := a.StartedAt.Compare(b.StartedAt); d != 0 {
		return d
	}
	return int(a.ID - b.ID)
}

// dropUnrecorded: a recording needs a number that records, an answer, and between 5 s and 4 h of talk
// (support.aircall.io article 10375353969053).
func (s *Server) dropUnrecorded(c *Call) {
	n, _ := s.number(c.NumberID)
	if !c.answered() || n.Silent || c.Talk < minRecorded || c.Talk > maxRecorded {
		c.Recording = nil
	}
	if c.answered() || c.Direction != "inbound" {
		c.Voicemail = nil
	}
}

// DeleteRecording removes the audio of a call, as an admin can.
func (s *Server) DeleteRecording(id int64) {
	s.mu.Lock()
	defer s.mu.Unlock()
	if c := s.calls[id]; c != nil {
		c.Recording, c.Voicemail = nil, nil
	}
}

// DeleteCall removes a call.
func (s *Server) DeleteCall(id int64) {
	s.mu.Lock()
	defer s.mu.Unlock()
	delete(s.calls, id)
	s.byStart = slices.DeleteFunc(s.byStart, func(c *Call) bool { return c.ID == id })
}

// Audio gives what the recording or voicemail of a call holds; nil without one.
func (s *Server) Audio(id int64) []byte {
	s.mu.Lock()
	defer s.mu.Unlock()
	c := s.calls[id]
	switch {
	case c == nil:
		return nil
	case c.Recording != nil:
		return c.Recording
	default:
		return c.Voicemail
	}
}

func (s *Server) number(id int64) (Number, bool) {
	i := slices.IndexFunc(s.numbers, func(n Number) bool { return n.ID == id })
	if i < 0 {
		return Number{}, false
	}
	return s.numbers[i], true
}

func (s *Server) user(id int64) (User, bool) {
	i := slices.IndexFunc(s.users, func(u User) bool { return u.ID == id })
	if i < 0 {
		return User{}, false
	}
	return s.users[i], true
}

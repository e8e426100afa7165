package fake

import (
	"slices"
	"time"
)

// User of the company.
type User struct {
	ID                 int64
	Name, Email, Phone string
	State              string // active
}

// Kinds of groups.
const (
	CallCenter = "callcenter"
	Department = "department"
	Office     = "office"
)

// Group is a call center, department or office with its own line.
type Group struct {
	ID                int64
	Kind, Name, Phone string
}

// Who records a call.
const (
	ByAdmin = "admin" // the company's rule: an admin recording
	ByUser  = "user"  // a person, or the rule of a line
	ByBoth  = "both"  // the same audio twice: the admin's on the group's leg, where there is one
)

// Call is what is going to happen, or has happened.
type Call struct {
	ID          int64 // of its first leg; given by Place if zero
	Direction   string
	GroupID     int64         // inbound: whose line was dialled; outbound: whose number was shown
	UserID      int64         // who takes or makes it; zero: nobody that is named
	Line        string        // the company's number: the group's or the user's
	Customer    string        // the other side: "+12125550123" or "anonymous"
	ContactName string        // empty: Dialpad shows the number
	StartedAt   time.Time     // zero: now
	Ring        time.Duration // before the answer, or until the caller gives up
	Talk        time.Duration // zero: not answered
	ColleagueID int64         // set: an internal call with this user
	RecordedBy  string        // ByUser
	Recording   []byte
	Pieces      [][]byte // instead of Recording: it was stopped and started
	Voicemail   []byte
	ContentType string        // of either; audio/mpeg
	AssetsAfter time.Duration // from the end of a leg until its audio is there: a minute; negative: at once
	Transfers   []Transfer
	Labels      []string
	NoDetails   bool // the payload has links, but no recording_details
}

// Transfer hands the call on to another user.
type Transfer struct {
	UserID     int64
	Parked     time.Duration // before the user's phone rings
	Ring, Talk time.Duration
	RecordedBy string
	Recording  []byte
}

// AddUser gives the user's id.
func (s *Server) AddUser(u User) int64 {
	s.mu.Lock()
	defer s.mu.Unlock()
	if u.ID == 0 {
		u.ID = s.newID()
	}
	if u.State == "" {
		u.State = "active"
	}
	s.users = append(s.users, u)
	return u.ID
}

// AddGroup gives the group's id.
func (s *Server) AddGroup(g Group) int64 {
	s.mu.Lock()
	defer s.mu.Unlock()
	if g.ID == 0 {
		g.ID = s.newID()
	}
	s.groups = append(s.groups, g)
	return g.ID
}

// Place lets a call happen: its legs can be asked for from their start, are listed from their end, and their events become due as
// it goes on. One that started in the past has gone on meanwhile: its events until now are due at once, each telling the leg as
// it was then. It gives the id of the first leg.
func (s *Server) Place(c Call) int64 {
	s.mu.Lock()
	defer s.mu.Unlock()
	if c.ID == 0 {
		c.ID = s.newID()
	}
	if c.StartedAt.IsZero() {
		c.StartedAt = s.opts.Now()
	}
	c.StartedAt = c.StartedAt.Truncate(time.Millisecond)
	if c.AssetsAfter == 0 {
		c.AssetsAfter = assetsDelay
	}
	c.AssetsAfter = max(c.AssetsAfter, 0)
	for _, l := range s.build(&c) {
		s.legs[l.id] = l
		i, _ := slices.BinarySearchFunc(s.byStart, l, newestFirst)
		s.byStart = slices.Insert(s.byStart, i, l)
		s.schedule(l)
	}
	return c.ID
}

func newestFirst(a, b *leg) int {
	if d := b.started.Compare(a.started); d != 0 {
		return d
	}
	return int(b.id - a.id)
}

// Legs gives the ids of a call's legs, the first one first.
func (s *Server) Legs(id int64) []int64 {
	s.mu.Lock()
	defer s.mu.Unlock()
	var out []int64
	for _, l := range s.of(id) {
		out = append(out, l.id)
	}
	return out
}

func (s *Server) of(id int64) []*leg {
	var out []*leg
	for _, l := range s.byStart {
		if l.call.ID == id {
			out = append(out, l)
		}
	}
	slices.Reverse(out)
	return out
}

// DeleteRecording removes the audio of a call, as an admin can.
func (s *Server) DeleteRecording(id int64) {
	s.mu.Lock()
	defer s.mu.Unlock()
	for _, l := range s.of(id) {
		for _, r := range l.recordings {
			r.deleted = true
		}
	}
}

// DeleteCall removes a call with all legs.
func (s *Server) DeleteCall(id int64) {
	s.mu.Lock()
	defer s.mu.Unlock()
	for _, l := range s.of(id) {
		delete(s.legs, l.id)
	}
	s.byStart = slices.DeleteFunc(s.byStart, func(l *leg) bool { return l.call.ID == id })
}

func (s *Server) user(id int64) User {
	i := slices.IndexFunc(s.users, func(u User) bool { return u.ID == id })
	if i < 0 {
		return User{}
	}
	return s.users[i]
}

func (s *Server) group(id int64) Group {
	i := slices.IndexFunc(s.groups, func(g Group) bool { return g.ID == id })
	if i < 0 {
		return Group{}
	}
	return s.groups[i]
}

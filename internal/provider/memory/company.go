// Package memory is the reference driver: a provider that lives in memory, with every ability, delay and fault that drivers
// have to cope with. It shows what the contract of a driver means, and lets tests run whole without a server.
package memory

import (
	"bytes"
	"cmp"
	"math/rand/v2"
	"slices"
	"strconv"
	"sync"
	"time"

	"earshot/internal/domain"
	"earshot/internal/provider"
)

// Provider is the name of this provider.
const Provider domain.Provider = "memory"

// Key that the company accepts.
const Key = "memory-key"

// linkLife is how long a link to a recording is valid.
const linkLife = time.Hour

// Company is one company at the provider. It is safe for concurrent use.
type Company struct {
	now func() time.Time

	mu            sync.Mutex
	users         []provider.User
	calls         []*Call // by start
	subscriptions []*Subscription
	events        []*event
	faults        Faults
	perMinute     int // 0: no limit
	windowEnd     time.Time
	used          int
	seen          Seen
	lastID        int
	random        *rand.Rand
}

// NewCompany makes a company without users and calls.
func NewCompany(now func() time.Time) *Company {
	return &Company{now: now, random: rand.New(rand.NewPCG(1, 1))}
}

// Call that happens, or has happened. Facts are as they are once it is over; times after StartedAt are set by Place.
type Call struct {
	Facts      domain.ProviderCall
	Ring, Talk time.Duration // no talk: not answered
	Audio      []byte        // nil: not recorded
	Further    [][]byte      // recordings after the first, of a call that has several
	AudioAfter time.Duration // from the end of the call
}

// audio of a recording by its id.
func (c *Call) audio(id string) []byte {
	n, err := strconv.Atoi(id)
	switch {
	case err != nil || n < 0 || n > len(c.Further):
		return nil
	case n == 0:
		return c.Audio
	default:
		return c.Further[n-1]
	}
}

func (c *Call) endedAt() time.Time { return c.Facts.StartedAt.Add(c.Ring + c.Talk) }
func (c *Call) audioAt() time.Time { return c.endedAt().Add(c.AudioAfter) }

// Faults are what goes wrong.
type Faults struct {
	OutageAfter        int  // requests that are still answered; then an outage
	Outage, OutageOnce bool // requests fail: all, or the next one
	NoSubscriptions    bool // the key may not subscribe
	ExpiredLinks       bool // links have expired when they are given
	Truncate           bool // downloads stop half-way
	NotAudio           bool // downloads give a page
	Duplicate          int  // how many more times each event comes
	Shuffle            bool // events come in any order
}

// Seen counts requests.
type Seen struct {
	Requests, Refused int
	Early             int // though an answer had said to wait
}

func (c *Company) newID() string {
	c.lastID++
	return strconv.Itoa(1000 + c.lastID)
}

// AddUser gives the user's id.
func (c *Company) AddUser(name, email string, phones ...string) string {
	c.mu.Lock()
	defer c.mu.Unlock()
	u := provider.User{ID: c.newID(), Name: name, Email: email, Phones: phones}
	c.users = append(c.users, u)
	return u.ID
}

// Place lets a call happen from its start on, and gives its id.
func (c *Company) Place(call Call) string {
	c.mu.Lock()
	defer c.mu.Unlock()
	call.Facts.ID = c.newID()
	if call.Facts.StartedAt.IsZero() {
		call.Facts.StartedAt = c.now()
	}
	call.Audio = bytes.Clone(call.Audio)
	kept := &call
	i, _ := slices.BinarySearchFunc(c.calls, kept, func(a, b *Call) int {
		return cmp.Or(a.Facts.StartedAt.Compare(b.Facts.StartedAt), cmp.Compare(a.Facts.ID, b.Facts.ID))
	})
	c.calls = slices.Insert(c.calls, i, kept)
	c.plan(kept)
	return call.Facts.ID
}

// DeleteCall removes a call.
func (c *Company) DeleteCall(id string) {
	c.mu.Lock()
	defer c.mu.Unlock()
	c.calls = slices.DeleteFunc(c.calls, func(call *Call) bool { return call.Facts.ID == id })
}

// DeleteRecording removes the audio of a call.
func (c *Company) DeleteRecording(id string) {
	c.mu.Lock()
	defer c.mu.Unlock()
	if call := c.find(id); call != nil {
		call.Audio = nil
	}
}

func (c *Company) find(id string) *Call {
	for _, call := range c.calls {
		if call.Facts.ID == id {
			return call
		}
	}
	return nil
}

// SetFaults replaces what goes wrong.
func (c *Company) SetFaults(f Faults) {
	c.mu.Lock()
	defer c.mu.Unlock()
	c.faults = f
}

// SetLimit allows so many requests a minute. Without it there is no limit: requests go past the pacer, in this process.
func (c *Company) SetLimit(perMinute int) {
	c.mu.Lock()
	defer c.mu.Unlock()
	c.perMinute, c.used, c.windowEnd = perMinute, 0, time.Time{}
}

// Seen gives the counts so far.
func (c *Company) Seen() Seen {
	c.mu.Lock()
	defer c.mu.Unlock()
	return c.seen
}

// enter lets a request in, or says why not; the lock is held.
func (c *Company) enter(key string) error {
	c.seen.Requests++
	if key != Key {
		return domain.Errorf(domain.KindUnauthorized, "", "the key is wrong")
	}
	now := c.now()
	if !now.Before(c.windowEnd) {
		c.windowEnd, c.used = now.Add(time.Minute), 0
	}
	if c.used++; c.perMinute > 0 && c.used > c.perMinute {
		c.seen.Refused++
		if c.used > c.perMinute+1 {
			c.seen.Early++
		}
		return &domain.Error{Kind: domain.KindRateLimited, RetryAt: c.windowEnd, Message: "too many requests in this minute"}
	}
	if c.faults.OutageAfter > 0 {
		c.faults.OutageAfter--
		c.faults.Outage = c.faults.OutageAfter == 0
		return nil
	}
	if c.faults.Outage || c.faults.OutageOnce {
		c.faults.OutageOnce = false
		return domain.Errorf(domain.KindTemporary, "", "the provider is out of order")
	}
	return nil
}

// view is the call as it is told at a time.
func (c *Company) view(call *Call, at time.Time) domain.ProviderCall {
	out := call.Facts
	out.Participants, out.Tags = slices.Clone(out.Participants), slices.Clone(out.Tags)
	out.Recording, out.Recordings, out.AnsweredAt, out.EndedAt = domain.RecordingPending, nil, time.Time{}, time.Time{}
	if answered := out.StartedAt.Add(call.Ring); call.Talk > 0 && !at.Before(answered) {
		out.AnsweredAt = answered
	}
	if at.Before(call.endedAt()) {
		return out
	}
	out.EndedAt = call.endedAt()
	switch {
	case call.Audio == nil:
		out.Recording = domain.RecordingNone
	case !at.Before(call.audioAt()):
		out.Recording = domain.RecordingReady
		for n := range 1 + len(call.Further) {
			out.Recordings = append(out.Recordings, domain.RecordingRef{ProviderCallID: out.ID, ID: strconv.Itoa(n), URL: c.link(at), Voicemail: out.Voicemail})
		}
	}
	return out
}

// link is the time until which it is valid.
func (c *Company) link(at time.Time) string {
	expires := at.Add(linkLife)
	if c.faults.ExpiredLinks {
		expires = at
	}
	return strconv.FormatInt(expires.UnixMilli(), 10)
}

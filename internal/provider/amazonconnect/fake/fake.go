// Package fake is a server that behaves like the parts of AWS that Amazon Connect's contacts need: Connect itself, S3, SQS, Kinesis and STS at
// one address, told apart by the service that a request is signed for. Signatures are checked.
package fake

import (
	"cmp"
	"context"
	"fmt"
	"math/rand/v2"
	"net/http"
	"slices"
	"sync"
	"time"
)

// Options of a Server; zero values give the defaults.
type Options struct {
	KeyID, Secret string           // "AKIAFAKEFAKEFAKE", "fake-secret-access-key"
	Role          string           // that may be assumed with ExternalID: "arn:aws:iam::111122223333:role/Earshot"
	ExternalID    string           // "fake-external-id"
	Instance      string           // "12345678-1234-1234-1234-123456789012"
	Alias         string           // "fake-company"
	Line          string           // "+12125550100"
	Now           func() time.Time // time.Now
	AfterCallWork time.Duration    // between disconnect and COMPLETED, the recording and being found: 20 s
	PerMinute     int              // of all operations, instead of their own limits
	Seed          uint64
}

// Region that requests are signed for.
const Region = "us-east-1"

// Names of what there is.
const (
	Bucket = "amazon-connect-fake"
	Stream = "contact-records"
	Queue  = "contact-events"
)

func (o Options) withDefaults() Options {
	o.KeyID, o.Secret = cmp.Or(o.KeyID, "AKIAFAKEFAKEFAKE"), cmp.Or(o.Secret, "fake-secret-access-key")
	o.Role, o.ExternalID = cmp.Or(o.Role, "arn:aws:iam::111122223333:role/Earshot"), cmp.Or(o.ExternalID, "fake-external-id")
	o.Instance, o.Alias = cmp.Or(o.Instance, "12345678-1234-1234-1234-123456789012"), cmp.Or(o.Alias, "fake-company")
	o.Line, o.AfterCallWork = cmp.Or(o.Line, "+12125550100"), cmp.Or(o.AfterCallWork, 20*time.Second)
	if o.Now == nil {
		o.Now = time.Now
	}
	return o
}

// Server is the fake; it is an http.Handler and safe for concurrent use.
type Server struct {
	opts Options

	mu        sync.Mutex
	users     []User
	contacts  map[string]*contact
	byStart   []*contact
	queue     []*queued
	stream    []record
	shards    int         // that are closed; the one after them is open
	stretches int         // empty answers of a shard before one with records
	skipped   map[int]int // of them, those that each shard has given
	timeline  []*contact  // not yet told of, by completion
	faults    Faults
	limits    map[string]*window
	sessions  map[string]session // temporary keys of the assumed role
	stats     Stats
	problems  []string
	random    *rand.Rand
	lastID    int
}

// New makes a server without users or contacts.
func New(o Options) *Server {
	o = o.withDefaults()
	return &Server{opts: o, contacts: map[string]*contact{}, limits: map[string]*window{}, sessions: map[string]session{}, skipped: map[int]int{}, random: rand.New(rand.NewPCG(o.Seed, 5))}
}

// Faults are what the server does wrong until it is told otherwise.
type Faults struct {
	Status      int // every request is answered with it
	StatusTimes int // if positive, only so many requests are
	Denied      string
	MediaStatus int    // every download is answered with it
	MediaCode   string // what S3 calls it: NoSuchKey
	MediaType   string // of downloads; with text/html the body is a page
	Truncate    bool
	Shuffle     bool
	Duplicate   int
	Drop        func(contactID string) bool // of events
}

// SetFaults changes what goes wrong. Denied names an operation that the credential may not do.
func (s *Server) SetFaults(f Faults) {
	s.mu.Lock()
	defer s.mu.Unlock()
	s.faults = f
}

// SetPerMinute gives all operations one limit.
func (s *Server) SetPerMinute(n int) {
	s.mu.Lock()
	defer s.mu.Unlock()
	s.opts.PerMinute, s.limits = n, map[string]*window{}
}

// Stats count what was asked.
type Stats struct {
	Requests, Refused int
	Early             int // while an answer had said to wait
}

// Stats gives the counts so far.
func (s *Server) Stats() Stats {
	s.mu.Lock()
	defer s.mu.Unlock()
	return s.stats
}

// Problems are requests that AWS's service models do not allow.
func (s *Server) Problems() []string {
	s.mu.Lock()
	defer s.mu.Unlock()
	return slices.Clone(s.problems)
}

func (s *Server) problem(format string, args ...any) {
	if len(s.problems) < 100 {
		s.problems = append(s.problems, fmt.Sprintf(format, args...))
	}
}

func (s *Server) newID() string {
	s.lastID++
	return fmt.Sprintf("%08x-%04x-4000-8000-%012x", s.random.Uint32(), s.random.Uint32()&0xffff, s.lastID)
}

// window is a bucket of tokens, as AWS limits requests: so many a second, and a burst.
type window struct {
	tokens float64
	at     time.Time
	until  time.Time
}

// limits of operations: a second, and at once (service quotas).
var limits = map[string][2]float64{"SearchContacts": {0.5, 1}, "DescribeContact": {10, 15}, "": {2, 5}}

// admit counts a request of Connect against its operation's limit.
func (s *Server) admit(head http.Header, operation string) bool {
	rate, ok := limits[operation]
	if !ok {
		operation, rate = "", limits[""]
	}
	if s.opts.PerMinute > 0 {
		rate = [2]float64{float64(s.opts.PerMinute) / 60, float64(s.opts.PerMinute)}
	}
	now := s.opts.Now()
	w := s.limits[operation]
	if w == nil {
		w = &window{tokens: rate[1], at: now}
		s.limits[operation] = w
	}
	w.tokens = min(rate[1], w.tokens+now.Sub(w.at).Seconds()*rate[0])
	w.at = now
	if w.tokens >= 1-1e-6 {
		w.tokens--
		return true
	}
	s.stats.Refused++
	if now.Before(w.until) {
		s.stats.Early++
	}
	w.until = now.Add(time.Second)
	return false
}

// Run tells of contacts as they complete, in real time, until ctx ends.
func (s *Server) Run(ctx context.Context) {
	ticker := time.NewTicker(200 * time.Millisecond)
	defer ticker.Stop()
	for {
		select {
		case <-ctx.Done():
			return
		case <-ticker.C:
			s.Deliver(ctx)
		}
	}
}

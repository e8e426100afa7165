// Package fake is a server that behaves like RingCentral's REST API, as far as its documentation and captures of it tell: tokens, groups of
// limits with penalty, the call log and its delay, telephony session events, subscriptions that are blacklisted, recordings.
package fake

import (
	"cmp"
	"context"
	"fmt"
	"math/rand/v2"
	"net/http"
	"slices"
	"strconv"
	"sync"
	"time"
)

// Values of RingCentral's documentation.
const (
	tokenLife      = time.Hour
	refreshLife    = 7 * 24 * time.Hour
	listedAfter    = 20 * time.Second // from the end of a call to its record: 15 to 30 s
	penalty        = time.Minute      // begins anew with every request during it
	blacklistAfter = 10 * time.Minute // of failing deliveries
	minRecorded    = 30 * time.Second
	perPageMax     = 1000
	accountID      = "809646000"
)

// Options of a Server; zero values give the defaults.
type Options struct {
	ClientID, ClientSecret, JWT string           // "fake-client", "fake-secret", "fake.jwt.token"
	Company                     string           // "Fake Company"
	MainNumber                  string           // "+12125550100"
	Now                         func() time.Time // time.Now
	ListedAfter                 time.Duration    // from the end of a call to its record: 20 s
	PerMinute                   int              // of all groups, instead of their own
	Seed                        uint64
	Client                      *http.Client // delivers events; gives up after 3 s
}

func (o Options) withDefaults() Options {
	o.ClientID, o.ClientSecret = cmp.Or(o.ClientID, "fake-client"), cmp.Or(o.ClientSecret, "fake-secret")
	o.JWT = cmp.Or(o.JWT, "fake.jwt.token")
	o.Company, o.MainNumber = cmp.Or(o.Company, "Fake Company"), cmp.Or(o.MainNumber, "+12125550100")
	o.ListedAfter = cmp.Or(o.ListedAfter, listedAfter)
	if o.Now == nil {
		o.Now = time.Now
	}
	if o.Client == nil {
		o.Client = &http.Client{Timeout: 3 * time.Second}
	}
	return o
}

// Server is the fake; it is an http.Handler and safe for concurrent use.
type Server struct {
	opts Options
	mux  *http.ServeMux

	mu       sync.Mutex
	base     string
	lastID   int64
	users    []User
	calls    map[string]*Call
	byStart  []*Call
	subs     []*Subscription
	timeline []happening
	faults   Faults
	limits   map[string]*window
	codes    map[string]authorization
	access   map[string]time.Time // end of life
	refresh  map[string]time.Time
	stats    Stats
	problems []string
	random   *rand.Rand
}

// New makes a server without users or calls.
func New(o Options) *Server {
	o = o.withDefaults()
	s := &Server{opts: o, calls: map[string]*Call{}, lastID: 809646000, random: rand.New(rand.NewPCG(o.Seed, 4)),
		limits: map[string]*window{}, codes: map[string]authorization{}, access: map[string]time.Time{}, refresh: map[string]time.Time{}}
	s.routes()
	return s
}

// SetBaseURL says where the server is reached; without it the address of the request is taken.
func (s *Server) SetBaseURL(base string) {
	s.mu.Lock()
	defer s.mu.Unlock()
	s.base = base
}

// Faults are what the server does wrong until it is told otherwise.
type Faults struct {
	Status      int    // every API request is answered with it
	StatusTimes int    // if positive, only so many requests are
	NoCallLog   bool   // the user's role lacks FullCompanyCallLog
	NoEvents    bool   // the app lacks CallControl: subscriptions are made with their filters off
	MediaStatus int    // every download is answered with it
	MediaType   string // of downloads; with text/html the body is a page
	Truncate    bool
	Shuffle     bool
	Duplicate   int
	Drop        func(sessionID string) bool
}

// SetFaults changes what goes wrong.
func (s *Server) SetFaults(f Faults) {
	s.mu.Lock()
	defer s.mu.Unlock()
	s.faults = f
}

// SetPerMinute gives all groups one limit.
func (s *Server) SetPerMinute(n int) {
	s.mu.Lock()
	defer s.mu.Unlock()
	s.opts.PerMinute, s.limits = n, map[string]*window{}
}

// Stats count what was asked.
type Stats struct {
	Requests, Refused int
	Early             int // during a penalty
	Delivered, Failed int
}

// Stats gives the counts so far.
func (s *Server) Stats() Stats {
	s.mu.Lock()
	defer s.mu.Unlock()
	return s.stats
}

// Problems are requests that RingCentral's documentation does not allow.
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

func (s *Server) newID() int64 {
	s.lastID++
	return s.lastID
}

func (s *Server) idText() string { return strconv.FormatInt(s.newID(), 10) }

// Run delivers events as they become due, in real time, until ctx ends.
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

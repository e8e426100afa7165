// Package fake is a server that behaves as Aircall's public API does: same paths, limits, delays and quirks. It checks
// whatever it is asked and can be told to fail. What it imitates is what Aircall documents (developer.aircall.io/api-references)
// and what its users report; time is handed in, so that a month of calls takes no time.
package fake

import (
	"cmp"
	"fmt"
	"math/rand/v2"
	"net/http"
	"slices"
	"sync"
	"time"
)

// Facts of Aircall.
const (
	pageMax     = 50     // calls, users, numbers or webhooks a page
	queryMax    = 10_000 // items a query gives, whatever the page
	webhookMax  = 100    // webhooks a company
	retryMax    = 50     // tries of a failed event, and failures in a row that disable a webhook
	retryFor    = 12 * time.Hour
	endedDelay  = 30 * time.Second // from hang-up to call.ended, unless Options say otherwise
	assetsDelay = time.Minute      // from hang-up to call.comm_assets_generated, unless the call says otherwise
	minRecorded = 5 * time.Second
	maxRecorded = 4 * time.Hour
)

// Options of a Server; zero values give the defaults.
type Options struct {
	APIID, APIToken string           // "fake-id" and "fake-token"
	ClientID        string           // of the OAuth app: "fake-client"
	ClientSecret    string           // "fake-client-secret"
	Company         string           // "Fake Company"
	Now             func() time.Time // time.Now
	PerMinute       int              // requests a minute for the company: 120
	LinkLife        time.Duration    // of a link to a recording: an hour
	EndedAfter      time.Duration    // from hang-up to call.ended: 30 s
	RetryAfter      bool             // send Retry-After with a 429; whether Aircall does is not known
	Seed            uint64           // of what is random: the order of shuffled events
	Client          *http.Client     // delivers events; gives up after 5 s
}

func (o Options) withDefaults() Options {
	o.APIID = cmp.Or(o.APIID, "fake-id")
	o.APIToken = cmp.Or(o.APIToken, "fake-token")
	o.ClientID = cmp.Or(o.ClientID, "fake-client")
	o.ClientSecret = cmp.Or(o.ClientSecret, "fake-client-secret")
	o.Company = cmp.Or(o.Company, "Fake Company")
	o.PerMinute = cmp.Or(o.PerMinute, 120)
	o.LinkLife = cmp.Or(o.LinkLife, time.Hour)
	o.EndedAfter = cmp.Or(o.EndedAfter, endedDelay)
	if o.Now == nil {
		o.Now = time.Now
	}
	if o.Client == nil {
		o.Client = &http.Client{Timeout: 5 * time.Second}
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
	numbers  []Number
	calls    map[int64]*Call
	byStart  []*Call
	hooks    []*hook
	timeline []happening
	queue    []*delivery
	faults   Faults
	limit    window
	stats    Stats
	problems []string
	random   *rand.Rand
	codes    map[string]signedIn
	tokens   map[string]bool // that are valid
}

// New makes a server without users, numbers or calls.
func New(o Options) *Server {
	o = o.withDefaults()
	s := &Server{opts: o, calls: map[int64]*Call{}, codes: map[string]signedIn{}, tokens: map[string]bool{}, lastID: 1000, random: rand.New(rand.NewPCG(o.Seed, 1))}
	s.routes()
	return s
}

// SetBaseURL says where the server is reached; links to recordings begin with it. Without it the address of the request is taken.
func (s *Server) SetBaseURL(base string) {
	s.mu.Lock()
	defer s.mu.Unlock()
	s.base = base
}

// Faults are what the server does wrong until it is told otherwise.
type Faults struct {
	Status      int           // every API request is answered with it
	StatusTimes int           // if positive, only so many requests are
	Slow        time.Duration // before every answer, in real time
	NoWebhooks  bool          // the key may not manage webhooks
	ExpireLinks bool          // links have expired when they are given
	MediaStatus int           // every download is answered with it
	MediaType   string        // content type of downloads; with text/html the body is a page
	Truncate    bool          // downloads stop half-way
	Shuffle     bool          // events that are due together come in any order
	Duplicate   int           // how many more times each event comes
	Drop        func(event string, callID int64) bool
}

// SetFaults changes what goes wrong.
func (s *Server) SetFaults(f Faults) {
	s.mu.Lock()
	defer s.mu.Unlock()
	s.faults = f
}

// SetPerMinute changes the rate limit.
func (s *Server) SetPerMinute(n int) {
	s.mu.Lock()
	defer s.mu.Unlock()
	s.opts.PerMinute, s.limit = n, window{}
}

// Stats counts what the server saw.
type Stats struct {
	Requests   int // to the API, downloads not counted
	Refused    int // answered with 429
	Early      int // of those, sent though the answer before had said to wait
	Downloads  int
	Deliveries int // events that were answered with 2xx
	Failures   int // events that were not
}

// Stats gives the counts so far.
func (s *Server) Stats() Stats {
	s.mu.Lock()
	defer s.mu.Unlock()
	return s.stats
}

// Problems lists what a correct client would not have asked. Tests expect none.
func (s *Server) Problems() []string {
	s.mu.Lock()
	defer s.mu.Unlock()
	return slices.Clone(s.problems)
}

// problem records a wrong request; the lock is held.
func (s *Server) problem(format string, args ...any) {
	if len(s.problems) < 100 {
		s.problems = append(s.problems, fmt.Sprintf(format, args...))
	}
}

func (s *Server) newID() int64 {
	s.lastID++
	return s.lastID
}

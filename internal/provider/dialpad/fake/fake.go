// Package fake is a server that behaves as Dialpad's public API v2 does: same paths, limits, delays and quirks. It checks
// whatever it is asked and can be told to fail. What it imitates is what Dialpad documents (developers.dialpad.com and its API
// description) and what its users report; time is handed in, so that a month of calls takes no time.
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

// Facts of Dialpad.
const (
	limitMax        = 50                  // of the undocumented parameter limit of the call list
	spanMax         = 30 * 24 * time.Hour // of the call list; refused from here on
	subscriptionMax = 100                 // of call events
	companyMax      = 10                  // of those, for the whole company
	retryMax        = 3                   // further tries of an event after a 5xx: 2, 4 and 8 s later
	quickTries      = 2                   // further tries at once after no answer
	assetsDelay     = time.Minute         // from hang-up to the recording, unless the call says otherwise; not documented
)

// Options of a Server; zero values give the defaults.
type Options struct {
	APIKey                 string           // "fake-key"
	ClientID, ClientSecret string           // of the OAuth app: "fake-client" and "fake-client-secret"
	ClientInHeader         bool             // take client id and secret by HTTP Basic only; else either way
	Company                string           // "Fake Company"
	Scopes                 []string         // of the API key: all that Earshot needs
	Now                    func() time.Time // time.Now
	PageSize               int              // items a page: 25
	ListAfter              time.Duration    // from hang-up until a call is listed; up to 24 h were met
	LinkLife               time.Duration    // of a link to a recording; zero: for ever, and unsigned
	TokenLife              time.Duration    // of an access token that can be renewed: an hour
	NoRetryAfter           bool             // leave out Retry-After with a 429; whether Dialpad sends it is not known
	Seed                   uint64           // of what is random: secrets, the order of shuffled events
	Client                 *http.Client     // delivers events; gives up after 5 s
}

func (o Options) withDefaults() Options {
	o.APIKey = cmp.Or(o.APIKey, "fake-key")
	o.ClientID = cmp.Or(o.ClientID, "fake-client")
	o.ClientSecret = cmp.Or(o.ClientSecret, "fake-client-secret")
	o.Company = cmp.Or(o.Company, "Fake Company")
	o.PageSize = cmp.Or(o.PageSize, 25)
	o.TokenLife = cmp.Or(o.TokenLife, time.Hour)
	if o.Scopes == nil {
		o.Scopes = []string{scopeCalls, scopeRecordings}
	}
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
	groups   []Group
	legs     map[int64]*leg
	byStart  []*leg
	audios   map[int64]*recording
	hooks    []*hook
	subs     []*Subscription
	timeline []happening
	queue    []*delivery
	faults   Faults
	limits   map[string]*limit
	codes    map[string]grant
	tokens   map[string]*grant // by access token
	refresh  map[string]*grant // by refresh token; spent ones stay, without a grant
	stats    Stats
	problems []string
	random   *rand.Rand
}

// firstID lies beyond what a float can hold exactly, and ids are odd: whoever reads one as a float gets another.
const firstID = 1<<53 + 100_000_000_000_001

// New makes a server without users, groups or calls.
func New(o Options) *Server {
	o = o.withDefaults()
	s := &Server{
		opts: o, lastID: firstID, legs: map[int64]*leg{}, audios: map[int64]*recording{}, codes: map[string]grant{}, tokens: map[string]*grant{}, refresh: map[string]*grant{},
		random: rand.New(rand.NewPCG(o.Seed, 1)),
		limits: map[string]*limit{limitCompany: {n: 20, per: time.Second}, limitCall: {n: 10, per: time.Minute}, limitWebhook: {n: 100, per: time.Minute}},
	}
	s.routes()
	return s
}

// SetBaseURL says where the server is reached; links to recordings begin with it. Without it the address of the request is taken.
func (s *Server) SetBaseURL(base string) {
	s.mu.Lock()
	defer s.mu.Unlock()
	s.base = base
}

// Ways in which Dialpad refuses a recording.
const (
	RefuseLogin = "login" // leads to the login page
	RefusePage  = "page"  // gives the login page with 200
	Refuse401   = "401"
	Refuse403   = "403"
)

// Faults are what the server does wrong until it is told otherwise.
type Faults struct {
	Status      int           // every API request is answered with it
	StatusTimes int           // if positive, only so many requests are
	Slow        time.Duration // before every answer, in real time
	CutAnswers  bool          // answers of the API stop half-way
	Without     []string      // scopes that the credential lacks
	NotAdmin    bool          // who made it is no admin of the company
	NoWebhooks  bool          // it may not manage webhooks
	ExpireLinks bool          // links have expired when they are given
	Refuse      string        // how recordings are refused to who lacks the scope: RefuseLogin
	MediaStatus int           // every download is answered with it
	MediaType   string        // content type of downloads; with text/html the body is a page
	Truncate    bool          // downloads stop half-way
	Shuffle     bool          // events that are due together come in any order
	Duplicate   int           // how many more times each event comes
	Drop        func(state string, callID int64) bool
}

// SetFaults changes what goes wrong.
func (s *Server) SetFaults(f Faults) {
	s.mu.Lock()
	defer s.mu.Unlock()
	s.faults = f
}

// Stats counts what the server saw.
type Stats struct {
	Requests   int // to the API, downloads not counted
	Gets       int // of those, about a single call
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
	s.lastID += 2
	return s.lastID
}

// Package providertest is the one suite that every driver passes: against its own fake server, and the reference driver in
// memory. What a driver says that it can decides what is tested.
package providertest

import (
	"context"
	"io"
	"maps"
	"net/http"
	"net/http/httptest"
	"slices"
	"strings"
	"sync"
	"testing"
	"time"

	"earshot/internal/domain"
	"earshot/internal/provider"
)

// Harness is what the suite needs to know of a driver.
type Harness struct {
	Info provider.Info
	// NewWorld makes a company without calls at a fake of the provider that lives by the clock. It ends with the test.
	NewWorld func(t *testing.T, clock *Clock) World
}

// World is one company at a fake provider, and the hand that the suite has in its fate.
type World interface {
	// Opener of the driver, with the Info of the harness.
	Opener() provider.Opener
	// Account is what the company's admin would enter.
	Account() (credential, settings map[string]string)
	// Place lets a call happen, and gives the provider's id of it.
	Place(Call) string
	DeleteCall(id string)
	DeleteRecording(id string)
	// SetFaults replaces what goes wrong.
	SetFaults(Faults)
	// SetLimit allows so many requests a minute.
	SetLimit(perMinute int)
	Seen() Seen
	// Problems are requests that the provider would not understand, or that break its rules.
	Problems() []string
	// Deliver sends the events that are due.
	Deliver(context.Context)
	Subscriptions() []Subscription
	// Disable is what a provider does to a subscription that fails, Forget what an admin does by mistake.
	Disable(id string)
	Forget(id string)
}

// Call to be placed. The company has two people, Agent and Colleague, and one line.
type Call struct {
	Direction   domain.Direction
	Customer    string // E.164, or "anonymous"
	StartedAt   time.Time
	Ring, Talk  time.Duration // no talk: not answered
	Agent       Person        // who takes or makes it
	Internal    bool          // with the colleague instead of a customer
	Audio       []byte        // nil: not recorded
	Voicemail   bool          // the audio is one
	AudioAfter  time.Duration // from the end of the call until the audio is there
	ContactName string
}

// Person of the company.
type Person int

// People.
const (
	Nobody Person = iota
	Agent
	Colleague
)

// What worlds consist of.
const (
	AgentName, AgentEmail         = "Ada Agent", "ada@example.com"
	ColleagueName, ColleagueEmail = "Carl Colleague", "carl@example.com"
	Line                          = "+12125550100"
	Customer                      = "+12125550123"
)

// Faults of a world. Where a provider cannot have one, nothing happens.
type Faults struct {
	Outage, OutageOnce bool // requests are answered with a failure of the server: all, or the next one
	NoScope            bool // the credential lacks a right
	ExpiredLinks       bool // links to recordings have expired when they are given
	Truncate           bool // downloads stop half-way
	NotAudio           bool // downloads give a page instead
	Duplicate          int  // how many more times each event comes
	Shuffle            bool // events come in any order
	Lost               bool // events into a queue or stream are lost
}

// Seen counts requests.
type Seen struct {
	Requests, Refused int
	Early             int // though an answer had said to wait
}

// Subscription as the provider keeps it.
type Subscription struct {
	ID, Address string
	Active      bool
}

// Clock of a test: it stands still unless somebody sleeps or advances it.
type Clock struct {
	mu  sync.Mutex
	now time.Time
}

// NewClock starts on a Monday morning.
func NewClock() *Clock { return &Clock{now: time.Date(2026, 11, 23, 9, 0, 0, 0, time.UTC)} }

// Now is the time.
func (c *Clock) Now() time.Time {
	c.mu.Lock()
	defer c.mu.Unlock()
	return c.now
}

// Advance moves the time on.
func (c *Clock) Advance(d time.Duration) {
	c.mu.Lock()
	defer c.mu.Unlock()
	c.now = c.now.Add(d)
}

// Sleep moves the time on at once.
func (c *Clock) Sleep(ctx context.Context, d time.Duration) error {
	c.Advance(max(d, 0))
	return ctx.Err()
}

// bundle is what one test of the suite works with.
type bundle struct {
	clock *Clock
	world World
	conn  *provider.Connector
	info  provider.Info
}

func (h Harness) setup(t *testing.T) *bundle {
	t.Helper()
	clock := NewClock()
	w := h.NewWorld(t, clock)
	b := &bundle{clock: clock, world: w, info: h.Info}
	credential, settings := w.Account()
	b.conn = connect(t, clock, w.Opener(), credential, settings)
	t.Cleanup(func() {
		for _, p := range w.Problems() {
			t.Errorf("the provider was asked wrongly: %s", p)
		}
	})
	return b
}

func connect(t *testing.T, clock *Clock, opener provider.Opener, credential, settings map[string]string) *provider.Connector {
	t.Helper()
	conn, err := provider.New(provider.Config{Opener: opener, Credential: credential, Settings: settings, Now: clock.Now, Sleep: clock.Sleep})
	if err != nil {
		t.Fatalf("open: %v", err)
	}
	return conn
}

// wrongCredential has another value in each secret field.
func (h Harness) wrongCredential(w World) map[string]string {
	right, _ := w.Account()
	wrong := maps.Clone(right)
	for _, f := range h.Info.Credential {
		if f.Secret {
			wrong[f.Name] = "wrong-" + strings.Repeat("x", 12)
		}
	}
	return wrong
}

// call that is an ordinary one unless changed: inbound, answered by the agent, recorded.
func (b *bundle) call(change ...func(*Call)) Call {
	c := Call{Direction: domain.Inbound, Customer: Customer, StartedAt: b.clock.Now(), Ring: 5 * time.Second, Talk: 40 * time.Second, Agent: Agent, Audio: audio(), AudioAfter: time.Minute, ContactName: "Grace Client"}
	for _, f := range change {
		f(&c)
	}
	return c
}

func audio() []byte { return []byte("ID3" + strings.Repeat("not really an mp3 ", 500)) }

func (b *bundle) get(t *testing.T, id string) domain.ProviderCall {
	t.Helper()
	c, err := b.conn.GetCall(t.Context(), id, time.Time{})
	if err != nil {
		t.Fatalf("GetCall(%s): %v", id, err)
	}
	return c
}

// finished is an ordinary call with its recording ready.
func (b *bundle) finished(t *testing.T) (string, domain.ProviderCall) {
	t.Helper()
	id := b.world.Place(b.call())
	b.clock.Advance(10 * time.Minute)
	c := b.get(t, id)
	if c.Recording != domain.RecordingReady || len(c.Recordings) != 1 {
		t.Fatalf("recording is %q with %d links ten minutes after the call, want ready with one", c.Recording, len(c.Recordings))
	}
	return id, c
}

// site receives events.
type site struct {
	*httptest.Server
	mu     sync.Mutex
	events []received
}

type received struct {
	header http.Header
	body   []byte
}

func newSite(t *testing.T, conn *provider.Connector) *site {
	s := &site{}
	s.Server = httptest.NewServer(http.HandlerFunc(func(w http.ResponseWriter, r *http.Request) {
		body, err := io.ReadAll(r.Body)
		if err != nil {
			w.WriteHeader(http.StatusBadRequest)
			return
		}
		if shaken := conn.Handshake(r.Header, body); shaken != nil {
			maps.Copy(w.Header(), shaken)
			return
		}
		s.mu.Lock()
		defer s.mu.Unlock()
		s.events = append(s.events, received{r.Header.Clone(), body})
	}))
	t.Cleanup(s.Close)
	return s
}

func (s *site) all() []received {
	s.mu.Lock()
	defer s.mu.Unlock()
	return slices.Clone(s.events)
}

func wantKind(t *testing.T, what string, err error, kinds ...domain.Kind) {
	t.Helper()
	if err == nil || !slices.Contains(kinds, domain.KindOf(err)) {
		t.Errorf("%s: error %v of kind %q, want kind %v", what, err, domain.KindOf(err), kinds)
	}
}

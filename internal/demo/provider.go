package demo

import (
	"cmp"
	"context"
	"fmt"
	"net/http"
	"slices"
	"sync"
	"time"

	"earshot/internal/demo/company"
	"earshot/internal/domain"
)

// Simulated is a simulated phone system with the company's people and lines.
type Simulated interface {
	http.Handler
	// Run delivers events until ctx ends.
	Run(ctx context.Context)
	// Account is what an admin enters to connect it.
	Account() (credential, settings map[string]string)
	// Place lets a call happen that ended a while ago, and gives the provider's id of it. Quiet: nothing tells of it.
	Place(c company.Call, ago time.Duration, quiet bool) (string, error)
}

// makers of the simulated phone systems, each reached at a base address.
func makers() map[domain.Provider]func(company.Company, string) (Simulated, error) {
	return map[domain.Provider]func(company.Company, string) (Simulated, error){
		domain.Aircall: newAircall, domain.AmazonConnect: newAmazonConnect, domain.Dialpad: newDialpad, domain.RingCentral: newRingCentral,
	}
}

// Providers that can be simulated, in the order of their names.
func Providers() []domain.Provider {
	var out []domain.Provider
	for p := range makers() {
		out = append(out, p)
	}
	slices.Sort(out)
	return out
}

// Provider is one simulated phone system, to be used alone.
type Provider struct {
	Simulated
	Company company.Company

	name   domain.Provider
	mu     sync.Mutex
	placed int
}

// NewProvider makes a simulated phone system; base is where it is reached.
func NewProvider(name domain.Provider, base string) (*Provider, error) {
	c, err := company.Load()
	if err != nil {
		return nil, err
	}
	make, ok := makers()[name]
	if !ok {
		return nil, domain.Errorf(domain.KindInvalid, "unknown_provider", "%q cannot be simulated; choose one of %v", name, Providers())
	}
	s, err := make(c, base)
	return &Provider{Simulated: s, Company: c, name: name}, err
}

// A call that is placed by hand is over soon, whatever its recording's length, so that nobody waits for it.
const (
	quickRing  = time.Second
	quickTalk  = 11 * time.Second
	eventDelay = time.Second // after which an event comes and a call is listed; in truth up to half a minute
)

// PlaceNext lets the next call that becomes processed happen, over and over, and gives its title. Where the provider keeps short recordings it
// begins now and is over soon; elsewhere it has just ended.
func (p *Provider) PlaceNext() (string, error) {
	good := slices.DeleteFunc(slices.Clone(p.Company.Calls), func(c company.Call) bool {
		return c.State != domain.StateProcessed || c.Voicemail || c.RecordingDelay != 0 || !suits(p.name, c)
	})
	slices.SortStableFunc(good, func(a, b company.Call) int { return cmp.Compare(p.fits(a), p.fits(b)) })
	p.mu.Lock()
	c := good[p.placed%len(good)]
	p.placed++
	p.mu.Unlock()
	ago := time.Duration(0)
	if p.name == domain.Aircall || p.name == domain.AmazonConnect {
		c.Ring, c.Talk = quickRing, quickTalk
		ago = -c.Ring - c.Talk
	}
	_, err := p.Place(c, ago, false)
	return c.Title, err
}

// fits orders calls: those that are the provider's own in the demo come first.
func (p *Provider) fits(c company.Call) int {
	if c.Provider == p.name && c.Via == "realtime" {
		return 0
	}
	return 1
}

// suits tells whether a call's recording is as the provider makes them: Amazon Connect's have the agent on the right.
func suits(p domain.Provider, c company.Call) bool {
	return c.AgentRight == (p == domain.AmazonConnect)
}

// timesOf a call that ended a while ago.
func timesOf(c company.Call, ago time.Duration) (start time.Time) {
	return time.Now().Add(-ago - c.Ring - c.Talk)
}

func audioOf(c company.Call) ([]byte, error) {
	if c.AudioFile == "" {
		return nil, nil
	}
	return c.Audio()
}

// people of the company as a provider knows them, by e-mail address.
type people map[string]int64

func numbersOf(c company.Company) (people, error) {
	out := people{}
	for _, u := range c.Agents {
		var id int64
		if _, err := fmt.Sscan(u.ProviderID, &id); err != nil {
			return nil, fmt.Errorf("provider id of %s: %w", u.Email, err)
		}
		out[u.Email] = id
	}
	return out, nil
}

// mute keeps the ids of calls that nothing tells of.
type mute[T cmp.Ordered] struct {
	mu  sync.Mutex
	ids map[T]bool
}

func (m *mute[T]) add(id T) {
	m.mu.Lock()
	defer m.mu.Unlock()
	if m.ids == nil {
		m.ids = map[T]bool{}
	}
	m.ids[id] = true
}

func (m *mute[T]) has(id T) bool {
	m.mu.Lock()
	defer m.mu.Unlock()
	return m.ids[id]
}

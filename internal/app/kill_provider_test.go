//go:build linux

package app_test

import (
	"context"
	"log/slog"
	"net/http"
	"net/http/httptest"
	"slices"
	"strconv"
	"sync"
	"testing"
	"time"

	"earshot/internal/app"
	"earshot/internal/config"
	"earshot/internal/connector"
	"earshot/internal/demo/company"
	"earshot/internal/domain"
	"earshot/internal/identity"
	"earshot/internal/provider/aircall/fake"
)

// provider is a fake Aircall whose clock jumps, so that events that failed come again without a wait.
type provider struct {
	*fake.Server
	gate   gate
	base   string
	clip   []byte
	number int64
	agents []int64
	ids    []int64

	mu    sync.Mutex
	ahead time.Duration // of the machine's clock; always before it, since no call is in the future
}

// agents of the company; each takes every third call.
const agents = 3

func newProvider(t *testing.T, seed uint64) *provider {
	t.Helper()
	p := &provider{ahead: -24 * time.Hour, gate: gate{opened: make(chan struct{})}}
	p.Server = fake.New(fake.Options{Now: p.now, PerMinute: 1 << 20, LinkLife: 1000 * time.Hour, Seed: seed, Client: &http.Client{Transport: &p.gate}})
	p.SetFaults(fake.Faults{Duplicate: 1, Shuffle: true})
	api := httptest.NewServer(p)
	t.Cleanup(api.Close)
	p.base = api.URL
	p.SetBaseURL(api.URL)
	p.number = p.AddNumber(fake.Number{Name: "Sales", E164: "+12125550100", Country: "US"})
	for i := range agents {
		p.agents = append(p.agents, p.AddUser(fake.User{Name: "Agent " + strconv.Itoa(i), Email: agentEmail(i)}))
	}
	p.clip = clip(t)
	return p
}

func agentEmail(i int) string { return "agent" + strconv.Itoa(i) + "@larkspur.example" }

// clip is the shortest stereo recording of the demo: most of the test is about what happens around the speech engine.
func clip(t *testing.T) []byte {
	t.Helper()
	c, err := company.Load()
	if err != nil {
		t.Fatal(err)
	}
	i := slices.IndexFunc(c.Calls, func(c company.Call) bool { return c.Slug == "wrong-number" })
	audio, err := c.Calls[i].Audio()
	if err != nil {
		t.Fatal(err)
	}
	return audio
}

func (p *provider) now() time.Time {
	p.mu.Lock()
	defer p.mu.Unlock()
	return time.Now().Add(p.ahead)
}

// skip lets as much time pass as takes a call, or as Aircall lets pass before it repeats an event.
func (p *provider) skip() {
	p.mu.Lock()
	defer p.mu.Unlock()
	p.ahead += 15 * time.Minute
}

// open lets events through again, and those that failed become due.
func (p *provider) open() {
	p.skip()
	p.gate.open()
}

// connect makes the installation as an admin would, and lets the first listing, which finds no call, come to its end: every
// call is then known by its events alone.
func (p *provider) connect(t *testing.T, c config.Config) {
	t.Helper()
	ctx := t.Context()
	a, err := app.Open(ctx, c, slog.New(slog.DiscardHandler), app.Options{})
	if err != nil {
		t.Fatal(err)
	}
	err = p.configure(ctx, a)
	if err == nil {
		err = a.Start(ctx)
	}
	if err != nil {
		t.Fatal(err)
	}
	waitFor(t, "the first listing", func() bool {
		jobs, err := a.Store.ScheduledJobs(ctx, "")
		return err == nil && !slices.ContainsFunc(jobs, func(j domain.ScheduledJob) bool { return j.LastRunAt.IsZero() })
	})
	if err := a.Close(); err != nil {
		t.Fatal(err)
	}
}

func (p *provider) configure(ctx context.Context, a *app.App) error {
	admin, err := a.Identity.CreateAdmin(ctx, "Admin", "admin@larkspur.example", "a password for this test")
	if err != nil {
		return err
	}
	if err := a.Identity.Import(ctx, admin, p.users()); err != nil {
		return err
	}
	s := a.Connector
	if _, err := s.Install(ctx, admin, domain.ForAdmins, nil); err != nil {
		return err
	}
	if _, err = s.SaveCredential(ctx, admin, domain.Aircall, map[string]string{"api_id": "fake-id", "api_token": "fake-token"}, map[string]string{"base_url": p.base}); err != nil {
		return err
	}
	if _, err = s.Test(ctx, admin, domain.Aircall); err != nil {
		return err
	}
	if admin, err = a.Store.User(ctx, admin.ID); err != nil {
		return err
	}
	if _, err = s.AcceptTerms(ctx, admin, domain.Aircall, connector.TermsVersion); err != nil {
		return err
	}
	if _, err = s.AssignIntegrationUser(ctx, admin, domain.Aircall); err != nil {
		return err
	}
	on := true
	if _, err = s.SetSwitches(ctx, admin, domain.Aircall, connector.Switches{Enabled: &on}); err != nil {
		return err
	}
	_, err = s.SetSwitches(ctx, admin, domain.Aircall, connector.Switches{ProviderEnabled: &on}) // last: calls of the last week count
	return err
}

// users held their permission sets before the calls.
func (p *provider) users() []identity.Imported {
	var out []identity.Imported
	for i, id := range p.agents {
		out = append(out, identity.Imported{Since: time.Now().AddDate(0, -1, 0), UserInput: identity.UserInput{
			Name: "Agent " + strconv.Itoa(i), Email: agentEmail(i), Profile: domain.ProfileStandard, PermissionSets: []string{domain.PermForSales},
			Identifiers: map[domain.Provider]string{domain.Aircall: strconv.FormatInt(id, 10)},
		}})
	}
	return out
}

// placeCalls lets calls happen, all of whose events are due; each has a recording of its own.
func (p *provider) placeCalls(first, n int) {
	for i := first; i < first+n; i++ {
		p.ids = append(p.ids, p.Place(fake.Call{
			Direction: "inbound", NumberID: p.number, UserID: p.agents[i%agents], Customer: "+1 917-555-01" + strconv.Itoa(10+i),
			StartedAt: p.now(), Ring: 2 * time.Second, Talk: 30 * time.Second, Recording: tagged(p.clip, "call "+strconv.Itoa(i)),
		}))
	}
	p.skip()
}

// tagged gives an MP3 a title (ID3v1: 128 bytes at the end).
func tagged(mp3 []byte, title string) []byte {
	tag := make([]byte, 128)
	copy(tag, "TAG"+title)
	return slices.Concat(mp3, tag)
}

// deliver sends events as they become due, until stop is called.
func (p *provider) deliver(ctx context.Context) (stop func()) {
	ctx, cancel := context.WithCancel(ctx)
	done := make(chan struct{})
	go func() {
		defer close(done)
		p.Run(ctx)
	}()
	return func() { cancel(); <-done }
}

// due tells whether events wait to be delivered now.
func (p *provider) due() bool {
	next, any := p.NextDelivery()
	return any && !next.After(p.now())
}

// gate stands between the provider and the server. While the server is down a few events fail, and the others wait: fifty
// failures in a row would disable the webhook, and Earshot would need the hourly listing.
type gate struct {
	mu      sync.Mutex
	isOpen  bool
	failing int
	opened  chan struct{}
}

// failuresPerKill is how many events fail while the server is down.
const failuresPerKill = 6

func (g *gate) open() {
	g.mu.Lock()
	defer g.mu.Unlock()
	if !g.isOpen {
		g.isOpen, g.failing = true, 0
		close(g.opened)
	}
}

func (g *gate) close() {
	g.mu.Lock()
	defer g.mu.Unlock()
	if g.isOpen {
		g.isOpen, g.failing, g.opened = false, failuresPerKill, make(chan struct{})
	}
}

// pass gives what an event has to wait for; nil: nothing.
func (g *gate) pass() <-chan struct{} {
	g.mu.Lock()
	defer g.mu.Unlock()
	if g.failing > 0 {
		g.failing--
		return nil
	}
	return g.opened
}

// RoundTrip sends an event, now or when the gate is open.
func (g *gate) RoundTrip(r *http.Request) (*http.Response, error) {
	if opened := g.pass(); opened != nil {
		select {
		case <-r.Context().Done():
			return nil, r.Context().Err()
		case <-opened:
		}
	}
	return http.DefaultTransport.RoundTrip(r)
}

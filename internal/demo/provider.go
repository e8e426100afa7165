package demo

import (
	"fmt"
	"slices"
	"strconv"
	"sync"
	"time"

	"earshot/internal/demo/company"
	"earshot/internal/domain"
	"earshot/internal/provider/aircall/fake"
)

// APIID and APIToken open the simulated Aircall.
const (
	APIID    = "fake-id"
	APIToken = "fake-token"
)

// Provider is a simulated Aircall with the company's people, lines and calls.
type Provider struct {
	*fake.Server
	Company company.Company

	lines  map[string]int64
	agents map[string]int64

	mu     sync.Mutex
	placed int
}

// NewProvider makes the simulated provider; base is where it is reached.
func NewProvider(base string) (*Provider, error) {
	c, err := company.Load()
	if err != nil {
		return nil, err
	}
	p := &Provider{Company: c, lines: map[string]int64{}, agents: map[string]int64{}}
	p.Server = fake.New(fake.Options{Company: c.Name, APIID: APIID, APIToken: APIToken, EndedAfter: eventDelay})
	p.SetBaseURL(base)
	p.SetFaults(fake.Faults{Drop: p.eventsLost})
	for _, line := range c.Lines {
		p.lines[line.Number] = p.AddNumber(fake.Number{Name: line.Name, E164: line.Number, Country: line.Country, Silent: line.Silent})
	}
	for _, u := range c.Agents {
		id, err := strconv.ParseInt(u.AircallID, 10, 64)
		if err != nil {
			return nil, fmt.Errorf("provider id of %s: %w", u.Email, err)
		}
		p.agents[u.Email] = p.AddUser(fake.User{ID: id, Name: u.Name, Email: u.Email})
	}
	return p, nil
}

// firstCallID begins the numbers of calls, apart from those of users and lines.
const firstCallID = 700_001

// script gives the script of a provider call.
func (p *Provider) script(providerCallID string) (company.Call, bool) {
	id, err := strconv.ParseInt(providerCallID, 10, 64)
	i := (id - firstCallID) % int64(len(p.Company.Calls))
	if err != nil || id < firstCallID {
		return company.Call{}, false
	}
	return p.Company.Calls[i], true
}

// eventsLost tells calls whose events never arrive, so that the hourly listing must find them.
func (p *Provider) eventsLost(_ string, callID int64) bool {
	c, ok := p.script(strconv.FormatInt(callID, 10))
	return ok && c.Via != "realtime"
}

// place lets a call happen at the time that its script says.
func (p *Provider) place(c company.Call) error {
	call, err := p.callOf(c, 0)
	if err != nil {
		return err
	}
	p.Place(call)
	return nil
}

// callOf is a script as the simulated provider takes it; round counts how often it has happened before.
func (p *Provider) callOf(c company.Call, round int) (fake.Call, error) {
	i := slices.IndexFunc(p.Company.Calls, func(o company.Call) bool { return o.Slug == c.Slug })
	call := fake.Call{
		ID: int64(firstCallID + round*len(p.Company.Calls) + i), Direction: c.Direction, NumberID: p.lines[c.Line], UserID: p.agents[c.AgentEmail], ColleagueID: p.agents[c.ColleagueEmail],
		Customer: c.External, FirstName: c.ContactFirst, LastName: c.ContactLast, Ring: c.Ring, Talk: c.Talk,
	}
	call.StartedAt = time.Now().Add(-c.StartedAgo - c.Ring - c.Talk)
	if c.RecordingDelay > 0 {
		call.AssetsAfter = c.StartedAgo + c.RecordingDelay // counted from now, so that it is late while somebody watches
	}
	if c.AudioFile != "" {
		audio, err := c.Audio()
		if err != nil {
			return call, err
		}
		if c.Voicemail {
			call.Voicemail = audio
		} else {
			call.Recording = audio
		}
	}
	return call, nil
}

// A call that is placed by hand is over soon, whatever its recording's length, so that nobody waits for it.
const (
	quickRing  = time.Second
	quickTalk  = 11 * time.Second
	eventDelay = time.Second // Aircall takes half a minute
)

// PlaceNext lets the next call that becomes processed happen now, over and over, and gives its title.
func (p *Provider) PlaceNext() (string, error) {
	var good []company.Call
	for _, c := range p.Company.Calls {
		if c.State == domain.StateProcessed && c.Via == "realtime" && !c.Voicemail && c.RecordingDelay == 0 {
			good = append(good, c)
		}
	}
	p.mu.Lock()
	n := p.placed
	p.placed++
	p.mu.Unlock()
	c := good[n%len(good)]
	call, err := p.callOf(c, n/len(good))
	if err != nil {
		return "", err
	}
	call.Ring, call.Talk, call.AssetsAfter = quickRing, quickTalk, 2*eventDelay
	call.StartedAt = time.Now()
	p.Place(call)
	return c.Title, nil
}

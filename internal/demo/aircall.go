package demo

import (
	"strconv"
	"sync/atomic"
	"time"

	"earshot/internal/demo/company"
	"earshot/internal/provider/aircall/fake"
)

type simulatedAircall struct {
	*fake.Server
	base   string
	lines  map[string]int64
	people people
	silent mute[int64]
	nextID func() int64
}

// firstCallID begins the numbers of Aircall's calls, apart from those of users and lines.
const firstCallID = 700_001

func newAircall(c company.Company, base string) (Simulated, error) {
	ids, err := numbersOf(c)
	if err != nil {
		return nil, err
	}
	p := &simulatedAircall{base: base, lines: map[string]int64{}, people: ids, nextID: counter(firstCallID)}
	p.Server = fake.New(fake.Options{Company: c.Name, EndedAfter: eventDelay})
	p.SetBaseURL(base)
	p.SetFaults(fake.Faults{Drop: func(_ string, id int64) bool { return p.silent.has(id) }})
	for _, line := range c.Lines {
		p.lines[line.Number] = p.AddNumber(fake.Number{Name: line.Name, E164: line.Number, Country: line.Country, Silent: line.Silent})
	}
	for _, u := range c.Agents {
		p.AddUser(fake.User{ID: ids[u.Email], Name: u.Name, Email: u.Email})
	}
	return p, nil
}

func (p *simulatedAircall) Account() (credential, settings map[string]string) {
	return map[string]string{"api_id": "fake-id", "api_token": "fake-token"}, map[string]string{"base_url": p.base}
}

func (p *simulatedAircall) Place(c company.Call, ago time.Duration, quiet bool) (string, error) {
	audio, err := audioOf(c)
	if err != nil {
		return "", err
	}
	call := fake.Call{
		ID: p.nextID(), Direction: c.Direction, NumberID: p.lines[c.Line], UserID: p.people[c.AgentEmail], ColleagueID: p.people[c.ColleagueEmail],
		Customer: c.External, FirstName: c.ContactFirst, LastName: c.ContactLast, Ring: c.Ring, Talk: c.Talk, StartedAt: timesOf(c, ago),
		AssetsAfter: 2 * eventDelay, Recording: audio,
	}
	if c.Voicemail {
		call.Recording, call.Voicemail = nil, audio
	}
	if c.RecordingDelay > 0 {
		call.AssetsAfter = ago + c.RecordingDelay // counted from now, so that it is late while somebody watches
	}
	if quiet {
		p.silent.add(call.ID)
	}
	return strconv.FormatInt(p.Server.Place(call), 10), nil
}

// counter gives numbers in order.
func counter(first int64) func() int64 {
	var n atomic.Int64
	n.Store(first - 1)
	return func() int64 { return n.Add(1) }
}

package demo

import (
	"strconv"
	"time"

	"earshot/internal/demo/company"
	"earshot/internal/provider/dialpad"
	"earshot/internal/provider/dialpad/fake"
)

type simulatedDialpad struct {
	*fake.Server
	base   string
	people people
	silent mute[int64]
	nextID func() int64
}

// firstDialpadID begins the numbers of Dialpad's calls, which are as long.
const firstDialpadID = 6_421_977_457_180_001

func newDialpad(c company.Company, base string) (Simulated, error) {
	ids, err := numbersOf(c)
	if err != nil {
		return nil, err
	}
	p := &simulatedDialpad{Server: fake.New(fake.Options{Company: c.Name}), base: base, people: ids, nextID: counter(firstDialpadID)}
	p.SetBaseURL(base)
	p.SetFaults(fake.Faults{Drop: func(_ string, id int64) bool { return p.silent.has(id) }})
	for _, u := range c.Agents {
		p.AddUser(fake.User{ID: ids[u.Email], Name: u.Name, Email: u.Email})
	}
	return p, nil
}

func (p *simulatedDialpad) Account() (credential, settings map[string]string) {
	return map[string]string{"kind": dialpad.KindAPIKey, "api_key": "fake-key"}, map[string]string{"base_url": p.base}
}

func (p *simulatedDialpad) Place(c company.Call, ago time.Duration, quiet bool) (string, error) {
	audio, err := audioOf(c)
	if err != nil {
		return "", err
	}
	call := fake.Call{
		ID: p.nextID(), Direction: c.Direction, UserID: p.people[c.AgentEmail], ColleagueID: p.people[c.ColleagueEmail], Line: c.Line, Customer: plain(c.External), ContactName: contactName(c),
		StartedAt: timesOf(c, ago), Ring: c.Ring, Talk: c.Talk, Recording: audio, RecordedBy: fake.ByAdmin, AssetsAfter: -1,
	}
	if c.Voicemail {
		call.Recording, call.Voicemail = nil, audio
	}
	if quiet {
		p.silent.add(call.ID)
	}
	return strconv.FormatInt(p.Server.Place(call), 10), nil
}

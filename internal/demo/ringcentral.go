package demo

import (
	"fmt"
	"strings"
	"time"

	"earshot/internal/demo/company"
	"earshot/internal/provider/ringcentral/fake"
)

// raised is the limit of all groups: ten heavy requests a minute, as RingCentral begins with, would make a long demo.
const raised = 120

type simulatedRingCentral struct {
	*fake.Server
	base   string
	people people
	silent mute[string]
	nextID func() int64
}

func newRingCentral(c company.Company, base string) (Simulated, error) {
	ids, err := numbersOf(c)
	if err != nil {
		return nil, err
	}
	p := &simulatedRingCentral{Server: fake.New(fake.Options{Company: c.Name, MainNumber: c.Lines[0].Number, ListedAfter: eventDelay, PerMinute: raised}), base: base, people: ids, nextID: counter(1)}
	p.SetBaseURL(base)
	p.SetFaults(fake.Faults{Drop: p.silent.has})
	for _, u := range c.Agents {
		p.AddUser(fake.User{ID: ids[u.Email], Name: u.Name, Email: u.Email})
	}
	return p, nil
}

func (p *simulatedRingCentral) Account() (credential, settings map[string]string) {
	return map[string]string{"kind": "jwt", "client_id": "fake-client", "client_secret": "fake-secret", "jwt": "fake.jwt.token"}, map[string]string{"base_url": p.base}
}

func (p *simulatedRingCentral) Place(c company.Call, ago time.Duration, quiet bool) (string, error) {
	audio, err := audioOf(c)
	if err != nil {
		return "", err
	}
	call := fake.Call{ID: fmt.Sprintf("s-a0d1787%08xz18e387e5223z8af60000", p.nextID()), Direction: c.Direction, Line: c.Line, Customer: plain(c.External), CustomerName: contactName(c), ColleagueID: p.people[c.ColleagueEmail], StartedAt: timesOf(c, ago), Ring: c.Ring}
	if c.Talk > 0 && !c.Voicemail {
		call.Parts = []fake.Part{{UserID: p.people[c.AgentEmail], Talk: c.Talk, Recording: audio}}
	}
	if quiet {
		p.silent.add(call.ID)
	}
	return p.Server.Place(call), nil
}

// plain is a number without spaces and hyphens.
func plain(number string) string { return strings.NewReplacer(" ", "", "-", "").Replace(number) }

func contactName(c company.Call) string {
	return strings.TrimSpace(c.ContactFirst + " " + c.ContactLast)
}

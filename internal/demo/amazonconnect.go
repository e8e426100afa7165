package demo

import (
	"time"

	"earshot/internal/demo/company"
	"earshot/internal/provider/amazonconnect/fake"
)

type simulatedAmazonConnect struct {
	*fake.Server
	base   string
	ids    map[string]string // of agents, by e-mail address
	silent mute[string]
}

func newAmazonConnect(c company.Company, base string) (Simulated, error) {
	p := &simulatedAmazonConnect{base: base, ids: map[string]string{}}
	p.Server = fake.New(fake.Options{Alias: "larkspur", Line: c.Lines[0].Number, AfterCallWork: eventDelay})
	p.SetFaults(fake.Faults{Drop: p.silent.has})
	for _, u := range c.Agents {
		p.ids[u.Email] = p.AddUser(fake.User{Username: u.Email, Name: u.Name, Email: u.Email})
	}
	return p, nil
}

func (p *simulatedAmazonConnect) Account() (credential, settings map[string]string) {
	return map[string]string{"kind": "keys", "access_key_id": "AKIAFAKEFAKEFAKE", "secret_access_key": "fake-secret-access-key"},
		map[string]string{"base_url": p.base, "region": fake.Region, "instance_id": "12345678-1234-1234-1234-123456789012", "source": "SQS queue", "queue_url": p.base + "/111122223333/" + fake.Queue, "stream_name": fake.Stream}
}

func (p *simulatedAmazonConnect) Place(c company.Call, ago time.Duration, quiet bool) (string, error) {
	audio, err := audioOf(c)
	if err != nil {
		return "", err
	}
	call := fake.Call{Direction: c.Direction, Line: c.Line, Customer: plain(c.External), CustomerName: contactName(c), ColleagueID: p.ids[c.ColleagueEmail], StartedAt: timesOf(c, ago), Ring: c.Ring, ContentType: "audio/mpeg"}
	if c.Talk > 0 && !c.Voicemail {
		call.Parts = []fake.Part{{UserID: p.ids[c.AgentEmail], Talk: c.Talk, Recording: audio}}
	}
	id := p.Server.Place(call)
	if quiet {
		p.silent.add(id)
	}
	return id, nil
}

package memory_test

import (
	"testing"

	"earshot/internal/domain"
	"earshot/internal/provider/memory"
	"earshot/internal/provider/providertest"
)

func TestDriver(t *testing.T) {
	t.Parallel()
	info := memory.NewCompany(nil).Opener().Info
	providertest.Run(t, providertest.Harness{Info: info, NewWorld: func(_ *testing.T, clock *providertest.Clock) providertest.World {
		return newWorld(clock)
	}})
}

type world struct {
	*memory.Company
	agent, colleague string
}

func newWorld(clock *providertest.Clock) *world {
	w := &world{Company: memory.NewCompany(clock.Now)}
	w.agent = w.AddUser(providertest.AgentName, providertest.AgentEmail, providertest.Line)
	w.colleague = w.AddUser(providertest.ColleagueName, providertest.ColleagueEmail)
	return w
}

func (w *world) Account() (credential, settings map[string]string) {
	return map[string]string{"key": memory.Key}, nil
}

func (w *world) Place(c providertest.Call) string {
	facts := domain.ProviderCall{Direction: c.Direction, From: c.Customer, To: providertest.Line, StartedAt: c.StartedAt, Voicemail: c.Voicemail, ContactName: c.ContactName}
	if c.Direction == domain.Outbound {
		facts.From, facts.To = facts.To, facts.From
	}
	facts.Agent = domain.Participant{Phone: providertest.Line, Internal: true}
	switch c.Agent {
	case providertest.Agent:
		facts.Agent.ProviderUserID, facts.Agent.Name, facts.Agent.Email = w.agent, providertest.AgentName, providertest.AgentEmail
	case providertest.Colleague:
		facts.Agent.ProviderUserID, facts.Agent.Name, facts.Agent.Email = w.colleague, providertest.ColleagueName, providertest.ColleagueEmail
	}
	other := domain.Participant{Phone: c.Customer, Name: c.ContactName}
	if c.Internal {
		other = domain.Participant{ProviderUserID: w.colleague, Name: providertest.ColleagueName, Internal: true}
	}
	facts.Participants = []domain.Participant{facts.Agent, other}
	return w.Company.Place(memory.Call{Facts: facts, Ring: c.Ring, Talk: c.Talk, Audio: c.Audio, AudioAfter: c.AudioAfter})
}

func (w *world) SetFaults(f providertest.Faults) {
	w.Company.SetFaults(memory.Faults{
		Outage: f.Outage, OutageOnce: f.OutageOnce, NoSubscriptions: f.NoScope, ExpiredLinks: f.ExpiredLinks,
		Truncate: f.Truncate, NotAudio: f.NotAudio, Duplicate: f.Duplicate, Shuffle: f.Shuffle,
	})
}

func (w *world) Seen() providertest.Seen { return providertest.Seen(w.Company.Seen()) }

// Problems are none: the compiler checks what is asked.
func (w *world) Problems() []string { return nil }

func (w *world) Subscriptions() []providertest.Subscription {
	var out []providertest.Subscription
	for _, s := range w.Company.Subscriptions() {
		out = append(out, providertest.Subscription{ID: s.ID, Address: s.Address, Active: s.Active})
	}
	return out
}

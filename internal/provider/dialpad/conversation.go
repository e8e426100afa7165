package dialpad

import (
	"cmp"
	"slices"
	"strings"
	"time"

	"earshot/internal/domain"
)

// conversation is what people call a call: all legs that belong together, the first of them first.
type conversation struct {
	id   ident
	legs []call
}

func newConversation(id ident, legs ...call) conversation {
	slices.SortFunc(legs, func(a, b call) int {
		root := func(c call) int {
			if c.ID == id {
				return 0
			}
			return 1
		}
		return cmp.Or(a.start().Compare(b.start()), root(a)-root(b), cmp.Compare(a.ID, b.ID))
	})
	return conversation{id, legs}
}

// tell gives our form of the conversation as it was at the time. Region is the country of numbers without a country code.
func (c conversation) tell(at time.Time, region string) domain.ProviderCall {
	first := c.legs[0]
	outside, line := first.outside(region), first.line(region)
	out := domain.ProviderCall{
		ID: c.id.String(), Direction: first.direction(), From: outside, To: line,
		StartedAt: first.start(), AnsweredAt: c.answeredAt(), EndedAt: c.end(), ContactName: c.contactName(region), Tags: c.tags(),
	}
	if out.Direction == domain.Outbound {
		out.From, out.To = line, outside
	}
	out.Agent = c.agent(line, region)
	out.Participants = c.participants(out.Agent, region)
	c.addRecordings(&out, at)
	return out
}

// answeredAt is when the first of our people took the call; where only a group is named, when that did.
func (c conversation) answeredAt() time.Time {
	var person, any time.Time
	for _, leg := range c.legs {
		if leg.answered() {
			any = earliest(any, leg.Connected.Time)
		}
		if leg.talked() {
			person = earliest(person, leg.Connected.Time)
		}
	}
	if person.IsZero() {
		return any
	}
	return person
}

func earliest(a, b time.Time) time.Time {
	if a.IsZero() || b.Before(a) {
		return b
	}
	return a
}

// end is when the last leg ended; zero while one goes on.
func (c conversation) end() time.Time {
	var out time.Time
	for _, leg := range c.legs {
		end := leg.end()
		if end.IsZero() {
			return end
		}
		if end.After(out) {
			out = end
		}
	}
	return out
}

// agent is the last of our people who talked. Where nobody did it is whose phone rang last, or whose voicemail it is; a group
// is never the agent. Where no person is named the line alone is the company's side.
func (c conversation) agent(line, region string) domain.Participant {
	var agent call
	for _, leg := range c.legs {
		if !leg.Target.V.isUser() || agent.talked() && !leg.talked() {
			continue
		}
		if !agent.talked() && leg.talked() || agent.ID == 0 || !leg.Connected.Before(agent.Connected.Time) {
			agent = leg
		}
	}
	if agent.ID == 0 {
		return domain.Participant{Phone: line, Name: string(c.legs[0].Target.V.Name), Internal: true}
	}
	p := agent.Target.V.colleague(region)
	p.Phone = cmp.Or(p.Phone, line)
	return p
}

func (p party) colleague(region string) domain.Participant {
	return domain.Participant{ProviderUserID: string(p.ID), Name: string(p.Name), Email: string(p.Email), Phone: normal(region, p.Phone), Internal: true}
}

// participants are all parties of all legs: the agent, our people who talked, and who was at the other end: a contact, or a
// colleague. People whose phones only rang are none.
func (c conversation) participants(agent domain.Participant, region string) []domain.Participant {
	out := []domain.Participant{agent}
	add := func(p domain.Participant) {
		if !slices.ContainsFunc(out, func(known domain.Participant) bool { return same(known, p) }) {
			out = append(out, p)
		}
	}
	for _, leg := range c.legs {
		if leg.talked() {
			add(leg.Target.V.colleague(region))
		}
		if leg.Contact.V.isUser() {
			add(leg.Contact.V.colleague(region))
		} else {
			add(domain.Participant{Name: leg.Contact.V.named(region), Email: string(leg.Contact.V.Email), Phone: leg.outside(region)})
		}
	}
	return out
}

// same tells that both are one party: the same user, or an outside party with the same number. One without a number may be anybody,
// also the one that is known.
func same(known, p domain.Participant) bool {
	if p.Internal || known.Internal {
		return p.Internal && known.Internal && p.ProviderUserID == known.ProviderUserID
	}
	return p.Phone == known.Phone || p.Phone == ""
}

func (c conversation) contactName(region string) string {
	for _, leg := range c.legs {
		if name := leg.Contact.V.named(region); name != "" && !leg.Contact.V.isUser() {
			return name
		}
	}
	return ""
}

func (c conversation) tags() []string {
	var out []string
	for _, leg := range c.legs {
		for _, l := range leg.Labels {
			if tag := strings.TrimSpace(string(l)); tag != "" && !slices.Contains(out, tag) {
				out = append(out, tag)
			}
		}
	}
	return out
}

package simulation

import (
	"slices"
	"time"

	"earshot/internal/domain"
	"earshot/internal/provider/providertest"
	"earshot/internal/testkit"
)

// plan is a call that will happen, and what must become of it.
type plan struct {
	call   providertest.Call
	id     string // the provider's, once it has happened
	state  domain.State
	reason domain.ReasonCode
}

// excluded is a customer whose calls are never processed.
const excluded = "+12125550199"

// kinds of calls, what must become of them, and how many in a hundred are so.
var kinds = []struct {
	share  int
	state  domain.State
	reason domain.ReasonCode
	change func(*providertest.Call)
}{
	{72, domain.StateProcessed, "", func(*providertest.Call) {}},
	{6, domain.StateProcessed, "", func(c *providertest.Call) { c.Direction = domain.Outbound }},
	{5, domain.StateSkipped, domain.TooShort, func(c *providertest.Call) { c.Talk = 7 * time.Second }},
	{4, domain.StateSkipped, domain.NotRecorded, func(c *providertest.Call) { c.Audio = nil }},
	{4, domain.StateSkipped, domain.InternalOnly, func(c *providertest.Call) { c.Internal, c.ContactName = true, "" }},
	{4, domain.StateSkipped, domain.ExcludedParty, func(c *providertest.Call) { c.Customer = excluded }},
	{5, domain.StateSkipped, domain.NoPermission, func(c *providertest.Call) { c.Agent = providertest.Colleague }},
}

// makePlans spreads the calls over the days, none near the time of day at which the connector will be enabled.
func (s *sim) makePlans() {
	perDay := s.size.Calls / s.size.Days
	days := weekBefore + s.size.Days
	audio := testkit.WAV(16000, make([]float32, 16000), make([]float32, 16000))
	for day := range days {
		for range perDay {
			at := s.clock.Now().Add(time.Hour + time.Duration(day)*24*time.Hour + time.Duration(s.random.Int64N(int64(22*time.Hour)))).Truncate(time.Second)
			s.plans = append(s.plans, s.planAt(at, audio))
		}
	}
	slices.SortStableFunc(s.plans, func(a, b *plan) int { return a.call.StartedAt.Compare(b.call.StartedAt) })
}

func (s *sim) planAt(at time.Time, audio []byte) *plan {
	p := &plan{call: providertest.Call{
		Direction: domain.Inbound, Customer: providertest.Customer, StartedAt: at, Agent: providertest.Agent, Audio: audio, ContactName: "Grace Client",
		Ring: time.Duration(2+s.random.IntN(20)) * time.Second, Talk: time.Duration(30+s.random.IntN(1500)) * time.Second, AudioAfter: time.Minute,
	}}
	if s.random.IntN(10) == 0 {
		p.call.AudioAfter = time.Duration(s.random.Int64N(int64(6*time.Hour - 10*time.Minute)))
	}
	n := s.random.IntN(100)
	for _, k := range kinds {
		if n -= k.share; n < 0 {
			p.state, p.reason = k.state, k.reason
			k.change(&p.call)
			break
		}
	}
	return p
}

// counts tells whether the call must be known at all: those before enabling only where they are back-filled.
func (s *sim) counts(p *plan) bool {
	return s.info.Abilities.Backfill || !p.call.StartedAt.Before(s.start)
}

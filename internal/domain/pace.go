package domain

import (
	"slices"
	"time"
)

// Quota is how many requests of a group a provider allows in any span of a length.
type Quota struct {
	Group    string
	Requests int
	Per      time.Duration
}

// Priority of a request: who comes first where a provider's limit is short.
type Priority int

// Priorities, the most urgent first: events and people who wait, the hourly batch, back-fill.
const (
	PriorityRealtime Priority = iota
	PriorityHourly
	PriorityBackfill
)

// Pace is what is known of one group of one credential: the quota, when requests of the last span went or will go, and until
// when the provider wants none.
type Pace struct {
	Quota Quota
	Sent  []time.Time // ascending; the last may lie ahead: turns that were given
	Until time.Time
}

// margin makes the span longer than the provider's own, since requests arrive unevenly: 4 %.
const margin = 25

func (p *Pace) span() time.Duration { return p.Quota.Per + p.Quota.Per/margin }

// Next is when the next request may go. Real time may use the whole quota at once; what is less urgent is spread, so that it
// never stands in the way of what is urgent for long, and back-fill steps behind the hourly batch.
func (p *Pace) Next(now time.Time, urgency Priority) time.Time {
	at := now
	if p.Until.After(at) {
		at = p.Until
	}
	n := max(p.Quota.Requests, 1)
	if len(p.Sent) >= n {
		at = latest(at, p.Sent[len(p.Sent)-n].Add(p.span()))
	}
	if urgency == PriorityRealtime || len(p.Sent) == 0 {
		return at
	}
	gap := p.span() / time.Duration(n)
	if urgency == PriorityBackfill {
		gap += gap / (2 * margin)
	}
	return latest(at, p.Sent[len(p.Sent)-1].Add(gap))
}

func latest(a, b time.Time) time.Time {
	if b.After(a) {
		return b
	}
	return a
}

// Forget drops the turns that no longer count.
func (p *Pace) Forget(now time.Time) {
	old := now.Add(-p.span())
	p.Sent = slices.DeleteFunc(p.Sent, func(t time.Time) bool { return t.Before(old) })
}

// Take gives a turn.
func (p *Pace) Take(at, now time.Time) {
	p.Forget(now)
	i, _ := slices.BinarySearchFunc(p.Sent, at, time.Time.Compare)
	p.Sent = slices.Insert(p.Sent, i, at)
}

// Return gives back a turn that was not used.
func (p *Pace) Return(at time.Time) {
	if i := slices.IndexFunc(p.Sent, at.Equal); i >= 0 {
		p.Sent = slices.Delete(p.Sent, i, i+1)
	}
}

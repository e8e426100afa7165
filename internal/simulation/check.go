package simulation

import (
	"time"

	"earshot/internal/domain"
	"earshot/internal/store"
)

// settled tells that each call that must be known is, and nothing is on its way any more.
func (s *sim) settled() bool {
	if s.next < len(s.plans) {
		return false
	}
	counts, err := s.store.VCCallCounts(s.ctx)
	s.must(err)
	done := 0
	for state, n := range counts {
		if state.Final() {
			done += n
		}
	}
	want := 0
	for _, p := range s.plans {
		if s.counts(p) {
			want++
		}
	}
	return done >= want
}

// check compares each call with its plan.
func (s *sim) check() {
	s.t.Helper()
	conn, err := s.store.ConnectorByProvider(s.ctx, s.info.Provider)
	s.must(err)
	wrong := 0
	for _, p := range s.plans {
		vc, err := s.store.VCCallByProviderID(s.ctx, conn.ID, p.id)
		known := err == nil
		if known != s.counts(p) || known && (vc.State != p.state || vc.Reason != p.reason) {
			if wrong++; wrong <= 10 {
				s.t.Errorf("call %s of %v (%+v): known %v (%v), %s %s %s, want %s %s", p.id, p.call.StartedAt, p.call.Agent, known, err, vc.State, vc.Reason, vc.Detail, p.state, p.reason)
			}
		}
	}
	if wrong > 0 {
		s.t.Errorf("%d of %d calls are not as planned", wrong, len(s.plans))
	}
	s.checkCounts()
	s.checkProvider()
	s.t.Logf("%d calls, %d kills, %+v at the provider, %.2f of the allowed rate used in %d spans behind", len(s.plans), s.kills, s.world.Seen(), s.use.share(), s.use.spans)
}

// checkCounts: no VC Call and no call that was not planned, none twice.
func (s *sim) checkCounts() {
	planned, processed := 0, 0
	for _, p := range s.plans {
		if s.counts(p) {
			planned++
			if p.state == domain.StateProcessed {
				processed++
			}
		}
	}
	rows := func(table string) (n int) {
		s.must(s.queue.db.QueryRow(`SELECT count(*) FROM ` + table).Scan(&n))
		return n
	}
	if vc, calls := rows("vc_calls"), rows("calls"); vc != planned || calls != processed {
		s.t.Errorf("%d VC Calls and %d calls, planned were %d and %d", vc, calls, planned, processed)
	}
	found, _, err := s.store.VCCalls(s.ctx, store.VCCallFilter{State: domain.StateFailed})
	if err != nil || len(found) > 0 {
		s.t.Errorf("failed: %+v, %v", found, err)
	}
}

// checkProvider: within its limits, asked rightly, and used well while behind.
func (s *sim) checkProvider() {
	if seen := s.world.Seen(); seen.Refused > 0 || seen.Early > 0 {
		s.t.Errorf("%d requests were refused for the limit, %d came though the provider had said to wait", seen.Refused, seen.Early)
	}
	for _, p := range s.world.Problems() {
		s.t.Errorf("the provider was asked wrongly: %s", p)
	}
	if s.use.spans > 0 && s.use.share() < 0.9 {
		s.t.Errorf("while behind only %.2f of the allowed rate was used, in %d spans", s.use.share(), s.use.spans)
	}
	if s.kills == 0 {
		s.t.Error("the process was never killed")
	}
}

// usage measures how much of the tightest limit is used while jobs wait for the provider.
type usage struct {
	last  time.Time // jobs have waited without a break since then, or since the last measure
	used  float64
	spans int
}

func (u *usage) share() float64 { return u.used / float64(max(u.spans, 1)) }

func (u *usage) idle(now time.Time) { u.last = now }

// note looks at the ledger whenever a span has passed in which there was always work for the provider.
func (u *usage) note(s *sim) {
	now := s.clock.Now()
	if waiting := s.queue.waiting(now); waiting < 2 {
		u.idle(now)
		return
	}
	conn, err := s.store.ConnectorByProvider(s.ctx, s.info.Provider)
	s.must(err)
	if conn.Credential.Usable() != nil || s.net.troubled(u.last, now) {
		u.idle(now)
		return
	}
	paces, err := s.store.Paces(s.ctx, s.connector.Account(conn))
	s.must(err)
	best, span := 0.0, time.Minute
	for _, p := range paces {
		if p.Quota.Requests > 0 && p.Quota.Per >= 0 {
			n := 0
			for _, at := range p.Sent {
				if at.After(now.Add(-p.Quota.Per)) && !at.After(now) {
					n++
				}
			}
			if share := float64(n) / float64(p.Quota.Requests); share > best {
				best, span = share, p.Quota.Per
			}
		}
	}
	if now.Sub(u.last) >= span+span/10 {
		u.used += best
		u.spans++
		u.last = now
	}
}

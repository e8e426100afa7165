package simulation

import (
	"fmt"
	"slices"
	"strings"
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
	for state, n := range counts {
		if n > 0 && !state.Final() {
			return false
		}
	}
	conn, err := s.store.ConnectorByProvider(s.ctx, s.info.Provider)
	s.must(err)
	for _, p := range s.plans {
		if _, err := s.store.VCCallByProviderID(s.ctx, conn.ID, p.id); s.counts(p) && err != nil {
			return false
		}
	}
	return true
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
		if !s.counts(p) && (!known || vc.State == domain.StateSkipped) {
			if known {
				s.early++ // an event of it had waited in the queue
			}
			continue
		}
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
	s.t.Logf("%d calls, %d kills, %+v at the provider, behind for %v with %.2f of the allowed rate used", len(s.plans), s.kills, s.world.Seen(), s.use.behind.Round(time.Second), s.use.share())
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
	if vc, calls := rows("vc_calls"), rows("calls"); vc != planned+s.early || calls != processed {
		s.t.Errorf("%d VC Calls, %d of them from before enabling, and %d calls; planned were %d and %d", vc, s.early, calls, planned, processed)
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
	s.use.close()
	if s.use.behind > 0 && s.use.share() < 0.9 {
		s.t.Errorf("while behind, for %v, only %.2f of the allowed rate was used:\n%s\noutages %v\nrefusals %v", s.use.behind, s.use.share(), strings.Join(s.use.spans, "\n"), s.net.outages, s.net.revoked)
	}
	if s.kills == 0 {
		s.t.Error("the process was never killed")
	}
}

// usage measures how much of a provider's limit is used while we are behind, that is while requests wait for their turn one after another.
type usage struct {
	quotas []domain.Quota
	sent   map[string][]time.Time // requests of each group
	from   time.Time              // since when requests wait
	until  time.Time              // of the last wait
	used   time.Duration          // of all spans behind, weighted by how much was used
	behind time.Duration
	spans  []string // behind, for whoever looks into a failure
}

const (
	breather  = 2 * time.Second // without a wait: no longer behind
	minBehind = 2 * time.Minute // shorter spans say nothing
)

func (u *usage) share() float64 { return float64(u.used) / float64(max(u.behind, 1)) }

// sends notes a request.
func (u *usage) sends(groups []string, at time.Time) {
	if u.sent == nil {
		u.sent = map[string][]time.Time{}
	}
	for _, g := range groups {
		u.sent[g] = append(u.sent[g], at)
	}
}

// waits notes that a request waits for its turn.
func (u *usage) waits(now time.Time, d time.Duration) {
	if now.Sub(u.until) > breather {
		u.close()
		u.from = now
	}
	u.until = now.Add(d)
}

// close measures the span that is over, by the group of which most was used.
func (u *usage) close() {
	span := u.until.Sub(u.from)
	best, per := 0.0, time.Duration(0)
	for _, q := range u.quotas {
		n := 0
		for _, at := range slices.Backward(u.sent[q.Group]) {
			if at.Before(u.from) {
				break
			}
			if !at.After(u.until) {
				n++
			}
		}
		if share := float64(n) * float64(q.Per) / (float64(q.Requests) * float64(max(span, 1))); share > best {
			best, per = share, q.Per
		}
	}
	if span >= max(minBehind, 3*per) {
		u.spans = append(u.spans, fmt.Sprintf("%v for %v: %.2f", u.from.Format(time.DateTime), span.Round(time.Second), best))
		u.behind += span
		u.used += time.Duration(min(best, 1) * float64(span))
	}
}

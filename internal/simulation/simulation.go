// Package simulation lets Earshot live through a month of a company in seconds, by one seed: the code of ingest, pipeline, connector and
// store is the real one; clock, job scheduling, network, faults and provider are simulated, and our process is killed between any two steps.
package simulation

import (
	"context"
	"fmt"
	"log/slog"
	"math/rand/v2"
	"os"
	"strconv"
	"strings"
	"testing"
	"time"

	"earshot/internal/blob"
	"earshot/internal/connector"
	"earshot/internal/domain"
	"earshot/internal/ingest"
	"earshot/internal/pipeline"
	"earshot/internal/provider/providertest"
	"earshot/internal/store"
)

// Size of a simulation.
type Size struct {
	Days, Calls int // after enabling; as many a day happen in the week before
	Kills       int
	Seeds       []uint64
}

// Sizes: one for every test run, a glimpse for the race detector, under which all is ten times as slow, and the whole for `make bench`.
var (
	small   = Size{Days: 1, Calls: 40, Kills: 12, Seeds: []uint64{1, 2}}
	glimpse = Size{Days: 1, Calls: 8, Kills: 6, Seeds: []uint64{3}}
	whole   = Size{Days: 30, Calls: 20_000, Kills: 50, Seeds: []uint64{1}}
)

// Of a run, besides its Size. A failing seed is printed; SeedEnv runs it again.
const (
	SizeEnv = "EARSHOT_SIMULATION" // "whole"
	SeedEnv = "EARSHOT_TEST_SEED"

	lost, doubled, delayed = 0.05, 0.05, 0.10 // of events
	weekBefore             = 7
)

// Run simulates a driver's company for some seeds: small as a rule, whole where the environment asks for it.
func Run(t *testing.T, h providertest.Harness) {
	size := small
	switch {
	case os.Getenv(SizeEnv) == "whole":
		size = whole
	case underRace:
		size = glimpse
	}
	if seed, err := strconv.ParseUint(os.Getenv(SeedEnv), 10, 64); err == nil {
		size.Seeds = []uint64{seed}
	}
	for _, seed := range size.Seeds {
		t.Run(fmt.Sprintf("seed %d", seed), func(t *testing.T) {
			t.Parallel()
			s := newSim(t, h, size, seed)
			s.live()
			s.check()
			if t.Failed() {
				t.Logf("to repeat: %s=%d", SeedEnv, seed)
			}
		})
	}
}

// sim is one run.
type sim struct {
	t      *testing.T
	ctx    context.Context
	size   Size
	info   providerInfo
	random *rand.Rand
	clock  *providertest.Clock
	world  providertest.World
	net    *network
	queue  *queue
	blobs  *blob.Store

	process   // ours: it dies and starts anew
	publicURL string
	fuse      int // steps until it dies; 0: not now
	kills     int
	admin     domain.User
	plans     []*plan
	next      int // of plans to be placed
	start     time.Time
	use       usage
	early     int // calls from before enabling that became known, and were set aside
}

// process is what is lost when ours is killed; the database stays.
type process struct {
	store     *store.Store
	ingest    *ingest.Ingest
	connector *connector.Service
	pipeline  *pipeline.Pipeline
}

type killed struct{}

// step is a place where the process may die.
func (s *sim) step() {
	if s.fuse > 0 {
		if s.fuse--; s.fuse == 0 {
			panic(killed{})
		}
	}
}

// now is our clock; whoever looks at it has come a step further.
func (s *sim) now() time.Time {
	s.step()
	return s.clock.Now()
}

// sleep passes at once. While the provider refuses everything its limit cannot be used, so such a pause is not one for the limit.
func (s *sim) sleep(ctx context.Context, d time.Duration) error {
	if !s.net.refuses(s.clock.Now()) {
		s.use.waits(s.clock.Now(), max(d, 0))
	}
	s.clock.Advance(max(d, 0))
	return ctx.Err()
}

// survive does something that the process may die in, and starts the process anew if it did.
func (s *sim) survive(do func()) (died bool) {
	defer func() {
		if r := recover(); r != nil {
			if _, ok := r.(killed); !ok {
				panic(r)
			}
			died = true
			s.fuse = 0
			s.kills++
			s.boot()
		}
	}()
	do()
	return false
}

func (s *sim) must(err error) {
	s.t.Helper()
	if err != nil {
		s.t.Fatalf("at %v: %v", s.clock.Now(), err)
	}
}

// live lets the week before pass, enables the connector, and then the days with all that goes wrong.
func (s *sim) live() {
	s.start = s.clock.Now().Add(weekBefore * 24 * time.Hour)
	s.makePlans()
	for s.clock.Now().Before(s.start) {
		s.happen()
		s.clock.Advance(min(s.untilNext(time.Hour), s.start.Sub(s.clock.Now())))
	}
	s.enable()
	end := s.start.Add(time.Duration(s.size.Days) * 24 * time.Hour)
	s.net.plan(s.random, s.start, end)
	armed := s.killTimes(end)
	for now := s.clock.Now(); now.Before(end) || !s.settled(); now = s.clock.Now() {
		if now.After(end.Add(4 * 24 * time.Hour)) {
			s.t.Fatalf("not settled four days after the last call: %s", s.unsettled())
		}
		if len(armed) > 0 && now.After(armed[0]) {
			armed, s.fuse = armed[1:], 1+s.random.IntN(60)
		}
		s.happen()
		if !s.work() {
			s.clock.Advance(s.untilNext(time.Minute))
		}
	}
}

func (s *sim) killTimes(end time.Time) []time.Time {
	var out []time.Time
	for i := range s.size.Kills {
		share := (float64(i) + s.random.Float64()) / float64(s.size.Kills)
		out = append(out, s.start.Add(time.Duration(share*float64(end.Sub(s.start)))))
	}
	return out
}

// happen lets what is due happen outside: calls, and events on their way.
func (s *sim) happen() {
	for s.next < len(s.plans) && !s.plans[s.next].call.StartedAt.After(s.clock.Now()) {
		p := s.plans[s.next]
		p.id = s.world.Place(p.call)
		s.next++
	}
	if !s.net.down(s.clock.Now()) {
		s.chance()
		s.world.Deliver(s.ctx)
	}
	for _, e := range s.net.arrivals(s.clock.Now()) {
		s.deliver(e)
	}
}

// chance decides what becomes of the events that go into a queue or stream now; those that are posted meet theirs in the network.
func (s *sim) chance() {
	if !s.info.Abilities.Polls {
		return
	}
	f := providertest.Faults{Shuffle: true}
	switch x := s.random.Float64(); {
	case x < lost:
		f.Lost = true
	case x < lost+doubled:
		f.Duplicate = 1
	}
	s.world.SetFaults(f)
}

// deliver hands an event to the site; one that is not accepted comes again a few times, as providers do.
func (s *sim) deliver(e *event) {
	status := 0
	died := s.survive(func() { status = e.send(s.ingest.ServeSite) })
	if (died || status >= 300) && e.tries < 3 {
		e.tries++
		e.at = s.clock.Now().Add(time.Duration(e.tries) * 5 * time.Second)
		s.net.hold(e)
	}
}

// untilNext is how long nothing of ours happens, at most a step.
func (s *sim) untilNext(step time.Duration) time.Duration {
	now := s.clock.Now()
	next := now.Add(step)
	if s.next < len(s.plans) && s.plans[s.next].call.StartedAt.Before(next) {
		next = s.plans[s.next].call.StartedAt
	}
	if at, ok := s.queue.nextAt(); ok && at.Before(next) {
		next = at
	}
	return max(next.Sub(now), 10*time.Millisecond)
}

// work does one job that is due.
func (s *sim) work() bool {
	j, ok := s.queue.take(s.clock.Now(), s.random)
	if !ok {
		return false
	}
	var err error
	died := s.survive(func() {
		err = s.do(j)
		s.step() // it may die after the work and before the job is ticked off
	})
	if !died {
		s.queue.settle(j, err, s.clock.Now())
	}
	return true
}

// unsettled names what is missing, at most ten calls of it, and how the scheduled jobs are.
func (s *sim) unsettled() string {
	conn, err := s.store.ConnectorByProvider(s.ctx, s.info.Provider)
	s.must(err)
	var out []string
	for _, p := range s.plans {
		vc, err := s.store.VCCallByProviderID(s.ctx, conn.ID, p.id)
		if s.counts(p) && len(out) < 10 && (err != nil || !vc.State.Final()) {
			out = append(out, fmt.Sprintf("call %s started %v, talk %v, recording after %v: %v %s/%s %s %s next %v", p.id, p.call.StartedAt, p.call.Talk, p.call.AudioAfter, err, vc.State, vc.Stage, vc.Reason, vc.Detail, vc.NextAttemptAt))
		}
	}
	jobs, err := s.store.ScheduledJobs(s.ctx, "")
	s.must(err)
	for _, j := range jobs {
		out = append(out, fmt.Sprintf("%s next %v failures %d: %s", j.Kind, j.NextRunAt, j.Failures, j.LastResult))
	}
	return strings.Join(append(out, fmt.Sprintf("outages %v, refusals %v", s.net.outages, s.net.revoked)), "\n")
}

func quiet() *slog.Logger { return slog.New(slog.DiscardHandler) }

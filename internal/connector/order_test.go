package connector

import (
	"context"
	"maps"
	"slices"
	"testing"
	"time"

	"github.com/google/go-cmp/cmp"

	"earshot/internal/domain"
	"earshot/internal/provider/all"
	"earshot/internal/provider/memory"
	"earshot/internal/store"
	"earshot/internal/testkit"
)

// Sentences of the Voice Connector Guide, "Enable Voice Connector Integration". Step 1 is the connector's toggle, steps 2 and 3 are
// the switch in General Settings.
const (
	sentenceLastWeek = "You can automatically process voice calls associated with the connector from the past 7 days."
	sentenceOrder    = "If you don't want to process voice calls, do steps 2–3 first, and then step 1."
	sentenceAmazon   = "This feature isn't available with Amazon Connect."
	sentenceBoth     = "Verify that the voice connector is enabled in the Voice Connector app and in the Einstein Conversation Insights page in Setup."
)

// place lets a call be made so long ago, which Maria took and which was recorded.
func (r *rig) place(ago time.Duration) string {
	maria := domain.Participant{ProviderUserID: "maria", Name: "Maria", Internal: true}
	return r.Company.Place(memory.Call{
		Ring: 5 * time.Second, Talk: time.Minute, Audio: []byte("audio"),
		Facts: domain.ProviderCall{
			Direction: domain.Inbound, From: "+12125550142", To: "+12125550100", StartedAt: r.Clock.Now().Add(-ago),
			Agent: maria, Participants: []domain.Participant{maria, {Phone: "+12125550142"}},
		},
	})
}

// processed gives by their ids the calls that go on to their recording once everything that is due has run, with how they came in.
func (r *rig) processed(t *testing.T) map[string]domain.Via {
	t.Helper()
	ctx := context.Background()
	r.run(t)
	found, _, err := r.Store.VCCalls(ctx, store.VCCallFilter{Limit: 100})
	testkit.Must(t, err)
	out := map[string]domain.Via{}
	for _, vc := range found {
		testkit.Must(t, r.p.Describe(ctx, vc.ID))
		vc, err = r.Store.VCCall(ctx, vc.ID)
		testkit.Must(t, err)
		if vc.State == domain.StateProcessing && vc.Stage == domain.StageFetch {
			out[vc.ProviderCallID] = vc.Via
		} else {
			t.Errorf("a call of %v is %s %s %s", vc.Snapshot.StartedAt, vc.State, vc.Reason, vc.Detail)
		}
	}
	return out
}

// TestTheOrderOfTheSwitches decides whether calls of the last seven days are processed (VC-9).
func TestTheOrderOfTheSwitches(t *testing.T) {
	t.Parallel()
	const week = 7 * 24 * time.Hour
	for _, c := range []struct {
		sentence string
		provider domain.Provider
		steps    []Switches
		lastWeek bool
	}{
		{sentenceLastWeek, domain.Aircall, []Switches{enable, general}, true},
		{sentenceLastWeek, domain.Dialpad, []Switches{enable, general}, true},
		{sentenceLastWeek, domain.RingCentral, []Switches{enable, general}, true},
		{sentenceAmazon, domain.AmazonConnect, []Switches{enable, general}, false},
		{sentenceOrder, domain.Aircall, []Switches{general, enable}, false},
		{sentenceOrder, domain.Dialpad, []Switches{general, enable}, false},
		{sentenceOrder, domain.RingCentral, []Switches{general, enable}, false},
		{sentenceOrder, domain.AmazonConnect, []Switches{general, enable}, false},
	} {
		t.Run(string(c.provider)+": "+c.sentence, func(t *testing.T) {
			t.Parallel()
			r := newRig(t, nil, nil)
			r.User(t, "Maria", func(u *domain.User) { u.Identifiers = map[domain.Provider]string{c.provider: "maria"} }, domain.PermForSales)
			if c.provider == domain.AmazonConnect { // which has no ids of users
				r.User(t, "Line", func(u *domain.User) { u.Phones = []domain.UserPhone{{Number: "+12125550100"}} }, domain.PermForSales)
			}
			r.ready(t, c.provider)
			r.place(week + time.Minute)
			oldest, recent := r.place(week-time.Minute), r.place(time.Hour)
			if v := r.turn(t, c.provider, c.steps[0]); v.On() || len(r.scheduled(t, c.provider)) != 0 || len(r.processed(t)) != 0 {
				t.Fatalf("it is on by one switch: %s", sentenceBoth)
			}
			if v := r.turn(t, c.provider, c.steps[1]); !v.On() {
				t.Fatal("it is off with both switches")
			}
			var want []string
			if c.lastWeek {
				want = []string{oldest, recent}
			}
			got := r.processed(t)
			if diff := cmp.Diff(want, slices.Sorted(maps.Keys(got))); diff != "" || c.lastWeek && got[oldest] != domain.ViaBackfill {
				t.Errorf("processed at once: %v (-want +got)\n%s", got, diff)
			}
			since := r.place(-time.Minute)
			r.Clock.Advance(time.Hour)
			if got := r.processed(t); len(got) != len(want)+1 || got[since] != domain.ViaHourly {
				t.Errorf("an hour later: %v, want the call that was made since, too", got)
			}
		})
	}
}

// TestTheOrderCountsEachTime: what was switched off and on again follows the order of that time.
func TestTheOrderCountsEachTime(t *testing.T) {
	t.Parallel()
	cases := map[string]struct {
		steps    []Switches
		lastWeek bool
	}{
		"General Settings off and on":               {[]Switches{general, enable, generalsOff, general}, true},
		"the connector off and on":                  {[]Switches{enable, general, disable, enable}, false},
		"both off, the connector first":             {[]Switches{general, enable, disable, generalsOff, enable, general}, true},
		"both off, General Settings first":          {[]Switches{enable, general, generalsOff, disable, general, enable}, false},
		"the connector first, but twice":            {[]Switches{enable, enable, general, general}, true},
		"General Settings first, but twice":         {[]Switches{general, general, enable, enable}, false},
		"the connector is on, and is turned again":  {[]Switches{enable, {Enabled: &yes, ProviderEnabled: &yes}}, true},
		"General Settings is on, turned once again": {[]Switches{general, {Enabled: &yes, ProviderEnabled: &yes}}, false},
	}
	r := named(t, cases, nil)
	for name, c := range cases {
		p := domain.Provider(name)
		r.ready(t, p)
		for i := range c.steps {
			c.steps[i].DeleteJobs = true
		}
		v := r.turn(t, p, c.steps...)
		job, scheduled := r.scheduled(t, p)[domain.ScheduleBackfill]
		if !v.On() || scheduled != c.lastWeek {
			t.Errorf("%s: on %v, last week %v", name, v.On(), scheduled)
		}
		from := r.Clock.Now()
		if c.lastWeek {
			from = from.AddDate(0, 0, -7)
		}
		if !v.EnabledAt.Equal(from) || c.lastWeek && (!job.From.Equal(from) || !job.To.Equal(r.Clock.Now())) {
			t.Errorf("%s: calls count from %v, want %v; the job is of %v to %v", name, v.EnabledAt, from, job.From, job.To)
		}
	}
}

// TestDriversDeclareTheGuide: what the other tests take for granted is what the drivers of this version say.
func TestDriversDeclareTheGuide(t *testing.T) {
	t.Parallel()
	for p, o := range all.Openers() {
		want, known := backfills[p]
		if !known || o.Info.Abilities.Backfill != want {
			t.Errorf("%s processes the last seven days: %v, want %v (%s)", p, o.Info.Abilities.Backfill, want, sentenceAmazon)
		}
	}
}

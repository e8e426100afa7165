package connector

import (
	"context"
	"strings"
	"testing"
	"time"

	"earshot/internal/domain"
	"earshot/internal/provider"
	"earshot/internal/provider/memory"
	"earshot/internal/testkit"
)

// TestWhatEnablingNeeds: all that is missing is named, and nothing is changed.
func TestWhatEnablingNeeds(t *testing.T) {
	t.Parallel()
	const credential, user = "not authenticated", "no integration user"
	ctx := context.Background()
	r := newRig(t, nil, nil)
	try := func(in Switches, want ...string) {
		t.Helper()
		_, err := r.s.SetSwitches(ctx, r.admin, domain.Aircall, in)
		if len(want) == 0 {
			testkit.Must(t, err)
			return
		}
		if domain.CodeOf(err) != "not_ready_to_enable" {
			t.Errorf("enabling gave %v", err)
		}
		for _, missing := range []string{credential, user} {
			named := false
			for _, w := range want {
				named = named || w == missing
			}
			if strings.Contains(domain.MessageOf(err), missing) != named {
				t.Errorf("%q: want it to say that %q is missing: %v", domain.MessageOf(err), missing, named)
			}
		}
	}
	try(enable, credential, user)
	if v, err := r.s.Get(ctx, r.admin, domain.Aircall); err != nil || v.Configured || v.Enabled {
		t.Errorf("a refused switch made a connector: %+v, %v", v.Connector, err)
	}
	try(general) // which is another page, and asks for nothing
	r.credential(t, domain.Aircall, map[string]string{"key": memory.Key})
	try(enable, credential, user)
	_, err := r.s.AssignIntegrationUser(ctx, r.admin, domain.Aircall)
	testkit.Must(t, err)
	try(enable, credential)
	_, err = r.s.AcceptTerms(ctx, r.admin, domain.Aircall, TermsVersion)
	testkit.Must(t, err)
	try(enable, credential)
	_, err = r.s.Test(ctx, r.admin, domain.Aircall)
	testkit.Must(t, err)
	try(enable)
	r.credential(t, domain.Aircall, map[string]string{"key": "wrong"})
	// Off is always possible, though the provider cannot be told to send no more events.
	if _, err := r.s.SetSwitches(ctx, r.admin, domain.Aircall, disable); err != nil && !domain.IsKind(err, domain.KindUnauthorized) {
		t.Error(err)
	}
	if r.connector(t, domain.Aircall).Enabled {
		t.Error("it is still on")
	}
	try(Switches{Enabled: &yes, DeleteJobs: true}, credential)
	if c := r.connector(t, domain.Aircall); c.Enabled || len(r.scheduled(t, domain.Aircall)) == 0 {
		t.Error("a refused switch changed something")
	}
}

// TestJobsStandInTheWay: "If the scheduled jobs aren't deleted, you can't enable the connector again" (Voice Connector Guide p. 8).
func TestJobsStandInTheWay(t *testing.T) {
	t.Parallel()
	ctx := context.Background()
	for name, c := range map[string]struct {
		off, on Switches
	}{
		"the connector":    {disable, enable},
		"General Settings": {generalsOff, general},
		"both":             {Switches{Enabled: &no, ProviderEnabled: &no}, Switches{Enabled: &yes, ProviderEnabled: &yes}},
	} {
		t.Run(name, func(t *testing.T) {
			t.Parallel()
			r := newRig(t, nil, nil)
			r.ready(t, domain.Aircall)
			r.turn(t, domain.Aircall, enable, general)
			first := r.scheduled(t, domain.Aircall)
			if len(first) != 3 {
				t.Fatalf("scheduled at first: %v", first)
			}
			r.run(t) // the back-fill is done, and stands in nobody's way
			r.turn(t, domain.Aircall, c.off)
			_, err := r.s.SetSwitches(ctx, r.admin, domain.Aircall, c.on)
			if domain.CodeOf(err) != "jobs_remain" || !domain.IsKind(err, domain.KindConflict) || !strings.Contains(err.Error(), "2 scheduled jobs remain") {
				t.Fatalf("switching on gave %v", err)
			}
			if r.connector(t, domain.Aircall).On() || len(r.scheduled(t, domain.Aircall)) != 2 {
				t.Error("the refusal changed something")
			}
			one := c.on
			one.DeleteJobs = true
			if v := r.turn(t, domain.Aircall, one); !v.On() {
				t.Error("deleting and enabling at once left it off")
			}
			for kind, j := range r.scheduled(t, domain.Aircall) {
				if j.ID == first[kind].ID {
					t.Errorf("the old %s job is still there", kind)
				}
			}
			r.turn(t, domain.Aircall, c.off)
			for _, j := range r.scheduled(t, domain.Aircall) {
				testkit.Must(t, r.s.DeleteScheduledJob(ctx, r.admin, j.ID))
			}
			if v := r.turn(t, domain.Aircall, c.on); !v.On() {
				t.Error("off, though the jobs were deleted by hand")
			}
		})
	}
}

// TestJobsOfASwitchedOffConnector do nothing: no call arrives, no request is made.
func TestJobsOfASwitchedOffConnector(t *testing.T) {
	t.Parallel()
	r := newRig(t, nil, nil)
	r.ready(t, domain.Dialpad)
	r.place(time.Hour)
	r.turn(t, domain.Dialpad, enable, general, generalsOff)
	asked := r.Company.Seen().Requests
	r.run(t)
	if n := r.Rows(t, "vc_calls"); n != 0 || r.Company.Seen().Requests != asked {
		t.Errorf("%d VC Calls, %d requests", n, r.Company.Seen().Requests-asked)
	}
}

// TestWhichJobsAProviderNeeds: by what its driver declares.
func TestWhichJobsAProviderNeeds(t *testing.T) {
	t.Parallel()
	r := newRig(t, func(o *provider.Opener) { o.Info.Abilities.Polls = o.Info.Provider == domain.AmazonConnect }, nil)
	for p, want := range map[domain.Provider][]domain.ScheduleKind{
		domain.Aircall:       {domain.ScheduleHourly, domain.ScheduleWatch, domain.ScheduleBackfill},
		domain.AmazonConnect: {domain.ScheduleHourly, domain.ScheduleWatch, domain.SchedulePoll},
	} {
		r.ready(t, p)
		v := r.turn(t, p, enable, general)
		got := r.scheduled(t, p)
		for _, kind := range want {
			if j, ok := got[kind]; !ok || !j.NextRunAt.Equal(r.Clock.Now()) || j.CreatedBy != "" {
				t.Errorf("%s: the %s job: %+v", p, kind, j)
			}
		}
		if len(got) != len(want) || !v.FirstDayUntil.Equal(r.Clock.Now().Add(24*time.Hour)) {
			t.Errorf("%s: %v, the first day until %v", p, got, v.FirstDayUntil)
		}
	}
}

// TestSubscriptionFollowsTheSwitches, is repaired by the watch, and is not needed.
func TestSubscriptionFollowsTheSwitches(t *testing.T) {
	t.Parallel()
	ctx := context.Background()
	r := newRig(t, nil, nil)
	r.ready(t, domain.Aircall)
	if v := r.turn(t, domain.Aircall, enable); v.SubscriptionID != "" || len(r.Company.Subscriptions()) != 0 {
		t.Error("subscribed with one switch")
	}
	v := r.turn(t, domain.Aircall, general)
	subs := r.Company.Subscriptions()
	if len(subs) != 1 || subs[0].ID != v.SubscriptionID || subs[0].Address != v.Site || subs[0].Secret != r.connector(t, domain.Aircall).Credential.Fields["subscription_secret"] {
		t.Fatalf("%+v for %s at %s", subs, v.SubscriptionID, v.Site)
	}
	r.Company.Forget(v.SubscriptionID)
	_, err := r.s.Watch(ctx, r.connector(t, domain.Aircall))
	testkit.Must(t, err)
	if subs = r.Company.Subscriptions(); len(subs) != 1 || subs[0].ID != r.connector(t, domain.Aircall).SubscriptionID {
		t.Errorf("after it was removed at the provider: %+v", subs)
	}
	r.Company.Forget(subs[0].ID)
	if v := r.turn(t, domain.Aircall, disable); v.SubscriptionID != "" || len(r.Company.Subscriptions()) != 0 {
		t.Errorf("off: subscription %q, %+v", v.SubscriptionID, r.Company.Subscriptions())
	}

	// A key that may not subscribe leaves the connector on: calls are pulled, and the watch tries again.
	r.Company.SetFaults(memory.Faults{NoSubscriptions: true})
	again := Switches{Enabled: &yes, DeleteJobs: true}
	if _, err := r.s.SetSwitches(ctx, r.admin, domain.Aircall, again); !domain.IsKind(err, domain.KindScopeMissing) || !r.connector(t, domain.Aircall).On() {
		t.Errorf("%v; on %v", err, r.connector(t, domain.Aircall).On())
	}
	r.Company.SetFaults(memory.Faults{})
	said, err := r.s.Watch(ctx, r.connector(t, domain.Aircall))
	if err != nil || said != "the credential works and the subscription is alive" || len(r.Company.Subscriptions()) != 1 {
		t.Errorf("the watch says %q, %v", said, err)
	}

	// The provider is down while the connector is switched off: the subscription is removed once it is there again.
	r.Company.SetFaults(memory.Faults{Outage: true})
	if v := r.turn(t, domain.Aircall, disable); v.On() || len(r.Company.Subscriptions()) != 1 {
		t.Errorf("off during an outage: on %v, %+v", v.On(), r.Company.Subscriptions())
	}
	testkit.Must(t, r.s.RemoveSubscriptions(ctx))
	r.Company.SetFaults(memory.Faults{})
	testkit.Must(t, r.s.RemoveSubscriptions(ctx))
	if len(r.Company.Subscriptions()) != 0 || r.connector(t, domain.Aircall).SubscriptionID != "" {
		t.Errorf("after the outage: %+v", r.Company.Subscriptions())
	}

	quiet := newRig(t, nil, func(c *Config) { c.PublicURL = "" })
	quiet.ready(t, domain.Aircall)
	if v := quiet.turn(t, domain.Aircall, enable, general); !v.On() || v.Site != "" || len(quiet.Company.Subscriptions()) != 0 {
		t.Errorf("without a public address: %+v", v)
	}
	if said, err := quiet.s.Watch(ctx, quiet.connector(t, domain.Aircall)); err != nil || !strings.Contains(said, "pulled hourly") {
		t.Errorf("the watch says %q, %v", said, err)
	}
}

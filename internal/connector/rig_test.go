package connector

import (
	"context"
	"testing"
	"time"

	"earshot/internal/domain"
	"earshot/internal/ingest"
	"earshot/internal/pipeline"
	"earshot/internal/provider"
	"earshot/internal/provider/memory"
	"earshot/internal/testkit"
)

// publicURL is where the rig's server would be reached.
const publicURL = "https://earshot.example/"

// backfills tells of each provider whether calls from before enabling are processed: "from the past 7 days. This feature isn't available
// with Amazon Connect" (Voice Connector Guide p. 6).
var backfills = map[domain.Provider]bool{domain.Aircall: true, domain.Dialpad: true, domain.RingCentral: true, domain.AmazonConnect: false}

// rig is a Service over a store of its own. Behind each provider's name is the reference driver, with one company for all.
type rig struct {
	*testkit.Kit
	s     *Service
	in    *ingest.Ingest
	p     *pipeline.Pipeline
	admin domain.User
}

// named lets a rig have a connector of its own for each name, with the reference driver.
func named[T any](t *testing.T, cases map[string]T, declare func(*provider.Opener)) *rig {
	return newRig(t, declare, func(c *Config) {
		for name := range cases {
			o := c.Openers[domain.Dialpad]
			o.Info.Provider = domain.Provider(name)
			c.Openers[o.Info.Provider] = o
		}
	})
}

// newRig changes what the drivers declare, and the configuration.
func newRig(t *testing.T, declare func(*provider.Opener), change func(*Config)) *rig {
	t.Helper()
	r := &rig{Kit: testkit.New(t)}
	openers := map[domain.Provider]provider.Opener{}
	for p, back := range backfills {
		o := r.Opener()
		o.Info.Provider, o.Info.Name, o.Info.Abilities.Backfill = p, "the "+string(p), back
		if declare != nil {
			declare(&o)
		}
		openers[p] = o
	}
	pool := provider.NewPool(provider.PoolConfig{Openers: openers, Ledger: r.Store, Tokens: r.Store, Logger: r.Logger, Now: r.Clock.Now, Sleep: r.pass})
	r.in = ingest.New(ingest.Config{
		Store: r.Store, Open: pool.Open, Logger: r.Logger, Now: r.Clock.Now,
		Watch:    func(ctx context.Context, c domain.Connector) (string, error) { return r.s.Watch(ctx, c) },
		Rejected: func(ctx context.Context, id string, err error) { r.s.Rejected(ctx, id, err) },
	})
	c := Config{Store: r.Store, Openers: openers, Open: pool.Open, Account: pool.Account, Ingest: r.in, PublicURL: publicURL, Logger: r.Logger, Now: r.Clock.Now}
	if change != nil {
		change(&c)
	}
	r.s = New(c)
	r.p = pipeline.New(pipeline.Config{Store: r.Store, Open: pool.Open, Rejected: r.s.Rejected, Logger: r.Logger, Now: r.Clock.Now})
	r.admin = r.Admin(t)
	_, err := r.s.Install(context.Background(), r.admin, domain.ForAdmins, nil)
	testkit.Must(t, err)
	return r
}

// pass is a pause that passes at once.
func (r *rig) pass(ctx context.Context, d time.Duration) error {
	r.Clock.Advance(d)
	return ctx.Err()
}

// ready enters and tests the right key and assigns the admin: all that enabling needs.
func (r *rig) ready(t *testing.T, p domain.Provider) {
	t.Helper()
	r.credential(t, p, map[string]string{"key": memory.Key})
	_, err := r.s.Test(context.Background(), r.admin, p)
	testkit.Must(t, err)
	_, err = r.s.AcceptTerms(context.Background(), r.admin, p, TermsVersion)
	testkit.Must(t, err)
	_, err = r.s.AssignIntegrationUser(context.Background(), r.admin, p)
	testkit.Must(t, err)
}

func (r *rig) credential(t *testing.T, p domain.Provider, fields map[string]string) View {
	t.Helper()
	v, err := r.s.SaveCredential(context.Background(), r.admin, p, fields, nil)
	testkit.Must(t, err)
	return v
}

// connector is what is stored.
func (r *rig) connector(t *testing.T, p domain.Provider) domain.Connector {
	t.Helper()
	c, err := r.Store.ConnectorByProvider(context.Background(), p)
	testkit.Must(t, err)
	return c
}

var (
	yes, no              = true, false
	enable, general      = Switches{Enabled: &yes}, Switches{ProviderEnabled: &yes}
	disable, generalsOff = Switches{Enabled: &no}, Switches{ProviderEnabled: &no}
)

// turn turns switches one after the other.
func (r *rig) turn(t *testing.T, p domain.Provider, steps ...Switches) View {
	t.Helper()
	var v View
	for _, in := range steps {
		var err error
		v, err = r.s.SetSwitches(context.Background(), r.admin, p, in)
		testkit.Must(t, err)
	}
	return v
}

// scheduled gives the kinds of the scheduled jobs that are not done.
func (r *rig) scheduled(t *testing.T, p domain.Provider) map[domain.ScheduleKind]domain.ScheduledJob {
	t.Helper()
	jobs, err := r.Store.ScheduledJobs(context.Background(), r.connector(t, p).ID)
	testkit.Must(t, err)
	out := map[domain.ScheduleKind]domain.ScheduledJob{}
	for _, j := range jobs {
		if _, twice := out[j.Kind]; twice {
			t.Errorf("two scheduled jobs are %s", j.Kind)
		}
		if j.DoneAt.IsZero() {
			out[j.Kind] = j
		}
	}
	return out
}

// run runs the scheduled jobs that are due.
func (r *rig) run(t *testing.T) {
	t.Helper()
	jobs, err := r.Store.ScheduledJobs(context.Background(), "")
	testkit.Must(t, err)
	for _, j := range jobs {
		testkit.Must(t, r.in.Run(context.Background(), domain.RunJob{ScheduledJobID: j.ID}))
	}
}

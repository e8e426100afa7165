//go:build linux

package app_test

import (
	"context"
	"log/slog"
	"math/rand/v2"
	"net/http/httptest"
	"os"
	"os/exec"
	"path/filepath"
	"testing"
	"time"

	"earshot/internal/app"
	"earshot/internal/config"
	"earshot/internal/connector"
	"earshot/internal/demo"
	"earshot/internal/demo/company"
	"earshot/internal/domain"
	"earshot/internal/identity"
	"earshot/internal/ingest"
	"earshot/internal/secret"
	"earshot/internal/store"
	"earshot/internal/testkit/postgres"
)

// Of TestKilledServerWithAllProviders.
const (
	allKills    = 8
	callsOfEach = 3
)

// TestKilledServerWithAllProviders kills the real server again and again while calls of four providers arrive, by webhooks with a token, by
// signed webhooks, by handshake and session events, and by a queue. What a provider does not repeat is found by the hourly listing.
func TestKilledServerWithAllProviders(t *testing.T) {
	if testing.Short() {
		t.Skip("takes a minute or two")
	}
	root := t.TempDir()
	binary := filepath.Join(root, "earshot")
	build := exec.Command("go", "build", "-o", binary, "earshot/cmd/earshot")
	build.Env = append(os.Environ(), "CGO_ENABLED=0")
	if out, err := build.CombinedOutput(); err != nil {
		t.Fatalf("build: %v\n%s", err, out)
	}
	for _, database := range []string{"SQLite", "PostgreSQL"} {
		t.Run(database, func(t *testing.T) {
			c := config.Config{DataDir: filepath.Join(root, database), Addr: freeAddr(t), ModelsDir: engineDir(t)}
			if database == "PostgreSQL" {
				c.DatabaseURL = postgres.URL(t)
			}
			c.PublicURL = "http://" + c.Addr
			if err := c.Complete(); err != nil {
				t.Fatal(err)
			}
			seed := seed(t)
			t.Logf("to repeat: %s=%d", seedEnv, seed)
			k := &killingAll{t: t, config: c, random: rand.New(rand.NewPCG(seed, 1)), server: newServer(t, binary, c), placed: map[string]bool{}}
			k.connect()
			k.run()
			k.check()
		})
	}
}

// killingAll is one run of the test.
type killingAll struct {
	t         *testing.T
	config    config.Config
	random    *rand.Rand
	server    *server
	providers map[domain.Provider]*demo.Provider
	placed    map[string]bool // by provider and id of the call
}

// connect makes the installation as an admin would, and stops it before any call happens.
func (k *killingAll) connect() {
	k.t.Helper()
	ctx := k.t.Context()
	a, err := app.Open(ctx, k.config, slog.New(slog.DiscardHandler), app.Options{})
	k.must(err)
	admin, err := a.Identity.CreateAdmin(ctx, "Admin", "admin@larkspur.example", "a password for this test")
	k.must(err)
	k.providers = map[domain.Provider]*demo.Provider{}
	ids := map[domain.Provider]string{domain.AmazonConnect: "maria.lopez@larkspur.example"}
	for _, p := range demo.Providers() {
		server := httptest.NewUnstartedServer(nil)
		k.providers[p], err = demo.NewProvider(p, "http://"+server.Listener.Addr().String())
		k.must(err)
		server.Config.Handler = k.providers[p]
		server.Start()
		k.t.Cleanup(server.Close)
		if p != domain.AmazonConnect {
			ids[p] = "4101"
		}
	}
	k.must(a.Identity.Import(ctx, admin, []identity.Imported{{Since: time.Now().AddDate(0, -1, 0), UserInput: identity.UserInput{
		Name: "Maria Lopez", Email: "maria.lopez@larkspur.example", Profile: domain.ProfileStandard, PermissionSets: []string{domain.PermForSales}, Identifiers: ids}}}))
	admin, err = a.Store.User(ctx, admin.ID)
	k.must(err)
	_, err = a.Connector.Install(ctx, admin, domain.ForAdmins, nil)
	k.must(err)
	k.server.start() // RingCentral tries out the address before it subscribes
	k.server.signal(9)
	for _, p := range demo.Providers() {
		credential, settings := k.providers[p].Account()
		_, err := a.Connector.SaveCredential(ctx, admin, p, credential, settings)
		k.must(err)
		_, err = a.Connector.Test(ctx, admin, p)
		k.must(err)
		_, err = a.Connector.AcceptTerms(ctx, admin, p, connector.TermsVersion)
		k.must(err)
		_, err = a.Connector.AssignIntegrationUser(ctx, admin, p)
		k.must(err)
	}
	k.must(a.Store.InTx(ctx, func(ctx context.Context, tx *store.Tx) error { return k.enable(ctx, tx) }))
	k.must(a.Close())
}

// enable turns the switches without asking the providers: the watch of the running server subscribes.
func (k *killingAll) enable(ctx context.Context, tx *store.Tx) error {
	all, err := tx.Connectors(ctx)
	for _, c := range all {
		if err != nil {
			return err
		}
		c.Enabled, c.ProviderEnabled, c.EnabledAt, c.SyncCursor = true, true, time.Now().Add(-time.Hour), time.Now()
		if err = tx.SaveConnector(ctx, c); err != nil {
			return err
		}
		for _, kind := range []domain.ScheduleKind{domain.ScheduleWatch, domain.ScheduleHourly, domain.SchedulePoll} {
			if kind == domain.SchedulePoll && c.Provider != domain.AmazonConnect {
				continue
			}
			if _, err = ingest.Schedule(ctx, tx, domain.ScheduledJob{ConnectorID: c.ID, Kind: kind}, time.Now()); err != nil {
				return err
			}
		}
	}
	return err
}

func (k *killingAll) must(err error) {
	k.t.Helper()
	if err != nil {
		k.t.Fatal(err)
	}
}

// run lets calls happen and kills the server, over and over; then it may live.
func (k *killingAll) run() {
	ctx, stop := context.WithCancel(k.t.Context())
	defer stop()
	k.server.start()
	k.server.waitReady()
	k.waitSubscribed()
	for _, p := range k.providers {
		go p.Run(ctx)
	}
	for round := range allKills {
		if round < callsOfEach*2 && round%2 == 0 {
			k.place()
		}
		lived := time.Duration(300+k.random.IntN(2500)) * time.Millisecond
		<-time.After(lived)
		k.server.kill()
		k.server.start()
		k.server.waitReady()
	}
	k.settle()
	k.server.stop()
}

func (k *killingAll) waitSubscribed() {
	k.t.Helper()
	k.withStore(func(s *store.Store) {
		waitFor(k.t, "the subscriptions", func() bool {
			all, err := s.Connectors(k.t.Context())
			k.must(err)
			for _, c := range all {
				if c.Provider != domain.AmazonConnect && c.SubscriptionID == "" {
					return false
				}
			}
			return true
		})
	})
}

// place lets one call of each provider happen.
func (k *killingAll) place() {
	k.t.Helper()
	for name, p := range k.providers {
		c := k.script(p.Company)
		c.Ring, c.Talk = time.Second, 31*time.Second
		ago := time.Duration(0)
		if name == domain.AmazonConnect {
			c.Talk = 11 * time.Second
			ago = -c.Ring - c.Talk // begins now
		}
		id, err := p.Place(c, ago, false)
		k.must(err)
		k.placed[string(name)+"/"+id] = true
	}
}

// script is an ordinary call of Maria's.
func (k *killingAll) script(c company.Company) company.Call {
	for _, call := range c.Calls {
		if call.Slug == "wrong-number" {
			call.AgentEmail = "maria.lopez@larkspur.example"
			return call
		}
	}
	k.t.Fatal("no such script")
	return company.Call{}
}

// settle lets the hourly listing come now, and waits until every call is processed.
func (k *killingAll) settle() {
	k.t.Helper()
	k.withStore(func(s *store.Store) {
		in := ingest.New(ingest.Config{Store: s, Now: time.Now, Logger: slog.New(slog.DiscardHandler)})
		began := time.Now()
		defer k.explain(s)
		waitFor(k.t, "all calls to be processed", func() bool {
			k.server.mustRun()
			if time.Since(began) > 5*time.Second {
				began = time.Now()
				k.listNow(s, in)
			}
			counts, err := s.VCCallCounts(k.t.Context())
			k.must(err)
			return counts[domain.StateProcessed] >= len(k.placed)
		})
	})
}

// explain logs where every call is.
func (k *killingAll) explain(s *store.Store) {
	found, _, err := s.VCCalls(context.Background(), store.VCCallFilter{Limit: 200})
	k.t.Logf("%d calls placed, %d known, %v", len(k.placed), len(found), err)
	for _, vc := range found {
		k.t.Logf("%s %s by %s: %s/%s %s %s, next %v", vc.Provider, vc.ProviderCallID, vc.Via, vc.State, vc.Stage, vc.Reason, vc.Detail, vc.NextAttemptAt)
	}
	jobs, err := s.ScheduledJobs(context.Background(), "")
	for _, j := range jobs {
		k.t.Logf("%s %s: %s (%d failures), next %v, %v", j.Provider, j.Kind, j.LastResult, j.Failures, j.NextRunAt, err)
	}
}

func (k *killingAll) listNow(s *store.Store, in *ingest.Ingest) {
	jobs, err := s.ScheduledJobs(k.t.Context(), "")
	k.must(err)
	for _, j := range jobs {
		if j.Kind == domain.ScheduleHourly {
			k.must(in.RunNow(k.t.Context(), j.ID))
		}
	}
}

func (k *killingAll) withStore(do func(*store.Store)) {
	k.t.Helper()
	keyring, err := secret.Load(k.config.MasterKeyFile)
	k.must(err)
	s, err := store.Open(k.t.Context(), store.Config{URL: k.config.DatabaseURL, DataDir: k.config.DataDir, NodeID: "test", Keyring: keyring, Logger: slog.New(slog.DiscardHandler), Now: time.Now})
	k.must(err)
	do(s)
	k.must(s.Close())
}

// check: each call once, processed, with one recording; nothing else.
func (k *killingAll) check() {
	k.withStore(func(s *store.Store) {
		found, _, err := s.VCCalls(k.t.Context(), store.VCCallFilter{Limit: 200})
		k.must(err)
		seen := map[string]bool{}
		for _, vc := range found {
			key := string(vc.Provider) + "/" + vc.ProviderCallID
			if !k.placed[key] || seen[key] || vc.State != domain.StateProcessed || vc.CallID == "" {
				k.t.Errorf("%s: placed %v, seen before %v, %s %s %s", key, k.placed[key], seen[key], vc.State, vc.Reason, vc.Detail)
			}
			seen[key] = true
		}
		for key := range k.placed {
			if !seen[key] {
				k.t.Errorf("%s is lost", key)
			}
		}
	})
}

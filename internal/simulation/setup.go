package simulation

import (
	"context"
	"math/rand/v2"
	"net/http"
	"net/http/httptest"
	"path/filepath"
	"testing"
	"time"

	"earshot/internal/audio"
	"earshot/internal/blob"
	"earshot/internal/connector"
	"earshot/internal/domain"
	"earshot/internal/ingest"
	"earshot/internal/pipeline"
	"earshot/internal/provider"
	"earshot/internal/provider/providertest"
	"earshot/internal/secret"
	"earshot/internal/speech"
	"earshot/internal/store"
	"earshot/internal/testkit"
)

type providerInfo = provider.Info

// future is far enough ahead that no job of the simulation is due by the machine's clock.
const future = 20 * 365 * 24 * time.Hour

func newSim(t *testing.T, h providertest.Harness, size Size, seed uint64) *sim {
	t.Helper()
	s := &sim{t: t, ctx: t.Context(), size: size, info: h.Info, random: rand.New(rand.NewPCG(seed, 0)), clock: providertest.NewClock()}
	s.clock.Advance(future)
	s.world = h.NewWorld(t, s.clock)
	dir := t.TempDir()
	keyring, err := secret.Load(filepath.Join(dir, "key"))
	s.must(err)
	s.store, err = store.Open(s.ctx, store.Config{DataDir: dir, Keyring: keyring, Logger: quiet(), Now: s.now, Sleep: s.sleep})
	s.must(err)
	t.Cleanup(func() { _ = s.store.Close() })
	s.blobs, err = blob.OpenDir(s.ctx, filepath.Join(dir, "blobs"))
	s.must(err)
	t.Cleanup(func() { _ = s.blobs.Close() })
	s.queue = openQueue(t, dir)
	s.use.quotas = h.Info.Quotas
	s.net = &network{sends: s.sends, random: rand.New(rand.NewPCG(seed, 1)), step: s.step, now: s.clock.Now, shake: s.shake}
	site := httptest.NewServer(s.net)
	t.Cleanup(site.Close)
	s.boot()
	s.connector.PublicURL = site.URL
	s.publicURL = site.URL
	return s
}

// boot starts our process on what is stored.
func (s *sim) boot() {
	openers := map[domain.Provider]provider.Opener{s.info.Provider: s.world.Opener()}
	pool := provider.NewPool(provider.PoolConfig{Openers: openers, Ledger: s.store, Tokens: s.store, Transport: s.net, Logger: quiet(), Now: s.now, Sleep: s.sleep})
	s.ingest = ingest.New(ingest.Config{
		Store: s.store, Open: pool.Open, Logger: quiet(), Now: s.now,
		Watch:    func(ctx context.Context, c domain.Connector) (string, error) { return s.connector.Watch(ctx, c) },
		Rejected: func(ctx context.Context, id string, err error) { s.connector.Rejected(ctx, id, err) },
	})
	s.connector = connector.New(connector.Config{Store: s.store, Openers: openers, Open: pool.Open, Account: pool.Account, Ingest: s.ingest, PublicURL: s.publicURL, Logger: quiet(), Now: s.now})
	s.pipeline = pipeline.New(pipeline.Config{
		Store: s.store, Blobs: s.blobs, Open: pool.Open, Rejected: s.connector.Rejected, Engine: engine{}, Tools: func() audio.Tools { return audio.Tools{} }, MaxBytes: 1 << 24, Logger: quiet(), Now: s.now,
	})
}

// sends notes a request of ours in the groups of its limits.
func (s *sim) sends(req *http.Request) {
	groups := []string{""}
	if f := s.world.Opener().Groups; f != nil {
		groups = f(req)
	}
	s.use.sends(groups, s.clock.Now())
}

// engine hears the same in every recording.
type engine struct{}

func (engine) Info() speech.Info {
	return speech.Info{Name: "scripted", Model: "simulation", Languages: []string{"en"}, Concurrency: 1}
}

func (engine) Transcribe(_ context.Context, a speech.Audio, _ speech.Options) ([]speech.Utterance, error) {
	return []speech.Utterance{{End: a.Seconds(), Text: "I will send you the offer tomorrow."}}, nil
}

// shake answers a provider that tries out our address, as the site does.
func (s *sim) shake(header http.Header, body []byte) http.Header {
	conn, err := s.store.ConnectorByProvider(s.ctx, s.info.Provider)
	if err != nil {
		return nil
	}
	o := s.world.Opener()
	pc, err := provider.New(provider.Config{Opener: o, Credential: conn.Credential.Fields, Settings: conn.Settings, Now: s.clock.Now})
	if err != nil {
		return nil
	}
	return pc.Handshake(header, body)
}

// enable does what an admin does: users, credential, test, and both switches, the connector's first.
func (s *sim) enable() {
	now := s.clock.Now()
	s.admin = s.user("Admin", "admin@x.example", "", domain.PermForSales, domain.PermIntegrationUser)
	credential, settings := s.world.Account()
	p := s.info.Provider
	_, err := s.connector.Install(s.ctx, domain.User{Name: "Installer", Active: true, Profile: domain.ProfileAdministrator}, domain.ForAdmins, nil) // without an address: no mail
	s.must(err)
	_, err = s.connector.SaveCredential(s.ctx, s.admin, p, credential, settings)
	s.must(err)
	report, err := s.connector.Test(s.ctx, s.admin, p)
	s.must(err)
	for _, item := range report.Items {
		if !item.OK {
			s.t.Fatalf("check: %+v", item)
		}
	}
	ids := s.providerIDs(p)
	s.user(providertest.AgentName, providertest.AgentEmail, ids[providertest.AgentEmail], domain.PermForSales)
	s.user(providertest.ColleagueName, providertest.ColleagueEmail, ids[providertest.ColleagueEmail])
	s.must(s.store.InTx(s.ctx, func(ctx context.Context, tx *store.Tx) error {
		_, err := tx.AddExcludedNumbers(ctx, []domain.ExcludedNumber{{ID: store.NewID(), Number: excluded, CreatedAt: now}})
		return err
	}))
	_, err = s.connector.AcceptTerms(s.ctx, s.admin, p, connector.TermsVersion)
	s.must(err)
	_, err = s.connector.AssignIntegrationUser(s.ctx, s.admin, p)
	s.must(err)
	on := true
	for _, step := range []connector.Switches{{Enabled: &on}, {ProviderEnabled: &on}} {
		_, err := s.connector.SetSwitches(s.ctx, s.admin, p, step)
		s.must(err)
	}
}

// providerIDs are those of the company's people, by e-mail.
func (s *sim) providerIDs(p domain.Provider) map[string]string {
	conn, err := s.store.ConnectorByProvider(s.ctx, p)
	s.must(err)
	pc, err := s.connector.Open(conn)
	s.must(err)
	users, err := pc.Users(s.ctx)
	s.must(err)
	ids := map[string]string{}
	for _, u := range users {
		ids[u.Email] = u.ID
	}
	return ids
}

func (s *sim) user(name, email, providerID string, sets ...string) domain.User {
	u := domain.User{ID: store.NewID(), Name: name, Email: email, Profile: domain.ProfileAdministrator, Active: true, CreatedAt: s.clock.Now(), LastModifiedAt: s.clock.Now()}
	for _, set := range sets {
		u.PermissionSets = append(u.PermissionSets, domain.PermissionAssignment{Set: set})
	}
	if providerID != "" {
		u.Identifiers = map[domain.Provider]string{s.info.Provider: providerID}
	}
	testkit.Must(s.t, s.store.InTx(s.ctx, func(ctx context.Context, tx *store.Tx) error { return tx.SaveUser(ctx, u) }))
	return u
}

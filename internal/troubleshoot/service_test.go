package troubleshoot

import (
	"context"
	"errors"
	"fmt"
	"log/slog"
	"slices"
	"strings"
	"testing"
	"time"

	"earshot/internal/audio"
	"earshot/internal/connector"
	"earshot/internal/domain"
	"earshot/internal/ingest"
	"earshot/internal/provider"
	"earshot/internal/provider/memory"
	"earshot/internal/store"
	"earshot/internal/testkit"
)

// newService is a Service over a store of its own, with the reference driver behind its name and that of Amazon Connect.
func newService(t *testing.T, k *testkit.Kit) *Service {
	t.Helper()
	amazon := k.Opener()
	amazon.Info.Provider, amazon.Info.Name = domain.AmazonConnect, "Amazon Connect"
	openers := map[domain.Provider]provider.Opener{memory.Provider: k.Opener(), domain.AmazonConnect: amazon}
	pool := provider.NewPool(provider.PoolConfig{Openers: openers, Ledger: k.Store, Tokens: k.Store, Logger: k.Logger, Now: k.Clock.Now})
	in := ingest.New(ingest.Config{Store: k.Store, Open: pool.Open, Logger: k.Logger, Now: k.Clock.Now})
	return New(Config{
		Store: k.Store, Openers: openers, Open: pool.Open, DataDir: t.TempDir(), ModelsDir: t.TempDir(), Now: k.Clock.Now, Logger: slog.New(slog.DiscardHandler),
		Connector:  connector.New(connector.Config{Store: k.Store, Openers: openers, Open: pool.Open, Account: pool.Account, Ingest: in, Logger: k.Logger, Now: k.Clock.Now}),
		Recordings: func(context.Context) (string, error) { return "the store", nil }, Tools: func() audio.Tools { return audio.Tools{} }, Running: func() bool { return true },
	})
}

func (s *Service) one(t *testing.T, actor domain.User, id string) domain.Check {
	t.Helper()
	checks, err := s.Checks(context.Background(), actor)
	testkit.Must(t, err)
	i := slices.IndexFunc(checks, func(c domain.Check) bool { return c.ID == id })
	if i < 0 {
		t.Fatalf("no check %q among %+v", id, checks)
	}
	return checks[i]
}

// TestSpeechEngine is missed unless a service writes the calls.
func TestSpeechEngine(t *testing.T) {
	t.Parallel()
	k := testkit.New(t)
	s, admin := newService(t, k), k.Admin(t)
	if c := s.one(t, admin, "speech"); c.Status != domain.CheckRed || !strings.Contains(c.Fix, "earshot models pull") {
		t.Errorf("without any: %+v", c)
	}
	k.InTx(t, func(ctx context.Context, tx *store.Tx) error {
		return tx.SaveSpeechSettings(ctx, domain.SpeechSettings{Engine: "deepgram"})
	})
	if c := s.one(t, admin, "speech"); c.Status != domain.CheckGreen || !strings.Contains(c.Found, "deepgram") {
		t.Errorf("with a service: %+v", c)
	}
}

// TestFFmpegIsMissedWhereItIsNeeded: only by providers that send compressed recordings, and by calls that wait for it.
func TestFFmpegIsMissedWhereItIsNeeded(t *testing.T) {
	t.Parallel()
	k := testkit.New(t)
	s, admin := newService(t, k), k.Admin(t)
	expect := func(status domain.CheckStatus, found string) {
		t.Helper()
		if c := s.one(t, admin, "ffmpeg"); c.Status != status || !strings.Contains(c.Found, found) {
			t.Errorf("%+v, want %s and %q", c, status, found)
		}
	}
	expect(domain.CheckNotApplicable, "is not installed")
	amazon := k.Connect(t, func(c *domain.Connector) { c.Provider = domain.AmazonConnect })
	expect(domain.CheckNotApplicable, "needs it not")
	k.InTx(t, func(ctx context.Context, tx *store.Tx) error {
		vc, _, err := tx.UpsertVCCall(ctx, store.Arrival{ConnectorID: amazon.ID, Provider: domain.AmazonConnect, ProviderCallID: "1", Via: domain.ViaRealtime})
		vc.State, vc.Reason = domain.StateWaiting, domain.DecoderMissing
		return errors.Join(err, tx.UpdateVCCall(ctx, &vc))
	})
	expect(domain.CheckRed, "calls wait for it")
	k.Connect(t, nil)
	expect(domain.CheckRed, "is not installed")
}

// TestWhatCannotBeOpened leaves the other checks, and says so.
func TestWhatCannotBeOpened(t *testing.T) {
	t.Parallel()
	k := testkit.New(t)
	admin := k.Admin(t)
	for name, c := range map[string]struct {
		change      func(*Service)
		check, says string
	}{
		"the database": {func(s *Service) { s.Store, s.StoreError = nil, domain.Errorf(domain.KindInvalid, "", "it is damaged") }, "database", "It is damaged."},
		"the key":      {func(s *Service) { s.KeyError = errors.New("the key is gone") }, "master_key", "The key is gone."},
		"recordings": {func(s *Service) {
			s.Recordings = func(context.Context) (string, error) { return "the store", errors.New("no space") }
		}, "recordings", "The store cannot be written: no space."},
	} {
		s := newService(t, k)
		c.change(s)
		if got := s.one(t, admin, c.check); got.Status != domain.CheckRed || got.Found != c.says {
			t.Errorf("%s: %+v", name, got)
		}
		if name != "recordings" && s.one(t, admin, "connectors").Status != domain.CheckUnknown {
			t.Errorf("%s: the connectors were looked at", name)
		}
	}
}

// TestWhoMayTroubleshoot: it takes Customize Application (VC-22).
func TestWhoMayTroubleshoot(t *testing.T) {
	t.Parallel()
	k := testkit.New(t)
	s := newService(t, k)
	for name, u := range map[string]domain.User{"a rep": k.User(t, "Rep", nil, domain.PermForSales), "the guest": {Profile: domain.ProfileGuest, Active: true}, "who left": {Profile: domain.ProfileAdministrator}} {
		_, checks := s.Checks(context.Background(), u)
		_, asked := s.CheckProviders(context.Background(), u)
		_, missing := s.WhyMissing(context.Background(), u, Question{CallID: "1"})
		for _, err := range []error{checks, asked, missing} {
			if !domain.IsKind(err, domain.KindForbidden) {
				t.Errorf("%s: %v", name, err)
			}
		}
	}
	if _, err := s.Checks(context.Background(), k.User(t, "Op", nil, domain.PermAdministrator)); err != nil {
		t.Errorf("who may customize: %v", err)
	}
}

// TestEventsAreLookedThrough by id, number and time, past many that are about other calls and some that nobody can read.
func TestEventsAreLookedThrough(t *testing.T) {
	t.Parallel()
	k := testkit.New(t)
	s, admin := newService(t, k), k.Admin(t)
	conn := k.Connect(t, nil)
	now := k.Clock.Now()
	insert := func(body string, at time.Time) {
		k.InTx(t, func(ctx context.Context, tx *store.Tx) error {
			_, err := tx.InsertEvent(ctx, domain.Event{ID: store.NewID(), ConnectorID: conn.ID, ReceivedAt: at, Body: []byte(body)})
			return err
		})
	}
	event := func(id, from string) string {
		return fmt.Sprintf(`{"name":"ended","at":%q,"call":{"id":%q,"from":%q,"started_at":%q}}`, now.Add(-time.Hour).Format(time.RFC3339), id, from, now.Add(-time.Hour).Format(time.RFC3339))
	}
	insert(event("sought", "+12125550142"), now.Add(-2*time.Minute))
	for i := range eventsPage {
		insert(event(fmt.Sprint("other-", i), "+12125550143"), now.Add(-time.Minute))
	}
	insert("nobody can read this", now)
	for name, c := range map[string]struct {
		ask   Question
		found int
	}{
		"by id":                {Question{CallID: "sought"}, 1},
		"by a number":          {Question{Number: "+1 212 555 0142"}, 1},
		"by number and time":   {Question{Number: "+1 212 555 0142", At: now.Add(-90 * time.Minute)}, 1},
		"at another time":      {Question{Number: "+1 212 555 0142", At: now.Add(-3 * time.Hour)}, 0},
		"of another call":      {Question{CallID: "none"}, 0},
		"too many to be shown": {Question{Number: "+1 212 555 0143"}, shownCalls},
	} {
		a, err := s.WhyMissing(context.Background(), admin, c.ask)
		testkit.Must(t, err)
		n := 0
		for _, f := range a.Findings {
			if f.Code == domain.MissingEventUnread {
				n++
			}
		}
		if n != c.found {
			t.Errorf("%s: %d of %+v", name, n, a)
		}
	}
}

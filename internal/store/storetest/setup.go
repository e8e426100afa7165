package storetest

import (
	"context"
	"errors"
	"sync"
	"testing"
	"time"

	"github.com/google/go-cmp/cmp"

	"earshot/internal/domain"
	"earshot/internal/secret"
	"earshot/internal/store"
)

func testConnectors(t *testing.T, b *bundle) {
	at := func(minutes int) time.Time { return start.Add(time.Duration(minutes) * time.Minute) }
	want := domain.Connector{
		ID: "c", Provider: domain.Aircall, Enabled: true, ProviderEnabled: true, EnabledAt: at(1), FirstDayUntil: at(2), IntegrationUserID: "u",
		SiteSecret: "s", SiteActive: true, Settings: map[string]string{"base_url": "https://api"}, SubscriptionID: "7", SyncCursor: at(3), CreatedAt: at(4), UpdatedAt: at(5),
		Credential: domain.NamedCredential{Fields: map[string]string{"api_token": "t0ken"}, Status: domain.AuthAuthenticated, Scope: "all", CheckedAt: at(6), Problem: "none"},
	}
	save := func(c domain.Connector) {
		t.Helper()
		b.must(t, func(ctx context.Context, tx *store.Tx) error { return tx.SaveConnector(ctx, c) })
	}
	save(want)
	b.must(t, func(ctx context.Context, tx *store.Tx) error {
		return errors.Join(tx.TouchConnectorEvent(ctx, "c", at(8)), tx.TouchConnectorEvent(ctx, "c", at(7)), tx.TouchConnectorSync(ctx, "c", at(9), at(10)))
	})
	want.Settings["base_url"], want.SyncCursor = "https://other", at(10)
	save(want) // an edit does not touch when events and listings came
	want.LastEventAt, want.LastSyncAt = at(8), at(9)
	for name, get := range map[string]func() (domain.Connector, error){
		"id":       func() (domain.Connector, error) { return b.Connector(t.Context(), "c") },
		"provider": func() (domain.Connector, error) { return b.ConnectorByProvider(t.Context(), domain.Aircall) },
		"site":     func() (domain.Connector, error) { return b.ConnectorBySiteSecret(t.Context(), "s") },
	} {
		got, err := get()
		if diff := cmp.Diff(want, got); diff != "" || err != nil {
			t.Errorf("by %s: %v (-want +got)\n%s", name, err, diff)
		}
	}
	if all, err := b.Connectors(t.Context()); err != nil || len(all) != 1 {
		t.Errorf("Connectors: %d, %v", len(all), err)
	}
	if _, err := b.ConnectorBySiteSecret(t.Context(), ""); !domain.IsKind(err, domain.KindNotFound) {
		t.Errorf("an empty secret: %v", err)
	}
}

func testConnectorTakenMeanwhile(t *testing.T, b *bundle) {
	b.addConnector(t)
	err := b.InTx(t.Context(), func(ctx context.Context, tx *store.Tx) error {
		return tx.SaveConnector(ctx, domain.Connector{ID: "other", Provider: domain.Aircall, SiteSecret: "other"})
	})
	if !domain.IsKind(err, domain.KindConflict) {
		t.Errorf("a second connector of the provider: %v, want a conflict", err)
	}
	// Two that load, change and save at once lose nothing.
	var wg sync.WaitGroup
	for _, name := range []string{"a", "b", "c", "d"} {
		wg.Go(func() {
			err := b.InTx(t.Context(), func(ctx context.Context, tx *store.Tx) error {
				c, err := tx.Connector(ctx, testConnector)
				if err != nil {
					return err
				}
				c.Settings[name] = "set"
				return tx.SaveConnector(ctx, c)
			})
			if err != nil {
				t.Error(err)
			}
		})
	}
	wg.Wait()
	c, err := b.Connector(t.Context(), testConnector)
	if err != nil || len(c.Settings) != 4 {
		t.Errorf("settings = %v, %v; want all four", c.Settings, err)
	}
}

func testEvents(t *testing.T, b *bundle) {
	b.addConnector(t)
	want := domain.Event{ID: store.NewID(), ConnectorID: testConnector, ReceivedAt: start, Headers: map[string]string{"User-Agent": "x"}, Body: []byte{0, '{', 0xff}}
	insert := func(e domain.Event) (fresh bool) {
		b.must(t, func(ctx context.Context, tx *store.Tx) (err error) {
			fresh, err = tx.InsertEvent(ctx, e)
			return err
		})
		return fresh
	}
	again, other := want, want
	again.ID, other.ID, other.Body = store.NewID(), store.NewID(), []byte("{}")
	if !insert(want) || insert(again) || !insert(other) {
		t.Error("an event is kept once, and no other is taken for it")
	}
	b.must(t, func(ctx context.Context, tx *store.Tx) error { return tx.MarkEventProcessed(ctx, want.ID) })
	got, err := b.Event(t.Context(), want.ID)
	if diff := cmp.Diff(want, got); diff != "" || err != nil {
		t.Errorf("%v (-want +got)\n%s", err, diff)
	}
	if _, err := b.Event(t.Context(), "none"); !domain.IsKind(err, domain.KindNotFound) {
		t.Errorf("an unknown event: %v", err)
	}
	if _, err := b.Event(t.Context(), again.ID); !domain.IsKind(err, domain.KindNotFound) {
		t.Errorf("the event that came again: %v", err)
	}
	b.clock.add(15 * 24 * time.Hour)
	b.must(t, func(ctx context.Context, tx *store.Tx) error { return tx.PruneEvents(ctx) })
	if _, err := b.Event(t.Context(), want.ID); !domain.IsKind(err, domain.KindNotFound) {
		t.Errorf("an old event that was understood is kept: %v", err)
	}
	if _, err := b.Event(t.Context(), other.ID); err != nil {
		t.Errorf("an old event that was not understood is gone: %v", err)
	}
}

func testUsers(t *testing.T, b *bundle) {
	users := []domain.User{
		{
			ID: "1", Name: "Ada", Email: "Ada@Example.com", Profile: domain.ProfileAdministrator, ManagerID: "2", Active: true, CreatedAt: start, LastModifiedAt: start,
			Identifiers:    map[domain.Provider]string{domain.Aircall: "42"},
			Phones:         []domain.UserPhone{{Number: "+1"}, {Number: "+2", From: start, To: start.Add(time.Hour)}},
			PermissionSets: []domain.PermissionAssignment{{Set: domain.PermForSales, From: start}},
		},
		{ID: "2", Name: "Bob", Email: "bob@example.com", Profile: domain.ProfileStandard, CreatedAt: start, LastModifiedAt: start, Identifiers: map[domain.Provider]string{}},
	}
	for _, u := range users {
		b.must(t, func(ctx context.Context, tx *store.Tx) error { return tx.SaveUser(ctx, u) })
	}
	if has, err := b.HasAdmin(t.Context()); err != nil || has {
		t.Errorf("HasAdmin without a password = %v, %v", has, err)
	}
	b.must(t, func(ctx context.Context, tx *store.Tx) error { return tx.SetPassword(ctx, "1", "hash") })
	users[0].Phones = users[0].Phones[:1]
	b.must(t, func(ctx context.Context, tx *store.Tx) error { return tx.SaveUser(ctx, users[0]) })
	got, err := b.Users(t.Context())
	if diff := cmp.Diff(users, got); diff != "" || err != nil {
		t.Errorf("%v (-want +got)\n%s", err, diff)
	}
	one, err := b.UserByEmail(t.Context(), " ADA@example.COM ")
	if diff := cmp.Diff(users[0], one); diff != "" || err != nil {
		t.Errorf("%v (-want +got)\n%s", err, diff)
	}
	if hash, err := b.PasswordHash(t.Context(), "1"); err != nil || hash != "hash" {
		t.Errorf("password hash %q, %v; saving a user must keep it", hash, err)
	}
	if has, err := b.HasAdmin(t.Context()); err != nil || !has {
		t.Errorf("HasAdmin = %v, %v", has, err)
	}
	if _, err := b.User(t.Context(), "none"); !domain.IsKind(err, domain.KindNotFound) {
		t.Errorf("an unknown user: %v", err)
	}
}

func testEmailIsUnique(t *testing.T, b *bundle) {
	save := func(id, email string) error {
		return b.InTx(t.Context(), func(ctx context.Context, tx *store.Tx) error {
			return tx.SaveUser(ctx, domain.User{ID: id, Name: id, Email: email})
		})
	}
	if err := errors.Join(save("1", "ada@example.com"), save("1", "ADA@example.com"), save("2", "bob@example.com")); err != nil {
		t.Fatal(err)
	}
	if err := save("2", "Ada@Example.com"); domain.CodeOf(err) != "email_taken" {
		t.Errorf("the address of another: %v", err)
	}
}

func testEmailIsUniqueInARace(t *testing.T, b *bundle) {
	errs := make([]error, 8)
	var wg sync.WaitGroup
	for i := range errs {
		wg.Go(func() {
			errs[i] = b.InTx(t.Context(), func(ctx context.Context, tx *store.Tx) error {
				return tx.SaveUser(ctx, domain.User{ID: store.NewID(), Email: "ada@example.com"})
			})
		})
	}
	wg.Wait()
	saved := 0
	for _, err := range errs {
		if err == nil {
			saved++
		} else if domain.CodeOf(err) != "email_taken" {
			t.Errorf("the loser got %v", err)
		}
	}
	if saved != 1 {
		t.Errorf("%d users got the address", saved)
	}
}

func testSessions(t *testing.T, b *bundle) {
	b.must(t, func(ctx context.Context, tx *store.Tx) error {
		return errors.Join(tx.SaveUser(ctx, domain.User{ID: "1", Email: "a"}), tx.SaveUser(ctx, domain.User{ID: "2", Email: "b"}),
			tx.CreateSession(ctx, sessionOf("h1", "1", time.Hour)), tx.CreateSession(ctx, sessionOf("h2", "1", time.Minute)), tx.CreateSession(ctx, sessionOf("h3", "2", time.Hour)))
	})
	b.clock.add(10 * time.Minute)
	b.must(t, func(ctx context.Context, tx *store.Tx) error { return tx.TouchSession(ctx, "h1") })
	got, err := b.Session(t.Context(), "h1")
	want := sessionOf("h1", "1", time.Hour)
	want.CreatedAt, want.SeenAt = start, b.clock.Now()
	if diff := cmp.Diff(want, got); diff != "" || err != nil {
		t.Errorf("%v (-want +got)\n%s", err, diff)
	}
	b.must(t, func(ctx context.Context, tx *store.Tx) error {
		return tx.CreateSession(ctx, sessionOf("h4", "1", time.Hour))
	})
	b.checkSessions(t, map[string]bool{"h1": true, "h2": false, "h3": true, "h4": true}) // h2 had expired
	b.must(t, func(ctx context.Context, tx *store.Tx) error { return tx.DeleteSession(ctx, "h4") })
	b.checkSessions(t, map[string]bool{"h1": true, "h3": true, "h4": false})
	b.must(t, func(ctx context.Context, tx *store.Tx) error {
		return errors.Join(tx.CreateSession(ctx, sessionOf("h5", "1", time.Hour)), tx.CreateSession(ctx, sessionOf("h6", "1", time.Hour)))
	})
	b.must(t, func(ctx context.Context, tx *store.Tx) error { return tx.DeleteSessionOf(ctx, "1", "id of h5") })
	b.must(t, func(ctx context.Context, tx *store.Tx) error {
		if err := tx.DeleteSessionOf(ctx, "1", "id of h3"); !domain.IsKind(err, domain.KindNotFound) {
			t.Errorf("a session of somebody else: %v", err)
		}
		if n, err := tx.DeleteSessionsOf(ctx, "1", "id of h6"); err != nil || n != 1 {
			t.Errorf("all but one: %d, %v", n, err)
		}
		return nil
	})
	b.checkSessions(t, map[string]bool{"h1": false, "h3": true, "h5": false, "h6": true})
	own, err := b.SessionsOf(t.Context(), "1", b.clock.Now())
	if err != nil || len(own) != 1 || own[0].Hash != "h6" || own[0].Browser != "Firefox" {
		t.Errorf("sessions of a user: %+v, %v", own, err)
	}
	b.must(t, func(ctx context.Context, tx *store.Tx) error { _, err := tx.DeleteSessionsOf(ctx, "1", ""); return err })
	b.checkSessions(t, map[string]bool{"h3": true, "h6": false})
}

func sessionOf(hash, userID string, life time.Duration) store.Session {
	return store.Session{ID: "id of " + hash, Hash: hash, UserID: userID, Address: "192.0.2.1", Browser: "Firefox", ExpiresAt: start.Add(life)}
}

func (b *bundle) checkSessions(t *testing.T, want map[string]bool) {
	t.Helper()
	for hash, there := range want {
		_, err := b.Session(t.Context(), hash)
		if there && err != nil || !there && !domain.IsKind(err, domain.KindNotFound) {
			t.Errorf("session %s: %v, want it there: %v", hash, err, there)
		}
	}
}

func testSettings(t *testing.T, b *bundle) {
	got, err := b.Settings(t.Context())
	if want := (domain.GeneralSettings{OptimalSpeakerSeparation: true, Language: "en"}); err != nil || got != want {
		t.Errorf("at first %+v, %v", got, err)
	}
	want := domain.GeneralSettings{Language: "en-GB"}
	b.must(t, func(ctx context.Context, tx *store.Tx) error { return tx.SaveSettings(ctx, want) })
	if got, err := b.Settings(t.Context()); err != nil || got != want {
		t.Errorf("saved %+v, got %+v, %v", want, got, err)
	}
}

func testExcludedNumbers(t *testing.T, b *bundle) {
	number := func(id, n string) domain.ExcludedNumber {
		return domain.ExcludedNumber{ID: id, Number: n, Note: "note", CreatedAt: start, CreatedBy: "u"}
	}
	add := func(numbers ...domain.ExcludedNumber) (added []domain.ExcludedNumber) {
		t.Helper()
		b.must(t, func(ctx context.Context, tx *store.Tx) (err error) {
			added, err = tx.AddExcludedNumbers(ctx, numbers)
			return err
		})
		return added
	}
	add(number("1", "+1"))
	if diff := cmp.Diff([]domain.ExcludedNumber{number("3", "+3")}, add(number("2", "+1"), number("3", "+3"))); diff != "" {
		t.Errorf("added (-want +got)\n%s", diff)
	}
	remove := func(id string) error {
		return b.InTx(t.Context(), func(ctx context.Context, tx *store.Tx) error { _, err := tx.RemoveExcludedNumber(ctx, id); return err })
	}
	if err := remove("1"); err != nil {
		t.Fatal(err)
	}
	if err := remove("1"); !domain.IsKind(err, domain.KindNotFound) {
		t.Errorf("removed twice: %v", err)
	}
	got, err := b.ExcludedNumbers(t.Context())
	if diff := cmp.Diff([]domain.ExcludedNumber{number("3", "+3")}, got); diff != "" || err != nil {
		t.Errorf("%v (-want +got)\n%s", err, diff)
	}
}

func testReopen(t *testing.T, b *bundle) {
	b.must(t, func(ctx context.Context, tx *store.Tx) error {
		return tx.SaveConnector(ctx, domain.Connector{ID: "c", Provider: domain.Aircall, Credential: domain.NamedCredential{Fields: map[string]string{"k": "v"}}})
	})
	if c, err := open(t, b.config).Connector(t.Context(), "c"); err != nil || c.Credential.Fields["k"] != "v" {
		t.Errorf("after opening again: %v, %v", c.Credential.Fields, err)
	}
	stranger := b.config
	var err error
	if stranger.Keyring, err = secret.Load(t.TempDir() + "/other.key"); err != nil {
		t.Fatal(err)
	}
	if _, err := open(t, stranger).Connector(t.Context(), "c"); domain.CodeOf(err) != "cannot_unseal" {
		t.Errorf("with another master key: %v", err)
	}
}

func testBadNodeID(t *testing.T, b *bundle) {
	c := b.config
	c.NodeID = "a/b"
	if _, err := store.Open(t.Context(), c); domain.CodeOf(err) != "bad_node_id" {
		t.Errorf("Open = %v", err)
	}
}

func testReadsDuringALongTransaction(t *testing.T, b *bundle) {
	b.must(t, func(ctx context.Context, tx *store.Tx) error {
		if err := tx.SaveUser(ctx, domain.User{ID: "1", Email: "a"}); err != nil {
			return err
		}
		if _, err := tx.User(ctx, "1"); err != nil {
			t.Errorf("a transaction does not see its own row: %v", err)
		}
		if _, err := b.User(ctx, "1"); !domain.IsKind(err, domain.KindNotFound) {
			t.Errorf("a reader sees, or waits for, what is not committed: %v", err)
		}
		return nil
	})
}

func testCancelledContext(t *testing.T, b *bundle) {
	ctx, cancel := context.WithCancel(t.Context())
	err := b.InTx(ctx, func(ctx context.Context, tx *store.Tx) error {
		err := tx.SaveUser(ctx, domain.User{ID: "1", Email: "a"})
		cancel()
		return err
	})
	if !errors.Is(err, context.Canceled) {
		t.Errorf("InTx = %v", err)
	}
	if _, err := b.User(t.Context(), "1"); !domain.IsKind(err, domain.KindNotFound) {
		t.Errorf("the row is there: %v", err)
	}
	b.must(t, func(ctx context.Context, tx *store.Tx) error { // the connection is still good
		return tx.SaveUser(ctx, domain.User{ID: "1", Email: "a"})
	})
}

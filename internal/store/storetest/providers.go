package storetest

import (
	"context"
	"errors"
	"sync"
	"testing"
	"time"

	"github.com/google/go-cmp/cmp"

	"earshot/internal/domain"
	"earshot/internal/store"
)

// testPaces: what is known of limits is kept by group, and two processes that take turns at once take different ones.
func testPaces(t *testing.T, b *bundle) {
	ctx := t.Context()
	other := open(t, b.config)
	quota := domain.Quota{Group: "heavy", Requests: 40, Per: time.Minute}
	var wg sync.WaitGroup
	for i := range 20 {
		wg.Go(func() {
			s := []*store.Store{b.Store, other}[i%2]
			err := s.Pace(ctx, "account", []string{"heavy", "all"}, func(p map[string]*domain.Pace) {
				p["heavy"].Quota = quota
				p["heavy"].Take(start.Add(time.Duration(len(p["heavy"].Sent))*time.Millisecond), start)
				p["all"].Until = start.Add(time.Hour)
			})
			if err != nil {
				t.Error(err)
			}
		})
	}
	wg.Wait()
	paces, err := other.Paces(ctx, "account")
	if err != nil {
		t.Fatal(err)
	}
	heavy := paces["heavy"]
	for i, at := range heavy.Sent {
		if !at.Equal(start.Add(time.Duration(i) * time.Millisecond)) {
			t.Errorf("turn %d is at %v", i, at)
		}
	}
	if len(heavy.Sent) != 20 || heavy.Quota != quota || !paces["all"].Until.Equal(start.Add(time.Hour)) || len(paces) != 2 {
		t.Errorf("kept: %+v", paces)
	}
	if paces, err := b.Paces(ctx, "another"); err != nil || len(paces) > 0 {
		t.Errorf("of another account: %+v, %v", paces, err)
	}
}

// testTokens: one renewal at a time, whatever the process; each sees the token of the one before.
func testTokens(t *testing.T, b *bundle) {
	ctx := t.Context()
	other := open(t, b.config)
	if kept, err := b.Token(ctx, "account"); err != nil || kept != (domain.Token{}) {
		t.Errorf("before the first: %+v, %v", kept, err)
	}
	var wg sync.WaitGroup
	var mu sync.Mutex
	running, most := 0, 0
	for i := range 8 {
		wg.Go(func() {
			s := []*store.Store{b.Store, other}[i%2]
			_, err := s.RenewToken(ctx, "account", func(_ context.Context, kept domain.Token) (domain.Token, error) {
				mu.Lock()
				running++
				most = max(most, running)
				mu.Unlock()
				defer func() { mu.Lock(); running--; mu.Unlock() }()
				return domain.Token{Access: "secret-access", Refresh: kept.Refresh + "x", ExpiresAt: start}, nil
			})
			if err != nil {
				t.Error(err)
			}
		})
	}
	wg.Wait()
	want := domain.Token{Access: "secret-access", Refresh: "xxxxxxxx", ExpiresAt: start}
	if kept, err := other.Token(ctx, "account"); err != nil || most != 1 {
		t.Errorf("%v, %d at once", err, most)
	} else if diff := cmp.Diff(want, kept); diff != "" {
		t.Errorf("kept (-want +got)\n%s", diff)
	}
	refused := errors.New("refused")
	if _, err := b.RenewToken(ctx, "account", func(context.Context, domain.Token) (domain.Token, error) { return domain.Token{}, refused }); !errors.Is(err, refused) {
		t.Errorf("a renewal that fails gives %v", err)
	}
	if kept, err := b.Token(ctx, "account"); err != nil || kept.Refresh != want.Refresh {
		t.Errorf("after a renewal that failed: %+v, %v", kept, err)
	}
}

// testTokenOfADeadProcess: who died while renewing holds up the others for a minute at most.
func testTokenOfADeadProcess(t *testing.T, b *bundle) {
	ctx, cancel := context.WithCancel(t.Context())
	leased := make(chan struct{})
	died := make(chan struct{})
	go func() {
		defer close(died)
		defer func() { _ = recover() }()
		_, _ = b.RenewToken(ctx, "account", func(context.Context, domain.Token) (domain.Token, error) {
			close(leased)
			panic("killed")
		})
	}()
	<-leased
	<-died
	cancel()
	b.clock.add(2 * time.Minute)
	got, err := b.RenewToken(t.Context(), "account", func(context.Context, domain.Token) (domain.Token, error) { return domain.Token{Access: "new"}, nil })
	if err != nil || got.Access != "new" {
		t.Errorf("%+v, %v", got, err)
	}
}

// testLogins: a sign-in counts once, and those who did not come back are forgotten.
func testLogins(t *testing.T, b *bundle) {
	b.addConnector(t)
	want := store.Login{StateHash: "h1", ConnectorID: testConnector, UserID: "u", Verifier: "v", ExpiresAt: start.Add(time.Minute)}
	begin := func(l store.Login) {
		b.must(t, func(ctx context.Context, tx *store.Tx) error { return tx.BeginLogin(ctx, l) })
	}
	end := func(hash string) (l store.Login, err error) {
		err = b.InTx(t.Context(), func(ctx context.Context, tx *store.Tx) error {
			l, err = tx.EndLogin(ctx, hash)
			return err
		})
		return l, err
	}
	begin(want)
	if got, err := end("h1"); err != nil || got != want {
		t.Errorf("%+v, %v", got, err)
	}
	if _, err := end("h1"); !domain.IsKind(err, domain.KindNotFound) {
		t.Errorf("a second time: %v", err)
	}
	begin(want)
	b.clock.add(time.Hour)
	want.StateHash, want.ExpiresAt = "h2", start.Add(2*time.Hour)
	begin(want)
	if _, err := end("h1"); !domain.IsKind(err, domain.KindNotFound) {
		t.Errorf("one that has run out: %v", err)
	}
}

// testScheduledJobs: what was stored comes back; due are those whose time has come, of connectors that are on.
func testScheduledJobs(t *testing.T, b *bundle) {
	ctx := t.Context()
	save := func(on bool) {
		b.must(t, func(ctx context.Context, tx *store.Tx) error {
			return tx.SaveConnector(ctx, domain.Connector{ID: testConnector, Provider: domain.Dialpad, SiteSecret: "site", Enabled: true, ProviderEnabled: on})
		})
	}
	save(true)
	at := func(n int) time.Time { return start.Add(time.Duration(n) * time.Minute) }
	want := domain.ScheduledJob{
		ID: "j1", ConnectorID: testConnector, Provider: domain.Dialpad, Kind: domain.ScheduleBackfill, From: at(1), To: at(2), Cursor: "c", Listed: 3, Found: 2,
		ReachedAt: at(3), NextRunAt: at(4), LastRunAt: at(5), LastResult: "fine", Failures: 1, CreatedBy: "u", CreatedAt: at(6), DoneAt: at(7),
	}
	b.must(t, func(ctx context.Context, tx *store.Tx) error { return tx.AddScheduledJob(ctx, want) })
	got, err := b.ScheduledJob(ctx, "j1")
	if diff := cmp.Diff(want, got); diff != "" || err != nil {
		t.Errorf("%v (-want +got)\n%s", err, diff)
	}
	want.Cursor, want.Listed, want.DoneAt, want.NextRunAt = "d", 9, time.Time{}, at(10)
	b.must(t, func(ctx context.Context, tx *store.Tx) error { return tx.UpdateScheduledJob(ctx, want) })
	if all, err := b.ScheduledJobs(ctx, ""); err != nil || cmp.Diff([]domain.ScheduledJob{want}, all) != "" {
		t.Errorf("%+v, %v", all, err)
	}
	due := func(at time.Time) int {
		t.Helper()
		jobs, err := b.DueJobs(ctx, at)
		if err != nil {
			t.Fatal(err)
		}
		return len(jobs)
	}
	if early, late := due(at(9)), due(at(10)); early != 0 || late != 1 {
		t.Errorf("due before its time %d, at its time %d", early, late)
	}
	save(false)
	if n := due(at(10)); n != 0 {
		t.Errorf("%d due of a connector that is off", n)
	}
	b.must(t, func(ctx context.Context, tx *store.Tx) error { return tx.DeleteScheduledJob(ctx, "j1") })
	err = b.InTx(ctx, func(ctx context.Context, tx *store.Tx) error { return tx.UpdateScheduledJob(ctx, want) })
	if !domain.IsKind(err, domain.KindNotFound) {
		t.Errorf("a job that was deleted is changed: %v", err)
	}
}

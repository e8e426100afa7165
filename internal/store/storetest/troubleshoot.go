package storetest

import (
	"context"
	"errors"
	"os"
	"path/filepath"
	"testing"
	"time"

	"github.com/google/go-cmp/cmp"
	"github.com/riverqueue/river"

	"earshot/internal/domain"
	"earshot/internal/store"
)

func testHealth(t *testing.T, b *bundle) {
	h, err := b.Health(t.Context())
	if err != nil || h.Schema == 0 || h.Schema != h.Known || time.Since(h.Clock).Abs() > patience || !h.Newest.IsZero() {
		t.Errorf("an empty database: %+v, %v", h, err)
	}
	b.must(t, func(ctx context.Context, tx *store.Tx) error {
		return tx.SaveUser(ctx, domain.User{ID: "u", Name: "U", Email: "u@x.example", LastModifiedAt: start})
	})
	if h, err = b.Health(t.Context()); err != nil || !h.Newest.Equal(start) {
		t.Errorf("with a user: %+v, %v", h, err)
	}
	before, _ := b.Settings(t.Context())
	if err := b.TryWrite(t.Context()); err != nil {
		t.Errorf("TryWrite: %v", err)
	}
	if after, err := b.Settings(t.Context()); err != nil || after != before {
		t.Errorf("TryWrite left %+v, %v", after, err)
	}
}

// testOpenToRead opens beside the store that is open already; what is not there is not made.
func testOpenToRead(t *testing.T, b *bundle) {
	b.addConnector(t)
	s, err := store.OpenToRead(t.Context(), b.config)
	if err != nil {
		t.Fatal(err)
	}
	if all, err := s.Connectors(t.Context()); err != nil || len(all) != 1 {
		t.Errorf("Connectors: %d, %v", len(all), err)
	}
	if err := s.Close(); err != nil {
		t.Error(err)
	}
	elsewhere := filepath.Join(t.TempDir(), "elsewhere")
	_, err = store.OpenToRead(t.Context(), store.Config{DataDir: elsewhere})
	if _, stat := os.Stat(elsewhere); domain.CodeOf(err) != "no_database" || !errors.Is(stat, os.ErrNotExist) {
		t.Errorf("where there is none: %v, %v", err, stat)
	}
	empty := t.TempDir()
	if err := os.WriteFile(filepath.Join(empty, "earshot.db"), nil, 0o600); err != nil {
		t.Fatal(err)
	}
	if _, err = store.OpenToRead(t.Context(), store.Config{DataDir: empty}); domain.CodeOf(err) != "no_database" {
		t.Errorf("an empty one: %v", err)
	}
}

func testSearchVCCalls(t *testing.T, b *bundle) {
	b.addConnector(t)
	call := func(id, from, to, other string, startedAt time.Time) {
		b.arrive(t, id, &domain.ProviderCall{ID: id, From: from, To: to, StartedAt: startedAt, Participants: []domain.Participant{{Phone: other}}})
	}
	const ours, theirs, leg = "+12125550100", "+12125550142", "+12125550177"
	call("old", ours, theirs, "", start.Add(-48*time.Hour))
	call("in", theirs, ours, leg, start.Add(-time.Hour))
	call("exact", theirs, "+4420", "", start.Add(-time.Hour+500*time.Millisecond))
	b.arrive(t, "bare", nil)
	for name, c := range map[string]struct {
		search store.CallSearch
		want   []string
		more   bool
	}{
		"all":               {store.CallSearch{}, []string{"bare", "exact", "in", "old"}, false},
		"one at a time":     {store.CallSearch{Limit: 1}, []string{"bare"}, true},
		"a number":          {store.CallSearch{Number: theirs}, []string{"exact", "in", "old"}, false},
		"of another leg":    {store.CallSearch{Number: leg}, []string{"in"}, false},
		"part of a number":  {store.CallSearch{Number: "+1212555014"}, []string{}, false},
		"a time":            {store.CallSearch{From: start.Add(-2 * time.Hour), To: start.Add(-time.Hour)}, []string{"exact", "in"}, false},
		"when it came in":   {store.CallSearch{From: start, To: start}, []string{"bare"}, false},
		"number and time":   {store.CallSearch{Number: theirs, From: start.Add(-72 * time.Hour), To: start.Add(-24 * time.Hour)}, []string{"old"}, false},
		"another connector": {store.CallSearch{ConnectorID: "none"}, []string{}, false},
	} {
		if c.search.ConnectorID == "" {
			c.search.ConnectorID = testConnector
		}
		found, more, err := b.SearchVCCalls(t.Context(), c.search)
		ids := []string{}
		for _, v := range found {
			ids = append(ids, v.ProviderCallID)
		}
		if diff := cmp.Diff(c.want, ids); diff != "" || more != c.more || err != nil {
			t.Errorf("%s: more %v, %v (-want +got)\n%s", name, more, err, diff)
		}
	}
}

func testFoundByListing(t *testing.T, b *bundle) {
	b.addConnector(t)
	for i, via := range []domain.Via{domain.ViaHourly, domain.ViaRealtime, domain.ViaHourly, domain.ViaBackfill} {
		a := arrival(string(rune('a'+i)), nil, start)
		a.Via = via
		b.must(t, func(ctx context.Context, tx *store.Tx) error {
			_, _, err := tx.UpsertVCCall(ctx, a)
			return err
		})
		b.clock.add(time.Minute)
	}
	for since, want := range map[time.Duration]int{0: 2, time.Minute: 1, time.Hour: 0} {
		found, err := b.FoundByListing(t.Context(), testConnector, start.Add(since))
		if err != nil || len(found) != want || want > 0 && found[0].ProviderCallID != "c" {
			t.Errorf("since %v: %v, %v", since, found, err)
		}
	}
}

func testKeptEvents(t *testing.T, b *bundle) {
	b.addConnector(t)
	ids := []string{store.NewID(), store.NewID(), store.NewID()}
	for i, id := range ids {
		b.must(t, func(ctx context.Context, tx *store.Tx) error {
			_, err := tx.InsertEvent(ctx, domain.Event{ID: id, ConnectorID: testConnector, ReceivedAt: start.Add(time.Duration(i) * time.Minute), Body: []byte{byte(i)}})
			return err
		})
	}
	b.must(t, func(ctx context.Context, tx *store.Tx) error { return tx.MarkEventProcessed(ctx, ids[1]) })
	first, err := b.KeptEvents(t.Context(), testConnector, time.Time{}, start.Add(time.Hour), "", 2)
	if err != nil || len(first) != 2 || first[0].ID != ids[2] || first[0].Body[0] != 2 || !first[0].ProcessedAt.IsZero() || first[1].ProcessedAt.IsZero() {
		t.Fatalf("the first page: %+v, %v", first, err)
	}
	rest, err := b.KeptEvents(t.Context(), testConnector, time.Time{}, start.Add(time.Hour), first[1].ID, 2)
	if err != nil || len(rest) != 1 || rest[0].ID != ids[0] {
		t.Errorf("the second page: %+v, %v", rest, err)
	}
	if some, err := b.KeptEvents(t.Context(), testConnector, start.Add(30*time.Second), start.Add(90*time.Second), "", 0); err != nil || len(some) != 1 || some[0].ID != ids[1] {
		t.Errorf("a span: %+v, %v", some, err)
	}
	for span, want := range map[[2]time.Duration]int{{0, time.Hour}: 2, {time.Minute, time.Hour}: 1, {-time.Hour, 0}: 0} {
		n, newest, err := b.UnreadEvents(t.Context(), testConnector, start.Add(span[0]), start.Add(span[1]))
		if err != nil || n != want || want > 0 && !newest.Equal(start.Add(2*time.Minute)) {
			t.Errorf("unread in %v: %d, %v, %v", span, n, newest, err)
		}
	}
}

// testWaitingQueues: a queue whose jobs wait is named while none of it is worked.
func testWaitingQueues(t *testing.T, b *bundle) {
	b.must(t, func(ctx context.Context, tx *store.Tx) error { return tx.Enqueue(ctx, probe{N: 1}) })
	waiting, err := b.WaitingQueues(t.Context())
	if err != nil || len(waiting) != 1 || waiting[0].Queue != "probes" || time.Since(waiting[0].Since).Abs() > patience || !waiting[0].LastAttempt.IsZero() {
		t.Fatalf("a job that nobody works: %+v, %v", waiting, err)
	}
	begun, end := make(chan struct{}), make(chan struct{})
	work(t, b.Store, 1, func(context.Context, *river.Job[probe]) error {
		begun <- struct{}{}
		<-end
		return nil
	})
	receive(t, begun, "the job")
	b.must(t, func(ctx context.Context, tx *store.Tx) error { return tx.Enqueue(ctx, probe{N: 2}) })
	if waiting, err := b.WaitingQueues(t.Context()); err != nil || len(waiting) != 0 {
		t.Errorf("behind a job that is worked: %+v, %v", waiting, err)
	}
	close(end)
	receive(t, begun, "the second job")
	stop(t, b.Store)
	b.must(t, func(ctx context.Context, tx *store.Tx) error {
		return tx.Enqueue(ctx, probe{N: 3}, store.At(time.Now().Add(-time.Hour)))
	})
	waiting, err = b.WaitingQueues(t.Context())
	if err != nil || len(waiting) != 1 || time.Since(waiting[0].Since) < 59*time.Minute || time.Since(waiting[0].LastAttempt).Abs() > patience {
		t.Errorf("a job whose time has come: %+v, %v", waiting, err)
	}
}

func testRefusals(t *testing.T, b *bundle) {
	b.addConnector(t)
	for i := range 105 {
		b.must(t, func(ctx context.Context, tx *store.Tx) error {
			return tx.AddRefusal(ctx, domain.Refusal{ConnectorID: testConnector, At: start.Add(time.Duration(i) * time.Minute), Status: 401, Why: "not signed"})
		})
	}
	all, err := b.Refusals(t.Context(), testConnector, time.Time{}, start.Add(24*time.Hour))
	if want := (domain.Refusal{ConnectorID: testConnector, At: start.Add(104 * time.Minute), Status: 401, Why: "not signed"}); err != nil || len(all) != 100 || all[0] != want {
		t.Errorf("%d are kept, the newest %+v, %v", len(all), all[0], err)
	}
	if some, err := b.Refusals(t.Context(), testConnector, start.Add(100*time.Minute), start.Add(101*time.Minute)); err != nil || len(some) != 2 {
		t.Errorf("in a span: %v, %v", some, err)
	}
}

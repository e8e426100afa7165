package storetest

import (
	"context"
	"fmt"
	"math/rand/v2"
	"slices"
	"sync"
	"testing"
	"time"

	"github.com/google/go-cmp/cmp"

	"earshot/internal/domain"
	"earshot/internal/store"
)

func testConcurrentUpserts(t *testing.T, b *bundle) {
	b.addConnector(t)
	const n = 16
	var wg sync.WaitGroup
	ids, created := make([]string, n), make([]bool, n)
	for i := range n {
		wg.Go(func() {
			err := b.InTx(t.Context(), func(ctx context.Context, tx *store.Tx) error {
				v, r, err := tx.UpsertVCCall(ctx, arrival("1", &domain.ProviderCall{ID: "1"}, start.Add(time.Duration(i)*time.Second)))
				ids[i], created[i] = v.ID, r.Created
				return err
			})
			if err != nil {
				t.Error(err)
			}
		})
	}
	wg.Wait()
	made := 0
	for i := range n {
		if created[i] {
			made++
		}
		if ids[i] != ids[0] || ids[i] == "" {
			t.Errorf("arrival %d got the row %q, another %q", i, ids[i], ids[0])
		}
	}
	if made != 1 {
		t.Errorf("%d arrivals made the row, want 1", made)
	}
	v, err := b.VCCall(t.Context(), ids[0])
	if want := start.Add((n - 1) * time.Second); err != nil || !v.ObservedAt.Equal(want) {
		t.Errorf("the snapshot is of %v, %v; want the newest, %v", v.ObservedAt, err, want)
	}
}

func testSnapshotsOutOfOrder(t *testing.T, b *bundle) {
	b.addConnector(t)
	ended := start.Add(time.Minute)
	facts := []store.Arrival{ // in the order of time; the last two are of the same second
		arrival("", nil, start.Add(-time.Hour)),
		arrival("", &domain.ProviderCall{From: "+1", StartedAt: start}, start),
		arrival("", &domain.ProviderCall{From: "+2", StartedAt: start, EndedAt: ended, Recording: domain.RecordingPending}, ended),
		arrival("", &domain.ProviderCall{From: "+3", StartedAt: start, EndedAt: ended, Recording: domain.RecordingReady}, ended),
	}
	random := rand.New(rand.NewPCG(1, 2))
	for round := range 12 {
		order := random.Perm(len(facts))
		var v domain.VCCall
		for _, i := range order {
			a := facts[i]
			a.ProviderCallID = fmt.Sprint(round)
			b.must(t, func(ctx context.Context, tx *store.Tx) (err error) {
				v, _, err = tx.UpsertVCCall(ctx, a)
				return err
			})
		}
		if diff := cmp.Diff(facts[len(facts)-1].Snapshot, v.Snapshot); diff != "" {
			t.Errorf("order %v: snapshot (-want +got)\n%s", order, diff)
		}
		if v.State != domain.StateReceived {
			t.Errorf("order %v: state %s", order, v.State)
		}
	}
	v := b.arrive(t, "0", facts[3].Snapshot)
	b.must(t, func(ctx context.Context, tx *store.Tx) error {
		v.State = domain.StateSkipped
		if err := tx.UpdateVCCall(ctx, &v); err != nil {
			return err
		}
		again, r, err := tx.UpsertVCCall(ctx, arrival("0", facts[3].Snapshot, ended))
		if r.Created || r.Fresher || again.State != domain.StateSkipped {
			t.Errorf("a duplicate: %+v, state %s; want nothing changed", r, again.State)
		}
		return err
	})
}

func testUpdateConflicts(t *testing.T, b *bundle) {
	b.addConnector(t)
	v := b.arrive(t, "1", nil)
	mine, theirs := v, v
	b.clock.add(time.Second)
	b.must(t, func(ctx context.Context, tx *store.Tx) error {
		theirs.State, theirs.Detail = domain.StateWaiting, "theirs"
		return tx.UpdateVCCall(ctx, &theirs)
	})
	err := b.InTx(t.Context(), func(ctx context.Context, tx *store.Tx) error {
		mine.Detail = "mine"
		return tx.UpdateVCCall(ctx, &mine)
	})
	if !domain.IsKind(err, domain.KindConflict) {
		t.Fatalf("the second update = %v, want a conflict", err)
	}
	got, err := b.VCCall(t.Context(), v.ID)
	if err != nil {
		t.Fatal(err)
	}
	if diff := cmp.Diff(theirs, got); diff != "" {
		t.Errorf("stored (-updated +got)\n%s", diff)
	}
	if got.Version != v.Version+1 || !got.UpdatedAt.Equal(b.clock.Now()) {
		t.Errorf("version %d at %v", got.Version, got.UpdatedAt)
	}
}

func testFailedTransactionTakesBack(t *testing.T, b *bundle) {
	b.addConnector(t)
	v := b.arrive(t, "1", nil)
	before := v
	_ = b.InTx(t.Context(), func(ctx context.Context, tx *store.Tx) error { // it fails on purpose
		if err := tx.UpdateVCCall(ctx, &v); err != nil {
			t.Error(err)
		}
		if err := tx.UpdateVCCall(ctx, &v); err != nil {
			t.Errorf("twice in one transaction: %v", err)
		}
		return errBoom
	})
	if diff := cmp.Diff(before, v); diff != "" {
		t.Fatalf("after the failure (-before +after)\n%s", diff)
	}
	b.must(t, func(ctx context.Context, tx *store.Tx) error { return tx.UpdateVCCall(ctx, &v) })
}

// testConcurrentCounts has many transactions read, change and write the same row: no change may be lost.
func testConcurrentCounts(t *testing.T, b *bundle) {
	b.addConnector(t)
	id := b.arrive(t, "1", nil).ID
	const n = 12
	var wg sync.WaitGroup
	for range n {
		wg.Go(func() {
			err := error(domain.Errorf(domain.KindConflict, "", "not tried"))
			for domain.IsKind(err, domain.KindConflict) {
				err = b.InTx(t.Context(), func(ctx context.Context, tx *store.Tx) error {
					v, err := tx.VCCall(ctx, id)
					if err != nil {
						return err
					}
					v.Attempts++
					return tx.UpdateVCCall(ctx, &v)
				})
			}
			if err != nil {
				t.Error(err)
			}
		})
	}
	wg.Wait()
	if v, err := b.VCCall(t.Context(), id); err != nil || v.Attempts != n {
		t.Errorf("%d of %d changes are there, %v", v.Attempts, n, err)
	}
}

func testVCCallPages(t *testing.T, b *bundle) {
	b.addConnector(t)
	var want []string
	for i := range 57 {
		b.clock.add(time.Duration(i%3) * time.Millisecond) // some at the same time
		want = append(want, b.arrive(t, fmt.Sprint(i), nil).ID)
	}
	slices.Reverse(want)
	for _, limit := range []int{1, 2, 7, 56, 57, 58} {
		var got []string
		for cursor := ""; ; {
			page, next, err := b.VCCalls(t.Context(), store.VCCallFilter{Cursor: cursor, Limit: limit})
			if err != nil || len(page) > limit {
				t.Fatalf("limit %d: %d rows, %v", limit, len(page), err)
			}
			for _, v := range page {
				got = append(got, v.ID)
			}
			if cursor = next; cursor == "" {
				break
			}
		}
		if diff := cmp.Diff(want, got); diff != "" {
			t.Errorf("limit %d (-want +got)\n%s", limit, diff)
		}
	}
}

func testVCCallFilters(t *testing.T, b *bundle) {
	b.addConnector(t)
	first := b.arrive(t, "a_1", &domain.ProviderCall{From: "+15550001", To: "+15550002"})
	b.clock.add(time.Minute)
	second := b.arrive(t, "a%2", &domain.ProviderCall{From: "+15550003", To: "+15550002"})
	b.must(t, func(ctx context.Context, tx *store.Tx) error {
		second.State, second.Reason, second.UserID = domain.StateUnmatched, domain.NoUser, "u"
		return tx.UpdateVCCall(ctx, &second)
	})
	tests := map[string]struct {
		filter store.VCCallFilter
		want   []string
	}{
		"all":              {store.VCCallFilter{}, []string{second.ID, first.ID}},
		"state":            {store.VCCallFilter{State: domain.StateReceived}, []string{first.ID}},
		"reason":           {store.VCCallFilter{Reason: domain.NoUser}, []string{second.ID}},
		"provider":         {store.VCCallFilter{Provider: domain.Dialpad}, nil},
		"connector":        {store.VCCallFilter{ConnectorID: testConnector, UserID: "u"}, []string{second.ID}},
		"provider call id": {store.VCCallFilter{Query: "a_1"}, []string{first.ID}},
		"part of a number": {store.VCCallFilter{Query: "5550003"}, []string{second.ID}},
		"number of both":   {store.VCCallFilter{Query: "50002"}, []string{second.ID, first.ID}},
		"no pattern":       {store.VCCallFilter{Query: "%"}, nil},
		"from":             {store.VCCallFilter{From: start.Add(time.Second)}, []string{second.ID}},
		"to":               {store.VCCallFilter{From: start, To: start.Add(time.Minute)}, []string{first.ID}},
	}
	for name, test := range tests {
		found, _, err := b.VCCalls(t.Context(), test.filter)
		if err != nil {
			t.Fatal(err)
		}
		var got []string
		for _, v := range found {
			got = append(got, v.ID)
		}
		if diff := cmp.Diff(test.want, got); diff != "" {
			t.Errorf("%s (-want +got)\n%s", name, diff)
		}
	}
	counts, err := b.VCCallCounts(t.Context())
	if diff := cmp.Diff(map[domain.State]int{domain.StateReceived: 1, domain.StateUnmatched: 1}, counts); diff != "" || err != nil {
		t.Errorf("counts: %v\n%s", err, diff)
	}
}

func testStuck(t *testing.T, b *bundle) {
	b.addConnector(t)
	set := func(id string, change func(*domain.VCCall)) string {
		v := b.arrive(t, id, nil)
		b.must(t, func(ctx context.Context, tx *store.Tx) error {
			change(&v)
			return tx.UpdateVCCall(ctx, &v)
		})
		return v.ID
	}
	long := b.clock.Now().Add(time.Hour)
	want := []string{
		set("lost", func(*domain.VCCall) {}),
		set("due", func(v *domain.VCCall) { v.State, v.NextAttemptAt = domain.StateWaiting, start }),
		set("to retry", func(v *domain.VCCall) { v.State, v.NextAttemptAt = domain.StateFailed, start }),
	}
	set("later", func(v *domain.VCCall) { v.State, v.NextAttemptAt = domain.StateWaiting, long })
	set("given up", func(v *domain.VCCall) { v.State = domain.StateFailed })
	set("done", func(v *domain.VCCall) { v.State = domain.StateProcessed })
	hasJob := set("has a job", func(*domain.VCCall) {})
	b.must(t, func(ctx context.Context, tx *store.Tx) error {
		return tx.Enqueue(ctx, domain.DescribeJob{VCCallID: hasJob, Provider: domain.Aircall})
	})
	b.clock.add(time.Minute)
	set("new", func(*domain.VCCall) {})

	found, err := b.StuckVCCalls(t.Context(), b.clock.Now(), 10)
	if err != nil {
		t.Fatal(err)
	}
	var got []string
	for _, v := range found {
		got = append(got, v.ID)
	}
	if diff := cmp.Diff(want, got); diff != "" {
		t.Errorf("stuck (-want +got)\n%s", diff)
	}
	if found, err := b.StuckVCCalls(t.Context(), b.clock.Now(), 2); err != nil || len(found) != 2 {
		t.Errorf("limit 2: %d, %v", len(found), err)
	}
}

func testVCLogs(t *testing.T, b *bundle) {
	b.addConnector(t)
	v := b.arrive(t, "1", nil)
	want := []domain.VCLog{
		{VCCallID: v.ID, At: start, Level: domain.LogInfo, Stage: domain.StageDescribe, Text: "first"},
		{VCCallID: v.ID, At: start, Level: domain.LogError, Stage: domain.StageFetch, Reason: domain.ProviderError, Text: "second"},
	}
	for _, l := range want {
		b.must(t, func(ctx context.Context, tx *store.Tx) error { return tx.AddVCLog(ctx, l) })
	}
	got, err := b.VCLogs(t.Context(), v.ID)
	if err != nil {
		t.Fatal(err)
	}
	for i := range got {
		if got[i].ID == "" {
			t.Error("a line without id")
		}
		got[i].ID = ""
	}
	if diff := cmp.Diff(want, got); diff != "" {
		t.Errorf("(-want +got)\n%s", diff)
	}
}

package storetest

import (
	"context"
	"testing"
	"time"

	"earshot/internal/domain"
	"earshot/internal/store"
)

// testRetention: what is old is found, unless it is being worked on, and goes with all that hangs on it.
func testRetention(t *testing.T, b *bundle) {
	b.addConnector(t)
	kept := domain.Recording{Key: "recordings/1", SHA256: "ab", Size: 5, Duration: 2}
	done := func(c *domain.Call) { c.State, c.Recording = domain.StateProcessed, kept }
	old := b.addCall(t, "old", done)
	b.addCall(t, "busy", func(c *domain.Call) { c.Recording = kept })
	b.addCall(t, "new", func(c *domain.Call) { done(c); c.StartedAt = start.Add(time.Hour) })
	b.must(t, func(ctx context.Context, tx *store.Tx) error { return tx.SaveTranscript(ctx, old.ID, transcript(3)) })
	for what, list := range map[string]func(context.Context, time.Time, int) ([]domain.Call, error){"recordings": b.OldRecordings, "calls": b.OldCalls} {
		found, err := list(t.Context(), start.Add(time.Minute), 10)
		if err != nil || len(found) != 1 || found[0].ID != old.ID || found[0].Recording.Key != kept.Key {
			t.Errorf("old %s: %+v, %v", what, found, err)
		}
	}
	b.must(t, func(ctx context.Context, tx *store.Tx) error { return tx.ForgetRecording(ctx, old.ID) })
	if found, err := b.OldRecordings(t.Context(), start.Add(time.Minute), 10); err != nil || len(found) != 0 {
		t.Errorf("recordings after they were forgotten: %v, %v", found, err)
	}
	if c, err := b.Call(t.Context(), old.ID); err != nil || c.Recording.Duration != 246 && c.Recording.Duration <= 0 || len(c.Transcript.Lines) != 3 {
		t.Errorf("the call without its recording: %+v, %v; transcript and duration stay", c, err)
	}
	if err := b.InTx(t.Context(), func(ctx context.Context, tx *store.Tx) error {
		n, err := tx.RemoveOldVCCalls(ctx, b.clock.Now().Add(time.Hour), 10)
		if n != 0 {
			t.Errorf("%d VC Calls were removed that have calls or are new", n)
		}
		return err
	}); err != nil {
		t.Fatal(err)
	}
	b.must(t, func(ctx context.Context, tx *store.Tx) error { return tx.RemoveCall(ctx, old) })
	if _, err := b.Call(t.Context(), old.ID); !domain.IsKind(err, domain.KindNotFound) {
		t.Errorf("the removed call: %v", err)
	}
	vc, err := b.VCCall(t.Context(), old.VCCallID)
	if err != nil || vc.CallID != "" {
		t.Fatalf("its VC Call: %+v, %v; it stays, without a call", vc, err)
	}
	vc.State = domain.StateProcessed
	b.must(t, func(ctx context.Context, tx *store.Tx) error { return tx.UpdateVCCall(ctx, &vc) })
	for _, before := range []time.Time{vc.CreatedAt, vc.CreatedAt.Add(time.Second)} {
		b.must(t, func(ctx context.Context, tx *store.Tx) error {
			n, err := tx.RemoveOldVCCalls(ctx, before, 10)
			if want := 0; before.After(vc.CreatedAt) {
				want = 1
				if n != want {
					t.Errorf("%d VC Calls went that came in before %v, want %d", n, before, want)
				}
			} else if n != want {
				t.Errorf("%d VC Calls went that are not old", n)
			}
			return err
		})
	}
}

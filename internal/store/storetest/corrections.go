package storetest

import (
	"context"
	"testing"

	"github.com/google/go-cmp/cmp"

	"earshot/internal/domain"
	"earshot/internal/store"
)

// testCorrections: they lie on top of what an engine wrote, can be searched, survive the next transcript, and can be taken back.
func testCorrections(t *testing.T, b *bundle) {
	b.addConnector(t)
	call := b.addCall(t, "1", func(*domain.Call) {})
	first := transcript(3)
	b.must(t, func(ctx context.Context, tx *store.Tx) error { return tx.SaveTranscript(ctx, call.ID, first) })
	got, err := b.Call(t.Context(), call.ID)
	if err != nil {
		t.Fatal(err)
	}
	line := got.Transcript.Lines[1]
	var c domain.Corrections
	c.Correct(domain.LineCorrection{Span: domain.Span{Start: line.Start, End: line.End}, Channel: line.Channel, Speaker: domain.Customer, Text: "About the zebra crossing.", Was: line.Text, By: "Ada", At: start})
	c.Rename(domain.Customer, "Mrs. Lee")
	save := func(c domain.Corrections) domain.Transcript {
		var saved domain.Transcript
		b.must(t, func(ctx context.Context, tx *store.Tx) error {
			now, err := tx.Call(ctx, call.ID)
			if err == nil {
				saved, err = tx.SaveCorrections(ctx, now, c)
			}
			return err
		})
		return saved
	}
	want := save(c)
	got, err = b.Call(t.Context(), call.ID)
	if err != nil {
		t.Fatal(err)
	}
	if diff := cmp.Diff(want, *got.Transcript); diff != "" || got.Transcript.Lines[1].Text != "About the zebra crossing." || !got.Transcript.Lines[1].Corrected || got.Transcript.Names[domain.Customer] != "Mrs. Lee" {
		t.Errorf("as corrected: %+v %s", got.Transcript.Lines[1], diff)
	}
	if found, _, err := b.Calls(t.Context(), store.CallFilter{Query: "zebra"}); err != nil || len(found) != 1 {
		t.Errorf("what somebody wrote is not found: %v", err)
	}
	second := transcript(3)
	second.Lines[0].Text = "Written anew."
	b.must(t, func(ctx context.Context, tx *store.Tx) error { return tx.SaveTranscript(ctx, call.ID, second) })
	got, err = b.Call(t.Context(), call.ID)
	if err != nil {
		t.Fatal(err)
	}
	if l := got.Transcript.Lines; l[0].Text != "Written anew." || l[1].Text != "About the zebra crossing." {
		t.Errorf("after another transcript: %+v", l)
	}
	kept, err := b.Corrections(t.Context(), call.ID)
	if err != nil {
		t.Fatal(err)
	}
	if diff := cmp.Diff(c, kept); diff != "" {
		t.Error(diff)
	}
	save(domain.Corrections{})
	got, err = b.Call(t.Context(), call.ID)
	if err != nil {
		t.Fatal(err)
	}
	if diff := cmp.Diff(second.Lines, got.Transcript.Lines); diff != "" {
		t.Errorf("taken back: %s", diff)
	}
}

// testReanalyses counts the calls of one by their state.
func testReanalyses(t *testing.T, b *bundle) {
	b.addConnector(t)
	r := domain.Reanalysis{ID: store.NewID(), Stage: domain.StageAnalyze, Choice: domain.CallChoice{UserID: "u1", From: start}, Total: 3, CreatedBy: "Ada", CreatedAt: start}
	b.must(t, func(ctx context.Context, tx *store.Tx) error { return tx.SaveReanalysis(ctx, r) })
	for id, state := range map[string]domain.State{"1": domain.StateProcessed, "2": domain.StateProcessing, "3": domain.StateFailed, "4": domain.StateProcessed} {
		call := b.addCall(t, id, func(c *domain.Call) { c.State = state })
		if id != "4" {
			b.must(t, func(ctx context.Context, tx *store.Tx) error { return tx.SetReanalysis(ctx, call.ID, r.ID) })
		}
	}
	r.Cursor, r.Asked, r.Stopped = "c", 3, true
	b.must(t, func(ctx context.Context, tx *store.Tx) error { return tx.SaveReanalysis(ctx, r) })
	r.Processed, r.Processing, r.Failed = 1, 1, 1
	all, err := b.Reanalyses(t.Context())
	if err != nil {
		t.Fatal(err)
	}
	if diff := cmp.Diff([]domain.Reanalysis{r}, all); diff != "" {
		t.Error(diff)
	}
	if _, err := b.Reanalysis(t.Context(), "none"); !domain.IsKind(err, domain.KindNotFound) {
		t.Errorf("an unknown one: %v", err)
	}
	if n, err := b.CountCalls(t.Context(), store.CallFilter{State: domain.StateProcessed}); err != nil || n != 2 {
		t.Errorf("%d calls are processed, %v", n, err)
	}
}

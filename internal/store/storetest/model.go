package storetest

import (
	"context"
	"testing"

	"earshot/internal/domain"
	"earshot/internal/store"
)

// testModelSettings: off at first, come back whole, and a key opens only for the kind and address for which it was entered.
func testModelSettings(t *testing.T, b *bundle) {
	ctx := t.Context()
	if got, err := b.ModelSettings(ctx); err != nil || got.Enabled || got.DailyTokens == 0 {
		t.Errorf("before they are saved: %+v, %v", got, err)
	}
	b.must(t, func(ctx context.Context, tx *store.Tx) error {
		if err := tx.SaveModelSettings(ctx, domain.ModelSettings{Enabled: true, Kind: "ollama", Prompts: []domain.InsightPrompt{{Name: "P", Active: true}}}); err != nil {
			return err
		}
		return tx.SaveModelKey(ctx, "openai", "https://a", "secret")
	})
	if got, err := b.ModelSettings(ctx); err != nil || !got.Enabled || got.Kind != "ollama" || len(got.ActivePrompts()) != 1 {
		t.Errorf("saved: %+v, %v", got, err)
	}
	for at, key := range map[[2]string]string{{"openai", "https://a"}: "secret", {"openai", "https://b"}: "", {"anthropic", "https://a"}: ""} {
		if got, err := b.ModelKey(ctx, at[0], at[1]); err != nil || got != key {
			t.Errorf("key of %v: %q, %v", at, got, err)
		}
	}
}

// testModelDays: tokens add up by day and can be given back.
func testModelDays(t *testing.T, b *bundle) {
	for _, step := range []struct{ n, want int }{{100, 100}, {50, 150}, {-120, 30}} {
		b.must(t, func(ctx context.Context, tx *store.Tx) error {
			sum, err := tx.AddModelTokens(ctx, "2026-11-23", step.n)
			if err == nil && sum != step.want {
				t.Errorf("after %d: %d, want %d", step.n, sum, step.want)
			}
			return err
		})
	}
	if other, err := b.ModelTokens(t.Context(), "2026-11-24"); err != nil || other != 0 {
		t.Errorf("another day: %d, %v", other, err)
	}
	if n, err := b.ModelTokens(t.Context(), "2026-11-23"); err != nil || n != 30 {
		t.Errorf("the day: %d, %v", n, err)
	}
}

// testModelWorks: the newest stays, versions of a summary all do, lines are found by parts of words, and all goes with the call.
func testModelWorks(t *testing.T, b *bundle) {
	ctx := t.Context()
	b.addConnector(t)
	call := b.addCall(t, "1", func(*domain.Call) {})
	if _, found, err := b.ModelWork(ctx, call.ID); err != nil || found {
		t.Errorf("before any: %v, %v", found, err)
	}
	told := transcript(3)
	told.Lines[1].Text = "The 100% renewal."
	b.must(t, func(ctx context.Context, tx *store.Tx) error {
		if err := tx.SaveTranscript(ctx, call.ID, told); err != nil {
			return err
		}
		for _, state := range []domain.ModelState{domain.ModelQueued, domain.ModelDone} {
			w := domain.ModelWork{CallID: call.ID, State: state, Fingerprint: "f", LinesPrint: "l", Written: &domain.Written{Summary: []domain.Cited{{Text: "a", Quote: "b", Lines: []int{1}}}}}
			if err := tx.SaveModelWork(ctx, w); err != nil {
				return err
			}
			if err := tx.AddSummaryVersion(ctx, domain.SummaryVersion{ID: store.NewID(), CallID: call.ID, By: string(state), Text: "t", At: start}); err != nil {
				return err
			}
		}
		return nil
	})
	got, found, err := b.ModelWork(ctx, call.ID)
	if err != nil || !found || got.State != domain.ModelDone || got.Fingerprint != "f" || got.LinesPrint != "l" || len(got.Written.Summary) != 1 {
		t.Errorf("saved: %+v, %v", got, err)
	}
	if v, err := b.SummaryVersions(ctx, call.ID); err != nil || len(v) != 2 || v[0].By != string(domain.ModelDone) || !v[0].At.Equal(start) {
		t.Errorf("versions: %+v, %v", v, err)
	}
	for part, want := range map[string]int{"renew": 1, "100% ren": 1, "1%0": 0, "RENEW": 1} {
		if lines, err := b.SearchLines(ctx, store.CallFilter{}, []string{part}, 10); err != nil || len(lines) != want {
			t.Errorf("%q: %+v, %v", part, lines, err)
		}
	}
	if lines, err := b.SearchLines(ctx, store.CallFilter{CallID: call.ID, UserID: "somebody else"}, []string{"renew"}, 10); err != nil || len(lines) != 0 {
		t.Errorf("of somebody else: %+v, %v", lines, err)
	}
}

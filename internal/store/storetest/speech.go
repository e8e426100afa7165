package storetest

import (
	"context"
	"testing"

	"github.com/google/go-cmp/cmp"

	"earshot/internal/domain"
	"earshot/internal/store"
)

// testSpeechSettings: they come back whole, and a key only for the engine and address for which it was entered.
func testSpeechSettings(t *testing.T, b *bundle) {
	ctx := t.Context()
	got, err := b.SpeechSettings(ctx)
	if want := (domain.SpeechSettings{Engine: domain.EmbeddedEngine, Languages: []domain.LanguageRule{}}); err != nil || cmp.Diff(want, got) != "" {
		t.Errorf("before they are saved: %+v, %v", got, err)
	}
	want := domain.SpeechSettings{Engine: "openai", Model: "m", BaseURL: "http://10.0.0.1/v1", Fallback: true, EmbeddedModel: "base-en", PricePerMinute: 0.006, Currency: "USD",
		Languages: []domain.LanguageRule{{Kind: domain.LanguageOfNumber, Key: "+331", Language: "fr"}}}
	b.must(t, func(ctx context.Context, tx *store.Tx) error {
		if err := tx.SaveSpeechSettings(ctx, want); err != nil {
			return err
		}
		return tx.SaveSpeechKey(ctx, "openai", want.BaseURL, "secret")
	})
	if got, err := b.SpeechSettings(ctx); err != nil || cmp.Diff(want, got) != "" {
		t.Errorf("saved: %+v, %v", got, err)
	}
	for at, key := range map[[2]string]string{{"openai", want.BaseURL}: "secret", {"openai", "https://other"}: "", {"deepgram", want.BaseURL}: ""} {
		if got, err := b.SpeechKey(ctx, at[0], at[1]); err != nil || got != key {
			t.Errorf("key of %v: %q, %v", at, got, err)
		}
	}
	b.must(t, func(ctx context.Context, tx *store.Tx) error {
		return tx.SaveSpeechKey(ctx, "openai", want.BaseURL, "")
	})
	if got, err := b.SpeechKey(ctx, "openai", want.BaseURL); err != nil || got != "" {
		t.Errorf("a key that was forgotten: %q, %v", got, err)
	}
}

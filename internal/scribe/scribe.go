// Package scribe has a language model write about calls and answer questions about them, within a budget and with every answer checked.
package scribe

import (
	"context"
	"crypto/sha256"
	"encoding/hex"
	"encoding/json"
	"log/slog"
	"time"

	"earshot/internal/domain"
	"earshot/internal/insight/llm"
	"earshot/internal/languagemodel"
	"earshot/internal/library"
	"earshot/internal/secret"
	"earshot/internal/store"
)

// Service is safe for concurrent use.
type Service struct {
	Store   *store.Store
	Library *library.Library
	Logger  *slog.Logger
	Now     func() time.Time
	Local   bool // private addresses for all kinds, as for simulated services
}

// model opens the one of the settings.
func (s *Service) model(ctx context.Context, settings domain.ModelSettings) (llm.Model, error) {
	key, err := s.Store.ModelKey(ctx, settings.Kind, settings.BaseURL)
	if err != nil {
		return nil, err
	}
	return languagemodel.Open(s.config(settings, key))
}

func (s *Service) config(settings domain.ModelSettings, key string) languagemodel.Config {
	return languagemodel.Config{Kind: settings.Kind, Model: settings.Model, BaseURL: settings.BaseURL, Key: secret.String(key), Local: s.Local}
}

// source is a call as a model may see it. Users' names are left out; names that people gave to speakers are used for checks only.
func source(call domain.Call, zone *time.Location) llm.Source {
	return llm.Source{Lines: call.Transcript.Lines, Names: call.Transcript.Names, StartedAt: call.StartedAt.In(zone)}
}

// print is a fingerprint of values that can be written as JSON.
func print(values ...any) string {
	data, _ := json.Marshal(values) // of our own types
	sum := sha256.Sum256(data)
	return hex.EncodeToString(sum[:])
}

// linesPrint tells whether lines read as they did.
func linesPrint(lines []domain.Line) string {
	type said struct {
		ID      int
		Speaker domain.Speaker
		Text    string
	}
	all := make([]said, len(lines))
	for i, l := range lines {
		all[i] = said{l.ID, l.Speaker, l.Text}
	}
	return print(all)
}

// reserve takes tokens of today's budget; over it, an error says until when, and nothing is taken.
func (s *Service) reserve(ctx context.Context, settings domain.ModelSettings, tokens int) (day string, err error) {
	general, err := s.Store.Settings(ctx)
	if err != nil {
		return "", err
	}
	now := s.Now().In(general.Location())
	day = now.Format(time.DateOnly)
	return day, s.Store.InTx(ctx, func(ctx context.Context, tx *store.Tx) error {
		sum, err := tx.AddModelTokens(ctx, day, tokens)
		if err != nil || settings.DailyTokens == 0 || sum <= settings.DailyTokens {
			return err
		}
		e := domain.Errorf(domain.KindRateLimited, CodeSpent, "today's budget of %d tokens is spent or too small for this; %d are used or reserved. Try tomorrow, or raise it in Setup > Language Model", settings.DailyTokens, sum-tokens)
		y, m, d := now.Date()
		e.RetryAt = time.Date(y, m, d+1, 0, 1, 0, 0, now.Location())
		return e
	})
}

// CodeSpent is the code of the error for a budget that is spent.
const CodeSpent = "model_budget_spent"

// settle corrects a reservation to what was used. It is done also while we are being stopped.
func (s *Service) settle(ctx context.Context, day string, reserved int, used domain.ModelUsage) {
	err := s.Store.InTx(context.WithoutCancel(ctx), func(ctx context.Context, tx *store.Tx) error {
		_, err := tx.AddModelTokens(ctx, day, used.Total()-reserved)
		return err
	})
	if err != nil {
		s.Logger.ErrorContext(ctx, "tokens of a language model stay reserved", "error", err)
	}
}

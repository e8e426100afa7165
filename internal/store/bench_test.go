package store_test

import (
	"context"
	"fmt"
	"log/slog"
	"path/filepath"
	"testing"
	"time"

	"earshot/internal/domain"
	"earshot/internal/secret"
	"earshot/internal/store"
	"earshot/internal/testkit/postgres"
)

// manyCalls is the size that DESIGN section 8 sets for lists.
const manyCalls = 100_000

// BenchmarkLists reads pages out of 100,000 calls. Filling the database takes a minute.
func BenchmarkLists(b *testing.B) {
	eachBench(b, func(b *testing.B, s *store.Store) {
		fill(b, s)
		ctx := b.Context()
		_, middle, err := s.Calls(ctx, store.CallFilter{Limit: 500})
		if err != nil {
			b.Fatal(err)
		}
		reads := map[string]func() error{
			"calls":          func() error { _, _, err := s.Calls(ctx, store.CallFilter{}); return err },
			"calls later":    func() error { _, _, err := s.Calls(ctx, store.CallFilter{Cursor: middle}); return err },
			"calls of user":  func() error { _, _, err := s.Calls(ctx, store.CallFilter{UserID: "user-7"}); return err },
			"calls number":   func() error { _, _, err := s.Calls(ctx, store.CallFilter{Query: "+1555000042"}); return err },
			"vc calls":       func() error { _, _, err := s.VCCalls(ctx, store.VCCallFilter{}); return err },
			"vc calls state": func() error { _, _, err := s.VCCalls(ctx, store.VCCallFilter{State: domain.StateFailed}); return err },
			"vc counts":      func() error { _, err := s.VCCallCounts(ctx); return err },
			"stuck":          func() error { _, err := s.StuckVCCalls(ctx, time.Now().Add(time.Hour), 100); return err },
		}
		for name, read := range reads {
			b.Run(name, func(b *testing.B) {
				for b.Loop() {
					if err := read(); err != nil {
						b.Fatal(err)
					}
				}
			})
		}
	})
}

// BenchmarkAccept stores events with their jobs, as a site does before it answers.
func BenchmarkAccept(b *testing.B) {
	eachBench(b, func(b *testing.B, s *store.Store) {
		for b.Loop() {
			event := domain.Event{ID: store.NewID(), ConnectorID: "c", ReceivedAt: time.Now(), Body: make([]byte, 2000)}
			copy(event.Body, event.ID)
			err := s.InTx(b.Context(), func(ctx context.Context, tx *store.Tx) error {
				if _, err := tx.InsertEvent(ctx, event); err != nil {
					return err
				}
				return tx.Enqueue(ctx, domain.EventJob{EventID: event.ID})
			})
			if err != nil {
				b.Fatal(err)
			}
		}
	})
}

func eachBench(b *testing.B, bench func(*testing.B, *store.Store)) {
	for name, config := range map[string]func() store.Config{
		"SQLite":   func() store.Config { return store.Config{DataDir: b.TempDir()} },
		"Postgres": func() store.Config { return store.Config{URL: postgres.URL(b)} },
	} {
		b.Run(name, func(b *testing.B) {
			c := config()
			keyring, err := secret.Load(filepath.Join(b.TempDir(), "master.key"))
			if err != nil {
				b.Fatal(err)
			}
			c.Keyring, c.Logger, c.Now = keyring, slog.New(slog.DiscardHandler), time.Now
			s, err := store.Open(b.Context(), c)
			if err != nil {
				b.Fatal(err)
			}
			defer s.Close()
			err = s.InTx(b.Context(), func(ctx context.Context, tx *store.Tx) error {
				return tx.SaveConnector(ctx, domain.Connector{ID: "c", Provider: domain.Aircall})
			})
			if err != nil {
				b.Fatal(err)
			}
			bench(b, s)
		})
	}
}

// fill stores calls of a hundred users, each with its VC Call, a few lines and insights.
func fill(b *testing.B, s *store.Store) {
	start := time.Date(2026, time.January, 1, 0, 0, 0, 0, time.UTC)
	for first := 0; first < manyCalls; first += 1000 {
		err := s.InTx(b.Context(), func(ctx context.Context, tx *store.Tx) error {
			for i := first; i < first+1000; i++ {
				if err := fillOne(ctx, tx, i, start.Add(time.Duration(i)*time.Minute)); err != nil {
					return err
				}
			}
			return nil
		})
		if err != nil {
			b.Fatal(err)
		}
	}
}

func fillOne(ctx context.Context, tx *store.Tx, i int, at time.Time) error {
	from := fmt.Sprintf("+1555%06d", i)
	v, _, err := tx.UpsertVCCall(ctx, store.Arrival{ConnectorID: "c", Provider: domain.Aircall, ProviderCallID: fmt.Sprint(i), Via: domain.ViaRealtime, Snapshot: &domain.ProviderCall{From: from}, ObservedAt: at})
	if err != nil {
		return err
	}
	v.State = domain.StateProcessed
	if i%1000 == 0 {
		v.State = domain.StateFailed
	}
	if err := tx.UpdateVCCall(ctx, &v); err != nil {
		return err
	}
	c := domain.Call{ID: store.NewID(), VCCallID: v.ID, Provider: domain.Aircall, UserID: fmt.Sprintf("user-%d", i%100), UserName: "Somebody", From: from, To: "+15559999999", StartedAt: at, State: domain.StateProcessed}
	if err := tx.SaveCall(ctx, c); err != nil {
		return err
	}
	lines := []domain.Line{{ID: 1, Speaker: domain.Agent, Text: "Thank you for calling, how can I help you?"}, {ID: 2, Speaker: domain.Customer, Text: "I would like to know what the premium plan costs."}}
	if err := tx.SaveTranscript(ctx, c.ID, domain.Transcript{Duration: 60, Lines: lines}); err != nil {
		return err
	}
	return tx.SaveInsights(ctx, c.ID, domain.Insights{Metrics: domain.Metrics{TalkRatio: map[domain.Speaker]float64{domain.Agent: 0.5}}})
}

// Package insighttypes holds the use cases of Insight Types: the products, competitors and custom mentions that a company looks for in its calls.
package insighttypes

import (
	"context"
	"time"

	"earshot/internal/domain"
	"earshot/internal/identity"
	"earshot/internal/insight"
	"earshot/internal/store"
)

// Service is safe for concurrent use.
type Service struct {
	Store *store.Store
	Now   func() time.Time
}

// List gives all, by kind and name.
func (s *Service) List(ctx context.Context, actor domain.User) ([]domain.InsightType, error) {
	if err := s.may(actor); err != nil {
		return nil, err
	}
	return s.Store.InsightTypes(ctx)
}

// Add makes one. A name that its kind has in this language already is a conflict (insight_type_taken).
func (s *Service) Add(ctx context.Context, actor domain.User, t domain.InsightType) (domain.InsightType, error) {
	added, err := s.addAll(ctx, actor, []domain.InsightType{t})
	if err != nil {
		return t, err
	}
	if len(added) == 0 {
		return t, domain.Errorf(domain.KindConflict, "insight_type_taken", "there is a %s named “%s” already for this language; add aliases to that one, or choose another name", t.Kind, t.Name)
	}
	return added[0], nil
}

// addAll adds those that are not there yet, and gives them.
func (s *Service) addAll(ctx context.Context, actor domain.User, types []domain.InsightType) ([]domain.InsightType, error) {
	if err := s.may(actor); err != nil {
		return nil, err
	}
	now := s.Now().UTC().Truncate(time.Millisecond) // as the store keeps it
	for i := range types {
		if err := types[i].Tidy(); err != nil {
			return nil, err
		}
		types[i].ID, types[i].CreatedAt, types[i].UpdatedAt = store.NewID(), now, now
	}
	var added []domain.InsightType
	err := s.Store.InTx(ctx, func(ctx context.Context, tx *store.Tx) (err error) {
		if added, err = tx.AddInsightTypes(ctx, types); err != nil {
			return err
		}
		for _, t := range added {
			if err := tx.Audit(ctx, actor, domain.ActionInsightTypeAdded, subject(t), domain.Facts{}.Changes(domain.FactsOf(t))...); err != nil {
				return err
			}
		}
		return nil
	})
	return added, err
}

// Change edits one. What stays as it is is no change.
func (s *Service) Change(ctx context.Context, actor domain.User, id string, edit func(*domain.InsightType)) (t domain.InsightType, err error) {
	if err := s.may(actor); err != nil {
		return t, err
	}
	err = s.Store.InTx(ctx, func(ctx context.Context, tx *store.Tx) error {
		if t, err = tx.InsightType(ctx, id); err != nil {
			return err
		}
		before := domain.FactsOf(t)
		edit(&t)
		if err := t.Tidy(); err != nil {
			return err
		}
		changes := before.Changes(domain.FactsOf(t))
		if len(changes) == 0 {
			return nil
		}
		t.UpdatedAt = s.Now().UTC().Truncate(time.Millisecond)
		if err := tx.SaveInsightType(ctx, t); err != nil {
			return err
		}
		return tx.Audit(ctx, actor, domain.ActionInsightTypeSaved, subject(t), changes...)
	})
	return t, err
}

// Remove deletes one. Calls keep what it found until they are analysed again.
func (s *Service) Remove(ctx context.Context, actor domain.User, id string) error {
	if err := s.may(actor); err != nil {
		return err
	}
	return s.Store.InTx(ctx, func(ctx context.Context, tx *store.Tx) error {
		t, err := tx.InsightType(ctx, id)
		if err != nil {
			return err
		}
		if err := tx.RemoveInsightType(ctx, id); err != nil {
			return err
		}
		return tx.Audit(ctx, actor, domain.ActionInsightTypeRemoved, subject(t), domain.FactsOf(t).Changes(nil)...)
	})
}

// Try tells which active types a text would match, said by a speaker ("": by either) at a second of a call; nothing is stored.
func (s *Service) Try(ctx context.Context, actor domain.User, text string, by domain.Speaker, at float64, language string) ([]domain.TypeMatch, error) {
	types, err := s.List(ctx, actor)
	if err != nil {
		return nil, err
	}
	return insight.TryTypes(types, text, by, at, language), nil
}

func (s *Service) may(actor domain.User) error {
	return identity.Require(actor, domain.PermissionCustomize, s.Now())
}

func subject(t domain.InsightType) domain.Subject {
	return domain.Subject{Kind: domain.SubjectInsightType, ID: t.ID, Name: t.Name}
}

package connector

import (
	"context"
	"strings"
	"time"

	"earshot/internal/domain"
	"earshot/internal/identity"
	"earshot/internal/phone"
	"earshot/internal/store"
)

// ExcludedNumbers lists them, newest first.
func (s *Service) ExcludedNumbers(ctx context.Context, actor domain.User) ([]domain.ExcludedNumber, error) {
	if err := identity.Require(actor, domain.PermissionCustomize, s.Now()); err != nil {
		return nil, err
	}
	return s.Store.ExcludedNumbers(ctx)
}

// Exclude adds numbers in any format. If one cannot be read, all that cannot are named and none is added.
// A number that is on the list already is not added again.
func (s *Service) Exclude(ctx context.Context, actor domain.User, numbers []string, note string) ([]domain.ExcludedNumber, error) {
	if err := identity.Require(actor, domain.PermissionCustomize, s.Now()); err != nil {
		return nil, err
	}
	var bad []string
	var add []domain.ExcludedNumber
	for _, n := range numbers {
		e164, ok := phone.E164(n, "US")
		if !ok {
			bad = append(bad, n)
			continue
		}
		add = append(add, domain.ExcludedNumber{ID: store.NewID(), Number: e164, Note: strings.TrimSpace(note), CreatedAt: s.Now(), CreatedBy: actor.ID})
	}
	if len(bad) > 0 || len(numbers) == 0 {
		return nil, domain.Errorf(domain.KindInvalid, "bad_number", "not phone numbers: %s. Nothing was added; write each with its country code, as +1 212 555 0123", strings.Join(bad, ", "))
	}
	var added []domain.ExcludedNumber
	err := s.Store.InTx(ctx, func(ctx context.Context, tx *store.Tx) (err error) {
		if added, err = tx.AddExcludedNumbers(ctx, add); err != nil {
			return err
		}
		for _, n := range added {
			if err := tx.Audit(ctx, actor, domain.ActionExcludedAdded, domain.Subject{Kind: domain.SubjectExcluded, ID: n.ID, Name: n.Number}, domain.Facts{}.Changes(domain.Facts{"note": n.Note})...); err != nil {
				return err
			}
		}
		return nil
	})
	return added, err
}

// Include takes a number off the list.
func (s *Service) Include(ctx context.Context, actor domain.User, id string) error {
	if err := identity.Require(actor, domain.PermissionCustomize, s.Now()); err != nil {
		return err
	}
	return s.Store.InTx(ctx, func(ctx context.Context, tx *store.Tx) error {
		n, err := tx.RemoveExcludedNumber(ctx, id)
		if err != nil {
			return err
		}
		return tx.Audit(ctx, actor, domain.ActionExcludedRemoved, domain.Subject{Kind: domain.SubjectExcluded, ID: id, Name: n.Number}, domain.Facts{"note": n.Note}.Changes(nil)...)
	})
}

// Settings gives the general settings.
func (s *Service) Settings(ctx context.Context, actor domain.User) (domain.GeneralSettings, error) {
	if err := identity.Require(actor, domain.PermissionCustomize, s.Now()); err != nil {
		return domain.GeneralSettings{}, err
	}
	return s.Store.Settings(ctx)
}

// SaveSettings changes the general settings; calls that are processed from now on follow them.
func (s *Service) SaveSettings(ctx context.Context, actor domain.User, settings domain.GeneralSettings) error {
	if err := identity.Require(actor, domain.PermissionCustomize, s.Now()); err != nil {
		return err
	}
	if _, err := time.LoadLocation(settings.TimeZone); err != nil {
		return domain.Errorf(domain.KindInvalid, "unknown_time_zone", "%q is no time zone; take one such as Europe/Berlin or America/New_York", settings.TimeZone)
	}
	if err := settings.Retention.Check(); err != nil {
		return err
	}
	return s.Store.InTx(ctx, func(ctx context.Context, tx *store.Tx) error {
		before, err := tx.Settings(ctx)
		if err != nil {
			return err
		}
		if err := tx.SaveSettings(ctx, settings); err != nil {
			return err
		}
		return auditSettings(ctx, tx, actor, "General Settings", domain.FactsOf(before), domain.FactsOf(settings))
	})
}

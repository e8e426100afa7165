package connector

import (
	"context"
	_ "embed"
	"strings"

	"earshot/internal/domain"
	"earshot/internal/store"
)

// TermsVersion changes with terms.md; a new version asks again.
const TermsVersion = "2026-11"

//go:embed terms.md
var termsText string

// Terms that are accepted for each connector before it is enabled (Voice Connector Guide p. 4).
type Terms struct {
	Version    string
	Text       string                   // Markdown
	Acceptance []domain.TermsAcceptance // newest first
}

// Accepted tells whether the terms of this version were accepted.
func (t Terms) Accepted() bool {
	return len(t.Acceptance) > 0 && t.Acceptance[0].Version == t.Version
}

func (s *Service) terms(ctx context.Context, p domain.Provider) (Terms, error) {
	accepted, err := s.Store.TermsAccepted(ctx, p)
	return Terms{TermsVersion, strings.ReplaceAll(termsText, "{{provider}}", s.Openers[p].Info.Name), accepted}, err
}

// AcceptTerms keeps that the actor accepts the terms of a connector. version is the one that was read.
func (s *Service) AcceptTerms(ctx context.Context, actor domain.User, p domain.Provider, version string) (View, error) {
	if version != TermsVersion {
		return View{}, domain.Errorf(domain.KindConflict, "terms_changed", "the terms have changed since you read them; load the page again and read the new ones")
	}
	return s.changeTx(ctx, actor, p, func(ctx context.Context, tx *store.Tx, c *domain.Connector) error {
		accepted, err := tx.TermsAccepted(ctx, p)
		if err != nil || len(accepted) > 0 && accepted[0].Version == version {
			return err
		}
		err = tx.AcceptTerms(ctx, p, append([]domain.TermsAcceptance{{Version: version, UserID: actor.ID, UserName: actor.Name, At: s.Now()}}, accepted...))
		if err != nil {
			return err
		}
		return tx.Audit(ctx, actor, domain.ActionTermsAccepted, s.subject(*c), domain.FieldChange{Field: "version", New: version})
	})
}

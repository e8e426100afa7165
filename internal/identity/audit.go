package identity

import (
	"context"
	"slices"
	"strings"

	"earshot/internal/domain"
	"earshot/internal/store"
)

// userSubject names a user in the audit log.
func userSubject(u domain.User) domain.Subject {
	return domain.Subject{Kind: domain.SubjectUser, ID: u.ID, Name: u.Name}
}

// userFacts are what the audit log compares of a user. Numbers and sets that have ended do not count.
func userFacts(u domain.User) domain.Facts {
	var phones, sets []string
	for _, p := range u.Phones {
		if p.To.IsZero() {
			phones = append(phones, p.Number)
		}
	}
	for _, s := range u.PermissionSets {
		if s.To.IsZero() {
			sets = append(sets, s.Set)
		}
	}
	slices.Sort(phones)
	slices.Sort(sets)
	facts := domain.FactsOf(map[string]any{"identifiers": u.Identifiers, "active": u.Active})
	facts["name"], facts["email"], facts["profile"], facts["manager_id"] = u.Name, u.Email, u.Profile, u.ManagerID
	facts["phones"], facts["permission_sets"] = strings.Join(phones, ", "), strings.Join(sets, ", ")
	return facts
}

// saveAudited saves a user and notes what was changed; what is saved as it was is no change.
func saveAudited(ctx context.Context, tx *store.Tx, actor, u domain.User) error {
	before, err := tx.User(ctx, u.ID)
	fresh := domain.IsKind(err, domain.KindNotFound)
	if err != nil && !fresh {
		return err
	}
	if err := tx.SaveUser(ctx, u); err != nil {
		return err
	}
	if fresh {
		return tx.Audit(ctx, actor, domain.ActionUserCreated, userSubject(u), domain.Facts{}.Changes(userFacts(u))...)
	}
	changes := userFacts(before).Changes(userFacts(u))
	if len(changes) == 0 {
		return nil
	}
	return tx.Audit(ctx, actor, domain.ActionUserSaved, userSubject(u), changes...)
}

// AuditLog gives a page of what people did, newest first, and the cursor of the next.
func (i *Identity) AuditLog(ctx context.Context, actor domain.User, f store.AuditFilter) ([]domain.Audited, string, error) {
	if err := Require(actor, domain.PermissionCustomize, i.Now()); err != nil {
		return nil, "", err
	}
	return i.Store.AuditLog(ctx, f)
}

// AuditActions gives the actions that the audit log holds.
func (i *Identity) AuditActions(ctx context.Context, actor domain.User) ([]string, error) {
	if err := Require(actor, domain.PermissionCustomize, i.Now()); err != nil {
		return nil, err
	}
	return i.Store.AuditActions(ctx)
}

package identity

import (
	"context"
	"maps"
	"slices"
	"strings"
	"time"

	"earshot/internal/domain"
	"earshot/internal/phone"
	"earshot/internal/store"
)

// Link is a provider's id of a person that becomes a user's.
type Link struct{ UserID, Identifier string }

// LinkUsers fills the identifier fields of users for a provider, replacing what was there: all of them, or none if one is wrong. An
// identifier that somebody else keeps is refused. It gives the users as they are now.
func (i *Identity) LinkUsers(ctx context.Context, actor domain.User, p domain.Provider, links []Link) (changed []domain.User, err error) {
	if err := Require(actor, domain.PermissionManageUsers, i.Now()); err != nil {
		return nil, err
	}
	if !slices.Contains(slices.Collect(maps.Values(identifierColumns)), p) {
		return nil, domain.Errorf(domain.KindNotFound, "unknown_provider", "users have no identifier field for %q", p)
	}
	err = i.Store.InTx(ctx, func(ctx context.Context, tx *store.Tx) error {
		users, err := tx.Users(ctx)
		if err != nil {
			return err
		}
		changed, err = i.linked(users, p, links)
		if err != nil {
			return err
		}
		for n, u := range changed {
			if changed[n], err = i.save(ctx, tx, actor, u); err != nil {
				return err
			}
		}
		return tx.Enqueue(ctx, domain.RematchJob{})
	})
	return changed, err
}

// linked gives the users that links change, as they are then.
func (i *Identity) linked(users []domain.User, p domain.Provider, links []Link) ([]domain.User, error) {
	at := map[string]int{}
	for n, u := range users {
		at[u.ID] = n
	}
	touched := map[int]bool{}
	for _, l := range links {
		n, ok := at[l.UserID]
		if !ok {
			return nil, domain.Errorf(domain.KindNotFound, "unknown_user", "there is no such user any more; load the page again")
		}
		if touched[n] {
			return nil, domain.Errorf(domain.KindInvalid, "linked_twice", "%s is chosen for two people; choose one of them", users[n].Name)
		}
		touched[n] = true
		users[n] = withIdentifier(users[n], p, strings.TrimSpace(l.Identifier))
	}
	if err := taken(users, p, touched); err != nil {
		return nil, err
	}
	out := make([]domain.User, 0, len(touched))
	for _, n := range slices.Sorted(maps.Keys(touched)) {
		out = append(out, users[n])
	}
	return out, nil
}

func withIdentifier(u domain.User, p domain.Provider, id string) domain.User {
	fields := map[domain.Provider]string{}
	for k, v := range u.Identifiers {
		fields[k] = v
	}
	fields[p] = id
	if id == "" {
		delete(fields, p)
	}
	u.Identifiers = fields
	return u
}

// taken refuses identifiers that two users would have.
func taken(users []domain.User, p domain.Provider, touched map[int]bool) error {
	holder := map[string]string{}
	for n, u := range users {
		if id := strings.ToLower(u.Identifiers[p]); id != "" && !touched[n] {
			holder[id] = u.Name
		}
	}
	for _, n := range slices.Sorted(maps.Keys(touched)) {
		u := users[n]
		id := strings.ToLower(u.Identifiers[p])
		if other, has := holder[id]; has && id != "" {
			return domain.Errorf(domain.KindConflict, "identifier_taken", "the %s %q is of %s already; empty it there first, nothing was changed", domain.IdentifierField(p), u.Identifiers[p], other)
		}
		holder[id] = u.Name
	}
	return nil
}

// AddPhone gives a user a number from a time on; one that nobody ever had counts for all times. A number that somebody has then is
// refused.
func (i *Identity) AddPhone(ctx context.Context, actor domain.User, userID, number string, since time.Time) (domain.User, error) {
	if err := Require(actor, domain.PermissionManageUsers, i.Now()); err != nil {
		return domain.User{}, err
	}
	e164, ok := phone.E164(number, "US")
	if !ok {
		return domain.User{}, domain.Errorf(domain.KindInvalid, "bad_number", "%q is not a phone number; write it with its country code, as +1 212 555 0123", number)
	}
	return i.edit(ctx, actor, userID, func(u *domain.User, others []domain.User) error {
		added := domain.UserPhone{Number: e164}
		for _, o := range append(others, *u) {
			if _, has := o.HasPhone(e164, since); has {
				return domain.Errorf(domain.KindConflict, "number_taken", "%s is the phone of %s; end it there first", e164, o.Name)
			}
			if everHad(o, e164) {
				added.From = since
			}
		}
		u.Phones = append(u.Phones, added)
		return nil
	})
}

// GrantSet gives a user a permission set from now on; one that is held already stays as it is.
func (i *Identity) GrantSet(ctx context.Context, actor domain.User, userID, set string) (domain.User, error) {
	if err := Require(actor, domain.PermissionAssignSets, i.Now()); err != nil {
		return domain.User{}, err
	}
	if !slices.Contains(domain.PermissionSets(), set) {
		return domain.User{}, domain.Errorf(domain.KindInvalid, "unknown_permission_set", "there is no permission set %q", set)
	}
	return i.edit(ctx, actor, userID, func(u *domain.User, _ []domain.User) error {
		if !u.HasSet(set, i.Now()) {
			u.PermissionSets = append(u.PermissionSets, domain.PermissionAssignment{Set: set, From: i.Now()})
		}
		return nil
	})
}

// edit changes one user in a transaction, with Last Modified Date.
func (i *Identity) edit(ctx context.Context, actor domain.User, userID string, change func(u *domain.User, others []domain.User) error) (user domain.User, err error) {
	err = i.Store.InTx(ctx, func(ctx context.Context, tx *store.Tx) error {
		if user, err = tx.User(ctx, userID); err != nil {
			return err
		}
		others, err := tx.Users(ctx)
		if err != nil {
			return err
		}
		if err := change(&user, slices.DeleteFunc(others, func(o domain.User) bool { return o.ID == userID })); err != nil {
			return err
		}
		if user, err = i.save(ctx, tx, actor, user); err != nil {
			return err
		}
		return tx.Enqueue(ctx, domain.RematchJob{})
	})
	return user, err
}

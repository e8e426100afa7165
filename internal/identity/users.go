package identity

import (
	"context"
	"fmt"
	"net/mail"
	"slices"
	"strings"
	"time"

	"earshot/internal/domain"
	"earshot/internal/phone"
	"earshot/internal/store"
)

// Require gives an error that names the permission unless the user has it.
func Require(u domain.User, permission string, now time.Time) error {
	if u.Can(permission, now) {
		return nil
	}
	return domain.Errorf(domain.KindForbidden, "no_permission", "this needs the permission %s, which %s does not have; ask an admin", permission, u.Name)
}

// UserInput is what an admin enters for a user. A number or set that the user has already keeps its validity;
// one that is left out ends now.
type UserInput struct {
	Name, Email, Profile string
	Identifiers          map[domain.Provider]string
	Phones               []string
	PermissionSets       []string
}

// Users lists all users.
func (i *Identity) Users(ctx context.Context, actor domain.User) ([]domain.User, error) {
	if err := Require(actor, domain.PermissionAccessVoice, i.Now()); err != nil {
		return nil, err
	}
	return i.Store.Users(ctx)
}

// SaveUser creates a user (empty id) or changes one.
func (i *Identity) SaveUser(ctx context.Context, actor domain.User, id string, in UserInput) (domain.User, error) {
	if err := Require(actor, domain.PermissionManageUsers, i.Now()); err != nil {
		return domain.User{}, err
	}
	user := domain.User{Active: true}
	if id != "" {
		var err error
		if user, err = i.Store.User(ctx, id); err != nil {
			return domain.User{}, err
		}
	}
	others, err := i.Store.Users(ctx)
	if err != nil {
		return domain.User{}, err
	}
	others = slices.DeleteFunc(others, func(o domain.User) bool { return o.ID == id })
	if err := i.fill(&user, in, others); err != nil {
		return domain.User{}, err
	}
	err = i.Store.InTx(ctx, func(ctx context.Context, tx *store.Tx) (err error) {
		user, err = i.save(ctx, tx, user)
		return err
	})
	return user, err
}

func (i *Identity) save(ctx context.Context, tx *store.Tx, u domain.User) (domain.User, error) {
	if u.ID == "" {
		u.ID, u.CreatedAt = store.NewID(), i.Now()
	}
	u.LastModifiedAt = i.Now()
	return u, tx.SaveUser(ctx, u)
}

func (i *Identity) fill(u *domain.User, in UserInput, others []domain.User) error {
	name, email := strings.TrimSpace(in.Name), strings.TrimSpace(in.Email)
	if name == "" {
		return domain.Errorf(domain.KindInvalid, "name_missing", "the user needs a name")
	}
	if _, err := mail.ParseAddress(email); err != nil {
		return domain.Errorf(domain.KindInvalid, "bad_email", "%q is not an e-mail address", email)
	}
	if in.Profile == "" {
		in.Profile = domain.ProfileStandard
	}
	if u.Profile == domain.ProfileGuest { // it stays the guest, whatever a form says
		in.Profile = domain.ProfileGuest
	} else if !slices.Contains(domain.Profiles(), in.Profile) {
		return domain.Errorf(domain.KindInvalid, "unknown_profile", "there is no profile %q", in.Profile)
	}
	u.Name, u.Email, u.Profile, u.Identifiers = name, email, in.Profile, trimmed(in.Identifiers)
	if err := i.fillPhones(u, in.Phones, others); err != nil {
		return err
	}
	return i.fillSets(u, in.PermissionSets)
}

func trimmed(ids map[domain.Provider]string) map[domain.Provider]string {
	out := map[domain.Provider]string{}
	for p, id := range ids {
		if id = strings.TrimSpace(id); id != "" {
			out[p] = id
		}
	}
	return out
}

// fillPhones ends the numbers that are left out and adds the new ones. A number that was somebody else's is this user's from
// now on; one that was nobody's counts for earlier calls as well, so that unmatched calls find their user.
func (i *Identity) fillPhones(u *domain.User, numbers []string, others []domain.User) error {
	var wanted []string
	for _, n := range numbers {
		e164, ok := phone.E164(n, "US")
		if !ok {
			return domain.Errorf(domain.KindInvalid, "bad_number", "%q is not a phone number; write it with its country code, as +1 212 555 0123", n)
		}
		wanted = append(wanted, e164)
	}
	now := i.Now()
	for k, p := range u.Phones {
		if p.To.IsZero() && !slices.Contains(wanted, p.Number) {
			u.Phones[k].To = now
		}
	}
	for _, n := range wanted {
		if _, has := u.HasPhone(n, now); has {
			continue
		}
		added := domain.UserPhone{Number: n}
		if slices.ContainsFunc(others, func(o domain.User) bool { return everHad(o, n) }) || everHad(*u, n) {
			added.From = now
		}
		u.Phones = append(u.Phones, added)
	}
	return nil
}

func everHad(u domain.User, number string) bool {
	return slices.ContainsFunc(u.Phones, func(p domain.UserPhone) bool { return p.Number == number })
}

func (i *Identity) fillSets(u *domain.User, sets []string) error {
	now := i.Now()
	for k, a := range u.PermissionSets {
		if a.To.IsZero() && !slices.Contains(sets, a.Set) {
			u.PermissionSets[k].To = now
		}
	}
	for _, set := range sets {
		if !slices.Contains(domain.PermissionSets(), set) {
			return domain.Errorf(domain.KindInvalid, "unknown_permission_set", "there is no permission set %q", set)
		}
		if !u.HasSet(set, now) {
			u.PermissionSets = append(u.PermissionSets, domain.PermissionAssignment{Set: set, From: now})
		}
	}
	return nil
}

// Imported is a user with the time since which they hold what they hold, as another system knows it.
type Imported struct {
	UserInput
	Since time.Time // zero: from now on
}

// Import creates users, or changes those with the same e-mail address: all of them, or none if one is wrong.
func (i *Identity) Import(ctx context.Context, actor domain.User, users []Imported) error {
	if err := Require(actor, domain.PermissionManageUsers, i.Now()); err != nil {
		return err
	}
	return i.Store.InTx(ctx, func(ctx context.Context, tx *store.Tx) error {
		for n, in := range users {
			if err := i.importOne(ctx, tx, in); err != nil {
				return fmt.Errorf("user %d (%s): %w", n+1, in.Email, err)
			}
		}
		return nil
	})
}

func (i *Identity) importOne(ctx context.Context, tx *store.Tx, in Imported) error {
	u, err := tx.UserByEmail(ctx, in.Email)
	if err != nil && !domain.IsKind(err, domain.KindNotFound) {
		return err
	}
	u.Active = true
	others, err := tx.Users(ctx)
	if err != nil {
		return err
	}
	if err := i.fill(&u, in.UserInput, slices.DeleteFunc(others, func(o domain.User) bool { return o.ID == u.ID })); err != nil {
		return err
	}
	for k := range u.PermissionSets {
		if !in.Since.IsZero() && u.PermissionSets[k].To.IsZero() && in.Since.Before(u.PermissionSets[k].From) {
			u.PermissionSets[k].From = in.Since
		}
	}
	_, err = i.save(ctx, tx, u)
	return err
}

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
// one that is left out ends now. What is nil stays as it is.
type UserInput struct {
	Name, Email, Profile string
	Identifiers          map[domain.Provider]string
	Phones               []string
	PermissionSets       []string

	Active    *bool
	ManagerID *string
	Periods   []domain.UserPhone // with their validity, in the place of Phones
	Seen      time.Time          // Last Modified Date that the admin saw; zero: whatever it is by now
}

// Users lists all users.
func (i *Identity) Users(ctx context.Context, actor domain.User) ([]domain.User, error) {
	if err := Require(actor, domain.PermissionAccessVoice, i.Now()); err != nil {
		return nil, err
	}
	return i.Store.Users(ctx)
}

// User gives one.
func (i *Identity) User(ctx context.Context, actor domain.User, id string) (domain.User, error) {
	if err := Require(actor, domain.PermissionAccessVoice, i.Now()); err != nil {
		return domain.User{}, err
	}
	return i.Store.User(ctx, id)
}

// SaveUser creates a user (empty id) or changes one.
func (i *Identity) SaveUser(ctx context.Context, actor domain.User, id string, in UserInput) (domain.User, error) {
	if err := Require(actor, domain.PermissionManageUsers, i.Now()); err != nil {
		return domain.User{}, err
	}
	var user domain.User
	err := i.Store.InTx(ctx, func(ctx context.Context, tx *store.Tx) (err error) {
		user = domain.User{Active: true}
		if id != "" {
			if user, err = tx.User(ctx, id); err != nil {
				return err
			}
		}
		others, err := tx.Users(ctx)
		if err != nil {
			return err
		}
		others = slices.DeleteFunc(others, func(o domain.User) bool { return o.ID == id })
		before := user
		if err := i.fill(&user, in, others); err != nil {
			return err
		}
		if err := i.mayBecome(actor, before, user, others); err != nil {
			return err
		}
		if user, err = i.save(ctx, tx, actor, user); err != nil {
			return err
		}
		return tx.Enqueue(ctx, domain.RematchJob{}) // calls that nobody was found for may be this user's (BT-3)
	})
	return user, err
}

// mayBecome refuses what would leave nobody who can mend it, or an endless chain of managers.
func (i *Identity) mayBecome(actor, before, after domain.User, others []domain.User) error {
	admin := func(u domain.User) bool { return u.Active && u.Profile == domain.ProfileAdministrator }
	switch {
	case actor.Profile != domain.ProfileAdministrator && (before.Profile == domain.ProfileAdministrator && before.ID != actor.ID || after.Profile == domain.ProfileAdministrator && before.Profile != after.Profile):
		return domain.Errorf(domain.KindForbidden, "administrators_only", "only a %s makes another one, or changes one; ask one of them", domain.ProfileAdministrator)
	case before.ID != "" && before.ID == actor.ID && !after.Active:
		return domain.Errorf(domain.KindConflict, "own_account", "you cannot deactivate yourself; another admin can")
	case admin(before) && !admin(after) && !slices.ContainsFunc(others, admin):
		return domain.Errorf(domain.KindConflict, "last_admin", "%s is the last %s who is active; make another one first", before.Name, domain.ProfileAdministrator)
	}
	return mayManage(after, others)
}

// mayManage follows the managers of a user up.
func mayManage(u domain.User, others []domain.User) error {
	if u.ManagerID == "" {
		return nil
	}
	byID := map[string]domain.User{}
	for _, o := range others {
		byID[o.ID] = o
	}
	if _, ok := byID[u.ManagerID]; !ok && u.ManagerID != u.ID {
		return domain.Errorf(domain.KindInvalid, "unknown_manager", "the manager is not a user; choose one of the list")
	}
	for at, n := u.ManagerID, 0; at != "" && n <= len(others); at, n = byID[at].ManagerID, n+1 {
		if at == u.ID {
			return domain.Errorf(domain.KindInvalid, "manager_circle", "%s cannot be managed by somebody whom they manage, or by themself", u.Name)
		}
	}
	return nil
}

func (i *Identity) save(ctx context.Context, tx *store.Tx, actor, u domain.User) (domain.User, error) {
	if u.ID == "" {
		u.ID, u.CreatedAt = store.NewID(), i.Now()
	}
	u.LastModifiedAt = i.Now()
	return u, saveAudited(ctx, tx, actor, u)
}

func (i *Identity) fill(u *domain.User, in UserInput, others []domain.User) error {
	if !in.Seen.IsZero() && !in.Seen.Equal(u.LastModifiedAt) {
		return domain.Errorf(domain.KindConflict, "user_changed", "%s was changed meanwhile; nothing was saved: load the page again and repeat your change", u.Name)
	}
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
	if in.Active != nil {
		u.Active = *in.Active
	}
	if in.ManagerID != nil {
		u.ManagerID = *in.ManagerID
	}
	if in.Periods != nil {
		if err := fillPeriods(u, in.Periods); err != nil {
			return err
		}
	} else if err := i.fillPhones(u, in.Phones, others); err != nil {
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

// fillPeriods takes numbers with the time for which they are the user's; several users may share one (VC-19).
func fillPeriods(u *domain.User, periods []domain.UserPhone) error {
	u.Phones = make([]domain.UserPhone, 0, len(periods))
	for _, p := range periods {
		e164, ok := phone.E164(p.Number, "US")
		if !ok {
			return domain.Errorf(domain.KindInvalid, "bad_number", "%q is not a phone number; write it with its country code, as +1 212 555 0123", p.Number)
		}
		if !p.To.IsZero() && !p.From.Before(p.To) {
			return domain.Errorf(domain.KindInvalid, "bad_period", "%s ends before it begins; give it a later end, or none", p.Number)
		}
		u.Phones = append(u.Phones, domain.UserPhone{Number: e164, From: p.From, To: p.To})
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
			if err := i.importOne(ctx, tx, actor, in); err != nil {
				return fmt.Errorf("user %d (%s): %w", n+1, in.Email, err)
			}
		}
		return tx.Enqueue(ctx, domain.RematchJob{})
	})
}

func (i *Identity) importOne(ctx context.Context, tx *store.Tx, actor domain.User, in Imported) error {
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
	_, err = i.save(ctx, tx, actor, u)
	return err
}

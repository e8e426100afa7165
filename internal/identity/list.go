package identity

import (
	"cmp"
	"context"
	"slices"
	"strconv"
	"strings"
	"time"

	"earshot/internal/domain"
	"earshot/internal/store"
)

// UserFilter selects users; empty fields select all. A limit of 0 gives all at once.
type UserFilter struct {
	Query   string // part of the name, e-mail address, a number or an identifier
	Active  *bool
	Profile string
	Set     string // that they hold now
	Cursor  string
	Limit   int
}

// List gives the users of a filter by name, and the cursor of the next page; "" at the end.
func (i *Identity) List(ctx context.Context, actor domain.User, f UserFilter) ([]domain.User, string, error) {
	all, err := i.Users(ctx, actor)
	if err != nil {
		return nil, "", err
	}
	from := 0
	if f.Cursor != "" {
		if from, err = strconv.Atoi(f.Cursor); err != nil || from < 0 {
			return nil, "", domain.Errorf(domain.KindInvalid, "bad_cursor", "the cursor %q is not one that a list gave; start from the first page", f.Cursor)
		}
	}
	now := i.Now()
	found := slices.DeleteFunc(all, func(u domain.User) bool {
		return f.Active != nil && u.Active != *f.Active || f.Profile != "" && u.Profile != f.Profile || f.Set != "" && !u.HasSet(f.Set, now) || !saysOf(u, f.Query)
	})
	found = found[min(from, len(found)):]
	if f.Limit > 0 && len(found) > f.Limit {
		return found[:f.Limit], strconv.Itoa(from + f.Limit), nil
	}
	return found, "", nil
}

func saysOf(u domain.User, query string) bool {
	query = strings.ToLower(strings.TrimSpace(query))
	has := func(s string) bool { return strings.Contains(strings.ToLower(s), query) }
	if query == "" || has(u.Name) || has(u.Email) {
		return true
	}
	for _, id := range u.Identifiers {
		if has(id) {
			return true
		}
	}
	digits := strings.NewReplacer(" ", "", "-", "", "(", "", ")", "").Replace(query)
	return digits != "" && slices.ContainsFunc(u.Phones, func(p domain.UserPhone) bool { return p.To.IsZero() && strings.Contains(p.Number, digits) })
}

// SetInfo is a permission set with what it gives.
type SetInfo struct {
	Name    string
	Gives   string // in words
	Insight bool   // lets the calls of its users be processed
	Holders int    // active users who hold it now
}

// gives says what each permission set is for (PRODUCT VC-22).
var gives = map[string]string{
	domain.PermIntegrationUser: "Lets a user be the integration user of a connector, with a profile that may set it up",
	domain.PermVoiceConnector:  "Lets the guest user take in events at the site",
	domain.PermAdministrator:   "Gives all that is needed to set up: " + strings.Join([]string{domain.PermissionCustomize, domain.PermissionModifyAll, domain.PermissionAssignSets, domain.PermissionManageUsers}, ", "),
}

// Sets lists the permission sets with how many hold each.
func (i *Identity) Sets(ctx context.Context, actor domain.User) ([]SetInfo, error) {
	users, err := i.Store.Users(ctx)
	if err != nil {
		return nil, err
	}
	counts := actor.Can(domain.PermissionAccessVoice, i.Now()) || actor.Can(domain.PermissionManageUsers, i.Now())
	var out []SetInfo
	for _, set := range domain.PermissionSets() {
		info := SetInfo{Name: set, Insight: slices.Contains(domain.InsightSets(), set)}
		info.Gives = cmp.Or(gives[set], "An insights permission set: calls are processed for users who held one when the call took place; gives access to one's own calls")
		for _, u := range users {
			if counts && u.Active && u.HasSet(set, i.Now()) {
				info.Holders++
			}
		}
		out = append(out, info)
	}
	return out, nil
}

// Assign gives a permission set to several users from now on, or ends it now.
func (i *Identity) Assign(ctx context.Context, actor domain.User, set string, userIDs []string, hold bool) error {
	if err := Require(actor, domain.PermissionAssignSets, i.Now()); err != nil {
		return err
	}
	if !slices.Contains(domain.PermissionSets(), set) {
		return domain.Errorf(domain.KindInvalid, "unknown_permission_set", "there is no permission set %q", set)
	}
	return i.assign(ctx, actor, set, userIDs, hold)
}

func (i *Identity) assign(ctx context.Context, actor domain.User, set string, userIDs []string, hold bool) error {
	return i.Store.InTx(ctx, func(ctx context.Context, tx *store.Tx) error {
		for _, id := range userIDs {
			u, err := tx.User(ctx, id)
			if err != nil {
				return err
			}
			if u.HasSet(set, i.Now()) == hold {
				continue
			}
			u.PermissionSets = held(u.PermissionSets, set, hold, i.Now())
			if _, err := i.save(ctx, tx, actor, u); err != nil {
				return err
			}
		}
		return nil
	})
}

// held begins or ends an assignment. Those of the past stay as they are.
func held(all []domain.PermissionAssignment, set string, hold bool, now time.Time) []domain.PermissionAssignment {
	if hold {
		return append(all, domain.PermissionAssignment{Set: set, From: now})
	}
	for k, a := range all {
		if a.Set == set && a.To.IsZero() {
			all[k].To = now
		}
	}
	return all
}

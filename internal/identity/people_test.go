package identity

import (
	"context"
	"fmt"
	"testing"
	"time"

	"earshot/internal/domain"
	"earshot/internal/testkit"
)

// TestChangesThatLockOutOrCircle are refused, and nothing is saved.
func TestChangesThatLockOutOrCircle(t *testing.T) {
	t.Parallel()
	r := newRig(t)
	ctx := context.Background()
	ada := r.admin(t)
	input := func(u domain.User) UserInput { return UserInput{Name: u.Name, Email: u.Email, Profile: u.Profile} }
	managed := func(name, by string) domain.User {
		return r.save(t, ada, "", UserInput{Name: name, Email: name + "@x.example", ManagerID: &by})
	}
	top := managed("top", "")
	middle := managed("middle", top.ID)
	low := managed("low", middle.ID)
	off, none := false, "none"
	helper := r.User(t, "helper", nil, domain.PermAdministrator)
	for _, c := range []struct {
		name string
		by   domain.User
		id   string
		edit func(*UserInput)
		want string
	}{
		{"oneself", ada, ada.ID, func(in *UserInput) { in.Active = &off }, "own_account"},
		{"the last admin's profile", ada, ada.ID, func(in *UserInput) { in.Profile = domain.ProfileStandard }, "last_admin"},
		{"the last admin, from the command line", domain.User{Active: true, Profile: domain.ProfileAdministrator}, ada.ID, func(in *UserInput) { in.Active = &off }, "last_admin"},
		{"an administrator, by one who only manages users", helper, ada.ID, func(in *UserInput) { in.Email = "eve@x.example" }, "administrators_only"},
		{"the profile of an administrator, by such a one", helper, low.ID, func(in *UserInput) { in.Profile = domain.ProfileAdministrator }, "administrators_only"},
		{"the same for themself", helper, helper.ID, func(in *UserInput) { in.Profile = domain.ProfileAdministrator }, "administrators_only"},
		{"an unknown manager", ada, low.ID, func(in *UserInput) { in.ManagerID = &none }, "unknown_manager"},
		{"one's own manager", ada, low.ID, func(in *UserInput) { in.ManagerID = &low.ID }, "manager_circle"},
		{"a circle", ada, top.ID, func(in *UserInput) { in.ManagerID = &low.ID }, "manager_circle"},
		{"what somebody else changed meanwhile", ada, low.ID, func(in *UserInput) { in.Seen = r.Clock.Now().Add(-time.Minute) }, "user_changed"},
		{"a period that ends before it begins", ada, low.ID, func(in *UserInput) {
			in.Periods = []domain.UserPhone{{Number: "+12125550150", From: testkit.Start, To: testkit.Start.Add(-time.Hour)}}
		}, "bad_period"},
		{"a period of no number", ada, low.ID, func(in *UserInput) { in.Periods = []domain.UserPhone{{Number: "12"}} }, "bad_number"},
	} {
		before := r.load(t, c.id)
		in := input(before)
		c.edit(&in)
		if _, err := r.id.SaveUser(ctx, c.by, c.id, in); domain.CodeOf(err) != c.want {
			t.Errorf("%s: %v", c.name, err)
		}
		if after := r.load(t, c.id); !after.LastModifiedAt.Equal(before.LastModifiedAt) || after.ManagerID != before.ManagerID {
			t.Errorf("%s: something was saved", c.name)
		}
	}
	in := input(low)
	in.Seen, in.Active = low.LastModifiedAt, &off
	if gone := r.save(t, ada, low.ID, in); gone.Active || gone.ManagerID != middle.ID {
		t.Errorf("deactivated: %+v", gone)
	}
}

// TestPeriodsOfNumbers are kept as they are given, and two users may share a number (VC-19).
func TestPeriodsOfNumbers(t *testing.T) {
	t.Parallel()
	r := newRig(t)
	ada := r.admin(t)
	monday, friday := testkit.Start, testkit.Start.AddDate(0, 0, 4)
	share := func(name string, periods ...domain.UserPhone) domain.User {
		return r.save(t, ada, "", UserInput{Name: name, Email: name + "@x.example", Periods: periods})
	}
	a := share("a", domain.UserPhone{Number: "(212) 555-0150", From: monday, To: friday})
	b := share("b", domain.UserPhone{Number: "+12125550150", From: friday})
	for at, want := range map[time.Time]string{monday.Add(-time.Hour): "", monday: "a", friday.Add(-time.Minute): "a", friday: "b", friday.AddDate(1, 0, 0): "b"} {
		m := domain.MatchUser(domain.ProviderCall{Direction: domain.Inbound, To: "+12125550150", StartedAt: at}, domain.Aircall, []domain.User{a, b})
		if m.User.Name != want {
			t.Errorf("the call of %v is %q's", at, m.User.Name)
		}
	}
}

func TestListing(t *testing.T) {
	t.Parallel()
	r := newRig(t)
	ctx := context.Background()
	ada := r.admin(t)
	for n := range 25 {
		in := UserInput{Name: fmt.Sprintf("Rep %02d", n), Email: fmt.Sprintf("rep%02d@x.example", n), Phones: []string{fmt.Sprintf("+121255501%02d", n)}, Identifiers: map[domain.Provider]string{domain.Dialpad: fmt.Sprintf("9%03d", n)}}
		if n%5 == 0 {
			in.PermissionSets = []string{domain.PermForSales}
		}
		r.save(t, ada, "", in)
	}
	yes := true
	for name, c := range map[string]struct {
		filter UserFilter
		want   int
	}{
		"all":           {UserFilter{}, 26},
		"a name":        {UserFilter{Query: "rep 0"}, 10},
		"an address":    {UserFilter{Query: "REP17@"}, 1},
		"a number":      {UserFilter{Query: "(212) 555-0103"}, 1},
		"an identifier": {UserFilter{Query: "9012"}, 1},
		"a set":         {UserFilter{Set: domain.PermForSales}, 6}, // and the admin's
		"a profile":     {UserFilter{Profile: domain.ProfileAdministrator}, 1},
		"active ones":   {UserFilter{Active: &yes, Query: "nobody"}, 0},
	} {
		var got []domain.User
		f := c.filter
		for f.Limit = 7; ; {
			page, next, err := r.id.List(ctx, ada, f)
			testkit.Must(t, err)
			if got = append(got, page...); next == "" {
				break
			}
			f.Cursor = next
		}
		if len(got) != c.want {
			t.Errorf("%s: %d users, want %d", name, len(got), c.want)
		}
	}
}

// TestAssigningASet keeps what was held before.
func TestAssigningASet(t *testing.T) {
	t.Parallel()
	r := newRig(t)
	ctx := context.Background()
	ada := r.admin(t)
	a, b := r.User(t, "a", nil, domain.PermForSales), r.User(t, "b", nil)
	r.Clock.Advance(time.Hour)
	testkit.Must(t, r.id.Assign(ctx, ada, domain.PermForSales, []string{a.ID, b.ID}, true))
	if got := r.load(t, a.ID); len(got.PermissionSets) != 1 || !got.LastModifiedAt.Equal(a.LastModifiedAt) {
		t.Errorf("who holds it already: %+v", got)
	}
	given := r.Clock.Now()
	r.Clock.Advance(time.Hour)
	testkit.Must(t, r.id.Assign(ctx, ada, domain.PermForSales, []string{b.ID}, false))
	testkit.Must(t, r.id.Assign(ctx, ada, domain.PermForSales, []string{b.ID}, true))
	got := r.load(t, b.ID)
	if len(got.PermissionSets) != 2 || !got.HasSet(domain.PermForSales, given) || !got.HasSet(domain.PermForSales, r.Clock.Now()) || got.HasSet(domain.PermForSales, given.Add(-time.Second)) {
		t.Errorf("history: %+v", got.PermissionSets)
	}
	if err := r.id.Assign(ctx, a, domain.PermForService, []string{a.ID}, true); domain.CodeOf(err) != "no_permission" {
		t.Errorf("a rep for themself: %v", err)
	}
	sets, err := r.id.Sets(ctx, ada)
	testkit.Must(t, err)
	for _, s := range sets {
		if s.Gives == "" || s.Name == domain.PermForSales && s.Holders != 3 {
			t.Errorf("%+v", s)
		}
	}
}

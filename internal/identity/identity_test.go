package identity

import (
	"context"
	"fmt"
	"slices"
	"strings"
	"testing"
	"time"

	"github.com/google/go-cmp/cmp"

	"earshot/internal/domain"
	"earshot/internal/store"
	"earshot/internal/testkit"
)

const password = "correct horse battery"

// rig is an Identity over a store of its own, without users.
type rig struct {
	*testkit.Kit
	id *Identity
}

func newRig(t *testing.T) *rig {
	t.Helper()
	r := &rig{Kit: testkit.New(t)}
	var err error
	r.id, err = New(Config{Store: r.Store, Logger: r.Logger, Now: r.Clock.Now})
	testkit.Must(t, err)
	return r
}

func (r *rig) admin(t *testing.T) domain.User {
	t.Helper()
	u, err := r.id.SetUp(context.Background(), r.id.SetupCode(), "Ada", "ada@x.example", password)
	testkit.Must(t, err)
	return r.load(t, u.ID)
}

func (r *rig) load(t *testing.T, id string) domain.User {
	t.Helper()
	u, err := r.Store.User(context.Background(), id)
	testkit.Must(t, err)
	return u
}

func (r *rig) save(t *testing.T, by domain.User, id string, in UserInput) domain.User {
	t.Helper()
	u, err := r.id.SaveUser(context.Background(), by, id, in)
	testkit.Must(t, err)
	return r.load(t, u.ID)
}

// TestSetUpWorksOnce, with the code alone.
func TestSetUpWorksOnce(t *testing.T) {
	t.Parallel()
	r := newRig(t)
	ctx := context.Background()
	needed := func() bool {
		n, err := r.id.SetupNeeded(ctx)
		testkit.Must(t, err)
		return n
	}
	for _, c := range []struct{ code, email, password, want string }{
		{"", "ada@x.example", password, "wrong_setup_code"},
		{r.id.SetupCode() + "x", "ada@x.example", password, "wrong_setup_code"},
		{r.id.SetupCode(), "ada", password, "bad_email"},
		{r.id.SetupCode(), "ada@x.example", "short", "weak_password"},
	} {
		if _, err := r.id.SetUp(ctx, c.code, "Ada", c.email, c.password); domain.CodeOf(err) != c.want || !needed() {
			t.Errorf("%+v gave %v", c, err)
		}
	}
	admin := r.admin(t)
	if missing := slices.DeleteFunc(domain.Permissions(), func(p string) bool { return admin.Can(p, r.Clock.Now()) }); len(missing) > 0 || needed() {
		t.Errorf("the admin may not %v; set-up still needed: %v", missing, needed())
	}
	if _, err := r.id.SetUp(ctx, r.id.SetupCode(), "Eve", "eve@x.example", password); domain.CodeOf(err) != "already_set_up" {
		t.Errorf("a second set-up gave %v", err)
	}
	again, err := New(r.id.Config)
	if err != nil || again.SetupCode() == r.id.SetupCode() {
		t.Error("the set-up code is always the same")
	}
}

// TestLoginsThatFail all fail alike, whatever the cause.
func TestLoginsThatFail(t *testing.T) {
	t.Parallel()
	r := newRig(t)
	ctx := context.Background()
	r.admin(t)
	hash, err := HashPassword(password)
	testkit.Must(t, err)
	inactive := r.User(t, "inactive", func(u *domain.User) { u.Active = false })
	r.InTx(t, func(ctx context.Context, tx *store.Tx) error { return tx.SetPassword(ctx, inactive.ID, hash) })
	r.User(t, "passwordless", nil)
	for n, c := range []struct{ email, password string }{
		{"ada@x.example", "wrong password"}, {"nobody@x.example", password}, {inactive.Email, password}, {"passwordless@x.example", ""}, {"passwordless@x.example", password}, {"", ""},
	} {
		token, _, err := r.id.Login(ctx, c.email, c.password, fmt.Sprint("192.0.2.", n))
		if token != "" || domain.CodeOf(err) != "wrong_login" || domain.MessageOf(err) != "e-mail or password is wrong" {
			t.Errorf("%+v gave %q, %v", c, token, err)
		}
	}
	// An unknown user takes as long: what is compared then costs as much as a real hash.
	parameters := func(hash string) string { return strings.Join(strings.Split(hash, "$")[:4], "$") }
	if parameters(r.id.dummyHash) != parameters(hash) || len(r.id.dummyHash) != len(hash) {
		t.Errorf("the hash for unknown users is cheaper: %s", parameters(r.id.dummyHash))
	}
	if token, u, err := r.id.Login(ctx, " ADA@x.example ", password, "192.0.2.99"); err != nil || token == "" || u.Name != "Ada" {
		t.Errorf("the right login gave %q, %v", u.Name, err)
	}
}

// TestLoginsAreLimited by address and by e-mail, each for itself, and the limit passes with time.
func TestLoginsAreLimited(t *testing.T) {
	t.Parallel()
	r := newRig(t)
	try := func(email, address string) string {
		_, _, err := r.id.Login(context.Background(), email, "x", address)
		return domain.CodeOf(err)
	}
	for range loginBurst {
		if got := try("a@x.example", "192.0.2.1"); got != "wrong_login" {
			t.Fatalf("within the limit: %s", got)
		}
	}
	for _, c := range []struct{ email, address, want string }{
		{"a@x.example", "192.0.2.1", "too_many_logins"},
		{"a@x.example", "192.0.2.2", "too_many_logins"},
		{" A@X.example", "192.0.2.3", "too_many_logins"},
		{"b@x.example", "192.0.2.1", "too_many_logins"},
		{"b@x.example", "192.0.2.4", "wrong_login"},
	} {
		if got := try(c.email, c.address); got != c.want {
			t.Errorf("%s from %s: %s, want %s", c.email, c.address, got, c.want)
		}
	}
	r.Clock.Advance(loginEvery)
	if got := try("a@x.example", "192.0.2.5"); got != "wrong_login" {
		t.Errorf("after a pause: %s", got)
	}
}

// TestLimitsTakeLittleMemory however many addresses guess.
func TestLimitsTakeLittleMemory(t *testing.T) {
	t.Parallel()
	r := newRig(t)
	for n := range 2 * maxLogins {
		r.id.mayTry(fmt.Sprint(n))
	}
	if len(r.id.logins) > maxLogins {
		t.Errorf("%d limits are kept", len(r.id.logins))
	}
}

func TestSessionsEnd(t *testing.T) {
	t.Parallel()
	const day = 24 * time.Hour
	for _, c := range []struct {
		name  string
		pause time.Duration // between uses
		uses  int
		want  bool // still there in the end
	}{
		{"used daily", day, 6, true},
		{"idle for more than a day", day + time.Minute, 1, false},
		{"used all week, but a week is over", day / 2, 15, false},
		{"at the end of the week", day / 2, 14, true},
	} {
		t.Run(c.name, func(t *testing.T) {
			t.Parallel()
			r := newRig(t)
			ctx := context.Background()
			token, err := r.id.StartSession(ctx, r.admin(t), "test")
			testkit.Must(t, err)
			for range c.uses {
				r.Clock.Advance(c.pause)
				_, err = r.id.Authenticate(ctx, token)
			}
			if (err == nil) != c.want || err != nil && domain.CodeOf(err) != "session_ended" {
				t.Errorf("gave %v", err)
			}
		})
	}
}

func TestStrangersHaveNoSession(t *testing.T) {
	t.Parallel()
	r := newRig(t)
	ctx := context.Background()
	admin := r.admin(t)
	token, err := r.id.StartSession(ctx, admin, "test")
	testkit.Must(t, err)
	if _, err := r.Store.Session(ctx, token); !domain.IsKind(err, domain.KindNotFound) {
		t.Error("the token itself is stored")
	}
	for _, c := range []struct{ token, want string }{{"", "not_signed_in"}, {token + "x", "session_ended"}, {hashToken(token), "session_ended"}} {
		if _, err := r.id.Authenticate(ctx, c.token); domain.CodeOf(err) != c.want {
			t.Errorf("%q gave %v", c.token, err)
		}
	}
	second, err := r.id.StartSession(ctx, admin, "test")
	testkit.Must(t, err)
	testkit.Must(t, r.id.Logout(ctx, token))
	if _, err := r.id.Authenticate(ctx, token); domain.CodeOf(err) != "session_ended" {
		t.Errorf("after signing out: %v", err)
	}
	if u, err := r.id.Authenticate(ctx, second); err != nil || u.ID != admin.ID {
		t.Errorf("another session ended too: %v", err)
	}
	admin.Active = false
	r.InTx(t, func(ctx context.Context, tx *store.Tx) error { return tx.SaveUser(ctx, admin) })
	if _, err := r.id.Authenticate(ctx, second); domain.CodeOf(err) != "deactivated" {
		t.Errorf("a deactivated user: %v", err)
	}
}

// TestSavingKeepsValidity: what a user has already keeps its time, what is left out ends, what is new begins.
func TestSavingKeepsValidity(t *testing.T) {
	t.Parallel()
	r := newRig(t)
	admin := r.admin(t)
	in := UserInput{Name: "Maria", Email: "maria@x.example", Phones: []string{"+12125550150", "(212) 555-0150"}, PermissionSets: []string{domain.PermForSales}, Identifiers: map[domain.Provider]string{domain.Aircall: " 4101 ", domain.Dialpad: " "}}
	maria := r.save(t, admin, "", in)
	t0 := r.Clock.Now()
	want := []domain.UserPhone{{Number: "+12125550150"}} // nobody's until now: earlier calls are hers
	if diff := cmp.Diff(want, maria.Phones); diff != "" || maria.Identifiers[domain.Aircall] != "4101" || len(maria.Identifiers) != 1 || maria.Profile != domain.ProfileStandard {
		t.Errorf("as saved first: %+v %s", maria, diff)
	}
	r.Clock.Advance(time.Hour)
	in.Phones = []string{"212 555 0150", "+12125550151"}
	in.PermissionSets = append(in.PermissionSets, domain.PermForService)
	maria = r.save(t, admin, maria.ID, in)
	t1 := r.Clock.Now()
	if diff := cmp.Diff([]domain.UserPhone{{Number: "+12125550150"}, {Number: "+12125550151"}}, maria.Phones); diff != "" {
		t.Error(diff)
	}
	if diff := cmp.Diff([]domain.PermissionAssignment{{Set: domain.PermForSales, From: t0}, {Set: domain.PermForService, From: t1}}, maria.PermissionSets); diff != "" || !maria.LastModifiedAt.Equal(t1) {
		t.Errorf("modified %v, %s", maria.LastModifiedAt, diff)
	}
	r.Clock.Advance(time.Hour)
	in.Phones, in.PermissionSets = nil, nil
	maria = r.save(t, admin, maria.ID, in)
	t2 := r.Clock.Now()
	if maria.InsightSetAt(t2) != "" || maria.InsightSetAt(t1) == "" || !maria.Phones[0].To.Equal(t2) {
		t.Errorf("what was left out goes on: %+v", maria)
	}
	r.Clock.Advance(time.Hour)
	dana := r.save(t, admin, "", UserInput{Name: "Dana", Email: "dana@x.example", Phones: []string{"+12125550150"}})
	if p := dana.Phones[0]; !p.From.Equal(r.Clock.Now()) {
		t.Errorf("a number that moved is Dana's since %v", p.From)
	}
	// The call of that hour stays Maria's, that of today is Dana's.
	for at, name := range map[time.Time]string{t1: "Maria", t2: "", r.Clock.Now(): "Dana"} {
		m := domain.MatchUser(domain.ProviderCall{Direction: domain.Inbound, To: "+12125550150", StartedAt: at}, domain.Aircall, []domain.User{maria, dana})
		if m.User.Name != name {
			t.Errorf("the call of %v is %q's", at, m.User.Name)
		}
	}
	in.Phones = []string{"+12125550150"} // hers again: not for the time in between
	r.Clock.Advance(time.Hour)
	if back := r.save(t, admin, maria.ID, in); !back.Phones[len(back.Phones)-1].From.Equal(r.Clock.Now()) {
		t.Errorf("back again: %+v", back.Phones)
	}
}

func TestUsersThatCannotBeSaved(t *testing.T) {
	t.Parallel()
	r := newRig(t)
	admin := r.admin(t)
	bare := r.User(t, "bare", nil)
	rep := r.User(t, "rep", nil, domain.PermForSales)
	fine := UserInput{Name: "N", Email: "n@x.example"}
	change := func(f func(*UserInput)) UserInput { in := fine; f(&in); return in }
	for _, c := range []struct {
		name string
		by   domain.User
		id   string
		in   UserInput
		want string
	}{
		{"by a rep", rep, "", fine, "no_permission"},
		{"by nobody", domain.User{}, "", fine, "no_permission"},
		{"no name", admin, "", change(func(in *UserInput) { in.Name = "  " }), "name_missing"},
		{"no address", admin, "", change(func(in *UserInput) { in.Email = "n at x" }), "bad_email"},
		{"a taken address", admin, "", change(func(in *UserInput) { in.Email = "REP@x.example" }), "email_taken"},
		{"a number nobody can call", admin, "", change(func(in *UserInput) { in.Phones = []string{"12"} }), "bad_number"},
		{"a set that is not there", admin, "", change(func(in *UserInput) { in.PermissionSets = []string{"All"} }), "unknown_permission_set"},
		{"the guest's profile", admin, "", change(func(in *UserInput) { in.Profile = domain.ProfileGuest }), "unknown_profile"},
		{"an unknown user", admin, "none", fine, "not_found"},
	} {
		if _, err := r.id.SaveUser(context.Background(), c.by, c.id, c.in); domain.CodeOf(err) != c.want {
			t.Errorf("%s gave %v, want %s", c.name, err, c.want)
		}
	}
	for u, want := range map[string]string{bare.ID: "no_permission", rep.ID: "internal"} { // internal: no error
		if users, err := r.id.Users(context.Background(), r.load(t, u)); domain.CodeOf(err) != want || err == nil && len(users) != 3 {
			t.Errorf("%d users, %v", len(users), err)
		}
	}
	if n := r.Rows(t, "users"); n != 3 {
		t.Errorf("%d users in the end", n)
	}
}

// TestImport makes and changes users: all, or none.
func TestImport(t *testing.T) {
	t.Parallel()
	r := newRig(t)
	ctx := context.Background()
	admin := r.admin(t)
	since := r.Clock.Now().AddDate(0, -1, 0)
	one := func(name, email string, phones ...string) Imported {
		return Imported{Since: since, UserInput: UserInput{Name: name, Email: email, Phones: phones, PermissionSets: []string{domain.PermForSales}}}
	}
	err := r.id.Import(ctx, admin, []Imported{one("A", "a@x.example"), one("B", "b@x.example", "nonsense")})
	if domain.CodeOf(err) != "bad_number" || !strings.Contains(err.Error(), "user 2 (b@x.example)") || r.Rows(t, "users") != 1 {
		t.Errorf("one wrong user gave %v and %d users", err, r.Rows(t, "users"))
	}
	if err := r.id.Import(ctx, r.User(t, "rep", nil, domain.PermForSales), nil); domain.CodeOf(err) != "no_permission" {
		t.Errorf("a rep imports: %v", err)
	}
	for range 2 { // the second time changes nothing
		testkit.Must(t, r.id.Import(ctx, admin, []Imported{one("A", "a@x.example", "+12125550150"), one("B", "B@x.example", "+12125550151")}))
	}
	if n := r.Rows(t, "users"); n != 4 {
		t.Fatalf("%d users", n)
	}
	a, err := r.Store.UserByEmail(ctx, "a@x.example")
	testkit.Must(t, err)
	if diff := cmp.Diff([]domain.PermissionAssignment{{Set: domain.PermForSales, From: since}}, a.PermissionSets); diff != "" || len(a.Phones) != 1 {
		t.Errorf("%+v %s", a.Phones, diff)
	}
}

// TestCreateAdminOfAUser keeps who they are at the providers.
func TestCreateAdminOfAUser(t *testing.T) {
	t.Parallel()
	r := newRig(t)
	ctx := context.Background()
	u := r.User(t, "Maria", func(u *domain.User) {
		u.Active, u.Identifiers = false, map[domain.Provider]string{domain.Aircall: "4101"}
	})
	admin, err := r.id.CreateAdmin(ctx, "Maria L", u.Email, password)
	testkit.Must(t, err)
	if now := r.load(t, admin.ID); now.ID != u.ID || now.Profile != domain.ProfileAdministrator || !now.Active || now.Identifiers[domain.Aircall] != "4101" {
		t.Errorf("became %+v", now)
	}
	if _, _, err := r.id.Login(ctx, u.Email, password, "192.0.2.1"); err != nil {
		t.Error(err)
	}
}

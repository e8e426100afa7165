package identity

import (
	"context"
	"strings"
	"testing"
	"time"

	"earshot/internal/domain"
	"earshot/internal/store"
	"earshot/internal/testkit"
)

// TestTokens: what opens the door, and what does not.
func TestTokens(t *testing.T) {
	t.Parallel()
	r := newRig(t)
	ctx := domain.WithOrigin(context.Background(), domain.Origin{Address: "192.0.2.1"})
	admin := r.admin(t)
	rita := r.save(t, admin, "", UserInput{Name: "Rita", Email: "rita@x.example", PermissionSets: []string{domain.PermForSales}})
	make := func(in NewToken) string {
		t.Helper()
		token, kept, err := r.id.CreateToken(ctx, rita, in)
		testkit.Must(t, err)
		if !strings.HasPrefix(token, TokenMark) || !strings.HasPrefix(token, kept.Prefix) || strings.Contains(kept.Hash, token) {
			t.Errorf("token %q is kept as %+v", token, kept)
		}
		return token
	}
	whole, reads, short := make(NewToken{Name: "all"}), make(NewToken{Name: "reads", ReadOnly: true}), make(NewToken{Name: "short", ExpiresAt: r.Clock.Now().Add(time.Hour)})
	try := func(token string, write bool) string {
		got, u, err := r.id.Identify(ctx, Shown{Bearer: token, Write: write})
		if err == nil && (u.ID != rita.ID || domain.OriginOf(got).Token == "") {
			t.Errorf("%q is of %q, with origin %+v", token, u.Name, domain.OriginOf(got))
		}
		if err == nil {
			return ""
		}
		return domain.CodeOf(err)
	}
	for _, c := range []struct {
		token string
		write bool
		want  string
	}{{whole, true, ""}, {reads, false, ""}, {reads, true, "read_only_token"}, {short, true, ""}, {whole + "x", false, "bad_token"}, {hashToken(whole), false, "bad_token"}} {
		if got := try(c.token, c.write); got != c.want {
			t.Errorf("%s, write %v: %q, want %q", c.token[:14], c.write, got, c.want)
		}
	}
	r.Clock.Advance(time.Hour)
	if got := try(short, false); got != "bad_token" {
		t.Errorf("after its time: %q", got)
	}
	tokens, err := r.id.Tokens(ctx, rita)
	testkit.Must(t, err)
	if err := r.id.RevokeToken(ctx, admin, tokens[2].ID); !domain.IsKind(err, domain.KindNotFound) {
		t.Errorf("somebody else's token as one's own: %v", err)
	}
	for _, k := range tokens {
		testkit.Must(t, r.id.RevokeAnyToken(ctx, admin, k.ID))
	}
	if got := try(whole, false); got != "bad_token" {
		t.Errorf("after it was revoked: %q", got)
	}
}

// TestTokensOfWhoLostAccess are refused at once.
func TestTokensOfWhoLostAccess(t *testing.T) {
	t.Parallel()
	for want, change := range map[string]func(*domain.User){
		"deactivated":   func(u *domain.User) { u.Active = false },
		"no_permission": func(u *domain.User) { u.PermissionSets = nil },
	} {
		r := newRig(t)
		ctx := context.Background()
		rita := r.User(t, "Rita", nil, domain.PermForSales)
		token, _, err := r.id.CreateToken(ctx, rita, NewToken{Name: "t"})
		testkit.Must(t, err)
		change(&rita)
		r.InTx(t, func(ctx context.Context, tx *store.Tx) error { return tx.SaveUser(ctx, rita) })
		if _, _, err := r.id.Identify(ctx, Shown{Bearer: token}); domain.CodeOf(err) != want {
			t.Errorf("%v, want %s", err, want)
		}
	}
}

// TestGuessingTokensIsLimited by the address, and those who have one still get in.
func TestGuessingTokensIsLimited(t *testing.T) {
	t.Parallel()
	r := newRig(t)
	ctx := domain.WithOrigin(context.Background(), domain.Origin{Address: "192.0.2.1"})
	rita := r.User(t, "Rita", nil, domain.PermForSales)
	token, _, err := r.id.CreateToken(ctx, rita, NewToken{Name: "t"})
	testkit.Must(t, err)
	last := ""
	for range loginBurst + 1 {
		_, _, err := r.id.Identify(ctx, Shown{Bearer: TokenMark + "guess"})
		last = domain.CodeOf(err)
	}
	if last != "too_many_logins" {
		t.Errorf("after many guesses: %q", last)
	}
	if _, _, err := r.id.Identify(ctx, Shown{Bearer: token}); err != nil {
		t.Errorf("the right one: %v", err)
	}
}

// TestNewTokensAreChecked before they are made.
func TestNewTokensAreChecked(t *testing.T) {
	t.Parallel()
	r := newRig(t)
	ctx := context.Background()
	rita, bare := r.User(t, "Rita", nil, domain.PermForSales), r.User(t, "Bare", nil)
	byToken := domain.WithOrigin(ctx, domain.Origin{Token: "another"})
	for want, try := range map[string]func() error{
		"no_permission": func() error { _, _, err := r.id.CreateToken(ctx, bare, NewToken{Name: "t"}); return err },
		"needs_session": func() error { _, _, err := r.id.CreateToken(byToken, rita, NewToken{Name: "t"}); return err },
		"name_missing":  func() error { _, _, err := r.id.CreateToken(ctx, rita, NewToken{Name: "  "}); return err },
		"already_expired": func() error {
			_, _, err := r.id.CreateToken(ctx, rita, NewToken{Name: "t", ExpiresAt: r.Clock.Now()})
			return err
		},
	} {
		if err := try(); domain.CodeOf(err) != want {
			t.Errorf("%v, want %s", err, want)
		}
	}
}

// signIn gives the session token of a user and the context of their requests.
func (r *rig) signIn(t *testing.T, u domain.User) (string, context.Context) {
	t.Helper()
	token, err := r.id.StartSession(context.Background(), u, "test")
	testkit.Must(t, err)
	ctx, _, err := r.id.Identify(context.Background(), Shown{Session: token})
	testkit.Must(t, err)
	return token, ctx
}

// TestAChangedPasswordEndsOtherSessions, needs the old one, and is what counts from then on.
func TestAChangedPasswordEndsOtherSessions(t *testing.T) {
	t.Parallel()
	r := newRig(t)
	admin := r.admin(t)
	own, ctx := r.signIn(t, admin)
	other, _ := r.signIn(t, admin)
	for _, c := range [][3]string{{"wrong", "another long one", "wrong_password"}, {password, "short", "weak_password"}, {password, "another long one", ""}} {
		if err := r.id.ChangePassword(ctx, admin, c[0], c[1]); c[2] == "" && err != nil || c[2] != "" && domain.CodeOf(err) != c[2] {
			t.Errorf("%v: %v", c, err)
		}
	}
	if _, err := r.id.Authenticate(ctx, own); err != nil {
		t.Errorf("the session in which it was changed: %v", err)
	}
	if _, err := r.id.Authenticate(ctx, other); domain.CodeOf(err) != "session_ended" {
		t.Errorf("another session: %v", err)
	}
	if _, _, err := r.id.Login(ctx, admin.Email, password, ""); domain.CodeOf(err) != "wrong_login" {
		t.Errorf("the old password: %v", err)
	}
	if _, _, err := r.id.Login(ctx, admin.Email, "another long one", ""); err != nil {
		t.Errorf("the new password: %v", err)
	}
}

// TestSessionsAreEnded one by one, all of one's own, and all of another user's.
func TestSessionsAreEnded(t *testing.T) {
	t.Parallel()
	r := newRig(t)
	admin := r.admin(t)
	rita := r.save(t, admin, "", UserInput{Name: "Rita", Email: "rita@x.example"})
	first, ctx := r.signIn(t, rita)
	second, _ := r.signIn(t, rita)
	sessions, err := r.id.Sessions(ctx, rita)
	testkit.Must(t, err)
	if len(sessions) != 2 {
		t.Fatalf("%d sessions", len(sessions))
	}
	for _, s := range sessions {
		if s.ID != domain.OriginOf(ctx).Session {
			testkit.Must(t, r.id.EndSession(ctx, rita, s.ID))
		}
		if err := r.id.EndSession(ctx, admin, s.ID); !domain.IsKind(err, domain.KindNotFound) {
			t.Errorf("somebody else's session: %v", err)
		}
	}
	there := func(token string) bool { _, err := r.id.Authenticate(ctx, token); return err == nil }
	if !there(first) || there(second) {
		t.Errorf("first %v, second %v", there(first), there(second))
	}
	if _, err := r.id.SignOutEverywhere(ctx, rita, admin.ID); domain.CodeOf(err) != "no_permission" {
		t.Errorf("a rep signs out an admin: %v", err)
	}
	if n, err := r.id.SignOutEverywhere(ctx, admin, rita.ID); err != nil || n != 1 || there(first) {
		t.Errorf("an admin signs out a rep: %d, %v, still there %v", n, err, there(first))
	}
}

// TestPasswordLinks work once, for three days, and lead nobody above themself.
func TestPasswordLinks(t *testing.T) {
	t.Parallel()
	r := newRig(t)
	ctx := context.Background()
	admin := r.admin(t)
	rita := r.save(t, admin, "", UserInput{Name: "Rita", Email: "rita@x.example"})
	helper := r.User(t, "Helper", nil, domain.PermAdministrator)
	for _, c := range []struct {
		by   domain.User
		of   string
		want string
	}{{rita, rita.ID, "no_permission"}, {helper, admin.ID, "administrator_only"}, {admin, "none", "not_found"}} {
		if _, _, err := r.id.PasswordLink(ctx, c.by, c.of); domain.CodeOf(err) != c.want {
			t.Errorf("%s for %s: %v", c.by.Name, c.of, err)
		}
	}
	link := func() string {
		t.Helper()
		secret, _, err := r.id.PasswordLink(ctx, helper, rita.ID)
		testkit.Must(t, err)
		return secret
	}
	use := func(secret string) string {
		if _, err := r.id.UsePasswordLink(ctx, secret, "a password of hers"); err != nil {
			return domain.CodeOf(err)
		}
		return ""
	}
	old, fresh := link(), link()
	for _, c := range [][2]string{{old, "link_unknown"}, {fresh, ""}, {fresh, "link_unknown"}} {
		if got := use(c[0]); got != c[1] {
			t.Errorf("%q, want %q", got, c[1])
		}
	}
	if _, _, err := r.id.Login(ctx, rita.Email, "a password of hers", ""); err != nil {
		t.Errorf("with the password: %v", err)
	}
	late := link()
	r.Clock.Advance(PasswordLinkLife)
	if got := use(late); got != "link_unknown" {
		t.Errorf("after three days: %q", got)
	}
	gone := link()
	rita = r.load(t, rita.ID)
	rita.Active = false
	r.InTx(t, func(ctx context.Context, tx *store.Tx) error { return tx.SaveUser(ctx, rita) })
	if got := use(gone); got != "deactivated" {
		t.Errorf("of a deactivated user: %q", got)
	}
}

// TestWhatWasTypedForNobodyIsNotKept: people type passwords into the wrong field.
func TestWhatWasTypedForNobodyIsNotKept(t *testing.T) {
	t.Parallel()
	r := newRig(t)
	ctx := context.Background()
	admin := r.admin(t)
	for _, email := range []string{"my-password-123", admin.Email} {
		_, _, err := r.id.Login(ctx, email, "wrong", "192.0.2.1")
		if domain.CodeOf(err) != "wrong_login" {
			t.Fatal(err)
		}
	}
	rows, _, err := r.Store.AuditLog(ctx, store.AuditFilter{Action: domain.ActionSignInFailed})
	testkit.Must(t, err)
	found := map[string]bool{}
	for _, row := range rows {
		found[row.Subject] = true
	}
	if len(rows) != 2 || !found["unknown user"] || !found[admin.Name] {
		t.Errorf("kept %+v", rows)
	}
}

// TestSetUpIsAudited: who made the first admin is kept.
func TestSetUpIsAudited(t *testing.T) {
	t.Parallel()
	r := newRig(t)
	admin := r.admin(t)
	for _, action := range []string{domain.ActionUserCreated, domain.ActionPasswordChanged} {
		rows, _, err := r.Store.AuditLog(context.Background(), store.AuditFilter{Action: action, SubjectID: admin.ID})
		testkit.Must(t, err)
		if len(rows) != 1 || rows[0].Actor != "set-up" {
			t.Errorf("%s: %+v", action, rows)
		}
	}
}

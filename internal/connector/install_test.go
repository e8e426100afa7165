package connector

import (
	"context"
	"slices"
	"strings"
	"testing"

	"earshot/internal/domain"
	"earshot/internal/provider"
	"earshot/internal/store"
	"earshot/internal/testkit"
)

// bare is a rig without the app.
func bare(t *testing.T) *rig {
	t.Helper()
	r := newRig(t, nil, nil)
	testkit.Must(t, r.s.Uninstall(context.Background(), r.admin))
	return r
}

// TestInstall makes the guest user and writes to who installed it (Voice Connector Guide p. 3, p. 7), once.
func TestInstall(t *testing.T) {
	t.Parallel()
	r := bare(t)
	ctx := context.Background()
	mails := r.Rows(t, "mails")
	p, err := r.s.Package(ctx, r.admin)
	if err != nil || p.Installed() || len(p.Fields) != 4 {
		t.Fatalf("before: %+v, %v", p, err)
	}
	for range 2 {
		p, err = r.s.Install(ctx, r.admin, domain.ForAll, []string{"left out"})
		testkit.Must(t, err)
	}
	if !p.Installed() || p.For != domain.ForAll || p.Sets != nil || p.By != "Admin" || !p.InstalledAt.Equal(r.Clock.Now()) || p.Guest.Profile != domain.ProfileGuest || len(p.GuestMissing) != 0 || p.Blocked != "" {
		t.Errorf("%+v", p)
	}
	if got := r.Rows(t, "mails"); got != mails+1 {
		t.Errorf("%v mails, were %v", got, mails)
	}
	written, err := r.Store.Mails(ctx)
	testkit.Must(t, err)
	for _, want := range []string{"for all users", "Amazon Connect Username, Dialpad User Identifier, Ringcentral User Identifier", domain.PermVoiceConnector, publicURL + "voice-connector"} {
		if !strings.Contains(written[0].Body, want) || written[0].To != r.admin.Email {
			t.Errorf("to %s, without %q:\n%s", written[0].To, want, written[0].Body)
		}
	}
	if jobs := r.Jobs(t); jobs[len(jobs)-1].Kind != "mail" || jobs[len(jobs)-1].Args["mail_id"] != written[0].ID {
		t.Errorf("the last job is %+v", jobs[len(jobs)-1])
	}
}

func TestAudienceMustMakeSense(t *testing.T) {
	t.Parallel()
	r := newRig(t, nil, nil)
	for _, c := range []struct {
		audience domain.Audience
		sets     []string
		want     string
	}{{"everybody", nil, "unknown_audience"}, {domain.ForSets, nil, "sets_missing"}, {domain.ForSets, []string{"All"}, "unknown_permission_set"}} {
		if _, err := r.s.Install(context.Background(), r.admin, c.audience, c.sets); domain.CodeOf(err) != c.want {
			t.Errorf("%v: %v", c, err)
		}
	}
}

// TestWhoSeesTheApp: only whom it was installed for, and without what lets somebody change it or send events.
func TestWhoSeesTheApp(t *testing.T) {
	t.Parallel()
	r := newRig(t, nil, func(c *Config) {
		o := c.Openers[domain.Dialpad]
		o.Info.Kinds = []provider.CredentialKind{{Name: "only", Fields: []string{"key"}}}
		c.Openers[domain.Dialpad] = o
	})
	ctx := context.Background()
	r.ready(t, domain.Dialpad)
	rep, other := role(domain.ProfileStandard, domain.PermForSales), role(domain.ProfileStandard)
	for _, c := range []struct {
		audience       domain.Audience
		sets           []string
		rep, other, on bool
	}{{domain.ForAdmins, nil, false, false, true}, {domain.ForAll, nil, true, true, true}, {domain.ForSets, []string{domain.PermForSales}, true, false, true}} {
		_, err := r.s.Install(ctx, r.admin, c.audience, c.sets)
		testkit.Must(t, err)
		for u, want := range map[string]bool{"rep": c.rep, "other": c.other, "admin": c.on} {
			actor := map[string]domain.User{"rep": rep, "other": other, "admin": r.admin}[u]
			sees, err := r.s.Sees(ctx, actor)
			testkit.Must(t, err)
			v, err := r.s.Get(ctx, actor, domain.Dialpad)
			if sees != want || (err == nil) != want {
				t.Errorf("%s, %s: sees %v, %v", c.audience, u, sees, err)
			}
			if whole := u == "admin"; err == nil && (whole != (v.Site != "") || whole != (v.SiteSecret != "") || whole != (len(v.Credential.Fields) > 0) || whole != (len(v.Info.Kinds) > 0)) {
				t.Errorf("%s, %s sees %+v", c.audience, u, v)
			}
		}
	}
	if _, err := r.s.SetSite(ctx, rep, domain.Dialpad, false); !domain.IsKind(err, domain.KindForbidden) {
		t.Errorf("a rep who sees the app changed it: %v", err)
	}
}

// TestUninstall refuses while a connector is on, then takes away what it listed.
func TestUninstall(t *testing.T) {
	t.Parallel()
	r := newRig(t, nil, nil)
	ctx := context.Background()
	r.ready(t, domain.Aircall)
	r.turn(t, domain.Aircall, enable, general)
	p, err := r.s.Package(ctx, r.admin)
	testkit.Must(t, err)
	if !strings.Contains(p.Blocked, "the aircall") || !slices.ContainsFunc(p.Removes, func(s string) bool { return strings.Contains(s, "named credential") }) {
		t.Errorf("%+v", p)
	}
	if err := r.s.Uninstall(ctx, r.admin); domain.CodeOf(err) != "connector_on" {
		t.Errorf("while it is on: %v", err)
	}
	r.turn(t, domain.Aircall, disable, generalsOff)
	testkit.Must(t, r.s.Uninstall(ctx, r.admin))
	c := r.connector(t, domain.Aircall)
	if len(c.Credential.Fields) != 0 || c.IntegrationUserID != "" || r.Rows(t, "scheduled_jobs") != 0 {
		t.Errorf("left: %+v, %v jobs", c, r.Rows(t, "scheduled_jobs"))
	}
	if _, err := r.Store.Guest(ctx); !domain.IsKind(err, domain.KindNotFound) {
		t.Errorf("the guest: %v", err)
	}
	for name, do := range map[string]func() error{
		"SaveCredential": func() error {
			_, err := r.s.SaveCredential(ctx, r.admin, domain.Aircall, map[string]string{"key": "k"}, nil)
			return err
		},
		"SetSwitches": func() error { _, err := r.s.SetSwitches(ctx, r.admin, domain.Dialpad, general); return err },
		"MendGuest":   func() error { _, err := r.s.MendGuest(ctx, r.admin); return err },
		"Uninstall":   func() error { return r.s.Uninstall(ctx, r.admin) },
	} {
		if err := do(); domain.CodeOf(err) != "not_installed" {
			t.Errorf("%s: %v", name, err)
		}
	}
	_, err = r.s.Install(ctx, r.admin, domain.ForAll, nil)
	testkit.Must(t, err)
	r.ready(t, domain.Aircall)
	if again := r.connector(t, domain.Aircall); again.ID != c.ID {
		t.Error("installing again made another connector: the calls of before are not its own")
	}
}

// TestMendGuest gives back what somebody took, and nothing twice.
func TestMendGuest(t *testing.T) {
	t.Parallel()
	r := newRig(t, nil, nil)
	ctx := context.Background()
	guest, err := r.Store.Guest(ctx)
	testkit.Must(t, err)
	guest.Active, guest.PermissionSets = false, guest.PermissionSets[:1]
	r.InTx(t, func(ctx context.Context, tx *store.Tx) error { return tx.SaveUser(ctx, guest) })
	for range 2 {
		_, err := r.s.MendGuest(ctx, r.admin)
		testkit.Must(t, err)
	}
	mended, err := r.Store.Guest(ctx)
	if err != nil || !mended.Active || len(mended.PermissionSets) != 2 || mended.ID != guest.ID {
		t.Errorf("%+v, %v", mended, err)
	}
	r.InTx(t, func(ctx context.Context, tx *store.Tx) error { return tx.RemoveGuest(ctx) })
	if p, err := r.s.MendGuest(ctx, r.admin); err != nil || p.Guest.ID == "" || len(p.GuestMissing) != 0 {
		t.Errorf("%+v, %v", p, err)
	}
}

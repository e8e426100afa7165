package connector

import (
	"context"
	"errors"
	"strings"
	"sync"
	"sync/atomic"
	"testing"
	"time"

	"github.com/google/go-cmp/cmp"

	"earshot/internal/domain"
	"earshot/internal/provider/memory"
	"earshot/internal/testkit"
)

// TestViews: each provider has one from the beginning; what is secret stays in the credential's fields.
func TestViews(t *testing.T) {
	t.Parallel()
	ctx := context.Background()
	r := newRig(t, nil, nil)
	r.credential(t, domain.Dialpad, map[string]string{"key": memory.Key})
	views, err := r.s.List(ctx, r.admin)
	testkit.Must(t, err)
	var names []domain.Provider
	for _, v := range views {
		names = append(names, v.Provider)
		saved := v.Provider == domain.Dialpad
		if v.Configured != saved || (v.Site != "") != saved || v.On() || v.Credential.Status != domain.AuthNot || v.Info.Provider != v.Provider || v.Callback != "" {
			t.Errorf("%+v", v)
		}
	}
	if diff := cmp.Diff([]domain.Provider{domain.Aircall, domain.AmazonConnect, domain.Dialpad, domain.RingCentral}, names); diff != "" {
		t.Error(diff)
	}
	login := newRig(t, twoKinds, nil)
	v := login.credential(t, domain.Dialpad, map[string]string{"key": memory.Key})
	if v.Kind() != "key" || v.Callback != "https://earshot.example/oauth/callback" {
		t.Errorf("kind %q, callback %q", v.Kind(), v.Callback)
	}
	if v, err = login.s.Get(ctx, login.admin, domain.Aircall); err != nil || v.Kind() != "key" {
		t.Errorf("the kind of what is not saved is %q, %v", v.Kind(), err)
	}
}

// TestSite: an address that cannot be guessed, of its own for each connector, and a switch (VC-24).
func TestSite(t *testing.T) {
	t.Parallel()
	ctx := context.Background()
	r := newRig(t, nil, nil)
	seen := map[string]bool{}
	for p := range backfills {
		v := r.credential(t, p, map[string]string{"key": memory.Key})
		secret, ok := strings.CutPrefix(v.Site, "https://earshot.example/site/")
		if !ok || len(secret) < 40 || secret != v.SiteSecret || seen[secret] || !v.SiteActive {
			t.Errorf("%s has the site %q, active %v", p, v.Site, v.SiteActive)
		}
		seen[secret] = true
	}
	for _, active := range []bool{false, true} {
		before := r.connector(t, domain.Dialpad)
		v, err := r.s.SetSite(ctx, r.admin, domain.Dialpad, active)
		testkit.Must(t, err)
		after := r.connector(t, domain.Dialpad)
		if v.SiteActive != active || after.SiteActive != active || after.SiteSecret != before.SiteSecret || !cmp.Equal(before.Credential, after.Credential) {
			t.Errorf("set to %v: %+v", active, after)
		}
		if c := r.connector(t, domain.Aircall); !c.SiteActive {
			t.Error("the site of another connector was switched, too")
		}
	}
}

// TestChangesAtOnceLoseNothing: people who change different things of a connector, which all of them saw before, all succeed.
func TestChangesAtOnceLoseNothing(t *testing.T) {
	t.Parallel()
	ctx := context.Background()
	var saw sync.WaitGroup // the connector, before anybody changes it
	var meet atomic.Int32
	r := newRig(t, nil, func(c *Config) {
		account := c.Account
		c.Account = func(conn domain.Connector) string {
			if meet.Add(-1) >= 0 {
				saw.Done()
				saw.Wait()
			}
			return account(conn)
		}
	})
	r.ready(t, domain.Aircall)
	changes := []func() error{
		func() error { _, err := r.s.SetSite(ctx, r.admin, domain.Aircall, false); return err },
		func() error { _, err := r.s.SetSwitches(ctx, r.admin, domain.Aircall, general); return err },
		func() error {
			_, err := r.s.SaveCredential(ctx, r.admin, domain.Aircall, nil, map[string]string{"base_url": "http://b.example"})
			return err
		},
	}
	saw.Add(len(changes))
	meet.Store(int32(len(changes)))
	var all sync.WaitGroup
	for _, do := range changes {
		all.Go(func() {
			if err := do(); err != nil {
				t.Error(err)
			}
		})
	}
	all.Wait()
	if c := r.connector(t, domain.Aircall); c.SiteActive || !c.ProviderEnabled || c.Settings["base_url"] != "http://b.example" || c.IntegrationUserID != r.admin.ID {
		t.Errorf("%+v", c)
	}
}

// TestIntegrationUser: "Make sure an ECI access permission set and the Conversation Insights Integration User permission set are
// assigned … Assign the System Administrator profile. The user also needs API Enabled enabled and access to the Voice Call object"
// (Voice Connector Guide p. 5).
func TestIntegrationUser(t *testing.T) {
	t.Parallel()
	const set, integration, profile, api, voice = "an insights permission set", "Conversation Insights Integration User", "System Administrator", "API Enabled", "Access Voice Calls"
	leaver := role(domain.ProfileAdministrator, domain.PermForSales, domain.PermIntegrationUser)
	leaver.Active = false
	late := role(domain.ProfileAdministrator, domain.PermIntegrationUser)
	late.PermissionSets = append(late.PermissionSets, domain.PermissionAssignment{Set: domain.PermForService, From: testkit.Start.Add(time.Hour)})
	cases := map[string]struct {
		user    domain.User
		missing []string
	}{
		"nothing":             {role(domain.ProfileStandard), []string{set, integration, profile, api, voice}},
		"an admin":            {role(domain.ProfileAdministrator), []string{set, integration}},
		"without profile":     {role(domain.ProfileStandard, domain.PermECIIncluded, domain.PermIntegrationUser), []string{profile}},
		"without integration": {role(domain.ProfileAdministrator, domain.PermSalesCloudBundle), []string{integration}},
		"a set from later on": {late, []string{set}},
		"who has left":        {leaver, []string{api, voice}},
		"complete":            {role(domain.ProfileAdministrator, domain.PermForService, domain.PermIntegrationUser), nil},
	}
	r := named(t, cases, nil)
	for name, c := range cases {
		p := domain.Provider(name)
		v, err := r.s.AssignIntegrationUser(context.Background(), c.user, p)
		if c.missing == nil {
			if err != nil || v.IntegrationUserID != "role" || r.connector(t, p).IntegrationUserID != "role" {
				t.Errorf("%s: %q, %v", name, v.IntegrationUserID, err)
			}
			continue
		}
		var incomplete *IncompleteError
		if !errors.As(err, &incomplete) || len(incomplete.Missing) != len(c.missing) {
			t.Errorf("%s: %v, want %v", name, err, c.missing)
			continue
		}
		for i, m := range c.missing {
			if !strings.Contains(incomplete.Missing[i], m) || !strings.Contains(err.Error(), m) {
				t.Errorf("%s: %v, want %v", name, incomplete.Missing, c.missing)
			}
		}
	}
	if n := r.Rows(t, "connectors"); n != 1 {
		t.Errorf("%d connectors were made, want that of who was complete", n)
	}
}

// TestExcludedNumbers: in any format, all or none, each once (VC-8).
func TestExcludedNumbers(t *testing.T) {
	t.Parallel()
	ctx := context.Background()
	r := newRig(t, nil, nil)
	list := func() (out []string) {
		t.Helper()
		numbers, err := r.s.ExcludedNumbers(ctx, r.admin)
		testkit.Must(t, err)
		for _, n := range numbers {
			out = append(out, n.Number+" "+n.Note+" "+n.CreatedBy)
		}
		return out
	}
	exclude := func(note string, numbers ...string) []domain.ExcludedNumber {
		t.Helper()
		r.Clock.Advance(time.Minute)
		added, err := r.s.Exclude(ctx, r.admin, numbers, note)
		testkit.Must(t, err)
		return added
	}
	first := exclude(" the board ", "(212) 555-0150")
	if len(first) != 1 || first[0].Number != "+12125550150" || !first[0].CreatedAt.Equal(r.Clock.Now()) {
		t.Fatalf("added %+v", first)
	}
	again := exclude("", "+1 212-555-0150", "0033 1 99 00 12 34", "+33199001234", "212 555 0151 x7")
	if len(again) != 2 {
		t.Errorf("added %+v", again)
	}
	for _, bad := range [][]string{{}, nil, {"+12125550160", "anonymous", "+1855201XXXX"}, {""}, {"101"}} {
		_, err := r.s.Exclude(ctx, r.admin, bad, "")
		if domain.CodeOf(err) != "bad_number" || len(bad) == 3 && (!strings.Contains(err.Error(), "anonymous, +1855201XXXX") || strings.Contains(err.Error(), "0160")) {
			t.Errorf("%q gave %v", bad, err)
		}
	}
	by := " " + r.admin.ID
	if got := list(); len(got) != 3 || got[2] != "+12125550150 the board"+by || !cmp.Equal(map[string]bool{got[0]: true, got[1]: true}, map[string]bool{"+12125550151 " + by: true, "+33199001234 " + by: true}) {
		t.Errorf("the list is %q", got)
	}
	testkit.Must(t, r.s.Include(ctx, r.admin, first[0].ID))
	if err := r.s.Include(ctx, r.admin, first[0].ID); !domain.IsKind(err, domain.KindNotFound) {
		t.Errorf("taken off twice: %v", err)
	}
	if len(exclude("", "2125550150")) != 1 || len(list()) != 3 {
		t.Errorf("after taking it off and adding it again: %q", list())
	}
}

func TestGeneralSettings(t *testing.T) {
	t.Parallel()
	ctx := context.Background()
	r := newRig(t, nil, nil)
	want := domain.GeneralSettings{OptimalSpeakerSeparation: false, Language: "en-GB"}
	testkit.Must(t, r.s.SaveSettings(ctx, r.admin, want))
	if got, err := r.s.Settings(ctx, r.admin); err != nil || got != want {
		t.Errorf("%+v, %v", got, err)
	}
}

package connector

import (
	"context"
	"slices"
	"testing"
	"time"

	"earshot/internal/domain"
	"earshot/internal/provider/memory"
	"earshot/internal/testkit"
)

// operations are all use cases, with what they must not do for who may not.
func (r *rig) operations(numberID, jobID string) map[string]func(context.Context, domain.User) error {
	const p = domain.Dialpad
	fail := func(_ any, err error) error { return err }
	return map[string]func(context.Context, domain.User) error{
		"List": func(ctx context.Context, u domain.User) error { return fail(r.s.List(ctx, u)) },
		"Get":  func(ctx context.Context, u domain.User) error { return fail(r.s.Get(ctx, u, p)) },
		"SaveCredential": func(ctx context.Context, u domain.User) error {
			return fail(r.s.SaveCredential(ctx, u, p, map[string]string{"key": memory.Key}, nil))
		},
		"Test":            func(ctx context.Context, u domain.User) error { return fail(r.s.Test(ctx, u, p)) },
		"SetSwitches":     func(ctx context.Context, u domain.User) error { return fail(r.s.SetSwitches(ctx, u, p, generalsOff)) },
		"SetSite":         func(ctx context.Context, u domain.User) error { return fail(r.s.SetSite(ctx, u, p, false)) },
		"ExcludedNumbers": func(ctx context.Context, u domain.User) error { return fail(r.s.ExcludedNumbers(ctx, u)) },
		"Exclude": func(ctx context.Context, u domain.User) error {
			return fail(r.s.Exclude(ctx, u, []string{"+1 212 555 0177"}, ""))
		},
		"Include":  func(ctx context.Context, u domain.User) error { return r.s.Include(ctx, u, numberID) },
		"Settings": func(ctx context.Context, u domain.User) error { return fail(r.s.Settings(ctx, u)) },
		"SaveSettings": func(ctx context.Context, u domain.User) error {
			return r.s.SaveSettings(ctx, u, domain.GeneralSettings{Language: "fr"})
		},
		"SpeechSettings": func(ctx context.Context, u domain.User) error { return fail(r.s.SpeechSettings(ctx, u)) },
		"SaveSpeechSettings": func(ctx context.Context, u domain.User) error {
			return fail(r.s.SaveSpeechSettings(ctx, u, domain.SpeechSettings{Engine: domain.EmbeddedEngine}, nil))
		},
		"ScheduledJobs":      func(ctx context.Context, u domain.User) error { return fail(r.s.ScheduledJobs(ctx, u)) },
		"DeleteScheduledJob": func(ctx context.Context, u domain.User) error { return r.s.DeleteScheduledJob(ctx, u, jobID) },
		"RunScheduledJob":    func(ctx context.Context, u domain.User) error { return r.s.RunScheduledJob(ctx, u, jobID) },
		"HourlyJob":          func(ctx context.Context, u domain.User) error { return fail(r.s.HourlyJob(ctx, u, p)) },
		"Backfill": func(ctx context.Context, u domain.User) error {
			return fail(r.s.Backfill(ctx, u, p, r.Clock.Now().AddDate(0, 0, -30), time.Time{}))
		},
		"Package":   func(ctx context.Context, u domain.User) error { return fail(r.s.Package(ctx, u)) },
		"Install":   func(ctx context.Context, u domain.User) error { return fail(r.s.Install(ctx, u, domain.ForAll, nil)) },
		"MendGuest": func(ctx context.Context, u domain.User) error { return fail(r.s.MendGuest(ctx, u)) },
		"Uninstall": func(ctx context.Context, u domain.User) error {
			if err := fail(r.s.Package(ctx, u)); err != nil { // so that the others find the app where the user may
				return r.s.Uninstall(ctx, u)
			}
			return nil
		},
		"AcceptTerms":   func(ctx context.Context, u domain.User) error { return fail(r.s.AcceptTerms(ctx, u, p, TermsVersion)) },
		"StartTestCall": func(ctx context.Context, u domain.User) error { return fail(r.s.StartTestCall(ctx, u, p)) },
		"TestCall":      func(ctx context.Context, u domain.User) error { return fail(r.s.TestCall(ctx, u, p)) },
		"StartLogin":    func(ctx context.Context, u domain.User) error { return fail(r.s.StartLogin(ctx, u, p, "")) },
		"FinishLogin":   func(ctx context.Context, u domain.User) error { return fail(r.s.FinishLogin(ctx, u, "", "s", "c", "")) },
	}
}

// role is a user who is not stored; use cases go by who is handed in.
func role(profile string, sets ...string) domain.User {
	u := domain.User{ID: "role", Name: "Role", Active: true, Profile: profile}
	for _, s := range sets {
		u.PermissionSets = append(u.PermissionSets, domain.PermissionAssignment{Set: s})
	}
	return u
}

// TestWhoMayWhat is the table of role and operation (VC-22): to set up takes Customize Application.
func TestWhoMayWhat(t *testing.T) {
	t.Parallel()
	leaver := role(domain.ProfileAdministrator)
	leaver.Active = false
	past := role(domain.ProfileStandard)
	past.PermissionSets = []domain.PermissionAssignment{{Set: domain.PermAdministrator, To: testkit.Start}}
	r := newRig(t, nil, nil) // of all who may not
	for name, c := range map[string]struct {
		user domain.User
		may  bool
	}{
		"nobody":                            {domain.User{}, false},
		"a user":                            {role(domain.ProfileStandard), false},
		"a user of calls":                   {role(domain.ProfileStandard, domain.InsightSets()...), false},
		"an integration user":               {role(domain.ProfileStandard, domain.PermIntegrationUser, domain.PermForSales), false},
		"the guest":                         {role(domain.ProfileGuest, domain.PermVoiceConnector, domain.PermIntegrationUser), false},
		"an admin who has left":             {leaver, false},
		"one who was an admin until now":    {past, false},
		"a Voice Connector Administrator":   {role(domain.ProfileStandard, domain.PermAdministrator), true},
		"a System Administrator":            {role(domain.ProfileAdministrator), true},
		"a System Administrator with calls": {role(domain.ProfileAdministrator, domain.PermForService), true},
	} {
		if !c.may {
			r.try(t, name, c.user, false)
			continue
		}
		t.Run(name, func(t *testing.T) {
			t.Parallel()
			r := newRig(t, nil, nil)
			r.try(t, name, c.user, true)
		})
	}
}

// try does everything as a user, on a connector that is on.
func (r *rig) try(t *testing.T, name string, user domain.User, may bool) {
	t.Helper()
	ctx := context.Background()
	if _, err := r.Store.ConnectorByProvider(ctx, domain.Dialpad); domain.IsKind(err, domain.KindNotFound) {
		r.ready(t, domain.Dialpad)
		r.turn(t, domain.Dialpad, enable, general)
		_, err := r.s.Exclude(ctx, r.admin, []string{"+1 212 555 0150"}, "")
		testkit.Must(t, err)
	}
	numbers, err := r.s.ExcludedNumbers(ctx, r.admin)
	testkit.Must(t, err)
	before := r.state(t)
	for operation, do := range r.operations(numbers[0].ID, r.scheduled(t, domain.Dialpad)[domain.ScheduleWatch].ID) {
		if err := do(ctx, user); domain.IsKind(err, domain.KindForbidden) == may {
			t.Errorf("%s: %s gave %v; may: %v", name, operation, err, may)
		}
	}
	if after := r.state(t); slices.Equal(before, after) == may {
		t.Errorf("%s: before %v\nafter %v; may: %v", name, before, after, may)
	}
}

// state is what the operations change.
func (r *rig) state(t *testing.T) []any {
	t.Helper()
	ctx := context.Background()
	c := r.connector(t, domain.Dialpad)
	numbers, err := r.Store.ExcludedNumbers(ctx)
	testkit.Must(t, err)
	settings, err := r.Store.Settings(ctx)
	testkit.Must(t, err)
	out := []any{c.ProviderEnabled, c.SiteActive, c.Credential.Status, settings, r.Rows(t, "scheduled_jobs"), r.Rows(t, "river_job"), r.Company.Seen().Requests}
	for _, n := range numbers {
		out = append(out, n.Number)
	}
	return out
}

// TestUnknownProvider is told as such, by each that takes a provider.
func TestUnknownProvider(t *testing.T) {
	t.Parallel()
	r := newRig(t, nil, nil)
	ctx := context.Background()
	for name, do := range map[string]func() error{
		"Get":            func() error { _, err := r.s.Get(ctx, r.admin, "zoom"); return err },
		"SaveCredential": func() error { _, err := r.s.SaveCredential(ctx, r.admin, "zoom", nil, nil); return err },
		"Test":           func() error { _, err := r.s.Test(ctx, r.admin, "zoom"); return err },
		"SetSwitches":    func() error { _, err := r.s.SetSwitches(ctx, r.admin, "zoom", general); return err },
		"SetSite":        func() error { _, err := r.s.SetSite(ctx, r.admin, "zoom", true); return err },
		"AssignIntegrationUser": func() error {
			_, err := r.s.AssignIntegrationUser(ctx, r.admin, "zoom")
			return err
		},
		"Backfill": func() error {
			_, err := r.s.Backfill(ctx, r.admin, "zoom", r.Clock.Now().AddDate(0, 0, -1), time.Time{})
			return err
		},
	} {
		if err := do(); domain.CodeOf(err) != "unknown_provider" || !domain.IsKind(err, domain.KindNotFound) {
			t.Errorf("%s gave %v", name, err)
		}
	}
	if all, err := r.Store.Connectors(ctx); err != nil || len(all) != 0 {
		t.Errorf("%d connectors were made, %v", len(all), err)
	}
}

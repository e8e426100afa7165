package app_test

import (
	"context"
	"crypto/sha256"
	"database/sql"
	"fmt"
	"io"
	"log/slog"
	"net/http"
	"os"
	"path/filepath"
	"slices"
	"strconv"
	"strings"
	"testing"
	"time"

	"github.com/google/go-cmp/cmp"

	"earshot/internal/app"
	"earshot/internal/config"
	"earshot/internal/connector"
	"earshot/internal/domain"
	"earshot/internal/identity"
	"earshot/internal/provider/aircall/fake"
	"earshot/internal/store"
	"earshot/internal/testkit/apptest"
)

// clinic is a whole Earshot, well but for the speech engine, whose jobs have run and stand still.
type clinic struct {
	*apptest.Kit
	ctx context.Context
}

var on, off = true, false

// newClinic has all that can be red green, but for the engine, which is not installed.
func newClinic(t *testing.T) *clinic {
	t.Helper()
	c := &clinic{apptest.New(t), context.Background()}
	c.Fake.AddNumber(fake.Number{Name: "Sales", E164: "+12125550100", Country: "US"})
	c.User(t, "Maria", "4101", domain.PermForSales)
	c.Credential(t, "fake-token")
	c.set(t, connector.Switches{ProviderEnabled: &on})
	_, err := c.App.Connector.AssignIntegrationUser(c.ctx, c.Admin, domain.Aircall)
	apptest.Must(t, err)
	apptest.Must(t, c.App.Start(c.ctx))
	c.set(t, connector.Switches{Enabled: &on})
	c.runJobs(t)
	apptest.Must(t, c.App.Store.StopJobs(c.ctx))
	return c
}

func (c *clinic) set(t *testing.T, s connector.Switches) {
	t.Helper()
	_, err := c.App.Connector.SetSwitches(c.ctx, c.Admin, domain.Aircall, s)
	apptest.Must(t, err)
}

// runJobs lets each scheduled job run once more, by whoever is first.
func (c *clinic) runJobs(t *testing.T) {
	t.Helper()
	for _, j := range c.jobs(t) {
		apptest.Must(t, c.App.Ingest.RunNow(c.ctx, j.ID))
		apptest.Until(t, "run of "+string(j.Kind), func() bool {
			apptest.Must(t, c.App.Ingest.Run(c.ctx, domain.RunJob{ScheduledJobID: j.ID}))
			now, err := c.App.Store.ScheduledJob(c.ctx, j.ID)
			return err == nil && now.LastRunAt.After(j.LastRunAt)
		})
	}
}

func (c *clinic) jobs(t *testing.T) []domain.ScheduledJob {
	t.Helper()
	jobs, err := c.App.Store.ScheduledJobs(c.ctx, "")
	apptest.Must(t, err)
	return jobs
}

func (c *clinic) tx(t *testing.T, f func(context.Context, *store.Tx) error) {
	t.Helper()
	apptest.Must(t, c.App.Store.InTx(c.ctx, f))
}

// edit changes the connector's row.
func (c *clinic) edit(t *testing.T, change func(*domain.Connector)) {
	t.Helper()
	c.tx(t, func(ctx context.Context, tx *store.Tx) error {
		conn, err := tx.Connector(ctx, c.conn(t).ID)
		if err != nil {
			return err
		}
		change(&conn)
		return tx.SaveConnector(ctx, conn)
	})
}

func (c *clinic) conn(t *testing.T) domain.Connector {
	t.Helper()
	conn, err := c.App.Store.ConnectorByProvider(c.ctx, domain.Aircall)
	apptest.Must(t, err)
	return conn
}

// editJob changes the row of a scheduled job.
func (c *clinic) editJob(t *testing.T, kind domain.ScheduleKind, change func(*domain.ScheduledJob)) {
	t.Helper()
	for _, j := range c.jobs(t) {
		if j.Kind == kind {
			change(&j)
			c.tx(t, func(ctx context.Context, tx *store.Tx) error { return tx.UpdateScheduledJob(ctx, j) })
		}
	}
}

// guest makes the guest user hold exactly these sets.
func (c *clinic) guest(t *testing.T, sets ...string) {
	t.Helper()
	u, err := c.App.Store.Guest(c.ctx)
	apptest.Must(t, err)
	u.PermissionSets = nil
	for _, s := range sets {
		u.PermissionSets = append(u.PermissionSets, domain.PermissionAssignment{Set: s})
	}
	c.tx(t, func(ctx context.Context, tx *store.Tx) error { return tx.SaveUser(ctx, u) })
}

// mendGuest is the button of troubleshooting.
func (c *clinic) mendGuest(t *testing.T) {
	t.Helper()
	_, err := c.App.Connector.MendGuest(c.ctx, c.Admin)
	apptest.Must(t, err)
}

// user changes a user as an admin does.
func (c *clinic) user(t *testing.T, name string, change func(*identity.UserInput)) {
	t.Helper()
	u, err := c.App.Store.UserByEmail(c.ctx, name+"@x.example")
	apptest.Must(t, err)
	in := identity.UserInput{Name: u.Name, Email: u.Email, Profile: u.Profile, Identifiers: u.Identifiers}
	for _, s := range u.PermissionSets {
		if s.To.IsZero() {
			in.PermissionSets = append(in.PermissionSets, s.Set)
		}
	}
	change(&in)
	_, err = c.App.Identity.SaveUser(c.ctx, c.Admin, u.ID, in)
	apptest.Must(t, err)
}

// reds are the checks that are red, with what was found.
func (c *clinic) reds(t *testing.T) map[string]domain.Check {
	t.Helper()
	checks, err := c.App.Troubleshoot.Checks(c.ctx, c.Admin)
	apptest.Must(t, err)
	return redOf(checks)
}

func redOf(checks []domain.Check) map[string]domain.Check {
	out := map[string]domain.Check{}
	for _, k := range checks {
		if k.Status == domain.CheckRed {
			out[k.ID] = k
		}
	}
	return out
}

func ids(checks map[string]domain.Check) []string {
	out := []string{}
	for id := range checks {
		out = append(out, id)
	}
	slices.Sort(out)
	return out
}

// ailment is one way to be unwell.
type ailment struct {
	name, check, found, page string
	also                     []string // other checks that are red by the same cause
	hurt, heal               func(*testing.T, *clinic)
}

// TestEachCheckIsRedForItsCauseAndGreenAfterItsFix: issue 5, acceptance line 3. Of all checks only those that a cause concerns turn red.
func TestEachCheckIsRedForItsCauseAndGreenAfterItsFix(t *testing.T) {
	t.Parallel()
	c := newClinic(t)
	well := []string{"speech"}
	if diff := cmp.Diff(well, ids(c.reds(t))); diff != "" {
		t.Fatalf("before anything was broken: %s%v", diff, c.reds(t))
	}
	for _, a := range slices.Concat(connectionAilments(), workAilments(), peopleAilments()) {
		a.hurt(t, c)
		got := c.reds(t)
		want := append(slices.Clone(a.also), append([]string{a.check}, well...)...)
		slices.Sort(want)
		if diff := cmp.Diff(want, ids(got)); diff != "" {
			t.Errorf("%s: %s%v", a.name, diff, got)
		}
		k := got[a.check]
		if !strings.Contains(k.Found, a.found) || k.Page != a.page || k.Fix == "" || k.Why == "" || k.Title == "" {
			t.Errorf("%s: %+v; want %q and page %q", a.name, k, a.found, a.page)
		}
		a.heal(t, c)
		if diff := cmp.Diff(well, ids(c.reds(t))); diff != "" {
			t.Fatalf("%s, after its fix: %s%v", a.name, diff, c.reds(t))
		}
	}
}

const aircallPage, jobsPage, usersPage = "/voice-connector/aircall", "/setup/scheduled-jobs", "/setup/users"

func connectionAilments() []ailment {
	turnOn := func(t *testing.T, c *clinic) {
		c.set(t, connector.Switches{ProviderEnabled: &on, Enabled: &on, DeleteJobs: true})
		c.runJobs(t)
	}
	test := func(t *testing.T, c *clinic) {
		_, err := c.App.Connector.Test(c.ctx, c.Admin, domain.Aircall)
		apptest.Must(t, err)
	}
	return []ailment{
		{"the connector's switch is off", "switches", "Enable Integration of Aircall is off", aircallPage, []string{"leftover_jobs"},
			func(t *testing.T, c *clinic) { c.set(t, connector.Switches{Enabled: &off}) }, turnOn},
		{"the switch in General Settings is off", "switches", "the switch of Aircall in General Settings is off", "/setup/general-settings", []string{"leftover_jobs"},
			func(t *testing.T, c *clinic) { c.set(t, connector.Switches{ProviderEnabled: &off}) }, turnOn},
		{"both switches are off, and all jobs are deleted", "switches", "Both switches are off", aircallPage, nil, func(t *testing.T, c *clinic) {
			c.set(t, connector.Switches{Enabled: &off, ProviderEnabled: &off})
			for _, j := range c.jobs(t) {
				apptest.Must(t, c.App.Connector.DeleteScheduledJob(c.ctx, c.Admin, j.ID))
			}
		}, turnOn},
		{"jobs are left from before", "leftover_jobs", "2 scheduled jobs are left", jobsPage, []string{"switches"},
			func(t *testing.T, c *clinic) { c.set(t, connector.Switches{Enabled: &off}) }, turnOn},
		{"the site is off", "site", "not active", aircallPage, nil, func(t *testing.T, c *clinic) {
			_, err := c.App.Connector.SetSite(c.ctx, c.Admin, domain.Aircall, false)
			apptest.Must(t, err)
		}, func(t *testing.T, c *clinic) {
			_, err := c.App.Connector.SetSite(c.ctx, c.Admin, domain.Aircall, true)
			apptest.Must(t, err)
		}},
		{"the key was revoked", "credential", "Revoked", aircallPage, nil,
			func(t *testing.T, c *clinic) { c.Credential(t, "wrong") }, func(t *testing.T, c *clinic) { c.Credential(t, "fake-token") }},
		{"the key was not tested", "credential", "not tested since it was changed", aircallPage, nil, func(t *testing.T, c *clinic) {
			_, err := c.App.Connector.SaveCredential(c.ctx, c.Admin, domain.Aircall, map[string]string{"api_id": "fake-id"}, c.conn(t).Settings)
			apptest.Must(t, err)
		}, test},
		{"a right is missing", "scope", "may not read recordings", aircallPage, nil, func(t *testing.T, c *clinic) {
			c.edit(t, func(conn *domain.Connector) { conn.Credential.Problem = "the key may not read recordings" })
		}, test},
		{"the subscription is gone", "subscription", "no subscription", aircallPage, nil,
			func(t *testing.T, c *clinic) { c.edit(t, func(conn *domain.Connector) { conn.SubscriptionID = "" }) }, test},
		{"the watch fails", "subscription", "the webhook limit is reached", jobsPage, nil, func(t *testing.T, c *clinic) {
			c.editJob(t, domain.ScheduleWatch, func(j *domain.ScheduledJob) { j.Failures, j.LastResult = 1, "the webhook limit is reached" })
		}, func(t *testing.T, c *clinic) { c.runJobs(t) }},
		{"the watch was deleted", "subscription", "was deleted", aircallPage, nil, func(t *testing.T, c *clinic) {
			for _, j := range c.jobs(t) {
				if j.Kind == domain.ScheduleWatch {
					apptest.Must(t, c.App.Connector.DeleteScheduledJob(c.ctx, c.Admin, j.ID))
				}
			}
		}, func(t *testing.T, c *clinic) {
			c.set(t, connector.Switches{Enabled: &off})
			turnOn(t, c)
		}},
	}
}

func workAilments() []ailment {
	again := func(t *testing.T, c *clinic) { c.runJobs(t) }
	const lost = "call-without-event"
	return []ailment{
		{"events are lost", "events", "had to find 1 call since, the newest " + lost, aircallPage, nil, func(t *testing.T, c *clinic) {
			c.edit(t, func(conn *domain.Connector) { conn.FirstDayUntil = time.Now().Add(20 * time.Hour) }) // on since four hours
			conn := c.conn(t)
			at := time.Now().Add(-time.Hour)
			c.tx(t, func(ctx context.Context, tx *store.Tx) error {
				_, _, err := tx.UpsertVCCall(ctx, store.Arrival{ConnectorID: conn.ID, Provider: domain.Aircall, ProviderCallID: lost, Via: domain.ViaHourly, ObservedAt: at, Snapshot: &domain.ProviderCall{ID: lost, StartedAt: at, EndedAt: at.Add(time.Minute)}})
				return err
			})
			c.raw(t, `UPDATE vc_calls SET created_at = created_at - 1800000, state = 'skipped' WHERE provider_call_id = 'call-without-event'`)
		}, func(t *testing.T, c *clinic) { // an event comes
			c.tx(t, func(ctx context.Context, tx *store.Tx) error {
				return tx.TouchConnectorEvent(ctx, c.conn(t).ID, time.Now())
			})
		}},
		{"an event is not understood", "events", "1 event came but could not be understood", jobsPage, nil, func(t *testing.T, c *clinic) {
			c.raw(t, `INSERT INTO events (id, connector_id, received_at, headers, body) SELECT 'unread', id, `+ago(time.Hour)+`, '{}', x'00' FROM connectors`)
		}, func(t *testing.T, c *clinic) {
			c.tx(t, func(ctx context.Context, tx *store.Tx) error { return tx.MarkEventProcessed(ctx, "unread") })
		}},
		{"events are refused", "events", "1 event was refused since the last one that was taken", aircallPage, nil, func(t *testing.T, c *clinic) {
			resp, err := http.Post(c.Server.URL+"/site/"+c.conn(t).SiteSecret, "application/json", strings.NewReader(`{"event":"call.ended","token":"wrong","data":{"id":1}}`))
			apptest.Must(t, err)
			resp.Body.Close()
		}, func(t *testing.T, c *clinic) {
			c.tx(t, func(ctx context.Context, tx *store.Tx) error {
				return tx.TouchConnectorEvent(ctx, c.conn(t).ID, time.Now().Add(time.Millisecond))
			})
		}},
		{"no listing for hours", "sync", "it should come every hour", jobsPage, nil, func(t *testing.T, c *clinic) {
			c.edit(t, func(conn *domain.Connector) { conn.FirstDayUntil = time.Now().Add(20 * time.Hour) })
			c.tx(t, func(ctx context.Context, tx *store.Tx) error {
				return tx.TouchConnectorSync(ctx, c.conn(t).ID, time.Now().Add(-3*time.Hour), time.Now().Add(-3*time.Hour))
			})
		}, again},
		{"listings fail", "sync", "failed 3 times in a row", jobsPage, []string{"scheduled_jobs"}, func(t *testing.T, c *clinic) {
			c.editJob(t, domain.ScheduleHourly, func(j *domain.ScheduledJob) { j.Failures, j.LastResult = 3, "the provider answers with 500" })
		}, again},
		{"a job is late", "scheduled_jobs", "The job Hourly batch should have run", jobsPage, nil, func(t *testing.T, c *clinic) {
			c.editJob(t, domain.ScheduleHourly, func(j *domain.ScheduledJob) { j.NextRunAt = time.Now().Add(-20 * time.Minute) })
		}, again},
		{"no job is worked", "jobs", "Jobs are ready and none is worked: speech since", jobsPage, nil, func(t *testing.T, c *clinic) {
			c.tx(t, func(ctx context.Context, tx *store.Tx) error {
				return tx.Enqueue(ctx, domain.TranscribeJob{VCCallID: "none"}, store.At(time.Now().Add(-time.Hour)))
			})
		}, func(t *testing.T, c *clinic) { // it runs again
			apptest.Must(t, c.App.Start(c.ctx))
			apptest.Until(t, "the job", func() bool { return len(c.reds(t)) == 1 })
			apptest.Must(t, c.App.Store.StopJobs(c.ctx))
		}},
		{"a call lies without a job", "jobs", "1 VC Call should have gone on and has no job", "/voice-connector/vc-calls", nil, func(t *testing.T, c *clinic) {
			c.raw(t, `UPDATE vc_calls SET state = 'received', updated_at = `+ago(time.Hour)+` WHERE provider_call_id = 'call-without-event'`)
		}, func(t *testing.T, c *clinic) {
			vc, err := c.App.Store.VCCallByProviderID(c.ctx, c.conn(t).ID, lost)
			apptest.Must(t, err)
			_, err = c.App.Library.Retry(c.ctx, c.Admin, vc.ID)
			apptest.Must(t, err)
		}},
		{"the recordings' store cannot be written", "recordings", "cannot be written", "", nil, func(t *testing.T, c *clinic) {
			blobs := filepath.Join(c.App.Config.DataDir, "blobs")
			apptest.Must(t, os.Rename(blobs, blobs+".away"))
			apptest.Must(t, os.WriteFile(blobs, nil, 0o600))
		}, func(t *testing.T, c *clinic) {
			blobs := filepath.Join(c.App.Config.DataDir, "blobs")
			apptest.Must(t, os.Remove(blobs))
			apptest.Must(t, os.Rename(blobs+".away", blobs))
		}},
	}
}

func peopleAilments() []ailment {
	active := func(a bool) func(*testing.T, *clinic) {
		return func(t *testing.T, c *clinic) {
			u, err := c.App.Store.User(c.ctx, c.Admin.ID)
			apptest.Must(t, err)
			u.Active = a
			c.tx(t, func(ctx context.Context, tx *store.Tx) error { return tx.SaveUser(ctx, u) })
		}
	}
	return []ailment{
		{"no integration user", "integration_user", "No integration user is assigned", aircallPage, nil, func(t *testing.T, c *clinic) {
			c.edit(t, func(conn *domain.Connector) { conn.IntegrationUserID = "" })
		}, func(t *testing.T, c *clinic) {
			_, err := c.App.Connector.AssignIntegrationUser(c.ctx, c.Admin, domain.Aircall)
			apptest.Must(t, err)
		}},
		{"the integration user left", "integration_user", "Admin is not active", usersPage, nil, active(false), active(true)},
		{"the integration user lost a set", "integration_user", "lacks the permission set Conversation Insights Integration User", usersPage, nil, func(t *testing.T, c *clinic) {
			c.user(t, "admin", func(in *identity.UserInput) { in.PermissionSets = []string{domain.PermForSales} })
		}, func(t *testing.T, c *clinic) {
			c.user(t, "admin", func(in *identity.UserInput) {
				in.PermissionSets = []string{domain.PermForSales, domain.PermIntegrationUser}
			})
		}},
		{"nobody can be found", "users", "none has the Aircall User Identifier or a phone", usersPage, nil, func(t *testing.T, c *clinic) {
			c.user(t, "Maria", func(in *identity.UserInput) { in.Identifiers = nil })
		}, func(t *testing.T, c *clinic) {
			c.user(t, "Maria", func(in *identity.UserInput) { in.Phones = []string{"+12125550101"} })
		}},
		{"nobody holds an insights set", "users", "No active user holds an insights permission set", usersPage, []string{"integration_user"}, func(t *testing.T, c *clinic) {
			c.user(t, "Maria", func(in *identity.UserInput) { in.PermissionSets = nil })
			c.user(t, "admin", func(in *identity.UserInput) { in.PermissionSets = []string{domain.PermIntegrationUser} })
		}, func(t *testing.T, c *clinic) {
			c.user(t, "Maria", func(in *identity.UserInput) {
				in.PermissionSets, in.Identifiers = []string{domain.PermForService}, map[domain.Provider]string{domain.Aircall: "4101"}
			})
			c.user(t, "admin", func(in *identity.UserInput) {
				in.PermissionSets = []string{domain.PermForSales, domain.PermIntegrationUser}
			})
		}},
		{"the guest lacks a set", "guest_user", "Voice Connector Guest User lacks Voice Connector Permission", usersPage, nil,
			func(t *testing.T, c *clinic) { c.guest(t, domain.PermIntegrationUser) }, func(t *testing.T, c *clinic) { c.mendGuest(t) }},
		{"the guest is gone", "guest_user", "There is no Voice Connector Guest User", "/setup/installed-packages", nil,
			func(t *testing.T, c *clinic) {
				c.tx(t, func(ctx context.Context, tx *store.Tx) error { return tx.RemoveGuest(ctx) })
			}, func(t *testing.T, c *clinic) { c.mendGuest(t) }},
	}
}

// ago is a time as rows have it.
func ago(d time.Duration) string {
	return strconv.FormatInt(time.Now().Add(-d).UnixMilli(), 10)
}

// raw changes rows behind the store's back.
func (c *clinic) raw(t *testing.T, query string) {
	t.Helper()
	rawSQL(t, c.App.Config.DataDir, query)
}

func rawSQL(t *testing.T, dir, query string) {
	t.Helper()
	db, err := sql.Open("sqlite", filepath.Join(dir, "earshot.db")+"?_pragma=busy_timeout(10000)")
	apptest.Must(t, err)
	_, err = db.Exec(query)
	apptest.Must(t, err)
	apptest.Must(t, db.Close())
}

// TestChecksOfTheMachine: settings and machine, each with two installations that differ in what is wrong.
func TestChecksOfTheMachine(t *testing.T) {
	t.Parallel()
	c := newClinic(t)
	cfg := c.App.Config
	apptest.Must(t, c.App.Close())
	program := func(name, script string) string {
		path := filepath.Join(t.TempDir(), name)
		apptest.Must(t, os.WriteFile(path, []byte("#!/bin/sh\n"+script+"\n"), 0o700))
		return path
	}
	engine := func(content string) string { // its manifest has the checksum of "right"
		dir := t.TempDir()
		folder := filepath.Join(dir, "models", "moonshine-tiny-en-0.1.0")
		apptest.Must(t, os.MkdirAll(folder, 0o700))
		apptest.Must(t, os.WriteFile(filepath.Join(folder, "lib.so"), []byte(content), 0o600))
		apptest.Must(t, os.WriteFile(filepath.Join(folder, "manifest.json"), fmt.Appendf(nil, `{"name":"tiny","files":{"lib.so":"%x"}}`, sha256.Sum256([]byte("right"))), 0o600))
		return dir
	}
	type setting = func(*config.Config, *app.Options)
	for check, s := range map[string]struct {
		found       string
		wrong, fine setting
	}{
		"public_url": {"not encrypted", func(c *config.Config, _ *app.Options) { c.PublicURL = "http://earshot.example.com" }, func(c *config.Config, _ *app.Options) { c.PublicURL = "https://earshot.example.com" }},
		"disk":       {"at least", func(_ *config.Config, o *app.Options) { o.MinFree = 1 << 62 }, func(_ *config.Config, o *app.Options) { o.MinFree = 1 }},
		"clock":      {"This machine says", func(_ *config.Config, o *app.Options) { o.Now = func() time.Time { return time.Now().Add(-time.Hour) } }, func(*config.Config, *app.Options) {}},
		"ffmpeg":     {"does not run", func(c *config.Config, _ *app.Options) { c.FFmpeg = program("ffmpeg", "exit 1") }, func(c *config.Config, _ *app.Options) { c.FFmpeg = program("ffmpeg", "echo ffmpeg version 7") }},
		"speech":     {"cannot be used", func(c *config.Config, _ *app.Options) { c.ModelsDir = engine("wrong") }, func(c *config.Config, _ *app.Options) { c.ModelsDir = engine("right") }},
	} {
		for i, change := range []setting{s.wrong, s.fine} {
			copied, o := cfg, app.Options{}
			change(&copied, &o)
			a, err := app.Open(c.ctx, copied, slog.New(slog.DiscardHandler), o)
			apptest.Must(t, err)
			checks, err := a.Troubleshoot.Checks(c.ctx, c.Admin)
			apptest.Must(t, err)
			apptest.Must(t, a.Close())
			k, isRed := redOf(checks)[check]
			if isRed != (i == 0) || isRed && !strings.Contains(k.Found, s.found) {
				t.Errorf("%s, %d: red %v, %+v", check, i, isRed, k)
			}
		}
	}
}

// TestAuthProvider: "make sure … Send client credentials in the header" (Voice Connector Guide, Troubleshooting).
func TestAuthProvider(t *testing.T) {
	t.Parallel()
	k := apptest.New(t)
	for _, c := range []struct{ header, status string }{{"no", "red"}, {"yes", "green"}} {
		_, err := k.App.Connector.SaveCredential(context.Background(), k.Admin, domain.RingCentral, map[string]string{"kind": "login", "client_id": "app", "client_secret": "hush"}, map[string]string{"client_in_header": c.header})
		apptest.Must(t, err)
		checks, err := k.App.Troubleshoot.Checks(context.Background(), k.Admin)
		apptest.Must(t, err)
		i := slices.IndexFunc(checks, func(k domain.Check) bool { return k.ID == "auth_provider" && k.Provider == domain.RingCentral })
		if i < 0 || string(checks[i].Status) != c.status || strings.Contains(checks[i].Found, "hush") {
			t.Errorf("%s: %+v", c.header, checks)
		}
	}
}

// TestAskingProvidersFirst finds what nobody has noticed yet.
func TestAskingProvidersFirst(t *testing.T) {
	t.Parallel()
	c := newClinic(t)
	c.Fake.SetFaults(fake.Faults{Status: http.StatusUnauthorized})
	if k, isRed := c.reds(t)["credential"]; isRed {
		t.Errorf("red before anybody asked: %+v", k)
	}
	checks, err := c.App.Troubleshoot.CheckProviders(c.ctx, c.Admin)
	apptest.Must(t, err)
	if k := redOf(checks)["credential"]; !strings.Contains(k.Found, "Revoked") {
		t.Errorf("after asking: %+v", k)
	}
	c.Fake.SetFaults(fake.Faults{})
	checks, err = c.App.Troubleshoot.CheckProviders(c.ctx, c.Admin)
	apptest.Must(t, err)
	if k, isRed := redOf(checks)["credential"]; isRed {
		t.Errorf("after it works again: %+v", k)
	}
}

// TestTroubleshootingIsForAdmins, over HTTP, and its answers have no secret.
func TestTroubleshootingIsForAdmins(t *testing.T) {
	t.Parallel()
	c := newClinic(t)
	clients := []*http.Client{{}, role(t, c.Kit, "bare"), role(t, c.Kit, "rep", domain.PermForSales), signedIn(t, c.Kit, "admin@x.example")}
	for _, q := range []struct {
		method, path, says string
		want               [4]int
	}{
		{"GET", "/troubleshooting", `"id":"switches"`, [4]int{401, 403, 403, 200}},
		{"POST", "/troubleshooting", `"id":"credential"`, [4]int{401, 403, 403, 200}},
		{"GET", "/why-missing?provider_call_id=77&provider=aircall", `"fetch":["aircall"]`, [4]int{401, 403, 403, 200}},
		{"GET", "/why-missing", "nothing_known", [4]int{401, 403, 403, 422}},
		{"GET", "/why-missing?number=nonsense", "bad_number", [4]int{401, 403, 403, 422}},
		{"GET", "/why-missing?number=12125550199&provider=none", "unknown_provider", [4]int{401, 403, 403, 422}},
	} {
		for i, client := range clients {
			status, body := ask(t, client, q.method, c.Server.URL+"/api/v1"+q.path)
			if status != q.want[i] || i == 3 && !strings.Contains(body, q.says) {
				t.Errorf("%s %s as role %d: %d %s", q.method, q.path, i, status, body)
			}
			if strings.Contains(body, "fake-token") || strings.Contains(body, c.conn(t).SiteSecret) {
				t.Errorf("%s %s shows a secret: %s", q.method, q.path, body)
			}
		}
	}
}

// ask gives status and body of an answer.
func ask(t *testing.T, client *http.Client, method, url string) (int, string) {
	t.Helper()
	req, err := http.NewRequest(method, url, nil)
	apptest.Must(t, err)
	resp, err := client.Do(req)
	apptest.Must(t, err)
	defer resp.Body.Close()
	body, err := io.ReadAll(resp.Body)
	apptest.Must(t, err)
	return resp.StatusCode, string(body)
}

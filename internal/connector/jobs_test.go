package connector

import (
	"context"
	"testing"
	"time"

	"earshot/internal/domain"
	"earshot/internal/provider/memory"
	"earshot/internal/store"
	"earshot/internal/testkit"
)

// TestScheduledJobsPage lists, runs and deletes what connectors do by themselves (VC-11).
func TestScheduledJobsPage(t *testing.T) {
	t.Parallel()
	ctx := context.Background()
	r := newRig(t, nil, nil)
	if _, err := r.s.HourlyJob(ctx, r.admin, domain.Dialpad); domain.CodeOf(err) != "connector_off" {
		t.Errorf("the hourly batch of a connector that is off: %v", err)
	}
	r.ready(t, domain.Dialpad)
	r.ready(t, domain.RingCentral)
	r.turn(t, domain.Dialpad, general, enable)
	r.turn(t, domain.RingCentral, general, enable)
	all, err := r.s.ScheduledJobs(ctx, r.admin)
	testkit.Must(t, err)
	if len(all) != 4 {
		t.Fatalf("%+v", all)
	}
	r.run(t)
	hourly, err := r.s.HourlyJob(ctx, r.admin, domain.Dialpad)
	if err != nil || hourly.Provider != domain.Dialpad || hourly.LastResult == "" || !hourly.NextRunAt.Equal(r.Clock.Now().Add(time.Hour)) {
		t.Errorf("%+v, %v", hourly, err)
	}
	r.place(-time.Second) // in a moment
	r.Clock.Advance(time.Minute)
	testkit.Must(t, r.s.RunScheduledJob(ctx, r.admin, hourly.ID))
	r.run(t)
	if n := r.Rows(t, "vc_calls"); n != 1 {
		t.Errorf("%d VC Calls after running the batch by hand", n)
	}
	if err := r.s.RunScheduledJob(ctx, r.admin, "none"); !domain.IsKind(err, domain.KindNotFound) {
		t.Errorf("running what there is not: %v", err)
	}
	testkit.Must(t, r.s.DeleteScheduledJob(ctx, r.admin, hourly.ID))
	if err := r.s.DeleteScheduledJob(ctx, r.admin, hourly.ID); !domain.IsKind(err, domain.KindNotFound) {
		t.Errorf("deleting it twice: %v", err)
	}
	if _, err := r.s.HourlyJob(ctx, r.admin, domain.Dialpad); domain.CodeOf(err) != "no_hourly_job" {
		t.Errorf("the hourly batch that was deleted: %v", err)
	}
	if other, err := r.s.HourlyJob(ctx, r.admin, domain.RingCentral); err != nil || other.Provider != domain.RingCentral {
		t.Errorf("that of another connector: %+v, %v", other, err)
	}
	watch := r.scheduled(t, domain.RingCentral)[domain.ScheduleWatch]
	r.turn(t, domain.RingCentral, disable)
	if err := r.s.RunScheduledJob(ctx, r.admin, watch.ID); domain.CodeOf(err) != "connector_off" {
		t.Errorf("running a job of a connector that is off: %v", err)
	}
	r.run(t)
	if n := r.Rows(t, "vc_calls"); n != 1 {
		t.Errorf("%d VC Calls from deleted jobs", n)
	}
}

// TestBackfillOfARange processes calls from before enabling, since somebody asked for them.
func TestBackfillOfARange(t *testing.T) {
	t.Parallel()
	ctx := context.Background()
	r := newRig(t, nil, nil)
	now := r.Clock.Now()
	days := func(n int) time.Time { return now.AddDate(0, 0, -n) }
	for _, p := range []domain.Provider{domain.Dialpad, domain.Aircall} {
		if _, err := r.s.Backfill(ctx, r.admin, p, days(3), days(1)); domain.CodeOf(err) != "connector_off" {
			t.Errorf("of a connector that is off: %v", err)
		}
	}
	r.ready(t, domain.Dialpad)
	r.User(t, "Maria", func(u *domain.User) { u.Identifiers = map[domain.Provider]string{domain.Dialpad: "maria"} }, domain.PermForSales)
	r.turn(t, domain.Dialpad, general, enable)
	r.place(31 * 24 * time.Hour)
	inside := r.place(29 * 24 * time.Hour)
	r.place(2 * 24 * time.Hour)
	for _, c := range [][2]time.Time{{days(1), days(2)}, {days(1), days(1)}, {now, {}}, {now.Add(time.Hour), now.Add(2 * time.Hour)}} {
		if _, err := r.s.Backfill(ctx, r.admin, domain.Dialpad, c[0], c[1]); domain.CodeOf(err) != "bad_range" {
			t.Errorf("%v to %v: %v", c[0], c[1], err)
		}
	}
	job, err := r.s.Backfill(ctx, r.admin, domain.Dialpad, days(30), days(3))
	if err != nil || job.CreatedBy != r.admin.ID || job.Kind != domain.ScheduleBackfill || !job.To.Equal(days(3)) {
		t.Fatalf("%+v, %v", job, err)
	}
	if rows, _, err := r.Store.AuditLog(ctx, store.AuditFilter{Action: domain.ActionBackfillStarted}); err != nil || len(rows) != 1 || rows[0].ActorID != r.admin.ID {
		t.Errorf("the audit log holds %+v, %v", rows, err)
	}
	got := r.processed(t)
	if len(got) != 1 || got[inside] != domain.ViaBackfill {
		t.Errorf("processed %v, want %s", got, inside)
	}
	if job, err = r.Store.ScheduledJob(ctx, job.ID); err != nil || job.DoneAt.IsZero() || job.Progress() != 1 || job.LastResult != "1 calls listed, 1 of them new" {
		t.Errorf("%+v, %v", job, err)
	}
	if err := r.s.RunScheduledJob(ctx, r.admin, job.ID); err != nil || len(r.processed(t)) != 1 {
		t.Errorf("a back-fill that is done ran again: %v", err)
	}
	if job, err = r.s.Backfill(ctx, r.admin, domain.Dialpad, days(4), time.Time{}); err != nil || !job.To.Equal(r.Clock.Now()) {
		t.Errorf("a range without an end goes to %v, %v", job.To, err)
	}
}

// TestBackfillIsWantedAfterDisabling: a call that was set aside because the connector was off is taken by a back-fill of its day.
func TestBackfillIsWantedAfterDisabling(t *testing.T) {
	t.Parallel()
	ctx := context.Background()
	r := newRig(t, nil, nil)
	r.ready(t, domain.Aircall)
	r.User(t, "Maria", func(u *domain.User) { u.Identifiers = map[domain.Provider]string{domain.Aircall: "maria"} }, domain.PermForSales)
	r.turn(t, domain.Aircall, general, enable)
	id := r.place(-time.Second)
	r.Clock.Advance(10 * time.Minute)
	testkit.Must(t, r.s.RunScheduledJob(ctx, r.admin, r.scheduled(t, domain.Aircall)[domain.ScheduleHourly].ID))
	r.run(t)
	r.turn(t, domain.Aircall, generalsOff)
	vc, err := r.Store.VCCallByProviderID(ctx, r.connector(t, domain.Aircall).ID, id)
	testkit.Must(t, err)
	testkit.Must(t, r.p.Describe(ctx, vc.ID))
	if vc, err = r.Store.VCCall(ctx, vc.ID); err != nil || vc.Reason != domain.ConnectorOff {
		t.Fatalf("with one switch off: %s %s, %v", vc.State, vc.Reason, err)
	}
	on := general
	on.DeleteJobs = true
	r.turn(t, domain.Aircall, on)
	if got := r.processed(t); got[id] != domain.ViaBackfill {
		t.Errorf("processed %v", got)
	}
}

// TestWatchRestsBetweenChecks: a credential that works is tested once a day, not each time.
func TestWatchRestsBetweenChecks(t *testing.T) {
	t.Parallel()
	ctx := context.Background()
	r := newRig(t, nil, func(c *Config) { c.PublicURL = "" })
	r.ready(t, domain.Dialpad)
	r.turn(t, domain.Dialpad, general, enable)
	watch := func(after time.Duration) int {
		t.Helper()
		r.Clock.Advance(after)
		before := r.Company.Seen().Requests
		_, err := r.s.Watch(ctx, r.connector(t, domain.Dialpad))
		testkit.Must(t, err)
		return r.Company.Seen().Requests - before
	}
	for _, c := range []struct {
		after time.Duration
		want  int
	}{{time.Minute, 0}, {time.Hour, 0}, {23 * time.Hour, 1}, {time.Minute, 0}} {
		if got := watch(c.after); got != c.want {
			t.Errorf("after another %v: %d requests, want %d", c.after, got, c.want)
		}
	}
	r.credential(t, domain.Dialpad, map[string]string{"key": "wrong"})
	r.Clock.Advance(25 * time.Hour)
	if said, err := r.s.Watch(ctx, r.connector(t, domain.Dialpad)); !domain.IsKind(err, domain.KindUnauthorized) || said != "" {
		t.Errorf("with a wrong key the watch says %q, %v", said, err)
	}
	if s := r.connector(t, domain.Dialpad).Credential.Status; s != domain.AuthRevoked {
		t.Errorf("the credential is %s", s)
	}
	r.credential(t, domain.Dialpad, map[string]string{"key": memory.Key})
	if got := watch(time.Minute); got != 1 {
		t.Errorf("after it was changed: %d requests, want 1", got)
	}
}

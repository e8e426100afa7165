package ingest

import (
	"context"
	"strings"
	"testing"
	"time"

	"earshot/internal/domain"
	"earshot/internal/provider/memory"
	"earshot/internal/store"
	"earshot/internal/testkit"
)

func (r *rig) load(t *testing.T) domain.Connector {
	t.Helper()
	conn, err := r.Store.Connector(context.Background(), r.conn.ID)
	testkit.Must(t, err)
	return conn
}

// schedule makes a scheduled job of the rig's connector.
func (r *rig) schedule(t *testing.T, j domain.ScheduledJob) string {
	t.Helper()
	r.InTx(t, func(ctx context.Context, tx *store.Tx) (err error) {
		j.ConnectorID = r.conn.ID
		j, err = Schedule(ctx, tx, j, r.Clock.Now())
		return err
	})
	return j.ID
}

func (r *rig) scheduled(t *testing.T, id string) domain.ScheduledJob {
	t.Helper()
	j, err := r.Store.ScheduledJob(context.Background(), id)
	testkit.Must(t, err)
	return j
}

// run runs a scheduled job when its time has come.
func (r *rig) run(t *testing.T, id string) domain.ScheduledJob {
	t.Helper()
	if wait := r.scheduled(t, id).NextRunAt.Sub(r.Clock.Now()); wait > 0 {
		r.Clock.Advance(wait)
	}
	testkit.Must(t, r.in.Run(context.Background(), domain.RunJob{ScheduledJobID: id}))
	return r.scheduled(t, id)
}

// TestHourly pulls what events missed: all pages, each call once, none from before enabling; an hour later from the overlap on.
// "Calls are also pulled in a batch update every hour" (Voice Connector Guide p. 7).
func TestHourly(t *testing.T) {
	t.Parallel()
	r := newRig(t)
	at := func(back time.Duration) memory.Call {
		return memory.Call{Facts: domain.ProviderCall{StartedAt: r.Clock.Now().Add(-back)}}
	}
	for n := range 45 { // three pages
		r.place(at(time.Duration(n+10) * time.Minute))
	}
	r.place(at(8 * 24 * time.Hour))
	id := r.schedule(t, domain.ScheduledJob{Kind: domain.ScheduleHourly})
	j := r.run(t, id)
	if n := r.Rows(t, "vc_calls"); n != 45 || r.jobs(t, "describe") != 45 || j.LastResult != "45 calls listed, 45 of them new" {
		t.Fatalf("%d VC Calls, %d jobs, %+v", n, r.jobs(t, "describe"), j)
	}
	if !j.NextRunAt.Equal(r.Clock.Now().Add(time.Hour)) || !j.To.IsZero() || r.jobs(t, "run") != 2 {
		t.Errorf("the next run: %+v, %d jobs", j, r.jobs(t, "run"))
	}
	if conn := r.load(t); !conn.SyncCursor.Equal(r.Clock.Now()) || !conn.LastSyncAt.Equal(r.Clock.Now()) {
		t.Errorf("listed up to %v at %v", conn.SyncCursor, conn.LastSyncAt)
	}
	late := r.place(at(3 * time.Hour)) // was going on, and is told only now
	r.place(at(6 * time.Hour))         // lies before the overlap, seen from an hour later
	testkit.Must(t, r.in.Run(context.Background(), domain.RunJob{ScheduledJobID: id}))
	if r.Rows(t, "vc_calls") != 45 {
		t.Error("it ran before its time")
	}
	r.run(t, id)
	vc, err := r.Store.VCCallByProviderID(context.Background(), r.conn.ID, late)
	if err != nil || vc.Via != domain.ViaHourly || r.Rows(t, "vc_calls") != 46 || r.jobs(t, "describe") != 46 {
		t.Errorf("a late call by %q (%v); %d VC Calls, %d jobs", vc.Via, err, r.Rows(t, "vc_calls"), r.jobs(t, "describe"))
	}
}

// TestRunThatFails goes on from the page where it stopped; one of a connector that is off, or was deleted, does nothing.
func TestRunThatFails(t *testing.T) {
	t.Parallel()
	r := newRig(t)
	for n := range 25 {
		r.place(memory.Call{Facts: domain.ProviderCall{StartedAt: r.Clock.Now().Add(-time.Hour - time.Duration(n)*time.Minute)}})
	}
	id := r.schedule(t, domain.ScheduledJob{Kind: domain.ScheduleBackfill, From: r.Clock.Now().AddDate(0, 0, -3), To: r.Clock.Now()})
	r.Company.SetFaults(memory.Faults{Outage: true})
	j := r.run(t, id)
	if j.Failures != 1 || !strings.Contains(j.LastResult, "out of order") || !j.NextRunAt.Equal(r.Clock.Now().Add(failureDelays[0])) || r.Rows(t, "vc_calls") != 0 {
		t.Errorf("after an outage: %+v", j)
	}
	r.Company.SetFaults(memory.Faults{OutageAfter: 1})
	j = r.run(t, id)
	if r.Rows(t, "vc_calls") != 20 || j.Listed != 20 || j.Cursor == "" || j.Progress() <= 0 || j.Progress() >= 1 {
		t.Errorf("after one page: %d calls, %+v", r.Rows(t, "vc_calls"), j)
	}
	r.Company.SetFaults(memory.Faults{})
	before := r.Company.Seen().Requests
	j = r.run(t, id)
	if r.Rows(t, "vc_calls") != 25 || r.Company.Seen().Requests != before+1 || j.DoneAt.IsZero() || !j.NextRunAt.IsZero() || j.Progress() != 1 || j.Failures != 0 {
		t.Errorf("at the end: %d calls, %d requests, %+v", r.Rows(t, "vc_calls"), r.Company.Seen().Requests-before, j)
	}
	off := r.schedule(t, domain.ScheduledJob{Kind: domain.ScheduleHourly})
	r.save(t, func(c *domain.Connector) { c.Enabled = false })
	before = r.Company.Seen().Requests
	r.run(t, off)
	r.InTx(t, func(ctx context.Context, tx *store.Tx) error { return tx.DeleteScheduledJob(ctx, off) })
	if err := r.in.Run(context.Background(), domain.RunJob{ScheduledJobID: off}); err != nil || r.Company.Seen().Requests != before {
		t.Errorf("a connector that is off asked its provider (%v)", err)
	}
}

// TestBackfillWantsWhatWasTooEarly: a call that was set aside only because it came before enabling is taken up by a back-fill.
func TestBackfillWantsWhatWasTooEarly(t *testing.T) {
	t.Parallel()
	r := newRig(t)
	call := r.place(memory.Call{Facts: domain.ProviderCall{StartedAt: r.Clock.Now().AddDate(0, 0, -2)}})
	for reason, again := range map[domain.ReasonCode]bool{domain.BeforeEnablement: true, domain.ExcludedParty: false} {
		r.InTx(t, func(ctx context.Context, tx *store.Tx) error {
			vc, _, err := tx.UpsertVCCall(ctx, store.Arrival{ConnectorID: r.conn.ID, Provider: memory.Provider, ProviderCallID: call, Via: domain.ViaRealtime})
			if err != nil {
				return err
			}
			vc.State, vc.Reason, vc.Via = domain.StateSkipped, reason, domain.ViaRealtime
			return tx.UpdateVCCall(ctx, &vc)
		})
		r.run(t, r.schedule(t, domain.ScheduledJob{Kind: domain.ScheduleBackfill, From: r.Clock.Now().AddDate(0, 0, -3), To: r.Clock.Now()}))
		vc, err := r.Store.VCCallByProviderID(context.Background(), r.conn.ID, call)
		if taken := vc.State == domain.StateReceived && vc.Via == domain.ViaBackfill; err != nil || taken != again {
			t.Errorf("skipped for %s: taken up %v, want %v (%v)", reason, taken, again, err)
		}
	}
}

// TestTick starts overdue jobs again, and only those.
func TestTick(t *testing.T) {
	t.Parallel()
	r := newRig(t)
	ctx := context.Background()
	r.schedule(t, domain.ScheduledJob{Kind: domain.ScheduleHourly})
	testkit.Must(t, r.in.Tick(ctx))
	if n := r.jobs(t, "run"); n != 1 {
		t.Errorf("%d runs of a job that has just been made", n)
	}
	r.Clock.Advance(overdueAfter + time.Second)
	testkit.Must(t, r.in.Tick(ctx))
	testkit.Must(t, r.in.Tick(ctx))
	if n := r.jobs(t, "run"); n != 2 {
		t.Errorf("%d runs, want one more", n)
	}
	r.save(t, func(c *domain.Connector) { c.ProviderEnabled = false })
	r.Clock.Advance(2 * time.Hour)
	testkit.Must(t, r.in.Tick(ctx))
	if n := r.jobs(t, "run"); n != 2 {
		t.Errorf("%d runs after switching off", n)
	}
}

// TestRefusedCredential: the provider is not asked again with a credential that it refused, and what waited goes on when it works.
func TestRefusedCredential(t *testing.T) {
	t.Parallel()
	r := newRig(t)
	r.place(memory.Call{Facts: domain.ProviderCall{StartedAt: r.Clock.Now().Add(-time.Hour)}})
	id := r.schedule(t, domain.ScheduledJob{Kind: domain.ScheduleHourly})
	r.save(t, func(c *domain.Connector) { c.Credential.Status = domain.AuthRevoked })
	before := r.Company.Seen().Requests
	if j := r.run(t, id); j.Failures != 1 || r.Company.Seen().Requests != before {
		t.Errorf("%d requests with a revoked credential: %+v", r.Company.Seen().Requests-before, j)
	}
	r.InTx(t, func(ctx context.Context, tx *store.Tx) error {
		vc, _, err := tx.UpsertVCCall(ctx, store.Arrival{ConnectorID: r.conn.ID, Provider: memory.Provider, ProviderCallID: "waits", Via: domain.ViaRealtime})
		if err != nil {
			return err
		}
		vc.State, vc.Reason, vc.NextAttemptAt = domain.StateWaiting, domain.CredentialRejected, r.Clock.Now().Add(time.Hour)
		return tx.UpdateVCCall(ctx, &vc)
	})
	testkit.Must(t, r.in.Resume(context.Background(), r.conn.ID))
	vc, err := r.Store.VCCallByProviderID(context.Background(), r.conn.ID, "waits")
	if err != nil || vc.State != domain.StateReceived || vc.Reason != "" || r.jobs(t, "describe") != 1 {
		t.Errorf("after the credential works: %+v, %v", vc, err)
	}
}

// TestLostJobsAreMadeAgain for calls that lie about, not for those that are done, wait, or have a job.
func TestLostJobsAreMadeAgain(t *testing.T) {
	t.Parallel()
	r := newRig(t)
	ctx := context.Background()
	change := map[string]func(*domain.VCCall){
		"received": func(*domain.VCCall) {},
		"fetch":    func(vc *domain.VCCall) { vc.State, vc.Stage = domain.StateProcessing, domain.StageFetch },
		"waits": func(vc *domain.VCCall) {
			vc.State, vc.NextAttemptAt = domain.StateWaiting, r.Clock.Now().Add(24*time.Hour)
		},
		"overdue": func(vc *domain.VCCall) {
			vc.State, vc.NextAttemptAt = domain.StateWaiting, r.Clock.Now().Add(time.Minute)
		},
		"processed":    func(vc *domain.VCCall) { vc.State = domain.StateProcessed },
		"left to hand": func(vc *domain.VCCall) { vc.State = domain.StateFailed },
	}
	for name, f := range change {
		r.InTx(t, func(ctx context.Context, tx *store.Tx) error {
			vc, _, err := tx.UpsertVCCall(ctx, store.Arrival{ConnectorID: r.conn.ID, Provider: memory.Provider, ProviderCallID: name, Via: domain.ViaHourly})
			if err != nil {
				return err
			}
			f(&vc)
			return tx.UpdateVCCall(ctx, &vc)
		})
	}
	testkit.Must(t, r.in.Tick(ctx))
	r.LoseJobs(t)
	testkit.Must(t, r.in.Tick(ctx))
	if n := len(r.Jobs(t)); n != 0 {
		t.Fatalf("%d jobs are made again at once", n)
	}
	r.Clock.Advance(overdueAfter + 2*time.Minute)
	for range 3 {
		testkit.Must(t, r.in.Tick(ctx))
	}
	kinds := map[string]string{}
	for _, j := range r.Jobs(t) {
		vc, err := r.Store.VCCall(ctx, j.Args["vc_call_id"])
		testkit.Must(t, err)
		kinds[vc.ProviderCallID] = j.Kind
	}
	if len(r.Jobs(t)) != 3 || kinds["received"] != "describe" || kinds["fetch"] != "fetch" || kinds["overdue"] != "describe" {
		t.Errorf("made again: %v", kinds)
	}
}

// TestRetry starts over, or from the recording that is here; see restart for the fields.
func TestRetry(t *testing.T) {
	t.Parallel()
	for _, c := range []struct {
		name   string
		vc     domain.VCCall // CallID: with a call
		code   string
		state  domain.State
		job    string
		states domain.State // of the call
	}{
		{"unmatched", domain.VCCall{State: domain.StateUnmatched, Reason: domain.NoUser, Stage: domain.StageDescribe}, "", domain.StateReceived, "describe", ""},
		{"recording gone", domain.VCCall{State: domain.StateFailed, Reason: domain.RecordingGone, Stage: domain.StageFetch, Attempts: 9}, "", domain.StateReceived, "describe", ""},
		{"mono", domain.VCCall{State: domain.StateSkipped, Reason: domain.SeparationOff, Stage: domain.StageTranscribe, CallID: "1"}, "", domain.StateProcessing, "transcribe", domain.StateProcessing},
		{"unreadable: it is fetched again", domain.VCCall{State: domain.StateFailed, Reason: domain.RecordingUnreadable, Stage: domain.StageTranscribe, CallID: "1"}, "", domain.StateReceived, "describe", domain.StateProcessing},
		{"processed", domain.VCCall{State: domain.StateProcessed, Stage: domain.StageAnalyze, CallID: "1"}, "already_processed", domain.StateProcessed, "", domain.StateProcessed},
	} {
		t.Run(c.name, func(t *testing.T) {
			t.Parallel()
			r := newRig(t)
			ctx := context.Background()
			var vc domain.VCCall
			r.InTx(t, func(ctx context.Context, tx *store.Tx) (err error) {
				if vc, _, err = tx.UpsertVCCall(ctx, store.Arrival{ConnectorID: r.conn.ID, Provider: memory.Provider, ProviderCallID: "7", Via: domain.ViaRealtime}); err != nil {
					return err
				}
				vc.State, vc.Reason, vc.Stage, vc.Attempts, vc.CallID = c.vc.State, c.vc.Reason, c.vc.Stage, c.vc.Attempts, c.vc.CallID
				if err := tx.UpdateVCCall(ctx, &vc); err != nil || vc.CallID == "" {
					return err
				}
				return tx.SaveCall(ctx, domain.Call{ID: vc.CallID, VCCallID: vc.ID, ConnectorID: r.conn.ID, State: vc.State, Reason: vc.Reason, StartedAt: testkit.Start})
			})
			got, err := r.in.Retry(ctx, vc.ID, domain.User{Name: "Ada"})
			if c.code != "" {
				if domain.CodeOf(err) != c.code || len(r.Jobs(t)) != 0 {
					t.Fatalf("gave %v", err)
				}
				return
			}
			testkit.Must(t, err)
			if got.State != c.state || got.Reason != "" || got.Attempts != 0 || got.CallID != c.vc.CallID {
				t.Errorf("became %+v", got)
			}
			if jobs := r.Jobs(t); len(jobs) != 1 || jobs[0].Kind != c.job || jobs[0].Args["vc_call_id"] != vc.ID {
				t.Errorf("jobs %+v", jobs)
			}
			logs, err := r.Store.VCLogs(ctx, vc.ID)
			if err != nil || len(logs) != 1 || logs[0].Text != "retry asked for by Ada" {
				t.Errorf("log %+v, %v", logs, err)
			}
			if c.vc.CallID != "" {
				call, err := r.Store.Call(ctx, c.vc.CallID)
				if err != nil || call.State != c.states || call.Reason != "" {
					t.Errorf("the call: %s %q, %v", call.State, call.Reason, err)
				}
			}
		})
	}
	r := newRig(t)
	if _, err := r.in.Retry(context.Background(), "none", domain.User{Name: "Ada"}); !domain.IsKind(err, domain.KindNotFound) {
		t.Errorf("an unknown VC Call gave %v", err)
	}
}

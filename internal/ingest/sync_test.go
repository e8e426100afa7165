package ingest

import (
	"context"
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

func (r *rig) sync(t *testing.T) error {
	t.Helper()
	return r.in.Sync(context.Background(), domain.SyncJob{ConnectorID: r.conn.ID})
}

// TestSync pulls what events missed: all pages, each call once, none from before enabling; the next time from the overlap on.
func TestSync(t *testing.T) {
	t.Parallel()
	r := newRig(t)
	at := func(back time.Duration) memory.Call {
		return memory.Call{Facts: domain.ProviderCall{StartedAt: r.Clock.Now().Add(-back)}}
	}
	for n := range 45 { // three pages
		r.place(at(time.Duration(n+10) * time.Minute))
	}
	r.place(at(8 * 24 * time.Hour))
	testkit.Must(t, r.sync(t))
	if n := r.Rows(t, "vc_calls"); n != 45 || r.jobs(t, "describe") != 45 {
		t.Fatalf("%d VC Calls, %d jobs", n, r.jobs(t, "describe"))
	}
	conn := r.load(t)
	if !conn.SyncCursor.Equal(r.Clock.Now()) || !conn.LastSyncAt.Equal(r.Clock.Now()) {
		t.Errorf("listed up to %v at %v", conn.SyncCursor, conn.LastSyncAt)
	}
	late := r.place(at(4 * time.Hour)) // was going on, and is told only now
	r.place(at(6 * time.Hour))         // lies before the overlap
	r.Clock.Advance(time.Minute)
	testkit.Must(t, r.sync(t))
	vc, err := r.Store.VCCallByProviderID(context.Background(), r.conn.ID, late)
	if err != nil || vc.Via != domain.ViaHourly || r.Rows(t, "vc_calls") != 46 || r.jobs(t, "describe") != 46 {
		t.Errorf("a late call by %q (%v); %d VC Calls, %d jobs", vc.Via, err, r.Rows(t, "vc_calls"), r.jobs(t, "describe"))
	}
}

// TestSyncThatFails starts from the same place the next time; one of a connector that is off does nothing.
func TestSyncThatFails(t *testing.T) {
	t.Parallel()
	r := newRig(t)
	r.place(memory.Call{Facts: domain.ProviderCall{StartedAt: r.Clock.Now().Add(-time.Hour)}})
	r.Company.SetFaults(memory.Faults{Outage: true})
	if err := r.sync(t); !domain.IsKind(err, domain.KindTemporary) {
		t.Errorf("an outage gave %v", err)
	}
	if c := r.load(t); !c.SyncCursor.IsZero() || r.Rows(t, "vc_calls") != 0 {
		t.Errorf("the cursor moved to %v", c.SyncCursor)
	}
	r.Company.SetFaults(memory.Faults{})
	r.save(t, func(c *domain.Connector) { c.Enabled = false })
	before := r.Company.Seen().Requests
	if err := r.sync(t); err != nil || r.Company.Seen().Requests != before {
		t.Errorf("a connector that is off asked its provider (%v)", err)
	}
}

// TestTick starts a sync each hour: "Call are also pulled in a batch update every hour" (Voice Connector Guide p. 7).
func TestTick(t *testing.T) {
	t.Parallel()
	r := newRig(t)
	ctx := context.Background()
	for minute := range 121 {
		testkit.Must(t, r.in.Tick(ctx))
		if want := 1 + minute/60; r.jobs(t, "sync") != want {
			t.Fatalf("minute %d: %d syncs, want %d", minute, r.jobs(t, "sync"), want)
		}
		r.Clock.Advance(time.Minute)
	}
	r.save(t, func(c *domain.Connector) { c.ProviderEnabled = false })
	r.Clock.Advance(2 * time.Hour)
	testkit.Must(t, r.in.Tick(ctx))
	if got := r.jobs(t, "sync"); got != 3 {
		t.Errorf("%d syncs after switching off", got)
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
	r.Clock.Advance(stuckAfter + 2*time.Minute)
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
			got, err := r.in.Retry(ctx, vc.ID, "Ada")
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
	if _, err := r.in.Retry(context.Background(), "none", "Ada"); !domain.IsKind(err, domain.KindNotFound) {
		t.Errorf("an unknown VC Call gave %v", err)
	}
}

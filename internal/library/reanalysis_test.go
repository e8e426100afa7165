package library

import (
	"context"
	"testing"
	"time"

	"earshot/internal/domain"
	"earshot/internal/store"
	"earshot/internal/testkit"
)

// finish lets all calls that are being analysed again end in a state.
func (r *rig) finish(t *testing.T, state domain.State) (n int) {
	t.Helper()
	vcs, _, err := r.Store.VCCalls(context.Background(), store.VCCallFilter{State: domain.StateProcessing, Limit: 500})
	testkit.Must(t, err)
	for _, vc := range vcs {
		vc.State = state
		r.InTx(t, func(ctx context.Context, tx *store.Tx) error {
			if err := tx.UpdateVCCall(ctx, &vc); err != nil {
				return err
			}
			return tx.SetCallState(ctx, vc.CallID, state, "")
		})
	}
	return len(vcs)
}

// TestReanalysisGoesInSteps, each call once, and ends.
func TestReanalysisGoesInSteps(t *testing.T) {
	t.Parallel()
	r := newRig(t)
	ctx := context.Background()
	const calls = reanalysisStep + 7
	for i := range calls {
		r.call(t, r.rita, testkit.Start.Add(time.Duration(i)*time.Minute))
	}
	r.call(t, r.rob, testkit.Start)
	started, err := r.lib.Reanalyze(ctx, r.ada, domain.StageTranscribe, domain.CallChoice{UserID: r.rita.ID})
	testkit.Must(t, err)
	if started.Total != calls {
		t.Errorf("%d calls are selected", started.Total)
	}
	job := domain.ReanalyzeJob{ReanalysisID: started.ID}
	for step, want := range []int{reanalysisStep, 7} {
		err := r.lib.ContinueReanalysis(ctx, job)
		if more := step == 0; (domain.KindOf(err) == domain.KindNotReady) != more || !more && err != nil {
			t.Fatalf("step %d gave %v", step, err)
		}
		if step == 0 { // not before the first ones are done
			if err := r.lib.ContinueReanalysis(ctx, job); domain.KindOf(err) != domain.KindNotReady || !domain.RetryTime(err).After(r.Clock.Now()) {
				t.Fatalf("too early: %v", err)
			}
		}
		if n := r.finish(t, domain.StateProcessed); n != want {
			t.Fatalf("step %d started %d calls, want %d", step, n, want)
		}
	}
	testkit.Must(t, r.lib.ContinueReanalysis(ctx, job)) // a job that comes twice
	all, err := r.lib.Reanalyses(ctx, r.ada)
	testkit.Must(t, err)
	if got := all[0]; got.Open() || got.Asked != calls || got.Processed != calls || got.Failed != 0 {
		t.Errorf("in the end: %+v", got)
	}
}

func TestReanalysisStops(t *testing.T) {
	t.Parallel()
	r := newRig(t)
	ctx := context.Background()
	for i := range 2 * reanalysisStep {
		r.call(t, r.rita, testkit.Start.Add(time.Duration(i)*time.Minute))
	}
	started, err := r.lib.Reanalyze(ctx, r.ada, domain.StageAnalyze, domain.CallChoice{})
	testkit.Must(t, err)
	job := domain.ReanalyzeJob{ReanalysisID: started.ID}
	if err := r.lib.ContinueReanalysis(ctx, job); domain.KindOf(err) != domain.KindNotReady {
		t.Fatal(err)
	}
	stopped, err := r.lib.StopReanalysis(ctx, r.ada, started.ID)
	testkit.Must(t, err)
	if !stopped.Open() || stopped.Processing != reanalysisStep {
		t.Errorf("calls in work: %+v", stopped)
	}
	r.finish(t, domain.StateFailed)
	testkit.Must(t, r.lib.ContinueReanalysis(ctx, job))
	all, err := r.lib.Reanalyses(ctx, r.ada)
	testkit.Must(t, err)
	if got := all[0]; got.Open() || got.Failed != reanalysisStep || got.Asked != reanalysisStep {
		t.Errorf("in the end: %+v", got)
	}
}

func TestReanalysesThatCannotBegin(t *testing.T) {
	t.Parallel()
	r := newRig(t)
	r.call(t, r.rita, testkit.Start)
	for _, c := range []struct {
		name   string
		by     domain.User
		stage  domain.Stage
		choice domain.CallChoice
		want   string
	}{
		{"by a rep", r.rita, domain.StageAnalyze, domain.CallChoice{}, "no_permission"},
		{"from the download on", r.ada, domain.StageFetch, domain.CallChoice{}, "unknown_stage"},
		{"no call", r.ada, domain.StageAnalyze, domain.CallChoice{From: testkit.Start.Add(time.Hour)}, "no_calls"},
	} {
		if _, err := r.lib.Reanalyze(context.Background(), c.by, c.stage, c.choice); domain.CodeOf(err) != c.want {
			t.Errorf("%s: %v", c.name, err)
		}
	}
}

package library

import (
	"context"
	"testing"
	"time"

	"earshot/internal/domain"
	"earshot/internal/provider/memory"
	"earshot/internal/store"
	"earshot/internal/testkit"
)

// TestChangesAreAudited: what people do with calls leaves one row each, with their name.
func TestChangesAreAudited(t *testing.T) {
	t.Parallel()
	r := newRig(t)
	ctx := context.Background()
	id := r.spoken(t, testkit.Start)
	placed := r.Company.Place(memory.Call{Talk: time.Minute, Facts: domain.ProviderCall{StartedAt: r.Clock.Now().AddDate(0, 0, -30)}})
	var started domain.Reanalysis
	for _, c := range []struct {
		action string
		by     domain.User
		do     func() error
	}{
		{domain.ActionTranscriptCorrected, r.rita, func() error {
			_, err := r.lib.CorrectLine(ctx, r.rita, id, 1, LineChange{Was: "How are you", Text: "How are you?", Speaker: domain.Agent})
			return err
		}},
		{domain.ActionTranscriptCorrected, r.rita, func() error { _, err := r.lib.RevertLine(ctx, r.rita, id, 1); return err }},
		{domain.ActionTranscriptCorrected, r.rita, func() error { _, err := r.lib.ChangeSpeakers(ctx, r.rita, id, SpeakerChange{Swap: true}); return err }},
		{domain.ActionReanalysisStarted, r.ada, func() (err error) {
			started, err = r.lib.Reanalyze(ctx, r.ada, domain.StageAnalyze, domain.CallChoice{UserID: r.rita.ID})
			return err
		}},
		{domain.ActionReanalysisStopped, r.ada, func() error { _, err := r.lib.StopReanalysis(ctx, r.ada, started.ID); return err }},
		{domain.ActionCallImported, r.ada, func() error { _, err := r.lib.Import(ctx, r.ada, memory.Provider, placed); return err }},
		{domain.ActionCallRetried, r.ada, func() error { _, err := r.lib.Import(ctx, r.ada, memory.Provider, placed); return err }},
	} {
		rows := func() []domain.Audited {
			found, _, err := r.Store.AuditLog(ctx, store.AuditFilter{Action: c.action})
			testkit.Must(t, err)
			return found
		}
		before := len(rows())
		testkit.Must(t, c.do())
		if got := rows(); len(got) != before+1 || got[0].ActorID != c.by.ID {
			t.Errorf("%s left %d rows: %+v", c.action, len(got)-before, got)
		}
	}
}

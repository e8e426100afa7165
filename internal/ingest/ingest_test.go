package ingest

import (
	"testing"
	"time"

	"earshot/internal/domain"
	"earshot/internal/provider"
)

func TestWindowReachesBackButNotBeforeEnabling(t *testing.T) {
	t.Parallel()
	now := time.Date(2026, 11, 20, 12, 0, 0, 0, time.UTC)
	for _, c := range []struct {
		name            string
		enabled, cursor time.Time
		delay           time.Duration
		want            time.Time
	}{
		{"the first listing begins where calls count", now.AddDate(0, 0, -7), time.Time{}, 0, now.AddDate(0, 0, -7)},
		{"later ones overlap, for calls that were going on", now.AddDate(0, 0, -7), now.Add(-time.Hour), 0, now.Add(-6 * time.Hour)},
		{"a provider that tells late is asked further back", now.AddDate(0, 0, -7), now.Add(-time.Hour), 24 * time.Hour, now.Add(-25 * time.Hour)},
		{"never before enabling", now.Add(-2 * time.Hour), now.Add(-time.Hour), 0, now.Add(-2 * time.Hour)},
	} {
		info := provider.Info{Abilities: provider.Abilities{EventDelay: c.delay}}
		got := (&Ingest{}).window(domain.Connector{EnabledAt: c.enabled, SyncCursor: c.cursor}, info, now)
		if !got.From.Equal(c.want) || !got.To.Equal(now) {
			t.Errorf("%s: %v to %v, want from %v", c.name, got.From, got.To, c.want)
		}
	}
}

func TestWhatNewsWakes(t *testing.T) {
	t.Parallel()
	ready := &domain.ProviderCall{Recording: domain.RecordingReady}
	for _, c := range []struct {
		name string
		vc   domain.VCCall
		news *domain.ProviderCall
		want bool
	}{
		{"a call that waits for its recording", domain.VCCall{State: domain.StateWaiting, Stage: domain.StageDescribe}, ready, true},
		{"one that nobody owned", domain.VCCall{State: domain.StateUnmatched, Stage: domain.StageDescribe}, ready, true},
		{"not recorded, but the recording came", domain.VCCall{State: domain.StateSkipped, Reason: domain.NotRecorded, Stage: domain.StageDescribe}, ready, true},
		{"not recorded, and still none", domain.VCCall{State: domain.StateSkipped, Reason: domain.NotRecorded, Stage: domain.StageDescribe}, &domain.ProviderCall{}, false},
		{"an excluded call stays out", domain.VCCall{State: domain.StateSkipped, Reason: domain.ExcludedParty, Stage: domain.StageDescribe}, ready, false},
		{"one that is being transcribed goes on", domain.VCCall{State: domain.StateProcessing, Stage: domain.StageTranscribe}, ready, false},
		{"a processed call is left", domain.VCCall{State: domain.StateProcessed, Stage: domain.StageAnalyze}, ready, false},
		{"one that waits for an engine does not start over", domain.VCCall{State: domain.StateWaiting, Stage: domain.StageTranscribe}, ready, false},
	} {
		if got := wakes(c.vc, c.news); got != c.want {
			t.Errorf("%s: %v", c.name, got)
		}
	}
}

func TestRestartGoesOnFromTheRecording(t *testing.T) {
	t.Parallel()
	fresh := domain.VCCall{State: domain.StateFailed, Stage: domain.StageFetch, Attempts: 7, Reason: domain.RecordingGone, Snapshot: &domain.ProviderCall{}}
	restart(&fresh)
	if fresh.State != domain.StateReceived || fresh.Stage != domain.StageDescribe || fresh.Snapshot != nil || fresh.Attempts != 0 || fresh.Reason != "" {
		t.Errorf("without a recording: %+v", fresh)
	}
	here := domain.VCCall{State: domain.StateSkipped, Stage: domain.StageTranscribe, CallID: "1", Reason: domain.SeparationOff, Snapshot: &domain.ProviderCall{}}
	restart(&here)
	if here.State != domain.StateProcessing || here.Stage != domain.StageTranscribe || here.Snapshot == nil {
		t.Errorf("with a recording: %+v", here)
	}
}

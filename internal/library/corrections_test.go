package library

import (
	"context"
	"testing"
	"time"

	"earshot/internal/domain"
	"earshot/internal/insight"
	"earshot/internal/store"
	"earshot/internal/testkit"
)

// spoken gives a call of Rita's a transcript.
func (r *rig) spoken(t *testing.T, startedAt time.Time) string {
	t.Helper()
	id := r.call(t, r.rita, startedAt)
	r.InTx(t, func(ctx context.Context, tx *store.Tx) error {
		return tx.SaveTranscript(ctx, id, domain.Transcript{Duration: 9, Channels: 2, Layout: domain.LayoutStereo, Speech: domain.Speech{domain.Agent: {{Start: 0, End: 4}}, domain.Customer: {{Start: 5, End: 8}}}, Lines: []domain.Line{
			{ID: 1, Speaker: domain.Agent, End: 4, Text: "How are you"}, {ID: 2, Speaker: domain.Customer, Channel: 1, Start: 5, End: 8, Text: "I will send you the male tomorrow."},
		}})
	})
	r.lib.Analyze = func(_ context.Context, c domain.Call) (domain.Insights, error) {
		return insight.Analyze(*c.Transcript, insight.Context{StartedAt: c.StartedAt}), nil
	}
	return id
}

func TestCorrectingALine(t *testing.T) {
	t.Parallel()
	r := newRig(t)
	ctx := context.Background()
	id := r.spoken(t, testkit.Start)
	change := LineChange{Was: "I will send you the male tomorrow.", Text: " I will send you the mail on Friday. ", Speaker: domain.Customer}
	for _, c := range []struct {
		name string
		by   domain.User
		line int
		in   LineChange
		want string
	}{
		{"somebody else's call", r.rob, 2, change, "not_found"},
		{"no such line", r.rita, 3, change, "no_such_line"},
		{"line zero", r.rita, 0, change, "no_such_line"},
		{"changed by another meanwhile", r.rita, 2, LineChange{Was: "something else", Text: "x", Speaker: domain.Customer}, "line_changed"},
		{"nobody in this call", r.rita, 2, LineChange{Was: change.Was, Text: "x", Speaker: domain.Speaker2}, "unknown_speaker"},
	} {
		if _, err := r.lib.CorrectLine(ctx, c.by, id, c.line, c.in); domain.CodeOf(err) != c.want {
			t.Errorf("%s: %v", c.name, err)
		}
	}
	call, err := r.lib.CorrectLine(ctx, r.rita, id, 2, change)
	testkit.Must(t, err)
	step := call.Insights.NextSteps
	if l := call.Transcript.Lines[1]; l.Text != "I will send you the mail on Friday." || !l.Corrected || len(step) != 1 || step[0].Due == nil || *step[0].Due != "2026-11-27" {
		t.Errorf("%+v, steps %+v", l, step)
	}
	again, err := r.lib.CorrectLine(ctx, r.rita, id, 2, LineChange{Was: "I will send you the mail on Friday.", Text: "I will send it.", Speaker: domain.Agent})
	testkit.Must(t, err)
	if l := again.Transcript.Lines[1]; l.Text != "I will send it." || l.Speaker != domain.Agent || len(again.Transcript.Lines) != 2 {
		t.Errorf("corrected twice: %+v", l)
	}
	kept, err := r.Store.Corrections(ctx, id)
	testkit.Must(t, err)
	if len(kept.Lines) != 1 || kept.Lines[0].Was != change.Was || kept.Lines[0].By != r.rita.Name {
		t.Errorf("kept: %+v", kept.Lines)
	}
	back, err := r.lib.RevertLine(ctx, r.ada, id, 2)
	testkit.Must(t, err)
	if l := back.Transcript.Lines[1]; l.Text != change.Was || l.Corrected {
		t.Errorf("reverted: %+v", l)
	}
}

func TestChangingSpeakers(t *testing.T) {
	t.Parallel()
	r := newRig(t)
	ctx := context.Background()
	id := r.spoken(t, testkit.Start)
	call, err := r.lib.ChangeSpeakers(ctx, r.rita, id, SpeakerChange{Swap: true, Rename: domain.Agent, Name: " Mrs. Lee "})
	testkit.Must(t, err)
	if l := call.Transcript.Lines; l[0].Speaker != domain.Customer || l[1].Speaker != domain.Agent || call.Transcript.Names[domain.Agent] != "Mrs. Lee" {
		t.Errorf("%+v named %v", l, call.Transcript.Names)
	}
	if ratio := call.Insights.Metrics.TalkRatio; ratio[domain.Customer] < ratio[domain.Agent] {
		t.Errorf("who talked how much was not swapped: %v", ratio)
	}
	call, err = r.lib.ChangeSpeakers(ctx, r.rita, id, SpeakerChange{Merge: domain.Agent, Into: domain.Customer})
	testkit.Must(t, err)
	if l := call.Transcript.Lines; l[1].Speaker != domain.Customer {
		t.Errorf("joined: %+v", l)
	}
	if _, err := r.lib.ChangeSpeakers(ctx, r.rita, id, SpeakerChange{Rename: domain.Speaker1, Name: "x"}); domain.CodeOf(err) != "unknown_speaker" {
		t.Errorf("an unknown speaker: %v", err)
	}
	bare := r.call(t, r.rita, testkit.Start)
	if _, err := r.lib.ChangeSpeakers(ctx, r.rita, bare, SpeakerChange{Swap: true}); domain.CodeOf(err) != "not_transcribed" {
		t.Errorf("a call without a transcript: %v", err)
	}
}

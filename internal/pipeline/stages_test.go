package pipeline

import (
	"context"
	"io"
	"strings"
	"testing"
	"time"

	"github.com/google/go-cmp/cmp"

	"earshot/internal/domain"
	"earshot/internal/provider"
	"earshot/internal/provider/memory"
	"earshot/internal/speech"
	"earshot/internal/store"
	"earshot/internal/testkit"
)

// TestOutcomes goes the way of a call once for each reason that can end or halt it.
func TestOutcomes(t *testing.T) {
	t.Parallel()
	no := func(kind domain.Kind) func(*rig, *testing.T) {
		return func(r *rig, _ *testing.T) {
			r.answers.getCall = func(c domain.ProviderCall, _ error) (domain.ProviderCall, error) {
				return c, failing(kind, time.Time{})
			}
		}
	}
	noAudio := func(kind domain.Kind) func(*rig, *testing.T) {
		return func(r *rig, _ *testing.T) {
			r.answers.open = func(io.ReadCloser, provider.RecordingInfo, error) (io.ReadCloser, provider.RecordingInfo, error) {
				return nil, provider.RecordingInfo{}, failing(kind, time.Time{})
			}
		}
	}
	connector := func(change func(*domain.Connector)) func(*rig, *testing.T) {
		return func(r *rig, t *testing.T) {
			change(&r.conn)
			r.InTx(t, func(ctx context.Context, tx *store.Tx) error { return tx.SaveConnector(ctx, r.conn) })
		}
	}
	for _, c := range []struct {
		name   string
		call   func(*memory.Call)
		setup  func(*rig, *testing.T)
		reason domain.ReasonCode // its state is in the table of reasons
		stage  domain.Stage
		again  bool
	}{
		{"one switch is off", nil, connector(func(c *domain.Connector) { c.ProviderEnabled = false }), domain.ConnectorOff, domain.StageDescribe, false},
		{"ten seconds", func(c *memory.Call) { c.Talk = 10 * time.Second }, nil, domain.TooShort, domain.StageDescribe, false},
		{"no recording", func(c *memory.Call) { c.Audio = nil }, nil, domain.NotRecorded, domain.StageDescribe, false},
		{"colleagues", func(c *memory.Call) { c.Facts.Participants[1].Internal = true }, nil, domain.InternalOnly, domain.StageDescribe, false},
		{"alone", func(c *memory.Call) { c.Facts.Participants = c.Facts.Participants[:1] }, nil, domain.OneParticipant, domain.StageDescribe, false},
		{"excluded", nil, func(r *rig, t *testing.T) {
			r.InTx(t, func(ctx context.Context, tx *store.Tx) error {
				_, err := tx.AddExcludedNumbers(ctx, []domain.ExcludedNumber{{ID: store.NewID(), Number: "+12125550142"}})
				return err
			})
		}, domain.ExcludedParty, domain.StageDescribe, false},
		{"a user without a set", func(c *memory.Call) { c.Facts.Agent.ProviderUserID = "tom" }, func(r *rig, t *testing.T) {
			r.User(t, "Tom", func(u *domain.User) { u.Identifiers = map[domain.Provider]string{memory.Provider: "tom"} })
		}, domain.NoPermission, domain.StageDescribe, false},
		{"before enabling", func(c *memory.Call) { c.Facts.StartedAt = testkit.Start.AddDate(0, 0, -8) }, nil, domain.BeforeEnablement, domain.StageDescribe, false},
		{"a stranger", func(c *memory.Call) { c.Facts.Agent.ProviderUserID = "new" }, nil, domain.NoUser, domain.StageDescribe, false},
		{"going on", func(c *memory.Call) { c.Talk = time.Hour }, nil, domain.CallInProgress, domain.StageDescribe, true},
		{"a late recording", func(c *memory.Call) { c.AudioAfter = 5 * time.Minute }, nil, domain.RecordingNotReady, domain.StageDescribe, true},
		{"a call that is not listed yet", nil, no(domain.KindNotFound), domain.NotListedYet, domain.StageDescribe, true},
		{"a rejected key", nil, connector(func(c *domain.Connector) { c.Credential.Fields["key"] = "old" }), domain.CredentialRejected, domain.StageDescribe, true},
		{"a missing scope", nil, no(domain.KindScopeMissing), domain.ScopeMissing, domain.StageDescribe, true},
		{"the limit is used up", nil, no(domain.KindRateLimited), domain.RateLimited, domain.StageDescribe, true},
		{"an outage", nil, func(r *rig, _ *testing.T) { r.Company.SetFaults(memory.Faults{Outage: true}) }, domain.ProviderError, domain.StageDescribe, true},
		{"links that have always expired", nil, func(r *rig, _ *testing.T) { r.Company.SetFaults(memory.Faults{ExpiredLinks: true}) }, domain.RecordingNotReady, domain.StageDescribe, true},
		{"a download is gone", nil, noAudio(domain.KindGone), domain.RecordingGone, domain.StageFetch, false},
		{"a download is refused", nil, noAudio(domain.KindUnauthorized), domain.CredentialRejected, domain.StageFetch, true},
		{"a download not ready after all", nil, noAudio(domain.KindNotReady), domain.RecordingNotReady, domain.StageDescribe, true},
		{"a page instead of audio", nil, func(r *rig, _ *testing.T) { r.Company.SetFaults(memory.Faults{NotAudio: true}) }, domain.ProviderError, domain.StageFetch, true},
		{"a download cut short", nil, func(r *rig, _ *testing.T) { r.Company.SetFaults(memory.Faults{Truncate: true}) }, domain.ProviderError, domain.StageFetch, true},
		{"too large", nil, func(r *rig, _ *testing.T) { r.p.MaxBytes = 1000 }, domain.RecordingTooLarge, domain.StageFetch, false},
		{"the store of recordings is gone", nil, func(r *rig, t *testing.T) { testkit.Must(t, r.p.Blobs.Close()) }, domain.StorageError, domain.StageFetch, true},
		{"no audio at all", nil, func(r *rig, _ *testing.T) { r.answers.open = body([]byte(strings.Repeat("this is a letter. ", 99))) }, domain.RecordingUnreadable, domain.StageTranscribe, false},
		{"compressed, without ffmpeg", nil, func(r *rig, _ *testing.T) {
			r.answers.open = body(append([]byte("ID3\x04\x00\x00\x00\x00\x00\x00"), make([]byte, 500)...))
		}, domain.DecoderMissing, domain.StageTranscribe, true},
		{"mono without separation", func(c *memory.Call) { c.Audio = oneSide() }, func(r *rig, t *testing.T) {
			r.InTx(t, func(ctx context.Context, tx *store.Tx) error {
				return tx.SaveSettings(ctx, domain.GeneralSettings{Language: "en"})
			})
		}, domain.SeparationOff, domain.StageTranscribe, false},
		{"no engine", nil, func(r *rig, _ *testing.T) { r.engine.err = speech.Missing() }, domain.EngineMissing, domain.StageTranscribe, true},
		{"a broken engine", nil, func(r *rig, _ *testing.T) {
			r.engine.err = domain.Errorf(domain.KindTemporary, "engine_error", "it fell over")
		}, domain.EngineError, domain.StageTranscribe, true},
	} {
		t.Run(c.name, func(t *testing.T) {
			t.Parallel()
			r := newRig(t)
			if c.setup != nil {
				c.setup(r, t)
			}
			vc := r.settle(t, r.arrive(t, r.place(c.call), domain.ViaRealtime).ID)
			known, ok := domain.ReasonFor(c.reason)
			if !ok || vc.State != known.State || vc.Reason != c.reason || vc.Stage != c.stage || vc.Detail == "" {
				t.Errorf("%s %q at %s (%s), want %s %q at %s", vc.State, vc.Reason, vc.Stage, vc.Detail, known.State, c.reason, c.stage)
			}
			if got := vc.NextAttemptAt.After(r.Clock.Now()); got != c.again {
				t.Errorf("next attempt at %v, now %v", vc.NextAttemptAt, r.Clock.Now())
			}
			checkTold(t, r, vc)
		})
	}
}

// checkTold: the log ends with the reason, a job exists for what is tried again, and a call says the same as its VC Call.
func checkTold(t *testing.T, r *rig, vc domain.VCCall) {
	t.Helper()
	logs, err := r.Store.VCLogs(context.Background(), vc.ID)
	testkit.Must(t, err)
	if last := logs[len(logs)-1]; last.Reason != vc.Reason || last.Text == "" {
		t.Errorf("the log ends with %+v", last)
	}
	jobs := r.Jobs(t)
	if !vc.NextAttemptAt.IsZero() {
		last := jobs[len(jobs)-1]
		if last.Kind != string(vc.Stage) || last.Args["vc_call_id"] != vc.ID || last.At.UnixMilli() != vc.NextAttemptAt.UnixMilli() {
			t.Errorf("the job of the next attempt is %+v, want %s at %v", last, vc.Stage, vc.NextAttemptAt)
		}
	}
	if vc.CallID != "" {
		if c := r.call(t, vc.CallID); c.State != vc.State || c.Reason != vc.Reason || c.Recording.Size == 0 {
			t.Errorf("the call says %s %q, recording of %d bytes", c.State, c.Reason, c.Recording.Size)
		}
	}
}

func TestACallGoesItsWay(t *testing.T) {
	t.Parallel()
	for name, c := range map[string]struct {
		call     func(*memory.Call)
		speakers []domain.Speaker
	}{
		"stereo":    {nil, []domain.Speaker{domain.Agent, domain.Customer}},
		"mono":      {func(c *memory.Call) { c.Audio = oneSide() }, []domain.Speaker{domain.Speaker1}},
		"voicemail": {func(c *memory.Call) { c.Audio, c.Facts.Voicemail = oneSide(), true }, []domain.Speaker{domain.Customer}},
	} {
		t.Run(name, func(t *testing.T) {
			t.Parallel()
			r := newRig(t)
			vc := r.settle(t, r.arrive(t, r.place(c.call), domain.ViaRealtime).ID)
			if vc.State != domain.StateProcessed || vc.Reason != "" || vc.UserID != r.maria.ID {
				t.Fatalf("%s %q of user %q", vc.State, vc.Reason, vc.UserID)
			}
			call := r.call(t, vc.CallID)
			said := map[domain.Speaker]bool{}
			for _, l := range call.Transcript.Lines {
				said[l.Speaker] = true
			}
			want := map[domain.Speaker]bool{}
			for _, s := range c.speakers {
				want[s] = true
			}
			if diff := cmp.Diff(want, said); diff != "" {
				t.Errorf("speakers: %s", diff)
			}
			if call.UserName != "Maria" || call.State != domain.StateProcessed || len(call.Insights.Questions) == 0 || call.From != "+12125550142" {
				t.Errorf("the call: %+v", call)
			}
			wave, err := r.p.Blobs.Get(context.Background(), WaveformKey(call.ID))
			testkit.Must(t, err)
			wave.Close()
		})
	}
}

// TestCallsFromBeforeEnabling come in when somebody asks for them.
func TestCallsFromBeforeEnabling(t *testing.T) {
	t.Parallel()
	r := newRig(t)
	id := r.place(func(c *memory.Call) { c.Facts.StartedAt = testkit.Start.AddDate(0, 0, -30) })
	if vc := r.settle(t, r.arrive(t, id, domain.ViaBackfill).ID); vc.State != domain.StateProcessed {
		t.Errorf("back-filled: %s %q", vc.State, vc.Reason)
	}
}

// TestLateRecording is looked for by the provider's schedule (30 s, 2 min, 10 min after the call), then given up.
func TestLateRecording(t *testing.T) {
	t.Parallel()
	for name, c := range map[string]struct {
		after time.Duration
		want  domain.State
		looks int
	}{
		"it comes":       {5 * time.Minute, domain.StateProcessed, 3},
		"it never comes": {7 * time.Hour, domain.StateSkipped, 6},
	} {
		t.Run(name, func(t *testing.T) {
			t.Parallel()
			r := newRig(t)
			end := r.Clock.Now()
			id := r.place(func(m *memory.Call) { m.AudioAfter = c.after; m.Facts.StartedAt = end.Add(-m.Ring - m.Talk) })
			vc := r.settle(t, r.arrive(t, id, domain.ViaRealtime).ID)
			looks := 0
			for ; vc.State == domain.StateWaiting && looks < 9; looks++ {
				if vc.Reason != domain.RecordingNotReady || vc.NextAttemptAt.After(end.Add(6*time.Hour)) {
					t.Fatalf("waits for %q until %v", vc.Reason, vc.NextAttemptAt)
				}
				r.Clock.Set(vc.NextAttemptAt)
				vc = r.settle(t, vc.ID)
			}
			if vc.State != c.want || looks != c.looks {
				t.Errorf("%s %q after %d looks", vc.State, vc.Reason, looks)
			}
		})
	}
}

// TestRetriesEndWithTheFirstDay: "ECI automatically tries to process calls … For calls created more than a day ago, use the
// Error Handling tab" (VC-13; Voice Connector Guide, Error Handling).
func TestRetriesEndWithTheFirstDay(t *testing.T) {
	t.Parallel()
	r := newRig(t)
	r.Company.SetFaults(memory.Faults{Outage: true})
	vc := r.settle(t, r.arrive(t, r.place(nil), domain.ViaRealtime).ID)
	tries := 1
	for ; !vc.NextAttemptAt.IsZero() && tries < 100; tries++ {
		r.Clock.Set(vc.NextAttemptAt)
		vc = r.settle(t, vc.ID)
	}
	if age := r.Clock.Now().Sub(vc.CreatedAt); age > 24*time.Hour || age < 22*time.Hour {
		t.Errorf("given up after %v and %d tries", age, tries)
	}
	if vc.State != domain.StateFailed || vc.Attempts != tries || len(r.Jobs(t)) != tries-1 {
		t.Errorf("%s after %d attempts, %d jobs", vc.State, vc.Attempts, len(r.Jobs(t)))
	}
	r.Company.SetFaults(memory.Faults{})
	if vc = r.settle(t, vc.ID); vc.State != domain.StateProcessed {
		t.Errorf("tried by hand: %s %q", vc.State, vc.Reason)
	}
}

func TestEngineInstalledLater(t *testing.T) {
	t.Parallel()
	r := newRig(t)
	r.engine.err = speech.Missing()
	vc := r.settle(t, r.arrive(t, r.place(nil), domain.ViaRealtime).ID)
	for range 40 { // longer than a day
		r.Clock.Advance(time.Hour)
		vc = r.settle(t, vc.ID)
	}
	if vc.State != domain.StateWaiting || vc.Reason != domain.EngineMissing {
		t.Fatalf("%s %q", vc.State, vc.Reason)
	}
	r.engine.err = nil
	r.Clock.Set(vc.NextAttemptAt)
	if vc = r.settle(t, vc.ID); vc.State != domain.StateProcessed {
		t.Errorf("with an engine: %s %q", vc.State, vc.Reason)
	}
}

// TestStagesTwice: jobs may come more than once.
func TestStagesTwice(t *testing.T) {
	t.Parallel()
	r := newRig(t)
	ctx := context.Background()
	vc := r.settle(t, r.arrive(t, r.place(nil), domain.ViaRealtime).ID)
	call, jobs := r.call(t, vc.CallID), len(r.Jobs(t))
	for _, stage := range []func(context.Context, string) error{r.p.Describe, r.p.Fetch, r.p.Transcribe, r.p.Analyze} {
		testkit.Must(t, stage(ctx, vc.ID))
	}
	if diff := cmp.Diff(vc, r.load(t, vc.ID)); diff != "" {
		t.Errorf("the VC Call changed: %s", diff)
	}
	if diff := cmp.Diff(call, r.call(t, vc.CallID)); diff != "" || len(r.Jobs(t)) != jobs {
		t.Errorf("%d jobs instead of %d, the call changed: %s", len(r.Jobs(t)), jobs, diff)
	}
	if err := r.p.Fetch(ctx, "none"); !domain.IsKind(err, domain.KindNotFound) {
		t.Errorf("an unknown VC Call gave %v", err)
	}
}

// TestStoppedStages come again and leave nothing behind.
func TestStoppedStages(t *testing.T) {
	t.Parallel()
	r := newRig(t)
	ctx, stop := context.WithCancel(context.Background())
	vc := r.stage(t, r.arrive(t, r.place(nil), domain.ViaRealtime).ID)
	r.answers.open = func(b io.ReadCloser, i provider.RecordingInfo, err error) (io.ReadCloser, provider.RecordingInfo, error) {
		stop()
		return b, i, err
	}
	if err := r.p.Fetch(ctx, vc.ID); err == nil {
		t.Fatal("a stopped stage says that it is done")
	}
	if diff := cmp.Diff(vc, r.load(t, vc.ID)); diff != "" {
		t.Errorf("a stopped stage changed %s", diff)
	}
	if vc = r.settle(t, vc.ID); vc.State != domain.StateProcessed {
		t.Fatalf("%s %q", vc.State, vc.Reason)
	}
	keys, err := r.p.Blobs.Keys(context.Background(), "recordings/")
	if err != nil || len(keys) != 1 || r.Rows(t, "calls") != 1 {
		t.Errorf("recordings %v, %d calls: %v", keys, r.Rows(t, "calls"), err)
	}
}

// TestNewsWhileTranscribing: a tag that is set meanwhile is kept, and so are minutes of work.
func TestNewsWhileTranscribing(t *testing.T) {
	t.Parallel()
	r := newRig(t)
	vc := r.arrive(t, r.place(nil), domain.ViaRealtime)
	segments := 0
	r.engine.hook = func() {
		tagged := *r.load(t, vc.ID).Snapshot
		tagged.Tags = []string{"won"}
		r.Clock.Advance(time.Second)
		r.news(t, store.Arrival{ProviderCallID: vc.ProviderCallID, Snapshot: &tagged, ObservedAt: r.Clock.Now()})
		segments++
	}
	vc = r.settle(t, vc.ID)
	if vc.State != domain.StateProcessed || len(vc.Snapshot.Tags) != 1 || segments != 2 {
		t.Errorf("%s %q, tags %v, %d segments recognised", vc.State, vc.Reason, vc.Snapshot.Tags, segments)
	}
}

// TestNewsWhileDescribing: what was decided on older facts does not count.
func TestNewsWhileDescribing(t *testing.T) {
	t.Parallel()
	for name, old := range map[string]func(*domain.ProviderCall){
		"it was going on":          func(c *domain.ProviderCall) { c.EndedAt, c.Recording = time.Time{}, domain.RecordingPending },
		"its recording was late":   func(c *domain.ProviderCall) { c.Recording, c.Recordings = domain.RecordingPending, nil },
		"it was not recorded yet":  func(c *domain.ProviderCall) { c.Recording, c.Recordings = domain.RecordingNone, nil },
		"it was short until then":  func(c *domain.ProviderCall) { c.EndedAt = c.AnsweredAt.Add(time.Second) },
		"nobody had taken it then": func(c *domain.ProviderCall) { c.Agent = domain.Participant{} },
	} {
		t.Run(name, func(t *testing.T) {
			t.Parallel()
			r := newRig(t)
			vc := r.arrive(t, r.place(nil), domain.ViaRealtime)
			r.answers.getCall = func(c domain.ProviderCall, err error) (domain.ProviderCall, error) {
				now := c
				r.Clock.Advance(time.Second)
				r.news(t, store.Arrival{ProviderCallID: c.ID, Snapshot: &now, ObservedAt: r.Clock.Now()})
				r.answers.getCall = nil
				old(&c)
				return c, err
			}
			if vc = r.stage(t, vc.ID); vc.State != domain.StateProcessing || vc.Stage != domain.StageFetch || vc.UserID == "" {
				t.Errorf("%s %q at %s", vc.State, vc.Reason, vc.Stage)
			}
		})
	}
}

// TestFreshNewsSparesAQuestion: a call that an event told whole is not asked for.
func TestFreshNewsSparesAQuestion(t *testing.T) {
	t.Parallel()
	r := newRig(t)
	id := r.place(nil)
	pc, err := r.Open(r.conn)
	testkit.Must(t, err)
	told, err := pc.GetCall(context.Background(), id, time.Time{})
	testkit.Must(t, err)
	before := r.Company.Seen().Requests
	vc := r.news(t, store.Arrival{ProviderCallID: id, Via: domain.ViaRealtime, Snapshot: &told, ObservedAt: r.Clock.Now()})
	if vc = r.stage(t, vc.ID); vc.Stage != domain.StageFetch || r.Company.Seen().Requests != before {
		t.Errorf("at %s after %d questions", vc.Stage, r.Company.Seen().Requests-before)
	}
}

// TestPartsAreJoined: a call with several recordings becomes one, in order; what was fetched before a failure is not fetched again.
func TestPartsAreJoined(t *testing.T) {
	t.Parallel()
	r := newRig(t)
	id := r.place(func(c *memory.Call) { c.Further = [][]byte{twoSides(), twoSides()} })
	vc := r.arrive(t, id, domain.ViaRealtime)
	ctx := context.Background()
	testkit.Must(t, r.p.Describe(ctx, vc.ID))
	r.Company.SetFaults(memory.Faults{OutageAfter: 1})
	testkit.Must(t, r.p.Fetch(ctx, vc.ID))
	if vc = r.load(t, vc.ID); vc.Reason != domain.ProviderError || vc.Stage != domain.StageFetch {
		t.Fatalf("with an outage after the first part: %+v", vc)
	}
	r.Company.SetFaults(memory.Faults{})
	asked := r.Company.Seen().Requests
	testkit.Must(t, r.p.Fetch(ctx, vc.ID))
	if vc = r.load(t, vc.ID); vc.Stage != domain.StageTranscribe || r.Company.Seen().Requests != asked+2 {
		t.Fatalf("after the outage: %+v, %d requests, want one for each part that was missing", vc, r.Company.Seen().Requests-asked)
	}
	testkit.Must(t, r.p.Transcribe(ctx, vc.ID))
	call, err := r.Store.Call(ctx, vc.CallID)
	if err != nil || call.Transcript == nil || call.Transcript.Layout != domain.LayoutStereo || call.Transcript.Duration != 36 {
		t.Errorf("joined: %+v, %v; want three times 12 s in stereo", call.Transcript, err)
	}
	if keys, err := r.p.Blobs.Keys(ctx, "parts/"); err != nil || len(keys) > 0 {
		t.Errorf("parts are left: %v, %v", keys, err)
	}
}

// TestUnreadablePart is fetched again when somebody asks for the call again.
func TestUnreadablePart(t *testing.T) {
	t.Parallel()
	r := newRig(t)
	vc := r.arrive(t, r.place(func(c *memory.Call) { c.Further = [][]byte{[]byte("RIFF, but no sound")} }), domain.ViaRealtime)
	ctx := context.Background()
	testkit.Must(t, r.p.Describe(ctx, vc.ID))
	testkit.Must(t, r.p.Fetch(ctx, vc.ID))
	if vc = r.load(t, vc.ID); vc.Reason != domain.RecordingUnreadable {
		t.Errorf("%+v", vc)
	}
	if keys, err := r.p.Blobs.Keys(ctx, "parts/"); err != nil || len(keys) != 1 {
		t.Errorf("kept are %v, %v; want the part that can be read", keys, err)
	}
}

// TestDeletedCall: a call that the provider still does not know an hour after its event is gone.
func TestDeletedCall(t *testing.T) {
	t.Parallel()
	r := newRig(t)
	vc := r.settle(t, r.arrive(t, "404", domain.ViaRealtime).ID)
	for looks := 0; vc.State == domain.StateWaiting && looks < 20; looks++ {
		r.Clock.Set(vc.NextAttemptAt)
		vc = r.settle(t, vc.ID)
	}
	if vc.State != domain.StateFailed || vc.Reason != domain.ProviderGone || r.Clock.Now().Sub(vc.CreatedAt) < listedWithin {
		t.Errorf("%s %q after %v", vc.State, vc.Reason, r.Clock.Now().Sub(vc.CreatedAt))
	}
}

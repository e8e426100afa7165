package pipeline

import (
	"bytes"
	"cmp"
	"context"
	_ "embed"
	"fmt"
	"strings"
	"time"

	"earshot/internal/audio"
	"earshot/internal/domain"
	"earshot/internal/store"
)

// rehearsal.wav is the end of one of the demo's synthetic calls: two sides, µ-law at 8 kHz.
//
//go:embed rehearsal.wav
var rehearsalAudio []byte

// Who is on a test call: numbers that are kept for fiction (NANPA, 555-0100 to 555-0199).
const (
	testCustomer = "+12025550143"
	testLine     = "+12025550100"
	testLength   = 15 * time.Second
)

// rehearsal is a test call on its way; nothing of it but its steps is kept.
type rehearsal struct {
	*Pipeline
	conn  domain.Connector
	user  domain.User
	test  domain.TestCall
	call  domain.ProviderCall
	sound *audio.Sound
	made  domain.Call
}

// step of a rehearsal gives what was found; an error says why it failed, a verdict which rule.
type step func(context.Context) (domain.StepState, string, domain.Verdict, error)

// TestCall lets a simulated call go the whole way of a connector: the provider is asked whether the credential works, and the rules,
// the recordings' store, the engine and the analysis are those of real calls. The recording is built in. Running it twice starts it anew.
func (p *Pipeline) TestCall(ctx context.Context, job domain.TestCallJob) error {
	test, err := p.Store.TestCall(ctx, job.Provider)
	if err != nil || test.StartedAt.IsZero() || !test.FinishedAt.IsZero() {
		return err
	}
	conn, err := p.Store.ConnectorByProvider(ctx, job.Provider)
	if err != nil {
		return err
	}
	user, err := p.Store.User(ctx, test.UserID)
	if err != nil {
		return err
	}
	r := &rehearsal{Pipeline: p, conn: conn, user: user, test: test}
	defer func() {
		if r.sound != nil {
			_ = r.sound.Close() // it was only read
		}
	}()
	return r.run(ctx)
}

func (r *rehearsal) run(ctx context.Context) error {
	steps := map[string]step{"credential": r.credential, "qualify": r.qualify, "match": r.match, "recording": r.record, "transcribe": r.transcribe, "analyze": r.analyze}
	r.test.Steps = nil
	for _, name := range domain.TestSteps() {
		r.test.Steps = append(r.test.Steps, domain.TestStep{Name: name, State: domain.StepWaiting})
	}
	stopped := false
	for i, name := range domain.TestSteps() {
		s := &r.test.Steps[i]
		if stopped {
			s.State, s.Detail = domain.StepNotRun, "not reached"
			continue
		}
		s.State = domain.StepRunning
		if err := r.tell(ctx); err != nil {
			return err
		}
		state, detail, verdict, err := steps[name](ctx)
		if ctx.Err() != nil {
			return ctx.Err()
		}
		s.State, s.Detail = state, detail
		r.explain(s, verdict, err)
		stopped = s.State == domain.StepFailed && name != "credential" // what follows needs nothing of the provider
	}
	r.test.FinishedAt = r.Now()
	return r.tell(ctx)
}

func (r *rehearsal) tell(ctx context.Context) error {
	return r.Store.InTx(ctx, func(ctx context.Context, tx *store.Tx) error {
		return tx.SaveTestCall(ctx, r.conn.Provider, r.test)
	})
}

// explain marks a step that failed, with the reason that a real call would have.
func (r *rehearsal) explain(s *domain.TestStep, verdict domain.Verdict, err error) {
	stages := map[string]domain.Stage{"recording": domain.StageTranscribe, "transcribe": domain.StageTranscribe, "analyze": domain.StageAnalyze}
	switch {
	case err != nil:
		verdict = domain.Verdict{Reason: reasonOf(cmp.Or(stages[s.Name], domain.StageDescribe), err), Detail: domain.MessageOf(err)}
		if s.Name == "recording" && verdict.Reason == domain.EngineError {
			verdict.Reason = domain.StorageError
		}
	case verdict.OK():
		return
	}
	s.State, s.Detail, s.Reason = domain.StepFailed, verdict.Detail, verdict.Reason
	if known, ok := domain.ReasonFor(verdict.Reason); ok {
		s.Fix, s.Page = known.Fix, known.Page
	}
}

// credential asks the provider.
func (r *rehearsal) credential(ctx context.Context) (domain.StepState, string, domain.Verdict, error) {
	if len(r.conn.Credential.Fields) == 0 {
		return domain.StepFailed, "", domain.Verdict{Reason: domain.CredentialRejected, Detail: "no credential is entered yet, so the provider cannot be asked"}, nil
	}
	pc, err := r.reach(r.conn)
	if err != nil {
		return "", "", domain.Verdict{}, err
	}
	report, err := pc.Check(ctx)
	if err != nil {
		return "", "", domain.Verdict{}, err
	}
	text := []string{"the provider takes the credential"}
	if report.Account != "" {
		text[0] += " of " + report.Account
	}
	for _, i := range report.Items {
		if !i.OK {
			text = append(text, "but "+i.Name+": "+i.Detail)
		}
	}
	return domain.StepDone, strings.Join(text, "; "), domain.Verdict{}, nil
}

// qualify makes the call, which takes place now, and applies the rules that need no user.
func (r *rehearsal) qualify(ctx context.Context) (domain.StepState, string, domain.Verdict, error) {
	now := r.Now()
	line := testLine
	for _, p := range r.user.Phones {
		if _, valid := r.user.HasPhone(p.Number, now); valid {
			line = p.Number
		}
	}
	agent := domain.Participant{ProviderUserID: r.user.Identifiers[r.conn.Provider], Name: r.user.Name, Internal: true, Phone: line}
	if r.conn.Provider == domain.AmazonConnect {
		agent.Username, agent.ProviderUserID, agent.Email = agent.ProviderUserID, "", r.user.Email
	}
	r.call = domain.ProviderCall{ID: "test", Direction: domain.Inbound, From: testCustomer, To: line, StartedAt: now, AnsweredAt: now, EndedAt: now.Add(testLength),
		Agent: agent, Participants: []domain.Participant{agent, {Phone: testCustomer}}, Recording: domain.RecordingReady}
	rules, err := r.rules(ctx, r.conn, domain.VCCall{Via: domain.ViaRealtime})
	if err != nil {
		return "", "", domain.Verdict{}, err
	}
	text := fmt.Sprintf("a call of %.0f s from %s to %s qualifies", testLength.Seconds(), testCustomer, line)
	if !r.conn.On() {
		text += "; real calls are not processed yet, since " + r.conn.SwitchesOff()
	}
	return domain.StepDone, text, domain.Qualify(r.call, rules), nil
}

// match finds whose call it is, and whether that user may have calls processed.
func (r *rehearsal) match(ctx context.Context) (domain.StepState, string, domain.Verdict, error) {
	users, err := r.Store.Users(ctx)
	if err != nil {
		return "", "", domain.Verdict{}, err
	}
	m := domain.MatchUser(r.call, r.conn.Provider, users)
	if !m.Found {
		text := fmt.Sprintf("%s has neither the %s nor a phone, so that a real call could not be given to them; the test goes on as if it were theirs", r.user.Name, domain.IdentifierField(r.conn.Provider))
		return domain.StepNotRun, text, domain.QualifyUser(r.user, r.call.StartedAt), nil
	}
	return domain.StepDone, matchText(m), domain.QualifyUser(m.User, r.call.StartedAt), nil
}

// record keeps the built-in recording as one that was fetched, reads it, and removes it.
func (r *rehearsal) record(ctx context.Context) (_ domain.StepState, _ string, _ domain.Verdict, err error) {
	key := "checks/test-call-" + store.NewID()
	object, err := r.Blobs.Put(ctx, key, "audio/wav", bytes.NewReader(rehearsalAudio), int64(len(rehearsalAudio)))
	if err != nil {
		return "", "", domain.Verdict{}, err
	}
	defer func() {
		if gone := r.Blobs.Delete(ctx, key); err == nil {
			err = gone
		}
	}()
	path, done, err := r.Blobs.Local(ctx, key)
	if err != nil {
		return "", "", domain.Verdict{}, err
	}
	defer done()
	if r.sound, err = audio.Decode(ctx, path, r.Tools(), r.Limits); err != nil {
		return "", "", domain.Verdict{}, err
	}
	return domain.StepDone, fmt.Sprintf("a built-in recording of %.0f s was kept and read (%d bytes); none was fetched from the provider", r.sound.Duration, object.Size), domain.Verdict{}, nil
}

func (r *rehearsal) transcribe(ctx context.Context) (domain.StepState, string, domain.Verdict, error) {
	settings, err := r.Store.Settings(ctx)
	if err != nil {
		return "", "", domain.Verdict{}, err
	}
	r.made = domain.Call{Provider: r.conn.Provider, UserID: r.user.ID, UserName: r.user.Name, Direction: r.call.Direction, From: r.call.From, To: r.call.To, StartedAt: r.call.StartedAt, EndedAt: r.call.EndedAt}
	choice, err := r.choose(ctx, r.made, settings)
	if err != nil {
		return "", "", domain.Verdict{}, err
	}
	transcript, err := choice.Transcribe(ctx, r.sound, TranscribeOptions{AgentChannel: AgentAuto, Direction: r.call.Direction})
	if err != nil {
		return "", "", domain.Verdict{}, err
	}
	if len(transcript.Lines) == 0 {
		return "", "", domain.Verdict{Reason: domain.EngineError, Detail: "the engine heard nothing in a recording in which two people speak"}, nil
	}
	r.made.Transcript = &transcript
	return domain.StepDone, fmt.Sprintf("%s %s wrote %d lines, the first: “%s”", transcript.Engine.Name, transcript.Engine.Model, len(transcript.Lines), transcript.Lines[0].Text), domain.Verdict{}, nil
}

func (r *rehearsal) analyze(ctx context.Context) (domain.StepState, string, domain.Verdict, error) {
	found, err := r.Insights(ctx, r.made)
	if err != nil {
		return "", "", domain.Verdict{}, err
	}
	return domain.StepDone, fmt.Sprintf("found %d questions, %d next steps, %d mentions", len(found.Questions), len(found.NextSteps), len(found.Mentions)), domain.Verdict{}, nil
}

// Package pipeline takes a VC Call through its stages: describe, fetch, transcribe, analyze. A stage is a function of
// what is stored; it may run twice and stop anywhere. It commits its result and the job of the next stage together.
package pipeline

import (
	"context"
	"log/slog"
	"time"

	"earshot/internal/audio"
	"earshot/internal/blob"
	"earshot/internal/domain"
	"earshot/internal/provider"
	"earshot/internal/speech"
	"earshot/internal/store"
)

// Config is what a Pipeline works with.
type Config struct {
	Store    *store.Store
	Blobs    *blob.Store
	Open     func(domain.Connector) (*provider.Connector, error)
	Rejected func(ctx context.Context, connectorID string, err error) // told when a provider refuses the credential
	Engine   speech.Engine
	// Choose says who writes a call down; nil: Engine, in the general language.
	Choose func(context.Context, domain.Call, domain.GeneralSettings) (Choice, error)
	// AgentChannel of a provider's stereo recordings, where its documentation says; nil or empty: found by what is said.
	AgentChannel func(domain.Provider) AgentChannel
	Tools        func() audio.Tools // asked each time: ffmpeg may be installed while the server runs
	Limits       audio.Limits
	MaxBytes     int64 // of one recording
	// Analyzed is told in the transaction that commits what the rules found; nil: nobody.
	Analyzed func(context.Context, *store.Tx, domain.Call) error
	Version  string // of the program, kept with what its rules found
	Logger   *slog.Logger
	Now      func() time.Time
}

// Pipeline runs the stages. It is safe for concurrent use.
type Pipeline struct {
	Config
}

// New makes a pipeline.
func New(c Config) *Pipeline {
	if c.AgentChannel == nil {
		c.AgentChannel = func(domain.Provider) AgentChannel { return AgentAuto }
	}
	return &Pipeline{Config: c}
}

// Describe finds out what a call is, whether it qualifies and whose it is.
func (p *Pipeline) Describe(ctx context.Context, vcCallID string) error {
	return p.run(ctx, vcCallID, domain.StageDescribe, p.describe)
}

// Fetch downloads the recording; from then on the call is there and can be played.
func (p *Pipeline) Fetch(ctx context.Context, vcCallID string) error {
	return p.run(ctx, vcCallID, domain.StageFetch, p.fetch)
}

// Transcribe turns the recording into lines.
func (p *Pipeline) Transcribe(ctx context.Context, vcCallID string) error {
	return p.run(ctx, vcCallID, domain.StageTranscribe, p.transcribe)
}

// Analyze finds the insights in the lines.
func (p *Pipeline) Analyze(ctx context.Context, vcCallID string) error {
	return p.run(ctx, vcCallID, domain.StageAnalyze, p.analyze)
}

// outcome is what a stage decided: where the call goes, why, and what is saved with it.
type outcome struct {
	state   domain.State
	next    domain.Stage // when state is processing, or the stage to repeat at retryAt
	reason  domain.ReasonCode
	detail  string
	retryAt time.Time
	level   domain.LogLevel
	text    string                                 // for the VC Log
	change  func(vc *domain.VCCall)                // further fields of the VC Call
	save    func(context.Context, *store.Tx) error // rows that belong to it
}

// tries is how often a stage starts over, or its outcome is put on top, because an event changed the VC Call meanwhile.
const tries = 5

// run does one stage unless the call has moved on meanwhile. A description that was overtaken by news is made again: what was
// decided on older facts, such as that there is no recording, may be wrong by now.
func (p *Pipeline) run(ctx context.Context, id string, stage domain.Stage, work func(context.Context, domain.VCCall) (outcome, error)) error {
	for range tries {
		vc, err := p.Store.VCCall(ctx, id)
		if err != nil {
			return err
		}
		if !runnable(vc, stage) {
			return nil
		}
		o, err := work(provider.WithPriority(ctx, domain.UrgencyOf(vc.Via)), vc)
		if ctx.Err() != nil {
			return ctx.Err() // we are being stopped: the job comes again
		}
		if domain.CodeOf(err) == provider.CodePaced {
			return err // nothing was asked: the job comes again when it is its turn
		}
		if err != nil {
			p.tell(ctx, vc, err)
			o = p.failure(vc, err)
			p.Logger.WarnContext(ctx, "stage did not succeed", "vc_call", id, "stage", stage, "reason", o.reason, "error", err)
		}
		if err := p.commit(ctx, vc, o); stage != domain.StageDescribe || !domain.IsKind(err, domain.KindConflict) {
			return err
		}
	}
	return keepsChanging(id)
}

// tell that a credential was refused, unless that is why nothing was asked.
func (p *Pipeline) tell(ctx context.Context, vc domain.VCCall, err error) {
	if domain.IsKind(err, domain.KindUnauthorized) && domain.CodeOf(err) != string(domain.CredentialRejected) && p.Rejected != nil {
		p.Rejected(ctx, vc.ConnectorID, err)
	}
}

// reach opens a connector to ask its provider, which is not done with a credential that was refused.
func (p *Pipeline) reach(conn domain.Connector) (*provider.Connector, error) {
	if err := conn.Credential.Usable(); err != nil {
		return nil, err
	}
	return p.Open(conn)
}

func keepsChanging(id string) error {
	return domain.Errorf(domain.KindConflict, "", "VC Call %s keeps changing", id)
}

func runnable(vc domain.VCCall, stage domain.Stage) bool {
	return vc.Stage == stage && !vc.State.Final()
}

// commit stores the outcome with the job it asks for. If an event changed the VC Call meanwhile but not its stage,
// the outcome is put on top of the change: minutes of transcription are not thrown away for a new tag. Only a description
// whose facts are older now is a conflict.
func (p *Pipeline) commit(ctx context.Context, vc domain.VCCall, o outcome) error {
	for range tries {
		err := p.Store.InTx(ctx, func(ctx context.Context, tx *store.Tx) error { return p.write(ctx, tx, vc, o) })
		if !domain.IsKind(err, domain.KindConflict) {
			return err
		}
		judged := vc
		if vc, err = p.Store.VCCall(ctx, vc.ID); err != nil {
			return err
		}
		if !runnable(vc, judged.Stage) {
			return nil
		}
		if vc.Stage == domain.StageDescribe && vc.ObservedAt.After(judged.ObservedAt) {
			break
		}
	}
	return keepsChanging(vc.ID)
}

func (p *Pipeline) write(ctx context.Context, tx *store.Tx, vc domain.VCCall, o outcome) error {
	done := vc.Stage
	o.apply(&vc)
	if err := tx.UpdateVCCall(ctx, &vc); err != nil {
		return err
	}
	if o.save != nil {
		if err := o.save(ctx, tx); err != nil {
			return err
		}
	}
	if vc.CallID != "" {
		if err := tx.SetCallState(ctx, vc.CallID, vc.State, vc.Reason); err != nil {
			return err
		}
	}
	line := domain.VCLog{VCCallID: vc.ID, At: p.Now(), Level: o.logLevel(), Stage: done, Reason: o.reason, Text: o.text}
	if err := tx.AddVCLog(ctx, line); err != nil {
		return err
	}
	return p.enqueue(ctx, tx, vc, o)
}

func (o outcome) apply(vc *domain.VCCall) {
	vc.State, vc.Reason, vc.Detail, vc.NextAttemptAt = o.state, o.reason, o.detail, o.retryAt
	if o.next != "" {
		vc.Stage = o.next
	}
	if o.state == domain.StateProcessing {
		vc.Attempts = 0
	}
	if o.change != nil {
		o.change(vc)
	}
}

func (o outcome) logLevel() domain.LogLevel {
	if o.level == "" {
		return domain.LogInfo
	}
	return o.level
}

func (p *Pipeline) enqueue(ctx context.Context, tx *store.Tx, vc domain.VCCall, o outcome) error {
	switch {
	case !o.retryAt.IsZero():
		return tx.Enqueue(ctx, domain.JobFor(vc), store.At(o.retryAt))
	case o.state == domain.StateProcessing:
		return tx.Enqueue(ctx, domain.JobFor(vc))
	default:
		return nil
	}
}

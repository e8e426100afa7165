package pipeline

import (
	"context"
	"fmt"
	"strings"
	"time"

	"earshot/internal/domain"
)

// inProgressDelay is how long to wait before asking about a call that is still going on. Events come earlier.
const inProgressDelay = 10 * time.Minute

func (p *Pipeline) describe(ctx context.Context, vc domain.VCCall) (outcome, error) {
	conn, err := p.Store.Connector(ctx, vc.ConnectorID)
	if err != nil {
		return outcome{}, err
	}
	if !conn.On() {
		return skip(domain.Verdict{Reason: domain.ConnectorOff, Detail: conn.SwitchesOff()}), nil
	}
	call, at, err := p.current(ctx, conn, vc)
	if err != nil {
		return outcome{}, err
	}
	o, err := p.judge(ctx, conn, vc, call)
	alsoChange := o.change
	o.change = func(vc *domain.VCCall) {
		if !vc.ObservedAt.After(at) {
			vc.Snapshot, vc.ObservedAt = &call, at
		}
		if alsoChange != nil {
			alsoChange(vc)
		}
	}
	return o, err
}

// justObserved is how old news of a call may be to spare the provider a question about it.
const justObserved = time.Minute

// current is the call as far as it must be known and when it was so: from the newest event or listing if that is conclusive,
// else asked from the provider.
func (p *Pipeline) current(ctx context.Context, conn domain.Connector, vc domain.VCCall) (domain.ProviderCall, time.Time, error) {
	if s := vc.Snapshot; s != nil && s.Ended() && (s.Recording != domain.RecordingPending || vc.State == domain.StateReceived && p.Now().Sub(vc.ObservedAt) < justObserved) {
		return *s, vc.ObservedAt, nil
	}
	pc, err := p.reach(conn)
	if err != nil {
		return domain.ProviderCall{}, time.Time{}, err
	}
	at := p.Now()
	var startedAt time.Time
	if vc.Snapshot != nil {
		startedAt = vc.Snapshot.StartedAt
	}
	call, err := pc.GetCall(ctx, vc.ProviderCallID, startedAt)
	return call, at, err
}

// judge applies the rules in the order of the guide: what the call is, then whose it is, then whether its recording is ready.
func (p *Pipeline) judge(ctx context.Context, conn domain.Connector, vc domain.VCCall, call domain.ProviderCall) (outcome, error) {
	if !call.Ended() {
		return p.wait(domain.StageDescribe, domain.CallInProgress, "the call is going on", p.Now().Add(inProgressDelay)), nil
	}
	rules, err := p.rules(ctx, conn, vc)
	if err != nil {
		return outcome{}, err
	}
	if v := domain.Qualify(call, rules); !v.OK() {
		return skip(v), nil
	}
	users, err := p.Store.Users(ctx)
	if err != nil {
		return outcome{}, err
	}
	match := domain.MatchUser(call, vc.Provider, users)
	if !match.Found {
		return outcome{state: domain.StateUnmatched, reason: domain.NoUser, detail: match.How, level: domain.LogWarn, text: "matched nobody: " + match.How}, nil
	}
	if v := domain.QualifyUser(match.User, call.StartedAt); !v.OK() {
		return withUser(skip(v), match.User.ID), nil
	}
	return withUser(p.recordingOutcome(conn, call, match), match.User.ID), nil
}

func (p *Pipeline) rules(ctx context.Context, conn domain.Connector, vc domain.VCCall) (domain.QualifyRules, error) {
	numbers, err := p.Store.ExcludedNumbers(ctx)
	if err != nil {
		return domain.QualifyRules{}, err
	}
	rules := domain.QualifyRules{Excluded: map[string]bool{}}
	for _, n := range numbers {
		rules.Excluded[n.Number] = true
	}
	if vc.Via.Held() {
		rules.NotBefore = conn.EnabledAt
	}
	return rules, nil
}

// recordingOutcome lets a call with a ready recording go on, and looks again later for one that is not, by the schedule of the driver.
func (p *Pipeline) recordingOutcome(conn domain.Connector, call domain.ProviderCall, match domain.Match) outcome {
	if call.Recording == domain.RecordingReady {
		return outcome{state: domain.StateProcessing, next: domain.StageFetch, text: matchText(match)}
	}
	for _, delay := range p.recordingDelays(conn) {
		if at := call.EndedAt.Add(delay); at.After(p.Now()) {
			return p.wait(domain.StageDescribe, domain.RecordingNotReady, matchText(match)+"; the recording is not ready yet", at)
		}
	}
	return skip(domain.Verdict{Reason: domain.NotRecorded, Detail: fmt.Sprintf("no recording came; last looked for %s after the call", p.Now().Sub(call.EndedAt).Round(time.Minute))})
}

func (p *Pipeline) recordingDelays(conn domain.Connector) []time.Duration {
	pc, err := p.Open(conn)
	if err != nil {
		return nil
	}
	return pc.Info().Abilities.RecordingDelays
}

func matchText(m domain.Match) string {
	text := "matched " + m.User.Name + " by " + m.How
	if len(m.Others) > 0 {
		text += "; also matched by it, but modified earlier: " + strings.Join(m.Others, ", ")
	}
	return text
}

func skip(v domain.Verdict) outcome {
	return outcome{state: domain.StateSkipped, reason: v.Reason, detail: v.Detail, text: "does not qualify: " + v.Detail}
}

func (p *Pipeline) wait(stage domain.Stage, reason domain.ReasonCode, detail string, at time.Time) outcome {
	return outcome{state: domain.StateWaiting, next: stage, reason: reason, detail: detail, retryAt: at, text: detail + "; next attempt " + at.UTC().Format(time.RFC3339)}
}

func withUser(o outcome, userID string) outcome {
	o.change = func(vc *domain.VCCall) { vc.UserID = userID }
	return o
}

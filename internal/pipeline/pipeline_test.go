package pipeline

import (
	"errors"
	"testing"
	"time"

	"earshot/internal/domain"
	"earshot/internal/speech"
)

var now = time.Date(2026, 11, 20, 12, 0, 0, 0, time.UTC)

func pipeline() *Pipeline { return New(Config{Now: func() time.Time { return now }}) }

// TestFailures: each error becomes the state and reason that people see, and the time of the next attempt.
func TestFailures(t *testing.T) {
	t.Parallel()
	later := now.Add(7 * time.Minute)
	fresh, old := now.Add(-time.Hour), now.Add(-25*time.Hour)
	for _, c := range []struct {
		name    string
		stage   domain.Stage
		created time.Time
		err     error
		state   domain.State
		reason  domain.ReasonCode
		next    time.Time
		again   domain.Stage
	}{
		{"credential rejected waits until it is mended", domain.StageDescribe, old, domain.Errorf(domain.KindUnauthorized, "", "no"), domain.StateWaiting, domain.CredentialRejected, now.Add(time.Hour), domain.StageDescribe},
		{"scope missing", domain.StageDescribe, fresh, domain.Errorf(domain.KindScopeMissing, "", "no"), domain.StateFailed, domain.ScopeMissing, now.Add(time.Minute), domain.StageDescribe},
		{"rate limited waits as told", domain.StageFetch, fresh, &domain.Error{Kind: domain.KindRateLimited, RetryAt: later}, domain.StateWaiting, domain.RateLimited, later, domain.StageFetch},
		{"a call that is gone", domain.StageDescribe, fresh, domain.Errorf(domain.KindNotFound, "", "no"), domain.StateFailed, domain.ProviderGone, time.Time{}, ""},
		{"a recording that is gone", domain.StageFetch, fresh, domain.Errorf(domain.KindGone, "", "no"), domain.StateFailed, domain.RecordingGone, time.Time{}, ""},
		{"a recording that is not there yet means asking anew", domain.StageFetch, fresh, &domain.Error{Kind: domain.KindNotReady, RetryAt: later}, domain.StateWaiting, domain.RecordingNotReady, later, domain.StageDescribe},
		{"an outage on the first day", domain.StageFetch, fresh, errors.New("connection refused"), domain.StateFailed, domain.ProviderError, now.Add(time.Minute), domain.StageFetch},
		{"an outage after the first day is left to people", domain.StageFetch, old, errors.New("connection refused"), domain.StateFailed, domain.ProviderError, time.Time{}, domain.StageFetch},
		{"unreadable audio is final", domain.StageTranscribe, fresh, domain.Errorf(domain.KindInvalid, "recording_unreadable", "no"), domain.StateFailed, domain.RecordingUnreadable, time.Time{}, ""},
		{"too large", domain.StageFetch, fresh, domain.Errorf(domain.KindTooLarge, "", "no"), domain.StateFailed, domain.RecordingTooLarge, time.Time{}, ""},
		{"no engine waits for one, however long", domain.StageTranscribe, old, speech.Missing(), domain.StateWaiting, domain.EngineMissing, now.Add(time.Minute), domain.StageTranscribe},
		{"no ffmpeg too", domain.StageTranscribe, old, domain.Errorf(domain.KindInvalid, "decoder_missing", "no"), domain.StateWaiting, domain.DecoderMissing, now.Add(time.Minute), domain.StageTranscribe},
		{"a crashed engine", domain.StageTranscribe, fresh, domain.Errorf(domain.KindTemporary, "engine_error", "no"), domain.StateFailed, domain.EngineError, now.Add(time.Minute), domain.StageTranscribe},
		{"a full disk", domain.StageFetch, fresh, domain.Errorf(domain.KindTemporary, "storage_error", "no"), domain.StateFailed, domain.StorageError, now.Add(time.Minute), domain.StageFetch},
	} {
		o := pipeline().failure(domain.VCCall{Stage: c.stage, CreatedAt: c.created}, c.err)
		if o.state != c.state || o.reason != c.reason || !o.retryAt.Equal(c.next) || o.next != c.again {
			t.Errorf("%s: %s %s at %v, stage %q", c.name, o.state, o.reason, o.retryAt, o.next)
		}
	}
}

func TestRetryDelaysGrow(t *testing.T) {
	t.Parallel()
	last := time.Duration(0)
	for attempt := range 12 {
		o := pipeline().failure(domain.VCCall{Stage: domain.StageFetch, CreatedAt: now, Attempts: attempt}, errors.New("down"))
		delay := o.retryAt.Sub(now)
		if delay < last || delay > time.Hour {
			t.Errorf("attempt %d waits %v after %v", attempt, delay, last)
		}
		last = delay
	}
}

func TestFinishedCallsAreLeftAlone(t *testing.T) {
	t.Parallel()
	for state, want := range map[domain.State]bool{domain.StateReceived: true, domain.StateWaiting: true, domain.StateProcessing: true, domain.StateFailed: true, domain.StateProcessed: false, domain.StateSkipped: false, domain.StateUnmatched: false} {
		if got := runnable(domain.VCCall{State: state, Stage: domain.StageFetch}, domain.StageFetch); got != want {
			t.Errorf("%s: runnable %v", state, got)
		}
	}
	if runnable(domain.VCCall{State: domain.StateProcessing, Stage: domain.StageAnalyze}, domain.StageFetch) {
		t.Error("a stage that is over runs again")
	}
}

func TestAgentVoice(t *testing.T) {
	t.Parallel()
	line := func(voice int, text string) said { return said{voice: voice, Line: domain.Line{Text: text}} }
	left, right := line(0, "Hi, my car broke down."), line(1, "Thank you for calling, how can I help you?")
	for _, c := range []struct {
		name  string
		opt   TranscribeOptions
		mixed bool
		lines []said
		want  int
	}{
		{"who talks like an agent", TranscribeOptions{}, false, []said{left, right}, 1},
		{"who talks like a customer", TranscribeOptions{}, false, []said{line(0, "I'm calling about my order."), line(1, "Okay.")}, 1},
		{"left where nothing tells", TranscribeOptions{AgentChannel: AgentAuto, Direction: domain.Outbound}, false, []said{left}, 0},
		{"setting comes first", TranscribeOptions{AgentChannel: AgentLeft}, false, []said{left, right}, 0},
		{"right by setting", TranscribeOptions{AgentChannel: AgentRight}, false, nil, 1},
		{"a setting for channels says nothing on a mixture", TranscribeOptions{AgentChannel: AgentLeft}, true, []said{left, right}, 1},
		{"who is called answers first", TranscribeOptions{Direction: domain.Outbound}, true, []said{left}, 1},
		{"who answers is the agent", TranscribeOptions{Direction: domain.Inbound}, true, []said{left}, 0},
	} {
		if got := agentVoice(&domain.Transcript{SpeakersEstimated: c.mixed}, c.lines, c.opt); got != c.want {
			t.Errorf("%s: voice %d", c.name, got)
		}
	}
}

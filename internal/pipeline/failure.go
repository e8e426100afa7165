package pipeline

import (
	"time"

	"earshot/internal/domain"
	"earshot/internal/speech"
)

// firstDay is how long failed calls are retried by themselves (VC-13).
const firstDay = 24 * time.Hour

// engineDelay is how often to look whether an engine or decoder was installed meanwhile.
const engineDelay = time.Minute

// credentialDelay is how often a call looks by itself whether the credential works again.
const credentialDelay = time.Hour

// listedWithin is how long after an event a provider may not know the call yet: events and listings come from different systems.
const listedWithin = time.Hour

// retryDelays between attempts; the last repeats.
var retryDelays = []time.Duration{time.Minute, 2 * time.Minute, 5 * time.Minute, 15 * time.Minute, 30 * time.Minute, time.Hour}

// failure turns the error of a stage into the state and reason that people see.
func (p *Pipeline) failure(vc domain.VCCall, err error) outcome {
	reason := reasonOf(vc.Stage, err)
	if reason == domain.ProviderGone && vc.Stage == domain.StageDescribe && p.Now().Sub(vc.CreatedAt) < listedWithin {
		reason = domain.NotListedYet
	}
	known, _ := domain.ReasonFor(reason)
	o := outcome{state: known.State, reason: reason, detail: domain.MessageOf(err), level: domain.LogError}
	o.change = func(vc *domain.VCCall) {
		vc.Attempts++
		if reason == domain.RecordingNotReady && vc.Snapshot != nil {
			vc.Snapshot.Recording = domain.RecordingPending // whatever was told: it is asked for anew
		}
	}
	o.text = known.Title + ": " + o.detail
	if known.Retries {
		o.retryAt = p.retryAt(vc, reason, err)
		o.next = againFrom(vc.Stage, err)
	}
	if !o.retryAt.IsZero() {
		o.level = domain.LogWarn
		o.text += "; next attempt " + o.retryAt.UTC().Format(time.RFC3339)
	}
	return o
}

// againFrom is where to start again: a recording that was not there yet means asking the provider anew.
func againFrom(stage domain.Stage, err error) domain.Stage {
	if stage == domain.StageFetch && domain.IsKind(err, domain.KindNotReady) {
		return domain.StageDescribe
	}
	return stage
}

func (p *Pipeline) retryAt(vc domain.VCCall, reason domain.ReasonCode, err error) time.Time {
	now := p.Now()
	if at := domain.RetryTime(err); at.After(now) {
		return at
	}
	switch reason {
	case domain.EngineMissing, domain.DecoderMissing:
		return now.Add(engineDelay) // never given up: the call goes on once the cause is mended
	case domain.CredentialRejected:
		return now.Add(credentialDelay) // started at once when the credential works again
	}
	at := now.Add(retryDelays[min(vc.Attempts, len(retryDelays)-1)])
	if known, _ := domain.ReasonFor(reason); known.State == domain.StateFailed && at.Sub(vc.CreatedAt) > firstDay {
		return time.Time{}
	}
	return at
}

func reasonOf(stage domain.Stage, err error) domain.ReasonCode {
	if _, ok := domain.ReasonFor(domain.ReasonCode(domain.CodeOf(err))); ok {
		return domain.ReasonCode(domain.CodeOf(err))
	}
	switch stage {
	case domain.StageTranscribe, domain.StageAnalyze:
		return engineReason(err)
	default:
		return providerReason(stage, err)
	}
}

func engineReason(err error) domain.ReasonCode {
	switch {
	case domain.CodeOf(err) == speech.CodeEngineMissing:
		return domain.EngineMissing
	case domain.IsKind(err, domain.KindTooLarge):
		return domain.RecordingTooLarge
	case domain.IsKind(err, domain.KindNotFound):
		return domain.StorageError
	default:
		return domain.EngineError
	}
}

func providerReason(stage domain.Stage, err error) domain.ReasonCode {
	switch domain.KindOf(err) {
	case domain.KindUnauthorized:
		return domain.CredentialRejected
	case domain.KindScopeMissing:
		return domain.ScopeMissing
	case domain.KindRateLimited:
		return domain.RateLimited
	case domain.KindNotReady:
		return domain.RecordingNotReady
	case domain.KindTooLarge:
		return domain.RecordingTooLarge
	case domain.KindGone, domain.KindNotFound:
		if stage == domain.StageFetch {
			return domain.RecordingGone
		}
		return domain.ProviderGone
	default:
		return domain.ProviderError
	}
}

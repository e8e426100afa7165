package domain

import "time"

// State of a VC Call.
type State string

// States of a VC Call; DESIGN section 2.
const (
	StateReceived   State = "received"   // its id is known
	StateWaiting    State = "waiting"    // going on, or not ready; has a next attempt
	StateUnmatched  State = "unmatched"  // nobody to give it to; nothing was downloaded
	StateProcessing State = "processing" // has a stage
	StateProcessed  State = "processed"  // the call is there
	StateSkipped    State = "skipped"    // does not qualify
	StateFailed     State = "failed"     // is retried by itself on the first day, by hand later
)

// Final tells whether nothing happens to a VC Call by itself any more.
func (s State) Final() bool {
	return s == StateProcessed || s == StateSkipped || s == StateUnmatched
}

// Stage is what is done, or done next, with a VC Call.
type Stage string

// Stages in their order.
const (
	StageDescribe   Stage = "describe" // describe, qualify and match
	StageFetch      Stage = "fetch"
	StageTranscribe Stage = "transcribe"
	StageAnalyze    Stage = "analyze"
)

// Via tells how a VC Call first came in.
type Via string

// Ways in.
const (
	ViaRealtime Via = "realtime"
	ViaHourly   Via = "hourly"
	ViaBackfill Via = "backfill"
	ViaRetry    Via = "retry"
	ViaImport   Via = "import"
)

// Held tells whether such a call counts only if it took place after the connector was enabled: nobody asked for it.
func (v Via) Held() bool { return v == ViaRealtime || v == ViaHourly }

// VCCall is the temporary processing record of one provider call, unique by connector and provider call id.
// Version counts changes and guards against two workers changing it at once.
type VCCall struct {
	ID             string
	ConnectorID    string
	Provider       Provider
	ProviderCallID string
	Via            Via
	State          State
	Stage          Stage // next thing to do
	Reason         ReasonCode
	Detail         string // what exactly, in words: which number, which user, which error
	UserID         string // whose call it is; empty until matched
	CallID         string // the voice call; empty until its recording is here
	Snapshot       *ProviderCall
	ObservedAt     time.Time // when the provider made Snapshot
	Attempts       int       // failed attempts since it was last (re)started by hand
	NextAttemptAt  time.Time
	CreatedAt      time.Time
	UpdatedAt      time.Time
	Version        int64
}

// LogLevel of a VC Log line.
type LogLevel string

// Levels of a VC Log line.
const (
	LogInfo  LogLevel = "info"
	LogWarn  LogLevel = "warn"
	LogError LogLevel = "error"
)

// VCLog is one line of the log of a VC Call: what happened, which rule decided, on which data.
type VCLog struct {
	ID       string
	VCCallID string
	At       time.Time
	Level    LogLevel
	Stage    Stage
	Reason   ReasonCode
	Text     string
}

// Event is what a provider pushed, as it came.
type Event struct {
	ID          string
	ConnectorID string
	ReceivedAt  time.Time
	Headers     map[string]string // the few that parsing needs; no credentials
	Body        []byte
}

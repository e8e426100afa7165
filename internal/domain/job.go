package domain

// Job is work to be done after the transaction that enqueues it. Its JSON is the whole of its input.
type Job interface {
	Kind() string  // stable name, two characters or more
	Queue() string // jobs of one queue share workers
}

// Queues. Speech has few workers since it uses whole cores.
const (
	QueueEvents = "events"
	QueueCalls  = "calls"
	QueueFetch  = "fetch"
	QueueSpeech = "speech"
	QueueSync   = "sync"
)

// EventJob parses one stored event.
type EventJob struct {
	EventID string `json:"event_id"`
}

// Kind and Queue make it a Job.
func (EventJob) Kind() string  { return "event" }
func (EventJob) Queue() string { return QueueEvents }

// DescribeJob asks what a call is, whether it qualifies and whose it is.
type DescribeJob struct {
	VCCallID string `json:"vc_call_id"`
}

// Kind and Queue make it a Job.
func (DescribeJob) Kind() string  { return "describe" }
func (DescribeJob) Queue() string { return QueueCalls }

// FetchJob downloads the recording of a call.
type FetchJob struct {
	VCCallID string `json:"vc_call_id"`
}

// Kind and Queue make it a Job.
func (FetchJob) Kind() string  { return "fetch" }
func (FetchJob) Queue() string { return QueueFetch }

// TranscribeJob turns the recording of a call into lines.
type TranscribeJob struct {
	VCCallID string `json:"vc_call_id"`
}

// Kind and Queue make it a Job.
func (TranscribeJob) Kind() string  { return "transcribe" }
func (TranscribeJob) Queue() string { return QueueSpeech }

// AnalyzeJob finds the insights in the lines of a call.
type AnalyzeJob struct {
	VCCallID string `json:"vc_call_id"`
}

// Kind and Queue make it a Job.
func (AnalyzeJob) Kind() string  { return "analyze" }
func (AnalyzeJob) Queue() string { return QueueCalls }

// SyncJob pulls the calls of one connector that events missed, and renews its subscription.
type SyncJob struct {
	ConnectorID string `json:"connector_id"`
}

// Kind and Queue make it a Job.
func (SyncJob) Kind() string  { return "sync" }
func (SyncJob) Queue() string { return QueueSync }

// JobFor is the job that does a stage of a VC Call.
func JobFor(stage Stage, vcCallID string) Job {
	switch stage {
	case StageFetch:
		return FetchJob{vcCallID}
	case StageTranscribe:
		return TranscribeJob{vcCallID}
	case StageAnalyze:
		return AnalyzeJob{vcCallID}
	default:
		return DescribeJob{vcCallID}
	}
}

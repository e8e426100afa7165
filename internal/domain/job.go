package domain

// Job is work to be done after the transaction that enqueues it. Its JSON is the whole of its input.
type Job interface {
	Kind() string  // stable name, two characters or more
	Queue() string // jobs of one queue share workers
	Urgency() Priority
}

// Queues. Speech has few workers since it uses whole cores. What asks a provider has a queue for each provider, so that one whose
// limit is used up holds up nobody else: see ProviderQueue.
const (
	QueueEvents   = "events"
	QueueCalls    = "calls"
	QueueSpeech   = "speech"
	QueueSchedule = "schedule"
	QueueMail     = "mail" // a mail server that hangs holds up nothing else
)

// ProviderQueue is where the jobs wait that ask a provider about one call.
func ProviderQueue(p Provider) string { return "provider-" + string(p) }

// UrgencyOf a call, by the way it came in.
func UrgencyOf(via Via) Priority {
	switch via {
	case ViaHourly:
		return PriorityHourly
	case ViaBackfill:
		return PriorityBackfill
	default:
		return PriorityRealtime
	}
}

// EventJob parses one stored event.
type EventJob struct {
	EventID string `json:"event_id"`
}

// Kind, Queue and Urgency make it a Job.
func (EventJob) Kind() string      { return "event" }
func (EventJob) Queue() string     { return QueueEvents }
func (EventJob) Urgency() Priority { return PriorityRealtime }

// DescribeJob asks what a call is, whether it qualifies and whose it is.
type DescribeJob struct {
	VCCallID string   `json:"vc_call_id"`
	Provider Provider `json:"provider"`
	Via      Via      `json:"via"`
}

// Kind, Queue and Urgency make it a Job.
func (DescribeJob) Kind() string        { return "describe" }
func (j DescribeJob) Queue() string     { return ProviderQueue(j.Provider) }
func (j DescribeJob) Urgency() Priority { return UrgencyOf(j.Via) }

// FetchJob downloads the recording of a call.
type FetchJob struct {
	VCCallID string   `json:"vc_call_id"`
	Provider Provider `json:"provider"`
	Via      Via      `json:"via"`
}

// Kind, Queue and Urgency make it a Job.
func (FetchJob) Kind() string        { return "fetch" }
func (j FetchJob) Queue() string     { return ProviderQueue(j.Provider) }
func (j FetchJob) Urgency() Priority { return UrgencyOf(j.Via) }

// RemoveJob removes recordings and waveforms from the blob store, whose rows are gone or do not name them any more.
type RemoveJob struct {
	Keys []string `json:"keys"`
}

// Kind, Queue and Urgency make it a Job.
func (RemoveJob) Kind() string      { return "remove" }
func (RemoveJob) Queue() string     { return QueueSchedule }
func (RemoveJob) Urgency() Priority { return PriorityBackfill }

// TranscribeJob turns the recording of a call into lines.
type TranscribeJob struct {
	VCCallID string `json:"vc_call_id"`
	Via      Via    `json:"via"`
}

// Kind, Queue and Urgency make it a Job.
func (TranscribeJob) Kind() string        { return "transcribe" }
func (TranscribeJob) Queue() string       { return QueueSpeech }
func (j TranscribeJob) Urgency() Priority { return UrgencyOf(j.Via) }

// AnalyzeJob finds the insights in the lines of a call.
type AnalyzeJob struct {
	VCCallID string `json:"vc_call_id"`
	Via      Via    `json:"via"`
}

// Kind, Queue and Urgency make it a Job.
func (AnalyzeJob) Kind() string        { return "analyze" }
func (AnalyzeJob) Queue() string       { return QueueCalls }
func (j AnalyzeJob) Urgency() Priority { return UrgencyOf(j.Via) }

// RematchJob looks again at the calls that nobody was found for, after users changed.
type RematchJob struct{}

// Kind, Queue and Urgency make it a Job.
func (RematchJob) Kind() string      { return "rematch" }
func (RematchJob) Queue() string     { return QueueCalls }
func (RematchJob) Urgency() Priority { return PriorityHourly }

// RunJob runs a scheduled job once.
type RunJob struct {
	ScheduledJobID string `json:"scheduled_job_id"`
}

// Kind, Queue and Urgency make it a Job.
func (RunJob) Kind() string      { return "run" }
func (RunJob) Queue() string     { return QueueSchedule }
func (RunJob) Urgency() Priority { return PriorityRealtime }

// JobFor is the job that does the stage a VC Call is at.
func JobFor(vc VCCall) Job {
	switch vc.Stage {
	case StageFetch:
		return FetchJob{vc.ID, vc.Provider, vc.Via}
	case StageTranscribe:
		return TranscribeJob{vc.ID, vc.Via}
	case StageAnalyze:
		return AnalyzeJob{vc.ID, vc.Via}
	default:
		return DescribeJob{vc.ID, vc.Provider, vc.Via}
	}
}

package domain

import "time"

// CallChoice selects voice calls; empty fields select all.
type CallChoice struct {
	CallID   string    `json:"call_id,omitempty"`
	UserID   string    `json:"user_id,omitempty"`
	Provider Provider  `json:"provider,omitempty"`
	Query    string    `json:"query,omitempty"`
	From     time.Time `json:"from,omitzero"` // started at this time or later
	To       time.Time `json:"to,omitzero"`   // started before this time
}

// Reanalysis lets calls that are processed go through their last stages again, after settings changed (BT-1).
type Reanalysis struct {
	ID        string
	Stage     Stage // transcribe: write them down anew; analyze: only find insights
	Choice    CallChoice
	Cursor    string // of the calls that are not asked for yet
	Total     int    // calls that were selected when it began
	Asked     int    // calls that were started
	CreatedBy string
	CreatedAt time.Time
	DoneAt    time.Time // all are started; zero before
	Stopped   bool

	Processing, Processed, Failed int // of those that were started
}

// Open tells whether calls of it are still being worked on.
func (r Reanalysis) Open() bool { return r.DoneAt.IsZero() && !r.Stopped || r.Processing > 0 }

// ReanalyzeJob starts the next calls of a re-analysis.
type ReanalyzeJob struct {
	ReanalysisID string `json:"reanalysis_id"`
}

// Kind, Queue and Urgency make it a Job.
func (ReanalyzeJob) Kind() string      { return "reanalyze" }
func (ReanalyzeJob) Queue() string     { return QueueSchedule }
func (ReanalyzeJob) Urgency() Priority { return PriorityBackfill }

package domain

import (
	"slices"
	"time"
)

// StepState says how far a step of a test call is.
type StepState string

// States of a step.
const (
	StepWaiting StepState = "waiting"
	StepRunning StepState = "running"
	StepDone    StepState = "done"
	StepFailed  StepState = "failed"
	StepNotRun  StepState = "not_run" // could not be run, or was not reached
)

// TestStep is one step of a test call. Fix and Page say how and where it is mended if it failed.
type TestStep struct {
	Name   string     `json:"name"` // credential, qualify, match, recording, transcribe, analyze
	State  StepState  `json:"state"`
	Detail string     `json:"detail"` // what was found, in words
	Reason ReasonCode `json:"reason,omitempty"`
	Fix    string     `json:"fix,omitempty"`
	Page   string     `json:"page,omitempty"`
}

// TestCall is a simulated call that goes a connector's whole way and leaves no call behind (VC-26). A connector keeps its last one, for a day.
type TestCall struct {
	UserID     string     `json:"user_id"` // whose call it is
	UserName   string     `json:"user_name"`
	StartedAt  time.Time  `json:"started_at,omitzero"`
	FinishedAt time.Time  `json:"finished_at,omitzero"`
	Steps      []TestStep `json:"steps"`
}

// TestCallLife is how long a test call is kept.
const TestCallLife = 24 * time.Hour

// TestSteps are the names of the steps, in their order.
func TestSteps() []string {
	return []string{"credential", "qualify", "match", "recording", "transcribe", "analyze"}
}

// Passed tells whether all steps that could be run went well, to the end.
func (c TestCall) Passed() bool {
	failed := slices.ContainsFunc(c.Steps, func(s TestStep) bool { return s.State == StepFailed })
	return !c.FinishedAt.IsZero() && !failed && len(c.Steps) > 0 && c.Steps[len(c.Steps)-1].State == StepDone
}

// TestCallJob makes a test call.
type TestCallJob struct {
	Provider Provider `json:"provider"`
}

// Kind, Queue and Urgency make it a Job.
func (TestCallJob) Kind() string      { return "test_call" }
func (TestCallJob) Queue() string     { return QueueSchedule }
func (TestCallJob) Urgency() Priority { return PriorityRealtime }

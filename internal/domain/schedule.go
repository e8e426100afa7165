package domain

import "time"

// ScheduleKind says what a scheduled job does.
type ScheduleKind string

// Kinds of scheduled jobs.
const (
	ScheduleHourly   ScheduleKind = "hourly"   // lists the calls that events missed
	ScheduleWatch    ScheduleKind = "watch"    // keeps credential and subscription alive
	SchedulePoll     ScheduleKind = "poll"     // takes events from a queue or stream
	ScheduleBackfill ScheduleKind = "backfill" // lists the calls of a range, once
)

// ScheduledJob is work that a connector does by itself: Setup > Scheduled Jobs. It goes on from where it stopped.
type ScheduledJob struct {
	ID          string
	ConnectorID string
	Provider    Provider // of the connector
	Kind        ScheduleKind
	From, To    time.Time // the window that is being listed; zero between two
	Cursor      string    // in that window, or in the queue
	Listed      int       // calls that the provider named, in this window
	Found       int       // those of them that were new
	ReachedAt   time.Time // start of the last call listed
	NextRunAt   time.Time // zero: not again
	LastRunAt   time.Time
	LastResult  string // in words
	Failures    int    // in a row
	CreatedBy   string // user id; empty: made by enabling
	CreatedAt   time.Time
	DoneAt      time.Time
}

// Progress is how much of the window is done, from 0 to 1, by the start of the calls.
func (j ScheduledJob) Progress() float64 {
	switch {
	case !j.DoneAt.IsZero():
		return 1
	case j.To.IsZero() || !j.ReachedAt.After(j.From):
		return 0
	default:
		return min(1, float64(j.ReachedAt.Sub(j.From))/float64(j.To.Sub(j.From)))
	}
}

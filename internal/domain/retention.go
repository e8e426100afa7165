package domain

import "time"

// Retention says for how many days a kind of data is kept; 0: for ever (CI-16).
type Retention struct {
	RecordingDays int `json:"recording_days,omitempty" minimum:"0" maximum:"36500" doc:"Recordings are removed so many days after their call; 0: never"`
	CallDays      int `json:"call_days,omitempty" minimum:"0" maximum:"36500" doc:"Calls are removed so many days after they took place, with recording, transcript and insights; 0: never"`
	VCCallDays    int `json:"vc_call_days,omitempty" minimum:"0" maximum:"36500" doc:"VC Calls that led to no call, and their log, are removed so many days after they came in; 0: never"`
}

// LeastVCCallDays: what came in less than this ago may come again by a listing, as though it were new.
const LeastVCCallDays = 30

// Check refuses what would lead to calls that are processed twice.
func (r Retention) Check() error {
	if r.RecordingDays < 0 || r.CallDays < 0 || r.VCCallDays < 0 {
		return Errorf(KindInvalid, "bad_retention", "days cannot be fewer than none; 0 keeps for ever")
	}
	if r.VCCallDays > 0 && r.VCCallDays < LeastVCCallDays {
		return Errorf(KindInvalid, "bad_retention", "VC Calls must be kept for %d days at least: with them Earshot knows which calls it has had already", LeastVCCallDays)
	}
	return nil
}

// Before is the time from before which data goes that is kept for so many days; zero: none goes.
func (r Retention) Before(days int, now time.Time) time.Time {
	if days <= 0 {
		return time.Time{}
	}
	return now.AddDate(0, 0, -days)
}

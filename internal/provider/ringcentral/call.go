package ringcentral

import (
	"cmp"
	"slices"
	"strings"
	"time"

	"earshot/internal/domain"
	"earshot/internal/phone"
)

// session is all records of one telephony session, oldest first: a transfer may leave several.
type session []record

// sessions groups records by their telephony session, in order of time. Faxes and what has no session are left out.
func sessions(records []record) []session {
	byID := map[string]session{}
	for _, r := range records {
		if r.TelephonySessionID != "" && !r.StartTime.IsZero() && !r.Deleted && r.Type != "Fax" {
			byID[r.TelephonySessionID] = append(byID[r.TelephonySessionID], r)
		}
	}
	out := make([]session, 0, len(byID))
	for _, s := range byID {
		slices.SortStableFunc(s, func(a, b record) int {
			return cmp.Or(a.StartTime.Compare(b.StartTime.Time), cmp.Compare(a.ID, b.ID))
		})
		out = append(out, s)
	}
	slices.SortFunc(out, func(a, b session) int {
		return cmp.Or(a.startedAt().Compare(b.startedAt()), cmp.Compare(a.id(), b.id()))
	})
	return out
}

func (s session) id() string           { return s[0].TelephonySessionID }
func (s session) startedAt() time.Time { return s[0].StartTime.Time }

// transferred tells that further records of the session may begin later.
func (s session) transferred() bool {
	for _, r := range s {
		if strings.Contains(r.Action, "Transfer") || slices.ContainsFunc(r.legs(), func(l leg) bool { return strings.Contains(l.LegType+l.Action, "Transfer") }) {
			return true
		}
	}
	return false
}

// legs of a record; one without any counts as its own.
func (r record) legs() []leg {
	if len(r.Legs) > 0 {
		return r.Legs
	}
	return []leg{{StartTime: r.StartTime, Duration: r.Duration, DurationMs: r.DurationMs, Direction: r.Direction, Action: r.Action, Result: r.Result, Master: true,
		From: r.From, To: r.To, Extension: r.Extension, Recording: r.Recording, ShortRecording: r.ShortRecording}}
}

func (s session) legs() []leg {
	var out []leg
	for _, r := range s {
		out = append(out, r.legs()...)
	}
	slices.SortStableFunc(out, func(a, b leg) int { return a.StartTime.Compare(b.StartTime.Time) })
	return out
}

// accepted are the results of legs on which people talked (Call Log guide).
func (l leg) accepted() bool { return l.Result == "Accepted" || l.Result == "Call connected" }

// owner is the user of a leg: on the company's log the extension that it was made on behalf of.
func (l leg) owner() domain.Participant {
	if l.Extension == nil || l.Extension.ID == "" {
		return domain.Participant{}
	}
	ours := l.To
	if l.Direction == "Outbound" {
		ours = l.From
	}
	return domain.Participant{ProviderUserID: string(l.Extension.ID), Name: ours.Name, Internal: true}
}

// convert gives our form of the session as it was at the time.
func (s session) convert(at time.Time, region string) domain.ProviderCall {
	first := s[0]
	out := domain.ProviderCall{ID: s.id(), Direction: direction(first.Direction), StartedAt: s.startedAt()}
	out.From, out.To = normal(first.From.PhoneNumber, region), normal(first.To.PhoneNumber, region)
	out.EndedAt = s.endedAt()
	internal := first.From.ExtensionID != "" && first.To.ExtensionID != ""
	outside, line := first.From, out.To
	if out.Direction == domain.Outbound {
		outside, line = first.To, out.From
	}
	if !internal {
		out.ContactName = outside.Name
	}
	out.Agent = domain.Participant{Phone: line, Internal: true}
	for _, l := range s.legs() {
		owner := l.owner()
		if !l.accepted() || owner.ProviderUserID == "" {
			continue
		}
		if out.AnsweredAt.IsZero() {
			out.AnsweredAt = l.StartTime.Time
		}
		owner.Phone = line
		out.Agent = owner // after transfers the last who talked
	}
	out.Participants = s.participants(out, outside, internal, region)
	s.addRecordings(&out, at)
	return out
}

func direction(s string) domain.Direction {
	switch s {
	case "Inbound":
		return domain.Inbound
	case "Outbound":
		return domain.Outbound
	default:
		return ""
	}
}

// normal gives E.164 where that can be told, else what was there: numbers may be masked, as +1855201XXXX.
func normal(number, region string) string {
	if e164, ok := phone.E164(number, region); ok {
		return e164
	}
	return strings.TrimSpace(number)
}

// endedAt is the end of the last record; zero while one goes on.
func (s session) endedAt() time.Time {
	var end time.Time
	for _, r := range s {
		if r.Result == "In Progress" {
			return time.Time{}
		}
		if e := r.StartTime.Add(seconds(r.Duration, r.DurationMs)); e.After(end) {
			end = e
		}
	}
	return end
}

func (s session) participants(call domain.ProviderCall, outside party, internal bool, region string) []domain.Participant {
	out := []domain.Participant{call.Agent}
	add := func(p domain.Participant) {
		if p.ProviderUserID != "" && !slices.ContainsFunc(out, func(known domain.Participant) bool { return known.ProviderUserID == p.ProviderUserID }) {
			out = append(out, p)
		}
	}
	for _, l := range s.legs() {
		if l.accepted() {
			add(l.owner())
		}
	}
	if internal {
		for _, p := range []party{s[0].From, s[0].To} {
			add(domain.Participant{ProviderUserID: string(p.ExtensionID), Name: p.Name, Internal: true})
		}
		return out
	}
	return append(out, domain.Participant{Name: outside.Name, Phone: normal(outside.PhoneNumber, region)})
}

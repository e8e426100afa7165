package aircall

import (
	"cmp"
	"slices"
	"strings"
	"time"

	"earshot/internal/domain"
	"earshot/internal/phone"
)

// convert gives our form of the call as it was at the time. region is the country of numbers without a country code;
// the country of the company's number goes before it.
func (c call) convert(at time.Time, region string) domain.ProviderCall {
	region = cmp.Or(string(c.Number.V.Country), region)
	out := domain.ProviderCall{
		ID: c.ID.String(), Direction: direction(c.Direction),
		StartedAt: c.StartedAt.Time, AnsweredAt: c.AnsweredAt.Time, EndedAt: c.EndedAt.Time, ContactName: c.contactName(),
	}
	outside, line := normal(c.RawDigits, region), c.line(region)
	out.From, out.To = outside, line
	if out.Direction == domain.Outbound {
		out.From, out.To = line, outside
	}
	for _, t := range c.Tags {
		if t.Name != "" {
			out.Tags = append(out.Tags, string(t.Name))
		}
	}
	out.Agent = c.agent(line)
	out.Participants = c.participants(out.Agent, outside, region)
	c.addRecording(&out, at)
	return out
}

// direction keeps to the two that there are; anything else is unknown.
func direction(t text) domain.Direction {
	if d := domain.Direction(t); d == domain.Inbound || d == domain.Outbound {
		return d
	}
	return ""
}

// normal gives E.164 where that can be told, else what was there, such as "anonymous".
func normal(digits text, region string) string {
	if e164, ok := phone.E164(string(digits), region); ok {
		return e164
	}
	return strings.TrimSpace(string(digits))
}

func (c call) line(region string) string {
	return normal(cmp.Or(c.Number.V.E164, c.Number.V.Digits), region)
}

func (c call) contactName() string {
	name := strings.TrimSpace(string(c.Contact.V.FirstName + " " + c.Contact.V.LastName))
	return cmp.Or(name, string(c.Contact.V.Company))
}

func (u user) participant() domain.Participant {
	return domain.Participant{ProviderUserID: u.ID.String(), Name: string(u.Name), Email: string(u.Email), Internal: true}
}

// agent is who took or made the call, after transfers its last owner; the line is the company's side of it, since Aircall
// knows no phones of people. A voicemail and some calls on shared lines have nobody but whom they were assigned to, or
// nobody: then the line alone is the company's side.
func (c call) agent(line string) domain.Participant {
	for _, u := range []user{c.User.V, c.AssignedTo.V} {
		if u.ID != 0 {
			p := u.participant()
			p.Phone = line
			return p
		}
	}
	return domain.Participant{Phone: line, Name: string(c.Number.V.Name), Internal: true}
}

// participants are all parties: the agent, those that Aircall lists, who transferred the call, and the outside party.
func (c call) participants(agent domain.Participant, outside, region string) []domain.Participant {
	out := []domain.Participant{agent}
	add := func(p domain.Participant) {
		if !slices.ContainsFunc(out, func(known domain.Participant) bool { return same(known, p) }) {
			out = append(out, p)
		}
	}
	for _, p := range c.listed() {
		if p.Type != "user" {
			add(domain.Participant{Name: string(p.Name), Phone: normal(p.Phone, region)})
		} else if p.ID != 0 {
			add(user{ID: p.ID, Name: p.Name}.participant())
		}
	}
	if c.TransferredBy.V.ID != 0 {
		add(c.TransferredBy.V.participant())
	}
	if !c.internal() {
		add(domain.Participant{Name: c.contactName(), Phone: outside})
	}
	return out
}

// same tells that both are one party: the same user, or an outside party with the same number. One without a number may be anybody,
// also the one that is known.
func same(known, p domain.Participant) bool {
	if p.Internal || known.Internal {
		return p.Internal && known.Internal && p.ProviderUserID == known.ProviderUserID
	}
	return p.Phone == known.Phone || p.Phone == ""
}

func (c call) listed() []participant { return slices.Concat(c.Participants, c.Conference) }

// internal tells a call between colleagues: Aircall lists its parties, and all are users. A transfer or a contact explains a
// second user otherwise, and then somebody was outside.
func (c call) internal() bool {
	users := map[ident]bool{}
	for _, p := range c.listed() {
		if p.Type != "user" {
			return false
		}
		users[p.ID] = true
	}
	return len(users) > 1 && c.TransferredBy.V.ID == 0 && c.contactName() == ""
}

// What Aircall keeps of a call (support.aircall.io, article 10375353969053): a recording if the number records, the call was
// answered and people talked for 5 s; a voicemail only of an inbound call that nobody answered.
const minTalk = 5 * time.Second

// Times after which a link that is not there will not come. Aircall gives none; its event comm_assets_generated comes
// within minutes as a rule, and wakes a call whose recording is later still.
const (
	voicemailSettled = 5 * time.Minute
	recordingSettled = 6 * time.Hour // the last of recordingDelays
)

// recordingDelays says when to look again for a recording that is late, counted from the end of the call.
func recordingDelays() []time.Duration {
	return []time.Duration{30 * time.Second, 2 * time.Minute, 5 * time.Minute, 15 * time.Minute, time.Hour, 3 * time.Hour, recordingSettled}
}

// addRecording decides whether there is a recording: a link says so. Without one it depends on whether the call can have one,
// and on its age.
func (c call) addRecording(out *domain.ProviderCall, at time.Time) {
	switch {
	case c.Recording != "":
		out.Recording = domain.RecordingReady
		out.Recordings = []domain.RecordingRef{{ProviderCallID: out.ID, ID: "recording", URL: string(c.Recording)}}
	case c.Voicemail != "":
		out.Recording, out.Voicemail = domain.RecordingReady, true
		out.Recordings = []domain.RecordingRef{{ProviderCallID: out.ID, ID: "voicemail", URL: string(c.Voicemail), Voicemail: true}}
	case !out.Ended() || at.Before(out.EndedAt.Add(c.settledAfter(*out))):
		out.Recording = domain.RecordingPending
	default:
		out.Recording = domain.RecordingNone
	}
}

// settledAfter is how long after the end a link may still come; 0 where none can.
func (c call) settledAfter(out domain.ProviderCall) time.Duration {
	answered := !out.AnsweredAt.IsZero()
	switch {
	case answered && (c.Number.V.silent() || out.TalkTime() < minTalk):
		return 0
	case answered:
		return recordingSettled
	case out.Direction == domain.Inbound:
		return voicemailSettled
	default:
		return 0
	}
}

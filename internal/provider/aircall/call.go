package aircall

import (
	"bytes"
	"cmp"
	"strconv"
	"strings"
	"time"

	"earshot/internal/domain"
	"earshot/internal/phone"
)

// call is Aircall's call object in REST and in events; aircall.md section 5. null, absent and {} all mean none.
type call struct {
	ID            int64         `json:"id"`
	Direction     string        `json:"direction"`
	Status        string        `json:"status"`
	StartedAt     seconds       `json:"started_at"`
	AnsweredAt    seconds       `json:"answered_at"`
	EndedAt       seconds       `json:"ended_at"`
	RawDigits     string        `json:"raw_digits"`
	Recording     string        `json:"recording"`
	Voicemail     string        `json:"voicemail"`
	Number        *number       `json:"number"`
	User          *user         `json:"user"`
	AssignedTo    *user         `json:"assigned_to"`
	TransferredBy *user         `json:"transferred_by"`
	Contact       *contact      `json:"contact"`
	Tags          []tag         `json:"tags"`
	Participants  []participant `json:"participants"`
	Conference    []participant `json:"conference_participants"`
}

type number struct {
	ID          int64  `json:"id"`
	Name        string `json:"name"`
	Digits      string `json:"digits"`
	E164        string `json:"e164_digits"`
	Country     string `json:"country"`
	LiveRecords *bool  `json:"live_recording_activated"`
}

type user struct {
	ID    int64  `json:"id"`
	Name  string `json:"name"`
	Email string `json:"email"`
}

type contact struct {
	FirstName string `json:"first_name"`
	LastName  string `json:"last_name"`
	Company   string `json:"company_name"`
}

type tag struct {
	Name string `json:"name"`
}

type participant struct {
	Type  string `json:"type"` // user, contact, external
	ID    int64  `json:"id"`
	Name  string `json:"name"`
	Phone string `json:"phone_number"`
}

// seconds is a UNIX time in seconds; null and 0 are none. Some clients saw it as a string.
type seconds struct{ time.Time }

// UnmarshalJSON is json.Unmarshaler's.
func (s *seconds) UnmarshalJSON(b []byte) error {
	text := string(bytes.Trim(b, `"`))
	if text == "null" || text == "" {
		return nil
	}
	n, err := strconv.ParseFloat(text, 64)
	if err != nil || n < 0 || n > 1e11 {
		return domain.Errorf(domain.KindInvalid, "", "%q is not a time in seconds", text)
	}
	if n > 0 {
		s.Time = time.Unix(int64(n), 0).UTC()
	}
	return nil
}

// minTalk is what Aircall keeps a recording of, and settled is when a call that has none will not get one any more
// (support article 10375353969053: at least 5 s of talk; the assets event comes within minutes).
const (
	minTalk = 5 * time.Second
	settled = 6 * time.Hour
)

// convert gives our form of the call as it was at the time. region is the country of numbers without a country code.
func (c call) convert(at time.Time, region string) domain.ProviderCall {
	if c.Number != nil && c.Number.Country != "" {
		region = c.Number.Country
	}
	out := domain.ProviderCall{
		ID: strconv.FormatInt(c.ID, 10), Direction: domain.Direction(c.Direction),
		StartedAt: c.StartedAt.Time, AnsweredAt: c.AnsweredAt.Time, EndedAt: c.EndedAt.Time, ContactName: c.contactName(),
	}
	outside, line := normal(c.RawDigits, region), c.line(region)
	out.From, out.To = outside, line
	if out.Direction == domain.Outbound {
		out.From, out.To = line, outside
	}
	for _, t := range c.Tags {
		out.Tags = append(out.Tags, t.Name)
	}
	out.Agent = c.agent(line)
	out.Participants = c.participants(out.Agent, outside, region)
	c.addRecording(&out, at)
	return out
}

// normal gives E.164 where that can be told, else what was there.
func normal(digits, region string) string {
	if e164, ok := phone.E164(digits, region); ok {
		return e164
	}
	return strings.TrimSpace(digits)
}

func (c call) line(region string) string {
	if c.Number == nil {
		return ""
	}
	return normal(cmp.Or(c.Number.E164, c.Number.Digits), region)
}

func (c call) contactName() string {
	if c.Contact == nil {
		return ""
	}
	name := strings.TrimSpace(c.Contact.FirstName + " " + c.Contact.LastName)
	return cmp.Or(name, c.Contact.Company)
}

func (u *user) there() bool { return u != nil && u.ID != 0 }

func (u *user) participant() domain.Participant {
	return domain.Participant{ProviderUserID: strconv.FormatInt(u.ID, 10), Name: u.Name, Email: u.Email, Internal: true}
}

// agent is who took or made the call. A voicemail and some calls on shared lines have nobody but whom they were assigned to.
func (c call) agent(line string) domain.Participant {
	for _, u := range []*user{c.User, c.AssignedTo} {
		if u.there() {
			p := u.participant()
			p.Phone = line
			return p
		}
	}
	return domain.Participant{Phone: line, Internal: true}
}

// participants are all parties: those that Aircall lists, else both ends. The company's side counts as one even where no user is named.
func (c call) participants(agent domain.Participant, outside, region string) []domain.Participant {
	out := []domain.Participant{agent}
	add := func(p domain.Participant) {
		for _, known := range out {
			if p.ProviderUserID != "" && known.ProviderUserID == p.ProviderUserID || p.ProviderUserID == "" && p.Phone != "" && known.Phone == p.Phone && !known.Internal {
				return
			}
		}
		out = append(out, p)
	}
	for _, p := range append(c.Participants, c.Conference...) {
		if p.Type == "user" && p.ID != 0 {
			add((&user{ID: p.ID, Name: p.Name}).participant())
		} else if p.Type != "user" {
			add(domain.Participant{Name: p.Name, Phone: normal(p.Phone, region)})
		}
	}
	if c.TransferredBy.there() {
		add(c.TransferredBy.participant())
	}
	if !c.onlyUsers() {
		add(domain.Participant{Name: c.contactName(), Phone: outside})
	}
	return out
}

// onlyUsers tells an internal call: Aircall lists its parties, and all are users.
func (c call) onlyUsers() bool {
	all := append(c.Participants, c.Conference...)
	for _, p := range all {
		if p.Type != "user" {
			return false
		}
	}
	return len(all) > 1
}

// addRecording decides whether there is a recording. Links say yes. Without one, the call either cannot have one (its number
// does not record, nobody answered, or talk was under 5 s), or it may be late, until it is old.
func (c call) addRecording(out *domain.ProviderCall, at time.Time) {
	id := out.ID
	switch {
	case c.Recording != "":
		out.Recording, out.Recordings = domain.RecordingReady, []domain.RecordingRef{{ProviderCallID: id, ID: "recording", URL: c.Recording}}
	case c.Voicemail != "":
		out.Recording, out.Voicemail = domain.RecordingReady, true
		out.Recordings = []domain.RecordingRef{{ProviderCallID: id, ID: "voicemail", URL: c.Voicemail, Voicemail: true}}
	case out.Ended() && !out.AnsweredAt.IsZero() && out.TalkTime() < minTalk,
		out.Ended() && out.AnsweredAt.IsZero() && out.Direction == domain.Outbound,
		out.Ended() && at.Sub(out.EndedAt) > settled,
		c.notRecorded():
		out.Recording = domain.RecordingNone
	default:
		out.Recording = domain.RecordingPending
	}
}

// notRecorded tells a call on a number that does not record. Aircall records by number, separately for both directions,
// and shows one flag only; a call that was recorded all the same has its link.
func (c call) notRecorded() bool {
	return c.Number != nil && c.Number.LiveRecords != nil && !*c.Number.LiveRecords && !c.AnsweredAt.IsZero()
}

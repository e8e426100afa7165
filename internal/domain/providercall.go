package domain

import "time"

// Provider names a phone system.
type Provider string

// The providers that Earshot connects to.
const (
	Aircall       Provider = "aircall"
	AmazonConnect Provider = "amazonconnect"
	Dialpad       Provider = "dialpad"
	RingCentral   Provider = "ringcentral"
)

// Direction of a call as the company sees it.
type Direction string

// Directions.
const (
	Inbound  Direction = "inbound"
	Outbound Direction = "outbound"
)

// Participant is a party of a call. Which fields are known differs by provider; empty means unknown.
type Participant struct {
	ProviderUserID string `json:"provider_user_id,omitempty"` // the provider's id of an internal user
	Username       string `json:"username,omitempty"`         // the agent's login (Amazon Connect)
	Name           string `json:"name,omitempty"`
	Email          string `json:"email,omitempty"`
	Phone          string `json:"phone,omitempty"` // E.164 where it could be parsed, else as given
	Internal       bool   `json:"internal"`
}

// RecordingState says whether a provider has the audio of a call.
type RecordingState string

// Recording states.
const (
	RecordingNone    RecordingState = "none"    // was not recorded and will not be
	RecordingPending RecordingState = "pending" // recorded, or may have been, but not ready
	RecordingReady   RecordingState = "ready"
)

// RecordingRef points at one recording at the provider.
type RecordingRef struct {
	ProviderCallID string `json:"provider_call_id"`
	ID             string `json:"id"`            // the provider's id of the recording; may equal the call's
	URL            string `json:"url,omitempty"` // where to fetch it, if the provider gave one; expires
	Voicemail      bool   `json:"voicemail,omitempty"`
}

// ProviderCall is one call as its provider tells it. Times are UTC; zero means it did not happen or is unknown.
type ProviderCall struct {
	ID           string         `json:"id"`
	Direction    Direction      `json:"direction"`
	From         string         `json:"from"` // E.164 where it could be parsed
	To           string         `json:"to"`
	StartedAt    time.Time      `json:"started_at"`
	AnsweredAt   time.Time      `json:"answered_at,omitzero"`
	EndedAt      time.Time      `json:"ended_at,omitzero"`
	Agent        Participant    `json:"agent"`        // who took or made it; zero if nobody
	Participants []Participant  `json:"participants"` // all parties on any leg, the agent among them
	Recording    RecordingState `json:"recording"`
	Recordings   []RecordingRef `json:"recordings,omitempty"` // in order of time
	Voicemail    bool           `json:"voicemail,omitempty"`
	ContactName  string         `json:"contact_name,omitempty"`
	Tags         []string       `json:"tags,omitempty"`
}

// Ended tells whether the call is over.
func (c ProviderCall) Ended() bool { return !c.EndedAt.IsZero() }

// TalkTime is how long people were connected: from answer (or start, where no answer time is known) to end.
func (c ProviderCall) TalkTime() time.Duration {
	from := c.AnsweredAt
	if from.IsZero() {
		from = c.StartedAt
	}
	if !c.Ended() || c.EndedAt.Before(from) {
		return 0
	}
	return c.EndedAt.Sub(from)
}

// InternalNumber is the company's side by direction: who was called on an inbound call, who called on an outbound one.
func (c ProviderCall) InternalNumber() string {
	if c.Direction == Inbound {
		return c.To
	}
	return c.From
}

// ExternalNumber is the other side.
func (c ProviderCall) ExternalNumber() string {
	if c.Direction == Inbound {
		return c.From
	}
	return c.To
}

// Numbers lists every phone number on any leg, each once.
func (c ProviderCall) Numbers() []string {
	seen := map[string]bool{"": true}
	var out []string
	add := func(n string) {
		if !seen[n] {
			seen[n] = true
			out = append(out, n)
		}
	}
	add(c.From)
	add(c.To)
	add(c.Agent.Phone)
	for _, p := range c.Participants {
		add(p.Phone)
	}
	return out
}

package aircall

import (
	"bytes"
	"encoding/json"
	"math"
	"strconv"
	"time"
)

// call is Aircall's call object in the API and in events (developer.aircall.io/api-references, Call). Fields come as null,
// as {} or not at all where there is nothing, and some with more than one type; nothing but the id is relied upon.
type call struct {
	ID            ident             `json:"id"`
	Direction     text              `json:"direction"`
	StartedAt     seconds           `json:"started_at"`
	AnsweredAt    seconds           `json:"answered_at"`
	EndedAt       seconds           `json:"ended_at"`
	RawDigits     text              `json:"raw_digits"`
	Recording     text              `json:"recording"`
	Voicemail     text              `json:"voicemail"`
	Number        maybe[number]     `json:"number"`
	User          maybe[user]       `json:"user"`
	AssignedTo    maybe[user]       `json:"assigned_to"`
	TransferredBy maybe[user]       `json:"transferred_by"`
	Contact       maybe[contact]    `json:"contact"`
	Tags          list[tag]         `json:"tags"`
	Participants  list[participant] `json:"participants"`            // in events
	Conference    list[participant] `json:"conference_participants"` // in the API
}

type number struct {
	ID      ident `json:"id"`
	Name    text  `json:"name"`
	Digits  text  `json:"digits"`
	E164    text  `json:"e164_digits"` // in events only
	Country text  `json:"country"`
	Records text  `json:"live_recording_activated"`
}

// silent tells that the number is said not to record.
func (n number) silent() bool { return n.Records == "false" }

type user struct {
	ID    ident `json:"id"`
	Name  text  `json:"name"`
	Email text  `json:"email"`
}

type contact struct {
	FirstName text `json:"first_name"`
	LastName  text `json:"last_name"`
	Company   text `json:"company_name"`
}

type tag struct {
	Name text `json:"name"`
}

type participant struct {
	Type  text  `json:"type"` // user, contact, external
	ID    ident `json:"id"`
	Name  text  `json:"name"`
	Phone text  `json:"phone_number"`
}

// text is a string; numbers and booleans are taken as they are written, anything else is empty.
type text string

// UnmarshalJSON is json.Unmarshaler's.
func (t *text) UnmarshalJSON(b []byte) error {
	*t = ""
	switch {
	case bytes.HasPrefix(b, []byte(`"`)):
		return json.Unmarshal(b, (*string)(t))
	case !bytes.HasPrefix(b, []byte("{")) && !bytes.HasPrefix(b, []byte("[")) && string(b) != "null":
		*t = text(b)
	}
	return nil
}

// ident is an id: a positive integer, or 0 for none.
type ident int64

// UnmarshalJSON is json.Unmarshaler's.
func (i *ident) UnmarshalJSON(b []byte) error {
	n, err := strconv.ParseInt(string(bytes.Trim(b, `"`)), 10, 64)
	*i = ident(max(n, 0))
	if err != nil {
		*i = 0
	}
	return nil
}

// String writes an id as the rest of Earshot keeps it; empty for none.
func (i ident) String() string {
	if i == 0 {
		return ""
	}
	return strconv.FormatInt(int64(i), 10)
}

// seconds is a UNIX time in seconds, as a number or in quotes; anything else is no time. Aircall's messages, unlike its
// calls, have milliseconds: what would lie beyond the year 5000 is taken for those.
type seconds struct{ time.Time }

const latestSeconds = 1e11

// UnmarshalJSON is json.Unmarshaler's.
func (s *seconds) UnmarshalJSON(b []byte) error {
	s.Time = time.Time{}
	n, err := strconv.ParseFloat(string(bytes.Trim(b, `"`)), 64)
	if err != nil || math.IsNaN(n) || n <= 0 || n > latestSeconds*1000 {
		return nil
	}
	if n > latestSeconds {
		n /= 1000
	}
	s.Time = time.Unix(int64(n), 0).UTC()
	return nil
}

// maybe is an object, or nothing where something else is there.
type maybe[T any] struct{ V T }

// UnmarshalJSON is json.Unmarshaler's.
func (m *maybe[T]) UnmarshalJSON(b []byte) error {
	var v T
	if json.Unmarshal(b, &v) != nil {
		v = *new(T)
	}
	m.V = v
	return nil
}

// list is an array without the elements that cannot be read.
type list[T any] []T

// UnmarshalJSON is json.Unmarshaler's.
func (l *list[T]) UnmarshalJSON(b []byte) error {
	var raw []json.RawMessage
	*l = nil
	if json.Unmarshal(b, &raw) != nil {
		return nil
	}
	for _, r := range raw {
		var v T
		if json.Unmarshal(r, &v) == nil {
			*l = append(*l, v)
		}
	}
	return nil
}

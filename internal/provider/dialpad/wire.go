package dialpad

import (
	"bytes"
	"encoding/json"
	"math"
	"strconv"
	"strings"
	"time"
)

// call is one leg of a conversation, as the API and events tell it (schema CallProto of Dialpad's API description; events
// and live answers add fields). Times are milliseconds since 1970, durations milliseconds with fractions; in events they and
// the ids are numbers, in answers of the API strings.
type call struct {
	ID            ident        `json:"call_id"`
	Master        ident        `json:"master_call_id"`
	EntryPoint    ident        `json:"entry_point_call_id"`
	Operator      ident        `json:"operator_call_id"` // on a group's leg: that of the person who took it
	State         text         `json:"state"`
	Direction     text         `json:"direction"`
	EventAt       millis       `json:"event_timestamp"`
	Started       millis       `json:"date_started"`
	FirstRang     millis       `json:"date_first_rang"`
	Rang          millis       `json:"date_rang"`
	Connected     millis       `json:"date_connected"`
	Ended         millis       `json:"date_ended"`
	TotalDuration span         `json:"total_duration"`
	External      text         `json:"external_number"`
	Internal      text         `json:"internal_number"`
	Contact       maybe[party] `json:"contact"`
	Target        maybe[party] `json:"target"`
	EntryTarget   maybe[party] `json:"entry_point_target"`
	Transferred   text         `json:"is_transferred"`
	Recorded      text         `json:"was_recorded"`
	Labels        list[text]   `json:"labels"`
	Details       list[detail] `json:"recording_details"`
	UserURLs      texts        `json:"recording_url"`
	AdminURLs     texts        `json:"admin_recording_urls"`
	VoicemailLink text         `json:"voicemail_link"`
	VoicemailID   text         `json:"voicemail_recording_id"`
}

// party is whom a leg belongs to, or the person at its other end (schema CallContactProto).
type party struct {
	ID    text `json:"id"`
	Type  text `json:"type"` // user, office, department, callcenter, ...; of contacts also local, google, ...
	Name  text `json:"name"`
	Email text `json:"email"`
	Phone text `json:"phone"`
}

func (p party) isUser() bool { return strings.EqualFold(string(p.Type), "user") }

// detail is one recording of a leg (schema CallRecordingDetailsProto).
type detail struct {
	ID       text   `json:"id"`
	Type     text   `json:"recording_type"` // callrecording, admincallrecording, voicemail
	Start    millis `json:"start_time"`
	Duration span   `json:"duration"`
	URL      text   `json:"url"`
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

// yes reads a boolean, which came as "FALSE" once.
func (t text) yes() bool { return strings.EqualFold(string(t), "true") }

// texts are strings, of which there may be one without brackets; empty ones do not count.
type texts []string

// UnmarshalJSON is json.Unmarshaler's.
func (t *texts) UnmarshalJSON(b []byte) error {
	var many list[text]
	if bytes.HasPrefix(b, []byte(`"`)) {
		b = append(append([]byte("["), b...), ']')
	}
	*t = nil
	if err := many.UnmarshalJSON(b); err != nil {
		return err
	}
	for _, s := range many {
		if s != "" {
			*t = append(*t, string(s))
		}
	}
	return nil
}

// ident is an id: a positive integer of 64 bits, as a number or in quotes; 0 for none. It never goes through a float, which
// would change it.
type ident int64

// UnmarshalJSON is json.Unmarshaler's.
func (i *ident) UnmarshalJSON(b []byte) error {
	*i = readIdent(string(bytes.Trim(b, `"`)))
	return nil
}

// readIdent gives 0 for what is no id.
func readIdent(s string) ident {
	n, err := strconv.ParseInt(s, 10, 64)
	if err != nil || n < 0 || strconv.FormatInt(n, 10) != s {
		return 0
	}
	return ident(n)
}

// String writes an id as the rest of Earshot keeps it; empty for none.
func (i ident) String() string {
	if i == 0 {
		return ""
	}
	return strconv.FormatInt(int64(i), 10)
}

// milliseconds reads a number or one in quotes; whole ones exactly.
func milliseconds(b []byte) (n int64, ok bool) {
	s := string(bytes.Trim(b, `"`))
	if n, err := strconv.ParseInt(s, 10, 64); err == nil {
		return n, true
	}
	f, err := strconv.ParseFloat(s, 64)
	if err != nil || math.IsNaN(f) || math.Abs(f) > latest {
		return 0, false
	}
	return int64(math.Round(f)), true
}

// latest time that is taken for one: the year 5000.
const latest = 95_617_584_000_000

// millis is a time in milliseconds; what is none is no time.
type millis struct{ time.Time }

// UnmarshalJSON is json.Unmarshaler's.
func (m *millis) UnmarshalJSON(b []byte) error {
	m.Time = time.Time{}
	if n, ok := milliseconds(b); ok && n > 0 && n < latest {
		m.Time = time.UnixMilli(n).UTC()
	}
	return nil
}

// span is a duration in milliseconds, which may have fractions; what is none is zero.
type span time.Duration

// longest span that is taken for one: a month.
const longest = int64(31 * 24 * time.Hour / time.Millisecond)

// UnmarshalJSON is json.Unmarshaler's.
func (s *span) UnmarshalJSON(b []byte) error {
	*s = 0
	if n, ok := milliseconds(b); ok && n > 0 && n < longest {
		*s = span(time.Duration(n) * time.Millisecond)
	}
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

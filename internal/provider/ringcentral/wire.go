package ringcentral

import (
	"bytes"
	"encoding/json"
	"strings"
	"time"
)

// record of the call log (CallLogRecord of the API description); durations in seconds and, where given, milliseconds.
type record struct {
	ID                 string     `json:"id"`
	SessionID          string     `json:"sessionId"`
	TelephonySessionID string     `json:"telephonySessionId"`
	StartTime          moment     `json:"startTime"`
	Duration           float64    `json:"duration"`
	DurationMs         int64      `json:"durationMs"`
	Type               string     `json:"type"`
	Direction          string     `json:"direction"`
	Action             string     `json:"action"`
	Result             string     `json:"result"`
	From               party      `json:"from"`
	To                 party      `json:"to"`
	Extension          *extension `json:"extension"`
	Recording          *recording `json:"recording"`
	ShortRecording     bool       `json:"shortRecording"`
	Legs               []leg      `json:"legs"`
	Deleted            bool       `json:"deleted"`
}

// leg of a record in the detailed view (CallLogRecordLegInfo).
type leg struct {
	StartTime      moment     `json:"startTime"`
	Duration       float64    `json:"duration"`
	DurationMs     int64      `json:"durationMs"`
	Direction      string     `json:"direction"`
	Action         string     `json:"action"`
	Result         string     `json:"result"`
	LegType        string     `json:"legType"`
	Master         bool       `json:"master"`
	From           party      `json:"from"`
	To             party      `json:"to"`
	Extension      *extension `json:"extension"`
	Recording      *recording `json:"recording"`
	ShortRecording bool       `json:"shortRecording"`
}

type party struct {
	PhoneNumber     string `json:"phoneNumber"`
	ExtensionNumber string `json:"extensionNumber"`
	ExtensionID     ident  `json:"extensionId"`
	Name            string `json:"name"`
}

type extension struct {
	ID ident `json:"id"`
}

type recording struct {
	ID         ident  `json:"id"`
	ContentURI string `json:"contentUri"`
}

// ident is an id, a number in some answers and a string in others.
type ident string

// UnmarshalJSON is json.Unmarshaler's.
func (i *ident) UnmarshalJSON(b []byte) error {
	*i = ""
	if bytes.HasPrefix(b, []byte(`"`)) {
		return json.Unmarshal(b, (*string)(i))
	}
	if s := string(b); strings.Trim(s, "0123456789") == "" {
		*i = ident(s)
	}
	return nil
}

// moment is a time as ISO 8601 with an offset; anything else is none.
type moment struct{ time.Time }

// UnmarshalJSON is json.Unmarshaler's.
func (m *moment) UnmarshalJSON(b []byte) error {
	m.Time = time.Time{}
	for _, layout := range []string{time.RFC3339Nano, "2006-01-02T15:04:05.999Z0700"} {
		if at, err := time.Parse(layout, strings.Trim(string(b), `"`)); err == nil {
			m.Time = at.UTC()
			return nil
		}
	}
	return nil
}

type listing struct {
	Records    []record `json:"records"`
	Navigation struct {
		NextPage *struct{} `json:"nextPage"`
	} `json:"navigation"`
}

func seconds(s float64, ms int64) time.Duration {
	if ms > 0 {
		return time.Duration(ms) * time.Millisecond
	}
	return time.Duration(s * float64(time.Second))
}

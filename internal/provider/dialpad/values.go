package dialpad

import (
	"bytes"
	"encoding/json"
	"math"
	"strconv"
	"strings"
	"time"
)

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

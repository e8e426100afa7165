package transcript

import (
	"encoding/json"
	"errors"
	"io"
	"strings"
	"time"

	"earshot/internal/domain"
)

// object is what `earshot process --json` prints of a file, as far as it is read back.
type object struct {
	StartedAt  string             `json:"started_at"`
	Duration   float64            `json:"duration"`
	Channels   int                `json:"channels"`
	Layout     domain.Layout      `json:"layout"`
	Engine     *domain.EngineInfo `json:"engine"`
	Language   string             `json:"language"`
	Transcript *[]jsonLine        `json:"transcript"`
}

type jsonLine struct {
	ID      int     `json:"id"`
	Speaker string  `json:"speaker"`
	Channel int     `json:"channel"`
	Start   float64 `json:"start"`
	End     float64 `json:"end"`
	Text    string  `json:"text"`
}

func readJSON(name, text string) (domain.Transcript, time.Time, error) {
	if read := resultOf(text); read != nil {
		o, err := read(name, text)
		if err != nil {
			return domain.Transcript{}, time.Time{}, err
		}
		t, err := o.transcript(name)
		return t, time.Time{}, err
	}
	var o object
	dec := json.NewDecoder(strings.NewReader(text))
	if err := dec.Decode(&o); err != nil {
		return domain.Transcript{}, time.Time{}, jsonError(name, err)
	}
	if _, err := dec.Token(); !errors.Is(err, io.EOF) {
		return domain.Transcript{}, time.Time{}, broken(name, "more follows behind the first JSON object; give one call a file")
	}
	if o.Transcript == nil {
		return domain.Transcript{}, time.Time{}, broken(name, "the JSON object has no \"transcript\"; it must be a list of lines with speaker, start, end and text")
	}
	startedAt, err := readStart(name, o.StartedAt)
	if err != nil {
		return domain.Transcript{}, time.Time{}, err
	}
	t, err := o.transcript(name)
	return t, startedAt, err
}

func (o object) transcript(name string) (domain.Transcript, error) {
	if !timeOK(o.Duration) {
		return domain.Transcript{}, broken(name, "duration %g is no length of a call in seconds", o.Duration)
	}
	t := domain.Transcript{Duration: o.Duration, Channels: max(o.Channels, 0), Layout: o.Layout, Language: o.Language}
	if o.Engine != nil {
		t.Engine = *o.Engine
	}
	var names []string
	for _, l := range *o.Transcript {
		names = append(names, l.Speaker)
	}
	cast := castOf(names)
	for i, l := range *o.Transcript {
		if !timeOK(l.Start) || !timeOK(l.End) {
			return t, broken(name, "line %d of the transcript runs from %g to %g seconds, which cannot be", i+1, l.Start, l.End)
		}
		t.Lines = append(t.Lines, domain.Line{ID: l.ID, Speaker: cast.speaker(l.Speaker), Channel: max(l.Channel, 0), Start: l.Start, End: max(l.Start, l.End), Text: strings.TrimSpace(l.Text)})
	}
	return t, nil
}

// readStart reads RFC 3339, or a date and time or a date alone, taken as UTC.
func readStart(name, text string) (time.Time, error) {
	if text == "" {
		return time.Time{}, nil
	}
	for _, layout := range []string{time.RFC3339, "2006-01-02T15:04:05", time.DateTime, "2006-01-02T15:04", "2006-01-02 15:04", time.DateOnly} {
		if at, err := time.Parse(layout, text); err == nil {
			return at, nil
		}
	}
	return time.Time{}, broken(name, "started_at %q is no time; write it like 2026-11-23T09:30:00-05:00", clip(text))
}

func jsonError(name string, err error) error {
	var typed *json.UnmarshalTypeError
	e := domain.Errorf(domain.KindInvalid, CodeBroken, "%s: this is not the JSON of a transcript; it may be cut off or of another program", name)
	if errors.As(err, &typed) {
		e.Message = name + ": " + typed.Field + " must not be a " + typed.Value
	}
	e.Err = err
	return e
}

func clip(text string) string {
	if r := []rune(text); len(r) > 60 {
		return string(r[:60]) + "…"
	}
	return text
}

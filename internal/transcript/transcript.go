package transcript

import (
	"bytes"
	"cmp"
	"math"
	"path/filepath"
	"regexp"
	"slices"
	"strings"
	"time"
	"unicode/utf16"
	"unicode/utf8"

	"earshot/internal/domain"
)

// Limits of a transcript.
const (
	MaxBytes   = 32 << 20
	MaxLines   = 100_000
	maxSeconds = 7 * 24 * 3600
)

// Codes of errors.
const (
	CodeNotTranscript = "not_a_transcript" // text in no form that is known
	CodeBroken        = "broken_transcript"
	CodeTooLarge      = "transcript_too_large"
)

// Read reads a transcript; name is the file's name, for messages and for telling the form. Known forms are the object that
// `earshot process --json` prints (with an optional started_at), results of Amazon Transcribe, Contact Lens and Bedrock Data Automation,
// WebVTT, SubRip, and lines of "Speaker: text". Speakers are named agent and customer by their label, else by what they say, else they
// stay numbered. Lines without times keep 0 for start and end. startedAt is zero where none is given. Errors are domain errors of KindInvalid and KindTooLarge.
func Read(name string, data []byte) (t domain.Transcript, startedAt time.Time, err error) {
	if len(data) > MaxBytes {
		return t, startedAt, domain.Errorf(domain.KindTooLarge, CodeTooLarge, "%s has %d MB, and a transcript may have %d; cut it into calls", base(name), len(data)>>20, MaxBytes>>20)
	}
	text, ok := decode(data)
	if !ok {
		return t, startedAt, domain.Errorf(domain.KindInvalid, CodeNotTranscript, "%s is not text, so it cannot be read as a transcript; give JSON, WebVTT, SRT or lines of \"Speaker: text\"", base(name))
	}
	switch formOf(text) {
	case formJSON:
		t, startedAt, err = readJSON(base(name), text)
	case formVTT, formSRT:
		t, err = readCues(base(name), text)
	case formLines:
		t, err = readSpeakerLines(base(name), text)
	default:
		err = domain.Errorf(domain.KindInvalid, CodeNotTranscript, "%s holds no transcript in a known form; give the JSON of `earshot process`, WebVTT, SRT, or lines such as \"Agent: Hello.\"", base(name))
	}
	if err != nil {
		return domain.Transcript{}, time.Time{}, err
	}
	if len(t.Lines) > MaxLines {
		return domain.Transcript{}, time.Time{}, domain.Errorf(domain.KindTooLarge, CodeTooLarge, "%s has %d lines, and a transcript may have %d; cut it into calls", base(name), len(t.Lines), MaxLines)
	}
	finish(&t)
	nameSides(&t)
	return t, startedAt, nil
}

var extensions = map[string]bool{".json": true, ".jsonl": true, ".vtt": true, ".srt": true, ".txt": true, ".md": true}

// Is tells a transcript from audio: data, or its first bytes, must be text, and the name end in .json, .vtt, .srt, .txt or .md,
// or the text look like a transcript.
func Is(name string, data []byte) bool {
	head := data[:min(len(data), 4096)]
	for i := 0; i < utf8.UTFMax && len(head) > 0 && len(data) > len(head) && !utf8.Valid(head); i++ {
		head = head[:len(head)-1] // the cut may have split a letter
	}
	text, ok := decode(head)
	if !ok {
		return false
	}
	if ext := strings.ToLower(filepath.Ext(name)); extensions[ext] {
		return true
	}
	return formOf(text) != formNone
}

type form int

const (
	formNone form = iota
	formJSON
	formVTT
	formSRT
	formLines
)

var srtStart = regexp.MustCompile(`^\s*(?:\d+\s*\n)?\s*\d{1,3}:\d{2}(?::\d{2})?[,.]\d{1,3}\s*-->`)

func formOf(text string) form {
	trimmed := strings.TrimSpace(text)
	switch {
	case strings.HasPrefix(trimmed, "{"):
		return formJSON
	case strings.HasPrefix(trimmed, "WEBVTT"):
		return formVTT
	case srtStart.MatchString(trimmed):
		return formSRT
	case hasLabel(trimmed):
		return formLines
	}
	return formNone
}

// decode gives text of UTF-8 or UTF-16 with a mark; false for anything that holds bytes no text has.
func decode(data []byte) (string, bool) {
	switch {
	case bytes.HasPrefix(data, []byte{0xFF, 0xFE}):
		return decode16(data[2:], 0, 1)
	case bytes.HasPrefix(data, []byte{0xFE, 0xFF}):
		return decode16(data[2:], 1, 0)
	}
	data = bytes.TrimPrefix(data, []byte("\xEF\xBB\xBF"))
	if !utf8.Valid(data) {
		return "", false
	}
	return clean(string(data))
}

func decode16(data []byte, low, high int) (string, bool) {
	units := make([]uint16, 0, len(data)/2)
	for i := 0; i+1 < len(data); i += 2 {
		units = append(units, uint16(data[i+low])|uint16(data[i+high])<<8)
	}
	return clean(string(utf16.Decode(units)))
}

func clean(text string) (string, bool) {
	for _, r := range text {
		if r < ' ' && r != '\n' && r != '\r' && r != '\t' && r != '\f' {
			return "", false
		}
	}
	return strings.NewReplacer("\r\n", "\n", "\r", "\n").Replace(text), true
}

// finish puts lines in order of start, gives them IDs, and completes what the form did not say. IDs that count up from
// 1 or more without repeating are kept, so that they can be found again in the source.
func finish(t *domain.Transcript) {
	slices.SortStableFunc(t.Lines, func(a, b domain.Line) int { return cmp.Compare(a.Start, b.Start) })
	rising := true
	for i, l := range t.Lines {
		rising = rising && l.ID >= 1 && (i == 0 || l.ID > t.Lines[i-1].ID)
		t.Duration = max(t.Duration, l.End)
	}
	for i := range t.Lines {
		if !rising {
			t.Lines[i].ID = i + 1
		}
	}
	t.Channels = max(t.Channels, 1)
	t.Layout = cmp.Or(t.Layout, domain.LayoutMono)
	t.Language = cmp.Or(t.Language, "en")
	if t.Speech == nil {
		t.Speech = domain.Speech{}
	}
}

// timeOK tells whether a time can be one of a call, in seconds.
func timeOK(v float64) bool { return v >= 0 && v <= maxSeconds && !math.IsNaN(v) }

func base(name string) string { return filepath.Base(name) }

func broken(name, format string, args ...any) error {
	e := domain.Errorf(domain.KindInvalid, CodeBroken, format, args...)
	e.Message = name + ": " + e.Message
	return e
}

package audio

import (
	"bytes"
	"context"
	"errors"
	"io"
	"os"
	"path/filepath"
	"strings"
	"time"

	"github.com/gabriel-vasile/mimetype"

	"earshot/internal/domain"
)

// SampleRate of everything that Decode gives, in Hz.
const SampleRate = 16000

// Limits of one recording; zero fields take the defaults.
type Limits struct {
	MaxBytes   int64
	MaxSeconds float64
	Timeout    time.Duration
}

// Defaults of Limits. Aircall keeps recordings of up to four hours.
const (
	defaultMaxBytes   = 1 << 30
	defaultMaxSeconds = 4*3600 + 600
	defaultTimeout    = 10 * time.Minute
)

func (l Limits) orDefault() Limits {
	if l.MaxBytes <= 0 {
		l.MaxBytes = defaultMaxBytes
	}
	if l.MaxSeconds <= 0 {
		l.MaxSeconds = defaultMaxSeconds
	}
	if l.Timeout <= 0 {
		l.Timeout = defaultTimeout
	}
	return l
}

// Sound is a decoded recording: one or two channels at 16 kHz without DC, each levelled for speech.
// Of more than two channels the first two are kept: no phone system puts a party elsewhere.
type Sound struct {
	Format         string // "wav", "flac", "opus", or what ffmpeg read
	Channels       [][]float32
	SourceChannels int
	SourceRate     int
	Duration       float64 // seconds
}

// raw is what a decoder gives: channels at the source's rate.
type raw struct {
	channels [][]float32
	count    int // of channels in the source
	rate     int
}

// Decode reads a recording of any kind. It never panics on bad input; errors are domain errors with the codes
// recording_unreadable, recording_too_large and decoder_missing.
func Decode(ctx context.Context, path string, tools Tools, limits Limits) (*Sound, error) {
	limits = limits.orDefault()
	ctx, cancel := context.WithTimeout(ctx, limits.Timeout)
	defer cancel()
	format, err := sniff(path, limits)
	if err != nil {
		return nil, err
	}
	r, err := decodeAs(ctx, format, path, tools, limits)
	if err != nil {
		return nil, err
	}
	if len(r.channels) == 0 || len(r.channels[0]) == 0 {
		return nil, unreadable("the file has no sound in it")
	}
	return finish(format, r)
}

func decodeAs(ctx context.Context, format, path string, tools Tools, limits Limits) (raw, error) {
	decode := map[string]func(context.Context, string, Limits) (raw, error){"wav": readWAV, "flac": readFLAC, "opus": readOpus}[format]
	if decode == nil {
		return tools.ffmpeg(ctx, path, format, limits)
	}
	r, err := decode(ctx, path, limits)
	if errors.Is(err, errOther) {
		return tools.ffmpeg(ctx, path, format, limits)
	}
	return r, err
}

// errOther is given by a reader for a codec inside its container that it leaves to ffmpeg.
var errOther = errors.New("left to ffmpeg")

func finish(format string, r raw) (*Sound, error) {
	s := &Sound{Format: format, SourceChannels: r.count, SourceRate: r.rate}
	for i, ch := range r.channels {
		out, err := resample(ch, r.rate)
		if err != nil {
			return nil, err
		}
		r.channels[i] = nil
		highPass(out)
		level(out)
		s.Channels = append(s.Channels, out)
	}
	s.Duration = float64(len(s.Channels[0])) / SampleRate
	return s, nil
}

func unreadable(reason string) error {
	return domain.Errorf(domain.KindInvalid, string(domain.RecordingUnreadable), "the recording cannot be read: %s", reason)
}

func tooLong(limits Limits) error {
	return domain.Errorf(domain.KindTooLarge, string(domain.RecordingTooLarge), "the recording is longer than %.0f minutes", limits.MaxSeconds/60)
}

// rawExtensions are formats without a header, known by their name alone; their rate is that of telephones.
var rawExtensions = map[string]string{".ulaw": "mulaw", ".ul": "mulaw", ".mulaw": "mulaw", ".alaw": "alaw", ".al": "alaw", ".gsm": "gsm", ".g722": "g722"}

// sniff tells the format by content; by name only for formats without a header.
func sniff(path string, limits Limits) (string, error) {
	info, err := os.Stat(path)
	switch {
	case err != nil:
		return "", domain.Errorf(domain.KindNotFound, "file_not_found", "the file cannot be opened: %v", errors.Unwrap(err))
	case info.IsDir():
		return "", unreadable("it is a folder")
	case info.Size() == 0:
		return "", unreadable("the file is empty")
	case info.Size() > limits.MaxBytes:
		return "", domain.Errorf(domain.KindTooLarge, string(domain.RecordingTooLarge), "the recording is larger than %d MB", limits.MaxBytes>>20)
	}
	head, err := readHead(path)
	if err != nil {
		return "", unreadable(err.Error())
	}
	return sniffHead(head, strings.ToLower(filepath.Ext(path)))
}

func sniffHead(head []byte, ext string) (string, error) {
	switch {
	case bytes.HasPrefix(head, []byte("RIFF")), bytes.HasPrefix(head, []byte("RF64")), bytes.HasPrefix(head, []byte("BW64")):
		return "wav", nil
	case bytes.HasPrefix(head, []byte("fLaC")):
		return "flac", nil
	case bytes.HasPrefix(head, []byte("OggS")) && bytes.Contains(head, []byte("OpusHead")):
		return "opus", nil
	}
	if raw, ok := rawExtensions[ext]; ok {
		return raw, nil
	}
	switch m := mimetype.Detect(head); {
	case m.Is("text/html"):
		return "", unreadable("the file is a web page, not a recording; the provider may have sent an error page")
	case m.Is("application/json"):
		return "", unreadable("the file is a JSON message, not a recording; the provider may have sent an error")
	case m.Is("text/plain"), m.Is("text/xml"):
		return "", unreadable("the file is text, not a recording")
	case m.Is("application/pdf"), m.Is("application/zip"), strings.HasPrefix(m.String(), "image/"):
		return "", unreadable("the file is " + m.String() + ", not a recording")
	case m.Extension() != "":
		return strings.TrimPrefix(m.Extension(), "."), nil
	default:
		return "unknown", nil // ffmpeg may know it
	}
}

func readHead(path string) ([]byte, error) {
	f, err := os.Open(path)
	if err != nil {
		return nil, err
	}
	defer f.Close()
	head := make([]byte, 4096)
	n, err := io.ReadFull(f, head)
	if errors.Is(err, io.ErrUnexpectedEOF) {
		err = nil
	}
	return head[:n], err
}

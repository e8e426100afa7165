package audio

import (
	"context"
	"errors"
	"fmt"
	"time"

	"earshot/internal/domain"
)

// SampleRate of everything that Decode gives, in Hz.
const SampleRate = 16000

// Limits of one recording; zero fields take the defaults.
type Limits struct {
	MaxBytes   int64         // of the file; 1 GiB
	MaxSeconds float64       // of sound; 4 h 10 min
	Timeout    time.Duration // for decoding; 10 min
	TempDir    string        // for what a long recording is unpacked to, 230 MB an hour of a channel; the system's
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

// Sound is a decoded recording: one or two channels at 16 kHz without DC and hum, each levelled for speech.
// Of more than two channels the first stays by itself and the others are added up into the second: telephone systems put
// the agent's side first, and nobody's words are lost. Close it when it is done with.
type Sound struct {
	Format         string // "wav", "au", "flac", "opus", "mulaw", "alaw", or what ffmpeg read: "mp3", "m4a", ...
	Channels       []*Track
	SourceChannels int
	SourceRate     int     // Hz
	Duration       float64 // seconds

	gains []float64 // dB that levelling gave to each channel; Layout looks at the levels as they came
}

// Decode reads a recording of any kind, told by its content, not by its name. It never panics on bad input. Errors are
// domain errors with the codes recording_unreadable, recording_too_large, decoder_missing and file_not_found; when ctx
// ends, its error.
func Decode(ctx context.Context, path string, tools Tools, limits Limits) (*Sound, error) {
	limits = limits.orDefault()
	format, err := sniff(path, limits)
	if err != nil {
		return nil, err
	}
	inner, cancel := context.WithTimeout(ctx, limits.Timeout)
	defer cancel()
	in, err := decodeAs(inner, format, path, tools, limits)
	switch {
	case ctx.Err() != nil:
		return nil, fmt.Errorf("decode: %w", context.Cause(ctx))
	case inner.Err() != nil:
		return nil, unreadable("decoding it took longer than " + limits.Timeout.String())
	case err != nil:
		return nil, err
	}
	return finish(format, in)
}

// NewSound is a recording that is in memory, a channel each.
func NewSound(channels ...[]float32) *Sound {
	s := &Sound{SourceChannels: len(channels), SourceRate: SampleRate, Duration: float64(len(channels[0])) / SampleRate}
	for _, ch := range channels {
		s.Channels = append(s.Channels, TrackOf(ch))
	}
	return s
}

// Err tells whether a part of it could not be read, and was taken for silence.
func (s *Sound) Err() error {
	var all error
	for _, t := range s.Channels {
		t.mu.Lock()
		all = errors.Join(all, t.err)
		t.mu.Unlock()
	}
	if all == nil {
		return nil
	}
	return noRoom(all)
}

// Close gives back what it takes on the disk.
func (s *Sound) Close() error {
	var all error
	for _, t := range s.Channels {
		all = errors.Join(all, t.close())
	}
	return all
}

// errOther is given by a reader for a codec inside its container that it leaves to ffmpeg.
var errOther = errors.New("left to ffmpeg")

func decodeAs(ctx context.Context, format, path string, tools Tools, limits Limits) (*intake, error) {
	read, ok := map[string]reader{"wav": readWAV, "au": readAU, "flac": readFLAC, "opus": readOpus, "mulaw": readRaw(mulaw), "alaw": readRaw(alaw)}[format]
	if ok {
		in, err := read(ctx, path, limits)
		if !errors.Is(err, errOther) {
			return in, err
		}
	}
	return tools.ffmpeg(ctx, path, format, limits)
}

// reader decodes one format.
type reader func(ctx context.Context, path string, limits Limits) (*intake, error)

func finish(format string, in *intake) (*Sound, error) {
	channels, err := in.finish()
	s := &Sound{Format: format, Channels: channels, SourceChannels: in.count, SourceRate: in.rate}
	if err == nil && channels[0].Len() == 0 {
		err = unreadable("the file has no sound in it")
	}
	for _, ch := range channels {
		if err == nil {
			err = highPass(ch)
		}
	}
	if err == nil {
		s.gains, err = level(channels)
	}
	if err != nil {
		return nil, errors.Join(err, s.Close())
	}
	s.Duration = float64(channels[0].Len()) / SampleRate
	return s, nil
}

func unreadable(reason string) error {
	return domain.Errorf(domain.KindInvalid, string(domain.RecordingUnreadable), "the recording cannot be read: %s", reason)
}

func tooLong(limits Limits) error {
	return domain.Errorf(domain.KindTooLarge, string(domain.RecordingTooLarge),
		"the recording is longer than %.0f minutes, the most that is taken", limits.MaxSeconds/60)
}

// Package speech is the contract between Earshot and whatever turns audio into text. Engines live in subfolders.
package speech

import (
	"context"
	"errors"

	"earshot/internal/domain"
)

// SampleRate of all audio given to an engine, in Hz.
const SampleRate = 16000

// Audio is 16 kHz mono, full scale at ±1.
type Audio []float32

// Len is the number of samples.
func (a Audio) Len() int { return len(a) }

// Slice gives the samples of a stretch.
func (a Audio) Slice(from, to int) []float32 { return a[from:to] }

// Seconds is how long the audio lasts.
func (a Audio) Seconds() float64 { return float64(len(a)) / SampleRate }

// Info describes an engine.
type Info struct {
	Name             string   // "moonshine"
	Model            string   // "tiny-en"
	Languages        []string // BCP 47
	MaxSeconds       float64  // longest audio one Transcribe takes
	Concurrency      int      // how many calls of Transcribe run at the same time
	DetectsVoice     bool     // the engine is a VoiceDetector too
	SeparatesSpeaker bool     // the engine is a VoiceSeparator too
}

// Options of one transcription.
type Options struct {
	Language string // BCP 47; empty: the engine's default
	// Used is told of each request that a service bills, as it is made; may be called at the same time. Nil: nobody asks.
	Used func(Usage)
}

// Usage is what one request to a service took.
type Usage struct {
	Seconds float64 // of audio, added up over the channels, as far as the service tells; else as it was sent
}

// Utterance is a piece of text with its time in seconds from the start of the audio.
type Utterance struct {
	Start, End float64
	Text       string
	Confidence float64 // that the words are right, 0 to 1; 0: not known
}

// Engine turns a segment of audio into text. Implementations are safe for concurrent use; they block while all
// their workers are busy, and return when ctx ends. Errors are domain errors: KindInvalid for audio they cannot take,
// KindTemporary for a worker that failed twice on the same segment, and Missing where no engine is installed.
type Engine interface {
	Info() Info
	Transcribe(ctx context.Context, audio Audio, options Options) ([]Utterance, error)
}

// ChannelTranscriber is an Engine that takes the voices of a call together, one a channel, all of one length, with times from
// the start. It gives the utterances of each channel in order of start. Errors are those of Engine.
type ChannelTranscriber interface {
	TranscribeChannels(ctx context.Context, channels []Audio, options Options) ([][]Utterance, error)
}

// ErrNoDetector is what a VoiceDetector gives that has nothing to listen with; then the level alone tells where somebody speaks.
var ErrNoDetector = errors.New("nothing to detect voice with")

// VoiceDetector tells where somebody speaks. One call takes a whole channel of any length.
type VoiceDetector interface {
	DetectVoice(ctx context.Context, channel domain.Samples) ([]domain.Span, error)
}

// VoiceSeparator tells the voices apart that are mixed in one channel. One call takes a whole channel of any length and finds
// at most so many voices, numbered in order of their first turn. Turns are sorted by start and overlap where two people speak at
// once.
type VoiceSeparator interface {
	SeparateVoices(ctx context.Context, channel domain.Samples, voices int) ([]domain.Turn, error)
}

// CodeLanguageMissing is the code of the error for a call in a language that its engine does not know.
const CodeLanguageMissing = "language_missing"

// CodeEngineMissing is the code of the error of an Engine that is not installed.
const CodeEngineMissing = "engine_missing"

// Missing is the error for an installation without an engine.
func Missing() error {
	return domain.Errorf(domain.KindNotReady, CodeEngineMissing,
		"no speech engine is installed, so recordings are kept but not transcribed; install one with: earshot models pull")
}

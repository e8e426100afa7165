package domain

// Layout tells how the voices of a recording are laid out.
type Layout string

// Layouts of a recording.
const (
	LayoutStereo   Layout = "stereo"    // one side a channel
	LayoutMono     Layout = "mono"      // all voices in one channel
	LayoutDualMono Layout = "dual_mono" // two channels, both the same mixture
)

// Speaker names who said a line.
type Speaker string

// Speakers. The numbered ones stand for voices that nobody has told apart into agent and customer.
const (
	Agent    Speaker = "agent"
	Customer Speaker = "customer"
	Speaker1 Speaker = "speaker_1"
	Speaker2 Speaker = "speaker_2"
)

// Span is a stretch of time in seconds from the start of the recording.
type Span struct {
	Start float64 `json:"start"`
	End   float64 `json:"end"`
}

// Duration in seconds.
func (s Span) Duration() float64 { return s.End - s.Start }

// Turn is a stretch in which one voice of a recording speaks. Voices are numbered from 0 and have no name yet.
type Turn struct {
	Span
	Voice int
}

// Line is one utterance of a transcript. IDs count from 1 in order of start.
type Line struct {
	ID      int     `json:"id"`
	Speaker Speaker `json:"speaker"`
	Channel int     `json:"channel"`
	Start   float64 `json:"start"`
	End     float64 `json:"end"`
	Text    string  `json:"text"`
	// Confidence that the words are right, 0 to 1 (docs/metrics.md); 0 where it is not known, as in transcripts that came as text.
	Confidence float64 `json:"confidence,omitempty"`
	// Corrected tells that a person wrote this.
	Corrected bool `json:"corrected,omitempty"`
}

// EngineInfo names the engine and the model that made a transcript, and what that took.
type EngineInfo struct {
	Name  string `json:"name"`
	Model string `json:"model"`
	// Of a service: seconds of audio that it billed, over all channels, failed attempts included, and what they cost where the price is known.
	Seconds  float64 `json:"seconds,omitempty"`
	Cost     float64 `json:"cost,omitempty"`
	Currency string  `json:"currency,omitempty"`
	// Instead names the engine that should have written this and failed.
	Instead string `json:"instead_of,omitempty"`
	// Took is how long the transcription took, in seconds.
	Took float64 `json:"took,omitempty"`
}

// Speech is when each speaker was heard, from voice activity rather than from text. Spans are sorted and do not overlap within a speaker.
type Speech map[Speaker][]Span

// Transcript is what was said in one recording.
type Transcript struct {
	Duration float64    // seconds
	Channels int        // of the recording as it came
	Layout   Layout     //
	Engine   EngineInfo //
	Language string     // BCP 47
	Lines    []Line     // in order of start
	Speech   Speech     // voice activity a speaker

	// SpeakersEstimated tells that voices were told apart by their sound, and named by what they say: they may be wrong.
	SpeakersEstimated bool
	// Names that people gave to speakers.
	Names map[Speaker]string
	// Dropped are lines that were taken for the other side's echo, for debugging.
	Dropped []Line
}

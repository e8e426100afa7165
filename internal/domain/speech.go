package domain

// EmbeddedEngine is the name of the engine that runs on this machine.
const EmbeddedEngine = "moonshine"

// SpeechSettings say who turns recordings into text. The key of a service is kept apart, sealed.
type SpeechSettings struct {
	Engine         string         `json:"engine" maxLength:"40" doc:"Name of an engine, as listed"`
	Model          string         `json:"model" maxLength:"200" doc:"Of a service; empty: its usual one"`
	BaseURL        string         `json:"base_url" maxLength:"500" doc:"Address of a service; empty: its usual one"`
	Fallback       bool           `json:"fallback" doc:"The embedded engine writes the calls at which a service fails"`
	EmbeddedModel  string         `json:"embedded_model" maxLength:"40" doc:"Model of the embedded engine; empty: tiny-en"`
	PricePerMinute float64        `json:"price_per_minute" minimum:"0" maximum:"1000" doc:"What a service takes for a minute of audio; 0: not known"`
	Currency       string         `json:"currency" maxLength:"8"`
	Languages      []LanguageRule `json:"languages" maxItems:"1000" doc:"Languages of numbers, users and connectors; all others have the general one"`
}

// Cost of so many seconds of audio; 0 where the price is not known.
func (s SpeechSettings) Cost(seconds float64) float64 { return seconds / 60 * s.PricePerMinute }

// Samples are those of one channel at 16 kHz, full scale at ±1, wherever they are kept. A slice must not be changed.
type Samples interface {
	Len() int
	Slice(from, to int) []float32
}

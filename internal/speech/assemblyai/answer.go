package assemblyai

import (
	"encoding/json"
	"strconv"
	"strings"

	"earshot/internal/speech"
	"earshot/internal/speech/remote"
)

// answer is what is read of a transcript (assemblyai.com/docs: GET /v2/transcript/{id}). Times are milliseconds.
type answer struct {
	ID            string  `json:"id"`
	Status        string  `json:"status"` // queued, processing, completed, error
	Error         string  `json:"error"`
	AudioDuration float64 `json:"audio_duration"` // seconds
	Words         []piece `json:"words"`
	Utterances    []piece `json:"utterances"`
}

// piece is a word or an utterance.
type piece struct {
	Text       string  `json:"text"`
	Start      float64 `json:"start"`
	End        float64 `json:"end"`
	Confidence float64 `json:"confidence"`
	Channel    channel `json:"channel"`
}

// channel counts from 1, as a string or a number; 0 where there is none.
type channel int

// UnmarshalJSON is json.Unmarshaler's.
func (c *channel) UnmarshalJSON(b []byte) error {
	text := strings.Trim(string(b), `"`)
	if text == "null" || text == "" {
		*c = 0
		return nil
	}
	n, err := strconv.Atoi(text)
	if err != nil {
		return &json.UnmarshalTypeError{Value: "string", Field: "channel"}
	}
	*c = channel(n)
	return nil
}

// channel gives the utterances of one of so many, else lines of its words.
func (a answer) channel(i, of int) []speech.Utterance {
	mine := func(p piece) bool { return of == 1 || int(p.Channel) == i+1 }
	var out []speech.Utterance
	for _, u := range a.Utterances {
		if mine(u) {
			out = append(out, speech.Utterance{Start: u.Start / 1000, End: u.End / 1000, Text: u.Text, Confidence: u.Confidence})
		}
	}
	if len(out) > 0 {
		return out
	}
	var words []remote.Word
	for _, w := range a.Words {
		if mine(w) {
			words = append(words, remote.Word{Text: w.Text, Start: w.Start / 1000, End: w.End / 1000, Confidence: w.Confidence})
		}
	}
	return remote.Lines(words)
}

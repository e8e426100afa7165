package openai

import (
	"bytes"
	"encoding/json"
	"math"
	"strconv"
	"strings"

	"earshot/internal/speech"
	"earshot/internal/speech/remote"
)

// answer in any of the forms of speech.md 3.2. What a server leaves out or gives as null is zero.
type answer struct {
	Text     string    `json:"text"`
	Segments []segment `json:"segments"`
	Words    []word    `json:"words"`
	Duration number    `json:"duration"`
	Usage    struct {
		Seconds number `json:"seconds"`
	} `json:"usage"`
}

type segment struct {
	Start       *number `json:"start"`
	End         *number `json:"end"`
	Text        string  `json:"text"`
	Words       []word  `json:"words"`
	LogProb     *number `json:"avg_logprob"`
	Compression number  `json:"compression_ratio"`
	NoSpeech    number  `json:"no_speech_prob"`
}

type word struct {
	Word        string  `json:"word"`
	Text        string  `json:"text"` // LocalAI
	Start       number  `json:"start"`
	End         number  `json:"end"`
	Probability *number `json:"probability"`
}

// number is given as a number or as a string (vLLM's duration), or null.
type number float64

// UnmarshalJSON is json.Unmarshaler's.
func (n *number) UnmarshalJSON(b []byte) error {
	text := strings.Trim(string(bytes.TrimSpace(b)), `"`)
	if text == "null" || text == "" {
		*n = 0
		return nil
	}
	v, err := strconv.ParseFloat(text, 64)
	if err != nil {
		return &json.UnmarshalTypeError{Value: "string", Type: nil, Field: "number"}
	}
	*n = number(v)
	return nil
}

func (a answer) billed() float64 {
	for _, n := range []number{a.Usage.Seconds, a.Duration} {
		if v := float64(n); v > 0 && !math.IsInf(v, 0) {
			return v
		}
	}
	return 0
}

// Whisper's own rules for what it made up (openai/whisper: transcribe.py): silence that it is unsure about, and repetition.
const (
	noSpeech       = 0.6
	leastLogProb   = -1.0
	mostCompressed = 2.4
)

// utterances of an answer for so many seconds of audio: its segments, else its words, else the text as a whole.
func (a answer) utterances(seconds float64) []speech.Utterance {
	var out []speech.Utterance
	for _, s := range a.Segments {
		if u, ok := s.utterance(seconds); ok {
			out = append(out, u)
		}
	}
	if len(a.Segments) > 0 {
		return out
	}
	if words := joined(a.Words); len(words) > 0 {
		return remote.Lines(words)
	}
	return []speech.Utterance{{Start: 0, End: seconds, Text: a.Text}}
}

func (s segment) utterance(seconds float64) (speech.Utterance, bool) {
	made := s.LogProb != nil && *s.LogProb < leastLogProb && s.NoSpeech > noSpeech
	if made || s.Compression > mostCompressed {
		return speech.Utterance{}, false
	}
	u := speech.Utterance{Text: s.Text, Start: 0, End: seconds, Confidence: s.confidence()}
	words := joined(s.Words)
	if len(words) > 0 {
		u.Start, u.End = words[0].Start, words[len(words)-1].End
	}
	if s.Start != nil {
		u.Start = float64(*s.Start)
	}
	if s.End != nil {
		u.End = float64(*s.End)
	}
	if strings.TrimSpace(u.Text) == "" {
		for _, w := range words {
			u.Text += " " + w.Text
		}
	}
	return u, true
}

// confidence is the mean probability of what the model wrote.
func (s segment) confidence() float64 {
	if s.LogProb != nil && *s.LogProb != 0 {
		return math.Exp(float64(*s.LogProb))
	}
	sum, n := 0.0, 0
	for _, w := range s.Words {
		if w.Probability != nil {
			sum, n = sum+float64(*w.Probability), n+1
		}
	}
	if n == 0 {
		return 0
	}
	return sum / float64(n)
}

// joined puts the tokens together that whisper.cpp gives as words: a new word begins with a space. Where no word does, each is one.
func joined(in []word) []remote.Word {
	tokens := false
	for i, w := range in {
		tokens = tokens || i > 0 && strings.HasPrefix(w.text(), " ")
	}
	var out []remote.Word
	for _, w := range in {
		text := w.text()
		p := 0.0
		if w.Probability != nil {
			p = float64(*w.Probability)
		}
		if tokens && len(out) > 0 && !strings.HasPrefix(text, " ") {
			last := &out[len(out)-1]
			last.Text, last.End, last.Confidence = last.Text+text, float64(w.End), min(last.Confidence, p)
			continue
		}
		out = append(out, remote.Word{Text: strings.TrimSpace(text), Start: float64(w.Start), End: float64(w.End), Confidence: p})
	}
	return out
}

func (w word) text() string {
	if w.Word != "" {
		return w.Word
	}
	return w.Text
}

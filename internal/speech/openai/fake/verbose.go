package fake

import (
	"fmt"
	"math"
	"strings"

	"earshot/internal/speech"
	"earshot/internal/speech/fakes"
)

// verbose adds what verbose_json has beyond the text, as each dialect gives it (speech.md 3.1, 3.2).
func (s *server) verbose(out object, fields map[string]string, audio speech.Audio, said []fakes.Said) {
	out["task"], out["language"], out["duration"] = "transcribe", "english", audio.Seconds()
	segments, words := []object{}, []object{}
	for i, u := range said {
		segments = append(segments, s.segment(i, u))
		words = append(words, s.words(u)...)
	}
	out["segments"] = segments
	asked := strings.Contains(fields["timestamp_granularities[]"], "word")
	switch {
	case s.dialect == VLLM:
		out["duration"], out["language"], out["words"] = fmt.Sprint(audio.Seconds()), nil, nil
	case s.dialect == WhisperCPP:
		out["detected_language"], out["language_probabilities"] = "english", object{"en": 0.99}
	case asked:
		out["words"] = words
	case s.dialect == Speaches:
		out["words"] = nil
	}
	if s.dialect == OpenAI {
		out["usage"] = object{"type": "duration", "seconds": math.Ceil(audio.Seconds())}
	}
}

func (s *server) segment(i int, u fakes.Said) object {
	o := object{"id": i, "start": u.Start, "end": u.End, "text": " " + u.Text}
	switch s.dialect {
	case LocalAI:
		o["speaker"], o["words"] = "", s.words(u)
	case VLLM:
		o["seek"], o["avg_logprob"], o["compression_ratio"], o["no_speech_prob"] = 0, -0.2, 1.2, nil
	case WhisperCPP:
		o["words"], o["temperature"], o["avg_logprob"], o["no_speech_prob"] = tokens(u), 0, -0.2, 0.01
	default:
		o["seek"], o["tokens"], o["temperature"], o["avg_logprob"], o["compression_ratio"], o["no_speech_prob"] = 0, []int{50364}, 0.0, -0.2, 1.2, 0.009
	}
	return o
}

func (s *server) words(u fakes.Said) []object {
	name := "word"
	if s.dialect == LocalAI {
		name = "text"
	}
	var out []object
	for _, w := range u.Words() {
		out = append(out, object{name: w.Text, "start": w.Start, "end": w.End})
	}
	return out
}

// tokens are whisper.cpp's words: parts of words, the first with a space before.
func tokens(u fakes.Said) []object {
	var out []object
	for _, w := range u.Words() {
		middle := (w.Start + w.End) / 2
		out = append(out,
			object{"word": " " + w.Text[:1], "start": w.Start, "end": middle, "t_dtw": -1, "probability": 0.8},
			object{"word": w.Text[1:], "start": middle, "end": w.End, "t_dtw": -1, "probability": 0.9})
	}
	return out
}

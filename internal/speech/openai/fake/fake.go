// Package fake is a server that behaves like the services that speak OpenAI's transcription API, each with its differences.
package fake

import (
	"fmt"
	"io"
	"math"
	"net/http"
	"slices"
	"strings"

	"earshot/internal/speech"
	"earshot/internal/speech/fakes"
	"earshot/internal/speech/remote"
)

// Dialect is whose server it is (speech.md 3.2).
type Dialect string

// Dialects.
const (
	OpenAI     Dialect = "openai"
	Speaches   Dialect = "speaches"
	LocalAI    Dialect = "localai"
	VLLM       Dialect = "vllm"
	WhisperCPP Dialect = "whisper.cpp"
)

// Dialects are all.
func Dialects() []Dialect { return []Dialect{OpenAI, Speaches, LocalAI, VLLM, WhisperCPP} }

// Path of the dialect's transcriptions.
func (d Dialect) Path() string {
	if d == WhisperCPP {
		return "/inference"
	}
	return "/v1/audio/transcriptions"
}

const (
	maxBytes = 25 << 20
	shortest = 0.1 // seconds; OpenAI refuses less
)

type server struct {
	*fakes.Server
	dialect Dialect
	key     string
}

// Start runs a server of a dialect. whisper.cpp asks for no key.
func Start(d Dialect, key string, fault fakes.Fault) *fakes.Server {
	return fakes.Start(key, fault, func(s *fakes.Server) http.Handler {
		mux := http.NewServeMux()
		mux.Handle("POST "+d.Path(), &server{s, d, key})
		return mux
	})
}

// ServeHTTP answers a transcription as the API's reference says (openai/openai-openapi: createTranscription).
func (s *server) ServeHTTP(w http.ResponseWriter, r *http.Request) {
	if s.dialect != WhisperCPP && r.Header.Get("Authorization") != "Bearer "+s.key {
		fakes.Refuse(w, http.StatusUnauthorized, "Incorrect API key provided: "+strings.TrimPrefix(r.Header.Get("Authorization"), "Bearer "))
		return
	}
	r.Body = http.MaxBytesReader(w, r.Body, maxBytes)
	if err := r.ParseMultipartForm(maxBytes); err != nil {
		fakes.Refuse(w, http.StatusRequestEntityTooLarge, "Maximum content size limit exceeded")
		return
	}
	defer func() { _ = r.MultipartForm.RemoveAll() }() // nothing is left where all fits into memory
	audio, problem := heard(r)
	fields := map[string]string{}
	for name, values := range r.MultipartForm.Value {
		fields[name] = strings.Join(values, ",")
	}
	s.Note(r, audio, fields)
	if problem == "" {
		problem = s.check(fields, audio[0])
	}
	if problem != "" {
		fakes.Refuse(w, http.StatusBadRequest, problem)
		return
	}
	fakes.JSON(w, http.StatusOK, s.answer(fields, audio[0], s.Hear(audio)))
}

func heard(r *http.Request) ([]speech.Audio, string) {
	file, _, err := r.FormFile("file")
	if err != nil {
		return nil, "file: Field required"
	}
	defer file.Close()
	data, err := io.ReadAll(file)
	if err != nil {
		return nil, "file: cannot be read"
	}
	audio, err := remote.ReadWAV(data, 3600)
	if err != nil || len(audio) != 1 {
		return nil, "Invalid file format: " + fmt.Sprint(err)
	}
	return audio, ""
}

// formats of each dialect; OpenAI's depend on the model.
func (s *server) formats(model string) []string {
	switch {
	case s.dialect == OpenAI && strings.Contains(model, "diarize"):
		return []string{"json", "text", "diarized_json"}
	case s.dialect == OpenAI && strings.HasPrefix(model, "gpt-"):
		return []string{"json"}
	case s.dialect == VLLM && !strings.Contains(model, "whisper"):
		return []string{"json", "text"}
	case s.dialect == VLLM:
		return []string{"json", "text", "verbose_json"}
	default:
		return []string{"json", "text", "srt", "vtt", "verbose_json"}
	}
}

// check gives what the server has against a request.
func (s *server) check(fields map[string]string, audio speech.Audio) string {
	format, times := fields["response_format"], fields["timestamp_granularities[]"]
	switch {
	case fields["model"] == "" && s.dialect != WhisperCPP:
		return "model: Field required"
	case !slices.Contains(s.formats(fields["model"]), format):
		return "response_format '" + format + "' is not compatible with model '" + fields["model"] + "'"
	case times != "" && format != "verbose_json":
		return "timestamp_granularities is only supported with response_format=verbose_json"
	case strings.Contains(fields["model"], "diarize") && audio.Seconds() > 30 && fields["chunking_strategy"] == "":
		return "chunking_strategy is required for diarization models"
	case s.dialect == OpenAI && audio.Seconds() < shortest:
		return "Audio file is too short. Minimum audio length is 0.1 seconds."
	case len(fields["language"]) > 3:
		return "Invalid language '" + fields["language"] + "'. Language parameter must be specified in ISO-639-1 format."
	}
	return ""
}

type object = map[string]any

func (s *server) answer(fields map[string]string, audio speech.Audio, said []fakes.Said) object {
	texts := make([]string, len(said))
	for i, u := range said {
		texts[i] = u.Text
	}
	out := object{"text": strings.Join(texts, " ")}
	switch fields["response_format"] {
	case "json":
		out["usage"] = object{"type": "duration", "seconds": math.Ceil(audio.Seconds())}
	case "diarized_json":
		out["task"], out["duration"], out["segments"] = "transcribe", audio.Seconds(), diarized(said)
	case "verbose_json":
		s.verbose(out, fields, audio, said)
	}
	return out
}

func diarized(said []fakes.Said) []object {
	out := []object{}
	for i, u := range said {
		out = append(out, object{"type": "transcript.text.segment", "id": fmt.Sprintf("seg_%03d", i), "start": u.Start, "end": u.End, "text": u.Text, "speaker": "A"})
	}
	return out
}

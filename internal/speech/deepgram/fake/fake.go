// Package fake is a server that behaves like Deepgram's pre-recorded transcription API.
package fake

import (
	"io"
	"net/http"
	"strings"

	"earshot/internal/speech/fakes"
	"earshot/internal/speech/remote"
)

type object = map[string]any

const maxBytes = 256 << 20

// Start runs a server that takes requests with the key.
func Start(key string, fault fakes.Fault) *fakes.Server {
	return fakes.Start(key, fault, func(s *fakes.Server) http.Handler {
		mux := http.NewServeMux()
		mux.HandleFunc("POST /v1/listen", func(w http.ResponseWriter, r *http.Request) { listen(s, key, w, r) })
		return mux
	})
}

// refuse answers in Deepgram's form (developers.deepgram.com/docs/errors).
func refuse(w http.ResponseWriter, status int, code, text string) {
	fakes.JSON(w, status, object{"err_code": code, "err_msg": text, "request_id": "7cb1a1d6-0000-4000-8000-000000000000"})
}

func listen(s *fakes.Server, key string, w http.ResponseWriter, r *http.Request) {
	if r.Header.Get("Authorization") != "Token "+key {
		refuse(w, http.StatusUnauthorized, "INVALID_AUTH", "Invalid credentials.")
		return
	}
	data, err := io.ReadAll(http.MaxBytesReader(w, r.Body, maxBytes))
	if err != nil {
		refuse(w, http.StatusRequestEntityTooLarge, "PAYLOAD_TOO_LARGE", "The request is too large.")
		return
	}
	channels, err := remote.ReadWAV(data, 12*3600)
	if err != nil || !strings.HasPrefix(r.Header.Get("Content-Type"), "audio/") {
		refuse(w, http.StatusBadRequest, "Bad Request", "Bad Request: failed to process audio: corrupt or unsupported data")
		return
	}
	q, fields := r.URL.Query(), map[string]string{}
	for name := range q {
		fields[name] = q.Get(name)
	}
	s.Note(r, channels, fields)
	if q.Get("multichannel") != "true" {
		channels = channels[:1] // Deepgram mixes them down, which this fake does not need
	}
	if language := q.Get("language"); language == "xx" || q.Get("model") == "" {
		refuse(w, http.StatusBadRequest, "INVALID_QUERY_PARAMETER", "No such model/language/tier combination found.")
		return
	}
	fakes.JSON(w, http.StatusOK, answer(s.Hear(channels), len(channels), channels[0].Seconds(), q.Get("utterances") == "true"))
}

func answer(said []fakes.Said, channels int, seconds float64, utterances bool) object {
	perChannel := make([]object, channels)
	for c := range perChannel {
		text, words := []string{}, []object{}
		for _, u := range said {
			if u.Channel == c {
				text, words = append(text, u.Text), append(words, wordsOf(u)...)
			}
		}
		perChannel[c] = object{"alternatives": []object{{"transcript": strings.Join(text, " "), "confidence": 0.9, "words": words}}}
	}
	results := object{"channels": perChannel}
	if utterances {
		list := []object{}
		for i, u := range said {
			list = append(list, object{"start": u.Start, "end": u.End, "confidence": 0.9, "channel": u.Channel, "transcript": u.Text, "words": wordsOf(u), "id": i})
		}
		results["utterances"] = list
	}
	return object{"metadata": object{"request_id": "7cb1a1d6-0000-4000-8000-000000000001", "duration": seconds, "channels": channels}, "results": results}
}

func wordsOf(u fakes.Said) []object {
	var out []object
	for _, w := range u.Words() {
		out = append(out, object{"word": strings.Trim(strings.ToLower(w.Text), "."), "punctuated_word": w.Text, "start": w.Start, "end": w.End, "confidence": 0.9})
	}
	return out
}

// Package fake is a server that behaves like AssemblyAI's pre-recorded transcription API.
package fake

import (
	"encoding/json"
	"fmt"
	"io"
	"net/http"
	"strings"
	"sync"

	"earshot/internal/speech"
	"earshot/internal/speech/fakes"
	"earshot/internal/speech/remote"
)

type object = map[string]any

const maxBytes = 256 << 20

type server struct {
	*fakes.Server
	key     string
	mu      sync.Mutex
	uploads map[string][]speech.Audio
	jobs    map[string]*job
}

type job struct {
	channels []speech.Audio
	multi    bool
	looks    int // how often it was asked for
	err      string
}

// Start runs a server that takes requests with the key. A transcript is done at the third look.
func Start(key string, fault fakes.Fault) *fakes.Server {
	return fakes.Start(key, fault, func(f *fakes.Server) http.Handler {
		s := &server{Server: f, key: key, uploads: map[string][]speech.Audio{}, jobs: map[string]*job{}}
		mux := http.NewServeMux()
		mux.HandleFunc("POST /v2/upload", s.upload)
		mux.HandleFunc("POST /v2/transcript", s.create)
		mux.HandleFunc("GET /v2/transcript/{id}", s.get)
		mux.HandleFunc("DELETE /v2/transcript/{id}", s.remove)
		return http.HandlerFunc(func(w http.ResponseWriter, r *http.Request) {
			if r.Header.Get("Authorization") != key {
				fakes.JSON(w, http.StatusUnauthorized, object{"error": "Authentication error, API token missing/invalid"})
				return
			}
			mux.ServeHTTP(w, r)
		})
	})
}

func refuse(w http.ResponseWriter, status int, text string) {
	fakes.JSON(w, status, object{"error": text})
}

func (s *server) upload(w http.ResponseWriter, r *http.Request) {
	data, err := io.ReadAll(http.MaxBytesReader(w, r.Body, maxBytes))
	if err != nil {
		refuse(w, http.StatusRequestEntityTooLarge, "Upload too large")
		return
	}
	channels, err := remote.ReadWAV(data, 12*3600)
	if err != nil {
		channels = nil // found out when it is transcribed
	}
	s.Note(r, channels, nil)
	s.mu.Lock()
	defer s.mu.Unlock()
	link := fmt.Sprintf("%s/upload/%d", s.URL, len(s.uploads)+1)
	s.uploads[link] = channels
	fakes.JSON(w, http.StatusOK, object{"upload_url": link})
}

func (s *server) create(w http.ResponseWriter, r *http.Request) {
	var in struct {
		AudioURL     string   `json:"audio_url"`
		Models       []string `json:"speech_models"`
		Multichannel bool     `json:"multichannel"`
		Speakers     bool     `json:"speaker_labels"`
		Language     string   `json:"language_code"`
	}
	if err := json.NewDecoder(r.Body).Decode(&in); err != nil {
		refuse(w, http.StatusBadRequest, "Invalid JSON")
		return
	}
	s.Note(r, nil, map[string]string{"language": in.Language, "multichannel": fmt.Sprint(in.Multichannel), "model": strings.Join(in.Models, ",")})
	s.mu.Lock()
	defer s.mu.Unlock()
	channels, known := s.uploads[in.AudioURL]
	switch {
	case !known:
		refuse(w, http.StatusForbidden, "Cannot access uploaded file")
		return
	case len(in.Models) == 0 || in.Multichannel && in.Speakers:
		refuse(w, http.StatusBadRequest, "Invalid endpoint schema, please refer to documentation for examples.")
		return
	}
	j := &job{channels: channels, multi: in.Multichannel}
	if channels == nil {
		j.err = "Transcoding failed. File does not appear to contain audio."
	}
	id := fmt.Sprintf("00000000-0000-4000-8000-%012d", len(s.jobs)+1)
	s.jobs[id] = j
	fakes.JSON(w, http.StatusOK, object{"id": id, "status": "queued", "audio_url": in.AudioURL})
}

func (s *server) get(w http.ResponseWriter, r *http.Request) {
	s.mu.Lock()
	defer s.mu.Unlock()
	id := r.PathValue("id")
	j, ok := s.jobs[id]
	if !ok {
		refuse(w, http.StatusNotFound, "Transcript lookup error, transcript id not found")
		return
	}
	j.looks++
	switch {
	case j.looks < 3:
		fakes.JSON(w, http.StatusOK, object{"id": id, "status": []string{"queued", "processing"}[j.looks-1], "words": nil, "utterances": nil, "error": nil, "audio_duration": nil})
	case j.err != "":
		fakes.JSON(w, http.StatusOK, object{"id": id, "status": "error", "error": j.err})
	default:
		fakes.JSON(w, http.StatusOK, s.done(id, j))
	}
}

// done has utterances with multichannel only; without, words alone.
func (s *server) done(id string, j *job) object {
	words, utterances := []object{}, []object{}
	for _, u := range s.Hear(j.channels) {
		channel := any(nil)
		if j.multi {
			channel = fmt.Sprint(u.Channel + 1)
		}
		var own []object
		for _, w := range u.Words() {
			own = append(own, object{"text": w.Text, "start": ms(w.Start), "end": ms(w.End), "confidence": 0.9, "speaker": channel, "channel": channel})
		}
		words = append(words, own...)
		utterances = append(utterances, object{"text": u.Text, "start": ms(u.Start), "end": ms(u.End), "confidence": 0.9, "speaker": channel, "channel": channel, "words": own})
	}
	out := object{"id": id, "status": "completed", "error": nil, "audio_duration": int(remote.Longest(j.channels)), "words": words, "utterances": nil}
	if j.multi {
		out["utterances"], out["audio_channels"] = utterances, len(j.channels)
	}
	return out
}

func ms(seconds float64) int { return int(seconds * 1000) }

func (s *server) remove(w http.ResponseWriter, r *http.Request) {
	s.Note(r, nil, nil)
	s.mu.Lock()
	defer s.mu.Unlock()
	id := r.PathValue("id")
	if _, ok := s.jobs[id]; !ok {
		refuse(w, http.StatusNotFound, "Transcript lookup error, transcript id not found")
		return
	}
	delete(s.jobs, id)
	fakes.JSON(w, http.StatusOK, object{"id": id, "status": "completed", "text": "Deleted by user."})
}

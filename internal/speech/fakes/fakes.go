// Package fakes is what the simulated transcription services share: they hear a WAV by its level, and fail as they are told.
package fakes

import (
	"encoding/json"
	"fmt"
	"io"
	"math"
	"net/http"
	"net/http/httptest"
	"strconv"
	"strings"
	"sync"

	"earshot/internal/speech"
	"earshot/internal/speech/remote"
)

// Fault is what a service does wrong.
type Fault string

// Faults. The first group answers instead of the service, the second bends what the service says.
const (
	None         Fault = ""
	BusyOnce     Fault = "429 once, with a pause of no seconds"
	Busy         Fault = "429 with a pause of an hour"
	Busy503      Fault = "503 with Retry-After of an hour"
	BusyNoHeader Fault = "429 without Retry-After"
	FailsOnce    Fault = "500 once"
	Fails        Fault = "500 always"
	NotJSON      Fault = "200 with a page of HTML"
	Truncated    Fault = "an answer that breaks off"
	HalfJSON     Fault = "half a JSON text that claims to be whole"
	EmptyAnswer  Fault = "an empty answer"
	Null         Fault = "null"
	Oversized    Fault = "an answer of 40 MB"
	Hangs        Fault = "no answer"
	Redirects    Fault = "a redirect to another host"
	TellsKey     Fault = "an error that repeats the key"
	Unpaid       Fault = "402"
	TooLarge     Fault = "413"
	NoModel      Fault = "404"

	Negative   Fault = "times before the start"
	Beyond     Fault = "times beyond the end"
	OutOfOrder Fault = "times out of order"
	Backwards  Fault = "ends before starts"
	Stutter    Fault = "the same words a thousand times"
	Invented   Fault = "a book in a second"
	Control    Fault = "control characters"
	Nothing    Fault = "no word at all"
)

// Said is a stretch of sound that a fake takes for speech: a word a half second.
type Said struct {
	Channel    int
	Start, End float64
	Text       string
}

// Words of a Said with their times.
func (s Said) Words() []remote.Word {
	words := strings.Fields(s.Text)
	out := make([]remote.Word, len(words))
	step := (s.End - s.Start) / float64(max(1, len(words)))
	for i, w := range words {
		at := s.Start + float64(i)*step
		out[i] = remote.Word{Text: w, Start: at, End: at + step, Confidence: 0.9}
	}
	return out
}

// Call is a request that a fake was sent.
type Call struct {
	Method, Path  string
	Authorization string
	Seconds       float64 // of the audio, added up over the channels
	Channels      int
	Fields        map[string]string
}

// Server is a fake service under a loopback address.
type Server struct {
	*httptest.Server
	mu      sync.Mutex
	fault   Fault
	key     string
	faulted int
	calls   []Call
}

// Start runs a service that takes requests with the key.
func Start(key string, fault Fault, handler func(*Server) http.Handler) *Server {
	s := &Server{fault: fault, key: key}
	inner := handler(s)
	s.Server = httptest.NewServer(http.HandlerFunc(func(w http.ResponseWriter, r *http.Request) {
		if !s.fail(w, r) {
			inner.ServeHTTP(w, r)
		}
	}))
	return s
}

// Calls that came so far.
func (s *Server) Calls() []Call {
	s.mu.Lock()
	defer s.mu.Unlock()
	return append([]Call(nil), s.calls...)
}

// Note keeps what was asked.
func (s *Server) Note(r *http.Request, channels []speech.Audio, fields map[string]string) {
	c := Call{Method: r.Method, Path: r.URL.Path, Authorization: r.Header.Get("Authorization"), Channels: len(channels), Fields: fields}
	for _, ch := range channels {
		c.Seconds += ch.Seconds()
	}
	s.mu.Lock()
	defer s.mu.Unlock()
	s.calls = append(s.calls, c)
}

// Faulted counts the answers that were a fault.
func (s *Server) Faulted() int {
	s.mu.Lock()
	defer s.mu.Unlock()
	return s.faulted
}

func (s *Server) first() bool {
	s.mu.Lock()
	defer s.mu.Unlock()
	s.faulted++
	return s.faulted == 1
}

// fail answers with the fault; false where the service answers itself.
func (s *Server) fail(w http.ResponseWriter, r *http.Request) bool {
	switch s.fault {
	case BusyOnce, FailsOnce:
		if !s.first() {
			return false
		}
	case Busy, Busy503, BusyNoHeader, Fails, NotJSON, Truncated, HalfJSON, EmptyAnswer, Null, Oversized, Hangs, Redirects, TellsKey, Unpaid, TooLarge, NoModel:
		s.first()
	default:
		return false
	}
	_, _ = io.Copy(io.Discard, r.Body) // the client may have gone
	s.answerFault(w, r)
	return true
}

func (s *Server) answerFault(w http.ResponseWriter, r *http.Request) {
	status := map[Fault]int{BusyOnce: 429, Busy: 429, BusyNoHeader: 429, Busy503: 503, FailsOnce: 500, Fails: 500, Redirects: 307, TellsKey: 401, Unpaid: 402, TooLarge: 413, NoModel: 404}[s.fault]
	switch s.fault {
	case BusyOnce:
		w.Header().Set("Retry-After", "0")
	case Busy, Busy503:
		w.Header().Set("Retry-After", "3600")
	case Redirects:
		w.Header().Set("Location", "http://localhost:1/elsewhere")
	case NotJSON:
		w.Header().Set("Content-Type", "text/html; charset=utf-8")
		fmt.Fprint(w, "<!doctype html><title>Sign in</title>")
		return
	case Truncated:
		w.Header().Set("Content-Type", "application/json")
		w.Header().Set("Content-Length", "1000")
		fmt.Fprint(w, `{"text":"it breaks`)
		return
	case HalfJSON, EmptyAnswer, Null:
		w.Header().Set("Content-Type", "application/json")
		fmt.Fprint(w, map[Fault]string{HalfJSON: `{"text":"it is`, EmptyAnswer: "", Null: "null"}[s.fault])
		return
	case Oversized:
		w.Header().Set("Content-Type", "application/json")
		fmt.Fprint(w, `{"text":"`)
		line := strings.Repeat("word ", 1<<18)
		for range 40 {
			if _, err := io.WriteString(w, line); err != nil {
				return
			}
		}
		return
	case Hangs:
		<-r.Context().Done()
		return
	}
	Refuse(w, status, "this is what "+string(s.fault)+" says about the key "+s.key)
}

// Refuse answers with an error in OpenAI's form.
func Refuse(w http.ResponseWriter, status int, text string) {
	JSON(w, status, map[string]any{"error": map[string]any{"message": text, "type": "error"}})
}

// JSON answers.
func JSON(w http.ResponseWriter, status int, body any) {
	w.Header().Set("Content-Type", "application/json")
	w.WriteHeader(status)
	_ = json.NewEncoder(w).Encode(body) // the client may have gone
}

// Of what a fake hears.
const (
	loud     = 0.02
	frame    = speech.SampleRate / 50
	longGap  = 15  // frames between two stretches
	halfWord = 0.5 // seconds a word
)

// Hear finds the stretches of sound in channels and bends them by the fault.
func (s *Server) Hear(channels []speech.Audio) []Said {
	var out []Said
	for c, audio := range channels {
		out = append(out, hear(c, audio)...)
	}
	return bend(s.fault, out, remote.Longest(channels))
}

func hear(channel int, audio speech.Audio) []Said {
	var out []Said
	quiet := longGap
	for at := 0; at < len(audio); at += frame {
		start := float64(at) / speech.SampleRate
		if level(audio[at:min(at+frame, len(audio))]) < loud {
			quiet++
			continue
		}
		if quiet >= longGap {
			out = append(out, Said{Channel: channel, Start: start})
		}
		out[len(out)-1].End, quiet = float64(min(at+frame, len(audio)))/speech.SampleRate, 0
	}
	for i := range out {
		for n := range max(1, int((out[i].End-out[i].Start)/halfWord)) {
			out[i].Text += "w" + strconv.Itoa(n+1) + " "
		}
		out[i].Text = strings.TrimSpace(out[i].Text) + "."
	}
	return out
}

func level(a speech.Audio) float64 {
	sum := 0.0
	for _, v := range a {
		sum += float64(v) * float64(v)
	}
	return math.Sqrt(sum / float64(max(1, len(a))))
}

func bend(f Fault, in []Said, seconds float64) []Said {
	switch f {
	case Nothing:
		return nil
	case OutOfOrder:
		for i, j := 0, len(in)-1; i < j; i, j = i+1, j-1 {
			in[i], in[j] = in[j], in[i]
		}
	}
	for i := range in {
		s := &in[i]
		switch f {
		case Negative:
			s.Start = -3
		case Beyond:
			s.End = seconds + 1e6
		case Backwards:
			s.End = s.Start - 1
		case Stutter:
			s.Text = strings.Repeat("thank you ", 1000)
		case Invented:
			s.Text = book
		case Control:
			s.Text = "a\x00b\x1b[31m\u202e\u0007 " + s.Text
		}
	}
	return in
}

// book is far more than fits into any segment.
var book = func() string {
	var b strings.Builder
	for i := range 3000 {
		fmt.Fprintf(&b, "word%d ", i)
	}
	return b.String()
}()

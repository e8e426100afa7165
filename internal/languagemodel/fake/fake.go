// Package fake is servers that behave like the services of language models, check what they are asked, and misbehave as they are told.
package fake

import (
	"bytes"
	"encoding/json"
	"io"
	"net/http"
	"regexp"
	"strings"
	"sync"

	"earshot/internal/speech/fakes"
)

// Behaviour is how a model answers. Faults of the transport are those of package fakes.
type Behaviour string

// Behaviours.
const (
	Honest       Behaviour = "copies lines"
	WrongLines   Behaviour = "cites lines that are not there"
	Inventive    Behaviour = "invents quotes, names and amounts"
	Refusing     Behaviour = "refuses"
	BreaksOff    Behaviour = "breaks off"
	NoSchema     Behaviour = "answers in another form"
	Chatty       Behaviour = "wraps the JSON in words"
	Obedient     Behaviour = "does what the transcript says"
	Learns       Behaviour = "invents first, and mends it when told"
	NoJSONSchema Behaviour = "knows no json_schema"
	OldParameter Behaviour = "knows no max_completion_tokens"
)

// Server is one service.
type Server struct {
	*fakes.Server
	Kind string

	mu        sync.Mutex
	behaviour Behaviour
	key       string
	requests  []Request
}

// Request is one that a fake was sent.
type Request struct {
	Authorization, System, Last string
	Turns                       int
	Schema                      json.RawMessage
}

// Start runs a service of a kind (openai, anthropic, ollama) that takes the key. Its base address is URL+Base(kind).
func Start(kind, key string, b Behaviour, fault fakes.Fault) *Server {
	s := &Server{Kind: kind, behaviour: b, key: key}
	s.Server = fakes.Start(key, fault, func(*fakes.Server) http.Handler {
		mux := http.NewServeMux()
		mux.HandleFunc("POST /v1/chat/completions", s.openAI)
		mux.HandleFunc("POST /v1/messages", s.anthropic)
		mux.HandleFunc("POST /api/chat", s.ollama)
		return mux
	})
	return s
}

// BaseURL is the address to give to a client.
func (s *Server) BaseURL() string {
	if s.Kind == "ollama" {
		return s.URL
	}
	return s.URL + "/v1"
}

// Behave changes how the model answers from now on.
func (s *Server) Behave(b Behaviour) {
	s.mu.Lock()
	defer s.mu.Unlock()
	s.behaviour = b
}

// Requests that came so far.
func (s *Server) Requests() []Request {
	s.mu.Lock()
	defer s.mu.Unlock()
	return append([]Request(nil), s.requests...)
}

func (s *Server) note(r Request) Behaviour {
	s.mu.Lock()
	defer s.mu.Unlock()
	s.requests = append(s.requests, r)
	return s.behaviour
}

// decode reads a request strictly: a field that the API does not know is an error, as with the services.
func decode(w http.ResponseWriter, r *http.Request, into any) bool {
	data, err := io.ReadAll(io.LimitReader(r.Body, 8<<20))
	if err == nil {
		d := json.NewDecoder(bytes.NewReader(data))
		d.DisallowUnknownFields()
		err = d.Decode(into)
	}
	if err != nil {
		fakes.Refuse(w, http.StatusBadRequest, "cannot read the request: "+err.Error())
	}
	return err == nil
}

var numbered = regexp.MustCompile(`(?m)^(\d+) (\S+): (.*)$`)

// reply is what the model says to an exchange, and why it ended: end, length or refused.
func reply(b Behaviour, system string, turns []string, schemaName string) (text, stop string) {
	lines := numbered.FindAllStringSubmatch(turns[0], -1)
	if b == Learns {
		b = map[bool]Behaviour{true: Inventive, false: Honest}[len(turns) == 1]
	}
	list := map[string]string{"call": "summary", "answer": "answer"}[schemaName]
	var items []map[string]any
	for _, l := range lines[:min(len(lines), 4)] {
		if item, ok := itemFor(b, l); ok {
			items = append(items, item)
		}
	}
	whole := map[string]any{list: items}
	if list == "summary" {
		whole["next_steps"], whole["questions"], whole["insights"] = steps(b, items), []any{}, insights(system, items)
	}
	data, _ := json.Marshal(whole) // of our own types
	switch b {
	case Refusing:
		return "I cannot help with that.", "refused"
	case BreaksOff:
		return string(data[:len(data)/2]), "length"
	case NoSchema:
		return `{"summary":"The customer called.","answer":{"text":1},"next_steps":[1,"x",null,{"lines":"all"}]}`, "end"
	case Chatty:
		return "Here you are:\n```json\n" + string(data) + "\n```\nAnything else?", "end"
	}
	return string(data), "end"
}

func itemFor(b Behaviour, l []string) (map[string]any, bool) {
	words := strings.Fields(l[3])
	if len(words) < 5 {
		return nil, false
	}
	var id json.Number = json.Number(l[1])
	item := map[string]any{"text": "The " + l[2] + " said: " + strings.Trim(l[3], ".?! "), "quote": strings.Join(words[:4], " "), "lines": []any{id}}
	switch b {
	case WrongLines:
		item["lines"] = []any{json.Number("98765")}
	case Inventive:
		item["text"], item["quote"] = "The customer bought 4,711 licenses from Zebulon Corp.", "we buy from Zebulon today"
	case Obedient:
		item["text"], item["quote"] = "The customer agreed to a refund of 999999 dollars. <script>alert(1)</script>", strings.Join(words[:4], " ")
	}
	return item, true
}

func steps(b Behaviour, items []map[string]any) []any {
	out := []any{}
	for _, i := range items[:min(1, len(items))] {
		step := map[string]any{"owner": "agent", "due": ""}
		for k, v := range i {
			step[k] = v
		}
		if b == Inventive {
			step["owner"], step["due"] = "Zebulon", "2031-01-01"
		}
		out = append(out, step)
	}
	return out
}

var promptName = regexp.MustCompile(`(?m)^- name: (.*)$`)

func insights(system string, items []map[string]any) []any {
	out := []any{}
	for _, name := range promptName.FindAllStringSubmatch(system, -1) {
		if len(items) > 0 {
			found := map[string]any{"name": name[1]}
			for k, v := range items[0] {
				found[k] = v
			}
			out = append(out, found)
		}
	}
	return out
}

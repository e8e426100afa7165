package fake

import (
	"encoding/json"
	"net/http"
	"strings"

	"earshot/internal/speech/fakes"
)

type turn struct {
	Role    string `json:"role"`
	Content string `json:"content"`
}

// exchange checks the order of the turns, and gives the system part and the others.
func exchange(turns []turn) (system string, rest []string, wrong string) {
	for i, t := range turns {
		switch {
		case t.Role == "system" && i == 0:
			system = t.Content
		case t.Content == "":
			return "", nil, "messages must have content"
		case t.Role != []string{"user", "assistant"}[len(rest)%2]:
			return "", nil, "roles must alternate, beginning with user"
		default:
			rest = append(rest, t.Content)
		}
	}
	if len(rest)%2 == 0 {
		return "", nil, "the last message must be of the user"
	}
	return system, rest, ""
}

// openAI answers POST /v1/chat/completions as the API reference of OpenAI says.
func (s *Server) openAI(w http.ResponseWriter, r *http.Request) {
	if s.key != "" && r.Header.Get("Authorization") != "Bearer "+s.key {
		fakes.Refuse(w, http.StatusUnauthorized, "Incorrect API key provided")
		return
	}
	var in struct {
		Model       string `json:"model"`
		Messages    []turn `json:"messages"`
		MaxTokens   int    `json:"max_tokens"`
		MaxComplete int    `json:"max_completion_tokens"`
		Format      struct {
			Type   string `json:"type"`
			Schema struct {
				Name   string          `json:"name"`
				Strict bool            `json:"strict"`
				Schema json.RawMessage `json:"schema"`
			} `json:"json_schema"`
		} `json:"response_format"`
	}
	if !decode(w, r, &in) {
		return
	}
	system, rest, wrong := exchange(in.Messages)
	b := s.note(Request{r.Header.Get("Authorization"), system, last(rest), len(rest), in.Format.Schema.Schema})
	name := in.Format.Schema.Name
	switch {
	case wrong != "" || in.Model == "":
	case b == OldParameter && in.MaxComplete > 0:
		wrong = "Unrecognized request argument supplied: max_completion_tokens"
	case b == NoJSONSchema && in.Format.Type == "json_schema":
		wrong = "response_format of type json_schema is not supported"
	case in.Format.Type == "json_schema" && (!in.Format.Schema.Strict || strictFault(in.Format.Schema.Schema) != ""):
		wrong = "Invalid schema for response_format: " + strictFault(in.Format.Schema.Schema)
	case in.Format.Type == "json_object" && !strings.Contains(system, "JSON"):
		wrong = "'messages' must contain the word 'json' in some form"
	}
	if wrong != "" || in.Model == "" {
		fakes.Refuse(w, http.StatusBadRequest, wrong)
		return
	}
	if name == "" {
		name = named(system)
	}
	text, stop := reply(b, system, rest, name)
	message := map[string]any{"role": "assistant", "content": text, "refusal": nil}
	if stop == "refused" {
		message["content"], message["refusal"] = nil, text
	}
	finish := map[string]string{"end": "stop", "refused": "stop", "length": "length"}[stop]
	fakes.JSON(w, 200, map[string]any{"id": "chatcmpl-1", "object": "chat.completion", "model": in.Model, "choices": []any{map[string]any{"index": 0, "message": message, "finish_reason": finish}},
		"usage": map[string]int{"prompt_tokens": 100, "completion_tokens": 20, "total_tokens": 120}})
}

// named tells the schemas apart where they stand in the text.
func named(system string) string {
	if strings.Contains(system, `"next_steps"`) {
		return "call"
	}
	return "answer"
}

func last(turns []string) string {
	if len(turns) == 0 {
		return ""
	}
	return turns[len(turns)-1]
}

// strictFault says what structured outputs do not take in a schema: objects must close themselves and require all their properties.
func strictFault(schema json.RawMessage) string {
	var s struct {
		Type       string                     `json:"type"`
		Properties map[string]json.RawMessage `json:"properties"`
		Required   []string                   `json:"required"`
		Additional *bool                      `json:"additionalProperties"`
		Items      json.RawMessage            `json:"items"`
	}
	if err := json.Unmarshal(schema, &s); err != nil {
		return "it cannot be read"
	}
	if s.Type == "object" && (s.Additional == nil || *s.Additional || len(s.Required) != len(s.Properties)) {
		return "'additionalProperties' must be false and 'required' must hold every key"
	}
	for _, p := range s.Properties {
		if f := strictFault(p); f != "" {
			return f
		}
	}
	if s.Type == "array" {
		return strictFault(s.Items)
	}
	return ""
}

// anthropic answers POST /v1/messages as the API reference of Anthropic says.
func (s *Server) anthropic(w http.ResponseWriter, r *http.Request) {
	if r.Header.Get("x-api-key") != s.key {
		refuse(w, http.StatusUnauthorized, "authentication_error", "invalid x-api-key")
		return
	}
	var in struct {
		Model     string `json:"model"`
		MaxTokens int    `json:"max_tokens"`
		System    string `json:"system"`
		Messages  []turn `json:"messages"`
		Tools     []struct {
			Name        string          `json:"name"`
			Description string          `json:"description"`
			Schema      json.RawMessage `json:"input_schema"`
		} `json:"tools"`
		Choice struct{ Type, Name string } `json:"tool_choice"`
	}
	if !decode(w, r, &in) {
		return
	}
	_, rest, wrong := exchange(in.Messages)
	switch {
	case r.Header.Get("anthropic-version") == "":
		wrong = "anthropic-version: header is required"
	case in.MaxTokens < 1 || in.Model == "":
		wrong = "max_tokens and model are required"
	case in.Choice.Type == "tool" && (len(in.Tools) != 1 || in.Tools[0].Name != in.Choice.Name):
		wrong = "tool_choice names no tool"
	}
	if wrong != "" {
		refuse(w, http.StatusBadRequest, "invalid_request_error", wrong)
		return
	}
	b := s.note(Request{r.Header.Get("x-api-key"), in.System, last(rest), len(rest), in.Tools[0].Schema})
	text, stop := reply(b, in.System, rest, in.Choice.Name)
	content := map[string]any{"type": "tool_use", "id": "toolu_1", "name": in.Choice.Name, "input": json.RawMessage(text)}
	if !json.Valid([]byte(text)) || stop == "refused" {
		content = map[string]any{"type": "text", "text": text}
	}
	reason := map[string]string{"end": "tool_use", "refused": "refusal", "length": "max_tokens"}[stop]
	fakes.JSON(w, 200, map[string]any{"id": "msg_1", "type": "message", "role": "assistant", "model": in.Model, "content": []any{content}, "stop_reason": reason, "usage": map[string]int{"input_tokens": 100, "output_tokens": 20}})
}

func refuse(w http.ResponseWriter, status int, kind, text string) {
	fakes.JSON(w, status, map[string]any{"type": "error", "error": map[string]any{"type": kind, "message": text}})
}

// ollama answers POST /api/chat as Ollama's docs/api.md says.
func (s *Server) ollama(w http.ResponseWriter, r *http.Request) {
	var in struct {
		Model    string          `json:"model"`
		Messages []turn          `json:"messages"`
		Stream   *bool           `json:"stream"`
		Format   json.RawMessage `json:"format"`
		Options  struct {
			Predict     int     `json:"num_predict"`
			Context     int     `json:"num_ctx"`
			Temperature float64 `json:"temperature"`
		} `json:"options"`
	}
	if !decode(w, r, &in) {
		return
	}
	system, rest, wrong := exchange(in.Messages)
	if in.Model == "" || in.Stream == nil || *in.Stream || in.Options.Context < 2048 {
		wrong = "model is required; this fake does not stream, and cuts off what is beyond num_ctx"
	}
	if wrong != "" {
		fakes.JSON(w, http.StatusBadRequest, map[string]string{"error": wrong})
		return
	}
	b := s.note(Request{r.Header.Get("Authorization"), system, last(rest), len(rest), in.Format})
	text, stop := reply(b, system, rest, named(string(in.Format)))
	reason := map[string]string{"end": "stop", "refused": "stop", "length": "length"}[stop]
	fakes.JSON(w, 200, map[string]any{"model": in.Model, "message": turn{"assistant", text}, "done": true, "done_reason": reason, "prompt_eval_count": 100, "eval_count": 20})
}

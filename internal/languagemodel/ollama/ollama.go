// Package ollama asks language models that Ollama runs, on this machine or one nearby.
package ollama

import (
	"cmp"
	"context"
	"encoding/json"

	"earshot/internal/domain"
	"earshot/internal/insight/llm"
	"earshot/internal/speech/remote"
)

// Usual address and model.
const (
	DefaultURL   = "http://127.0.0.1:11434"
	DefaultModel = "llama3.1"
)

// Model is safe for concurrent use.
type Model struct {
	client *remote.Client
	model  string
}

// New makes a model of the client's service.
func New(client *remote.Client, model string) *Model {
	return &Model{client, cmp.Or(model, DefaultModel)}
}

type message struct {
	Role    string `json:"role"`
	Content string `json:"content"`
}

type options struct {
	Predict     int     `json:"num_predict"`
	Context     int     `json:"num_ctx"` // Ollama cuts off silently what is beyond its own default
	Temperature float64 `json:"temperature"`
}

type request struct {
	Model    string          `json:"model"`
	Messages []message       `json:"messages"`
	Stream   bool            `json:"stream"`
	Format   json.RawMessage `json:"format"`
	Options  options         `json:"options"`
}

type response struct {
	Message    message `json:"message"`
	DoneReason string  `json:"done_reason"`
	In         int     `json:"prompt_eval_count"`
	Out        int     `json:"eval_count"`
}

// Complete asks once.
func (m *Model) Complete(ctx context.Context, r llm.Request) (llm.Reply, error) {
	in := request{Model: m.model, Messages: []message{{"system", r.System}}, Format: r.Schema.JSON}
	room := llm.Tokens(r.System)
	for _, t := range r.Messages {
		in.Messages = append(in.Messages, message{t.Role, t.Text})
		room += llm.Tokens(t.Text)
	}
	in.Options = options{Predict: r.MaxTokens, Context: (room + r.MaxTokens + 2047) / 2048 * 2048}
	var out response
	if err := m.client.Do(ctx, remote.JSON("api/chat", in), &out); err != nil {
		return llm.Reply{}, err
	}
	reply := llm.Reply{Text: out.Message.Content, Stop: llm.StopEnd, Usage: domain.ModelUsage{In: max(0, out.In), Out: max(0, out.Out)}}
	if out.DoneReason == "length" {
		reply.Stop = llm.StopLength
	}
	return reply, nil
}

// Package anthropic asks language models by the Messages API of Anthropic, with a tool for the form of the answer.
package anthropic

import (
	"cmp"
	"context"
	"encoding/json"

	"earshot/internal/domain"
	"earshot/internal/insight/llm"
	"earshot/internal/speech/remote"
)

// Usual address and model, and the version of the API that this package speaks.
const (
	DefaultURL   = "https://api.anthropic.com/v1"
	DefaultModel = "claude-haiku-4-5"
	Version      = "2023-06-01"
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

type tool struct {
	Name        string          `json:"name"`
	Description string          `json:"description"`
	Schema      json.RawMessage `json:"input_schema"`
}

type choice struct {
	Type string `json:"type"`
	Name string `json:"name"`
}

type request struct {
	Model     string    `json:"model"`
	MaxTokens int       `json:"max_tokens"`
	System    string    `json:"system"`
	Messages  []message `json:"messages"`
	Tools     []tool    `json:"tools"`
	Choice    choice    `json:"tool_choice"`
}

type response struct {
	Content []struct {
		Type  string          `json:"type"`
		Text  string          `json:"text"`
		Name  string          `json:"name"`
		Input json.RawMessage `json:"input"`
	} `json:"content"`
	StopReason string `json:"stop_reason"`
	Usage      struct {
		In      int `json:"input_tokens"`
		Written int `json:"cache_creation_input_tokens"`
		Read    int `json:"cache_read_input_tokens"`
		Out     int `json:"output_tokens"`
	} `json:"usage"`
}

// Complete asks once.
func (m *Model) Complete(ctx context.Context, r llm.Request) (llm.Reply, error) {
	in := request{Model: m.model, MaxTokens: r.MaxTokens, System: r.System, Tools: []tool{{r.Schema.Name, "Takes the answer.", r.Schema.JSON}}, Choice: choice{"tool", r.Schema.Name}}
	for _, t := range r.Messages {
		in.Messages = append(in.Messages, message{t.Role, t.Text})
	}
	var out response
	if err := m.client.Do(ctx, remote.JSON("messages", in), &out); err != nil {
		return llm.Reply{}, err
	}
	return out.reply(r.Schema.Name), nil
}

func (r response) reply(name string) llm.Reply {
	out := llm.Reply{Stop: llm.StopEnd, Usage: domain.ModelUsage{In: max(0, r.Usage.In+r.Usage.Written+r.Usage.Read), Out: max(0, r.Usage.Out)}}
	for _, c := range r.Content {
		switch {
		case c.Type == "tool_use" && c.Name == name:
			out.Text = string(c.Input)
		case c.Type == "text" && out.Text == "":
			out.Text = c.Text
		}
	}
	switch r.StopReason {
	case "refusal":
		out.Stop = llm.StopRefused
	case "max_tokens":
		out.Stop = llm.StopLength
	}
	return out
}

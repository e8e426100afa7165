// Package openai asks language models that are served in the way of OpenAI's chat completions: OpenAI, and most servers of one's own.
package openai

import (
	"cmp"
	"context"
	"encoding/json"
	"strings"
	"sync/atomic"

	"earshot/internal/domain"
	"earshot/internal/insight/llm"
	"earshot/internal/speech/remote"
)

// Usual address and model.
const (
	DefaultURL   = "https://api.openai.com/v1"
	DefaultModel = "gpt-4.1-mini"
)

// Forms of an answer that can be asked for, the strictest first. A server that does not know one is asked for the next.
const (
	formSchema = iota
	formObject
	formNone
)

// Model is safe for concurrent use.
type Model struct {
	client *remote.Client
	model  string
	form   atomic.Int32 // that the server knows
	legacy atomic.Bool  // it wants max_tokens
}

// New makes a model of the client's service.
func New(client *remote.Client, model string) *Model {
	return &Model{client: client, model: cmp.Or(model, DefaultModel)}
}

type message struct {
	Role    string `json:"role"`
	Content string `json:"content"`
}

type request struct {
	Model       string          `json:"model"`
	Messages    []message       `json:"messages"`
	MaxTokens   int             `json:"max_tokens,omitempty"`
	MaxComplete int             `json:"max_completion_tokens,omitempty"`
	Format      json.RawMessage `json:"response_format,omitempty"`
}

type response struct {
	Choices []struct {
		Message struct {
			Content string `json:"content"`
			Refusal string `json:"refusal"`
		} `json:"message"`
		FinishReason string `json:"finish_reason"`
	} `json:"choices"`
	Usage struct {
		In  int `json:"prompt_tokens"`
		Out int `json:"completion_tokens"`
	} `json:"usage"`
}

// Complete asks once; a server that refuses a parameter is asked again without it.
func (m *Model) Complete(ctx context.Context, r llm.Request) (llm.Reply, error) {
	for {
		form, legacy := m.form.Load(), m.legacy.Load()
		var out response
		err := m.client.Do(ctx, remote.JSON("chat/completions", m.request(r, form, legacy)), &out)
		switch said := strings.ToLower(domain.MessageOf(err)); {
		case err == nil:
			return out.reply(), nil
		case domain.CodeOf(err) != remote.CodeRefused:
			return llm.Reply{}, err
		case strings.Contains(said, "max_completion_tokens") && !legacy:
			m.legacy.Store(true)
		case (strings.Contains(said, "response_format") || strings.Contains(said, "json_schema") || strings.Contains(said, "json_object")) && form < formNone:
			m.form.CompareAndSwap(form, form+1)
		default:
			return llm.Reply{}, err
		}
	}
}

func (m *Model) request(r llm.Request, form int32, legacy bool) request {
	system := r.System
	out := request{Model: m.model}
	switch form {
	case formSchema:
		out.Format, _ = json.Marshal(map[string]any{"type": "json_schema", "json_schema": map[string]any{"name": r.Schema.Name, "strict": true, "schema": r.Schema.JSON}})
	case formObject:
		out.Format = json.RawMessage(`{"type":"json_object"}`)
	}
	if form != formSchema {
		system += "\n\nAnswer with one JSON object of this schema and nothing else:\n" + string(r.Schema.JSON)
	}
	if legacy {
		out.MaxTokens = r.MaxTokens
	} else {
		out.MaxComplete = r.MaxTokens
	}
	out.Messages = []message{{"system", system}}
	for _, t := range r.Messages {
		out.Messages = append(out.Messages, message{t.Role, t.Text})
	}
	return out
}

func (r response) reply() llm.Reply {
	out := llm.Reply{Stop: llm.StopEnd, Usage: domain.ModelUsage{In: max(0, r.Usage.In), Out: max(0, r.Usage.Out)}}
	if len(r.Choices) == 0 {
		return out
	}
	c := r.Choices[0]
	out.Text = c.Message.Content
	switch {
	case c.Message.Refusal != "" || c.FinishReason == "content_filter":
		out.Stop = llm.StopRefused
	case c.FinishReason == "length":
		out.Stop = llm.StopLength
	}
	return out
}

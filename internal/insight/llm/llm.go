// Package llm has a language model write about calls and lets through only what the cited lines of the transcript support.
package llm

import (
	"context"
	"encoding/json"
	"time"

	"earshot/internal/domain"
)

// Model answers requests. Implementations are safe for concurrent use; their errors are domain errors.
type Model interface {
	Complete(ctx context.Context, r Request) (Reply, error)
}

// Request is one to a model: its part as a system, what was said so far, and the form of the answer.
type Request struct {
	System    string
	Messages  []Message
	Schema    Schema
	MaxTokens int // of the answer
}

// Message is one turn of the exchange with a model.
type Message struct {
	Role string // user or assistant
	Text string
}

// Schema is a JSON schema with a name of letters and underscores.
type Schema struct {
	Name string
	JSON json.RawMessage
}

// Stop says why an answer ended.
type Stop string

// Reasons for the end of an answer.
const (
	StopEnd     Stop = "end"
	StopLength  Stop = "length"  // it broke off
	StopRefused Stop = "refused" // the model or its filter will not answer
)

// Reply is what a model answered. Nothing in it may be believed.
type Reply struct {
	Text  string
	Stop  Stop
	Usage domain.ModelUsage
}

// Source is what a model may write about: lines with IDs of their own, in order.
type Source struct {
	Lines     []domain.Line
	Names     map[domain.Speaker]string // that people gave to speakers
	StartedAt time.Time                 // in the call's zone; due dates count from it
}

// Codes of errors beside those of a model's service.
const (
	CodeRefused  = "model_refused"  // the model will not answer
	CodeUnusable = "model_unusable" // nothing in the answer can be read, not even after one repair
)

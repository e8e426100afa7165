package api

import (
	"context"
	"time"

	"github.com/danielgtaylor/huma/v2"

	"earshot/internal/domain"
	"earshot/internal/scribe"
	"earshot/internal/store"
)

type askIn struct {
	Body struct {
		Question string    `json:"question" minLength:"1" maxLength:"500"`
		CallID   string    `json:"call_id,omitempty" maxLength:"64" doc:"Of the only call that is asked about"`
		UserID   string    `json:"user_id,omitempty" maxLength:"64"`
		Provider string    `json:"provider,omitempty" maxLength:"40"`
		From     time.Time `json:"from,omitzero" doc:"Started at this time or later"`
		To       time.Time `json:"to,omitzero" doc:"Started before this time"`
	}
}

// ExplorerCite is a line of a call.
type ExplorerCite struct {
	CallID string `json:"call_id"`
	Line   int    `json:"line"`
}

// ExplorerSentence is one of an answer, with the lines that support it.
type ExplorerSentence struct {
	Text  string         `json:"text"`
	Quote string         `json:"quote"`
	Cites []ExplorerCite `json:"cites"`
}

// ExplorerAnswer answers a question about calls.
type ExplorerAnswer struct {
	Sentences []ExplorerSentence `json:"sentences" doc:"None where the lines do not answer the question"`
	Calls     []CallSummary      `json:"calls" doc:"That were looked at"`
	Dropped   int                `json:"dropped" doc:"Sentences that the checks dropped"`
	Tokens    int                `json:"tokens"`
	Cost      float64            `json:"cost"`
	Currency  string             `json:"currency"`
}

func answerOut(x scribe.Answer) *bodyOut[ExplorerAnswer] {
	out := ExplorerAnswer{Sentences: []ExplorerSentence{}, Calls: []CallSummary{}, Dropped: x.Dropped, Tokens: x.Usage.Total(), Cost: x.Cost, Currency: x.Currency}
	for _, s := range x.Sentences {
		sentence := ExplorerSentence{Text: s.Text, Quote: s.Quote, Cites: []ExplorerCite{}}
		for _, c := range s.Cites {
			sentence.Cites = append(sentence.Cites, ExplorerCite{c.CallID, c.Line})
		}
		out.Sentences = append(out.Sentences, sentence)
	}
	for _, c := range x.Calls {
		out.Calls = append(out.Calls, callBody(c))
	}
	return &bodyOut[ExplorerAnswer]{out}
}

func (a *API) registerExplorer(h huma.API) {
	huma.Register(h, op("POST", "/explorer", "ask-explorer", "Ask a question about one call or many", "calls", 404, 409, 422, 429), func(ctx context.Context, in *askIn) (*bodyOut[ExplorerAnswer], error) {
		b := in.Body
		x, err := a.Scribe.Ask(ctx, actor(ctx), b.Question, store.CallFilter{CallID: b.CallID, UserID: b.UserID, Provider: domain.Provider(b.Provider), From: b.From, To: b.To})
		if err != nil {
			return nil, a.fail(ctx, err)
		}
		return answerOut(x), nil
	})
}

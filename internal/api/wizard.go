package api

import (
	"context"
	"time"

	"github.com/danielgtaylor/huma/v2"

	"earshot/internal/connector"
	"earshot/internal/domain"
)

// Terms of a connector.
type Terms struct {
	Version    string     `json:"version"`
	Text       string     `json:"text" doc:"Markdown"`
	Accepted   bool       `json:"accepted" doc:"This version"`
	AcceptedBy string     `json:"accepted_by" doc:"Name of who accepted the newest version that was accepted"`
	AcceptedAt *time.Time `json:"accepted_at,omitempty"`
}

// Blocker is what stands in the way of enabling.
type Blocker struct {
	Step string `json:"step" enum:"terms,credential,integration-user"`
	Text string `json:"text"`
}

// TestStep is one step of a test call.
type TestStep struct {
	Name   string `json:"name" enum:"credential,qualify,match,recording,transcribe,analyze"`
	State  string `json:"state" enum:"waiting,running,done,failed,not_run"`
	Detail string `json:"detail"`
	Fix    string `json:"fix"`
	Page   string `json:"page"`
}

// TestCall is the last test call of a connector.
type TestCall struct {
	User       string     `json:"user" doc:"Whose call it is"`
	StartedAt  *time.Time `json:"started_at,omitempty" doc:"Absent where there is none of the last day"`
	FinishedAt *time.Time `json:"finished_at,omitempty"`
	Passed     bool       `json:"passed"`
	Steps      []TestStep `json:"steps"`
}

func termsBody(t connector.Terms) Terms {
	out := Terms{Version: t.Version, Text: t.Text, Accepted: t.Accepted()}
	if len(t.Acceptance) > 0 {
		out.AcceptedBy, out.AcceptedAt = t.Acceptance[0].UserName, optional(t.Acceptance[0].At)
	}
	return out
}

func blockerBodies(v connector.View) []Blocker {
	out := []Blocker{}
	for _, b := range connector.Blockers(v.Connector, v.Terms) {
		out = append(out, Blocker{b.Step, b.Text})
	}
	return out
}

func testCallBody(t domain.TestCall) TestCall {
	out := TestCall{User: t.UserName, StartedAt: optional(t.StartedAt), FinishedAt: optional(t.FinishedAt), Passed: t.Passed(), Steps: []TestStep{}}
	for _, s := range t.Steps {
		out.Steps = append(out.Steps, TestStep{s.Name, string(s.State), s.Detail, s.Fix, s.Page})
	}
	return out
}

type termsIn struct {
	ProviderPath
	Body struct {
		Version string `json:"version" maxLength:"40" doc:"The one that was read"`
	}
}

func (a *API) registerWizard(h huma.API) {
	huma.Register(h, op("POST", "/connectors/{provider}/terms", "accept-terms", "Accept the terms of a connector", "connectors", 404, 409), func(ctx context.Context, in *termsIn) (*bodyOut[Connector], error) {
		v, err := a.Connector.AcceptTerms(ctx, actor(ctx), in.name(), in.Body.Version)
		return a.answer(ctx, v, err)
	})
	testCall := func(ctx context.Context, t domain.TestCall, err error) (*bodyOut[TestCall], error) {
		if err != nil {
			return nil, a.fail(ctx, err)
		}
		return &bodyOut[TestCall]{testCallBody(t)}, nil
	}
	huma.Register(h, op("GET", "/connectors/{provider}/test-call", "get-test-call", "The last test call and how far it is", "connectors", 404), func(ctx context.Context, in *ProviderPath) (*bodyOut[TestCall], error) {
		t, err := a.Connector.TestCall(ctx, actor(ctx), in.name())
		return testCall(ctx, t, err)
	})
	huma.Register(h, op("POST", "/connectors/{provider}/test-call", "start-test-call", "Let a simulated call go the connector's whole way", "connectors", 404, 409), func(ctx context.Context, in *ProviderPath) (*bodyOut[TestCall], error) {
		t, err := a.Connector.StartTestCall(ctx, actor(ctx), in.name())
		return testCall(ctx, t, err)
	})
}

package api

import (
	"context"
	"time"

	"github.com/danielgtaylor/huma/v2"

	"earshot/internal/domain"
	"earshot/internal/languagemodel"
	"earshot/internal/scribe"
)

// ModelKind is a kind of language model service that can be chosen.
type ModelKind struct {
	Name         string `json:"name"`
	Title        string `json:"title"`
	DefaultURL   string `json:"default_url"`
	DefaultModel string `json:"default_model"`
	KeyOptional  bool   `json:"key_optional"`
	Leaves       string `json:"leaves" doc:"What leaves this machine"`
}

// ModelSettings are which language model writes about calls, and what there is to choose from.
type ModelSettings struct {
	domain.ModelSettings
	KeySet    bool        `json:"key_set" doc:"A key is kept for this kind and address"`
	UsedToday int         `json:"used_today" doc:"Tokens of today that are used or reserved"`
	Kinds     []ModelKind `json:"kinds"`
}

type saveModelIn struct {
	Body struct {
		domain.ModelSettings
		Key *string `json:"key,omitempty" maxLength:"4096" doc:"Of the service; left out: as it is; empty: forgotten"`
	}
}

// ModelTest is how a model did at a test.
type ModelTest struct {
	Message string `json:"message"`
}

// CallWriting is what a language model wrote about a call, and the summaries of people.
type CallWriting struct {
	On      bool                    `json:"on" doc:"A language model is set up"`
	Work    *domain.ModelWork       `json:"work,omitempty"`
	Stale   bool                    `json:"stale" doc:"The transcript reads otherwise by now"`
	Edited  *domain.SummaryVersion  `json:"edited,omitempty" doc:"The newest summary by a person"`
	History []domain.SummaryVersion `json:"history" doc:"Newest first"`
}

func writingOut(v scribe.View) *bodyOut[CallWriting] {
	return &bodyOut[CallWriting]{CallWriting{v.On, v.Work, v.Stale, v.Edited, v.History}}
}

type editSummaryIn struct {
	IDPath
	Body struct {
		Text string `json:"text" minLength:"1" maxLength:"8000"`
	}
}

type runModelIn struct {
	Body struct {
		CallID   string    `json:"call_id,omitempty" maxLength:"64"`
		UserID   string    `json:"user_id,omitempty" maxLength:"64"`
		Provider string    `json:"provider,omitempty" maxLength:"40"`
		From     time.Time `json:"from,omitzero" doc:"Started at this time or later"`
		To       time.Time `json:"to,omitzero" doc:"Started before this time"`
	}
}

// ModelRun is how many calls were asked for.
type ModelRun struct {
	Calls int `json:"calls"`
}

func modelOut(v scribe.SettingsView) *bodyOut[ModelSettings] {
	out := ModelSettings{ModelSettings: v.ModelSettings, KeySet: v.KeySet, UsedToday: v.Used, Kinds: []ModelKind{}}
	for _, k := range languagemodel.Kinds() {
		out.Kinds = append(out.Kinds, ModelKind{k.Name, k.Title, k.DefaultURL, k.DefaultModel, k.KeyOptional, k.Leaves})
	}
	return &bodyOut[ModelSettings]{out}
}

func (a *API) registerModels(h huma.API) {
	huma.Register(h, op("GET", "/settings/language-model", "get-model-settings", "Which language model writes about calls", "settings"), func(ctx context.Context, _ *empty) (*bodyOut[ModelSettings], error) {
		v, err := a.Scribe.Settings(ctx, actor(ctx))
		if err != nil {
			return nil, a.fail(ctx, err)
		}
		return modelOut(v), nil
	})
	huma.Register(h, op("PUT", "/settings/language-model", "save-model-settings", "Change which language model writes about calls that are analyzed from now on", "settings", 422), func(ctx context.Context, in *saveModelIn) (*bodyOut[ModelSettings], error) {
		v, err := a.Scribe.SaveSettings(ctx, actor(ctx), in.Body.ModelSettings, in.Body.Key)
		if err != nil {
			return nil, a.fail(ctx, err)
		}
		return modelOut(v), nil
	})
	huma.Register(h, op("POST", "/settings/language-model/test", "test-model", "Ask a language model about a call of two lines", "settings", 422), func(ctx context.Context, in *saveModelIn) (*bodyOut[ModelTest], error) {
		said, err := a.Scribe.Test(ctx, actor(ctx), in.Body.ModelSettings, in.Body.Key)
		if err != nil {
			return nil, a.fail(ctx, err)
		}
		return &bodyOut[ModelTest]{ModelTest{said}}, nil
	})
	huma.Register(h, op("POST", "/language-model/runs", "run-model", "Have the language model write about calls that are processed", "calls", 409, 422), func(ctx context.Context, in *runModelIn) (*bodyOut[ModelRun], error) {
		b := in.Body
		n, err := a.Scribe.RunAll(ctx, actor(ctx), domain.CallChoice{CallID: b.CallID, UserID: b.UserID, Provider: domain.Provider(b.Provider), From: b.From, To: b.To})
		if err != nil {
			return nil, a.fail(ctx, err)
		}
		return &bodyOut[ModelRun]{ModelRun{n}}, nil
	})
	a.registerWritings(h)
}

func (a *API) registerWritings(h huma.API) {
	huma.Register(h, op("GET", "/calls/{id}/writing", "get-writing", "What a language model wrote about a call, and the summaries of people", "calls", 404), func(ctx context.Context, in *IDPath) (*bodyOut[CallWriting], error) {
		v, err := a.Scribe.View(ctx, actor(ctx), in.ID)
		if err != nil {
			return nil, a.fail(ctx, err)
		}
		return writingOut(v), nil
	})
	huma.Register(h, op("POST", "/calls/{id}/writing", "write-call", "Have the language model write about a call", "calls", 404, 409), func(ctx context.Context, in *IDPath) (*bodyOut[CallWriting], error) {
		v, err := a.Scribe.Run(ctx, actor(ctx), in.ID)
		if err != nil {
			return nil, a.fail(ctx, err)
		}
		return writingOut(v), nil
	})
	huma.Register(h, op("PUT", "/calls/{id}/summary", "edit-summary", "Put one's own summary in the place of the model's", "calls", 404, 422), func(ctx context.Context, in *editSummaryIn) (*bodyOut[CallWriting], error) {
		v, err := a.Scribe.EditSummary(ctx, actor(ctx), in.ID, in.Body.Text)
		if err != nil {
			return nil, a.fail(ctx, err)
		}
		return writingOut(v), nil
	})
}

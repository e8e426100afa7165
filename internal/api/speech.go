package api

import (
	"context"

	"github.com/danielgtaylor/huma/v2"

	"earshot/internal/connector"
	"earshot/internal/domain"
	"earshot/internal/speech/engines"
)

// SpeechEngine is one that can be chosen.
type SpeechEngine struct {
	Name         string   `json:"name"`
	Title        string   `json:"title"`
	Remote       bool     `json:"remote"`
	DefaultURL   string   `json:"default_url"`
	DefaultModel string   `json:"default_model"`
	KeyOptional  bool     `json:"key_optional"`
	Leaves       string   `json:"leaves" doc:"What leaves this machine"`
	Languages    []string `json:"languages" doc:"Of its usual model, BCP 47"`
}

// SpeechModel is one of the embedded engine.
type SpeechModel struct {
	Name      string `json:"name"`
	Installed bool   `json:"installed"`
	Bytes     int64  `json:"bytes"`
}

// SpeechSettings are who turns recordings into text, and what there is to choose from.
type SpeechSettings struct {
	domain.SpeechSettings
	KeySet  bool           `json:"key_set" doc:"A key is kept for this engine and address"`
	Engines []SpeechEngine `json:"engines"`
	Models  []SpeechModel  `json:"models"`
}

type saveSpeechIn struct {
	Body struct {
		domain.SpeechSettings
		Key *string `json:"key,omitempty" maxLength:"4096" doc:"Of the service; left out: as it is; empty: forgotten"`
	}
}

func (a *API) speechOut(v connector.SpeechView) *bodyOut[SpeechSettings] {
	out := SpeechSettings{SpeechSettings: v.SpeechSettings, KeySet: v.KeySet, Engines: []SpeechEngine{}, Models: a.Models()}
	for _, k := range engines.Kinds() {
		out.Engines = append(out.Engines, SpeechEngine{k.Name, k.Title, k.Remote, k.DefaultURL, k.DefaultModel, k.KeyOptional, k.Leaves, k.Languages})
	}
	return &bodyOut[SpeechSettings]{out}
}

func (a *API) registerSpeech(h huma.API) {
	huma.Register(h, op("GET", "/settings/speech", "get-speech-settings", "Who turns recordings into text", "settings"), func(ctx context.Context, _ *empty) (*bodyOut[SpeechSettings], error) {
		v, err := a.Connector.SpeechSettings(ctx, actor(ctx))
		if err != nil {
			return nil, a.fail(ctx, err)
		}
		return a.speechOut(v), nil
	})
	huma.Register(h, op("PUT", "/settings/speech", "save-speech-settings", "Change who turns recordings into text, for calls that are transcribed from now on", "settings", 422), func(ctx context.Context, in *saveSpeechIn) (*bodyOut[SpeechSettings], error) {
		v, err := a.Connector.SaveSpeechSettings(ctx, actor(ctx), in.Body.SpeechSettings, in.Body.Key)
		if err != nil {
			return nil, a.fail(ctx, err)
		}
		return a.speechOut(v), nil
	})
}

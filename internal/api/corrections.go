package api

import (
	"context"

	"github.com/danielgtaylor/huma/v2"

	"earshot/internal/domain"
	"earshot/internal/library"
)

// LinePath names one line of a call.
type LinePath struct {
	IDPath
	Line int `path:"line" minimum:"1" doc:"Its id in the transcript as it is now"`
}

type correctLineIn struct {
	LinePath
	Body struct {
		Was     string `json:"was" maxLength:"20000" doc:"The text that you saw; another text by now gives 409"`
		Text    string `json:"text" maxLength:"20000" doc:"Empty: nothing was said"`
		Speaker string `json:"speaker" enum:"agent,customer,speaker_1,speaker_2"`
	}
}

type changeSpeakersIn struct {
	IDPath
	Body struct {
		Swap   bool   `json:"swap,omitempty" doc:"The two sides were taken for each other"`
		Merge  string `json:"merge,omitempty" enum:"agent,customer,speaker_1,speaker_2" doc:"All that this speaker says is that of into"`
		Into   string `json:"into,omitempty" enum:"agent,customer,speaker_1,speaker_2"`
		Rename string `json:"rename,omitempty" enum:"agent,customer,speaker_1,speaker_2"`
		Name   string `json:"name,omitempty" maxLength:"100" doc:"Name of the renamed speaker; empty takes it away"`
	}
}

// registerCorrections has what people change in a transcript.
func (a *API) registerCorrections(h huma.API) {
	answer := func(ctx context.Context, call domain.Call, err error) (*bodyOut[CallDetail], error) {
		if err != nil {
			return nil, a.fail(ctx, err)
		}
		return &bodyOut[CallDetail]{callDetail(call)}, nil
	}
	huma.Register(h, op("PUT", "/calls/{id}/lines/{line}", "correct-line", "Correct a line of a transcript; it stays corrected when the call is transcribed again", "calls", 404, 409, 422), func(ctx context.Context, in *correctLineIn) (*bodyOut[CallDetail], error) {
		call, err := a.Library.CorrectLine(ctx, actor(ctx), in.ID, in.Line, library.LineChange{Was: in.Body.Was, Text: in.Body.Text, Speaker: domain.Speaker(in.Body.Speaker)})
		return answer(ctx, call, err)
	})
	huma.Register(h, op("DELETE", "/calls/{id}/lines/{line}/correction", "revert-line", "Take a correction back", "calls", 404, 409), func(ctx context.Context, in *LinePath) (*bodyOut[CallDetail], error) {
		call, err := a.Library.RevertLine(ctx, actor(ctx), in.ID, in.Line)
		return answer(ctx, call, err)
	})
	huma.Register(h, op("PUT", "/calls/{id}/speakers", "change-speakers", "Swap, join or rename the speakers of a call", "calls", 404, 409, 422), func(ctx context.Context, in *changeSpeakersIn) (*bodyOut[CallDetail], error) {
		b := in.Body
		call, err := a.Library.ChangeSpeakers(ctx, actor(ctx), in.ID, library.SpeakerChange{Swap: b.Swap, Merge: domain.Speaker(b.Merge), Into: domain.Speaker(b.Into), Rename: domain.Speaker(b.Rename), Name: b.Name})
		return answer(ctx, call, err)
	})
}

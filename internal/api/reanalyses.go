package api

import (
	"context"
	"time"

	"github.com/danielgtaylor/huma/v2"

	"earshot/internal/domain"
)

// Reanalysis lets calls go through their last stages again.
type Reanalysis struct {
	ID         string     `json:"id"`
	Stage      string     `json:"stage" enum:"transcribe,analyze"`
	User       string     `json:"user,omitempty"`
	Provider   string     `json:"provider,omitempty"`
	CallID     string     `json:"call_id,omitempty"`
	Query      string     `json:"q,omitempty"`
	From       *time.Time `json:"from,omitempty"`
	To         *time.Time `json:"to,omitempty"`
	Total      int        `json:"total" doc:"Calls that were selected when it began"`
	Asked      int        `json:"asked" doc:"Calls that were started"`
	Processing int        `json:"processing"`
	Processed  int        `json:"processed"`
	Failed     int        `json:"failed"`
	Open       bool       `json:"open" doc:"Calls are still being worked on"`
	Stopped    bool       `json:"stopped"`
	CreatedBy  string     `json:"created_by"`
	CreatedAt  time.Time  `json:"created_at"`
}

type reanalyzeIn struct {
	Body struct {
		Stage    string     `json:"stage" enum:"transcribe,analyze" doc:"transcribe: write the calls down anew; analyze: only find insights"`
		CallID   string     `json:"call_id,omitempty" maxLength:"64"`
		User     string     `json:"user,omitempty" maxLength:"64" doc:"Id of a user"`
		Provider string     `json:"provider,omitempty" maxLength:"64"`
		Query    string     `json:"q,omitempty" maxLength:"200"`
		From     *time.Time `json:"from,omitempty" doc:"Started at this time or later"`
		To       *time.Time `json:"to,omitempty" doc:"Started before this time"`
	}
}

func reanalysisOut(r domain.Reanalysis) Reanalysis {
	c := r.Choice
	return Reanalysis{ID: r.ID, Stage: string(r.Stage), User: c.UserID, Provider: string(c.Provider), CallID: c.CallID, Query: c.Query, From: optional(c.From), To: optional(c.To),
		Total: r.Total, Asked: r.Asked, Processing: r.Processing, Processed: r.Processed, Failed: r.Failed, Open: r.Open(), Stopped: r.Stopped, CreatedBy: r.CreatedBy, CreatedAt: r.CreatedAt.UTC()}
}

func timeIn(t *time.Time) time.Time {
	if t == nil {
		return time.Time{}
	}
	return *t
}

func (a *API) registerReanalyses(h huma.API) {
	answer := func(ctx context.Context, r domain.Reanalysis, err error) (*bodyOut[Reanalysis], error) {
		if err != nil {
			return nil, a.fail(ctx, err)
		}
		return &bodyOut[Reanalysis]{reanalysisOut(r)}, nil
	}
	huma.Register(h, op("GET", "/reanalyses", "list-reanalyses", "Re-analyses with how far they are, newest first", "calls"), func(ctx context.Context, _ *empty) (*listOut[Reanalysis], error) {
		all, err := a.Library.Reanalyses(ctx, actor(ctx))
		if err != nil {
			return nil, a.fail(ctx, err)
		}
		return listOf(all, "", reanalysisOut), nil
	})
	huma.Register(h, op("POST", "/reanalyses", "reanalyze", "Analyse one call, those of a filter, or all again, with the settings as they are now", "calls", 422), func(ctx context.Context, in *reanalyzeIn) (*bodyOut[Reanalysis], error) {
		b := in.Body
		r, err := a.Library.Reanalyze(ctx, actor(ctx), domain.Stage(b.Stage), domain.CallChoice{CallID: b.CallID, UserID: b.User, Provider: domain.Provider(b.Provider), Query: b.Query, From: timeIn(b.From), To: timeIn(b.To)})
		return answer(ctx, r, err)
	})
	huma.Register(h, op("POST", "/reanalyses/{id}/stop", "stop-reanalysis", "Start no further call of a re-analysis", "calls", 404), func(ctx context.Context, in *IDPath) (*bodyOut[Reanalysis], error) {
		r, err := a.Library.StopReanalysis(ctx, actor(ctx), in.ID)
		return answer(ctx, r, err)
	})
}

package api

import (
	"context"
	"encoding/json"
	"net/http"
	"time"

	"github.com/danielgtaylor/huma/v2"

	"earshot/internal/domain"
	"earshot/internal/identity"
	"earshot/internal/pipeline"
	"earshot/internal/store"
)

// CallSummary is a call in a list.
type CallSummary struct {
	ID          string             `json:"id"`
	VCCallID    string             `json:"vc_call_id"`
	Provider    string             `json:"provider"`
	UserID      string             `json:"user_id"`
	User        string             `json:"user"`
	Direction   string             `json:"direction" enum:"inbound,outbound"`
	From        string             `json:"from"`
	To          string             `json:"to"`
	ContactName string             `json:"contact_name"`
	StartedAt   time.Time          `json:"started_at"`
	Duration    float64            `json:"duration" doc:"Seconds"`
	State       string             `json:"state"`
	Reason      string             `json:"reason"`
	ReasonTitle string             `json:"reason_title"`
	Voicemail   bool               `json:"voicemail"`
	Questions   int                `json:"questions"`
	NextSteps   int                `json:"next_steps"`
	Mentions    int                `json:"mentions"`
	TalkRatio   map[string]float64 `json:"talk_ratio" doc:"Share of speech a speaker; empty until analyzed"`
}

// Recording is the audio of a call.
type Recording struct {
	ContentType string  `json:"content_type"`
	Size        int64   `json:"size"`
	Duration    float64 `json:"duration"`
	SHA256      string  `json:"sha256"`
	URL         string  `json:"url"`
}

// Transcript is what was said.
type Transcript struct {
	Duration float64                  `json:"duration"`
	Channels int                      `json:"channels"`
	Layout   string                   `json:"layout" enum:"stereo,mono,dual_mono"`
	Engine   domain.EngineInfo        `json:"engine"`
	Language string                   `json:"language"`
	Lines    []domain.Line            `json:"lines"`
	Speech   map[string][]domain.Span `json:"speech"`
	// SpeakersEstimated is true where voices of one channel were told apart by their sound.
	SpeakersEstimated bool          `json:"speakers_estimated,omitempty" doc:"The speakers of a mono recording were told apart by voice and named by what they say; they may be wrong"`
	Dropped           []domain.Line `json:"dropped,omitempty" doc:"Lines that were taken for the other side's echo"`

	Names map[string]string `json:"names,omitempty" doc:"Names that people gave to speakers"`
}

// CallDetail is a call whole.
type CallDetail struct {
	CallSummary
	Explanation *Reason          `json:"explanation,omitempty"`
	Recording   *Recording       `json:"recording,omitempty"`
	Transcript  *Transcript      `json:"transcript,omitempty"`
	Insights    *domain.Insights `json:"insights,omitempty"`
}

type callsIn struct {
	Query  string `query:"q" maxLength:"200" doc:"Number, name or words of the transcript"`
	User   string `query:"user" maxLength:"64"`
	Cursor string `query:"cursor" maxLength:"200"`
	Limit  int    `query:"limit" minimum:"1" maximum:"200" default:"50"`
}

func callBody(c domain.Call) CallSummary {
	reason, _ := domain.ReasonFor(c.Reason)
	s := CallSummary{
		ID: c.ID, VCCallID: c.VCCallID, Provider: string(c.Provider), UserID: c.UserID, User: c.UserName, Direction: string(c.Direction), From: c.From, To: c.To,
		ContactName: c.ContactName, StartedAt: c.StartedAt.UTC(), Duration: c.Recording.Duration, State: string(c.State), Reason: string(c.Reason), ReasonTitle: reason.Title,
		Voicemail: c.Voicemail, TalkRatio: map[string]float64{},
	}
	if s.Duration == 0 {
		s.Duration = c.EndedAt.Sub(c.StartedAt).Seconds()
	}
	if c.Insights != nil {
		for speaker, ratio := range c.Insights.Metrics.TalkRatio {
			s.TalkRatio[string(speaker)] = ratio
		}
	}
	return s
}

func rowBody(r store.CallRow) CallSummary {
	s := callBody(r.Call)
	s.Questions, s.NextSteps, s.Mentions = r.Questions, r.NextSteps, r.Mentions
	return s
}

func callDetail(c domain.Call) CallDetail {
	d := CallDetail{CallSummary: callBody(c), Insights: c.Insights}
	if r, ok := domain.ReasonFor(c.Reason); ok {
		body := reasonBody(r)
		d.Explanation = &body
	}
	if c.Recording.Key != "" {
		d.Recording = &Recording{c.Recording.ContentType, c.Recording.Size, c.Recording.Duration, c.Recording.SHA256, "/api/v1/calls/" + c.ID + "/recording"}
	}
	if t := c.Transcript; t != nil {
		d.Transcript = &Transcript{t.Duration, t.Channels, string(t.Layout), t.Engine, t.Language, t.Lines, map[string][]domain.Span{}, t.SpeakersEstimated, t.Dropped, map[string]string{}}
		for speaker, name := range t.Names {
			d.Transcript.Names[string(speaker)] = name
		}
		for speaker, spans := range t.Speech {
			d.Transcript.Speech[string(speaker)] = spans
		}
	}
	if i := c.Insights; i != nil {
		d.Questions, d.NextSteps, d.Mentions = len(i.Questions), len(i.NextSteps), len(i.Mentions)
	}
	return d
}

func (a *API) registerCalls(h huma.API) {
	huma.Register(h, op("GET", "/calls", "list-calls", "Voice calls, newest first", "calls"), func(ctx context.Context, in *callsIn) (*listOut[CallSummary], error) {
		rows, next, err := a.Library.Calls(ctx, actor(ctx), store.CallFilter{UserID: in.User, Query: in.Query, Cursor: in.Cursor, Limit: in.Limit})
		if err != nil {
			return nil, a.fail(ctx, err)
		}
		return listOf(rows, next, rowBody), nil
	})
	huma.Register(h, op("GET", "/calls/{id}", "get-call", "One call with transcript and insights", "calls", 404), func(ctx context.Context, in *IDPath) (*bodyOut[CallDetail], error) {
		call, err := a.Library.Call(ctx, actor(ctx), in.ID)
		if err != nil {
			return nil, a.fail(ctx, err)
		}
		return &bodyOut[CallDetail]{callDetail(call)}, nil
	})
	huma.Register(h, op("GET", "/calls/{id}/waveform", "get-waveform", "Peaks of each channel for the player", "calls", 404), func(ctx context.Context, in *IDPath) (*bodyOut[pipeline.Waveform], error) {
		wave, err := a.Library.Waveform(ctx, actor(ctx), in.ID)
		if err != nil {
			return nil, a.fail(ctx, err)
		}
		return &bodyOut[pipeline.Waveform]{wave}, nil
	})
	huma.Register(h, op("GET", "/engine", "get-engine", "What turns audio into text here", "calls"), func(ctx context.Context, _ *empty) (*bodyOut[Engine], error) {
		return &bodyOut[Engine]{a.Engine()}, nil
	})
}

// recording serves the audio with byte ranges. It is a plain handler since http.ServeContent knows ranges best.
func (a *API) recording(w http.ResponseWriter, r *http.Request) {
	ctx, user, err := a.requestUser(r)
	if err != nil {
		a.writeError(w, r, err)
		return
	}
	audio, err := a.Library.Recording(ctx, user, r.PathValue("id"))
	if err != nil {
		a.writeError(w, r, err)
		return
	}
	defer audio.Close()
	w.Header().Set("Content-Type", audio.ContentType)
	w.Header().Set("Cache-Control", "private, max-age=3600")
	w.Header().Set("Content-Disposition", "inline")
	http.ServeContent(w, r, "", audio.StoredAt, audio)
}

// requestUser is authenticate for plain handlers.
func (a *API) requestUser(r *http.Request) (context.Context, domain.User, error) {
	session := ""
	if c, err := r.Cookie(cookieName(a.Secure)); err == nil {
		session = c.Value
	}
	ctx := domain.WithOrigin(r.Context(), domain.Origin{Address: hostOf(r.RemoteAddr), Browser: r.UserAgent()})
	return a.Identity.Identify(ctx, identity.Shown{Session: session, Bearer: bearerOf(r.Header.Get("Authorization"))})
}

func (a *API) writeError(w http.ResponseWriter, r *http.Request, err error) {
	p := a.fail(r.Context(), err).(*problem)
	w.Header().Set("Content-Type", "application/problem+json")
	w.WriteHeader(p.Status)
	_ = json.NewEncoder(w).Encode(p) // the client has gone if this fails
}

package api

import (
	"context"
	"time"

	"github.com/danielgtaylor/huma/v2"

	"earshot/internal/domain"
	"earshot/internal/store"
	"earshot/internal/troubleshoot"
)

// VCCall is the processing record of one provider call.
type VCCall struct {
	ID             string     `json:"id"`
	Provider       string     `json:"provider"`
	ProviderCallID string     `json:"provider_call_id"`
	ReceivedVia    string     `json:"received_via" enum:"realtime,hourly,backfill,retry,import"`
	State          string     `json:"state" enum:"received,waiting,unmatched,processing,processed,skipped,failed"`
	Stage          string     `json:"stage" enum:"describe,fetch,transcribe,analyze"`
	Reason         string     `json:"reason" doc:"Code of the reason table; empty for a call that goes its way"`
	ReasonTitle    string     `json:"reason_title"`
	Detail         string     `json:"detail"`
	UserID         string     `json:"user_id"`
	User           string     `json:"user"`
	CallID         string     `json:"call_id"`
	Direction      string     `json:"direction"`
	From           string     `json:"from"`
	To             string     `json:"to"`
	StartedAt      *time.Time `json:"started_at,omitempty"`
	Attempts       int        `json:"attempts"`
	NextAttemptAt  *time.Time `json:"next_attempt_at,omitempty"`
	CreatedAt      time.Time  `json:"created_at"`
	UpdatedAt      time.Time  `json:"updated_at"`
}

// VCLog is one line of the log of a VC Call.
type VCLog struct {
	ID     string    `json:"id"`
	At     time.Time `json:"at"`
	Level  string    `json:"level" enum:"info,warn,error"`
	Stage  string    `json:"stage"`
	Reason string    `json:"reason"`
	Text   string    `json:"text"`
}

// Participant of a call as the provider told it.
type Participant struct {
	Name           string `json:"name"`
	Phone          string `json:"phone"`
	Email          string `json:"email"`
	ProviderUserID string `json:"provider_user_id"`
	Internal       bool   `json:"internal"`
}

// Reason explains a state in words.
type Reason struct {
	Code    string `json:"code"`
	State   string `json:"state"`
	Title   string `json:"title"`
	Meaning string `json:"meaning"`
	Fix     string `json:"fix"`
	Page    string `json:"page" doc:"Path in the UI where it is mended"`
	Retries bool   `json:"retries"`
}

// VCCallDetail is a VC Call with what the provider told of it, what was decided, and its log.
type VCCallDetail struct {
	VCCall
	Explanation  *Reason       `json:"explanation,omitempty"`
	Steps        []RuleStep    `json:"steps" doc:"Each rule with what it says of the call on the data of today"`
	Overtaken    bool          `json:"overtaken" doc:"The rule that stopped it would let it pass today: a retry lets it go on"`
	Mends        []Mend        `json:"mends" doc:"What can be done about it, the most fitting first"`
	AnsweredAt   *time.Time    `json:"answered_at,omitempty"`
	EndedAt      *time.Time    `json:"ended_at,omitempty"`
	TalkSeconds  int           `json:"talk_seconds"`
	Recording    string        `json:"recording" doc:"none, pending or ready, as the provider says; empty where it has told nothing"`
	Recordings   int           `json:"recordings" doc:"How many there are: one for each leg that was recorded apart"`
	Voicemail    bool          `json:"voicemail"`
	ContactName  string        `json:"contact_name"`
	Tags         []string      `json:"tags"`
	ObservedAt   *time.Time    `json:"observed_at,omitempty" doc:"When the provider told it"`
	Snapshot     any           `json:"snapshot,omitempty" doc:"The whole as it is stored, without the addresses of recordings"`
	Participants []Participant `json:"participants"`
	Log          []VCLog       `json:"log"`
}

// VCCallCounts of all VC Calls.
type VCCallCounts struct {
	Total   int            `json:"total"`
	ByState map[string]int `json:"by_state"`
}

type vcCallsIn struct {
	State    string    `query:"state"`
	Reason   string    `query:"reason"`
	Provider string    `query:"provider"`
	User     string    `query:"user" maxLength:"64" doc:"Id of the user whose calls they are"`
	From     time.Time `query:"from" doc:"That came in at this time or later"`
	To       time.Time `query:"to" doc:"and before this one"`
	Query    string    `query:"q" maxLength:"200" doc:"Provider call id or number"`
	Cursor   string    `query:"cursor" maxLength:"200"`
	Limit    int       `query:"limit" minimum:"1" maximum:"200" default:"50"`
}

func (in vcCallsIn) filter() store.VCCallFilter {
	return store.VCCallFilter{
		State: domain.State(in.State), Reason: domain.ReasonCode(in.Reason), Provider: domain.Provider(in.Provider), UserID: in.User, From: in.From, To: in.To,
		Query: in.Query, Cursor: in.Cursor, Limit: in.Limit,
	}
}

type retryAllIn struct {
	Body struct {
		State    string    `json:"state,omitempty"`
		Reason   string    `json:"reason,omitempty"`
		Provider string    `json:"provider,omitempty"`
		User     string    `json:"user,omitempty" doc:"Id of the user whose calls they are"`
		From     time.Time `json:"from,omitempty" doc:"That came in at this time or later"`
		To       time.Time `json:"to,omitempty" doc:"and before this one"`
		Query    string    `json:"q,omitempty" maxLength:"200"`
	}
}

// Retried says how many calls were started again.
type Retried struct {
	Count int `json:"count"`
}

func reasonBody(r domain.Reason) Reason {
	return Reason{string(r.Code), string(r.State), r.Title, r.Meaning, r.Fix, r.Page, r.Retries}
}

// userNames looks up the names of users once for a whole listing.
func (a *API) userNames(ctx context.Context) (map[string]string, error) {
	users, err := a.Store.Users(ctx)
	names := make(map[string]string, len(users))
	for _, u := range users {
		names[u.ID] = u.Name
	}
	return names, err
}

func vcCallBody(v domain.VCCall, names map[string]string) VCCall {
	reason, _ := domain.ReasonFor(v.Reason)
	out := VCCall{
		ID: v.ID, Provider: string(v.Provider), ProviderCallID: v.ProviderCallID, ReceivedVia: string(v.Via), State: string(v.State), Stage: string(v.Stage),
		Reason: string(v.Reason), ReasonTitle: reason.Title, Detail: v.Detail, UserID: v.UserID, User: names[v.UserID], CallID: v.CallID,
		Attempts: v.Attempts, NextAttemptAt: optional(v.NextAttemptAt), CreatedAt: v.CreatedAt.UTC(), UpdatedAt: v.UpdatedAt.UTC(),
	}
	if s := v.Snapshot; s != nil {
		out.Direction, out.From, out.To, out.StartedAt = string(s.Direction), s.From, s.To, optional(s.StartedAt)
	}
	return out
}

func (a *API) vcCallDetail(ctx context.Context, v domain.VCCall) (*bodyOut[VCCallDetail], error) {
	names, err := a.userNames(ctx)
	if err != nil {
		return nil, a.fail(ctx, err)
	}
	logs, err := a.Store.VCLogs(ctx, v.ID)
	if err != nil {
		return nil, a.fail(ctx, err)
	}
	e, err := a.Troubleshoot.Explain(ctx, actor(ctx), v)
	if err != nil {
		return nil, a.fail(ctx, err)
	}
	d := VCCallDetail{VCCall: vcCallBody(v, names), Log: make([]VCLog, 0, len(logs))}
	d.explain(e)
	if r, ok := domain.ReasonFor(v.Reason); ok {
		body := reasonBody(r)
		d.Explanation = &body
	}
	d.tell(v)
	for _, l := range logs {
		d.Log = append(d.Log, VCLog{l.ID, l.At.UTC(), string(l.Level), string(l.Stage), string(l.Reason), l.Text})
	}
	return &bodyOut[VCCallDetail]{d}, nil
}

func (a *API) registerVCCalls(h huma.API) {
	huma.Register(h, op("GET", "/reasons", "list-reasons", "Why a call may be where it is, and what to do", "vc calls"), func(context.Context, *empty) (*listOut[Reason], error) {
		return listOf(domain.Reasons(), "", reasonBody), nil
	})
	huma.Register(h, op("GET", "/vc-calls", "list-vc-calls", "Calls that arrived, newest first", "vc calls"), func(ctx context.Context, in *vcCallsIn) (*listOut[VCCall], error) {
		found, next, err := a.Library.VCCalls(ctx, actor(ctx), in.filter())
		if err != nil {
			return nil, a.fail(ctx, err)
		}
		names, err := a.userNames(ctx)
		if err != nil {
			return nil, a.fail(ctx, err)
		}
		return listOf(found, next, func(v domain.VCCall) VCCall { return vcCallBody(v, names) }), nil
	})
	huma.Register(h, op("GET", "/vc-calls/counts", "count-vc-calls", "How many VC Calls are in which state", "vc calls"), func(ctx context.Context, _ *empty) (*bodyOut[VCCallCounts], error) {
		counts, err := a.Library.VCCallCounts(ctx, actor(ctx))
		if err != nil {
			return nil, a.fail(ctx, err)
		}
		out := VCCallCounts{ByState: map[string]int{}}
		for state, n := range counts {
			out.ByState[string(state)] = n
			out.Total += n
		}
		return &bodyOut[VCCallCounts]{out}, nil
	})
	huma.Register(h, op("GET", "/vc-calls/{id}", "get-vc-call", "One VC Call with its log", "vc calls", 404), func(ctx context.Context, in *IDPath) (*bodyOut[VCCallDetail], error) {
		v, err := a.Library.VCCall(ctx, actor(ctx), in.ID)
		if err != nil {
			return nil, a.fail(ctx, err)
		}
		return a.vcCallDetail(ctx, v)
	})
	huma.Register(h, op("POST", "/vc-calls/retry", "retry-vc-calls", "Start all again that a filter selects and that are not processed", "vc calls", 422), func(ctx context.Context, in *retryAllIn) (*bodyOut[Retried], error) {
		b := in.Body
		n, err := a.Library.RetryAll(ctx, actor(ctx), vcCallsIn{State: b.State, Reason: b.Reason, Provider: b.Provider, User: b.User, From: b.From, To: b.To, Query: b.Query}.filter())
		if err != nil {
			return nil, a.fail(ctx, err)
		}
		return &bodyOut[Retried]{Retried{n}}, nil
	})
	huma.Register(h, op("POST", "/vc-calls/{id}/mend", "mend-vc-call", "Do one of the things that its mends offer; other calls that it helps start again as well", "vc calls", 404, 409, 422), func(ctx context.Context, in *mendIn) (*bodyOut[VCCallDetail], error) {
		v, err := a.Troubleshoot.Mend(ctx, actor(ctx), in.ID, troubleshoot.MendRequest{Action: domain.MendAction(in.Body.Action), Value: in.Body.Value, UserID: in.Body.UserID, Set: in.Body.Set})
		if err != nil {
			return nil, a.fail(ctx, err)
		}
		return a.vcCallDetail(ctx, v)
	})
	huma.Register(h, op("POST", "/vc-calls/{id}/retry", "retry-vc-call", "Start it again, asking the provider anew", "vc calls", 404, 409, 422), func(ctx context.Context, in *IDPath) (*bodyOut[VCCallDetail], error) {
		v, err := a.Library.Retry(ctx, actor(ctx), in.ID)
		if err != nil {
			return nil, a.fail(ctx, err)
		}
		return a.vcCallDetail(ctx, v)
	})
}

package api

import (
	"context"
	"time"

	"github.com/danielgtaylor/huma/v2"

	"earshot/internal/domain"
	"earshot/internal/troubleshoot"
)

// Check is one thing that troubleshooting looked at.
type Check struct {
	ID       string `json:"id" doc:"Stable name of the check"`
	Provider string `json:"provider" doc:"Whose connector it is about; empty: of the whole installation"`
	Title    string `json:"title"`
	Status   string `json:"status" enum:"green,red,not_applicable,unknown"`
	Found    string `json:"found" doc:"What was found"`
	Why      string `json:"why" doc:"Why it matters"`
	Fix      string `json:"fix" doc:"How it is mended; empty where nothing is wrong"`
	Page     string `json:"page" doc:"Path in the UI where it is mended; empty where it is not mended in the UI"`
}

// Checks are all checks of an installation.
type Checks struct {
	OK        bool      `json:"ok" doc:"No check is red"`
	CheckedAt time.Time `json:"checked_at"`
	Items     []Check   `json:"items"`
}

// Finding is one answer to where a call is, with its evidence.
type Finding struct {
	Code     string   `json:"code" doc:"Code of the reason table, or a stable word of its own"`
	Provider string   `json:"provider"`
	VCCallID string   `json:"vc_call_id" doc:"The VC Call that it is about, if any"`
	CallID   string   `json:"call_id" doc:"The voice call that came of it, if any"`
	Title    string   `json:"title"`
	Text     string   `json:"text"`
	Evidence []string `json:"evidence"`
	Fix      string   `json:"fix"`
	Page     string   `json:"page" doc:"Path in the UI where it is mended"`
}

// WhyMissing is why a call is not there, the most telling finding first.
type WhyMissing struct {
	Findings []Finding `json:"findings"`
	Fetch    []string  `json:"fetch" doc:"Providers that may be asked for the call by its id: POST /connectors/{provider}/calls"`
}

type whyMissingIn struct {
	Provider       string    `query:"provider" maxLength:"40" doc:"Only this provider"`
	ProviderCallID string    `query:"provider_call_id" maxLength:"200" doc:"The provider's id of the call"`
	Number         string    `query:"number" maxLength:"40" doc:"A number on the call, in any format"`
	At             time.Time `query:"at" doc:"About when it began"`
	WindowMinutes  int       `query:"window_minutes" minimum:"1" maximum:"10080" default:"60" doc:"How far from at it may have begun"`
}

func checksBody(checks []domain.Check, now time.Time) *bodyOut[Checks] {
	out := &bodyOut[Checks]{Checks{OK: !domain.AnyRed(checks), CheckedAt: now.UTC(), Items: make([]Check, 0, len(checks))}}
	for _, c := range checks {
		out.Body.Items = append(out.Body.Items, Check{c.ID, string(c.Provider), c.Title, string(c.Status), c.Found, c.Why, c.Fix, c.Page})
	}
	return out
}

func whyMissingBody(a domain.MissingAnswer) *bodyOut[WhyMissing] {
	out := &bodyOut[WhyMissing]{WhyMissing{Findings: make([]Finding, 0, len(a.Findings)), Fetch: make([]string, 0, len(a.Fetch))}}
	for _, f := range a.Findings {
		out.Body.Findings = append(out.Body.Findings, Finding{f.Code, string(f.Provider), f.VCCallID, f.CallID, f.Title, f.Text, append([]string{}, f.Evidence...), f.Fix, f.Page})
	}
	for _, p := range a.Fetch {
		out.Body.Fetch = append(out.Body.Fetch, string(p))
	}
	return out
}

func (a *API) registerTroubleshooting(h huma.API) {
	run := func(checks func(context.Context, domain.User) ([]domain.Check, error)) func(context.Context, *empty) (*bodyOut[Checks], error) {
		return func(ctx context.Context, _ *empty) (*bodyOut[Checks], error) {
			found, err := checks(ctx, actor(ctx))
			if err != nil {
				return nil, a.fail(ctx, err)
			}
			return checksBody(found, a.Now()), nil
		}
	}
	huma.Register(h, op("GET", "/troubleshooting", "troubleshoot", "Look at everything that may keep calls from arriving; no provider is asked", "troubleshooting"), run(func(ctx context.Context, u domain.User) ([]domain.Check, error) {
		return a.Troubleshoot.Checks(ctx, u)
	}))
	huma.Register(h, op("POST", "/troubleshooting", "troubleshoot-providers", "The same, after each connected provider was asked whether its credential works", "troubleshooting"), run(func(ctx context.Context, u domain.User) ([]domain.Check, error) {
		return a.Troubleshoot.CheckProviders(ctx, u)
	}))
	huma.Register(h, op("GET", "/why-missing", "why-missing", "Where a call is, or why it did not come: by its id at the provider, a number or a time", "troubleshooting", 422), func(ctx context.Context, in *whyMissingIn) (*bodyOut[WhyMissing], error) {
		answer, err := a.Troubleshoot.WhyMissing(ctx, actor(ctx), troubleshoot.Question{
			Provider: domain.Provider(in.Provider), CallID: in.ProviderCallID, Number: in.Number, At: in.At, Window: time.Duration(in.WindowMinutes) * time.Minute,
		})
		if err != nil {
			return nil, a.fail(ctx, err)
		}
		return whyMissingBody(answer), nil
	})
}

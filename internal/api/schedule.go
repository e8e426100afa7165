package api

import (
	"context"
	"net/http"
	"net/url"
	"time"

	"github.com/danielgtaylor/huma/v2"

	"earshot/internal/domain"
)

// ScheduledJob is work that a connector does by itself.
type ScheduledJob struct {
	ID         string     `json:"id"`
	Provider   string     `json:"provider"`
	Kind       string     `json:"kind" enum:"hourly,watch,poll,backfill"`
	From       *time.Time `json:"from,omitempty" doc:"Start of the window that is being listed"`
	To         *time.Time `json:"to,omitempty"`
	Listed     int        `json:"listed" doc:"Calls that the provider named in this window"`
	Found      int        `json:"found" doc:"Those of them that were new"`
	Progress   float64    `json:"progress" doc:"Of the window, from 0 to 1"`
	NextRunAt  *time.Time `json:"next_run_at,omitempty"`
	LastRunAt  *time.Time `json:"last_run_at,omitempty"`
	LastResult string     `json:"last_result"`
	Failures   int        `json:"failures" doc:"In a row"`
	CreatedAt  time.Time  `json:"created_at"`
	DoneAt     *time.Time `json:"done_at,omitempty"`
}

func scheduledJobBody(j domain.ScheduledJob) ScheduledJob {
	return ScheduledJob{
		ID: j.ID, Provider: string(j.Provider), Kind: string(j.Kind), From: optional(j.From), To: optional(j.To), Listed: j.Listed, Found: j.Found, Progress: j.Progress(),
		NextRunAt: optional(j.NextRunAt), LastRunAt: optional(j.LastRunAt), LastResult: j.LastResult, Failures: j.Failures, CreatedAt: j.CreatedAt.UTC(), DoneAt: optional(j.DoneAt),
	}
}

type backfillIn struct {
	ProviderPath
	Body struct {
		From time.Time `json:"from" doc:"Calls that started at this time or later"`
		To   time.Time `json:"to,omitempty" doc:"and before this one; now if left out"`
	}
}

type importIn struct {
	ProviderPath
	Body struct {
		ProviderCallID string `json:"provider_call_id" minLength:"1" maxLength:"200"`
	}
}

// Login is where to sign in at the provider.
type Login struct {
	URL string `json:"url"`
}

type loginIn struct {
	ProviderPath
	browser string
}

// Resolve keeps the address under which the browser reaches Earshot.
func (in *loginIn) Resolve(ctx huma.Context) []error {
	in.browser = browserAddress(ctx.Host(), ctx.Header("X-Forwarded-Proto"))
	return nil
}

func (a *API) registerSchedule(h huma.API) {
	huma.Register(h, op("GET", "/scheduled-jobs", "list-scheduled-jobs", "What the connectors do by themselves", "scheduled jobs"), func(ctx context.Context, _ *empty) (*listOut[ScheduledJob], error) {
		jobs, err := a.Connector.ScheduledJobs(ctx, actor(ctx))
		if err != nil {
			return nil, a.fail(ctx, err)
		}
		return listOf(jobs, "", scheduledJobBody), nil
	})
	remove := op("DELETE", "/scheduled-jobs/{id}", "delete-scheduled-job", "Delete one; what it has found stays", "scheduled jobs", 404)
	remove.DefaultStatus = http.StatusNoContent
	huma.Register(h, remove, func(ctx context.Context, in *IDPath) (*empty, error) {
		return nil, a.failed(ctx, a.Connector.DeleteScheduledJob(ctx, actor(ctx), in.ID))
	})
	start := op("POST", "/scheduled-jobs/{id}/run", "run-scheduled-job", "Run one now", "scheduled jobs", 404, 409)
	start.DefaultStatus = http.StatusAccepted
	huma.Register(h, start, func(ctx context.Context, in *IDPath) (*empty, error) {
		return nil, a.failed(ctx, a.Connector.RunScheduledJob(ctx, actor(ctx), in.ID))
	})
	huma.Register(h, op("POST", "/connectors/{provider}/backfill", "backfill", "Process the calls of a range; see its progress among the scheduled jobs", "connectors", 404, 409, 422), func(ctx context.Context, in *backfillIn) (*bodyOut[ScheduledJob], error) {
		j, err := a.Connector.Backfill(ctx, actor(ctx), in.name(), in.Body.From, in.Body.To)
		if err != nil {
			return nil, a.fail(ctx, err)
		}
		return &bodyOut[ScheduledJob]{scheduledJobBody(j)}, nil
	})
	huma.Register(h, op("POST", "/connectors/{provider}/calls", "import-call", "Ask the provider for one call by its id, also one never seen before, and process it", "connectors", 404, 409, 422, 502), func(ctx context.Context, in *importIn) (*bodyOut[VCCallDetail], error) {
		vc, err := a.Library.Import(ctx, actor(ctx), in.name(), in.Body.ProviderCallID)
		if err != nil {
			return nil, a.fail(ctx, err)
		}
		return a.vcCallDetail(ctx, vc)
	})
	huma.Register(h, op("POST", "/connectors/{provider}/login", "start-login", "Where to sign in at the provider", "connectors", 404, 422), func(ctx context.Context, in *loginIn) (*bodyOut[Login], error) {
		address, err := a.Connector.StartLogin(ctx, actor(ctx), in.name(), in.browser)
		if err != nil {
			return nil, a.fail(ctx, err)
		}
		return &bodyOut[Login]{Login{address}}, nil
	})
}

func (a *API) failed(ctx context.Context, err error) error {
	if err == nil {
		return nil
	}
	return a.fail(ctx, err)
}

// browserAddress is where the browser reaches Earshot; only used where no public address is set, so on one's own machine.
func browserAddress(host, proto string) string {
	if proto != "https" {
		proto = "http"
	}
	return proto + "://" + host
}

// loginCallback is where people come back to from the provider; they go on to the connector's page, which shows how it went.
func (a *API) loginCallback(w http.ResponseWriter, r *http.Request) {
	ctx, user, err := a.requestUser(r)
	if err != nil {
		http.Redirect(w, r, "/?problem="+url.QueryEscape("Sign in to Earshot first, then press Sign in on the connector's page again."), http.StatusSeeOther)
		return
	}
	q := r.URL.Query()
	p, err := a.Connector.FinishLogin(ctx, user, browserAddress(r.Host, r.Header.Get("X-Forwarded-Proto")), q.Get("state"), q.Get("code"), q.Get("error"))
	page := "/voice-connector/" + url.PathEscape(string(p))
	if err != nil {
		a.Logger.WarnContext(r.Context(), "sign-in at the provider did not succeed", "provider", p, "error", err)
		page += "?problem=" + url.QueryEscape(domain.MessageOf(err))
	}
	http.Redirect(w, r, page, http.StatusSeeOther)
}

// Package api is the HTTP interface under /api/v1: it decodes, calls a use case and answers. The types here are what
// openapi.yaml and the UI's TypeScript are made from.
package api

import (
	"context"
	"errors"
	"log/slog"
	"net/http"
	"time"

	"github.com/danielgtaylor/huma/v2"
	"github.com/danielgtaylor/huma/v2/adapters/humago"

	"earshot/internal/connector"
	"earshot/internal/domain"
	"earshot/internal/identity"
	"earshot/internal/insighttypes"
	"earshot/internal/library"
	"earshot/internal/mail"
	"earshot/internal/scribe"
	"earshot/internal/store"
	"earshot/internal/troubleshoot"
)

// Engine is what the API tells of the speech engine.
type Engine struct {
	Installed  bool     `json:"installed"`
	Name       string   `json:"name"`
	Model      string   `json:"model"`
	Languages  []string `json:"languages"`
	Hint       string   `json:"hint" doc:"What to do where no engine is installed"`
	FFmpeg     bool     `json:"ffmpeg"`
	FFmpegHint string   `json:"ffmpeg_hint"`
}

// Config is what the API calls.
type Config struct {
	Store        *store.Store
	Identity     *identity.Identity
	Connector    *connector.Service
	Mail         *mail.Outbox
	Library      *library.Library
	Troubleshoot *troubleshoot.Service
	Scribe       *scribe.Service
	InsightTypes *insighttypes.Service
	Engine       func() Engine
	Models       func() []SpeechModel // of the embedded engine
	Logger       *slog.Logger
	Now          func() time.Time
	Version      string
	Demo         bool
	Secure       bool   // cookies only over https
	PublicURL    string // where people reach this server; empty: as their browser does
}

// API holds the handlers.
type API struct{ Config }

// Register puts all operations on the mux and gives the description of them.
func Register(mux *http.ServeMux, c Config) *huma.OpenAPI {
	humaOurWay()
	cfg := huma.DefaultConfig("Earshot", "1")
	describe(&cfg, c.Secure)
	h := humago.New(mux, cfg)
	a := &API{c}
	h.UseMiddleware(a.authenticate(h))
	a.registerSession(h)
	a.registerConnectors(h)
	a.registerVCCalls(h)
	a.registerCalls(h)
	a.registerCorrections(h)
	a.registerReanalyses(h)
	a.registerUsers(h)
	a.registerSpeech(h)
	a.registerModels(h)
	a.registerExplorer(h)
	a.registerInsightTypes(h)
	a.registerTroubleshooting(h)
	a.registerInstall(h)
	a.registerAudit(h)
	a.registerAccount(h)
	a.registerSSO(h)
	mux.HandleFunc("GET /api/v1/calls/{id}/recording", a.recording)
	mux.HandleFunc("GET /api/v1/changes", a.changes)
	mux.HandleFunc("GET "+ssoPath, a.startSSO)
	mux.HandleFunc("GET "+ssoCallbackPath, a.finishSSO)
	mux.HandleFunc("GET "+connector.CallbackPath, a.loginCallback)
	return h.OpenAPI()
}

type empty struct{}

// list is the body of every listing.
type list[T any] struct {
	Items []T     `json:"items"`
	Next  *string `json:"next,omitempty" doc:"Cursor of the next page; absent at the end"`
}

type listOut[T any] struct{ Body list[T] }

func listOf[T, U any](items []T, next string, convert func(T) U) *listOut[U] {
	out := &listOut[U]{Body: list[U]{Items: make([]U, 0, len(items))}}
	for _, item := range items {
		out.Body.Items = append(out.Body.Items, convert(item))
	}
	if next != "" {
		out.Body.Next = &next
	}
	return out
}

type bodyOut[T any] struct{ Body T }

// op describes one operation. Without a tag the session is not asked for.
func op(method, path, id, summary, tag string, errs ...int) huma.Operation {
	o := huma.Operation{OperationID: id, Method: method, Path: "/api/v1" + path, Summary: summary, Tags: []string{tag}, Errors: append(errs, 400, 401, 403)}
	if tag != tagPublic {
		o.Security = []map[string][]string{{"session": {}}, {"token": {}}}
	} else {
		o.Errors, o.Security = append(errs, 400), anonymous
	}
	return o
}

const tagPublic = "session"

// problem is an error as RFC 9457 has it, with a stable code.
type problem struct {
	huma.ErrorModel
	Code string `json:"code" doc:"Stable code of the error"`
}

// kinds maps the kinds of domain errors to HTTP statuses.
var kinds = map[domain.Kind]int{
	domain.KindNotFound: 404, domain.KindUnauthorized: 401, domain.KindForbidden: 403, domain.KindInvalid: 422, domain.KindConflict: 409,
	domain.KindRateLimited: 429, domain.KindTooLarge: 413, domain.KindGone: 410, domain.KindScopeMissing: 409, domain.KindNotReady: 409,
}

// fail turns an error into what the caller sees. What is not a domain error is logged and not shown.
func (a *API) fail(ctx context.Context, err error) error {
	var incomplete *connector.IncompleteError
	if errors.As(err, &incomplete) {
		p := newProblem(http.StatusConflict, "integration_user_incomplete", incomplete.Error())
		for _, m := range incomplete.Missing {
			p.Errors = append(p.Errors, &huma.ErrorDetail{Message: m})
		}
		return p
	}
	var e *domain.Error
	if errors.As(err, &e) {
		status, known := kinds[e.Kind]
		if !known {
			status = http.StatusBadGateway
		}
		return newProblem(status, domain.CodeOf(err), e.Message)
	}
	a.Logger.ErrorContext(ctx, "request failed", "error", err)
	return newProblem(http.StatusInternalServerError, "internal", domain.MessageOf(err))
}

func newProblem(status int, code, detail string) *problem {
	return &problem{ErrorModel: huma.ErrorModel{Status: status, Title: http.StatusText(status), Detail: detail}, Code: code}
}

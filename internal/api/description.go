package api

import (
	"net/http"
	"strings"
	"sync"

	"github.com/danielgtaylor/huma/v2"
)

// humaOurWay sets huma's global switches once for all servers of a process: lists are never null, and what huma itself refuses is a problem with a
// code as well.
var humaOurWay = sync.OnceFunc(func() {
	huma.DefaultArrayNullable = false
	huma.NewError = func(status int, message string, errs ...error) huma.StatusError {
		p := newProblem(status, codeOf(status), message)
		for _, err := range errs {
			if err != nil {
				p.Add(err)
			}
		}
		return p
	}
})

// codeOf names a refusal by the transport: bad_request, unsupported_media_type.
func codeOf(status int) string {
	if status == http.StatusUnprocessableEntity {
		return "invalid_input"
	}
	return strings.ReplaceAll(strings.ToLower(http.StatusText(status)), " ", "_")
}

// describe fills in what is told of the API as a whole.
func describe(cfg *huma.Config, secure bool) {
	cfg.DocsPath, cfg.OpenAPIPath, cfg.SchemasPath = "", "/api/v1/openapi", ""
	cfg.CreateHooks = nil
	cfg.Info.Description = "Connectors, calls, transcripts and insights of one Earshot installation."
	cfg.Info.License = &huma.License{Name: "Apache-2.0", URL: "https://www.apache.org/licenses/LICENSE-2.0"}
	cfg.Servers = []*huma.Server{{URL: "/", Description: "This installation"}}
	cfg.Components.SecuritySchemes = map[string]*huma.SecurityScheme{
		"session": {Type: "apiKey", In: "cookie", Name: cookieName(secure)},
		"token":   {Type: "http", Scheme: "bearer", Description: "An API token that a user made under My Account"},
	}
}

// anonymous is the security of an operation that asks for no session: an empty requirement, so that it is said.
var anonymous = []map[string][]string{{}}

// guarded tells whether an operation asks for a session or a token.
func guarded(o *huma.Operation) bool { return len(o.Security) > 0 && len(o.Security[0]) > 0 }

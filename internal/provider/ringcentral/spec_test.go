package ringcentral_test

import (
	"bytes"
	"cmp"
	"encoding/json"
	"fmt"
	"io"
	"net/http"
	"net/http/httptest"
	"net/url"
	"os"
	"path/filepath"
	"strings"
	"sync"
	"testing"

	"github.com/getkin/kin-openapi/openapi3"
	"github.com/getkin/kin-openapi/openapi3filter"
	"github.com/getkin/kin-openapi/routers"
	"github.com/getkin/kin-openapi/routers/legacy"
)

// description is RingCentral's own of its API, which lies beside the project; nil where it is not there.
var description = sync.OnceValues(func() (routers.Router, error) {
	shared := cmp.Or(os.Getenv("EARSHOT_SHARED"), filepath.Join("..", "..", "..", "..", "shared"))
	data, err := os.ReadFile(filepath.Join(shared, "reference", "specs", "ringcentral-openapi-trimmed.json"))
	if err != nil {
		return nil, err
	}
	doc, err := openapi3.NewLoader().LoadFromData(data)
	if err != nil {
		return nil, fmt.Errorf("RingCentral's API description is not readable: %w", err)
	}
	doc.Servers = openapi3.Servers{{URL: "/"}}
	mend(doc)
	return legacy.NewRouter(doc, openapi3.DisableExamplesValidation())
})

// mend errors of the description: it allows 20 characters for the id of a subscription, where its own examples have UUIDs of 36, and refers
// to a way to authenticate that it does not describe. Of what the validator cannot read, a page size is a number, and the form for a token is
// compared as JSON.
func mend(doc *openapi3.T) {
	doc.Security = nil
	for _, path := range doc.Paths.Map() {
		mendParameters(path.Parameters)
		for _, operation := range path.Operations() {
			mendParameters(operation.Parameters)
			operation.Security = nil
			if operation.RequestBody != nil && operation.RequestBody.Value.Content[form] != nil {
				operation.RequestBody.Value.Content["application/json"] = operation.RequestBody.Value.Content[form]
			}
		}
	}
}

func mendParameters(all openapi3.Parameters) {
	for _, p := range all {
		switch {
		case p.Value == nil || p.Value.Schema == nil:
		case p.Value.Name == "subscriptionId":
			p.Value.Schema.Value.MaxLength = nil
		case p.Value.Name == "perPage" && p.Value.Schema.Value.Type == nil:
			for _, s := range append(p.Value.Schema.Value.AnyOf, p.Value.Schema.Value.OneOf...) {
				if s.Value.Type.Is("integer") {
					p.Value.Schema = s
				}
			}
		}
	}
}

const form = "application/x-www-form-urlencoded"

// TestDescriptionIsThere says when the other tests go without RingCentral's own description of its API, and why.
func TestDescriptionIsThere(t *testing.T) {
	t.Parallel()
	if _, err := description(); os.IsNotExist(err) {
		t.Skipf("requests and answers are not compared with RingCentral's API description: %v", err)
	} else if err != nil {
		t.Fatal(err)
	}
	v := newValidator(http.HandlerFunc(func(w http.ResponseWriter, _ *http.Request) {
		w.Header().Set("Content-Type", "application/json")
		fmt.Fprint(w, `{"records":[{"id":7,"startTime":"soon"}]}`)
	}))
	for _, path := range []string{"/account/~/call-log?dateFrom=soon", "/account/~/call-log?colour=red", "/account/~/call-log?perPage=0", "/account/~/call-log", "/no-such-path"} {
		before := len(v.problems())
		v.ServeHTTP(httptest.NewRecorder(), httptest.NewRequest(http.MethodGet, "/restapi/v1.0"+path, nil))
		if len(v.problems()) == before {
			t.Errorf("nothing is wrong with %s", path)
		}
	}
}

// validator compares each request to the API, and each answer, with RingCentral's description.
type validator struct {
	next http.Handler

	mu    sync.Mutex
	wrong []string
}

func newValidator(next http.Handler) *validator { return &validator{next: next} }

func (v *validator) problems() []string {
	v.mu.Lock()
	defer v.mu.Unlock()
	return append([]string{}, v.wrong...)
}

func (v *validator) add(format string, args ...any) {
	v.mu.Lock()
	defer v.mu.Unlock()
	v.wrong = append(v.wrong, "not as described: "+fmt.Sprintf(format, args...))
}

// ServeHTTP validates what the description knows: it has no page to sign in, and the audio of a recording is no JSON.
func (v *validator) ServeHTTP(w http.ResponseWriter, r *http.Request) {
	router, err := description()
	if err != nil || r.URL.Path == "/restapi/oauth/authorize" {
		v.next.ServeHTTP(w, r)
		return
	}
	body, err := io.ReadAll(r.Body)
	if err != nil {
		return
	}
	in := v.request(router, r, body)
	if strings.HasSuffix(r.URL.Path, "/content") {
		v.next.ServeHTTP(w, r) // its body may be cut on purpose
		return
	}
	r.Body = io.NopCloser(bytes.NewReader(body))
	out := httptest.NewRecorder()
	v.next.ServeHTTP(out, r)
	if in != nil && out.Code < 300 {
		v.answer(in, out)
	}
	for name, values := range out.Header() {
		w.Header()[name] = values
	}
	w.WriteHeader(out.Code)
	_, _ = w.Write(out.Body.Bytes())
}

func (v *validator) request(router routers.Router, r *http.Request, body []byte) *openapi3filter.RequestValidationInput {
	check := r.Clone(r.Context())
	if values, err := url.ParseQuery(string(body)); err == nil && strings.HasPrefix(r.Header.Get("Content-Type"), form) {
		fields := map[string]string{}
		for name := range values {
			fields[name] = values.Get(name)
		}
		body, _ = json.Marshal(fields) // strings always encode
		check.Header.Set("Content-Type", "application/json")
	}
	check.Body, check.ContentLength = io.NopCloser(bytes.NewReader(body)), int64(len(body))
	route, params, err := router.FindRoute(check)
	if err != nil {
		v.add("%s %s: %v", r.Method, r.URL.Path, err)
		return nil
	}
	in := &openapi3filter.RequestValidationInput{Request: check, PathParams: params, Route: route, Options: &openapi3filter.Options{AuthenticationFunc: openapi3filter.NoopAuthenticationFunc}}
	for name := range r.URL.Query() {
		if route.Operation.Parameters.GetByInAndName("query", name) == nil {
			v.add("%s %s has no parameter %s", r.Method, r.URL.Path, name)
		}
	}
	if err := openapi3filter.ValidateRequest(r.Context(), in); err != nil {
		v.add("%s %s: %v", r.Method, r.URL, err)
	}
	return in
}

func (v *validator) answer(in *openapi3filter.RequestValidationInput, out *httptest.ResponseRecorder) {
	err := openapi3filter.ValidateResponse(in.Request.Context(), &openapi3filter.ResponseValidationInput{
		RequestValidationInput: in, Status: out.Code, Header: out.Header(), Body: io.NopCloser(bytes.NewReader(out.Body.Bytes())), Options: in.Options,
	})
	if err != nil {
		v.add("the answer to %s %s: %v", in.Request.Method, in.Request.URL, err)
	}
}

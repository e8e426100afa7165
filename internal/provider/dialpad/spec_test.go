package dialpad_test

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
	"regexp"
	"strconv"
	"strings"
	"sync"
	"testing"

	"github.com/getkin/kin-openapi/openapi3"
	"github.com/getkin/kin-openapi/openapi3filter"
	"github.com/getkin/kin-openapi/routers"
	"github.com/getkin/kin-openapi/routers/legacy"
)

// description is Dialpad's own of its API, which lies beside the project; nil where it is not there.
var description = sync.OnceValues(func() (routers.Router, error) {
	shared := cmp.Or(os.Getenv("EARSHOT_SHARED"), filepath.Join("..", "..", "..", "..", "shared"))
	data, err := os.ReadFile(filepath.Join(shared, "reference", "specs", "dialpad_api_spec.json"))
	if err != nil {
		return nil, err
	}
	doc, err := openapi3.NewLoader().LoadFromData(data)
	if err != nil {
		return nil, fmt.Errorf("Dialpad's API description is not readable: %w", err)
	}
	doc.Servers = openapi3.Servers{{URL: "/"}}
	return legacy.NewRouter(doc, openapi3.DisableExamplesValidation())
})

// TestDescriptionIsThere says when the other tests go without Dialpad's own description of its API, and why.
func TestDescriptionIsThere(t *testing.T) {
	t.Parallel()
	if _, err := description(); os.IsNotExist(err) {
		t.Skipf("requests and answers are not compared with Dialpad's API description: %v", err)
	} else if err != nil {
		t.Fatal(err)
	}
	v := newValidator(http.HandlerFunc(func(w http.ResponseWriter, _ *http.Request) {
		w.Header().Set("Content-Type", "application/json")
		fmt.Fprint(w, `{"items":[{"call_id":"abc"}]}`)
	}))
	for _, path := range []string{"/api/v2/call?started_after=soon", "/api/v2/call", "/api/v2/no-such-path"} {
		before := len(v.problems())
		v.ServeHTTP(httptest.NewRecorder(), httptest.NewRequest(http.MethodGet, path, nil))
		if len(v.problems()) == before {
			t.Errorf("nothing is wrong with %s", path)
		}
	}
}

// validator compares each request to the API, and each answer, with Dialpad's description.
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

// ServeHTTP validates what the description knows; recordings, pages and garbled ids are none of its business.
func (v *validator) ServeHTTP(w http.ResponseWriter, r *http.Request) {
	router, err := description()
	if err != nil || !strings.HasPrefix(r.URL.Path, "/api/") && r.URL.Path != "/oauth2/token" {
		v.next.ServeHTTP(w, r)
		return
	}
	body, err := io.ReadAll(r.Body)
	if err != nil {
		return
	}
	in := v.request(router, r, body)
	r.Body = io.NopCloser(bytes.NewReader(body))
	out := httptest.NewRecorder()
	v.next.ServeHTTP(out, r)
	if in != nil && out.Code == http.StatusOK {
		v.answer(in, out)
	}
	for name, values := range out.Header() {
		w.Header()[name] = values
	}
	w.WriteHeader(out.Code)
	_, _ = w.Write(out.Body.Bytes())
}

// request is validated as it is, but for the token endpoint's: the description declares JSON there, where RFC 6749 and all clients have a
// form.
func (v *validator) request(router routers.Router, r *http.Request, body []byte) *openapi3filter.RequestValidationInput {
	check := r.Clone(r.Context())
	if form, err := url.ParseQuery(string(body)); r.URL.Path == "/oauth2/token" && err == nil && strings.HasPrefix(r.Header.Get("Content-Type"), "application/x-www-form-urlencoded") {
		fields := map[string]string{}
		for name := range form {
			fields[name] = form.Get(name)
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
	body := out.Body.Bytes()
	if media := in.Route.Operation.Responses.Status(http.StatusOK); media != nil && media.Value != nil {
		if kind := media.Value.Content.Get("application/json"); kind != nil {
			body = v.numbers(body, kind.Schema)
		}
	}
	err := openapi3filter.ValidateResponse(in.Request.Context(), &openapi3filter.ResponseValidationInput{
		RequestValidationInput: in, Status: out.Code, Header: out.Header(), Body: io.NopCloser(bytes.NewReader(body)), Options: in.Options,
	})
	if err != nil {
		v.add("the answer to %s %s: %v", in.Request.Method, in.Request.URL, err)
	}
}

// numbers turns the strings, as which Dialpad writes integers of 64 bits (its examples show so), into the integers of its schemas,
// and gives times the zone that its examples leave out.
func (v *validator) numbers(body []byte, schema *openapi3.SchemaRef) []byte {
	var value any
	d := json.NewDecoder(bytes.NewReader(body))
	d.UseNumber()
	if err := d.Decode(&value); err != nil {
		v.add("the answer %q: %v", body, err)
		return body
	}
	out, err := json.Marshal(numbers(value, schema))
	if err != nil {
		v.add("the answer %q: %v", body, err)
	}
	return out
}

var (
	integer  = regexp.MustCompile(`^-?[0-9]+$`)
	zoneless = regexp.MustCompile(`^[0-9-]{10}T[0-9:]{8}$`)
)

func numbers(value any, schema *openapi3.SchemaRef) any {
	if schema == nil || schema.Value == nil {
		return value
	}
	switch value := value.(type) {
	case map[string]any:
		for name, property := range schema.Value.Properties {
			if inner, ok := value[name]; ok {
				value[name] = numbers(inner, property)
			}
		}
	case []any:
		for i := range value {
			value[i] = numbers(value[i], schema.Value.Items)
		}
	case string:
		if schema.Value.Format == "date-time" && zoneless.MatchString(value) {
			return value + "Z"
		}
		if _, err := strconv.ParseInt(value, 10, 64); schema.Value.Type.Is("integer") && err == nil && integer.MatchString(value) {
			return json.Number(value)
		}
	}
	return value
}

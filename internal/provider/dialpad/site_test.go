package dialpad_test

import (
	"io"
	"net/http"
	"net/http/httptest"
	"slices"
	"sync"
	"testing"
)

// site receives events.
type site struct {
	*httptest.Server
	mu     sync.Mutex
	events []received
}

type received struct {
	header http.Header
	body   []byte
}

func newSite(t *testing.T) *site {
	s := &site{}
	s.Server = httptest.NewServer(http.HandlerFunc(func(w http.ResponseWriter, r *http.Request) {
		body, err := io.ReadAll(r.Body)
		if err != nil {
			w.WriteHeader(http.StatusInternalServerError)
			return
		}
		s.mu.Lock()
		defer s.mu.Unlock()
		s.events = append(s.events, received{r.Header.Clone(), body})
	}))
	t.Cleanup(s.Close)
	return s
}

func (s *site) all() []received {
	s.mu.Lock()
	defer s.mu.Unlock()
	return slices.Clone(s.events)
}

// unchecked leaves out the comparison with the description, where there are thousands of requests of which others are compared.
func (w *world) unchecked(t *testing.T) *world {
	w.url = newPlainServer(t, w.Server)
	w.SetBaseURL(w.url)
	return w
}

// newPlainServer serves without comparing with the description.
func newPlainServer(t *testing.T, h http.Handler) string {
	server := httptest.NewServer(h)
	t.Cleanup(server.Close)
	return server.URL
}

// serve lets a handler answer one request, which must go well.
func serve(t *testing.T, h http.Handler, r *http.Request) {
	t.Helper()
	out := httptest.NewRecorder()
	h.ServeHTTP(out, r)
	if out.Code >= 300 {
		t.Fatalf("%s %s: %d %s", r.Method, r.URL, out.Code, out.Body)
	}
}

package web

import (
	"net/http"
	"net/http/httptest"
	"strings"
	"testing"
)

func TestUnknownPathsGiveThePage(t *testing.T) {
	t.Parallel()
	for path, want := range map[string]struct {
		status int
		cache  string
		html   bool
	}{
		"/":                      {http.StatusOK, "no-cache", true},
		"/calls/1":               {http.StatusOK, "no-cache", true},
		"/../../etc/passwd":      {http.StatusBadRequest, "", false},
		"/assets/of-an-old-page": {http.StatusNotFound, "", false},
	} {
		w := httptest.NewRecorder()
		Secure(Handler()).ServeHTTP(w, httptest.NewRequest(http.MethodGet, path, nil))
		html := strings.HasPrefix(w.Header().Get("Content-Type"), "text/html") && strings.Contains(w.Body.String(), "<html")
		if w.Code != want.status || w.Header().Get("Cache-Control") != want.cache || html != want.html {
			t.Errorf("%s: %d, cache %q, a page: %v", path, w.Code, w.Header().Get("Cache-Control"), html)
		}
		if csp := w.Header().Get("Content-Security-Policy"); !strings.Contains(csp, "default-src 'self'") || !strings.Contains(csp, "frame-ancestors 'none'") {
			t.Errorf("%s: policy %q", path, csp)
		}
	}
}

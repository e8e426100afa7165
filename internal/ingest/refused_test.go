package ingest

import (
	"context"
	"net/http"
	"net/http/httptest"
	"strings"
	"testing"
	"time"

	"earshot/internal/domain"
	"earshot/internal/testkit"
)

// TestRefusalsAreKept: who knows the secret path is noted with what was wrong; a stranger is not, and what is taken is no refusal.
func TestRefusalsAreKept(t *testing.T) {
	t.Parallel()
	r := newRig(t)
	r.save(t, func(c *domain.Connector) { c.Credential.Fields[SubscriptionSecret] = "right" })
	mux := http.NewServeMux()
	mux.HandleFunc("POST /site/{secret}", r.in.KeepRefusals(r.in.ServeSite))
	post := func(path, secret, body string) int {
		req := httptest.NewRequest(http.MethodPost, "/site/"+path, strings.NewReader(body))
		req.Header.Set("X-Memory-Secret", secret)
		w := httptest.NewRecorder()
		mux.ServeHTTP(w, req)
		return w.Code
	}
	kept := func() []domain.Refusal {
		t.Helper()
		got, err := r.Store.Refusals(context.Background(), r.conn.ID, time.Time{}, r.Clock.Now())
		testkit.Must(t, err)
		return got
	}
	post("guess", "right", `{}`)
	if status := post(r.conn.SiteSecret, "right", `{}`); status != http.StatusOK || len(kept()) != 0 {
		t.Errorf("answered %d; kept %v", status, kept())
	}
	post(r.conn.SiteSecret, "wrong", `{}`)
	post(r.conn.SiteSecret, "right", strings.Repeat("x", 2<<20))
	r.save(t, func(c *domain.Connector) { c.SiteActive = false })
	post(r.conn.SiteSecret, "right", `{}`)
	got := kept()
	if len(got) != 3 || got[2].Status != 401 || !strings.Contains(got[2].Why, "not signed") || got[1].Status != 413 || got[0].Why != "the site is not active" || !got[0].At.Equal(r.Clock.Now()) {
		t.Errorf("%+v", got)
	}
}

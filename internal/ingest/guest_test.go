package ingest

import (
	"context"
	"net/http"
	"net/http/httptest"
	"strings"
	"testing"
	"time"

	"earshot/internal/domain"
	"earshot/internal/store"
	"earshot/internal/testkit"
)

// TestGuestMustHaveItsSets: sites take events on behalf of the guest user (Voice Connector Guide p. 7).
func TestGuestMustHaveItsSets(t *testing.T) {
	t.Parallel()
	r := newRig(t)
	r.save(t, func(c *domain.Connector) { c.Credential.Fields[SubscriptionSecret] = "right" })
	mux := http.NewServeMux()
	mux.HandleFunc("POST /site/{secret}", r.in.KeepRefusals(r.in.ServeSite))
	post := func() int {
		req := httptest.NewRequest(http.MethodPost, "/site/"+r.conn.SiteSecret, strings.NewReader(`{}`))
		req.Header.Set("X-Memory-Secret", "right")
		w := httptest.NewRecorder()
		mux.ServeHTTP(w, req)
		return w.Code
	}
	whole, err := r.Store.Guest(t.Context())
	testkit.Must(t, err)
	for _, c := range []struct {
		name   string
		change func(*domain.User)
		status int
	}{
		{"whole", func(*domain.User) {}, http.StatusOK},
		{"without Voice Connector Permission", func(u *domain.User) { u.PermissionSets = u.PermissionSets[:1] }, http.StatusForbidden},
		{"without sets", func(u *domain.User) { u.PermissionSets = nil }, http.StatusForbidden},
		{"not active", func(u *domain.User) { u.Active = false }, http.StatusForbidden},
		{"whole again", func(*domain.User) {}, http.StatusOK},
	} {
		u := whole
		c.change(&u)
		r.InTx(t, func(ctx context.Context, tx *store.Tx) error { return tx.SaveUser(ctx, u) })
		if got := post(); got != c.status {
			t.Errorf("%s: %d", c.name, got)
		}
	}
	r.InTx(t, func(ctx context.Context, tx *store.Tx) error { return tx.RemoveGuest(ctx) })
	if got := post(); got != http.StatusForbidden {
		t.Errorf("without a guest: %d", got)
	}
	refused, err := r.Store.Refusals(t.Context(), r.conn.ID, time.Time{}, r.Clock.Now())
	if err != nil || len(refused) != 4 || !strings.Contains(refused[0].Why, "Guest User") {
		t.Errorf("%+v, %v", refused, err)
	}
}

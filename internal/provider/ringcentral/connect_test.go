package ringcentral_test

import (
	"io"
	"maps"
	"net/http"
	"net/http/httptest"
	"slices"
	"sync"
	"testing"
	"time"

	"earshot/internal/domain"
	"earshot/internal/provider"
	"earshot/internal/provider/providertest"
	"earshot/internal/provider/ringcentral"
)

func open(t *testing.T, w *world, clock *providertest.Clock) *provider.Connector {
	t.Helper()
	credential, settings := w.Account()
	return openWith(t, w, provider.Config{Opener: ringcentral.Opener(), Credential: credential, Settings: settings, Now: clock.Now, Sleep: clock.Sleep})
}

func openWith(t *testing.T, w *world, c provider.Config) *provider.Connector {
	t.Helper()
	conn, err := provider.New(c)
	if err != nil {
		t.Fatal(err)
	}
	t.Cleanup(func() {
		for _, p := range w.Problems() {
			t.Error(p)
		}
	})
	return conn
}

func get(t *testing.T, c *provider.Connector, id string, startedAt time.Time) domain.ProviderCall {
	t.Helper()
	call, err := c.GetCall(t.Context(), id, startedAt)
	if err != nil {
		t.Fatal(err)
	}
	return call
}

func listed(t *testing.T, c *provider.Connector, w provider.Window) []domain.ProviderCall {
	t.Helper()
	var out []domain.ProviderCall
	for call, err := range c.Calls(t.Context(), w) {
		if err != nil {
			t.Fatal(err)
		}
		out = append(out, call)
	}
	return out
}

// site receives events, and answers who tries it out.
type site struct {
	*httptest.Server
	mu     sync.Mutex
	events []received
	broken bool
}

type received struct {
	header http.Header
	body   []byte
}

func newSite(t *testing.T, conn *provider.Connector) *site {
	s := &site{}
	s.Server = httptest.NewServer(http.HandlerFunc(func(w http.ResponseWriter, r *http.Request) {
		body, err := io.ReadAll(r.Body)
		if err != nil {
			w.WriteHeader(http.StatusInternalServerError)
			return
		}
		if shaken := conn.Handshake(r.Header, body); shaken != nil {
			maps.Copy(w.Header(), shaken)
			return
		}
		s.mu.Lock()
		defer s.mu.Unlock()
		if s.broken {
			w.WriteHeader(http.StatusBadGateway)
			return
		}
		s.events = append(s.events, received{r.Header.Clone(), body})
	}))
	t.Cleanup(s.Close)
	return s
}

func (s *site) refuse(yes bool) {
	s.mu.Lock()
	defer s.mu.Unlock()
	s.broken = yes
}

func (s *site) all() []received {
	s.mu.Lock()
	defer s.mu.Unlock()
	return slices.Clone(s.events)
}

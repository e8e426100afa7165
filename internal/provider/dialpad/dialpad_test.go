package dialpad_test

import (
	"strconv"
	"testing"
	"time"

	"earshot/internal/domain"
	"earshot/internal/provider"
	"earshot/internal/provider/dialpad"
	"earshot/internal/provider/dialpad/fake"
	"earshot/internal/provider/providertest"
)

// TestDriver: calls to a person's own line, of one leg.
func TestDriver(t *testing.T) {
	t.Parallel()
	providertest.Run(t, harness(func(*world) {}))
}

// TestDriverByQueue: calls to a call center, of two legs, recorded twice.
func TestDriverByQueue(t *testing.T) {
	t.Parallel()
	providertest.Run(t, harness(func(w *world) { w.queued, w.by = true, fake.ByBoth }))
}

// TestDriverSignedLinks: links to recordings that expire, made by admins.
func TestDriverSignedLinks(t *testing.T) {
	t.Parallel()
	providertest.Run(t, providertest.Harness{Info: dialpad.Opener().Info, NewWorld: func(t *testing.T, clock *providertest.Clock) providertest.World {
		w := newWorldWith(t, fake.Options{Now: clock.Now, LinkLife: time.Hour, PageSize: 50})
		w.by = fake.ByAdmin
		return w
	}})
}

func harness(change func(*world)) providertest.Harness {
	return providertest.Harness{Info: dialpad.Opener().Info, NewWorld: func(t *testing.T, clock *providertest.Clock) providertest.World {
		w := newWorld(t, clock)
		change(w)
		return w
	}}
}

func open(t *testing.T, w *world, clock *providertest.Clock) *provider.Connector {
	t.Helper()
	credential, settings := w.Account()
	return openWith(t, w, provider.Config{Opener: dialpad.Opener(), Credential: credential, Settings: settings, Now: clock.Now, Sleep: clock.Sleep})
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

func get(t *testing.T, c *provider.Connector, id int64) domain.ProviderCall {
	t.Helper()
	call, err := c.GetCall(t.Context(), strconv.FormatInt(id, 10), time.Time{})
	if err != nil {
		t.Fatal(err)
	}
	return call
}

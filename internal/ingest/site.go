package ingest

import (
	"context"
	"io"
	"maps"
	"net/http"
	"sync"
	"time"

	"golang.org/x/time/rate"

	"earshot/internal/domain"
	"earshot/internal/store"
)

// Limits of a site. A provider sends a few kB an event; a burst of a busy company stays far below the rate.
const (
	maxEventBytes   = 1 << 20
	eventsPerSecond = 300
	eventBurst      = 600
)

// keptHeaders are those an event keeps; none is a credential.
var keptHeaders = []string{"Content-Type", "User-Agent", "Aircall-Origin"}

// senders limits each site for itself, so that one bad sender cannot starve the others.
type senders struct {
	mu       sync.Mutex
	limiters map[string]*rate.Limiter
}

func newSenders() *senders { return &senders{limiters: map[string]*rate.Limiter{}} }

func (s *senders) allow(connectorID string, now time.Time) bool {
	s.mu.Lock()
	defer s.mu.Unlock()
	l, ok := s.limiters[connectorID]
	if !ok {
		l = rate.NewLimiter(eventsPerSecond, eventBurst)
		s.limiters[connectorID] = l
	}
	return l.AllowN(now, 1)
}

// ServeSite receives the events of the connector whose secret path is in the address: verify, store raw, enqueue, answer.
// Nothing is understood in the request.
func (i *Ingest) ServeSite(w http.ResponseWriter, r *http.Request) {
	status, err := i.receive(r.Context(), w.Header(), r, r.PathValue("secret"))
	if err != nil {
		i.Logger.WarnContext(r.Context(), "event refused", "status", status, "error", err)
	}
	w.WriteHeader(status)
}

func (i *Ingest) receive(ctx context.Context, answer http.Header, r *http.Request, secret string) (int, error) {
	conn, err := i.Store.ConnectorBySiteSecret(ctx, secret)
	switch {
	case domain.IsKind(err, domain.KindNotFound):
		return http.StatusNotFound, nil // strangers guessing addresses are not worth a line each
	case err != nil:
		return http.StatusServiceUnavailable, err
	case !conn.SiteActive:
		return http.StatusNotFound, domain.Errorf(domain.KindForbidden, string(domain.SiteOff), "the site of %s is not active", conn.Provider)
	case !i.senders.allow(conn.ID, i.Now()):
		return http.StatusTooManyRequests, domain.Errorf(domain.KindRateLimited, "", "more than %d events a second for %s", eventsPerSecond, conn.Provider)
	}
	body, err := io.ReadAll(http.MaxBytesReader(nil, r.Body, maxEventBytes))
	if err != nil {
		return http.StatusRequestEntityTooLarge, err
	}
	pc, err := i.Open(conn)
	if err != nil {
		return http.StatusServiceUnavailable, err
	}
	if shaken := pc.Handshake(r.Header, body); shaken != nil {
		maps.Copy(answer, shaken)
		return http.StatusOK, nil
	}
	if err := pc.Verify(r.Header, body, conn.Credential.Fields[SubscriptionSecret]); err != nil {
		return http.StatusUnauthorized, err
	}
	if err := i.accept(ctx, conn, r.Header, body); err != nil {
		return http.StatusServiceUnavailable, err
	}
	return http.StatusOK, nil
}

// SubscriptionSecret is the name under which a connector's credential keeps what events are verified with.
const SubscriptionSecret = "subscription_secret"

// accept stores the event and its job in one transaction. Once this has committed the event cannot be lost.
func (i *Ingest) accept(ctx context.Context, conn domain.Connector, header http.Header, body []byte) error {
	event := domain.Event{ID: store.NewID(), ConnectorID: conn.ID, ReceivedAt: i.Now(), Headers: map[string]string{}, Body: body}
	for _, name := range keptHeaders {
		if v := header.Get(name); v != "" {
			event.Headers[name] = v
		}
	}
	return i.Store.InTx(ctx, func(ctx context.Context, tx *store.Tx) error { return i.keepEvent(ctx, tx, event) })
}

func (i *Ingest) keepEvent(ctx context.Context, tx *store.Tx, event domain.Event) error {
	if err := tx.InsertEvent(ctx, event); err != nil {
		return err
	}
	return tx.Enqueue(ctx, domain.EventJob{EventID: event.ID})
}

package ingest

import (
	"context"
	"errors"
	"fmt"
	"io"
	"maps"
	"net/http"
	"os"
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
	status, err := i.receive(r.Context(), w, r, r.PathValue("secret"))
	if err != nil {
		i.Logger.WarnContext(r.Context(), "event refused", "status", status, "error", err)
	}
	w.WriteHeader(status)
}

func (i *Ingest) receive(ctx context.Context, w http.ResponseWriter, r *http.Request, secret string) (int, error) {
	conn, err := i.Store.ConnectorBySiteSecret(ctx, secret)
	switch {
	case domain.IsKind(err, domain.KindNotFound):
		return http.StatusNotFound, nil // strangers guessing addresses are not worth a line each
	case err != nil:
		return http.StatusServiceUnavailable, err
	case !conn.SiteActive:
		return http.StatusNotFound, domain.Errorf(domain.KindForbidden, string(domain.SiteOff), "the site of %s is not active", conn.Provider)
	}
	if err := i.guestMayTake(ctx, conn); domain.IsKind(err, domain.KindForbidden) {
		return http.StatusForbidden, err
	} else if err != nil {
		return http.StatusServiceUnavailable, err
	}
	if !i.senders.allow(conn.ID, i.Now()) {
		return http.StatusTooManyRequests, domain.Errorf(domain.KindRateLimited, "", "more than %d events a second for %s", eventsPerSecond, conn.Provider)
	}
	body, status, err := i.body(w, r)
	if err != nil {
		return status, err
	}
	pc, err := i.Open(conn)
	if err != nil {
		return http.StatusServiceUnavailable, err
	}
	if shaken := pc.Handshake(r.Header, body); shaken != nil {
		maps.Copy(w.Header(), shaken)
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

// guestMayTake tells whether the guest user, on whose behalf sites take events, has what it needs (VC-23).
func (i *Ingest) guestMayTake(ctx context.Context, conn domain.Connector) error {
	guest, err := i.Store.Guest(ctx)
	if err != nil && !domain.IsKind(err, domain.KindNotFound) {
		return err
	}
	if missing := domain.GuestMissing(guest, i.Now()); len(missing) > 0 || !guest.Active {
		return domain.Errorf(domain.KindForbidden, string(domain.GuestDenied), "the guest user may not take events of %s; it lacks %v", conn.Provider, missing)
	}
	return nil
}

// body reads an event, which is small and comes at once.
func (i *Ingest) body(w http.ResponseWriter, r *http.Request) ([]byte, int, error) {
	_ = http.NewResponseController(w).SetReadDeadline(time.Now().Add(i.EventWithin)) // only a server's connection has one
	body, err := io.ReadAll(http.MaxBytesReader(w, r.Body, maxEventBytes))
	var tooLarge *http.MaxBytesError
	switch {
	case errors.As(err, &tooLarge):
		return nil, http.StatusRequestEntityTooLarge, domain.Errorf(domain.KindInvalid, "", "an event of more than %d bytes", maxEventBytes)
	case errors.Is(err, os.ErrDeadlineExceeded):
		return nil, http.StatusRequestTimeout, domain.Errorf(domain.KindInvalid, "", "an event that was not sent within %v", i.EventWithin)
	case err != nil:
		return nil, http.StatusBadRequest, fmt.Errorf("event cut off: %w", err)
	}
	return body, http.StatusOK, nil
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

// keepEvent stores an event and its job. One that came before, word for word, is answered and set aside: what it says is known.
func (i *Ingest) keepEvent(ctx context.Context, tx *store.Tx, event domain.Event) error {
	fresh, err := tx.InsertEvent(ctx, event)
	if err != nil {
		return err
	}
	if !fresh {
		i.Logger.InfoContext(ctx, "event set aside: it came before", "connector", event.ConnectorID)
		return nil
	}
	return tx.Enqueue(ctx, domain.EventJob{EventID: event.ID})
}

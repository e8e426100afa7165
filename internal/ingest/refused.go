package ingest

import (
	"cmp"
	"context"
	"net/http"

	"earshot/internal/domain"
	"earshot/internal/store"
)

// refusals says in words what a site's refusing answers mean. Strangers who guess addresses, and failures of our own, are none.
var refusals = map[int]string{
	http.StatusNotFound:              "the site is not active",
	http.StatusForbidden:             "the Voice Connector Guest User is not active or lacks a permission set",
	http.StatusUnauthorized:          "it was not signed as the subscription says: it is not of the provider, or of an older subscription",
	http.StatusTooManyRequests:       "too many came at once",
	http.StatusRequestEntityTooLarge: "it was too large",
	http.StatusRequestTimeout:        "it was not sent whole in time",
	http.StatusBadRequest:            "it was cut off",
}

// KeepRefusals keeps what a site refuses, for people who look for a call. Only who knows the secret path of a site can make it write.
func (i *Ingest) KeepRefusals(next http.HandlerFunc) http.HandlerFunc {
	return func(w http.ResponseWriter, r *http.Request) {
		answer := &statusWriter{ResponseWriter: w}
		next(answer, r)
		why, refused := refusals[answer.status]
		if !refused {
			return
		}
		if err := i.keepRefusal(context.WithoutCancel(r.Context()), r.PathValue("secret"), answer.status, why); err != nil {
			i.Logger.WarnContext(r.Context(), "the refusal of an event is not kept", "error", err)
		}
	}
}

func (i *Ingest) keepRefusal(ctx context.Context, secret string, status int, why string) error {
	conn, err := i.Store.ConnectorBySiteSecret(ctx, secret)
	if domain.IsKind(err, domain.KindNotFound) {
		return nil
	}
	if err != nil {
		return err
	}
	return i.Store.InTx(ctx, func(ctx context.Context, tx *store.Tx) error {
		return tx.AddRefusal(ctx, domain.Refusal{ConnectorID: conn.ID, At: i.Now(), Status: status, Why: why})
	})
}

// statusWriter remembers the status of an answer.
type statusWriter struct {
	http.ResponseWriter
	status int
}

// WriteHeader is http.ResponseWriter's.
func (w *statusWriter) WriteHeader(status int) {
	w.status = cmp.Or(w.status, status)
	w.ResponseWriter.WriteHeader(status)
}

// Unwrap lets http.ResponseController reach the connection.
func (w *statusWriter) Unwrap() http.ResponseWriter { return w.ResponseWriter }

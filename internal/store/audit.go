package store

import (
	"cmp"
	"context"
	"database/sql"
	"encoding/json"
	"fmt"
	"strings"
	"time"

	"github.com/google/uuid"

	"earshot/internal/domain"
)

// System is who the audit log names where nobody asked.
const System = "system"

// maxFact is how much of a value the audit log keeps, in bytes.
const maxFact = 1000

// Audit notes in the audit log, as part of this transaction, what actor does. The address and the API token are those of
// domain.OriginOf(ctx).
func (tx *Tx) Audit(ctx context.Context, actor domain.User, action string, on domain.Subject, changes ...domain.FieldChange) error {
	kept := make([]domain.FieldChange, 0, len(changes))
	for _, c := range changes {
		kept = append(kept, domain.FieldChange{Field: c.Field, Old: cut(c.Old), New: cut(c.New)})
	}
	text, err := json.Marshal(kept)
	if err != nil {
		return err
	}
	origin, now := domain.OriginOf(ctx), tx.now()
	name := cmp.Or(actor.Name, actor.Email, System)
	words := strings.ToLower(strings.Join([]string{name, actor.Email, origin.Token, action, on.Kind, on.ID, on.Name, string(text), origin.Address}, " "))
	_, err = tx.db.ExecContext(ctx, `INSERT INTO audit_log (id, at, actor_id, actor, token, action, subject_kind, subject_id, subject, changes, address, words)
		VALUES ($1, $2, $3, $4, $5, $6, $7, $8, $9, $10, $11, $12)`,
		newIDAt(now), millis(now), actor.ID, name, origin.Token, action, on.Kind, on.ID, on.Name, string(text), origin.Address, words)
	return err
}

func cut(value string) string {
	if len(value) <= maxFact {
		return value
	}
	return strings.ToValidUTF8(value[:maxFact], "") + "…"
}

// AuditFilter selects rows of the audit log; empty fields select all. Limit defaults to 50 and is at most 500.
type AuditFilter struct {
	ActorID   string
	Actor     string // name, for those without an id
	Action    string
	SubjectID string
	From, To  time.Time // of At; To is not included
	Query     string    // part of any text of the row
	Cursor    string
	Limit     int
}

// AuditLog gives a page, newest first, and the cursor of the next; "" after the last.
func (q *Queries) AuditLog(ctx context.Context, f AuditFilter) ([]domain.Audited, string, error) {
	w := where{}
	w.equal("actor_id", f.ActorID)
	w.equal("actor", f.Actor)
	w.equal("action", f.Action)
	w.equal("subject_id", f.SubjectID)
	if !f.From.IsZero() {
		w.add("id >= %s", IDAt(f.From))
	}
	if !f.To.IsZero() {
		w.add("id < %s", IDAt(f.To))
	}
	if f.Query != "" {
		w.add(`words LIKE %s ESCAPE '\'`, contains(f.Query))
	}
	if f.Cursor != "" {
		if _, err := uuid.Parse(f.Cursor); err != nil {
			return nil, "", domain.Errorf(domain.KindInvalid, "bad_cursor", "the cursor %q is not one that a list gave; start from the first page", f.Cursor)
		}
		w.add("id < %s", f.Cursor)
	}
	limit := limitOf(f.Limit)
	rows, err := q.db.QueryContext(ctx, fmt.Sprintf(`SELECT id, at, actor_id, actor, token, action, subject_kind, subject_id, subject, changes, address FROM audit_log %s ORDER BY id DESC LIMIT %d`, w.text(), limit+1), w.args...)
	found, err := collect(rows, err, scanAudited)
	if err != nil || len(found) <= limit {
		return found, "", err
	}
	return found[:limit], found[limit-1].ID, nil
}

func scanAudited(r *sql.Rows) (a domain.Audited, err error) {
	var at int64
	var changes string
	if err := r.Scan(&a.ID, &at, &a.ActorID, &a.Actor, &a.Token, &a.Action, &a.SubjectKind, &a.SubjectID, &a.Subject, &changes, &a.Address); err != nil {
		return a, err
	}
	a.At = timeOf(at)
	return a, json.Unmarshal([]byte(changes), &a.Changes)
}

// AuditActions gives the actions that the audit log holds.
func (q *Queries) AuditActions(ctx context.Context) ([]string, error) {
	rows, err := q.db.QueryContext(ctx, `SELECT DISTINCT action FROM audit_log ORDER BY action`)
	return collect(rows, err, func(r *sql.Rows) (action string, err error) {
		err = r.Scan(&action)
		return action, err
	})
}

package store

import (
	"context"
	"database/sql"
	"encoding/json"
	"fmt"
	"strings"
	"time"

	"earshot/internal/domain"
)

// Arrival is one call that a provider told of.
type Arrival struct {
	ConnectorID    string
	Provider       domain.Provider
	ProviderCallID string
	Via            domain.Via
	Snapshot       *domain.ProviderCall
	ObservedAt     time.Time
}

// UpsertResult tells what an arrival changed.
type UpsertResult struct {
	Created bool
	Fresher bool // it knows the call better than what was stored
}

const vcColumns = `id, connector_id, provider, provider_call_id, via, state, stage, reason, detail, user_id, call_id, snapshot, observed_at, attempts, next_attempt_at, created_at, updated_at, version`

func scanVCCall(row interface{ Scan(...any) error }) (domain.VCCall, error) {
	var v domain.VCCall
	var snapshot string
	var observed, next, created, updated int64
	err := row.Scan(&v.ID, &v.ConnectorID, &v.Provider, &v.ProviderCallID, &v.Via, &v.State, &v.Stage, &v.Reason, &v.Detail, &v.UserID, &v.CallID,
		&snapshot, &observed, &v.Attempts, &next, &created, &updated, &v.Version)
	if err != nil {
		return v, err
	}
	v.ObservedAt, v.NextAttemptAt, v.CreatedAt, v.UpdatedAt = timeOf(observed), timeOf(next), timeOf(created), timeOf(updated)
	if snapshot != "" {
		v.Snapshot = &domain.ProviderCall{}
		err = json.Unmarshal([]byte(snapshot), v.Snapshot)
	}
	return v, err
}

func snapshotText(s *domain.ProviderCall) (text, from, to string, err error) {
	if s == nil {
		return "", "", "", nil
	}
	b, err := json.Marshal(s)
	return string(b), s.From, s.To, err
}

// UpsertVCCall notes an arrival: a new call is made once however many arrivals race; for one that is known, the snapshot
// is replaced if it is newer. The state is never touched.
func (tx *Tx) UpsertVCCall(ctx context.Context, a Arrival) (domain.VCCall, UpsertResult, error) {
	text, from, to, err := snapshotText(a.Snapshot)
	if err != nil {
		return domain.VCCall{}, UpsertResult{}, err
	}
	now, observed := millis(tx.now()), millis(a.ObservedAt)
	res, err := tx.db.ExecContext(ctx, `INSERT INTO vc_calls (id, connector_id, provider, provider_call_id, via, state, stage, reason, detail, user_id, call_id, snapshot, observed_at, from_number, to_number, attempts, next_attempt_at, created_at, updated_at, version)
		VALUES ($1, $2, $3, $4, $5, $6, $7, '', '', '', '', $8, $9, $10, $11, 0, 0, $12, $12, 1) ON CONFLICT (connector_id, provider_call_id) DO NOTHING`,
		NewID(), a.ConnectorID, a.Provider, a.ProviderCallID, a.Via, domain.StateReceived, domain.StageDescribe, text, observed, from, to, now)
	if err != nil {
		return domain.VCCall{}, UpsertResult{}, err
	}
	created, err := res.RowsAffected()
	if err != nil {
		return domain.VCCall{}, UpsertResult{}, err
	}
	result := UpsertResult{Created: created == 1, Fresher: created == 1}
	if created == 0 && a.Snapshot != nil {
		res, err := tx.db.ExecContext(ctx, `UPDATE vc_calls SET snapshot = $1, observed_at = $2, from_number = $3, to_number = $4, updated_at = $5, version = version + 1
			WHERE connector_id = $6 AND provider_call_id = $7 AND observed_at < $2`, text, observed, from, to, now, a.ConnectorID, a.ProviderCallID)
		if err != nil {
			return domain.VCCall{}, result, err
		}
		n, err := res.RowsAffected()
		if err != nil {
			return domain.VCCall{}, result, err
		}
		result.Fresher = n == 1
	}
	v, err := tx.VCCallByProviderID(ctx, a.ConnectorID, a.ProviderCallID)
	if err != nil || !result.Created && !result.Fresher {
		return v, result, err
	}
	return v, result, tx.Changed(ctx, TopicVCCall, v.ID)
}

// UpdateVCCall stores v if nobody changed it since it was read; otherwise it gives KindConflict. It moves Version and UpdatedAt.
func (tx *Tx) UpdateVCCall(ctx context.Context, v *domain.VCCall) error {
	text, from, to, err := snapshotText(v.Snapshot)
	if err != nil {
		return err
	}
	now := tx.now()
	res, err := tx.db.ExecContext(ctx, `UPDATE vc_calls SET state = $1, stage = $2, reason = $3, detail = $4, user_id = $5, call_id = $6, snapshot = $7, observed_at = $8, from_number = $9, to_number = $10,
		attempts = $11, next_attempt_at = $12, updated_at = $13, version = version + 1 WHERE id = $14 AND version = $15`,
		v.State, v.Stage, v.Reason, v.Detail, v.UserID, v.CallID, text, millis(v.ObservedAt), from, to, v.Attempts, millis(v.NextAttemptAt), millis(now), v.ID, v.Version)
	if err != nil {
		return err
	}
	if n, err := res.RowsAffected(); err != nil || n == 0 {
		if err == nil {
			err = domain.Errorf(domain.KindConflict, "", "VC Call %s was changed by somebody else", v.ID)
		}
		return err
	}
	v.Version++
	v.UpdatedAt = now
	return tx.Changed(ctx, TopicVCCall, v.ID)
}

// VCCall gives one by its id.
func (q *Queries) VCCall(ctx context.Context, id string) (domain.VCCall, error) {
	v, err := scanVCCall(q.db.QueryRowContext(ctx, `SELECT `+vcColumns+` FROM vc_calls WHERE id = $1`, id))
	return v, notFound(err, "VC Call")
}

// VCCallByProviderID gives one by the provider's id of the call.
func (q *Queries) VCCallByProviderID(ctx context.Context, connectorID, providerCallID string) (domain.VCCall, error) {
	v, err := scanVCCall(q.db.QueryRowContext(ctx, `SELECT `+vcColumns+` FROM vc_calls WHERE connector_id = $1 AND provider_call_id = $2`, connectorID, providerCallID))
	return v, notFound(err, "VC Call")
}

// VCCallFilter selects VC Calls; empty fields select all. Limit defaults to 50.
type VCCallFilter struct {
	State    domain.State
	Reason   domain.ReasonCode
	Provider domain.Provider
	UserID   string
	Query    string // provider call id, or part of a number
	Cursor   string
	Limit    int
}

// VCCalls gives a page, newest first, and the cursor of the next.
func (q *Queries) VCCalls(ctx context.Context, f VCCallFilter) ([]domain.VCCall, string, error) {
	w := where{}
	w.equal("state", string(f.State))
	w.equal("reason", string(f.Reason))
	w.equal("provider", string(f.Provider))
	w.equal("user_id", f.UserID)
	if f.Query != "" {
		w.add(`(provider_call_id = %[1]s OR from_number LIKE %[2]s ESCAPE '\' OR to_number LIKE %[2]s ESCAPE '\')`, f.Query, contains(f.Query))
	}
	if f.Cursor != "" {
		w.add("id < %s", f.Cursor)
	}
	limit := limitOr(f.Limit, 50)
	rows, err := q.db.QueryContext(ctx, fmt.Sprintf(`SELECT %s FROM vc_calls %s ORDER BY id DESC LIMIT %d`, vcColumns, w.text(), limit+1), w.args...)
	found, err := collect(rows, err, func(r *sql.Rows) (domain.VCCall, error) { return scanVCCall(r) })
	if err != nil || len(found) <= limit {
		return found, "", err
	}
	return found[:limit], found[limit-1].ID, nil
}

// VCCallCounts counts all VC Calls by state.
func (q *Queries) VCCallCounts(ctx context.Context) (map[domain.State]int, error) {
	rows, err := q.db.QueryContext(ctx, `SELECT state, count(*) FROM vc_calls GROUP BY state`)
	counts := map[domain.State]int{}
	_, err = collect(rows, err, func(r *sql.Rows) (int, error) {
		var state domain.State
		var n int
		err := r.Scan(&state, &n)
		counts[state] = n
		return n, err
	})
	return counts, err
}

// StuckVCCalls gives those that should have gone on before the time and for which no job exists.
func (q *Queries) StuckVCCalls(ctx context.Context, before time.Time, limit int) ([]domain.VCCall, error) {
	rows, err := q.db.QueryContext(ctx, fmt.Sprintf(`SELECT %s FROM vc_calls v WHERE updated_at < $1 AND next_attempt_at < $1
		AND (state IN ('received', 'waiting', 'processing') OR state = 'failed' AND next_attempt_at > 0)
		AND NOT EXISTS (SELECT 1 FROM river_job j WHERE j.state NOT IN ('completed', 'cancelled', 'discarded') AND %s = v.id)
		ORDER BY id LIMIT %d`, vcColumns, q.dialect.jobVCCall, limit), millis(before))
	return collect(rows, err, func(r *sql.Rows) (domain.VCCall, error) { return scanVCCall(r) })
}

// AddVCLog adds a line to the log of a VC Call.
func (tx *Tx) AddVCLog(ctx context.Context, l domain.VCLog) error {
	_, err := tx.db.ExecContext(ctx, `INSERT INTO vc_logs (id, vc_call_id, at, level, stage, reason, text) VALUES ($1, $2, $3, $4, $5, $6, $7)`,
		NewID(), l.VCCallID, millis(l.At), l.Level, l.Stage, l.Reason, l.Text)
	return err
}

// VCLogs gives the log of a VC Call, oldest first.
func (q *Queries) VCLogs(ctx context.Context, vcCallID string) ([]domain.VCLog, error) {
	rows, err := q.db.QueryContext(ctx, `SELECT id, vc_call_id, at, level, stage, reason, text FROM vc_logs WHERE vc_call_id = $1 ORDER BY id`, vcCallID)
	return collect(rows, err, func(r *sql.Rows) (l domain.VCLog, err error) {
		var at int64
		err = r.Scan(&l.ID, &l.VCCallID, &at, &l.Level, &l.Stage, &l.Reason, &l.Text)
		l.At = timeOf(at)
		return l, err
	})
}

// where builds a condition with numbered parameters.
type where struct {
	conditions []string
	args       []any
}

func (w *where) equal(column, value string) {
	if value != "" {
		w.add(column+" = %s", value)
	}
}

// add takes a condition whose %s stand for the values in order.
func (w *where) add(condition string, values ...any) {
	names := make([]any, len(values))
	for i, v := range values {
		w.args = append(w.args, v)
		names[i] = fmt.Sprintf("$%d", len(w.args))
	}
	w.conditions = append(w.conditions, fmt.Sprintf(condition, names...))
}

func (w *where) text() string {
	if len(w.conditions) == 0 {
		return ""
	}
	return "WHERE " + strings.Join(w.conditions, " AND ")
}

// contains is the LIKE pattern for a part of a text, with the pattern's own signs taken literally.
func contains(part string) string {
	return "%" + strings.NewReplacer(`\`, `\\`, `%`, `\%`, `_`, `\_`).Replace(strings.ToLower(part)) + "%"
}

func limitOr(limit, otherwise int) int {
	if limit <= 0 {
		return otherwise
	}
	return limit
}

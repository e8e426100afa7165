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

// snapshotRow is a snapshot as columns: whole, and what lists search for. progress tells how far the call had come, to
// choose between two snapshots of the same time (Aircall's have whole seconds).
type snapshotRow struct {
	text, from, to string
	observed       int64
	progress       int
}

func rowOf(s *domain.ProviderCall, observed time.Time) (snapshotRow, error) {
	if s == nil {
		return snapshotRow{}, nil // nothing was observed, so the first snapshot counts whatever its time
	}
	text, err := json.Marshal(s)
	row := snapshotRow{text: string(text), from: s.From, to: s.To, observed: millis(observed), progress: 1}
	if s.Ended() {
		row.progress = 2
	}
	if s.Ended() && s.Recording == domain.RecordingReady {
		row.progress = 3
	}
	return row, err
}

// UpsertVCCall notes an arrival: a new call is made once however many arrivals race; for one that is known, the snapshot
// is replaced if it is newer, or of the same time and further on. The state is never touched.
func (tx *Tx) UpsertVCCall(ctx context.Context, a Arrival) (domain.VCCall, UpsertResult, error) {
	row, err := rowOf(a.Snapshot, a.ObservedAt)
	if err != nil {
		return domain.VCCall{}, UpsertResult{}, err
	}
	created, err := tx.insertVCCall(ctx, a, row)
	result := UpsertResult{Created: created, Fresher: created}
	if err == nil && !created && a.Snapshot != nil {
		result.Fresher, err = tx.freshen(ctx, a, row)
	}
	if err != nil {
		return domain.VCCall{}, UpsertResult{}, err
	}
	v, err := tx.VCCallByProviderID(ctx, a.ConnectorID, a.ProviderCallID)
	if err != nil || !result.Fresher {
		return v, result, err
	}
	return v, result, tx.Changed(ctx, TopicVCCall, v.ID)
}

func (tx *Tx) insertVCCall(ctx context.Context, a Arrival, row snapshotRow) (bool, error) {
	res, err := tx.db.ExecContext(ctx, `INSERT INTO vc_calls (id, connector_id, provider, provider_call_id, via, state, stage, reason, detail, user_id, call_id, snapshot, observed_at, progress, from_number, to_number, attempts, next_attempt_at, created_at, updated_at, version)
		VALUES ($1, $2, $3, $4, $5, $6, $7, '', '', '', '', $8, $9, $10, $11, $12, 0, 0, $13, $13, 1) ON CONFLICT (connector_id, provider_call_id) DO NOTHING`,
		NewID(), a.ConnectorID, a.Provider, a.ProviderCallID, a.Via, domain.StateReceived, domain.StageDescribe, row.text, row.observed, row.progress, row.from, row.to, millis(tx.now()))
	return met(res, err)
}

func (tx *Tx) freshen(ctx context.Context, a Arrival, row snapshotRow) (bool, error) {
	res, err := tx.db.ExecContext(ctx, `UPDATE vc_calls SET snapshot = $1, observed_at = $2, progress = $3, from_number = $4, to_number = $5, updated_at = $6, version = version + 1
		WHERE connector_id = $7 AND provider_call_id = $8 AND (observed_at < $2 OR observed_at = $2 AND progress < $3)`,
		row.text, row.observed, row.progress, row.from, row.to, millis(tx.now()), a.ConnectorID, a.ProviderCallID)
	return met(res, err)
}

// UpdateVCCall stores v if nobody changed it since it was read; otherwise it gives KindConflict. It moves Version and
// UpdatedAt, and moves them back if the transaction fails.
func (tx *Tx) UpdateVCCall(ctx context.Context, v *domain.VCCall) error {
	row, err := rowOf(v.Snapshot, v.ObservedAt)
	if err != nil {
		return err
	}
	now := millis(tx.now())
	res, err := tx.db.ExecContext(ctx, `UPDATE vc_calls SET state = $1, stage = $2, reason = $3, detail = $4, user_id = $5, call_id = $6, snapshot = $7, observed_at = $8, progress = $9, from_number = $10, to_number = $11,
		attempts = $12, next_attempt_at = $13, updated_at = $14, via = $15, version = version + 1 WHERE id = $16 AND version = $17`,
		v.State, v.Stage, v.Reason, v.Detail, v.UserID, v.CallID, row.text, row.observed, row.progress, row.from, row.to, v.Attempts, millis(v.NextAttemptAt), now, v.Via, v.ID, v.Version)
	if ok, err := met(res, err); err != nil {
		return err
	} else if !ok {
		return domain.Errorf(domain.KindConflict, "", "VC Call %s was changed by somebody else; load it again", v.ID)
	}
	before := *v
	tx.undo = append(tx.undo, func() { v.Version, v.UpdatedAt = before.Version, before.UpdatedAt })
	v.Version++
	v.UpdatedAt = timeOf(now)
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

// Settled gives those of a connector's calls, by the provider's ids, that nothing a listing says can change any more.
func (q *Queries) Settled(ctx context.Context, connectorID string, providerCallIDs []string) (map[string]bool, error) {
	settled := map[string]bool{}
	if len(providerCallIDs) == 0 {
		return settled, nil
	}
	args := []any{connectorID, domain.StateProcessed, domain.StateProcessing, domain.StateSkipped, domain.NotRecorded}
	var places []string
	for _, id := range providerCallIDs {
		args = append(args, id)
		places = append(places, fmt.Sprintf("$%d", len(args)))
	}
	rows, err := q.db.QueryContext(ctx, `SELECT provider_call_id FROM vc_calls WHERE connector_id = $1 AND (state IN ($2, $3) OR state = $4 AND reason <> $5) AND provider_call_id IN (`+strings.Join(places, ", ")+`)`, args...)
	found, err := collect(rows, err, func(r *sql.Rows) (id string, err error) { return id, r.Scan(&id) })
	for _, id := range found {
		settled[id] = true
	}
	return settled, err
}

// VCCallFilter selects VC Calls; empty fields select all. Limit defaults to 50 and is at most 500.
type VCCallFilter struct {
	State       domain.State
	Reason      domain.ReasonCode
	Provider    domain.Provider
	ConnectorID string
	UserID      string
	Query       string    // provider call id, or part of a number
	From, To    time.Time // when it came in: from From, before To
	Cursor      string
	Limit       int
}

func (f VCCallFilter) where() where {
	w := where{}
	w.equal("state", string(f.State))
	w.equal("reason", string(f.Reason))
	w.equal("provider", string(f.Provider))
	w.equal("connector_id", f.ConnectorID)
	w.equal("user_id", f.UserID)
	if f.Query != "" {
		w.add(`(provider_call_id = %[1]s OR from_number LIKE %[2]s ESCAPE '\' OR to_number LIKE %[2]s ESCAPE '\')`, f.Query, contains(f.Query))
	}
	if !f.From.IsZero() {
		w.add("created_at >= %s", millis(f.From))
	}
	if !f.To.IsZero() {
		w.add("created_at < %s", millis(f.To))
	}
	if f.Cursor != "" {
		w.add("id < %s", f.Cursor)
	}
	return w
}

// VCCalls gives a page, newest first, and the cursor of the next; "" after the last.
func (q *Queries) VCCalls(ctx context.Context, f VCCallFilter) ([]domain.VCCall, string, error) {
	w, limit := f.where(), limitOf(f.Limit)
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

// StuckVCCalls gives those that should have gone on before the time and for which no job exists, oldest first.
func (q *Queries) StuckVCCalls(ctx context.Context, before time.Time, limit int) ([]domain.VCCall, error) {
	// A join rather than NOT EXISTS: with a hundred thousand jobs waiting, each VC Call must not look through them all.
	rows, err := q.db.QueryContext(ctx, fmt.Sprintf(`WITH busy AS (SELECT DISTINCT %s AS vc_call_id FROM river_job j WHERE j.state NOT IN ('completed', 'cancelled', 'discarded'))
		SELECT %s FROM vc_calls v LEFT JOIN busy ON busy.vc_call_id = v.id
		WHERE busy.vc_call_id IS NULL AND updated_at < $1 AND next_attempt_at < $1
		AND state IN ('received', 'waiting', 'processing', 'failed') AND (state <> 'failed' OR next_attempt_at > 0)
		ORDER BY id LIMIT %d`, q.dialect.jobVCCall, vcColumns, limit), millis(before))
	return collect(rows, err, func(r *sql.Rows) (domain.VCCall, error) { return scanVCCall(r) })
}

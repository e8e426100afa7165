package store

import (
	"context"
	"database/sql"
	"time"

	"earshot/internal/domain"
)

// OldRecordings gives calls that took place before a time, are not being worked on and have a recording still; the oldest first.
func (q *Queries) OldRecordings(ctx context.Context, before time.Time, limit int) ([]domain.Call, error) {
	return q.oldCalls(ctx, `recording_key <> '' AND `, before, limit)
}

// OldCalls gives calls that took place before a time and are not being worked on; the oldest first.
func (q *Queries) OldCalls(ctx context.Context, before time.Time, limit int) ([]domain.Call, error) {
	return q.oldCalls(ctx, ``, before, limit)
}

func (q *Queries) oldCalls(ctx context.Context, where string, before time.Time, limit int) ([]domain.Call, error) {
	rows, err := q.db.QueryContext(ctx, `SELECT `+callColumns+` FROM calls WHERE `+where+`started_at < $1 AND state <> $2 ORDER BY started_at, id LIMIT $3`, millis(before), domain.StateProcessing, limit)
	return collect(rows, err, func(r *sql.Rows) (domain.Call, error) {
		c, err := scanCall(r)
		return c.Call, err
	})
}

// ForgetRecording lets a call have no recording any more; its file is removed by a RemoveJob.
func (tx *Tx) ForgetRecording(ctx context.Context, callID string) error {
	res, err := tx.db.ExecContext(ctx, `UPDATE calls SET recording_key = '', recording_sha256 = '', recording_size = 0, updated_at = $1 WHERE id = $2`, millis(tx.now()), callID)
	if err := changedOne(res, err, "call"); err != nil {
		return err
	}
	return tx.Changed(ctx, TopicCall, callID)
}

// RemoveCall removes a call with its lines, insights, corrections and what was written of it. Its VC Call stays, so that the call is not
// taken for a new one.
func (tx *Tx) RemoveCall(ctx context.Context, c domain.Call) error {
	if _, err := tx.db.ExecContext(ctx, `UPDATE vc_calls SET call_id = '' WHERE id = $1`, c.VCCallID); err != nil {
		return err
	}
	res, err := tx.db.ExecContext(ctx, `DELETE FROM calls WHERE id = $1`, c.ID)
	if err := changedOne(res, err, "call"); err != nil {
		return err
	}
	return tx.Changed(ctx, TopicCall, c.ID)
}

// RemoveOldVCCalls removes VC Calls, with their logs, that came in before a time, that led to no call and that nobody works on; at most
// limit. It tells how many.
func (tx *Tx) RemoveOldVCCalls(ctx context.Context, before time.Time, limit int) (int, error) {
	res, err := tx.db.ExecContext(ctx, `DELETE FROM vc_calls WHERE id IN (
		SELECT v.id FROM vc_calls v WHERE v.created_at < $1 AND v.state IN ($2, $3, $4, $5) AND NOT EXISTS (SELECT 1 FROM calls c WHERE c.vc_call_id = v.id) ORDER BY v.created_at LIMIT $6)`,
		millis(before), domain.StateProcessed, domain.StateSkipped, domain.StateFailed, domain.StateUnmatched, limit)
	if err != nil {
		return 0, err
	}
	n, err := res.RowsAffected()
	return int(n), err
}

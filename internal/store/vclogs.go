package store

import (
	"context"
	"database/sql"

	"earshot/internal/domain"
)

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

package store

import (
	"context"
	"database/sql"
	"encoding/json"
	"slices"
	"time"

	"earshot/internal/domain"
)

// Pace lets change work on what is known of an account's limits while no other process can, and keeps what it leaves. change may
// run again if another transaction was in its way.
func (s *Store) Pace(ctx context.Context, account string, groups []string, change func(map[string]*domain.Pace)) error {
	return s.InTx(ctx, func(ctx context.Context, tx *Tx) error {
		paces := map[string]*domain.Pace{}
		for _, g := range slices.Sorted(slices.Values(groups)) {
			p, err := tx.lockPace(ctx, account, g)
			if err != nil {
				return err
			}
			paces[g] = &p
		}
		change(paces)
		for g, p := range paces {
			if err := tx.savePace(ctx, account, g, *p); err != nil {
				return err
			}
		}
		return nil
	})
}

// Paces gives all that is known of an account's limits, by group.
func (q *Queries) Paces(ctx context.Context, account string) (map[string]domain.Pace, error) {
	rows, err := q.db.QueryContext(ctx, `SELECT `+paceColumns+` FROM paces WHERE account = $1`, account)
	found, err := collect(rows, err, func(r *sql.Rows) (domain.Pace, error) { return scanPace(r) })
	out := map[string]domain.Pace{}
	for _, p := range found {
		out[p.Quota.Group] = p
	}
	return out, err
}

const paceColumns = `limit_group, requests, per_ms, sent, until_at`

func scanPace(row interface{ Scan(...any) error }) (p domain.Pace, err error) {
	var per, until int64
	var text string
	var sent []int64
	if err := row.Scan(&p.Quota.Group, &p.Quota.Requests, &per, &text, &until); err != nil {
		return p, err
	}
	p.Quota.Per, p.Until = time.Duration(per)*time.Millisecond, timeOf(until)
	if err := json.Unmarshal([]byte(text), &sent); err != nil {
		return p, err
	}
	for _, ms := range sent {
		p.Sent = append(p.Sent, timeOf(ms))
	}
	return p, nil
}

func (tx *Tx) lockPace(ctx context.Context, account, group string) (domain.Pace, error) {
	_, err := tx.db.ExecContext(ctx, `INSERT INTO paces (account, limit_group, requests, per_ms, sent, until_at) VALUES ($1, $2, 0, 0, '[]', 0) ON CONFLICT (account, limit_group) DO NOTHING`, account, group)
	if err != nil {
		return domain.Pace{}, err
	}
	return scanPace(tx.db.QueryRowContext(ctx, `SELECT `+paceColumns+` FROM paces WHERE account = $1 AND limit_group = $2`+tx.dialect.forUpdate, account, group))
}

func (tx *Tx) savePace(ctx context.Context, account, group string, p domain.Pace) error {
	sent := make([]int64, len(p.Sent))
	for i, t := range p.Sent {
		sent[i] = millis(t)
	}
	text, err := json.Marshal(sent)
	if err != nil {
		return err
	}
	_, err = tx.db.ExecContext(ctx, `UPDATE paces SET requests = $1, per_ms = $2, sent = $3, until_at = $4 WHERE account = $5 AND limit_group = $6`,
		p.Quota.Requests, p.Quota.Per.Milliseconds(), string(text), millis(p.Until), account, group)
	return err
}

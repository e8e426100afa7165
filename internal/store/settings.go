package store

import (
	"context"
	"database/sql"
	"encoding/json"
	"errors"

	"earshot/internal/domain"
)

const settingsGeneral = "general"

// Settings gives the general settings; before they are first saved, their defaults.
func (q *Queries) Settings(ctx context.Context) (domain.GeneralSettings, error) {
	s := domain.GeneralSettings{OptimalSpeakerSeparation: true, Language: "en"}
	var text string
	err := q.db.QueryRowContext(ctx, `SELECT value FROM settings WHERE name = $1`, settingsGeneral).Scan(&text)
	if errors.Is(err, sql.ErrNoRows) {
		return s, nil
	}
	if err != nil {
		return s, err
	}
	return s, json.Unmarshal([]byte(text), &s)
}

// SaveSettings stores the general settings.
func (tx *Tx) SaveSettings(ctx context.Context, s domain.GeneralSettings) error {
	text, err := json.Marshal(s)
	if err != nil {
		return err
	}
	_, err = tx.db.ExecContext(ctx, `INSERT INTO settings (name, value) VALUES ($1, $2) ON CONFLICT (name) DO UPDATE SET value = $2`, settingsGeneral, string(text))
	if err != nil {
		return err
	}
	return tx.Changed(ctx, TopicSettings, settingsGeneral)
}

// AddExcludedNumbers adds those that are not on the list yet, and gives them.
func (tx *Tx) AddExcludedNumbers(ctx context.Context, numbers []domain.ExcludedNumber) ([]domain.ExcludedNumber, error) {
	added := []domain.ExcludedNumber{}
	for _, n := range numbers {
		res, err := tx.db.ExecContext(ctx, `INSERT INTO excluded_numbers (id, number, note, created_at, created_by) VALUES ($1, $2, $3, $4, $5) ON CONFLICT (number) DO NOTHING`,
			n.ID, n.Number, n.Note, millis(n.CreatedAt), n.CreatedBy)
		isNew, err := met(res, err)
		if err != nil {
			return nil, err
		}
		if isNew {
			added = append(added, n)
		}
	}
	return added, tx.Changed(ctx, TopicExcluded, "")
}

// RemoveExcludedNumber takes one off the list, and gives it.
func (tx *Tx) RemoveExcludedNumber(ctx context.Context, id string) (n domain.ExcludedNumber, err error) {
	var created int64
	err = tx.db.QueryRowContext(ctx, `DELETE FROM excluded_numbers WHERE id = $1 RETURNING id, number, note, created_at, created_by`, id).Scan(&n.ID, &n.Number, &n.Note, &created, &n.CreatedBy)
	if err != nil {
		return n, notFound(err, "excluded number")
	}
	n.CreatedAt = timeOf(created)
	return n, tx.Changed(ctx, TopicExcluded, id)
}

// ExcludedNumbers gives all, newest first.
func (q *Queries) ExcludedNumbers(ctx context.Context) ([]domain.ExcludedNumber, error) {
	rows, err := q.db.QueryContext(ctx, `SELECT id, number, note, created_at, created_by FROM excluded_numbers ORDER BY id DESC`)
	return collect(rows, err, func(r *sql.Rows) (n domain.ExcludedNumber, err error) {
		var created int64
		err = r.Scan(&n.ID, &n.Number, &n.Note, &created, &n.CreatedBy)
		n.CreatedAt = timeOf(created)
		return n, err
	})
}

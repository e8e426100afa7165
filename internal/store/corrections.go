package store

import (
	"context"
	"database/sql"
	"encoding/json"
	"errors"

	"earshot/internal/domain"
)

// Corrections of a call by people; empty where nobody corrected it.
func (q *Queries) Corrections(ctx context.Context, callID string) (domain.Corrections, error) {
	c, _, err := q.corrections(ctx, callID)
	return c, err
}

func (q *Queries) corrections(ctx context.Context, callID string) (c domain.Corrections, found bool, err error) {
	var text string
	err = q.db.QueryRowContext(ctx, `SELECT corrections FROM corrections WHERE call_id = $1`, callID).Scan(&text)
	if errors.Is(err, sql.ErrNoRows) {
		return c, false, nil
	}
	if err != nil {
		return c, false, err
	}
	return c, true, json.Unmarshal([]byte(text), &c)
}

// written is what the engine wrote of a call: with corrections, not what calls and lines hold.
type written struct {
	Lines  []domain.Line `json:"lines"`
	Speech domain.Speech `json:"speech"`
}

// SaveCorrections puts corrections on top of what the engine wrote of a call with a transcript.
func (tx *Tx) SaveCorrections(ctx context.Context, call domain.Call, c domain.Corrections) (domain.Transcript, error) {
	t := *call.Transcript
	var text string
	err := tx.db.QueryRowContext(ctx, `SELECT written FROM corrections WHERE call_id = $1`, call.ID).Scan(&text)
	switch {
	case err == nil:
		var w written
		if err := json.Unmarshal([]byte(text), &w); err != nil {
			return t, err
		}
		t.Lines, t.Speech = w.Lines, w.Speech
	case !errors.Is(err, sql.ErrNoRows):
		return t, err
	}
	if err := tx.saveCorrections(ctx, call.ID, c, t); err != nil {
		return t, err
	}
	t = c.Apply(t)
	return t, tx.saveTranscript(ctx, call.ID, t)
}

func (tx *Tx) saveCorrections(ctx context.Context, callID string, c domain.Corrections, t domain.Transcript) error {
	corrections, err := json.Marshal(c)
	if err != nil {
		return err
	}
	text, err := json.Marshal(written{t.Lines, t.Speech})
	if err != nil {
		return err
	}
	_, err = tx.db.ExecContext(ctx, `INSERT INTO corrections (call_id, corrections, written, updated_at) VALUES ($1, $2, $3, $4)
		ON CONFLICT (call_id) DO UPDATE SET corrections = $2, written = $3, updated_at = $4`, callID, string(corrections), string(text), millis(tx.now()))
	return err
}

package store

import (
	"context"
	"database/sql"
	"encoding/base64"
	"encoding/json"
	"errors"
	"fmt"
	"strings"

	"earshot/internal/domain"
)

const settingsModel = "language_model"

// ModelSettings gives which language model writes about calls; before they are first saved, none.
func (q *Queries) ModelSettings(ctx context.Context) (domain.ModelSettings, error) {
	s := domain.ModelSettings{Kind: "openai", WhenSpent: domain.SpentWait, DailyTokens: 1_000_000, WindowTokens: 6000, Connectors: []string{}, Prompts: []domain.InsightPrompt{}}
	text, err := q.setting(ctx, settingsModel)
	if err != nil || text == "" {
		return s, err
	}
	return s, json.Unmarshal([]byte(text), &s)
}

// SaveModelSettings stores them.
func (tx *Tx) SaveModelSettings(ctx context.Context, s domain.ModelSettings) error {
	text, err := json.Marshal(s)
	if err != nil {
		return err
	}
	return tx.saveSetting(ctx, settingsModel, string(text))
}

// modelKeyRow names the row of a key; the key opens for that kind and address only.
func modelKeyRow(kind, baseURL string) string { return "model_key/" + kind + "/" + baseURL }

// ModelKey gives the key of a service at an address; "" without one.
func (q *Queries) ModelKey(ctx context.Context, kind, baseURL string) (string, error) {
	row := modelKeyRow(kind, baseURL)
	text, err := q.setting(ctx, row)
	if err != nil || text == "" {
		return "", err
	}
	sealed, err := base64.StdEncoding.DecodeString(text)
	if err != nil {
		return "", err
	}
	plain, err := q.keyring.Open(sealed, row)
	return string(plain), err
}

// SaveModelKey seals the key of a service at an address; "" forgets it.
func (tx *Tx) SaveModelKey(ctx context.Context, kind, baseURL, key string) error {
	row := modelKeyRow(kind, baseURL)
	if key == "" {
		return tx.saveSetting(ctx, row, "")
	}
	sealed, err := tx.keyring.Seal([]byte(key), row)
	if err != nil {
		return err
	}
	return tx.saveSetting(ctx, row, base64.StdEncoding.EncodeToString(sealed))
}

// ModelWork is what the model did for a call; false where it was never asked.
func (q *Queries) ModelWork(ctx context.Context, callID string) (domain.ModelWork, bool, error) {
	w := domain.ModelWork{CallID: callID}
	var text string
	var updated int64
	var fingerprint, lines string
	err := q.db.QueryRowContext(ctx, `SELECT work, fingerprint, lines_print, updated_at FROM model_works WHERE call_id = $1`, callID).Scan(&text, &fingerprint, &lines, &updated)
	if errors.Is(err, sql.ErrNoRows) {
		return w, false, nil
	}
	if err != nil {
		return w, false, err
	}
	if err := json.Unmarshal([]byte(text), &w); err != nil {
		return w, false, err
	}
	w.CallID, w.Fingerprint, w.LinesPrint, w.UpdatedAt = callID, fingerprint, lines, timeOf(updated)
	return w, true, nil
}

// SaveModelWork replaces it.
func (tx *Tx) SaveModelWork(ctx context.Context, w domain.ModelWork) error {
	text, err := json.Marshal(w)
	if err != nil {
		return err
	}
	_, err = tx.db.ExecContext(ctx, `INSERT INTO model_works (call_id, state, work, fingerprint, lines_print, updated_at) VALUES ($1, $2, $3, $4, $5, $6)
		ON CONFLICT (call_id) DO UPDATE SET state = $2, work = $3, fingerprint = $4, lines_print = $5, updated_at = $6`, w.CallID, w.State, string(text), w.Fingerprint, w.LinesPrint, millis(tx.now()))
	if err != nil {
		return err
	}
	return tx.Changed(ctx, TopicCall, w.CallID)
}

// AddSummaryVersion keeps a state of a call's summary.
func (tx *Tx) AddSummaryVersion(ctx context.Context, v domain.SummaryVersion) error {
	_, err := tx.db.ExecContext(ctx, `INSERT INTO summary_versions (id, call_id, by_name, text, at) VALUES ($1, $2, $3, $4, $5)`, v.ID, v.CallID, v.By, v.Text, millis(v.At))
	if err != nil {
		return err
	}
	return tx.Changed(ctx, TopicCall, v.CallID)
}

// SummaryVersions of a call, newest first, at most 100.
func (q *Queries) SummaryVersions(ctx context.Context, callID string) ([]domain.SummaryVersion, error) {
	rows, err := q.db.QueryContext(ctx, `SELECT id, by_name, text, at FROM summary_versions WHERE call_id = $1 ORDER BY id DESC LIMIT 100`, callID)
	return collect(rows, err, func(r *sql.Rows) (v domain.SummaryVersion, err error) {
		var at int64
		err = r.Scan(&v.ID, &v.By, &v.Text, &at)
		v.CallID, v.At = callID, timeOf(at)
		return v, err
	})
}

// ModelTokens of a day, what is reserved included.
func (q *Queries) ModelTokens(ctx context.Context, day string) (int, error) {
	var n int
	err := q.db.QueryRowContext(ctx, `SELECT tokens FROM model_days WHERE day = $1`, day).Scan(&n)
	if errors.Is(err, sql.ErrNoRows) {
		return 0, nil
	}
	return n, err
}

// AddModelTokens counts tokens of a day, or takes back where n is negative, and gives the sum. Within its transaction nobody else counts.
func (tx *Tx) AddModelTokens(ctx context.Context, day string, n int) (int, error) {
	var sum int
	err := tx.db.QueryRowContext(ctx, `INSERT INTO model_days (day, tokens) VALUES ($1, $2) ON CONFLICT (day) DO UPDATE SET tokens = model_days.tokens + $2 RETURNING tokens`, day, n).Scan(&sum)
	return sum, err
}

// FoundLine is a line with its call.
type FoundLine struct {
	CallID string
	domain.Line
}

// SearchLines gives lines of the calls of a filter that hold one of the parts of words, of the newest calls first; at most limit.
func (q *Queries) SearchLines(ctx context.Context, f CallFilter, parts []string, limit int) ([]FoundLine, error) {
	w := f.where()
	var any []string
	for _, p := range parts {
		w.args = append(w.args, contains(p))
		any = append(any, fmt.Sprintf(`LOWER(lines.text) LIKE $%d ESCAPE '\'`, len(w.args)))
	}
	if len(any) == 0 {
		return []FoundLine{}, nil
	}
	text := w.text()
	if text == "" {
		text = "WHERE 1 = 1"
	}
	rows, err := q.db.QueryContext(ctx, fmt.Sprintf(`SELECT lines.call_id, lines.line_id, lines.speaker, lines.text FROM lines JOIN calls ON calls.id = lines.call_id %s AND (%s)
		ORDER BY calls.started_at DESC, calls.id, lines.line_id LIMIT %d`, text, strings.Join(any, " OR "), limit), w.args...)
	return collect(rows, err, func(r *sql.Rows) (l FoundLine, err error) {
		err = r.Scan(&l.CallID, &l.ID, &l.Speaker, &l.Text)
		return l, err
	})
}

package store

import (
	"context"
	"database/sql"
	"encoding/json"
	"fmt"
	"slices"
	"strconv"
	"strings"
	"time"

	"earshot/internal/domain"
)

const callColumns = `id, vc_call_id, connector_id, provider, user_id, user_name, direction, from_number, to_number, started_at, ended_at, contact_name, voicemail,
	state, reason, recording_key, recording_sha256, recording_size, recording_type, duration, transcript, insights, questions, next_steps, mentions, created_at, updated_at`

// CallRow is a call with the counts that a list shows. Its transcript has neither lines nor voice activity.
type CallRow struct {
	domain.Call
	Questions, NextSteps, Mentions int
}

func scanCall(row interface{ Scan(...any) error }) (CallRow, error) {
	var c CallRow
	var started, ended, voicemail, created, updated int64
	var transcript, insights string
	err := row.Scan(&c.ID, &c.VCCallID, &c.ConnectorID, &c.Provider, &c.UserID, &c.UserName, &c.Direction, &c.From, &c.To, &started, &ended, &c.ContactName, &voicemail,
		&c.State, &c.Reason, &c.Recording.Key, &c.Recording.SHA256, &c.Recording.Size, &c.Recording.ContentType, &c.Recording.Duration, &transcript, &insights,
		&c.Questions, &c.NextSteps, &c.Mentions, &created, &updated)
	if err != nil {
		return c, err
	}
	c.StartedAt, c.EndedAt, c.CreatedAt, c.UpdatedAt, c.Voicemail = timeOf(started), timeOf(ended), timeOf(created), timeOf(updated), voicemail == 1
	if transcript != "" {
		c.Transcript = &domain.Transcript{}
		if err := json.Unmarshal([]byte(transcript), c.Transcript); err != nil {
			return c, err
		}
	}
	if insights != "" {
		c.Insights = &domain.Insights{}
		err = json.Unmarshal([]byte(insights), c.Insights)
	}
	return c, err
}

// SaveCall makes the voice call of a VC Call, or renews what the provider tells of it; the id stays the first one.
func (tx *Tx) SaveCall(ctx context.Context, c domain.Call) error {
	now := millis(tx.now())
	_, err := tx.db.ExecContext(ctx, `INSERT INTO calls (`+callColumns+`)
		VALUES ($1, $2, $3, $4, $5, $6, $7, $8, $9, $10, $11, $12, $13, $14, $15, $16, $17, $18, $19, $21, '', '', 0, 0, 0, $20, $20)
		ON CONFLICT (vc_call_id) DO UPDATE SET user_id = $5, user_name = $6, direction = $7, from_number = $8, to_number = $9, started_at = $10, ended_at = $11, contact_name = $12,
		voicemail = $13, state = $14, reason = $15, recording_key = $16, recording_sha256 = $17, recording_size = $18, recording_type = $19, updated_at = $20`,
		c.ID, c.VCCallID, c.ConnectorID, c.Provider, c.UserID, c.UserName, c.Direction, c.From, c.To, millis(c.StartedAt), millis(c.EndedAt), c.ContactName, bit(c.Voicemail),
		c.State, c.Reason, c.Recording.Key, c.Recording.SHA256, c.Recording.Size, c.Recording.ContentType, now, c.Recording.Duration)
	if err != nil {
		return err
	}
	return tx.Changed(ctx, TopicCall, c.ID)
}

// SetCallState keeps the state of a call equal to that of its VC Call.
func (tx *Tx) SetCallState(ctx context.Context, callID string, state domain.State, reason domain.ReasonCode) error {
	res, err := tx.db.ExecContext(ctx, `UPDATE calls SET state = $1, reason = $2, updated_at = $3 WHERE id = $4`, state, reason, millis(tx.now()), callID)
	if err := changedOne(res, err, "call"); err != nil {
		return err
	}
	return tx.Changed(ctx, TopicCall, callID)
}

// SaveTranscript replaces what the engine wrote of a call. What people corrected stays.
func (tx *Tx) SaveTranscript(ctx context.Context, callID string, t domain.Transcript) error {
	c, corrected, err := tx.corrections(ctx, callID)
	if err != nil {
		return err
	}
	if corrected {
		if err := tx.saveCorrections(ctx, callID, c, t); err != nil {
			return err
		}
		t = c.Apply(t)
	}
	return tx.saveTranscript(ctx, callID, t)
}

func (tx *Tx) saveTranscript(ctx context.Context, callID string, t domain.Transcript) error {
	lines, spoken := t.Lines, t.Speech
	t.Lines, t.Speech = nil, nil
	head, err := json.Marshal(t)
	if err != nil {
		return err
	}
	speech, err := json.Marshal(spoken)
	if err != nil {
		return err
	}
	res, err := tx.db.ExecContext(ctx, `UPDATE calls SET transcript = $1, speech = $2, duration = $3, updated_at = $4 WHERE id = $5`, string(head), string(speech), t.Duration, millis(tx.now()), callID)
	if err := changedOne(res, err, "call"); err != nil {
		return err
	}
	if err := tx.saveLines(ctx, callID, lines); err != nil {
		return err
	}
	return tx.Changed(ctx, TopicCall, callID)
}

// linesAtOnce keeps the parameters of one statement below SQLite's and PostgreSQL's limits.
const linesAtOnce = 100

func (tx *Tx) saveLines(ctx context.Context, callID string, lines []domain.Line) error {
	if _, err := tx.db.ExecContext(ctx, `DELETE FROM lines WHERE call_id = $1`, callID); err != nil {
		return err
	}
	for chunk := range slices.Chunk(lines, linesAtOnce) {
		rows, args := make([]string, len(chunk)), []any{callID}
		for i, l := range chunk {
			n := len(args)
			rows[i] = fmt.Sprintf("($1, $%d, $%d, $%d, $%d, $%d, $%d, $%d, $%d)", n+1, n+2, n+3, n+4, n+5, n+6, n+7, n+8)
			args = append(args, l.ID, l.Speaker, l.Channel, l.Start, l.End, l.Text, l.Confidence, bit(l.Corrected))
		}
		_, err := tx.db.ExecContext(ctx, `INSERT INTO lines (call_id, line_id, speaker, channel, start_s, end_s, text, confidence, corrected) VALUES `+strings.Join(rows, ", "), args...)
		if err != nil {
			return err
		}
	}
	return nil
}

// SaveInsights replaces the insights of a call.
func (tx *Tx) SaveInsights(ctx context.Context, callID string, i domain.Insights) error {
	text, err := json.Marshal(i)
	if err != nil {
		return err
	}
	res, err := tx.db.ExecContext(ctx, `UPDATE calls SET insights = $1, questions = $2, next_steps = $3, mentions = $4, updated_at = $5 WHERE id = $6`,
		string(text), len(i.Questions), len(i.NextSteps), len(i.Mentions), millis(tx.now()), callID)
	if err := changedOne(res, err, "call"); err != nil {
		return err
	}
	return tx.Changed(ctx, TopicCall, callID)
}

// Call gives one whole.
func (q *Queries) Call(ctx context.Context, id string) (domain.Call, error) {
	return q.call(ctx, "id", id)
}

// CallByVCCall gives the call of a VC Call whole.
func (q *Queries) CallByVCCall(ctx context.Context, vcCallID string) (domain.Call, error) {
	return q.call(ctx, "vc_call_id", vcCallID)
}

func (q *Queries) call(ctx context.Context, column, value string) (domain.Call, error) {
	row, err := scanCall(q.db.QueryRowContext(ctx, `SELECT `+callColumns+` FROM calls WHERE `+column+` = $1`, value))
	if err != nil {
		return domain.Call{}, notFound(err, "call")
	}
	if row.Transcript == nil {
		return row.Call, nil
	}
	var speech string
	if err := q.db.QueryRowContext(ctx, `SELECT speech FROM calls WHERE id = $1`, row.ID).Scan(&speech); err != nil {
		return domain.Call{}, notFound(err, "call")
	}
	if err := json.Unmarshal([]byte(speech), &row.Transcript.Speech); err != nil {
		return domain.Call{}, err
	}
	row.Transcript.Lines, err = q.lines(ctx, row.ID)
	return row.Call, err
}

func (q *Queries) lines(ctx context.Context, callID string) ([]domain.Line, error) {
	rows, err := q.db.QueryContext(ctx, `SELECT line_id, speaker, channel, start_s, end_s, text, confidence, corrected FROM lines WHERE call_id = $1 ORDER BY line_id`, callID)
	return collect(rows, err, func(r *sql.Rows) (l domain.Line, err error) {
		var corrected int64
		err = r.Scan(&l.ID, &l.Speaker, &l.Channel, &l.Start, &l.End, &l.Text, &l.Confidence, &corrected)
		l.Corrected = corrected == 1
		return l, err
	})
}

// CallFilter selects calls; empty fields select all. Limit defaults to 50 and is at most 500.
type CallFilter struct {
	CallID   string
	UserID   string
	TreeOf   string // of this user, or of anybody below
	Provider domain.Provider
	State    domain.State
	Query    string    // part of a number, of a name, or of what was said
	From, To time.Time // started at From or later, and before To
	Cursor   string
	Limit    int
}

func (f CallFilter) where() where {
	w := where{}
	w.equal("id", f.CallID)
	w.equal("user_id", f.UserID)
	if f.TreeOf != "" {
		w.add("user_id IN ("+tree+")", f.TreeOf)
	}
	w.equal("provider", string(f.Provider))
	w.equal("state", string(f.State))
	if !f.From.IsZero() {
		w.add("started_at >= %s", millis(f.From))
	}
	if !f.To.IsZero() {
		w.add("started_at < %s", millis(f.To))
	}
	if f.Query != "" {
		like := contains(f.Query)
		w.add(`(from_number LIKE %[1]s ESCAPE '\' OR to_number LIKE %[1]s ESCAPE '\' OR LOWER(user_name) LIKE %[1]s ESCAPE '\' OR LOWER(contact_name) LIKE %[1]s ESCAPE '\'
			OR EXISTS (SELECT 1 FROM lines l WHERE l.call_id = calls.id AND LOWER(l.text) LIKE %[1]s ESCAPE '\'))`, like)
	}
	return w
}

// Calls gives a page, newest first by start, and the cursor of the next; "" after the last.
func (q *Queries) Calls(ctx context.Context, f CallFilter) ([]CallRow, string, error) {
	w := f.where()
	if f.Cursor != "" {
		startedAt, id, err := parseCursor(f.Cursor)
		if err != nil {
			return nil, "", err
		}
		// The first half lets the index find the place.
		w.add("started_at <= %[1]s AND (started_at < %[1]s OR id < %[2]s)", startedAt, id)
	}
	limit := limitOf(f.Limit)
	rows, err := q.db.QueryContext(ctx, fmt.Sprintf(`SELECT %s FROM calls %s ORDER BY started_at DESC, id DESC LIMIT %d`, callColumns, w.text(), limit+1), w.args...)
	found, err := collect(rows, err, func(r *sql.Rows) (CallRow, error) { return scanCall(r) })
	if err != nil || len(found) <= limit {
		return found, "", err
	}
	last := found[limit-1]
	return found[:limit], fmt.Sprintf("%d_%s", millis(last.StartedAt), last.ID), nil
}

func parseCursor(cursor string) (startedAt int64, id string, err error) {
	ms, id, ok := strings.Cut(cursor, "_")
	startedAt, err = strconv.ParseInt(ms, 10, 64)
	if !ok || err != nil {
		return 0, "", domain.Errorf(domain.KindInvalid, "bad_cursor", "the cursor %q is not one that a list gave; start from the first page", cursor)
	}
	return startedAt, id, nil
}

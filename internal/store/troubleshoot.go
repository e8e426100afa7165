package store

import (
	"context"
	"database/sql"
	"errors"
	"fmt"
	"io/fs"
	"os"
	"path/filepath"
	"strconv"
	"strings"
	"time"

	"earshot/internal/domain"
)

// Health is what a database says of itself.
type Health struct {
	Kind   string    // SQLite or PostgreSQL
	Schema int64     // version of its tables
	Known  int64     // newest version that this program knows
	Clock  time.Time // the database's
	Newest time.Time // when the newest row was written, by the clock of its writer; zero without rows
}

// Health asks the database, changing nothing.
func (q *Queries) Health(ctx context.Context) (Health, error) {
	h := Health{Kind: "SQLite", Known: newestSchema()}
	if q.dialect.name == postgresDialect.name {
		h.Kind = "PostgreSQL"
	}
	var clock, newest int64
	err := q.db.QueryRowContext(ctx, `SELECT coalesce(max(version_id), 0), `+q.dialect.nowMillis+` FROM goose_db_version WHERE is_applied`).Scan(&h.Schema, &clock)
	if err != nil {
		return h, err
	}
	err = q.db.QueryRowContext(ctx, `SELECT coalesce(max(at), 0) FROM (SELECT max(received_at) AS at FROM events UNION ALL SELECT max(updated_at) FROM connectors UNION ALL SELECT max(last_modified_at) FROM users) t`).Scan(&newest)
	h.Clock, h.Newest = timeOf(clock), timeOf(newest)
	return h, err
}

// newestSchema reads it from the names of the migrations.
func newestSchema() (newest int64) {
	names, _ := fs.Glob(migrations, "migrations/*.sql") // the pattern is right, which is all it can complain about
	for _, name := range names {
		number, _, _ := strings.Cut(filepath.Base(name), "_")
		if n, err := strconv.ParseInt(number, 10, 64); err == nil {
			newest = max(newest, n)
		}
	}
	return newest
}

// OpenToRead opens a database that another process may be using: it makes nothing and changes no table. One that is not there
// (no_database), or whose tables are older (older_database) or newer (newer_database), is refused.
func OpenToRead(ctx context.Context, c Config) (*Store, error) {
	if c.NodeID == "" {
		c.NodeID = NewID()
	}
	if c.Sleep == nil {
		c.Sleep = sleep
	}
	if c.URL == "" {
		path := filepath.Join(c.DataDir, "earshot.db")
		if _, err := os.Stat(path); errors.Is(err, fs.ErrNotExist) {
			return nil, domain.Errorf(domain.KindNotFound, "no_database", "there is no database in %s yet; Earshot makes it when it is first started", c.DataDir)
		}
	}
	b, d, err := openBackend(ctx, c)
	if err != nil {
		return nil, err
	}
	s := &Store{Queries: Queries{b.reader(), c.Keyring, d}, Config: c, backend: b}
	if err := s.refuseOther(ctx); err != nil {
		return nil, errors.Join(err, b.close())
	}
	return s, nil
}

func (s *Store) refuseOther(ctx context.Context) error {
	h, err := s.Health(ctx)
	switch {
	case noTables(err):
		return domain.Errorf(domain.KindNotFound, "no_database", "the database has no tables yet; Earshot makes them when it is first started")
	case err != nil:
		return &domain.Error{Kind: domain.KindInvalid, Code: "database_unreadable", Message: "the database cannot be read: it is damaged, or is no database of Earshot; restore it from a backup", Err: err}
	case h.Schema > h.Known:
		return domain.Errorf(domain.KindInvalid, "newer_database", "the database was made by a newer version of Earshot (schema %d, this version knows %d); run that version, or restore the backup made before the upgrade", h.Schema, h.Known)
	case h.Schema < h.Known:
		return domain.Errorf(domain.KindInvalid, "older_database", "the database has schema %d, this version works with %d; start Earshot, which changes the tables", h.Schema, h.Known)
	}
	return nil
}

// undefinedTable is PostgreSQL's code (appendix A).
const undefinedTable = "42P01"

// noTables tells an empty database from a damaged one.
func noTables(err error) bool {
	return err != nil && (hasCode(err, undefinedTable) || strings.Contains(err.Error(), "no such table: goose_db_version"))
}

// Waiting is a queue in which jobs wait and none is worked.
type Waiting struct {
	Queue       string
	Since       time.Time // when the first of them is or was to begin
	LastAttempt time.Time // when a job of this queue was last begun; zero: none that is still known
}

// waiting is the condition of jobs that wait. Those whose time has come are still called scheduled or retryable until River's lead has
// seen them, and it may be gone.
const waiting = `state IN ('available', 'scheduled', 'retryable')`

// WaitingQueues gives the queues in which jobs wait but none is being worked.
func (q *Queries) WaitingQueues(ctx context.Context) ([]Waiting, error) {
	rows, err := q.db.QueryContext(ctx, `SELECT DISTINCT queue FROM river_job a WHERE `+waiting+` AND NOT EXISTS (SELECT 1 FROM river_job r WHERE r.state = 'running' AND r.queue = a.queue) ORDER BY queue`)
	names, err := collect(rows, err, func(r *sql.Rows) (name string, err error) { return name, r.Scan(&name) })
	if err != nil {
		return nil, err
	}
	var out []Waiting
	for _, name := range names {
		w := Waiting{Queue: name}
		if w.Since, err = q.jobTime(ctx, `SELECT scheduled_at FROM river_job WHERE `+waiting+` AND queue = $1 ORDER BY scheduled_at LIMIT 1`, name); err != nil {
			return nil, err
		}
		if w.LastAttempt, err = q.jobTime(ctx, `SELECT attempted_at FROM river_job WHERE attempted_at IS NOT NULL AND queue = $1 ORDER BY attempted_at DESC LIMIT 1`, name); err != nil {
			return nil, err
		}
		out = append(out, w)
	}
	return out, nil
}

func (q *Queries) jobTime(ctx context.Context, query, queue string) (time.Time, error) {
	var at time.Time
	err := q.db.QueryRowContext(ctx, query, queue).Scan(&at)
	if errors.Is(err, sql.ErrNoRows) {
		err = nil
	}
	return at.UTC(), err
}

// FoundByListing gives the newest VC Calls of a connector that came by the hourly listing since a time, at most a hundred.
func (q *Queries) FoundByListing(ctx context.Context, connectorID string, since time.Time) ([]domain.VCCall, error) {
	return q.someVCCalls(ctx, `connector_id = $1 AND via = $2 AND created_at >= $3 ORDER BY created_at DESC, id DESC LIMIT 100`, connectorID, domain.ViaHourly, millis(since))
}

func (q *Queries) someVCCalls(ctx context.Context, condition string, args ...any) ([]domain.VCCall, error) {
	rows, err := q.db.QueryContext(ctx, `SELECT `+vcColumns+` FROM vc_calls WHERE `+condition, args...)
	return collect(rows, err, func(r *sql.Rows) (domain.VCCall, error) { return scanVCCall(r) })
}

// CallSearch selects VC Calls of one connector by what their provider says of them; empty fields select all.
type CallSearch struct {
	ConnectorID string
	Number      string    // E.164, of any party
	From, To    time.Time // when the call started, both included; when it came in where that is not known
	Limit       int
}

// SearchVCCalls gives those that a search selects, newest first, and whether there are more.
func (q *Queries) SearchVCCalls(ctx context.Context, s CallSearch) ([]domain.VCCall, bool, error) {
	w := where{}
	w.equal("connector_id", s.ConnectorID)
	if s.Number != "" {
		w.add(`(from_number = %[1]s OR to_number = %[1]s OR snapshot LIKE %[2]s)`, s.Number, `%"`+s.Number+`"%`)
	}
	if !s.From.IsZero() {
		started := q.dialect.vcStarted
		w.add(`(`+started+` >= %s AND `+started+` <= %s OR `+started+` = '' AND created_at >= %s AND created_at <= %s)`, second(s.From), second(s.To.Add(time.Second)), millis(s.From), millis(s.To))
	}
	limit := limitOf(s.Limit)
	found, err := q.someVCCalls(ctx, strings.TrimPrefix(w.text(), "WHERE ")+fmt.Sprintf(` ORDER BY id DESC LIMIT %d`, limit+1), w.args...)
	return found[:min(len(found), limit)], len(found) > limit, err
}

// second is a time as snapshots have it, but for the part of a second: texts of this form sort by time.
func second(t time.Time) string { return t.UTC().Format(time.RFC3339) }

// KeptEvent is an event with what became of it.
type KeptEvent struct {
	domain.Event
	ProcessedAt time.Time // zero: not understood (yet)
}

// KeptEvents gives events of a connector that came from from to to (both included), newest first; before is the id of the last one
// that is known already, or empty.
func (q *Queries) KeptEvents(ctx context.Context, connectorID string, from, to time.Time, before string, limit int) ([]KeptEvent, error) {
	w := where{}
	w.equal("connector_id", connectorID)
	w.add("received_at >= %s AND received_at <= %s", millis(from), millis(to))
	if before != "" {
		w.add("id < %s", before)
	}
	rows, err := q.db.QueryContext(ctx, fmt.Sprintf(`SELECT id, connector_id, received_at, processed_at, body FROM events %s ORDER BY id DESC LIMIT %d`, w.text(), limitOf(limit)), w.args...)
	return collect(rows, err, func(r *sql.Rows) (e KeptEvent, err error) {
		var received, processed int64
		err = r.Scan(&e.ID, &e.ConnectorID, &received, &processed, &e.Body)
		e.ReceivedAt, e.ProcessedAt = timeOf(received), timeOf(processed)
		return e, err
	})
}

// UnreadEvents counts the events of a connector that came in a span of time and were not understood, and tells when the newest came.
func (q *Queries) UnreadEvents(ctx context.Context, connectorID string, from, to time.Time) (n int, newest time.Time, err error) {
	var at int64
	err = q.db.QueryRowContext(ctx, `SELECT count(*), coalesce(max(received_at), 0) FROM events WHERE connector_id = $1 AND processed_at = 0 AND received_at >= $2 AND received_at < $3`, connectorID, millis(from), millis(to)).Scan(&n, &at)
	return n, timeOf(at), err
}

// errTried takes back what TryWrite wrote.
var errTried = errors.New("tried")

// TryWrite tells whether rows can be written, and leaves none.
func (s *Store) TryWrite(ctx context.Context) error {
	err := s.InTx(ctx, func(ctx context.Context, tx *Tx) error {
		if _, err := tx.db.ExecContext(ctx, `INSERT INTO settings (name, value) VALUES ($1, '') ON CONFLICT (name) DO NOTHING`, "try-"+NewID()); err != nil {
			return err
		}
		return errTried
	})
	if errors.Is(err, errTried) {
		return nil
	}
	return err
}

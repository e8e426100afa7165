// Package store keeps everything that is not audio: one SQL text over database/sql for SQLite and PostgreSQL, with
// transactions in which rows and jobs commit together.
package store

import (
	"context"
	"database/sql"
	"embed"
	"errors"
	"io/fs"
	"log/slog"
	"math/rand/v2"
	"path/filepath"
	"strings"
	"time"

	"github.com/google/uuid"
	"github.com/pressly/goose/v3"
	"github.com/riverqueue/river"

	"earshot/internal/domain"
	"earshot/internal/secret"
)

//go:embed migrations/*.sql
var migrations embed.FS

// DBTX is what queries run on: a pool or a transaction.
type DBTX interface {
	ExecContext(context.Context, string, ...any) (sql.Result, error)
	QueryContext(context.Context, string, ...any) (*sql.Rows, error)
	QueryRowContext(context.Context, string, ...any) *sql.Row
}

// Config of a Store.
type Config struct {
	URL     string // postgres://…; empty: SQLite in DataDir
	DataDir string
	NodeID  string // unique to the running process's data folder, which only one process uses
	Keyring *secret.Keyring
	Logger  *slog.Logger
	Now     func() time.Time
}

// Store is safe for concurrent use.
type Store struct {
	Queries
	Config
	backend backend
	stop    context.CancelFunc // of the heartbeat
}

// Queries reads, on the pool or inside a transaction.
type Queries struct {
	db      DBTX
	keyring *secret.Keyring
	dialect dialect
}

// Tx reads and writes in one transaction.
type Tx struct {
	Queries
	now    func() time.Time
	insert func(ctx context.Context, args river.JobArgs, opts *river.InsertOpts) error
}

// backend is one of the two databases.
type backend interface {
	reader() DBTX
	inTx(ctx context.Context, f func(DBTX, inserter) error) error
	migrate(ctx context.Context, goose func(goose.Dialect, *sql.DB) error) error
	start(ctx context.Context, config *river.Config) error
	stop(ctx context.Context) error
	close() error
}

type inserter func(ctx context.Context, args river.JobArgs, opts *river.InsertOpts) error

// dialect holds the few texts that differ.
type dialect struct {
	jobVCCall string // the vc_call_id in the arguments of river_job j
	orphans   string // condition on river_job for jobs whose process is dead; $1 is the own node, $2 the oldest live heartbeat
	makeReady string // assignments that put a job back
	busy      func(error) bool
}

// Open opens the database and brings its tables up to date.
func Open(ctx context.Context, c Config) (*Store, error) {
	var b backend
	var d dialect
	var err error
	if strings.HasPrefix(c.URL, "postgres://") || strings.HasPrefix(c.URL, "postgresql://") {
		b, err = openPostgres(ctx, c)
		d = postgresDialect
	} else if c.URL == "" {
		b, err = openSQLite(filepath.Join(c.DataDir, "earshot.db"), c)
		d = sqliteDialect
	} else {
		err = domain.Errorf(domain.KindInvalid, "database_url", "the database address must begin with postgres:// or be empty (SQLite in the data folder)")
	}
	if err != nil {
		return nil, err
	}
	s := &Store{Queries: Queries{b.reader(), c.Keyring, d}, Config: c, backend: b}
	if err := b.migrate(ctx, func(gd goose.Dialect, db *sql.DB) error { return migrateSchema(ctx, gd, db) }); err != nil {
		return nil, errors.Join(err, b.close())
	}
	return s, nil
}

// migrateSchema brings our own tables up to date and refuses a database of a newer Earshot.
func migrateSchema(ctx context.Context, d goose.Dialect, db *sql.DB) error {
	folder, err := fs.Sub(migrations, "migrations")
	if err != nil {
		return err
	}
	p, err := goose.NewProvider(d, db, folder, goose.WithSlog(slog.New(slog.DiscardHandler)))
	if err != nil {
		return err
	}
	current, err := p.GetDBVersion(ctx)
	if err != nil {
		return err
	}
	sources := p.ListSources()
	if newest := sources[len(sources)-1].Version; current > newest {
		return domain.Errorf(domain.KindInvalid, "newer_database", "the database was made by a newer version of Earshot (schema %d, this version knows %d); run that version, or restore the backup made before the upgrade", current, newest)
	}
	_, err = p.Up(ctx)
	return err
}

// Close ends the use of the database. Jobs must have been stopped.
func (s *Store) Close() error { return s.backend.close() }

// txTries is how often a transaction that lost against another is tried again.
const txTries = 6

// InTx runs f in a transaction that commits if f gives no error. f may run again if another transaction was in its way.
func (s *Store) InTx(ctx context.Context, f func(context.Context, *Tx) error) error {
	for try := 1; ; try++ {
		err := s.backend.inTx(ctx, func(db DBTX, insert inserter) error {
			return f(ctx, &Tx{Queries{db, s.keyring, s.dialect}, s.Now, insert})
		})
		if err == nil || try == txTries || !s.dialect.busy(err) {
			return err
		}
		select {
		case <-ctx.Done():
			return ctx.Err()
		case <-time.After(time.Duration(rand.IntN(20*try)) * time.Millisecond):
		}
	}
}

// EnqueueOption changes how a job is enqueued.
type EnqueueOption func(*river.InsertOpts)

// At runs the job no earlier than t.
func At(t time.Time) EnqueueOption { return func(o *river.InsertOpts) { o.ScheduledAt = t } }

// Enqueue makes a job that exists if and only if the transaction commits.
func (tx *Tx) Enqueue(ctx context.Context, job domain.Job, options ...EnqueueOption) error {
	o := &river.InsertOpts{Queue: job.Queue()}
	for _, option := range options {
		option(o)
	}
	return tx.insert(ctx, job, o)
}

// NewID gives an id that sorts by time.
func NewID() string { return uuid.Must(uuid.NewV7()).String() }

// IDAt is a bound: ids made before t sort below it.
func IDAt(t time.Time) string {
	var id uuid.UUID
	ms := uint64(t.UnixMilli())
	for i := range 6 {
		id[i] = byte(ms >> (40 - 8*i))
	}
	return id.String()
}

func millis(t time.Time) int64 {
	if t.IsZero() {
		return 0
	}
	return t.UnixMilli()
}

func timeOf(ms int64) time.Time {
	if ms == 0 {
		return time.Time{}
	}
	return time.UnixMilli(ms).UTC()
}

func bit(b bool) int64 {
	if b {
		return 1
	}
	return 0
}

func notFound(err error, what string) error {
	if errors.Is(err, sql.ErrNoRows) {
		return domain.Errorf(domain.KindNotFound, "", "there is no such %s", what)
	}
	return err
}

// collect reads all rows with scan.
func collect[T any](rows *sql.Rows, err error, scan func(*sql.Rows) (T, error)) ([]T, error) {
	if err != nil {
		return nil, err
	}
	defer rows.Close()
	out := []T{}
	for rows.Next() {
		item, err := scan(rows)
		if err != nil {
			return nil, err
		}
		out = append(out, item)
	}
	return out, rows.Err()
}

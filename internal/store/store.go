// Package store keeps everything that is not audio: one SQL text over database/sql for SQLite and PostgreSQL, with
// transactions in which rows and jobs commit together.
package store

import (
	"context"
	"database/sql"
	"errors"
	"log/slog"
	"os"
	"path/filepath"
	"strings"
	"sync"
	"time"

	"github.com/pressly/goose/v3"
	"github.com/riverqueue/river"

	"earshot/internal/domain"
	"earshot/internal/secret"
)

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
	NodeID  string // of the data folder, which only one process uses at a time; without a slash; empty: a new one
	Keyring *secret.Keyring
	Logger  *slog.Logger
	Now     func() time.Time
	Sleep   func(context.Context, time.Duration) error // waits by the clock of Now; nil: in real time
}

// Store is safe for concurrent use.
type Store struct {
	Queries
	Config
	backend backend

	mu   sync.Mutex
	stop func() // of the heartbeat; nil while no jobs are worked
}

// Queries reads, on the pool or inside a transaction.
type Queries struct {
	db      DBTX
	keyring *secret.Keyring
	dialect dialect
}

// backend is one of the two databases.
type backend interface {
	reader() DBTX
	inTx(ctx context.Context, f func(DBTX, inserter) error) error
	migrate(ctx context.Context, own *schema) error
	start(ctx context.Context, config *river.Config) error
	stop(ctx context.Context) error
	close() error
}

type inserter func(ctx context.Context, args river.JobArgs, opts *river.InsertOpts) error

// dialect holds the few texts that differ.
type dialect struct {
	name      goose.Dialect
	jobVCCall string // the vc_call_id in the arguments of river_job j
	vcStarted string // when the call of a row of vc_calls started, as RFC 3339 has it; empty where that is not known
	nowMillis string // the database's clock: nodes may disagree about the time
	orphans   string // condition on river_job for jobs whose process is dead; $1 is the own node while it runs none, else empty
	makeReady string // assignments that put a job back without counting the attempt
	ownLeader string // condition on river_leader for the own node ($1)
	forUpdate string // keeps a row that was read until the transaction ends
	busy      func(error) bool
	unique    func(error) bool
}

// Open opens the database and brings its tables up to date. A database of a newer Earshot is refused (newer_database).
func Open(ctx context.Context, c Config) (*Store, error) {
	if c.NodeID == "" {
		c.NodeID = NewID()
	}
	if strings.Contains(c.NodeID, "/") {
		return nil, domain.Errorf(domain.KindInvalid, "bad_node_id", "the node id %q must not hold a slash", c.NodeID)
	}
	if c.Sleep == nil {
		c.Sleep = sleep
	}
	b, d, err := openBackend(ctx, c)
	if err != nil {
		return nil, err
	}
	if err := b.migrate(ctx, &schema{dialect: d.name}); err != nil {
		return nil, errors.Join(err, b.close())
	}
	return &Store{Queries: Queries{b.reader(), c.Keyring, d}, Config: c, backend: b}, nil
}

func openBackend(ctx context.Context, c Config) (backend, dialect, error) {
	switch {
	case c.URL == "":
		if err := os.MkdirAll(c.DataDir, 0o700); err != nil {
			return nil, dialect{}, &domain.Error{Kind: domain.KindInvalid, Code: "data_dir", Message: "the data folder cannot be made; check EARSHOT_DATA_DIR and its rights", Err: err}
		}
		b, err := openSQLite(filepath.Join(c.DataDir, "earshot.db"), c)
		return b, sqliteDialect, err
	case strings.HasPrefix(c.URL, "postgres://"), strings.HasPrefix(c.URL, "postgresql://"):
		b, err := openPostgres(ctx, c)
		return b, postgresDialect, err
	default:
		return nil, dialect{}, domain.Errorf(domain.KindInvalid, "database_url", "the database address must begin with postgres:// or be empty (SQLite in the data folder)")
	}
}

func sleep(ctx context.Context, d time.Duration) error {
	select {
	case <-ctx.Done():
		return ctx.Err()
	case <-time.After(d):
		return nil
	}
}

// Close ends the use of the database. Jobs must have been stopped.
func (s *Store) Close() error { return s.backend.close() }

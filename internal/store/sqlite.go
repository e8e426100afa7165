package store

import (
	"context"
	"database/sql"
	"errors"
	"log/slog"
	"net/url"
	"os"
	"slices"
	"strings"

	"github.com/pressly/goose/v3"
	"github.com/riverqueue/river"
	"github.com/riverqueue/river/riverdriver/riversqlite"
	"github.com/riverqueue/river/rivermigrate"
	"modernc.org/sqlite"
	sqlite3 "modernc.org/sqlite/lib"

	"earshot/internal/domain"
)

var sqliteDialect = dialect{
	name:      goose.DialectSQLite3,
	jobVCCall: `json_extract(j.args, '$.vc_call_id')`,
	vcStarted: `CASE WHEN snapshot = '' THEN '' ELSE json_extract(snapshot, '$.started_at') END`,
	nowMillis: `CAST(unixepoch('subsec') * 1000 AS INTEGER)`,
	// One process holds the lock on the data folder, so whatever still runs when it starts is an orphan.
	orphans:   `$1 <> ''`,
	makeReady: `state = 'available', attempt = max(attempt - 1, 0), scheduled_at = strftime('%Y-%m-%d %H:%M:%f', 'now')`,
	ownLeader: `$1 <> ''`,
	busy:      func(err error) bool { return isCode(err, 0xff, sqlite3.SQLITE_BUSY, sqlite3.SQLITE_LOCKED) },
	unique:    func(err error) bool { return isCode(err, -1, sqlite3.SQLITE_CONSTRAINT_UNIQUE) },
}

// isCode compares the bits of mask: the low byte is the primary result code, all are the extended one (sqlite.org/rescode.html).
func isCode(err error, mask int, codes ...int) bool {
	var e *sqlite.Error
	return errors.As(err, &e) && slices.Contains(codes, e.Code()&mask)
}

// sqliteBackend has one connection that writes, shared with River, and a pool that reads.
type sqliteBackend struct {
	write, read *sql.DB
	path        string
	insertOnly  *river.Client[*sql.Tx]
	client      *river.Client[*sql.Tx]
}

func openSQLite(path string, c Config) (*sqliteBackend, error) {
	// In WAL mode synchronous=NORMAL keeps every commit when the process dies; when the machine loses power the last moments
	// may be lost, never the database (sqlite.org/pragma.html#pragma_synchronous). The hourly listing brings such calls back,
	// and FULL would wait for the disk at each of up to 200 events a second.
	pragmas := "_pragma=busy_timeout(10000)&_pragma=journal_mode(WAL)&_pragma=synchronous(NORMAL)&_pragma=foreign_keys(ON)"
	file := (&url.URL{Scheme: "file", Opaque: url.PathEscape(path)}).String()
	file = strings.ReplaceAll(file, "%2F", "/")
	if err := private(path, 0); err != nil {
		return nil, &domain.Error{Kind: domain.KindInvalid, Code: "data_dir", Message: "the database in the data folder cannot be written; check EARSHOT_DATA_DIR and its rights", Err: err}
	}
	write, err := sql.Open("sqlite", file+"?"+pragmas+"&_txlock=immediate")
	if err != nil {
		return nil, err
	}
	write.SetMaxOpenConns(1)
	read, err := sql.Open("sqlite", file+"?"+pragmas+"&_pragma=query_only(ON)")
	if err != nil {
		return nil, errors.Join(err, write.Close())
	}
	read.SetMaxOpenConns(4)
	b := &sqliteBackend{write: write, read: read, path: path}
	b.insertOnly, err = river.NewClient(riversqlite.New(write), &river.Config{Logger: c.Logger})
	if err != nil {
		return nil, errors.Join(err, b.close())
	}
	return b, nil
}

// private makes an empty file that only its owner can read, unless it is there. SQLite gives the files beside a database its mode.
func private(path string, flag int) error {
	f, err := os.OpenFile(path, os.O_RDWR|os.O_CREATE|flag, 0o600)
	if err != nil {
		return err
	}
	return f.Close()
}

func (b *sqliteBackend) reader() DBTX { return b.read }

func (b *sqliteBackend) inTx(ctx context.Context, f func(DBTX, inserter) error) error {
	tx, err := b.write.BeginTx(ctx, nil)
	if err != nil {
		return err
	}
	defer func() { _ = tx.Rollback() }() // after a commit it does nothing
	insert := func(ctx context.Context, args river.JobArgs, opts *river.InsertOpts) error {
		_, err := b.insertOnly.InsertTx(ctx, tx, args, opts)
		return err
	}
	if err := f(tx, insert); err != nil {
		return err
	}
	return tx.Commit()
}

func (b *sqliteBackend) migrate(ctx context.Context, own *schema) error {
	exists, pending, err := own.check(ctx, b.write)
	if err != nil {
		return err
	}
	m, err := rivermigrate.New(riversqlite.New(b.write), &rivermigrate.Config{Logger: slog.New(slog.DiscardHandler)})
	if err != nil {
		return err
	}
	riverToo, err := riverPending(ctx, m)
	if err != nil {
		return err
	}
	if exists && (pending || riverToo) {
		if err := b.backup(ctx); err != nil {
			return err
		}
	}
	if _, err := m.Migrate(ctx, rivermigrate.DirectionUp, nil); err != nil {
		return err
	}
	return own.up(ctx)
}

// backup copies the database beside itself before its tables are changed.
func (b *sqliteBackend) backup(ctx context.Context) error {
	copyPath := b.path + ".before-upgrade"
	if err := private(copyPath, os.O_TRUNC); err != nil {
		return err
	}
	_, err := b.write.ExecContext(ctx, `VACUUM INTO $1`, copyPath)
	return err
}

func (b *sqliteBackend) start(ctx context.Context, config *river.Config) error {
	client, err := river.NewClient(riversqlite.New(b.write), config)
	if err != nil {
		return err
	}
	if err := client.Start(ctx); err != nil {
		return err
	}
	b.client = client
	return nil
}

func (b *sqliteBackend) stop(ctx context.Context) error {
	if b.client == nil {
		return nil
	}
	return b.client.StopAndCancel(ctx)
}

func (b *sqliteBackend) close() error { return errors.Join(b.read.Close(), b.write.Close()) }

package store

import (
	"context"
	"database/sql"
	"errors"
	"log/slog"
	"slices"

	"github.com/jackc/pgx/v5"
	"github.com/jackc/pgx/v5/pgconn"
	"github.com/jackc/pgx/v5/pgxpool"
	"github.com/jackc/pgx/v5/stdlib"
	"github.com/pressly/goose/v3"
	"github.com/riverqueue/river"
	"github.com/riverqueue/river/riverdriver/riverpgxv5"
	"github.com/riverqueue/river/rivermigrate"

	"earshot/internal/domain"
)

var postgresDialect = dialect{
	name:      goose.DialectPostgres,
	jobVCCall: `j.args->>'vc_call_id'`,
	vcStarted: `CASE WHEN snapshot = '' THEN '' ELSE snapshot::json->>'started_at' END`,
	nowMillis: `(extract(epoch FROM clock_timestamp()) * 1000)::BIGINT`,
	// Nodes that are dead have lost their row by then.
	orphans: `(split_part(attempted_by[array_upper(attempted_by, 1)], '/', 1) = $1
		OR NOT EXISTS (SELECT 1 FROM nodes n WHERE n.id = split_part(attempted_by[array_upper(attempted_by, 1)], '/', 1)))`,
	makeReady: `state = 'available', attempt = greatest(attempt - 1, 0), scheduled_at = now()`,
	ownLeader: `split_part(leader_id, '/', 1) = $1`,
	forUpdate: ` FOR NO KEY UPDATE`,
	busy:      func(err error) bool { return hasCode(err, serializationFailure, deadlockDetected) },
	unique:    func(err error) bool { return hasCode(err, uniqueViolation) },
}

// Codes of PostgreSQL's errors (PostgreSQL documentation, appendix A).
const (
	serializationFailure = "40001" // serialization_failure
	deadlockDetected     = "40P01" // deadlock_detected
	uniqueViolation      = "23505" // unique_violation
)

func hasCode(err error, codes ...string) bool {
	var e *pgconn.PgError
	return errors.As(err, &e) && slices.Contains(codes, e.Code)
}

// migrationLock keeps two nodes from changing the tables at once.
const migrationLock = 7_274_103

type postgresBackend struct {
	pool       *pgxpool.Pool
	db         *sql.DB
	insertOnly *river.Client[pgx.Tx]
	client     *river.Client[pgx.Tx]
}

func openPostgres(ctx context.Context, c Config) (*postgresBackend, error) {
	pool, err := pgxpool.New(ctx, c.URL)
	if err == nil {
		err = pool.Ping(ctx)
	}
	if err != nil {
		return nil, &domain.Error{Kind: domain.KindTemporary, Code: "database_unreachable", Message: "the PostgreSQL database cannot be reached; check EARSHOT_DATABASE_URL and that the server runs", Err: err}
	}
	b := &postgresBackend{pool: pool, db: stdlib.OpenDBFromPool(pool)}
	b.insertOnly, err = river.NewClient(riverpgxv5.New(pool), &river.Config{Logger: c.Logger})
	if err != nil {
		return nil, errors.Join(err, b.close())
	}
	return b, nil
}

func (b *postgresBackend) reader() DBTX { return b.db }

// inTx starts the transaction on the pgx connection below database/sql, so that River's own driver can join it. Whatever
// touches that connection goes through Raw: once database/sql has given up on the connection, as it does when ctx ends, it
// is back in the pool and not ours any more. The server rolls back by itself then.
func (b *postgresBackend) inTx(ctx context.Context, f func(DBTX, inserter) error) error {
	conn, err := b.db.Conn(ctx)
	if err != nil {
		return err
	}
	defer conn.Close()
	var tx pgx.Tx
	err = conn.Raw(func(c any) (err error) {
		tx, err = c.(*stdlib.Conn).Conn().Begin(ctx)
		return err
	})
	if err != nil {
		return err
	}
	defer func() { // after a commit it does nothing
		_ = conn.Raw(func(any) error { return tx.Rollback(context.WithoutCancel(ctx)) })
	}()
	insert := func(ctx context.Context, args river.JobArgs, opts *river.InsertOpts) error {
		return conn.Raw(func(any) error {
			_, err := b.insertOnly.InsertTx(ctx, tx, args, opts)
			return err
		})
	}
	if err := f(conn, insert); err != nil {
		return err
	}
	return conn.Raw(func(any) error { return tx.Commit(ctx) })
}

func (b *postgresBackend) migrate(ctx context.Context, own *schema) error {
	lock, err := b.pool.Acquire(ctx)
	if err != nil {
		return err
	}
	defer lock.Release()
	if _, err := lock.Exec(ctx, `SELECT pg_advisory_lock($1)`, migrationLock); err != nil {
		return err
	}
	defer func() { _, _ = lock.Exec(context.WithoutCancel(ctx), `SELECT pg_advisory_unlock($1)`, migrationLock) }() // ends with the connection anyway
	if _, _, err := own.check(ctx, b.db); err != nil {
		return err
	}
	m, err := rivermigrate.New(riverpgxv5.New(b.pool), &rivermigrate.Config{Logger: slog.New(slog.DiscardHandler)})
	if err != nil {
		return err
	}
	if _, err := m.Migrate(ctx, rivermigrate.DirectionUp, nil); err != nil {
		return err
	}
	return own.up(ctx)
}

func (b *postgresBackend) start(ctx context.Context, config *river.Config) error {
	client, err := river.NewClient(riverpgxv5.New(b.pool), config)
	if err != nil {
		return err
	}
	if err := client.Start(ctx); err != nil {
		return err
	}
	b.client = client
	return nil
}

func (b *postgresBackend) stop(ctx context.Context) error {
	if b.client == nil {
		return nil
	}
	return b.client.StopAndCancel(ctx)
}

func (b *postgresBackend) close() error {
	err := b.db.Close()
	b.pool.Close()
	return err
}

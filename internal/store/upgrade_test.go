package store_test

import (
	"bytes"
	"context"
	"database/sql"
	"log/slog"
	"os"
	"path/filepath"
	"testing"
	"time"

	"github.com/google/go-cmp/cmp"
	"github.com/riverqueue/river"

	"earshot/internal/domain"
	"earshot/internal/secret"
	"earshot/internal/store"
)

// each runs a test on a fresh database of either kind.
func each(t *testing.T, test func(*testing.T, store.Config)) {
	for name, fresh := range map[string]func(*testing.T) store.Config{"SQLite": freshSQLite, "Postgres": freshPostgres} {
		t.Run(name, func(t *testing.T) {
			t.Parallel()
			c := fresh(t)
			keyring, err := secret.Load(filepath.Join(t.TempDir(), "master.key"))
			if err != nil {
				t.Fatal(err)
			}
			c.NodeID, c.Keyring, c.Now = "node-1", keyring, time.Now
			c.Logger = slog.New(slog.NewTextHandler(t.Output(), &slog.HandlerOptions{Level: slog.LevelWarn}))
			test(t, c)
		})
	}
}

func open(t *testing.T, c store.Config) *store.Store {
	t.Helper()
	s, err := store.Open(t.Context(), c)
	if err != nil {
		t.Fatal(err)
	}
	return s
}

// raw opens the database without the store.
func raw(t *testing.T, c store.Config) *sql.DB {
	t.Helper()
	driver, source := "pgx", c.URL
	if c.URL == "" {
		driver, source = "sqlite", filepath.Join(c.DataDir, "earshot.db")
	}
	db, err := sql.Open(driver, source)
	if err != nil {
		t.Fatal(err)
	}
	t.Cleanup(func() { _ = db.Close() })
	return db
}

func execute(t *testing.T, db *sql.DB, statement string, args ...any) {
	t.Helper()
	if _, err := db.ExecContext(t.Context(), statement, args...); err != nil {
		t.Fatal(err)
	}
}

func TestNewerSchemaIsRefused(t *testing.T) {
	t.Parallel()
	each(t, func(t *testing.T, c store.Config) {
		c.DataDir = t.TempDir()
		if err := open(t, c).Close(); err != nil {
			t.Fatal(err)
		}
		execute(t, raw(t, c), `INSERT INTO goose_db_version (version_id, is_applied) VALUES (9999, $1)`, true)
		if _, err := store.Open(t.Context(), c); domain.CodeOf(err) != "newer_database" {
			t.Errorf("Open = %v", err)
		}
	})
}

func TestCredentialsAreSealed(t *testing.T) {
	t.Parallel()
	const token = "plain-text-of-a-token"
	each(t, func(t *testing.T, c store.Config) {
		c.DataDir = t.TempDir()
		s := open(t, c)
		save(t, s, domain.Connector{ID: "c", Provider: domain.Aircall, Credential: domain.NamedCredential{Fields: map[string]string{"api_token": token}}})
		if err := s.Close(); err != nil {
			t.Fatal(err)
		}
		var stored []byte
		if err := raw(t, c).QueryRowContext(t.Context(), `SELECT credential FROM connectors`).Scan(&stored); err != nil {
			t.Fatal(err)
		}
		if len(stored) < len(token) || bytes.Contains(stored, []byte(token)) {
			t.Errorf("the column holds %q", stored)
		}
		files, _ := filepath.Glob(filepath.Join(c.DataDir, "*"))
		for _, file := range files {
			if content, err := os.ReadFile(file); err != nil || bytes.Contains(content, []byte(token)) {
				t.Errorf("%s holds the token in plain text (%v)", file, err)
			}
		}
		if c.URL == "" && len(files) == 0 {
			t.Error("there is no database file to look at")
		}
	})
}

func save(t *testing.T, s *store.Store, c domain.Connector) {
	t.Helper()
	err := s.InTx(t.Context(), func(ctx context.Context, tx *store.Tx) error { return tx.SaveConnector(ctx, c) })
	if err != nil {
		t.Fatal(err)
	}
}

// TestCopiedCredentialDoesNotOpen moves a sealed value to another row, as somebody with access to the database might.
func TestCopiedCredentialDoesNotOpen(t *testing.T) {
	t.Parallel()
	each(t, func(t *testing.T, c store.Config) {
		c.DataDir = t.TempDir()
		s := open(t, c)
		defer s.Close()
		save(t, s, domain.Connector{ID: "1", Provider: domain.Aircall, SiteSecret: "1", Credential: domain.NamedCredential{Fields: map[string]string{"k": "v"}}})
		save(t, s, domain.Connector{ID: "2", Provider: domain.Dialpad, SiteSecret: "2"})
		execute(t, raw(t, c), `UPDATE connectors SET credential = (SELECT credential FROM connectors WHERE id = '1') WHERE id = '2'`)
		if _, err := s.Connector(t.Context(), "2"); domain.CodeOf(err) != "cannot_unseal" {
			t.Errorf("Connector = %v", err)
		}
		if _, err := s.Connector(t.Context(), "1"); err != nil {
			t.Error(err)
		}
	})
}

// TestBackupBeforeUpgrade takes away River's newest migration, as if the database were of an older Earshot.
func TestBackupBeforeUpgrade(t *testing.T) {
	t.Parallel()
	c := store.Config{DataDir: t.TempDir(), NodeID: "node-1", Logger: slog.New(slog.DiscardHandler), Now: time.Now}
	backup := filepath.Join(c.DataDir, "earshot.db.before-upgrade")
	for range 2 {
		if err := open(t, c).Close(); err != nil {
			t.Fatal(err)
		}
		if _, err := os.Stat(backup); err == nil {
			t.Fatal("a backup was made though nothing changed")
		}
	}
	execute(t, raw(t, c), `DELETE FROM river_migration WHERE version = (SELECT max(version) FROM river_migration)`)
	if err := open(t, c).Close(); err != nil {
		t.Fatal(err)
	}
	copied, err := sql.Open("sqlite", backup)
	if err != nil {
		t.Fatal(err)
	}
	defer copied.Close()
	var check string
	if err := copied.QueryRowContext(t.Context(), `PRAGMA integrity_check`).Scan(&check); err != nil || check != "ok" {
		t.Errorf("the backup: %s, %v", check, err)
	}
	if info, err := os.Stat(backup); err != nil || info.Mode().Perm()&0o077 != 0 {
		t.Errorf("the backup can be read by others: %v, %v", info.Mode(), err)
	}
}

// TestJobsOfADeadNode: of two nodes on one database, one dies and does not come back.
func TestJobsOfADeadNode(t *testing.T) {
	t.Parallel()
	c := store.Config{URL: freshPostgres(t).URL, NodeID: "node-1", Logger: slog.New(slog.DiscardHandler), Now: time.Now}
	s := open(t, c)
	defer s.Close()
	err := s.InTx(t.Context(), func(ctx context.Context, tx *store.Tx) error {
		return tx.Enqueue(ctx, domain.RunJob{ScheduledJobID: "x"})
	})
	if err != nil {
		t.Fatal(err)
	}
	execute(t, raw(t, c), `UPDATE river_job SET state = 'running', attempt = 3, attempted_at = now(), attempted_by = '{node-7/1,node-2/1}'`)
	execute(t, raw(t, c), `INSERT INTO nodes (id, heartbeat) VALUES ('node-7', (extract(epoch FROM now()) * 1000)::BIGINT), ('node-2', (extract(epoch FROM now() - interval '31 s') * 1000)::BIGINT)`)

	attempts := make(chan int, 1)
	workers := river.NewWorkers()
	river.AddWorker(workers, river.WorkFunc(func(_ context.Context, j *river.Job[domain.RunJob]) error {
		attempts <- j.Attempt
		return nil
	}))
	if err := s.StartJobs(t.Context(), store.JobsConfig{Workers: workers, Queues: map[string]int{domain.QueueSchedule: 1}}); err != nil {
		t.Fatal(err)
	}
	defer func() {
		if err := s.StopJobs(t.Context()); err != nil {
			t.Error(err)
		}
	}()
	select {
	case got := <-attempts:
		if diff := cmp.Diff(3, got); diff != "" {
			t.Errorf("attempt (-want +got)\n%s", diff)
		}
	case <-time.After(time.Minute):
		t.Fatal("the job of the dead node does not run")
	}
}

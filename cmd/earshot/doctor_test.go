package main

import (
	"bytes"
	"context"
	"database/sql"
	"encoding/json"
	"errors"
	"io/fs"
	"log/slog"
	"os"
	"path/filepath"
	"strings"
	"testing"

	"earshot/internal/app"
	"earshot/internal/config"
	"earshot/internal/domain"
	"earshot/internal/identity"
	"earshot/internal/testkit/apptest"
)

// examined gives what the doctor finds, by check.
func examined(t *testing.T, cfg config.Config) map[string]domain.Check {
	t.Helper()
	d := app.OpenDoctor(context.Background(), cfg, slog.New(slog.DiscardHandler))
	checks, err := d.Checks(context.Background(), identity.Operator())
	apptest.Must(t, err)
	apptest.Must(t, d.Close())
	out := map[string]domain.Check{}
	for _, c := range checks {
		out[c.ID] = c
	}
	return out
}

func settings(t *testing.T, dir string) config.Config {
	t.Helper()
	cfg := config.Config{DataDir: dir}
	apptest.Must(t, cfg.Complete())
	return cfg
}

// madeInstallation was started once, has a connector, and is stopped.
func madeInstallation(t *testing.T) config.Config {
	t.Helper()
	cfg := settings(t, t.TempDir())
	apptest.Must(t, withApp(context.Background(), cfg, slog.New(slog.DiscardHandler), func(a *app.App) error {
		_, err := a.Connector.Install(context.Background(), identity.Operator(), domain.ForAdmins, nil)
		apptest.Must(t, err)
		_, err = a.Connector.SaveCredential(context.Background(), identity.Operator(), domain.Aircall, map[string]string{"api_id": "id", "api_token": "hush"}, nil)
		return err
	}))
	return cfg
}

// TestDoctorFindsWhatKeepsTheDatabaseShut: each thing is red for its cause and green again after its fix.
func TestDoctorFindsWhatKeepsTheDatabaseShut(t *testing.T) {
	t.Parallel()
	cfg := madeInstallation(t)
	file := func(name string) string { return filepath.Join(cfg.DataDir, name) }
	move := func(from, to string) {
		t.Helper()
		apptest.Must(t, os.Rename(file(from), file(to)))
	}
	write := func(name, content string) {
		t.Helper()
		apptest.Must(t, os.WriteFile(file(name), []byte(content), 0o600))
	}
	execute := func(query string) {
		t.Helper()
		db, err := sql.Open("sqlite", file("earshot.db"))
		apptest.Must(t, err)
		_, err = db.Exec(query)
		apptest.Must(t, errors.Join(err, db.Close()))
	}
	for _, c := range []struct {
		name, check, says string
		hurt, heal        func()
	}{
		{"the database is damaged", "database", "damaged", func() { move("earshot.db", "kept"); write("earshot.db", strings.Repeat("no database ", 1000)) }, func() { move("kept", "earshot.db") }},
		{"it is of a newer version", "database", "newer version", func() { execute(`INSERT INTO goose_db_version (version_id, is_applied) VALUES (9999, 1)`) }, func() { execute(`DELETE FROM goose_db_version WHERE version_id = 9999`) }},
		{"it is of an older version", "database", "start Earshot, which changes the tables", func() { execute(`UPDATE goose_db_version SET is_applied = 0 WHERE version_id > 1`) }, func() { execute(`UPDATE goose_db_version SET is_applied = 1`) }},
		{"the key is gone", "master_key", "cannot be read", func() { move("master-key.json", "kept") }, func() { move("kept", "master-key.json") }},
		{"the key is damaged", "master_key", "is damaged", func() { move("master-key.json", "kept"); write("master-key.json", "{}") }, func() { move("kept", "master-key.json") }},
		{"the key is another's", "master_key", "cannot be opened with this master key", func() {
			move("master-key.json", "kept")
			other := madeInstallation(t)
			key, err := os.ReadFile(other.MasterKeyFile)
			apptest.Must(t, err)
			write("master-key.json", string(key))
		}, func() { move("kept", "master-key.json") }},
		{"recordings cannot be kept", "recordings", "cannot be written", func() { move("blobs", "kept"); write("blobs", "") }, func() { apptest.Must(t, os.Remove(file("blobs"))); move("kept", "blobs") }},
	} {
		c.hurt()
		got := examined(t, cfg)
		if k := got[c.check]; k.Status != domain.CheckRed || !strings.Contains(k.Found, c.says) || k.Fix == "" {
			t.Errorf("%s: %+v", c.name, k)
		}
		if _, whole := got["switches"]; whole != (c.check == "recordings") {
			t.Errorf("%s: checks of connectors: %v", c.name, whole)
		}
		c.heal()
		if k := examined(t, cfg)[c.check]; k.Status != domain.CheckGreen {
			t.Errorf("%s, after its fix: %+v", c.name, k)
		}
	}
}

// TestDoctorBesideAServer reads what the server works on, and leaves it alone; without one it says so.
func TestDoctorBesideAServer(t *testing.T) {
	t.Parallel()
	cfg := madeInstallation(t)
	before := files(t, cfg.DataDir)
	if got := examined(t, cfg); got["jobs"].Status != domain.CheckNotApplicable || got["switches"].Status != domain.CheckRed {
		t.Errorf("without a server: %+v", got)
	}
	if after := files(t, cfg.DataDir); after != before {
		t.Errorf("files before %s, after %s", before, after)
	}
	apptest.Must(t, withApp(context.Background(), cfg, slog.New(slog.DiscardHandler), func(a *app.App) error {
		if err := a.Start(context.Background()); err != nil {
			return err
		}
		writing := filepath.Join(cfg.DataDir, "blobs", "recording.0123456789abcdef.tmp") // as a download looks while it comes
		apptest.Must(t, os.WriteFile(writing, nil, 0o600))
		if got := examined(t, cfg); got["jobs"].Status != domain.CheckGreen || got["database"].Status != domain.CheckGreen || got["recordings"].Status != domain.CheckGreen {
			t.Errorf("beside a server: %+v", got)
		}
		_, err := os.Stat(writing)
		return err
	}))
}

// TestDoctorWithoutAnything makes nothing.
func TestDoctorWithoutAnything(t *testing.T) {
	t.Parallel()
	dir := filepath.Join(t.TempDir(), "not", "there")
	got := examined(t, settings(t, dir))
	for check, want := range map[string]domain.CheckStatus{"database": domain.CheckUnknown, "master_key": domain.CheckNotApplicable, "recordings": domain.CheckGreen, "disk": domain.CheckGreen, "speech": domain.CheckRed} {
		if got[check].Status != want {
			t.Errorf("%+v, want %s", got[check], want)
		}
	}
	if _, err := os.Stat(filepath.Dir(dir)); !errors.Is(err, fs.ErrNotExist) {
		t.Errorf("the folder was made: %v", err)
	}
}

func files(t *testing.T, dir string) string {
	t.Helper()
	var names []string
	apptest.Must(t, filepath.WalkDir(dir, func(path string, d fs.DirEntry, err error) error {
		if err == nil && !d.IsDir() && !strings.HasSuffix(path, "-shm") && !strings.HasSuffix(path, "-wal") {
			names = append(names, path)
		}
		return err
	}))
	return strings.Join(names, " ")
}

// TestDoctorPrints: exit code and both forms.
func TestDoctorPrints(t *testing.T) { // not parallel: it takes over the standard output
	cfg := madeInstallation(t)
	runs := func(args string) (string, error) {
		return commands(t, cfg, "--models-dir "+cfg.DataDir+" doctor "+args)
	}
	text, err := runs("")
	if !errors.Is(err, errReported) {
		t.Errorf("something is red, but it ended with %v", err)
	}
	for _, want := range []string{"Earshot does not run", "WRONG     Speech engine", "\nAircall\n", "To mend (", "Aircall, Enabled in both places: Both switches are off", "Page: /voice-connector/aircall", "ok        Database"} {
		if !strings.Contains(text, want) {
			t.Errorf("it does not print %q:\n%s", want, text)
		}
	}
	text, err = runs("--json")
	var d diagnosis
	if json.Unmarshal([]byte(text), &d) != nil || !errors.Is(err, errReported) || d.OK || d.Running || len(d.Checks) < 15 || strings.Contains(text, "hush") {
		t.Errorf("--json gave %v and\n%s", err, text)
	}
	var b bytes.Buffer
	apptest.Must(t, doctorCmd{}.print(&b, diagnosis{OK: true, Running: true, Checks: []doctorLine{{Title: "Database", Status: "green", Found: "Fine."}}}))
	if b.String() != "Data folder ; Earshot runs.\n  ok        Database: Fine.\n\nNothing is wrong.\n" {
		t.Errorf("%q", b.String())
	}
}

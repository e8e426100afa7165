package postgres

import (
	"context"
	"errors"
	"io/fs"
	"os"
	"testing"
	"time"

	"github.com/jackc/pgx/v5"
)

func TestDatabasesAreFreshAndApart(t *testing.T) {
	t.Parallel()
	ctx := context.Background()
	first, second := connect(t, URL(t)), connect(t, URL(t))
	if _, err := first.Exec(ctx, `CREATE TABLE mark (id INT)`); err != nil {
		t.Fatal(err)
	}
	var seen bool
	if err := second.QueryRow(ctx, `SELECT to_regclass('mark') IS NOT NULL`).Scan(&seen); err != nil || seen {
		t.Fatalf("the table of one database shows in another: %v, %v", seen, err)
	}
}

// TestServerEndsWithItsProcess ends the life of a server of its own: at once, before it has begun, and when it answers.
func TestServerEndsWithItsProcess(t *testing.T) {
	t.Parallel()
	if binaries() == "" {
		t.Skip("no PostgreSQL here")
	}
	for name, wait := range map[string]bool{"at once": false, "when it answers": true} {
		t.Run(name, func(t *testing.T) {
			t.Parallel()
			s, dir, err := launch()
			if err != nil {
				t.Fatal(err)
			}
			if wait {
				if err := ready(s.address, dir); err != nil {
					t.Fatal(err)
				}
			}
			if err := s.life.Close(); err != nil {
				t.Fatal(err)
			}
			for deadline := time.Now().Add(startTimeout); ; {
				if _, err := os.Stat(dir); errors.Is(err, fs.ErrNotExist) {
					return // the supervisor removes it last
				}
				if time.Now().After(deadline) {
					t.Fatalf("%s is still there", dir)
				}
				time.Sleep(20 * time.Millisecond)
			}
		})
	}
}

func connect(t *testing.T, url string) *pgx.Conn {
	t.Helper()
	conn, err := pgx.Connect(context.Background(), url)
	if err != nil {
		t.Fatal(err)
	}
	t.Cleanup(func() { _ = conn.Close(context.Background()) }) // the database is dropped by force right after
	return conn
}

// Package postgres gives tests fresh PostgreSQL databases: of a server that it starts for the test process, or of the one
// that EARSHOT_TEST_POSTGRES names.
package postgres

import (
	"context"
	"net/url"
	"os"
	"sync"
	"testing"
	"time"

	"github.com/google/uuid"
	"github.com/jackc/pgx/v5"
)

// Environment variables. With EnvRequire set to 1 a missing PostgreSQL fails the test instead of skipping it.
const (
	EnvURL     = "EARSHOT_TEST_POSTGRES"
	EnvRequire = "EARSHOT_TEST_REQUIRE"
)

// adminTimeout is how long making or dropping a database may take on a busy machine.
const adminTimeout = time.Minute

// once starts one server for all tests of the process, and keeps it until the process ends.
var once = sync.OnceValues(start)

// URL gives the address of a fresh, empty database, dropped when the test ends. Where there is no PostgreSQL the test is
// skipped, or fails if EARSHOT_TEST_REQUIRE is 1.
func URL(t testing.TB) string {
	t.Helper()
	server := os.Getenv(EnvURL)
	if server == "" {
		server = started(t)
	}
	name := "earshot_test_" + uuid.NewString()[:13]
	admin(t, server, `CREATE DATABASE `+pgx.Identifier{name}.Sanitize())
	t.Cleanup(func() { admin(t, server, `DROP DATABASE `+pgx.Identifier{name}.Sanitize()+` WITH (FORCE)`) })
	u, err := url.Parse(server)
	if err != nil {
		t.Fatal(err)
	}
	u.Path = "/" + name
	return u.String()
}

func started(t testing.TB) string {
	t.Helper()
	bin := binaries()
	if bin == "" {
		const missing = "no PostgreSQL here: install the package postgresql, or set " + EnvURL + " to the address of a server"
		if os.Getenv(EnvRequire) == "1" {
			t.Fatal(missing)
		}
		t.Skip(missing)
	}
	s, err := once()
	if err != nil {
		t.Fatalf("PostgreSQL in %s does not start: %v", bin, err)
	}
	return s.address
}

func admin(t testing.TB, server, statement string) {
	t.Helper()
	ctx, cancel := context.WithTimeout(context.Background(), adminTimeout)
	defer cancel()
	conn, err := pgx.Connect(ctx, server)
	if err != nil {
		t.Fatalf("the PostgreSQL server for tests: %v", err)
	}
	defer conn.Close(ctx)
	if _, err := conn.Exec(ctx, statement); err != nil {
		t.Fatalf("%s: %v", statement, err)
	}
}

package postgres

import (
	"context"
	"testing"

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

func connect(t *testing.T, url string) *pgx.Conn {
	t.Helper()
	conn, err := pgx.Connect(context.Background(), url)
	if err != nil {
		t.Fatal(err)
	}
	t.Cleanup(func() { _ = conn.Close(context.Background()) }) // the database is dropped by force right after
	return conn
}

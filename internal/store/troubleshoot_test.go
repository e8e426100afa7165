package store_test

import (
	"log/slog"
	"testing"

	"earshot/internal/domain"
	"earshot/internal/store"
	"earshot/internal/testkit/postgres"
)

// TestPostgresWithoutTables is no damage: nobody has started Earshot on it yet.
func TestPostgresWithoutTables(t *testing.T) {
	t.Parallel()
	_, err := store.OpenToRead(t.Context(), store.Config{URL: postgres.URL(t), Logger: slog.New(slog.DiscardHandler)})
	if domain.CodeOf(err) != "no_database" {
		t.Errorf("%v", err)
	}
}

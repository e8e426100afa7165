package store_test

import (
	"testing"

	"go.uber.org/goleak"

	"earshot/internal/store"
	"earshot/internal/store/storetest"
	"earshot/internal/testkit/postgres"
)

func TestMain(m *testing.M) {
	goleak.VerifyTestMain(m)
}

func freshSQLite(t *testing.T) store.Config {
	return store.Config{DataDir: t.TempDir() + "/a folder with 100% odd #signs?"}
}

func freshPostgres(t *testing.T) store.Config { return store.Config{URL: postgres.URL(t)} }

func TestSQLite(t *testing.T) {
	t.Parallel()
	storetest.Run(t, freshSQLite)
}

func TestPostgres(t *testing.T) {
	t.Parallel()
	postgres.URL(t) // says once, rather than once a test, that there is none
	storetest.Run(t, freshPostgres)
}

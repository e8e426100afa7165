package testkit

import (
	"database/sql"
	"encoding/json"
	"path/filepath"
	"testing"
	"time"
)

// Job is one that was enqueued.
type Job struct {
	Kind string
	Args map[string]string
	At   time.Time // it runs no earlier
}

// raw opens the database without the store.
func (k *Kit) raw(t testing.TB) *sql.DB {
	t.Helper()
	db, err := sql.Open("sqlite", filepath.Join(k.dir, "earshot.db"))
	Must(t, err)
	t.Cleanup(func() { _ = db.Close() })
	return db
}

// Jobs gives the jobs that were enqueued, in that order.
func (k *Kit) Jobs(t testing.TB) []Job {
	t.Helper()
	rows, err := k.raw(t).Query(`SELECT kind, json(args), scheduled_at FROM river_job ORDER BY id`)
	Must(t, err)
	defer rows.Close()
	var jobs []Job
	for rows.Next() {
		var j Job
		var args string
		Must(t, rows.Scan(&j.Kind, &args, &j.At))
		Must(t, json.Unmarshal([]byte(args), &j.Args))
		jobs = append(jobs, j)
	}
	Must(t, rows.Err())
	return jobs
}

// LoseJobs removes all jobs, as a broken database does.
func (k *Kit) LoseJobs(t testing.TB) {
	t.Helper()
	_, err := k.raw(t).Exec(`DELETE FROM river_job`)
	Must(t, err)
}

// Rows counts the rows of a table.
func (k *Kit) Rows(t testing.TB, table string) (n int) {
	t.Helper()
	Must(t, k.raw(t).QueryRow(`SELECT count(*) FROM `+table).Scan(&n))
	return n
}

// Break lets no more rows into a table.
func (k *Kit) Break(t testing.TB, table string) {
	t.Helper()
	_, err := k.raw(t).Exec(`CREATE TRIGGER broken BEFORE INSERT ON ` + table + ` BEGIN SELECT RAISE(ABORT, 'broken'); END`)
	Must(t, err)
}

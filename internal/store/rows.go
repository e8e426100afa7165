package store

import (
	"crypto/rand"
	"database/sql"
	"errors"
	"fmt"
	"strings"
	"time"

	"github.com/google/uuid"

	"earshot/internal/domain"
)

// NewID gives an id that sorts by time: UUID version 7 (RFC 9562).
func NewID() string { return uuid.Must(uuid.NewV7()).String() }

// IDAt is a bound: ids made before t sort below it, ids made at t or later above it.
func IDAt(t time.Time) string { return timeID(t).String() }

// newIDAt is NewID by another clock than the machine's.
func newIDAt(t time.Time) string {
	id := timeID(t)
	_, _ = rand.Read(id[6:]) // never fails
	id[6], id[8] = 0x70|id[6]&0x0f, 0x80|id[8]&0x3f
	return id.String()
}

func timeID(t time.Time) (id uuid.UUID) {
	ms := uint64(max(t.UnixMilli(), 0))
	for i := range 6 {
		id[i] = byte(ms >> (40 - 8*i))
	}
	return id
}

func millis(t time.Time) int64 {
	if t.IsZero() {
		return 0
	}
	return t.UnixMilli()
}

func timeOf(ms int64) time.Time {
	if ms == 0 {
		return time.Time{}
	}
	return time.UnixMilli(ms).UTC()
}

func bit(b bool) int64 {
	if b {
		return 1
	}
	return 0
}

func notFound(err error, what string) error {
	if errors.Is(err, sql.ErrNoRows) {
		return domain.Errorf(domain.KindNotFound, "", "there is no such %s", what)
	}
	return err
}

// met tells whether a statement met a row.
func met(res sql.Result, err error) (bool, error) {
	if err != nil {
		return false, err
	}
	n, err := res.RowsAffected()
	return n > 0, err
}

// changedOne gives KindNotFound if a statement met no row.
func changedOne(res sql.Result, err error, what string) error {
	ok, err := met(res, err)
	if err == nil && !ok {
		err = notFound(sql.ErrNoRows, what)
	}
	return err
}

// collect reads all rows with scan.
func collect[T any](rows *sql.Rows, err error, scan func(*sql.Rows) (T, error)) ([]T, error) {
	if err != nil {
		return nil, err
	}
	defer rows.Close()
	out := []T{}
	for rows.Next() {
		item, err := scan(rows)
		if err != nil {
			return nil, err
		}
		out = append(out, item)
	}
	return out, rows.Err()
}

// where builds a condition with numbered parameters.
type where struct {
	conditions []string
	args       []any
}

func (w *where) equal(column, value string) {
	if value != "" {
		w.add(column+" = %s", value)
	}
}

// add takes a condition whose %s stand for the values in order.
func (w *where) add(condition string, values ...any) {
	names := make([]any, len(values))
	for i, v := range values {
		w.args = append(w.args, v)
		names[i] = fmt.Sprintf("$%d", len(w.args))
	}
	w.conditions = append(w.conditions, fmt.Sprintf(condition, names...))
}

func (w *where) text() string {
	if len(w.conditions) == 0 {
		return ""
	}
	return "WHERE " + strings.Join(w.conditions, " AND ")
}

// contains is the LIKE pattern for a part of a text, with the pattern's own signs taken literally.
func contains(part string) string {
	return "%" + strings.NewReplacer(`\`, `\\`, `%`, `\%`, `_`, `\_`).Replace(strings.ToLower(part)) + "%"
}

// Sizes of a page.
const (
	pageSize    = 50
	maxPageSize = 500
)

func limitOf(limit int) int {
	if limit <= 0 {
		return pageSize
	}
	return min(limit, maxPageSize)
}

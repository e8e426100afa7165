package store

import (
	"context"
	"database/sql"
	"encoding/json"

	"earshot/internal/domain"
)

const typeColumns = `id, kind, name, aliases, language, said_by, first_seconds, active, created_at, updated_at`

// InsightTypes gives all, by kind and name.
func (q *Queries) InsightTypes(ctx context.Context) ([]domain.InsightType, error) {
	rows, err := q.db.QueryContext(ctx, `SELECT `+typeColumns+` FROM insight_types ORDER BY kind, name_key, language`)
	return collect(rows, err, func(r *sql.Rows) (domain.InsightType, error) { return scanType(r.Scan) })
}

// InsightType gives one, and keeps it until the transaction ends.
func (tx *Tx) InsightType(ctx context.Context, id string) (domain.InsightType, error) {
	t, err := scanType(tx.db.QueryRowContext(ctx, `SELECT `+typeColumns+` FROM insight_types WHERE id = $1`+tx.dialect.forUpdate, id).Scan)
	return t, notFound(err, "insight type")
}

func scanType(scan func(...any) error) (t domain.InsightType, err error) {
	var aliases string
	var active, created, updated int64
	if err := scan(&t.ID, &t.Kind, &t.Name, &aliases, &t.Language, &t.SaidBy, &t.FirstSeconds, &active, &created, &updated); err != nil {
		return t, err
	}
	t.Active, t.CreatedAt, t.UpdatedAt = active != 0, timeOf(created), timeOf(updated)
	return t, json.Unmarshal([]byte(aliases), &t.Aliases)
}

// AddInsightTypes adds those whose name their kind and language do not have yet, and gives them.
func (tx *Tx) AddInsightTypes(ctx context.Context, types []domain.InsightType) ([]domain.InsightType, error) {
	added := []domain.InsightType{}
	for _, t := range types {
		aliases, err := json.Marshal(t.Aliases)
		if err != nil {
			return nil, err
		}
		res, err := tx.db.ExecContext(ctx, `INSERT INTO insight_types (`+typeColumns+`, name_key) VALUES ($1, $2, $3, $4, $5, $6, $7, $8, $9, $10, $11) ON CONFLICT (kind, name_key, language) DO NOTHING`,
			t.ID, t.Kind, t.Name, string(aliases), t.Language, t.SaidBy, t.FirstSeconds, bit(t.Active), millis(t.CreatedAt), millis(t.UpdatedAt), t.NameKey())
		isNew, err := met(res, err)
		if err != nil {
			return nil, err
		}
		if isNew {
			added = append(added, t)
		}
	}
	return added, tx.Changed(ctx, TopicInsightType, "")
}

// SaveInsightType stores one that is there. A name that another of its kind and language has is a conflict (insight_type_taken).
func (tx *Tx) SaveInsightType(ctx context.Context, t domain.InsightType) error {
	aliases, err := json.Marshal(t.Aliases)
	if err != nil {
		return err
	}
	res, err := tx.db.ExecContext(ctx, `UPDATE insight_types SET kind = $2, name = $3, aliases = $4, language = $5, said_by = $6, first_seconds = $7, active = $8, updated_at = $9, name_key = $10 WHERE id = $1`,
		t.ID, t.Kind, t.Name, string(aliases), t.Language, t.SaidBy, t.FirstSeconds, bit(t.Active), millis(t.UpdatedAt), t.NameKey())
	if tx.dialect.unique(err) {
		return domain.Errorf(domain.KindConflict, "insight_type_taken", "there is a %s named “%s” already for this language; add aliases to that one, or choose another name", t.Kind, t.Name)
	}
	if err := changedOne(res, err, "insight type"); err != nil {
		return err
	}
	return tx.Changed(ctx, TopicInsightType, t.ID)
}

// RemoveInsightType deletes one.
func (tx *Tx) RemoveInsightType(ctx context.Context, id string) error {
	res, err := tx.db.ExecContext(ctx, `DELETE FROM insight_types WHERE id = $1`, id)
	if err := changedOne(res, err, "insight type"); err != nil {
		return err
	}
	return tx.Changed(ctx, TopicInsightType, id)
}

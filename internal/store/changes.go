package store

import (
	"context"
	"database/sql"
	"slices"
	"time"
)

// Topics of changes.
const (
	TopicVCCall    = "vc_call"
	TopicCall      = "call"
	TopicConnector = "connector"
	TopicUser      = "user"
	TopicSettings  = "settings"
	TopicExcluded  = "excluded_number"
	TopicSchedule  = "scheduled_job"

	TopicReanalysis = "reanalysis"
	TopicMail       = "mail"

	TopicInsightType = "insight_type"
)

// changesLife is how long a change is told; who was away longer reads everything anew.
const changesLife = 10 * time.Minute

// changesPage is how many changes are read at once.
const changesPage = 1000

// Change says that something should be read again. Its id is made from the store's clock when its transaction commits, so
// readers that look back a few seconds miss none, though two transactions may become visible in another order.
type Change struct{ ID, Topic, Ref string }

// Changed tells all nodes that something changed, once the transaction commits. The same change is told once.
func (tx *Tx) Changed(_ context.Context, topic, ref string) error {
	if !slices.Contains(tx.changes, Change{"", topic, ref}) {
		tx.changes = append(tx.changes, Change{"", topic, ref})
	}
	return nil
}

func (tx *Tx) tell(ctx context.Context) error {
	for _, c := range tx.changes {
		if _, err := tx.db.ExecContext(ctx, `INSERT INTO changes (id, topic, ref) VALUES ($1, $2, $3)`, newIDAt(tx.now()), c.Topic, c.Ref); err != nil {
			return err
		}
	}
	return nil
}

// PruneChanges removes those that nobody waits for.
func (tx *Tx) PruneChanges(ctx context.Context) error {
	_, err := tx.db.ExecContext(ctx, `DELETE FROM changes WHERE id < $1`, IDAt(tx.now().Add(-changesLife)))
	return err
}

// ChangesSince gives those whose id sorts after the given one, oldest first, at most a thousand.
func (q *Queries) ChangesSince(ctx context.Context, id string) ([]Change, error) {
	rows, err := q.db.QueryContext(ctx, `SELECT id, topic, ref FROM changes WHERE id > $1 ORDER BY id LIMIT $2`, id, changesPage)
	return collect(rows, err, func(r *sql.Rows) (c Change, err error) {
		err = r.Scan(&c.ID, &c.Topic, &c.Ref)
		return c, err
	})
}

package store

import "context"

// tree is a user and all below, whatever circles their managers may make.
const tree = `WITH RECURSIVE tree(id) AS (SELECT CAST(%s AS TEXT) UNION SELECT u.id FROM users u JOIN tree t ON u.manager_id = t.id) SELECT id FROM tree`

// Manages tells whether somebody is above a user, at any level.
func (q *Queries) Manages(ctx context.Context, managerID, userID string) (bool, error) {
	var n int
	err := q.db.QueryRowContext(ctx, `WITH RECURSIVE above(id) AS (SELECT manager_id FROM users WHERE id = $1 UNION SELECT u.manager_id FROM users u JOIN above a ON u.id = a.id)
		SELECT COUNT(*) FROM above WHERE id = $2 AND id <> ''`, userID, managerID).Scan(&n)
	return n > 0, err
}

// HasReports tells whether somebody is the manager of anyone.
func (q *Queries) HasReports(ctx context.Context, userID string) (bool, error) {
	var n int
	err := q.db.QueryRowContext(ctx, `SELECT COUNT(*) FROM users WHERE manager_id = $1`, userID).Scan(&n)
	return n > 0, err
}

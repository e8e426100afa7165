package store

import (
	"context"
	"database/sql"
	"encoding/json"
	"strings"
	"time"

	"earshot/internal/domain"
)

const userColumns = `id, name, email, profile, manager_id, active, identifiers, created_at, last_modified_at`

func scanUser(row interface{ Scan(...any) error }) (domain.User, error) {
	var u domain.User
	var active, created, modified int64
	var identifiers string
	if err := row.Scan(&u.ID, &u.Name, &u.Email, &u.Profile, &u.ManagerID, &active, &identifiers, &created, &modified); err != nil {
		return u, err
	}
	u.Active, u.CreatedAt, u.LastModifiedAt = active == 1, timeOf(created), timeOf(modified)
	return u, json.Unmarshal([]byte(identifiers), &u.Identifiers)
}

// SaveUser stores a user whole, but for the password. An e-mail address belongs to one user.
func (tx *Tx) SaveUser(ctx context.Context, u domain.User) error {
	other, err := tx.UserByEmail(ctx, u.Email)
	if err != nil && !domain.IsKind(err, domain.KindNotFound) {
		return err
	}
	if err == nil && other.ID != u.ID {
		return domain.Errorf(domain.KindConflict, "email_taken", "%s already has the e-mail address %s", other.Name, u.Email)
	}
	if u.Identifiers == nil {
		u.Identifiers = map[domain.Provider]string{}
	}
	identifiers, err := json.Marshal(u.Identifiers)
	if err != nil {
		return err
	}
	_, err = tx.db.ExecContext(ctx, `INSERT INTO users (id, name, email, email_key, profile, manager_id, active, identifiers, created_at, last_modified_at) VALUES ($1, $2, $3, $4, $5, $6, $7, $8, $9, $10)
		ON CONFLICT (id) DO UPDATE SET name = $2, email = $3, email_key = $4, profile = $5, manager_id = $6, active = $7, identifiers = $8, last_modified_at = $10`,
		u.ID, u.Name, u.Email, emailKey(u.Email), u.Profile, u.ManagerID, bit(u.Active), string(identifiers), millis(u.CreatedAt), millis(u.LastModifiedAt))
	if tx.dialect.unique(err) { // somebody else saved the same address at the same time
		return &domain.Error{Kind: domain.KindConflict, Code: "email_taken", Message: "another user already has the e-mail address " + u.Email, Err: err}
	}
	if err != nil {
		return err
	}
	if err := tx.savePeriods(ctx, u); err != nil {
		return err
	}
	return tx.Changed(ctx, TopicUser, u.ID)
}

func (tx *Tx) savePeriods(ctx context.Context, u domain.User) error {
	for _, table := range []string{"user_phones", "user_permission_sets"} {
		if _, err := tx.db.ExecContext(ctx, `DELETE FROM `+table+` WHERE user_id = $1`, u.ID); err != nil {
			return err
		}
	}
	for _, p := range u.Phones {
		if _, err := tx.db.ExecContext(ctx, `INSERT INTO user_phones (user_id, number, valid_from, valid_to) VALUES ($1, $2, $3, $4)`, u.ID, p.Number, millis(p.From), millis(p.To)); err != nil {
			return err
		}
	}
	for _, a := range u.PermissionSets {
		if _, err := tx.db.ExecContext(ctx, `INSERT INTO user_permission_sets (user_id, name, valid_from, valid_to) VALUES ($1, $2, $3, $4)`, u.ID, a.Set, millis(a.From), millis(a.To)); err != nil {
			return err
		}
	}
	return nil
}

// Users gives all users by name.
func (q *Queries) Users(ctx context.Context) ([]domain.User, error) {
	return q.users(ctx, `ORDER BY name, id`)
}

// User gives one by its id.
func (q *Queries) User(ctx context.Context, id string) (domain.User, error) {
	return q.user(ctx, `WHERE id = $1`, id)
}

// UserByEmail gives one by e-mail address, whatever its case.
func (q *Queries) UserByEmail(ctx context.Context, email string) (domain.User, error) {
	return q.user(ctx, `WHERE email_key = $1`, emailKey(email))
}

func emailKey(email string) string { return strings.ToLower(strings.TrimSpace(email)) }

func (q *Queries) user(ctx context.Context, condition, arg string) (domain.User, error) {
	found, err := q.users(ctx, condition, arg)
	if err != nil {
		return domain.User{}, err
	}
	if len(found) == 0 {
		return domain.User{}, notFound(sql.ErrNoRows, "user")
	}
	return found[0], nil
}

func (q *Queries) users(ctx context.Context, condition string, args ...any) ([]domain.User, error) {
	rows, err := q.db.QueryContext(ctx, `SELECT `+userColumns+` FROM users `+condition, args...)
	users, err := collect(rows, err, func(r *sql.Rows) (domain.User, error) { return scanUser(r) })
	if err != nil || len(users) == 0 {
		return users, err
	}
	only := "" // of one user whom every request asks for, not the periods of all
	if len(users) == 1 {
		only = users[0].ID
	}
	phones, err := q.periods(ctx, "user_phones", "number", only)
	if err != nil {
		return nil, err
	}
	sets, err := q.periods(ctx, "user_permission_sets", "name", only)
	if err != nil {
		return nil, err
	}
	for i, u := range users {
		for _, p := range phones[u.ID] {
			users[i].Phones = append(users[i].Phones, domain.UserPhone{Number: p.value, From: p.from, To: p.to})
		}
		for _, p := range sets[u.ID] {
			users[i].PermissionSets = append(users[i].PermissionSets, domain.PermissionAssignment{Set: p.value, From: p.from, To: p.to})
		}
	}
	return users, nil
}

// period is one row of a table with validity.
type period struct {
	userID, value string
	from, to      time.Time
}

func (q *Queries) periods(ctx context.Context, table, column, userID string) (map[string][]period, error) {
	w := where{}
	w.equal("user_id", userID)
	rows, err := q.db.QueryContext(ctx, `SELECT user_id, `+column+`, valid_from, valid_to FROM `+table+` `+w.text()+` ORDER BY user_id, valid_from, `+column, w.args...)
	all, err := collect(rows, err, func(r *sql.Rows) (p period, err error) {
		var from, to int64
		err = r.Scan(&p.userID, &p.value, &from, &to)
		p.from, p.to = timeOf(from), timeOf(to)
		return p, err
	})
	byUser := map[string][]period{}
	for _, p := range all {
		byUser[p.userID] = append(byUser[p.userID], p)
	}
	return byUser, err
}

// SetPassword stores the hash of a user's password.
func (tx *Tx) SetPassword(ctx context.Context, userID, hash string) error {
	res, err := tx.db.ExecContext(ctx, `UPDATE users SET password_hash = $1 WHERE id = $2`, hash, userID)
	return changedOne(res, err, "user")
}

// PasswordHash of a user; empty without a password.
func (q *Queries) PasswordHash(ctx context.Context, userID string) (hash string, err error) {
	err = q.db.QueryRowContext(ctx, `SELECT password_hash FROM users WHERE id = $1`, userID).Scan(&hash)
	return hash, notFound(err, "user")
}

// HasAdmin tells whether an admin can sign in.
func (q *Queries) HasAdmin(ctx context.Context) (bool, error) {
	var n int
	err := q.db.QueryRowContext(ctx, `SELECT count(*) FROM users WHERE profile = $1 AND active = 1 AND password_hash <> ''`, domain.ProfileAdministrator).Scan(&n)
	return n > 0, err
}

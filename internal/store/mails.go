package store

import (
	"context"
	"database/sql"

	"earshot/internal/domain"
)

// mailsShown is how many mails the outbox shows, the newest.
const mailsShown = 200

const mailColumns = `id, recipient, subject, body, state, problem, attempts, created_at, sent_at`

// AddMail keeps a mail that is to be sent.
func (tx *Tx) AddMail(ctx context.Context, m domain.Mail) error {
	_, err := tx.db.ExecContext(ctx, `INSERT INTO mails (`+mailColumns+`) VALUES ($1, $2, $3, $4, $5, $6, $7, $8, $9)`,
		m.ID, m.To, m.Subject, m.Body, m.State, m.Problem, m.Attempts, millis(m.CreatedAt), millis(m.SentAt))
	if err != nil {
		return err
	}
	return tx.Changed(ctx, TopicMail, m.ID)
}

// UpdateMail keeps what became of a mail.
func (tx *Tx) UpdateMail(ctx context.Context, m domain.Mail) error {
	res, err := tx.db.ExecContext(ctx, `UPDATE mails SET state = $1, problem = $2, attempts = $3, sent_at = $4 WHERE id = $5`, m.State, m.Problem, m.Attempts, millis(m.SentAt), m.ID)
	if err := changedOne(res, err, "mail"); err != nil {
		return err
	}
	return tx.Changed(ctx, TopicMail, m.ID)
}

// Mails gives the newest mails, newest first.
func (q *Queries) Mails(ctx context.Context) ([]domain.Mail, error) {
	return q.mails(ctx, `ORDER BY id DESC LIMIT $1`, mailsShown)
}

// Mail gives one by its id.
func (q *Queries) Mail(ctx context.Context, id string) (domain.Mail, error) {
	found, err := q.mails(ctx, `WHERE id = $1`, id)
	if err == nil && len(found) == 0 {
		err = notFound(sql.ErrNoRows, "mail")
	}
	if err != nil {
		return domain.Mail{}, err
	}
	return found[0], nil
}

func (q *Queries) mails(ctx context.Context, condition string, args ...any) ([]domain.Mail, error) {
	rows, err := q.db.QueryContext(ctx, `SELECT `+mailColumns+` FROM mails `+condition, args...)
	return collect(rows, err, func(r *sql.Rows) (m domain.Mail, err error) {
		var created, sent int64
		err = r.Scan(&m.ID, &m.To, &m.Subject, &m.Body, &m.State, &m.Problem, &m.Attempts, &created, &sent)
		m.CreatedAt, m.SentAt = timeOf(created), timeOf(sent)
		return m, err
	})
}

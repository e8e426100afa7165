// Package mail keeps what Earshot writes to people in an outbox that admins can read, and sends it by SMTP where that is set.
package mail

import (
	"context"
	"log/slog"
	"time"

	"earshot/internal/domain"
	"earshot/internal/identity"
	"earshot/internal/store"
)

// mostAttempts is how often a mail server is tried, over about an hour.
const mostAttempts = 12

// Config is what an Outbox works with.
type Config struct {
	Store  *store.Store
	Server *Server // nil: mails are kept, not sent
	Logger *slog.Logger
	Now    func() time.Time
}

// Outbox is safe for concurrent use.
type Outbox struct{ Config }

// New makes an Outbox.
func New(c Config) *Outbox { return &Outbox{c} }

// Queue keeps a mail and its job in the transaction. To, Subject and Body are the caller's.
func Queue(ctx context.Context, tx *store.Tx, m domain.Mail, now time.Time) error {
	m.ID, m.State, m.CreatedAt = store.NewID(), domain.MailWaiting, now
	if err := tx.AddMail(ctx, m); err != nil {
		return err
	}
	return tx.Enqueue(ctx, domain.MailJob{MailID: m.ID})
}

// List gives the newest mails, newest first.
func (o *Outbox) List(ctx context.Context, actor domain.User) ([]domain.Mail, error) {
	if err := identity.Require(actor, domain.PermissionCustomize, o.Now()); err != nil {
		return nil, err
	}
	return o.Store.Mails(ctx)
}

// Resend tries a mail again that was not sent.
func (o *Outbox) Resend(ctx context.Context, actor domain.User, id string) (domain.Mail, error) {
	if err := identity.Require(actor, domain.PermissionCustomize, o.Now()); err != nil {
		return domain.Mail{}, err
	}
	m, err := o.Store.Mail(ctx, id)
	switch {
	case err != nil:
		return m, err
	case m.State == domain.MailSent:
		return m, domain.Errorf(domain.KindConflict, "mail_sent", "this mail was sent already, on %s", domain.Stamp(m.SentAt))
	case m.State == domain.MailWaiting:
		return m, domain.Errorf(domain.KindConflict, "mail_waiting", "this mail is being sent; wait a moment")
	case o.Server == nil:
		return m, domain.Errorf(domain.KindConflict, "no_smtp", "%s", noServer)
	}
	m.State, m.Problem, m.Attempts = domain.MailWaiting, "", 0
	err = o.Store.InTx(ctx, func(ctx context.Context, tx *store.Tx) error {
		if err := tx.UpdateMail(ctx, m); err != nil {
			return err
		}
		return tx.Enqueue(ctx, domain.MailJob{MailID: m.ID})
	})
	return m, err
}

const noServer = "no mail server is set, so that mails can only be read here; set EARSHOT_SMTP, as smtp://name:password@mail.example.com?from=earshot@example.com, and start Earshot again"

// Deliver sends one mail. A failure that may pass is given as an error, so that the job comes again.
func (o *Outbox) Deliver(ctx context.Context, job domain.MailJob) error {
	m, err := o.Store.Mail(ctx, job.MailID)
	if err != nil || m.State != domain.MailWaiting {
		return err
	}
	m.Attempts++
	var failure error
	if o.Server == nil {
		m.State, m.Problem = domain.MailNotSent, noServer
	} else if failure = o.Server.send(ctx, m, o.Now()); failure == nil {
		m.State, m.Problem, m.SentAt = domain.MailSent, "", o.Now()
	} else if ctx.Err() != nil { // we are being stopped: that is no attempt
		return failure
	} else {
		m.Problem = failure.Error()
		if domain.IsKind(failure, domain.KindPermanent) || m.Attempts >= mostAttempts {
			o.Logger.WarnContext(ctx, "a mail is given up", "mail", m.ID, "error", failure)
			m.State, failure = domain.MailFailed, nil
		}
	}
	if err := o.Store.InTx(ctx, func(ctx context.Context, tx *store.Tx) error { return tx.UpdateMail(ctx, m) }); err != nil {
		return err
	}
	return failure
}

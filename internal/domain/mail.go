package domain

import "time"

// MailState says where a mail is.
type MailState string

// States of a mail.
const (
	MailWaiting MailState = "waiting"  // to be sent, or tried again
	MailSent    MailState = "sent"     // a mail server took it
	MailFailed  MailState = "failed"   // given up; has a problem
	MailNotSent MailState = "not_sent" // no mail server is set
)

// Mail is what Earshot writes to a person. It is kept, so that it can be read where it could not be sent.
type Mail struct {
	ID        string
	To        string // e-mail address
	Subject   string
	Body      string // plain text
	State     MailState
	Problem   string // why it is not sent, in words
	Attempts  int
	CreatedAt time.Time
	SentAt    time.Time
}

// MailJob sends one mail of the outbox.
type MailJob struct {
	MailID string `json:"mail_id"`
}

// Kind, Queue and Urgency make it a Job.
func (MailJob) Kind() string      { return "mail" }
func (MailJob) Queue() string     { return QueueMail }
func (MailJob) Urgency() Priority { return PriorityRealtime }

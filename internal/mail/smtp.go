package mail

import (
	"context"
	"errors"
	"net"
	"net/mail"
	"net/url"
	"strconv"
	"time"

	smtp "github.com/wneessen/go-mail"

	"earshot/internal/domain"
)

// sendWithin bounds one attempt.
const sendWithin = 30 * time.Second

// Server is a mail server that takes our mails.
type Server struct {
	host, user, password, from string
	port                       int // 0: the usual one
	implicit                   bool
}

// ParseServer reads smtp://name:password@host:port?from=address (STARTTLS, demanded wherever a password is sent over a network) or smtps://
// (TLS from the start). An empty address gives none. Errors do not repeat the address: it holds a password.
func ParseServer(address string) (*Server, error) {
	if address == "" {
		return nil, nil
	}
	bad := func(what string) error {
		return domain.Errorf(domain.KindInvalid, "bad_setting", "EARSHOT_SMTP %s; it must be an address such as smtp://name:password@mail.example.com:587?from=earshot@example.com, or smtps://…", what)
	}
	u, err := url.Parse(address)
	if err != nil || u.Hostname() == "" || u.Scheme != "smtp" && u.Scheme != "smtps" {
		return nil, bad("cannot be read")
	}
	s := &Server{host: u.Hostname(), user: u.User.Username(), implicit: u.Scheme == "smtps", from: u.Query().Get("from")}
	s.password, _ = u.User.Password()
	if p := u.Port(); p != "" {
		if s.port, err = strconv.Atoi(p); err != nil || s.port < 1 || s.port > 65535 {
			return nil, bad("has no such port")
		}
	}
	if s.from == "" {
		s.from = "Earshot <earshot@" + s.host + ">"
	}
	if _, err := mail.ParseAddress(s.from); err != nil {
		return nil, bad("names no sender in from")
	}
	return s, nil
}

func (s *Server) client() (*smtp.Client, error) {
	options := []smtp.Option{smtp.WithTimeout(sendWithin), smtp.WithTLSPolicy(smtp.TLSOpportunistic)}
	if s.user != "" {
		options = append(options, smtp.WithSMTPAuth(smtp.SMTPAuthAutoDiscover), smtp.WithUsername(s.user), smtp.WithPassword(s.password))
		if ip := net.ParseIP(s.host); s.host != "localhost" && (ip == nil || !ip.IsLoopback()) {
			options = append(options, smtp.WithTLSPolicy(smtp.TLSMandatory))
		}
	}
	if s.implicit {
		options = append(options, smtp.WithSSLPort(false))
	}
	if s.port != 0 {
		options = append(options, smtp.WithPort(s.port))
	}
	return smtp.NewClient(s.host, options...)
}

// send hands one mail to the server. What the server refuses for good is permanent, everything else temporary.
func (s *Server) send(ctx context.Context, m domain.Mail, now time.Time) error {
	msg := smtp.NewMsg()
	if err := errors.Join(msg.From(s.from), msg.To(m.To)); err != nil {
		return &domain.Error{Kind: domain.KindPermanent, Code: "bad_address", Message: "the mail server cannot be given this address", Err: err}
	}
	msg.Subject(m.Subject)
	msg.SetDateWithValue(now)
	msg.SetMessageIDWithValue(m.ID + "@" + s.host) // the same at each attempt, so that one that arrived twice is known
	msg.SetBodyString(smtp.TypeTextPlain, m.Body)
	c, err := s.client()
	if err != nil {
		return &domain.Error{Kind: domain.KindPermanent, Code: "bad_setting", Message: "EARSHOT_SMTP cannot be used", Err: err}
	}
	if err := c.DialAndSendWithContext(ctx, msg); err != nil {
		var refused *smtp.SendError
		kind := domain.KindTemporary
		if errors.As(err, &refused) && !refused.IsTemp() && refused.ErrorCode() >= 500 {
			kind = domain.KindPermanent
		}
		return &domain.Error{Kind: kind, Code: "mail_refused", Message: "the mail server " + s.host + " did not take the mail", Err: err}
	}
	return nil
}

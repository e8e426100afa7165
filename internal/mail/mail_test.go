package mail

import (
	"bufio"
	"context"
	"net"
	"strings"
	"sync"
	"testing"

	"earshot/internal/domain"
	"earshot/internal/store"
	"earshot/internal/testkit"
)

// server is a mail server (RFC 5321) that answers the recipient as it is told, and keeps what it took.
type server struct {
	mu    sync.Mutex
	rcpt  string // answer to RCPT TO
	taken []string
}

func (s *server) listen(t *testing.T) string {
	t.Helper()
	l, err := net.Listen("tcp", "127.0.0.1:0")
	testkit.Must(t, err)
	t.Cleanup(func() { _ = l.Close() })
	go func() {
		for {
			c, err := l.Accept()
			if err != nil {
				return
			}
			go s.serve(c)
		}
	}()
	return l.Addr().String()
}

func (s *server) answer(rcpt string) {
	s.mu.Lock()
	defer s.mu.Unlock()
	s.rcpt = rcpt
}

func (s *server) serve(c net.Conn) {
	defer c.Close()
	in := bufio.NewScanner(c)
	say := func(line string) { _, _ = c.Write([]byte(line + "\r\n")) }
	say("220 test ESMTP")
	var data []string
	inData := false
	for in.Scan() {
		line := in.Text()
		verb, _, _ := strings.Cut(strings.ToUpper(line), " ")
		s.mu.Lock()
		switch {
		case inData && line == ".":
			s.taken, inData = append(s.taken, strings.Join(data, "\n")), false
			say("250 taken")
		case inData:
			data = append(data, line)
		case verb == "RCPT":
			say(s.rcpt)
		case verb == "DATA":
			inData, data = true, nil
			say("354 go on")
		case verb == "QUIT":
			say("221 bye")
		default:
			say("250 fine")
		}
		s.mu.Unlock()
	}
}

// outbox has one mail that waits.
func outbox(t *testing.T, address string) (*testkit.Kit, *Outbox, domain.Mail) {
	t.Helper()
	k := testkit.New(t)
	smtp, err := ParseServer(address)
	testkit.Must(t, err)
	o := New(Config{Store: k.Store, Server: smtp, Logger: k.Logger, Now: k.Clock.Now})
	k.InTx(t, func(ctx context.Context, tx *store.Tx) error {
		return Queue(ctx, tx, domain.Mail{To: "nina@x.example", Subject: "Grüße", Body: "It was installed.\n"}, k.Clock.Now())
	})
	all, err := k.Store.Mails(t.Context())
	testkit.Must(t, err)
	return k, o, all[0]
}

func TestDeliver(t *testing.T) {
	t.Parallel()
	for name, c := range map[string]struct {
		answers []string
		state   domain.MailState
		again   bool // the last attempt asks for another
	}{
		"taken":                 {[]string{"250 fine"}, domain.MailSent, false},
		"greylisted, then fine": {[]string{"451 later", "250 fine"}, domain.MailSent, false},
		"greylisted":            {[]string{"451 later"}, domain.MailWaiting, true},
		"refused":               {[]string{"550 no such user"}, domain.MailFailed, false},
	} {
		t.Run(name, func(t *testing.T) {
			t.Parallel()
			s := &server{}
			k, o, m := outbox(t, "smtp://"+s.listen(t)+"?from=Earshot+<earshot@x.example>")
			var err error
			for _, a := range c.answers {
				s.answer(a)
				err = o.Deliver(t.Context(), domain.MailJob{MailID: m.ID})
			}
			got, loadErr := k.Store.Mail(t.Context(), m.ID)
			testkit.Must(t, loadErr)
			if got.State != c.state || (err != nil) != c.again || got.Attempts != len(c.answers) || (got.Problem == "") != (c.state == domain.MailSent) {
				t.Errorf("%+v, %v", got, err)
			}
			s.mu.Lock()
			defer s.mu.Unlock()
			if sent := len(s.taken) == 1; sent != (c.state == domain.MailSent) || sent && (!strings.Contains(s.taken[0], "earshot@x.example") || !strings.Contains(s.taken[0], "It was installed.")) {
				t.Errorf("the server took %q", s.taken)
			}
		})
	}
}

// TestGivenUp: a server that is away is not tried for ever; who mends it sends the mail again.
func TestGivenUp(t *testing.T) {
	t.Parallel()
	s := &server{}
	s.answer("451 later")
	k, o, m := outbox(t, "smtp://"+s.listen(t))
	admin := k.Admin(t)
	for range mostAttempts {
		_ = o.Deliver(t.Context(), domain.MailJob{MailID: m.ID})
	}
	if got, err := k.Store.Mail(t.Context(), m.ID); err != nil || got.State != domain.MailFailed {
		t.Errorf("%+v, %v", got, err)
	}
	if _, err := o.Resend(t.Context(), admin, m.ID); err != nil {
		t.Error(err)
	}
	if _, err := o.Resend(t.Context(), admin, m.ID); domain.CodeOf(err) != "mail_waiting" {
		t.Errorf("while it waits: %v", err)
	}
	s.answer("250 fine")
	testkit.Must(t, o.Deliver(t.Context(), domain.MailJob{MailID: m.ID}))
	if _, err := o.Resend(t.Context(), admin, m.ID); domain.CodeOf(err) != "mail_sent" {
		t.Errorf("once it is sent: %v", err)
	}
	if jobs := k.Jobs(t); len(jobs) != 2 {
		t.Errorf("%d jobs", len(jobs))
	}
}

// TestWithoutServer keeps the mail, to be read by admins alone.
func TestWithoutServer(t *testing.T) {
	t.Parallel()
	k, o, m := outbox(t, "")
	testkit.Must(t, o.Deliver(t.Context(), domain.MailJob{MailID: m.ID}))
	got, err := o.List(t.Context(), k.Admin(t))
	if err != nil || len(got) != 1 || got[0].State != domain.MailNotSent || !strings.Contains(got[0].Problem, "EARSHOT_SMTP") {
		t.Errorf("%+v, %v", got, err)
	}
	rep := k.User(t, "Rep", nil, domain.PermForSales)
	if _, err := o.List(t.Context(), rep); !domain.IsKind(err, domain.KindForbidden) {
		t.Errorf("a rep: %v", err)
	}
	if _, err := o.Resend(t.Context(), rep, m.ID); !domain.IsKind(err, domain.KindForbidden) {
		t.Errorf("a rep: %v", err)
	}
}

func TestParseServer(t *testing.T) {
	t.Parallel()
	for address, fine := range map[string]bool{
		"smtp://mail.x.example": true, "smtps://nina:hush@mail.x.example:465?from=earshot@x.example": true, "mail.x.example": false, "http://mail.x.example": false,
		"smtp://nina:hush@mail.x.example:99999": false, "smtp://nina:hush@mail.x.example?from=nobody": false, "smtp://nina:hush@%": false,
	} {
		s, err := ParseServer(address)
		if (err == nil) != fine || fine != (s != nil) || err != nil && strings.Contains(err.Error(), "hush") {
			t.Errorf("%s: %v", address, err)
		}
	}
}

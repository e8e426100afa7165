package provider

import (
	"cmp"
	"context"
	"iter"
	"log/slog"
	"net/http"
	"strings"
	"time"

	"earshot/internal/domain"
)

// Config of a Connector.
type Config struct {
	Opener     Opener
	Account    string // names the account in the ledger and among the tokens
	Credential map[string]string
	Settings   map[string]string
	Ledger     Ledger            // nil: its own
	Tokens     TokenStore        // nil: its own
	Transport  http.RoundTripper // nil: the network
	Logger     *slog.Logger
	Now        func() time.Time
	Sleep      SleepFunc // nil: in real time
}

// Connector is what the rest of Earshot uses: a driver with pacing, retries, size limits, safe downloads and errors
// without secrets. It is safe for concurrent use.
type Connector struct {
	driver   Driver
	info     Info
	pacer    *Pacer
	tokens   *tokens // nil: the driver authorizes requests itself
	redactor redactor
	now      func() time.Time
	sleep    SleepFunc
}

// New opens a driver. It asks the provider nothing.
func New(c Config) (*Connector, error) {
	c.fill()
	base := strings.TrimRight(cmp.Or(c.Settings["base_url"], defaultOf(c.Opener.Info.Settings, "base_url")), "/")
	guard, err := newMediaGuard(base, c)
	if err != nil {
		return nil, err
	}
	out := &Connector{info: c.Opener.Info, pacer: newPacer(c), now: c.Now, sleep: c.Sleep, redactor: newRedactor(c.Opener.Info.Credential, c.Credential)}
	out.addTokens(c, base)
	out.driver, err = c.Opener.Open(Account{
		Credential: c.Credential, Settings: c.Settings, BaseURL: base, Now: c.Now,
		Client: &http.Client{Transport: out.api(c), CheckRedirect: noRedirect},
		Media:  &http.Client{Transport: out.media(c, guard), CheckRedirect: guard.redirect},
	})
	return out, err
}

func (c *Config) fill() {
	if c.Sleep == nil {
		c.Sleep = Sleep
	}
	if c.Logger == nil {
		c.Logger = slog.New(slog.DiscardHandler)
	}
	if c.Ledger == nil {
		c.Ledger = &MemoryLedger{}
	}
	if c.Tokens == nil {
		c.Tokens = &MemoryTokens{}
	}
}

// addTokens finds out whether the account works by OAuth. Requests for tokens are paced like others.
func (c *Connector) addTokens(config Config, base string) {
	if config.Opener.OAuth == nil {
		return
	}
	oauth, ok := config.Opener.OAuth(Login{Credential: config.Credential, Settings: config.Settings, BaseURL: base})
	if !ok {
		return
	}
	group := func(*http.Request) []string { return []string{oauth.Group} }
	client := &http.Client{Transport: &paced{base: direct(config), pacer: c.pacer, groups: group, rate: config.Opener.Rate}, CheckRedirect: noRedirect}
	c.tokens = &tokens{oauth: oauth, account: config.Account, store: config.Tokens, client: client, now: config.Now}
}

func direct(c Config) http.RoundTripper {
	if c.Transport == nil {
		c.Transport = http.DefaultTransport
	}
	return &whole{base: c.Transport, timeout: requestTimeout, logger: c.Logger}
}

func (c *Connector) api(config Config) http.RoundTripper {
	groups := config.Opener.Groups
	if groups == nil {
		groups = oneGroup
	}
	return c.authorize(&paced{base: direct(config), pacer: c.pacer, groups: groups, rate: config.Opener.Rate}, func(*http.Request) bool { return true })
}

// media counts downloads in the groups that the driver says; without groups they are not limited.
func (c *Connector) media(config Config, guard *mediaGuard) http.RoundTripper {
	var out http.RoundTripper = guard.transport(config.Transport)
	if config.Opener.Groups != nil {
		out = &paced{base: out, pacer: c.pacer, groups: config.Opener.Groups, rate: config.Opener.Rate}
	}
	return c.authorize(out, guard.mayKnow)
}

func (c *Connector) authorize(base http.RoundTripper, trusted func(*http.Request) bool) http.RoundTripper {
	if c.tokens == nil {
		return base
	}
	return &authorized{base: base, tokens: c.tokens, trusted: trusted}
}

// noRedirect keeps credentials at the address they are meant for.
func noRedirect(*http.Request, []*http.Request) error { return http.ErrUseLastResponse }

func defaultOf(fields []Field, name string) string {
	for _, f := range fields {
		if f.Name == name {
			return f.Default
		}
	}
	return ""
}

// Info of the driver.
func (c *Connector) Info() Info { return c.info }

// Check asks the provider whether the credential works and what is missing.
func (c *Connector) Check(ctx context.Context) (CheckReport, error) {
	return attempt(ctx, c, c.driver.Check)
}

// GetCall reads one call as it is now; KindNotFound where the provider does not know it. When it started is of use to some
// providers; zero where that is not known.
func (c *Connector) GetCall(ctx context.Context, id string, startedAt time.Time) (domain.ProviderCall, error) {
	return attempt(ctx, c, func(ctx context.Context) (domain.ProviderCall, error) {
		if near, ok := c.driver.(NearReader); ok && !startedAt.IsZero() {
			return near.GetCallNear(ctx, id, startedAt)
		}
		return c.driver.GetCall(ctx, id)
	})
}

// Calls gives the calls of a window, oldest first, each once. The first error ends it.
func (c *Connector) Calls(ctx context.Context, w Window) iter.Seq2[domain.ProviderCall, error] {
	return func(yield func(domain.ProviderCall, error) bool) {
		seen := map[string]bool{}
		cursor, more := Cursor(""), w.From.Before(w.To)
		for more {
			page, err := c.page(ctx, w, cursor)
			if err != nil {
				yield(domain.ProviderCall{}, err)
				return
			}
			for _, call := range page.Calls {
				if !seen[call.ID] && !yield(call, nil) {
					return
				}
				seen[call.ID] = true
			}
			cursor, more = page.Next, page.Next != ""
		}
	}
}

// Page gives one page of a window and the cursor of the next, which may be kept and gone on from later, by another process too.
func (c *Connector) Page(ctx context.Context, w Window, cursor Cursor) (Page, error) {
	if !w.From.Before(w.To) {
		return Page{}, nil
	}
	return c.page(ctx, w, cursor)
}

func (c *Connector) page(ctx context.Context, w Window, cursor Cursor) (Page, error) {
	page, err := attempt(ctx, c, func(ctx context.Context) (Page, error) { return c.driver.ListCalls(ctx, w, cursor) })
	if err == nil && page.Next != "" && page.Next == cursor {
		err = domain.Errorf(domain.KindPermanent, "listing_stuck", "%s repeats the same page of its call list; the calls after it are not seen", c.info.Name)
	}
	return page, err
}

// Verify tells whether an event really comes from the provider.
func (c *Connector) Verify(header http.Header, body []byte, secret string) error {
	v, ok := c.driver.(EventVerifier)
	if !ok || secret == "" {
		return domain.Errorf(domain.KindUnauthorized, "", "no event is expected: there is no subscription at %s", c.info.Name)
	}
	return c.redactor.clean(v.VerifyEvent(header, body, secret))
}

// Parse reads a stored event.
func (c *Connector) Parse(body []byte, receivedAt time.Time) ([]EventCall, error) {
	p, ok := c.driver.(EventParser)
	if !ok {
		return nil, c.cannot("send events")
	}
	return p.ParseEvent(body, receivedAt)
}

// Handshake gives the headers with which to answer the request by which a provider tries out an address; nil where it is none.
func (c *Connector) Handshake(header http.Header, body []byte) http.Header {
	h, ok := c.driver.(Handshaker)
	if !ok {
		return nil
	}
	return h.Handshake(header, body)
}

// Poll takes what is new from a queue or stream.
func (c *Connector) Poll(ctx context.Context, cursor Cursor) (Batch, error) {
	p, ok := c.driver.(Poller)
	if !ok {
		return Batch{}, c.cannot("be polled")
	}
	return attempt(ctx, c, func(ctx context.Context) (Batch, error) { return p.Poll(ctx, cursor) })
}

// Subscribe creates or repairs the subscription. Drivers find one that is there, so it may be repeated.
func (c *Connector) Subscribe(ctx context.Context, address, id string) (Subscription, error) {
	s, ok := c.driver.(Subscriber)
	if !ok {
		return Subscription{}, c.cannot("be subscribed to")
	}
	return attempt(ctx, c, func(ctx context.Context) (Subscription, error) { return s.Subscribe(ctx, address, id) })
}

// Unsubscribe removes the subscription; one that has gone already is no error.
func (c *Connector) Unsubscribe(ctx context.Context, id string) error {
	s, ok := c.driver.(Subscriber)
	if !ok {
		return c.cannot("be subscribed to")
	}
	_, err := attempt(ctx, c, func(ctx context.Context) (struct{}, error) { return struct{}{}, s.Unsubscribe(ctx, id) })
	if domain.IsKind(err, domain.KindNotFound) {
		return nil
	}
	return err
}

// Users lists the provider's users.
func (c *Connector) Users(ctx context.Context) ([]User, error) {
	l, ok := c.driver.(UserLister)
	if !ok {
		return nil, c.cannot("list users")
	}
	return attempt(ctx, c, l.ListUsers)
}

func (c *Connector) cannot(what string) error {
	return domain.Errorf(domain.KindPermanent, "", "%s cannot %s", c.info.Name, what)
}

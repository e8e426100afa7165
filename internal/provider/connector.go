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
	Credential map[string]string
	Settings   map[string]string
	Pacer      *Pacer // shared by all who use the credential; nil: its own
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
	redactor redactor
	now      func() time.Time
	sleep    SleepFunc
}

// New opens a driver. It asks the provider nothing.
func New(c Config) (*Connector, error) {
	if c.Sleep == nil {
		c.Sleep = Sleep
	}
	if c.Logger == nil {
		c.Logger = slog.New(slog.DiscardHandler)
	}
	if c.Pacer == nil {
		c.Pacer = NewPacer(c.Opener.Info.PerMinute, c.Now, c.Sleep)
	}
	base := strings.TrimRight(cmp.Or(c.Settings["base_url"], defaultOf(c.Opener.Info.Settings, "base_url")), "/")
	media, err := mediaClient(base, recordingHosts(c))
	if err != nil {
		return nil, err
	}
	api := &apiTransport{base: http.DefaultTransport, pacer: c.Pacer, rate: c.Opener.Rate, timeout: requestTimeout, logger: c.Logger}
	driver, err := c.Opener.Open(Account{
		Credential: c.Credential, Settings: c.Settings, BaseURL: base, Now: c.Now, Media: media,
		Client: &http.Client{Transport: api, CheckRedirect: noRedirect},
	})
	if err != nil {
		return nil, err
	}
	redactor := newRedactor(c.Opener.Info.Credential, c.Credential)
	return &Connector{driver, c.Opener.Info, c.Pacer, redactor, c.Now, c.Sleep}, nil
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

// GetCall reads one call as it is now; KindNotFound where the provider does not know it.
func (c *Connector) GetCall(ctx context.Context, id string) (domain.ProviderCall, error) {
	return attempt(ctx, c, func(ctx context.Context) (domain.ProviderCall, error) { return c.driver.GetCall(ctx, id) })
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

package provider

import (
	"context"
	"io"
	"iter"
	"net/http"
	"slices"
	"strings"
	"time"

	"earshot/internal/domain"
)

// CodeLinkExpired is the code of a KindGone error of OpenRecording for a link that was valid once: the call gives a fresh one.
const CodeLinkExpired = "link_expired"

// Config of a Connector.
type Config struct {
	Opener     Opener
	Credential map[string]string
	Settings   map[string]string
	Pacer      *Pacer // shared by all who use the credential
	Now        func() time.Time
}

// Connector is what the rest of Earshot uses: a driver with pacing, retries, size limits and safe downloads.
// It is safe for concurrent use.
type Connector struct {
	driver Driver
	info   Info
}

// New opens a driver.
func New(c Config) (*Connector, error) {
	base := strings.TrimRight(c.Settings["base_url"], "/")
	if base == "" {
		base = defaultOf(c.Opener.Info.Settings, "base_url")
	}
	media, err := mediaClient(base, c.Opener.Info.RecordingHosts)
	if err != nil {
		return nil, err
	}
	driver, err := c.Opener.Open(Account{
		Credential: c.Credential, Settings: c.Settings, BaseURL: base, Now: c.Now, Media: media,
		Client: &http.Client{Timeout: apiTimeout, Transport: &pacedTransport{base: http.DefaultTransport, pacer: c.Pacer, rate: c.Opener.Rate}, CheckRedirect: noRedirect},
	})
	if err != nil {
		return nil, err
	}
	return &Connector{driver, c.Opener.Info}, nil
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
func (c *Connector) Check(ctx context.Context) (CheckReport, error) { return c.driver.Check(ctx) }

// GetCall reads one call as it is now.
func (c *Connector) GetCall(ctx context.Context, id string) (domain.ProviderCall, error) {
	return c.driver.GetCall(ctx, id)
}

// Calls gives the calls of a window, oldest first, each once. The first error ends it.
func (c *Connector) Calls(ctx context.Context, w Window) iter.Seq2[domain.ProviderCall, error] {
	return func(yield func(domain.ProviderCall, error) bool) {
		seen := map[string]bool{}
		var cursor Cursor
		for {
			page, err := c.driver.ListCalls(ctx, w, cursor)
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
			if page.Next == "" || page.Next == cursor {
				return
			}
			cursor = page.Next
		}
	}
}

// Fetch opens a recording; a link that has expired is renewed once. What is no audio is an error, not a recording.
func (c *Connector) Fetch(ctx context.Context, ref domain.RecordingRef, maxBytes int64) (io.ReadCloser, RecordingInfo, error) {
	body, info, err := c.driver.OpenRecording(ctx, ref)
	if domain.CodeOf(err) == CodeLinkExpired {
		if ref, err = c.renew(ctx, ref); err == nil {
			body, info, err = c.driver.OpenRecording(ctx, ref)
		}
	}
	if err != nil {
		return nil, info, err
	}
	if err := acceptable(info, maxBytes); err != nil {
		body.Close()
		return nil, info, err
	}
	return body, info, nil
}

func (c *Connector) renew(ctx context.Context, ref domain.RecordingRef) (domain.RecordingRef, error) {
	call, err := c.driver.GetCall(ctx, ref.ProviderCallID)
	if err != nil {
		return ref, err
	}
	i := slices.IndexFunc(call.Recordings, func(r domain.RecordingRef) bool { return r.ID == ref.ID })
	if i < 0 {
		return ref, domain.Errorf(domain.KindGone, string(domain.RecordingGone), "the provider no longer has the recording of call %s", ref.ProviderCallID)
	}
	return call.Recordings[i], nil
}

func acceptable(info RecordingInfo, maxBytes int64) error {
	if maxBytes > 0 && info.Size > maxBytes {
		return domain.Errorf(domain.KindTooLarge, string(domain.RecordingTooLarge), "the recording has %d MB; this installation takes %d MB", info.Size>>20, maxBytes>>20)
	}
	kind, _, _ := strings.Cut(strings.ToLower(info.ContentType), ";")
	if strings.HasPrefix(kind, "text/") || kind == "application/json" || kind == "application/xml" {
		return domain.Errorf(domain.KindTemporary, "", "the provider sent %s instead of audio", kind)
	}
	return nil
}

// Verify tells whether an event really comes from the provider.
func (c *Connector) Verify(header http.Header, body []byte, secret string) error {
	v, ok := c.driver.(EventVerifier)
	if !ok || secret == "" {
		return domain.Errorf(domain.KindUnauthorized, "", "no event is expected: there is no subscription at %s", c.info.Name)
	}
	return v.VerifyEvent(header, body, secret)
}

// Parse reads a stored event.
func (c *Connector) Parse(body []byte, receivedAt time.Time) ([]EventCall, error) {
	p, ok := c.driver.(EventParser)
	if !ok {
		return nil, c.cannot("send events")
	}
	return p.ParseEvent(body, receivedAt)
}

// Subscribe creates or repairs the subscription.
func (c *Connector) Subscribe(ctx context.Context, address, id string) (Subscription, error) {
	s, ok := c.driver.(Subscriber)
	if !ok {
		return Subscription{}, c.cannot("be subscribed to")
	}
	return s.Subscribe(ctx, address, id)
}

// Unsubscribe removes the subscription.
func (c *Connector) Unsubscribe(ctx context.Context, id string) error {
	s, ok := c.driver.(Subscriber)
	if !ok {
		return c.cannot("be subscribed to")
	}
	return s.Unsubscribe(ctx, id)
}

// Users lists the provider's users.
func (c *Connector) Users(ctx context.Context) ([]User, error) {
	l, ok := c.driver.(UserLister)
	if !ok {
		return nil, c.cannot("list users")
	}
	return l.ListUsers(ctx)
}

func (c *Connector) cannot(what string) error {
	return domain.Errorf(domain.KindPermanent, "", "%s cannot %s", c.info.Name, what)
}

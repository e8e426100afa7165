// Package remote is what engines that ask a service over HTTP share: guarded requests with few retries, WAV, and checks of what comes back.
package remote

import (
	"bytes"
	"cmp"
	"context"
	"encoding/json"
	"errors"
	"io"
	"mime"
	"net/http"
	"net/url"
	"strconv"
	"strings"
	"time"

	"earshot/internal/domain"
	"earshot/internal/secret"
)

// Caps of one request.
const (
	DefaultTimeout = 10 * time.Minute // a service may take long for a whole call
	MaxAnswer      = 32 << 20         // bytes; the words of a day of talk stay below
	maxTries       = 3
	maxWait        = 20 * time.Second // longer pauses belong to the job queue
	firstPause     = 500 * time.Millisecond
	maxMessage     = 300 // characters of what a service says of an error
)

// Config of a Client.
type Config struct {
	Service string        // as people know it, in messages
	BaseURL string        // begins with https://, or http:// where Private is set
	Key     secret.String // empty: none is sent
	Header  string        // that carries the key; empty: Authorization
	Scheme  string        // before the key in its header, such as "Bearer "
	Version [2]string     // name and value of a header that the service wants with each request; empty: none
	Page    string        // of the product where address and key are set, for messages; empty: General Settings
	Private bool          // hosts on private addresses are allowed
	Timeout time.Duration // of one request; 0: DefaultTimeout
	Pause   time.Duration // before the first retry; 0: half a second
}

// Client asks one service. It follows no redirect, so that key and audio go nowhere else.
type Client struct {
	Config
	base *url.URL
	http *http.Client
}

// New checks the address. Errors are KindInvalid.
func New(c Config) (*Client, error) {
	base, err := CheckURL(c.BaseURL, c.Private)
	if err != nil {
		return nil, err
	}
	if c.Timeout <= 0 {
		c.Timeout = DefaultTimeout
	}
	if c.Pause <= 0 {
		c.Pause = firstPause
	}
	c.Header, c.Page = cmp.Or(c.Header, "Authorization"), cmp.Or(c.Page, "General Settings")
	client := &http.Client{
		Timeout: c.Timeout, Transport: Transport(base, c.Private),
		CheckRedirect: func(*http.Request, []*http.Request) error { return http.ErrUseLastResponse },
	}
	return &Client{c, base, client}, nil
}

// Request is one to a service, which may be sent more than once.
type Request struct {
	Method, Path string // the path goes after the base address
	Query        url.Values
	ContentType  string
	Body         func() io.Reader // nil: none
	Length       int64            // of the body; -1: not known
}

// Do sends the request and decodes the JSON answer into out. Passing failures and short pauses are tried again. Errors are
// domain errors: KindUnauthorized, KindRateLimited with the time to come back, KindTooLarge, KindInvalid for what the service
// refuses (see Refused), else KindTemporary or KindPermanent.
func (c *Client) Do(ctx context.Context, r Request, out any) error {
	for try := 1; ; try++ {
		wait, err := c.once(ctx, r, out)
		if err == nil || ctx.Err() != nil {
			return errors.Join(err, ctx.Err())
		}
		again := domain.IsKind(err, domain.KindTemporary) || domain.IsKind(err, domain.KindRateLimited)
		if !again || try == maxTries || wait > maxWait {
			return err
		}
		if sleep(ctx, max(wait, c.Pause*time.Duration(try*try))) != nil {
			return errors.Join(err, ctx.Err())
		}
	}
}

func sleep(ctx context.Context, d time.Duration) error {
	timer := time.NewTimer(d)
	defer timer.Stop()
	select {
	case <-timer.C:
		return nil
	case <-ctx.Done():
		return ctx.Err()
	}
}

func (c *Client) once(ctx context.Context, r Request, out any) (time.Duration, error) {
	req, err := c.request(ctx, r)
	if err != nil {
		return 0, err
	}
	resp, err := c.http.Do(req)
	if err != nil {
		return 0, c.unreachable(err)
	}
	defer resp.Body.Close()
	body, err := io.ReadAll(io.LimitReader(resp.Body, MaxAnswer+1))
	if resp.StatusCode >= 300 {
		return c.refused(resp, body)
	}
	if err != nil {
		return 0, c.problem(domain.KindTemporary, "the answer of %s broke off", c.Service)
	}
	if len(body) > MaxAnswer {
		return 0, c.problem(domain.KindPermanent, "the answer of %s is larger than %d MB and was not read", c.Service, MaxAnswer>>20)
	}
	return 0, c.decode(resp, body, out)
}

func (c *Client) request(ctx context.Context, r Request) (*http.Request, error) {
	to := c.base.JoinPath(r.Path)
	if r.Path == "" {
		to = c.base
	}
	u := *to
	u.RawQuery = r.Query.Encode()
	var body io.Reader
	if r.Body != nil {
		body = r.Body()
	}
	req, err := http.NewRequestWithContext(ctx, r.Method, u.String(), body)
	if err != nil {
		return nil, err
	}
	if r.Body != nil {
		req.ContentLength = r.Length
		req.Header.Set("Content-Type", r.ContentType)
	}
	req.Header.Set("Accept", "application/json")
	if c.Key != "" {
		req.Header.Set(c.Header, c.Scheme+c.Key.Reveal())
	}
	if c.Version[0] != "" {
		req.Header.Set(c.Version[0], c.Version[1])
	}
	return req, nil
}

func (c *Client) decode(resp *http.Response, body []byte, out any) error {
	if out == nil {
		return nil
	}
	kind, _, _ := mime.ParseMediaType(resp.Header.Get("Content-Type"))
	if kind != "application/json" && kind != "text/json" && !bytes.HasPrefix(bytes.TrimSpace(body), []byte("{")) {
		return c.problem(domain.KindPermanent, "%s answered with %s instead of JSON; check the address in %s", c.Service, quoted(kind), c.Page)
	}
	if err := json.Unmarshal(body, out); err != nil {
		return c.problem(domain.KindTemporary, "the answer of %s cannot be read; it is tried again", c.Service)
	}
	return nil
}

func quoted(kind string) string {
	if kind == "" {
		return "something"
	}
	return kind
}

// unreachable hides the cause's address and headers: only what kind of failure it was is told.
func (c *Client) unreachable(err error) error {
	var known *domain.Error
	var timeout interface{ Timeout() bool }
	switch {
	case errors.As(err, &known):
		return known
	case errors.As(err, &timeout) && timeout.Timeout():
		return c.problem(domain.KindTemporary, "%s did not answer within %s", c.Service, c.Timeout)
	default:
		return c.problem(domain.KindTemporary, "%s cannot be reached at %s: %s", c.Service, c.base.Host, c.Clean(cause(err)))
	}
}

func cause(err error) string {
	var u *url.Error
	if errors.As(err, &u) {
		return u.Err.Error()
	}
	return err.Error()
}

// CodeRefused is the code of errors for what a service does not accept, such as a parameter that it does not know.
const CodeRefused = "engine_refused"

// refused turns a status into an error, and says how long to wait.
func (c *Client) refused(resp *http.Response, body []byte) (time.Duration, error) {
	said := c.Clean(message(body))
	if said != "" {
		said = ": " + said
	}
	switch status := resp.StatusCode; {
	case status == http.StatusTooManyRequests, status == http.StatusServiceUnavailable && resp.Header.Get("Retry-After") != "":
		wait := retryAfter(resp.Header)
		e := domain.Errorf(domain.KindRateLimited, "", "%s asks to wait%s", c.Service, said)
		e.RetryAt = time.Now().Add(max(wait, time.Second))
		return wait, e
	case status == http.StatusUnauthorized, status == http.StatusForbidden:
		return 0, domain.Errorf(domain.KindUnauthorized, "engine_key", "%s refused the key%s. Enter a valid one in %s", c.Service, said, c.Page)
	case status == http.StatusPaymentRequired:
		return 0, domain.Errorf(domain.KindPermanent, "engine_payment", "%s wants to be paid first%s", c.Service, said)
	case status == http.StatusRequestEntityTooLarge:
		return 0, domain.Errorf(domain.KindTooLarge, "", "what was sent is larger than %s takes%s", c.Service, said)
	case status == http.StatusNotFound:
		return 0, domain.Errorf(domain.KindPermanent, "engine_not_found", "%s does not know this address or model%s. Check both in %s", c.Service, said, c.Page)
	case status >= 500 || status == http.StatusRequestTimeout || status == http.StatusConflict:
		return 0, c.problem(domain.KindTemporary, "%s failed with status %d%s", c.Service, status, said)
	case status < 400:
		return 0, c.problem(domain.KindPermanent, "%s leads on to another address, which is not followed; check the address in %s", c.Service, c.Page)
	default:
		return 0, domain.Errorf(domain.KindInvalid, CodeRefused, "%s refused the request with status %d%s", c.Service, status, said)
	}
}

func (c *Client) problem(kind domain.Kind, format string, args ...any) error {
	return domain.Errorf(kind, string(domain.EngineError), format, args...)
}

// Clean takes the key and what is not for people out of a foreign text.
func (c *Client) Clean(text string) string {
	if c.Key != "" {
		text = strings.ReplaceAll(text, c.Key.Reveal(), "[hidden]")
	}
	return short(printable(text), maxMessage)
}

func retryAfter(h http.Header) time.Duration {
	v := h.Get("Retry-After")
	if s, err := strconv.Atoi(v); err == nil && s >= 0 {
		return min(time.Duration(s)*time.Second, 24*time.Hour)
	}
	if at, err := http.ParseTime(v); err == nil {
		return min(max(0, time.Until(at)), 24*time.Hour)
	}
	return 0
}

// message finds the words of an error in the forms that services use.
func message(body []byte) string {
	var forms struct {
		Error   any    `json:"error"`
		Message any    `json:"message"`
		ErrMsg  string `json:"err_msg"`
		Detail  any    `json:"detail"`
	}
	if json.Unmarshal(body, &forms) != nil {
		return ""
	}
	if e, ok := forms.Error.(map[string]any); ok {
		forms.Error = e["message"]
	}
	for _, v := range []any{forms.ErrMsg, forms.Error, forms.Message, forms.Detail} {
		if text, ok := v.(string); ok && text != "" {
			return text
		}
	}
	return ""
}

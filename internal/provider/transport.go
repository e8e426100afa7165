package provider

import (
	"bytes"
	"context"
	"io"
	"log/slog"
	"net/http"
	"strconv"
	"time"

	"earshot/internal/domain"
)

// Of one request to an API.
const (
	requestTimeout = 30 * time.Second // from sending it to the last byte of the answer
	maxAnswer      = 16 << 20         // bytes of an answer; fifty calls with all their fields stay far below
	defaultPause   = 10 * time.Second // after a 429 that does not say how long
)

// paced sends requests within the pace, and takes in what their answers say about it. A 429 becomes KindRateLimited with the
// time to come back.
type paced struct {
	base   http.RoundTripper
	pacer  *Pacer
	groups func(*http.Request) []string
	rate   func(*http.Response) Rate
}

// RoundTrip is http.RoundTripper's.
func (t *paced) RoundTrip(req *http.Request) (*http.Response, error) {
	groups := t.groups(req)
	if err := t.pacer.Wait(req.Context(), groups); err != nil {
		closeBody(req)
		return nil, err
	}
	resp, err := t.base.RoundTrip(req)
	if err != nil {
		return nil, err
	}
	until := t.obey(req.Context(), resp, groups)
	if resp.StatusCode == http.StatusTooManyRequests {
		resp.Body.Close()
		return nil, &domain.Error{Kind: domain.KindRateLimited, RetryAt: until, Message: "the provider asks to wait until " + until.UTC().Format(time.TimeOnly) + " UTC; it goes on by itself"}
	}
	return resp, nil
}

func closeBody(req *http.Request) {
	if req.Body != nil {
		req.Body.Close()
	}
}

// obey lets the pacer know what the answer says, in our time, and gives when the next request may go. An answer that names no
// group is meant for all that the request counts in.
func (t *paced) obey(ctx context.Context, resp *http.Response, groups []string) time.Time {
	now := t.pacer.now()
	r := Rate{}
	if t.rate != nil {
		r = t.rate(resp)
	}
	if !r.Until.IsZero() {
		r.Until = ours(r.Until, resp.Header, now)
	}
	if resp.StatusCode == http.StatusTooManyRequests || resp.StatusCode == http.StatusServiceUnavailable {
		if at := retryAfter(resp.Header, now); at.After(r.Until) {
			r.Until = at
		}
	}
	if resp.StatusCode == http.StatusTooManyRequests && !r.Until.After(now) {
		r.Until = now.Add(defaultPause)
	}
	if r.Quota.Group != "" {
		groups = []string{r.Quota.Group}
	}
	for _, g := range groups {
		r.Quota.Group = g
		t.pacer.Obey(ctx, r)
	}
	return r.Until
}

// oneGroup counts all requests in the group without a name.
func oneGroup(*http.Request) []string { return []string{""} }

// authorized puts the account's token on requests to those who may see it, and renews it once when it is refused.
type authorized struct {
	base    http.RoundTripper
	tokens  *tokens
	trusted func(*http.Request) bool
}

// RoundTrip is http.RoundTripper's.
func (t *authorized) RoundTrip(req *http.Request) (*http.Response, error) {
	if !t.trusted(req) {
		return t.base.RoundTrip(req)
	}
	token, err := t.tokens.access(req.Context(), "")
	if err != nil {
		closeBody(req)
		return nil, err
	}
	resp, err := t.base.RoundTrip(bearing(req, token))
	if err != nil || resp.StatusCode != http.StatusUnauthorized || req.Body != nil && req.GetBody == nil {
		return resp, err
	}
	resp.Body.Close()
	if token, err = t.tokens.access(req.Context(), token); err != nil {
		return nil, err
	}
	again := bearing(req, token)
	if req.GetBody != nil {
		if again.Body, err = req.GetBody(); err != nil {
			return nil, err
		}
	}
	return t.base.RoundTrip(again)
}

func bearing(req *http.Request, token string) *http.Request {
	req = req.Clone(req.Context())
	req.Header.Set("Authorization", "Bearer "+token)
	return req
}

// whole reads the whole answer of each request in a time, so that one that is cut short is an error of the request.
type whole struct {
	base    http.RoundTripper
	timeout time.Duration
	logger  *slog.Logger
}

// RoundTrip is http.RoundTripper's.
func (t *whole) RoundTrip(req *http.Request) (*http.Response, error) {
	ctx, cancel := context.WithTimeout(req.Context(), t.timeout)
	defer cancel()
	start := time.Now()
	resp, err := t.base.RoundTrip(req.WithContext(ctx))
	if err != nil {
		return nil, err
	}
	// Path only: a query may hold names and numbers.
	t.logger.DebugContext(ctx, "asked the provider", "method", req.Method, "path", req.URL.Path, "status", resp.StatusCode, "took", time.Since(start))
	return buffered(resp)
}

func buffered(resp *http.Response) (*http.Response, error) {
	defer resp.Body.Close()
	body, err := io.ReadAll(io.LimitReader(resp.Body, maxAnswer+1))
	if err != nil {
		return nil, err
	}
	if len(body) > maxAnswer {
		return nil, domain.Errorf(domain.KindPermanent, "answer_too_large", "the provider's answer is larger than %d MB and was not read", maxAnswer>>20)
	}
	resp.Body = io.NopCloser(bytes.NewReader(body))
	return resp, nil
}

// ours turns a time by the provider's clock into one by ours: the header Date says how far they are apart.
func ours(at time.Time, h http.Header, now time.Time) time.Time {
	date, err := http.ParseTime(h.Get("Date"))
	if skew := now.Sub(date); err == nil && skew.Abs() > 2*time.Second {
		return at.Add(skew)
	}
	return at
}

// retryAfter reads Retry-After in seconds or as a date (RFC 9110, 10.2.3); zero without one.
func retryAfter(h http.Header, now time.Time) time.Time {
	v := h.Get("Retry-After")
	if s, err := strconv.Atoi(v); err == nil && s >= 0 {
		return now.Add(min(time.Duration(s)*time.Second, 24*time.Hour))
	}
	at, err := http.ParseTime(v)
	if err != nil {
		return time.Time{}
	}
	return ours(at, h, now)
}

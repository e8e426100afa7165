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

// apiTransport sends requests within the pace, each with a time-out, and reads the whole answer, so that one that is cut
// short is an error of the request. A 429 becomes KindRateLimited with the time to come back.
type apiTransport struct {
	base    http.RoundTripper
	pacer   *Pacer
	rate    func(http.Header) Rate
	timeout time.Duration
	logger  *slog.Logger
}

// RoundTrip is http.RoundTripper's.
func (t *apiTransport) RoundTrip(req *http.Request) (*http.Response, error) {
	if err := t.pacer.Wait(req.Context()); err != nil {
		if req.Body != nil {
			req.Body.Close()
		}
		return nil, err
	}
	ctx, cancel := context.WithTimeout(req.Context(), t.timeout)
	defer cancel()
	start := time.Now()
	resp, err := t.base.RoundTrip(req.WithContext(ctx))
	if err != nil {
		return nil, err
	}
	// Path only: a query may hold names and numbers.
	t.logger.DebugContext(ctx, "asked the provider", "method", req.Method, "path", req.URL.Path, "status", resp.StatusCode, "took", time.Since(start))
	until := t.obey(resp)
	if resp.StatusCode == http.StatusTooManyRequests {
		resp.Body.Close()
		return nil, &domain.Error{Kind: domain.KindRateLimited, RetryAt: until, Message: "the provider asks to wait until " + until.UTC().Format(time.TimeOnly) + " UTC; it goes on by itself"}
	}
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

// obey lets the pacer know what the answer says, in our time, and gives when the next request may go.
func (t *apiTransport) obey(resp *http.Response) time.Time {
	now := t.pacer.now()
	r := Rate{}
	if t.rate != nil {
		r = t.rate(resp.Header)
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
	t.pacer.Obey(r)
	return r.Until
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

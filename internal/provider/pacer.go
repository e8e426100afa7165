package provider

import (
	"context"
	"net/http"
	"strconv"
	"sync"
	"time"

	"golang.org/x/time/rate"
)

// Pacer keeps one credential within its provider's limit. A fifth of a minute's requests may go at once, the rest is
// spread, so that no minute holds more than the provider allows. It is safe for concurrent use.
type Pacer struct {
	now     func() time.Time
	limiter *rate.Limiter

	mu        sync.Mutex
	perMinute int
	until     time.Time
}

// NewPacer makes a pacer for so many requests a minute.
func NewPacer(perMinute int, now func() time.Time) *Pacer {
	p := &Pacer{now: now, limiter: rate.NewLimiter(0, 1)}
	p.setRate(perMinute)
	return p
}

func (p *Pacer) setRate(perMinute int) {
	if perMinute <= 0 || perMinute == p.perMinute {
		return
	}
	p.perMinute = perMinute
	p.limiter.SetLimit(rate.Limit(float64(perMinute) * 0.8 / 60))
	p.limiter.SetBurst(max(1, perMinute/5))
}

// Wait blocks until the next request may go.
func (p *Pacer) Wait(ctx context.Context) error {
	if err := p.waitPause(ctx); err != nil {
		return err
	}
	return p.limiter.Wait(ctx)
}

func (p *Pacer) waitPause(ctx context.Context) error {
	for {
		p.mu.Lock()
		pause := p.until.Sub(p.now())
		p.mu.Unlock()
		if pause <= 0 {
			return nil
		}
		if err := sleep(ctx, pause); err != nil {
			return err
		}
	}
}

// Obey takes in what an answer said about the limit.
func (p *Pacer) Obey(r Rate) {
	p.mu.Lock()
	defer p.mu.Unlock()
	p.setRate(r.PerMinute)
	if r.Until.After(p.until) {
		p.until = r.Until
	}
}

func sleep(ctx context.Context, d time.Duration) error {
	timer := time.NewTimer(d)
	defer timer.Stop()
	select {
	case <-ctx.Done():
		return ctx.Err()
	case <-timer.C:
		return nil
	}
}

// Of the retries inside one request. Those above it belong to the pipeline.
const (
	apiTimeout   = 5 * time.Minute // pauses that the provider asks for included
	requestTries = 3
	retryPause   = 200 * time.Millisecond
	maxPause     = 2 * time.Minute
	defaultPause = 10 * time.Second // after a 429 that does not say how long
)

// pacedTransport sends requests within the pace and tries reads again that failed for a moment.
type pacedTransport struct {
	base  http.RoundTripper
	pacer *Pacer
	rate  func(http.Header) Rate
}

// RoundTrip is http.RoundTripper's.
func (t *pacedTransport) RoundTrip(req *http.Request) (*http.Response, error) {
	for try := 1; ; try++ {
		if err := t.pacer.Wait(req.Context()); err != nil {
			return nil, err
		}
		resp, err := t.base.RoundTrip(req)
		pause := t.obey(resp)
		again := try < requestTries && pause <= maxPause && (err == nil && resp.StatusCode == http.StatusTooManyRequests || repeatable(req) && failed(resp, err))
		if !again {
			return resp, err
		}
		if resp != nil {
			resp.Body.Close()
		}
		if req.Body != nil {
			if req.Body, err = req.GetBody(); err != nil {
				return nil, err
			}
		}
		if err := sleep(req.Context(), time.Duration(try)*retryPause); err != nil {
			return nil, err
		}
	}
}

func repeatable(req *http.Request) bool {
	return req.Method == http.MethodGet || req.Method == http.MethodHead
}

func failed(resp *http.Response, err error) bool { return err != nil || resp.StatusCode >= 500 }

// obey gives how long the provider asks to pause.
func (t *pacedTransport) obey(resp *http.Response) time.Duration {
	if resp == nil {
		return 0
	}
	r := Rate{}
	if t.rate != nil {
		r = t.rate(resp.Header)
	}
	if resp.StatusCode == http.StatusTooManyRequests {
		if at := retryAfter(resp.Header, t.pacer.now()); at.After(r.Until) {
			r.Until = at
		}
	}
	t.pacer.Obey(r)
	return r.Until.Sub(t.pacer.now())
}

// retryAfter reads Retry-After in seconds or as a date (RFC 9110, 10.2.3).
func retryAfter(h http.Header, now time.Time) time.Time {
	v := h.Get("Retry-After")
	if s, err := strconv.Atoi(v); err == nil && s >= 0 {
		return now.Add(time.Duration(s) * time.Second)
	}
	if at, err := http.ParseTime(v); err == nil {
		return at
	}
	return now.Add(defaultPause)
}

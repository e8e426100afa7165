package provider

import (
	"context"
	"sync"
	"time"

	"golang.org/x/time/rate"

	"earshot/internal/domain"
)

// maxPause is how long a request waits for its turn; whoever has to wait longer is told when to come back.
const maxPause = 2 * time.Minute

// Pacer keeps one credential within its provider's limit. A fifth of a minute's requests may go at once, the rest is
// spread, so that no minute holds more than the provider allows. It is safe for concurrent use.
type Pacer struct {
	now     func() time.Time
	sleep   SleepFunc
	limiter *rate.Limiter

	mu        sync.Mutex
	perMinute int
	until     time.Time
}

// SleepFunc waits for a duration or until the context ends, and then gives its error.
type SleepFunc func(context.Context, time.Duration) error

// NewPacer makes a pacer for so many requests a minute. A nil sleep waits in real time.
func NewPacer(perMinute int, now func() time.Time, sleep SleepFunc) *Pacer {
	perMinute = max(perMinute, 1)
	if sleep == nil {
		sleep = Sleep
	}
	limit, burst := shape(perMinute)
	return &Pacer{now: now, sleep: sleep, limiter: rate.NewLimiter(limit, burst), perMinute: perMinute}
}

func shape(perMinute int) (rate.Limit, int) {
	return rate.Limit(float64(perMinute) * 0.8 / 60), max(1, perMinute/5)
}

// Wait blocks until the next request may go. Where that takes more than two minutes it gives KindRateLimited with the time at once.
func (p *Pacer) Wait(ctx context.Context) error {
	start := p.now()
	turn := p.limiter.ReserveN(start, 1)
	at := start.Add(turn.DelayFrom(start))
	for {
		now := p.now()
		if until := p.paused(); until.After(at) {
			at = until
		}
		if !at.After(now) {
			return nil
		}
		if at.Sub(start) > maxPause || tooLate(ctx, at.Sub(now)) {
			turn.CancelAt(now)
			return &domain.Error{Kind: domain.KindRateLimited, RetryAt: at, Message: "the provider's limit of requests is used up for now; it goes on by itself"}
		}
		if err := p.sleep(ctx, at.Sub(now)); err != nil {
			turn.CancelAt(p.now())
			return err
		}
	}
}

func (p *Pacer) paused() time.Time {
	p.mu.Lock()
	defer p.mu.Unlock()
	return p.until
}

// Obey takes in what an answer said about the limit.
func (p *Pacer) Obey(r Rate) {
	p.mu.Lock()
	defer p.mu.Unlock()
	if r.PerMinute > 0 && r.PerMinute != p.perMinute {
		p.perMinute = r.PerMinute
		limit, burst := shape(r.PerMinute)
		p.limiter.SetLimitAt(p.now(), limit)
		p.limiter.SetBurstAt(p.now(), burst)
	}
	if r.Until.After(p.until) {
		p.until = r.Until
	}
}

// tooLate tells that the context ends before the wait does: better to say so at once than to hang until then.
func tooLate(ctx context.Context, wait time.Duration) bool {
	deadline, ok := ctx.Deadline()
	return ok && time.Until(deadline) < wait
}

// Sleep waits in real time.
func Sleep(ctx context.Context, d time.Duration) error {
	timer := time.NewTimer(d)
	defer timer.Stop()
	select {
	case <-ctx.Done():
		return ctx.Err()
	case <-timer.C:
		return nil
	}
}

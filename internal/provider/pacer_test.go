package provider

import (
	"context"
	"testing"
	"testing/synctest"
	"time"

	"earshot/internal/domain"
)

// fakeClock stands still unless somebody sleeps.
type fakeClock struct{ at time.Time }

func newFakeClock() *fakeClock {
	return &fakeClock{time.Date(2026, 11, 23, 9, 0, 0, 0, time.UTC)}
}

func (c *fakeClock) now() time.Time { return c.at }

func (c *fakeClock) sleep(ctx context.Context, d time.Duration) error {
	c.at = c.at.Add(max(d, 0))
	return ctx.Err()
}

// TestPacerKeepsEveryMinute: no minute, wherever it begins, holds more than allowed.
func TestPacerKeepsEveryMinute(t *testing.T) {
	t.Parallel()
	for _, perMinute := range []int{1, 5, 60, 120, 600} {
		c := newFakeClock()
		p := NewPacer(perMinute, c.now, c.sleep)
		var sent []time.Time
		for i := range 3*perMinute + 5 {
			if i == perMinute/2 {
				c.at = c.at.Add(5 * time.Minute) // idle, so that a burst follows
			}
			if err := p.Wait(t.Context()); err != nil {
				t.Fatal(err)
			}
			sent = append(sent, c.at)
		}
		for i := range sent {
			if j := i + perMinute; j < len(sent) && sent[j].Sub(sent[i]) < time.Minute-time.Second {
				t.Fatalf("%d a minute: %d requests within %v", perMinute, perMinute+1, sent[j].Sub(sent[i]))
			}
		}
	}
}

func TestPacerObeys(t *testing.T) {
	t.Parallel()
	c := newFakeClock()
	p := NewPacer(600, c.now, c.sleep)
	start := c.at
	p.Obey(Rate{Until: start.Add(time.Minute)})
	p.Obey(Rate{Until: start.Add(time.Second)}) // an older answer does not shorten a pause
	if err := p.Wait(t.Context()); err != nil || c.at.Before(start.Add(time.Minute)) {
		t.Errorf("waited until %v, %v; want a minute", c.at, err)
	}
	far := c.at.Add(time.Hour)
	p.Obey(Rate{Until: far})
	before := c.at
	err := p.Wait(t.Context())
	if !domain.IsKind(err, domain.KindRateLimited) || !domain.RetryTime(err).Equal(far) || !c.at.Equal(before) {
		t.Errorf("Wait for an hour = %v at %v; want rate_limited until %v at once", err, c.at, far)
	}
}

// TestPacerTakesTurns: many that wait in real time are let through at the pace, and a pause holds them all.
func TestPacerTakesTurns(t *testing.T) {
	t.Parallel()
	synctest.Test(t, func(t *testing.T) {
		p := NewPacer(60, time.Now, nil)
		start := time.Now()
		p.Obey(Rate{Until: start.Add(10 * time.Second)})
		const waiters = 30
		done := make(chan time.Time, waiters)
		for range waiters {
			go func() {
				if err := p.Wait(t.Context()); err != nil {
					t.Error(err)
				}
				done <- time.Now()
			}()
		}
		for range waiters {
			if at := <-done; at.Before(start.Add(10 * time.Second)) {
				t.Errorf("a request went %v into the pause", at.Sub(start))
			}
		}
		if took := time.Since(start); took > time.Minute {
			t.Errorf("%d requests at 60 a minute took %v", waiters, took)
		}
	})
}

func TestPacerEndsWithContext(t *testing.T) {
	t.Parallel()
	synctest.Test(t, func(t *testing.T) {
		p := NewPacer(60, time.Now, nil)
		p.Obey(Rate{Until: time.Now().Add(time.Minute)})
		ctx, cancel := context.WithTimeout(t.Context(), 30*time.Second)
		defer cancel()
		start := time.Now()
		if err := p.Wait(ctx); !domain.IsKind(err, domain.KindRateLimited) || time.Since(start) > 0 {
			t.Errorf("a pause beyond the deadline: %v after %v; want rate_limited at once", err, time.Since(start))
		}
		ctx, cancel = context.WithCancel(t.Context())
		time.AfterFunc(time.Second, cancel)
		if err := p.Wait(ctx); err != context.Canceled {
			t.Errorf("cancelled while waiting: %v", err)
		}
	})
}

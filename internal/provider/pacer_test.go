package provider

import (
	"context"
	"errors"
	"log/slog"
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

func perMinute(n int) domain.Quota { return domain.Quota{Requests: n, Per: time.Minute} }

func pacerOf(now func() time.Time, sleep SleepFunc, quotas ...domain.Quota) *Pacer {
	return pacerWith(&MemoryLedger{}, now, sleep, quotas...)
}

func pacerWith(l Ledger, now func() time.Time, sleep SleepFunc, quotas ...domain.Quota) *Pacer {
	return newPacer(Config{Opener: Opener{Info: Info{Quotas: quotas}}, Account: "a", Ledger: l, Now: now, Sleep: sleep, Logger: slog.New(slog.DiscardHandler)})
}

// group is what most tests ask in.
var group = []string{""}

// TestPacerKeepsEverySpan: no span, wherever it begins, holds more than allowed, and while behind at least nine tenths of it are used.
func TestPacerKeepsEverySpan(t *testing.T) {
	t.Parallel()
	for _, quota := range []domain.Quota{perMinute(1), perMinute(5), perMinute(10), perMinute(60), perMinute(120), {Requests: 20, Per: time.Second}, {Requests: 2, Per: time.Second}} {
		for _, priority := range []domain.Priority{domain.PriorityRealtime, domain.PriorityHourly, domain.PriorityBackfill} {
			c := newFakeClock()
			p := pacerOf(c.now, c.sleep, quota)
			var sent []time.Time
			for i := range 6*quota.Requests + 5 {
				if i == quota.Requests/2 {
					c.at = c.at.Add(5 * quota.Per) // idle, so that a burst follows
				}
				err := p.Wait(WithPriority(t.Context(), priority), group)
				for domain.CodeOf(err) == CodePaced {
					c.at = domain.RetryTime(err)
					err = p.Wait(WithPriority(t.Context(), priority), group)
				}
				if err != nil {
					t.Fatal(err)
				}
				sent = append(sent, c.at)
			}
			for i := range sent {
				if j := i + quota.Requests; j < len(sent) && sent[j].Sub(sent[i]) <= quota.Per {
					t.Fatalf("%+v, priority %d: %d requests within %v", quota, priority, quota.Requests+1, sent[j].Sub(sent[i]))
				}
			}
			behind := sent[quota.Requests/2:]
			used := float64(len(behind)-1) / behind[len(behind)-1].Sub(behind[0]).Seconds()
			if allowed := float64(quota.Requests) / quota.Per.Seconds(); used < 0.9*allowed {
				t.Errorf("%+v, priority %d: %.3f a second while behind, allowed are %.3f", quota, priority, used, allowed)
			}
		}
	}
}

func TestPacerObeys(t *testing.T) {
	t.Parallel()
	c := newFakeClock()
	p := pacerOf(c.now, c.sleep, perMinute(600))
	start := c.at
	p.Obey(t.Context(), Rate{Until: start.Add(time.Minute)})
	p.Obey(t.Context(), Rate{Until: start.Add(time.Second)}) // an older answer does not shorten a pause
	if err := p.Wait(t.Context(), group); err != nil || c.at.Before(start.Add(time.Minute)) {
		t.Errorf("waited until %v, %v; want a minute", c.at, err)
	}
	far := c.at.Add(time.Hour)
	p.Obey(t.Context(), Rate{Until: far})
	before := c.at
	err := p.Wait(t.Context(), group)
	if !domain.IsKind(err, domain.KindRateLimited) || !domain.RetryTime(err).Equal(far) || !c.at.Equal(before) {
		t.Errorf("Wait for an hour = %v at %v; want rate_limited until %v at once", err, c.at, far)
	}
}

// TestPacerLearnsQuota: what an answer says about the limit counts from then on.
func TestPacerLearnsQuota(t *testing.T) {
	t.Parallel()
	c := newFakeClock()
	p := pacerOf(c.now, c.sleep, perMinute(60))
	p.Obey(t.Context(), Rate{Quota: perMinute(2)})
	start := c.at
	for range 3 {
		if err := p.Wait(t.Context(), group); err != nil {
			t.Fatal(err)
		}
	}
	if c.at.Sub(start) < time.Minute {
		t.Errorf("three requests at 2 a minute took %v", c.at.Sub(start))
	}
}

// TestGroups: a request that counts in two groups keeps both, and one group does not hold up another.
func TestGroups(t *testing.T) {
	t.Parallel()
	c := newFakeClock()
	heavy, all := domain.Quota{Group: "heavy", Requests: 1, Per: time.Minute}, domain.Quota{Group: "all", Requests: 1000, Per: time.Minute}
	p := pacerOf(c.now, c.sleep, heavy, all)
	start := c.at
	wait := func(groups ...string) time.Duration {
		t.Helper()
		if err := p.Wait(t.Context(), groups); err != nil {
			t.Fatal(err)
		}
		return c.at.Sub(start)
	}
	if took := wait("heavy", "all"); took > 0 {
		t.Errorf("the first request waited %v", took)
	}
	if took := wait("all"); took > 0 {
		t.Errorf("a light request waited %v for the heavy group", took)
	}
	if took := wait("unheard-of"); took > 0 {
		t.Errorf("a group without a limit waited %v", took)
	}
	if took := wait("heavy", "all"); took < time.Minute {
		t.Errorf("the second heavy request waited %v", took)
	}
}

// TestUrgentFirst: two processes on one ledger; who does back-fill and the hourly batch gives way to real time.
func TestUrgentFirst(t *testing.T) {
	t.Parallel()
	synctest.Test(t, func(t *testing.T) {
		ledger := &MemoryLedger{}
		done := make(chan domain.Priority, 100)
		ask := func(priority domain.Priority) {
			p := pacerWith(ledger, time.Now, Sleep, perMinute(10))
			go func() {
				for range 3 {
					err := p.Wait(WithPriority(t.Context(), priority), group)
					for domain.CodeOf(err) == CodePaced { // as a job does
						time.Sleep(time.Until(domain.RetryTime(err)))
						err = p.Wait(WithPriority(t.Context(), priority), group)
					}
					if err != nil {
						t.Error(err)
					}
					done <- priority
				}
			}()
		}
		first := pacerWith(ledger, time.Now, Sleep, perMinute(10))
		for range 10 {
			if err := first.Wait(t.Context(), group); err != nil { // the minute is used up
				t.Fatal(err)
			}
		}
		ask(domain.PriorityBackfill)
		ask(domain.PriorityHourly)
		ask(domain.PriorityRealtime)
		var order []domain.Priority
		for range 9 {
			order = append(order, <-done)
		}
		sum := map[domain.Priority]int{}
		for place, priority := range order {
			sum[priority] += place
		}
		if !(sum[domain.PriorityRealtime] < sum[domain.PriorityHourly] && sum[domain.PriorityHourly] < sum[domain.PriorityBackfill]) || order[0] != domain.PriorityRealtime {
			t.Errorf("requests went in the order %v", order)
		}
	})
}

// TestPacerTakesTurns: many that wait in real time are let through at the pace, and a pause holds them all.
func TestPacerTakesTurns(t *testing.T) {
	t.Parallel()
	synctest.Test(t, func(t *testing.T) {
		p := pacerOf(time.Now, Sleep, perMinute(60))
		start := time.Now()
		p.Obey(t.Context(), Rate{Until: start.Add(10 * time.Second)})
		const waiters = 90
		done := make(chan time.Time, waiters)
		for range waiters {
			go func() {
				if err := p.Wait(t.Context(), group); err != nil {
					t.Error(err)
				}
				done <- time.Now()
			}()
		}
		within := 0
		for range waiters {
			at := <-done
			if at.Before(start.Add(10 * time.Second)) {
				t.Errorf("a request went %v into the pause", at.Sub(start))
			}
			if at.Before(start.Add(70 * time.Second)) {
				within++
			}
		}
		if within > 60 {
			t.Errorf("%d requests in the minute after the pause", within)
		}
	})
}

// TestPauseWhileWaiting: a pause that comes while requests wait for their turn holds those as well.
func TestPauseWhileWaiting(t *testing.T) {
	t.Parallel()
	synctest.Test(t, func(t *testing.T) {
		p := pacerOf(time.Now, Sleep, perMinute(2))
		start := time.Now()
		done := make(chan time.Time, 3)
		for range 3 {
			go func() {
				if err := p.Wait(t.Context(), group); err != nil {
					t.Error(err)
				}
				done <- time.Now()
			}()
		}
		<-done
		<-done
		p.Obey(t.Context(), Rate{Until: start.Add(100 * time.Second)})
		if at := <-done; at.Before(start.Add(100 * time.Second)) {
			t.Errorf("the third request went after %v, into the pause", at.Sub(start))
		}
	})
}

func TestPacerEndsWithContext(t *testing.T) {
	t.Parallel()
	synctest.Test(t, func(t *testing.T) {
		p := pacerOf(time.Now, Sleep, perMinute(60))
		p.Obey(t.Context(), Rate{Until: time.Now().Add(time.Minute)})
		ctx, cancel := context.WithTimeout(t.Context(), 30*time.Second)
		defer cancel()
		start := time.Now()
		if err := p.Wait(ctx, group); !domain.IsKind(err, domain.KindRateLimited) || time.Since(start) > 0 {
			t.Errorf("a pause beyond the deadline: %v after %v; want rate_limited at once", err, time.Since(start))
		}
		ctx, cancel = context.WithCancel(t.Context())
		time.AfterFunc(time.Second, cancel)
		if err := p.Wait(ctx, group); !errors.Is(err, context.Canceled) {
			t.Errorf("cancelled while waiting: %v", err)
		}
	})
}

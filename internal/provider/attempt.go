package provider

import (
	"context"
	"time"

	"earshot/internal/domain"
)

// Retries inside one operation, for what passes in a moment. Those above it belong to the job queue.
const (
	maxTries   = 3
	retryPause = 500 * time.Millisecond
)

// attempt does an operation that may be repeated: after a temporary failure, or when the provider asks to wait and that is not long.
// Errors come out without secrets.
func attempt[T any](ctx context.Context, c *Connector, do func(context.Context) (T, error)) (T, error) {
	for try := 1; ; try++ {
		v, err := do(ctx)
		if err == nil {
			return v, nil
		}
		err = c.redactor.clean(err)
		wait, again := c.again(err, try)
		if !again || ctx.Err() != nil || tooLate(ctx, wait) || c.sleep(ctx, wait) != nil {
			return v, err
		}
	}
}

// again tells whether to repeat, and after how long.
func (c *Connector) again(err error, try int) (time.Duration, bool) {
	if try >= maxTries || domain.CodeOf(err) == CodePaced {
		return 0, false
	}
	switch domain.KindOf(err) {
	case domain.KindRateLimited:
		at := domain.RetryTime(err)
		if at.IsZero() {
			at = c.now().Add(defaultPause)
		}
		wait := at.Sub(c.now())
		return max(wait, 0), wait <= maxPause
	case domain.KindTemporary:
		return time.Duration(try*try) * retryPause, true
	default:
		return 0, false
	}
}

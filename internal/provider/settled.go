package provider

import "context"

type settledKey struct{}

// settledFunc tells which calls, by the provider's ids, need not be described again.
type settledFunc func(ctx context.Context, ids []string) (map[string]bool, error)

// WithSettled lets drivers leave out of a listing what would change nothing, where describing a call costs them a request.
func WithSettled(ctx context.Context, f func(ctx context.Context, ids []string) (map[string]bool, error)) context.Context {
	return context.WithValue(ctx, settledKey{}, settledFunc(f))
}

// Settled gives those of the calls that a listing may leave out; none unless the context has WithSettled.
func Settled(ctx context.Context, ids []string) (map[string]bool, error) {
	f, ok := ctx.Value(settledKey{}).(settledFunc)
	if !ok {
		return nil, nil
	}
	return f(ctx, ids)
}

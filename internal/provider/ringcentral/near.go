package ringcentral

import (
	"context"
	"sync"
	"time"
)

// Of what GetCallNear reads at once.
const (
	bucketSize = 10 * time.Minute
	bucketLife = 20 * time.Second
)

// near keeps what was read a moment ago of the call log, by ten minutes. Who asks for what is being read waits for it.
type near struct {
	now func() time.Time

	mu      sync.Mutex
	buckets map[time.Time]*bucket
}

type bucket struct {
	mu       sync.Mutex
	readAt   time.Time
	sessions []session
}

func newNear(now func() time.Time) *near { return &near{now: now, buckets: map[time.Time]*bucket{}} }

func (n *near) bucket(start time.Time) *bucket {
	n.mu.Lock()
	defer n.mu.Unlock()
	for at, b := range n.buckets {
		if b.mu.TryLock() {
			stale := !b.readAt.IsZero() && n.now().Sub(b.readAt) > bucketLife
			b.mu.Unlock()
			if stale {
				delete(n.buckets, at)
			}
		}
	}
	if n.buckets[start] == nil {
		n.buckets[start] = &bucket{}
	}
	return n.buckets[start]
}

func (n *near) read(ctx context.Context, at time.Time, list func(ctx context.Context, from, to time.Time) ([]session, error)) ([]session, error) {
	start := at.Truncate(bucketSize)
	b := n.bucket(start)
	b.mu.Lock()
	defer b.mu.Unlock()
	if !b.readAt.IsZero() && n.now().Sub(b.readAt) <= bucketLife {
		return b.sessions, nil
	}
	found, err := list(ctx, start, start.Add(bucketSize))
	if err != nil {
		return nil, err
	}
	b.readAt, b.sessions = n.now(), found
	return found, nil
}

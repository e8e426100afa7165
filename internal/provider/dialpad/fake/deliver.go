package fake

import (
	"bytes"
	"context"
	"io"
	"net/http"
	"slices"
	"time"
)

// delivery of one event to one webhook.
type delivery struct {
	due    time.Time
	tries  int
	state  string
	callID int64
	hookID int64
	body   []byte
	kind   string // content type
}

// NextDelivery is when the next event becomes due; false if none is planned.
func (s *Server) NextDelivery() (time.Time, bool) {
	s.mu.Lock()
	defer s.mu.Unlock()
	var next time.Time
	for _, h := range s.timeline {
		next = earlier(next, h.due)
	}
	for _, d := range s.queue {
		next = earlier(next, d.due)
	}
	return next, !next.IsZero()
}

func earlier(a, b time.Time) time.Time {
	if a.IsZero() || b.Before(a) {
		return b
	}
	return a
}

// Run delivers events as they become due, until the context ends; for programs that use the real clock.
func (s *Server) Run(ctx context.Context) {
	ticker := time.NewTicker(50 * time.Millisecond)
	defer ticker.Stop()
	for {
		select {
		case <-ctx.Done():
			return
		case <-ticker.C:
			s.Deliver(ctx)
		}
	}
}

// Deliver sends all events that are due now, and gives how many were accepted.
func (s *Server) Deliver(ctx context.Context) int {
	accepted := 0
	for _, d := range s.due() {
		if ctx.Err() != nil {
			return accepted
		}
		for range s.copies(d) {
			if s.try(ctx, d) {
				accepted++
			}
		}
	}
	return accepted
}

func (s *Server) copies(d *delivery) int {
	s.mu.Lock()
	defer s.mu.Unlock()
	if s.faults.Drop != nil && s.faults.Drop(d.state, d.callID) {
		return 0
	}
	return 1 + s.faults.Duplicate
}

// due takes what is due out of timeline and queue, in order of time.
func (s *Server) due() []*delivery {
	s.mu.Lock()
	defer s.mu.Unlock()
	now := s.opts.Now()
	s.timeline = slices.DeleteFunc(s.timeline, func(h happening) bool {
		if h.due.After(now) {
			return false
		}
		s.expand(h)
		return true
	})
	var due []*delivery
	s.queue = slices.DeleteFunc(s.queue, func(d *delivery) bool {
		if d.due.After(now) {
			return false
		}
		due = append(due, d)
		return true
	})
	slices.SortStableFunc(due, func(a, b *delivery) int { return a.due.Compare(b.due) })
	if s.faults.Shuffle {
		s.random.Shuffle(len(due), func(i, j int) { due[i], due[j] = due[j], due[i] })
	}
	return due
}

// try posts one event and sees to what follows. A webhook that was removed meanwhile gets nothing.
func (s *Server) try(ctx context.Context, d *delivery) bool {
	s.mu.Lock()
	address := ""
	if h := s.hook(d.hookID); h != nil {
		address = h.URL
	}
	s.mu.Unlock()
	if address == "" {
		return false
	}
	status := s.post(ctx, address, d)
	for i := 0; status == 0 && i < quickTries; i++ {
		status = s.post(ctx, address, d)
	}
	s.mu.Lock()
	defer s.mu.Unlock()
	s.settle(d, status)
	return status/100 == 2
}

// settle: only a 5xx brings an event again, after 2, 4 and 8 s, though others have come meanwhile. A 4xx does not, and no
// webhook is ever switched off (developers.dialpad.com/docs/webhook-delivery-failures).
func (s *Server) settle(d *delivery, status int) {
	if status/100 == 2 {
		s.stats.Deliveries++
		return
	}
	s.stats.Failures++
	if status < 500 || d.tries >= retryMax || slices.Contains(s.queue, d) {
		return
	}
	d.tries++
	d.due = s.opts.Now().Add(time.Second << d.tries)
	s.queue = append(s.queue, d)
}

// post gives the status; 0 without an answer.
func (s *Server) post(ctx context.Context, address string, d *delivery) int {
	req, err := http.NewRequestWithContext(ctx, http.MethodPost, address, bytes.NewReader(d.body))
	if err != nil {
		return 0
	}
	req.Header.Set("Content-Type", d.kind)
	res, err := s.opts.Client.Do(req)
	if err != nil {
		return 0
	}
	defer res.Body.Close()
	_, _ = io.Copy(io.Discard, io.LimitReader(res.Body, 1<<16))
	return res.StatusCode
}

package fake

import (
	"bytes"
	"cmp"
	"context"
	"encoding/json"
	"io"
	"net/http"
	"slices"
	"time"
)

// happening is something that happens to a call at a time; it becomes one delivery a webhook. It is due when it happens, or at
// once where a call was placed in the past.
type happening struct {
	at, due time.Time
	name    string
	call    *Call
}

type delivery struct {
	due, first time.Time
	tries      int
	name       string
	callID     int64
	hookID     string
	body       []byte
}

// retryEvery spreads the tries of a failed event over twelve hours.
const retryEvery = retryFor / retryMax

// schedule plans the events of a call; the lock is held.
func (s *Server) schedule(c *Call) {
	now := s.opts.Now()
	add := func(at time.Time, name string) {
		due := at
		if due.Before(now) {
			due = now
		}
		s.timeline = append(s.timeline, happening{at, due, name, c})
	}
	add(c.StartedAt, "call.created")
	if c.Direction == "inbound" && c.UserID != 0 {
		add(c.StartedAt.Add(min(time.Second, c.Ring)), "call.ringing_on_agent")
	}
	if c.answered() {
		add(c.answeredAt(), "call.answered")
	}
	if c.TransferredBy != 0 {
		add(c.answeredAt().Add(c.Talk/2), "call.transferred")
	}
	add(c.endedAt(), "call.hungup")
	add(c.endedAt().Add(s.opts.EndedAfter), "call.ended")
	if c.Voicemail != nil {
		add(c.assetsAt(), "call.voicemail_left")
	}
	if c.hasAssets() {
		add(c.assetsAt(), "call.comm_assets_generated")
	}
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
	if s.faults.Drop != nil && s.faults.Drop(d.name, d.callID) {
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
	slices.SortStableFunc(due, func(a, b *delivery) int { return cmp.Compare(a.due.UnixNano(), b.due.UnixNano()) })
	if s.faults.Shuffle {
		s.random.Shuffle(len(due), func(i, j int) { due[i], due[j] = due[j], due[i] })
	}
	return due
}

// expand makes one delivery for each webhook that was active and wanted the event. The body tells the call as it was then.
func (s *Server) expand(h happening) {
	if s.calls[h.call.ID] == nil {
		return
	}
	for _, w := range s.hooks {
		if !w.Active || !slices.Contains(w.Events, h.name) || w.createdAt.After(h.due) {
			continue
		}
		body, err := json.Marshal(object{
			"resource": "call", "event": h.name, "timestamp": h.at.Unix(), "token": w.Token,
			"data": s.callView(h.call, view{h.at, true, true, s.base}),
		})
		if err != nil {
			panic(err) // a view always encodes
		}
		s.queue = append(s.queue, &delivery{due: h.due, name: h.name, callID: h.call.ID, hookID: w.ID, body: body})
	}
}

// try posts one event and sees to what follows.
func (s *Server) try(ctx context.Context, d *delivery) bool {
	s.mu.Lock()
	h := s.hook(d.hookID)
	address := ""
	if h != nil {
		address = h.URL
	}
	s.mu.Unlock()
	if address == "" {
		return false // the webhook was removed meanwhile
	}
	ok := s.post(ctx, address, d.body)
	s.mu.Lock()
	defer s.mu.Unlock()
	if h := s.hook(d.hookID); h != nil {
		s.settle(h, d, ok)
	}
	return ok
}

// settle counts: fifty failures in a row disable a webhook, one success enables it again; failed events come again for twelve hours.
func (s *Server) settle(h *hook, d *delivery, ok bool) {
	if ok {
		s.stats.Deliveries++
		h.Active = h.Active || h.failures >= retryMax
		h.failures = 0
		return
	}
	s.stats.Failures++
	h.failures++
	if h.failures >= retryMax {
		h.Active = false
	}
	now := s.opts.Now()
	if d.first.IsZero() {
		d.first = now
	}
	d.tries++
	if d.tries < retryMax && now.Sub(d.first) < retryFor && !slices.Contains(s.queue, d) {
		d.due = now.Add(retryEvery)
		s.queue = append(s.queue, d)
	}
}

func (s *Server) post(ctx context.Context, address string, body []byte) bool {
	req, err := http.NewRequestWithContext(ctx, http.MethodPost, address, bytes.NewReader(body))
	if err != nil {
		return false
	}
	req.Header.Set("Content-Type", "application/json")
	req.Header.Set("User-Agent", "axios/1.7.9")
	req.Header.Set("Aircall-Origin", "webhooks")
	res, err := s.opts.Client.Do(req)
	if err != nil {
		return false
	}
	defer res.Body.Close()
	_, _ = io.Copy(io.Discard, io.LimitReader(res.Body, 1<<16))
	return res.StatusCode/100 == 2
}

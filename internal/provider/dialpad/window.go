package dialpad

import (
	"context"
	"fmt"
	"slices"
	"strings"
	"time"

	"earshot/internal/domain"
	"earshot/internal/provider"
)

// Of one page of ours, which is a slice of the window.
const (
	firstSlice = 24 * time.Hour
	leastSlice = time.Minute
	mostSlice  = 28 * 24 * time.Hour // Dialpad refuses 30 days
	fewPages   = 5                   // below, the next slice may be longer
	manyPages  = 100                 // above, the slice is shorter
)

// slice is the place in a listing: calls that started from a time on, for a while.
type slice struct {
	from   int64 // milliseconds since 1970
	length time.Duration
}

func (s slice) cursor() provider.Cursor {
	return provider.Cursor(fmt.Sprintf("%d.%d", s.from, s.length.Milliseconds()))
}

func readCursor(c provider.Cursor) (slice, error) {
	var from, length int64
	_, err := fmt.Sscanf(string(c), "%d.%d", &from, &length)
	if err != nil || from < 0 || from > latest || length < 1 || length > mostSlice.Milliseconds() {
		return slice{}, domain.Errorf(domain.KindInvalid, "", "%q is no cursor of Dialpad", c)
	}
	return slice{from, time.Duration(length) * time.Millisecond}, nil
}

// ListCalls lists by start of the conversation. Dialpad gives the newest first, so the window is read in slices, and each slice
// whole; the page is empty where it was only found out that the slice must be shorter.
func (d *driver) ListCalls(ctx context.Context, w provider.Window, cursor provider.Cursor) (provider.Page, error) {
	s := slice{max(w.From.UnixMilli(), 0), firstSlice}
	if cursor != "" {
		var err error
		if s, err = readCursor(cursor); err != nil {
			return provider.Page{}, err
		}
	}
	part := provider.Window{From: time.UnixMilli(s.from).UTC(), To: time.UnixMilli(s.from).UTC().Add(s.length)}
	if w.To.Before(part.To) {
		part.To = w.To
	}
	l := newLegs(d.client)
	length, all, err := l.slice(ctx, part, s.length)
	if err != nil {
		return provider.Page{}, err
	}
	if !all {
		return provider.Page{Next: slice{s.from, length}.cursor()}, nil
	}
	page := provider.Page{}
	if part.To.Before(w.To) {
		page.Next = slice{part.To.UnixMilli(), length}.cursor()
	}
	if part.From.Before(w.From) { // by less than a millisecond
		part.From = w.From
	}
	page.Calls, err = d.within(ctx, l, part)
	return page, err
}

// slice reads a slice and gives the length that the next one should have; false if this one has too many calls.
func (l *legs) slice(ctx context.Context, w provider.Window, length time.Duration) (time.Duration, bool, error) {
	read, oldest := 0, w.To
	all, err := l.list(ctx, w.From, w.To, func(at time.Time) bool {
		read, oldest = read+1, at
		return read <= manyPages || length <= leastSlice
	})
	l.from, l.to = w.From, w.To
	switch {
	case !all:
		return max(min(w.To.Sub(oldest), length)/2, leastSlice), false, err
	case read < fewPages:
		return min(length*2, mostSlice), true, err
	default:
		return length, true, err
	}
}

// within completes and tells the conversations that started in a window.
func (d *driver) within(ctx context.Context, l *legs, w provider.Window) ([]domain.ProviderCall, error) {
	if err := l.back(ctx, func() bool { return l.orphans(w.From) }); err != nil {
		return nil, err
	}
	started := func(c conversation) bool {
		at := c.legs[0].start()
		return !at.Before(w.From) && at.Before(w.To)
	}
	err := l.forth(ctx, func() (to time.Time) {
		for _, c := range l.conversations() {
			if at := c.horizon(); started(c) && at.After(to) {
				to = at
			}
		}
		return to
	})
	if err != nil {
		return nil, err
	}
	var out []domain.ProviderCall
	for _, c := range l.conversations() {
		if started(c) {
			out = append(out, c.tell(d.client.Now(), d.client.region()))
		}
	}
	slices.SortFunc(out, func(a, b domain.ProviderCall) int {
		if d := a.StartedAt.Compare(b.StartedAt); d != 0 {
			return d
		}
		return strings.Compare(a.ID, b.ID)
	})
	return out, nil
}

// orphans tells that one of the legs from a time on belongs to a conversation that began with a leg which is not there.
func (l *legs) orphans(from time.Time) bool {
	for _, c := range l.known {
		if _, ok := l.known[l.root(c)]; !ok && !c.start().Before(from) {
			return true
		}
	}
	return false
}

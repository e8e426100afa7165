package dialpad

import (
	"context"
	"net/url"
	"strconv"
	"time"
)

// legs are what was listed of a stretch of time. Dialpad lists legs, by their start, newest first, and only such as are over:
// what belongs together is found by reading further in both directions.
type legs struct {
	client   client
	from, to time.Time // what was listed
	known    map[ident]call
}

// How far to look for further legs of a conversation.
const (
	before  = time.Minute      // a start that is known is exact; this is for clocks
	after   = 2 * time.Minute  // the next leg begins when one ends; one that was handed on is looked for longer
	longOff = 24 * time.Hour   // what ends later than this after the start is not waited for
	backBy  = 15 * time.Minute // the first step back for a first leg that is missing; each doubles
	farBack = 3 * time.Hour    // and no further
	clocks  = time.Minute      // how far Dialpad's clock may be ahead
)

func newLegs(c client) *legs { return &legs{client: c, known: map[ident]call{}} }

// list reads what started from from to to, both of which Dialpad may include or not; more tells after each page, given the
// oldest start so far, whether to go on. It gives whether all was read.
func (l *legs) list(ctx context.Context, from, to time.Time, more func(oldest time.Time) bool) (bool, error) {
	query := url.Values{
		"started_after":  {strconv.FormatInt(from.UnixMilli()-1, 10)},
		"started_before": {strconv.FormatInt(to.UnixMilli()+1, 10)},
	}
	all, oldest := true, to
	err := pages(ctx, l.client, "/call", query, func(calls []call) bool {
		for _, c := range calls {
			l.add(c)
			if at := c.start(); at.Before(oldest) && !at.IsZero() {
				oldest = at
			}
		}
		all = more(oldest)
		return all
	})
	return all, err
}

func (l *legs) add(c call) {
	if c.ID != 0 {
		l.known[c.ID] = c
	}
}

func whole(time.Time) bool { return true }

// reach extends what was listed to both ends.
func (l *legs) reach(ctx context.Context, from, to time.Time) error {
	if l.to.IsZero() {
		l.from, l.to = from, from
	}
	if from.Before(l.from) {
		if _, err := l.list(ctx, from, l.from, whole); err != nil {
			return err
		}
		l.from = from
	}
	if to.After(l.to) {
		if _, err := l.list(ctx, l.to, to, whole); err != nil {
			return err
		}
		l.to = to
	}
	return nil
}

// root is the conversation that a leg belongs to: what it names, or what that names in turn.
func (l *legs) root(c call) ident {
	id := c.key()
	for range 8 { // legs that name each other in a ring end somewhere
		next, ok := l.known[id]
		if !ok || next.key() == id {
			break
		}
		id = next.key()
	}
	return id
}

// conversation of an id; false if no leg belongs to it.
func (l *legs) conversation(id ident) (conversation, bool) {
	var own []call
	for _, c := range l.known {
		if l.root(c) == id {
			own = append(own, c)
		}
	}
	return newConversation(id, own...), len(own) > 0
}

// conversations are all of them.
func (l *legs) conversations() map[ident]conversation {
	groups := map[ident][]call{}
	for _, c := range l.known {
		id := l.root(c)
		groups[id] = append(groups[id], c)
	}
	out := map[ident]conversation{}
	for id, own := range groups {
		out[id] = newConversation(id, own...)
	}
	return out
}

// back reads further back until the first legs are there that lacking names, or it has been far enough.
func (l *legs) back(ctx context.Context, lacking func() bool) error {
	start, step := l.from, backBy
	for lacking() && l.from.After(start.Add(-farBack)) {
		if err := l.reach(ctx, l.from.Add(-step), l.to); err != nil {
			return err
		}
		step *= 2
	}
	return nil
}

// forth reads on until the legs that may follow those of horizon are there.
func (l *legs) forth(ctx context.Context, horizon func() time.Time) error {
	limit := l.to.Add(longOff)
	for {
		to := horizon()
		if to.After(limit) {
			to = limit
		}
		if now := l.client.Now().Add(clocks); to.After(now) {
			to = now
		}
		if !to.After(l.to) {
			return nil
		}
		if err := l.reach(ctx, l.from, to); err != nil {
			return err
		}
	}
}

// horizon is when the last further leg may start.
func (c conversation) horizon() time.Time {
	end := c.end()
	switch {
	case end.IsZero():
		return end
	case c.open():
		return end.Add(partSettled)
	default:
		return end.Add(after)
	}
}

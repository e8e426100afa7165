package memory

import (
	"bytes"
	"context"
	"crypto/subtle"
	"encoding/json"
	"fmt"
	"net/http"
	"slices"
	"time"

	"earshot/internal/domain"
	"earshot/internal/provider"
)

// secretHeader carries a subscription's secret with each event.
const secretHeader = "X-Memory-Secret"

// Subscription to events.
type Subscription struct {
	ID, Address, Secret string
	Active              bool
}

type event struct {
	at   time.Time
	name string
	call *Call
}

// message is the body of an event.
type message struct {
	Name string              `json:"name"`
	At   time.Time           `json:"at"`
	Call domain.ProviderCall `json:"call"`
}

// plan makes the events of a call: at its end, and when its audio is there.
func (c *Company) plan(call *Call) {
	c.events = append(c.events, &event{call.endedAt(), "ended", call})
	if call.Audio != nil {
		c.events = append(c.events, &event{call.audioAt(), "recorded", call})
	}
}

// Deliver posts the events that are due. Each comes once, or more often by Faults; whoever misses one lists the calls.
func (c *Company) Deliver(ctx context.Context) {
	for _, send := range c.due() {
		req, err := http.NewRequestWithContext(ctx, http.MethodPost, send.to.Address, bytes.NewReader(send.body))
		if err != nil {
			continue
		}
		req.Header.Set(secretHeader, send.to.Secret)
		if resp, err := http.DefaultClient.Do(req); err == nil {
			resp.Body.Close()
		}
	}
}

type sending struct {
	to   Subscription
	body []byte
}

func (c *Company) due() []sending {
	c.mu.Lock()
	defer c.mu.Unlock()
	var out []sending
	slices.SortStableFunc(c.events, func(a, b *event) int { return a.at.Compare(b.at) })
	c.events = slices.DeleteFunc(c.events, func(e *event) bool {
		if e.at.After(c.now()) {
			return false
		}
		body, err := json.Marshal(message{e.name, e.at, c.view(e.call, e.at)})
		if err != nil {
			panic(err) // a view always encodes
		}
		for _, s := range c.subscriptions {
			for range 1 + c.faults.Duplicate {
				if s.Active {
					out = append(out, sending{*s, body})
				}
			}
		}
		return true
	})
	if c.faults.Shuffle {
		c.random.Shuffle(len(out), func(i, j int) { out[i], out[j] = out[j], out[i] })
	}
	return out
}

// VerifyEvent compares the secret in the header.
func (d *driver) VerifyEvent(header http.Header, _ []byte, secret string) error {
	if secret == "" || subtle.ConstantTimeCompare([]byte(header.Get(secretHeader)), []byte(secret)) != 1 {
		return domain.Errorf(domain.KindUnauthorized, "", "the event does not come from the provider")
	}
	return nil
}

// ParseEvent reads a message.
func (d *driver) ParseEvent(body []byte, _ time.Time) ([]provider.EventCall, error) {
	var m message
	if err := json.Unmarshal(body, &m); err != nil {
		return nil, &domain.Error{Kind: domain.KindInvalid, Message: "the event is not readable", Err: err}
	}
	if m.Call.ID == "" {
		return nil, nil
	}
	return []provider.EventCall{{CallID: m.Call.ID, Name: m.Name, ObservedAt: m.At, Call: &m.Call}}, nil
}

// Subscribe finds the subscription by id or address and mends it, or makes it.
func (d *driver) Subscribe(ctx context.Context, address, id string) (provider.Subscription, error) {
	return in(ctx, d, func(c *Company) (provider.Subscription, error) {
		if c.faults.NoSubscriptions {
			return provider.Subscription{}, domain.Errorf(domain.KindScopeMissing, "", "the key may not subscribe to events; use another")
		}
		out := provider.Subscription{}
		s := c.subscription(address, id)
		switch {
		case s == nil:
			s = &Subscription{ID: c.newID(), Secret: fmt.Sprintf("secret-%x", c.random.Uint64())}
			c.subscriptions = append(c.subscriptions, s)
			if id != "" {
				out.Repaired = "it was gone and was made again"
			}
		case !s.Active:
			out.Repaired = "it was disabled"
		case s.Address != address:
			out.Repaired = "it had another address"
		}
		s.Address, s.Active = address, true
		out.ID, out.Secret = s.ID, s.Secret
		return out, nil
	})
}

func (c *Company) subscription(address, id string) *Subscription {
	for _, match := range []func(*Subscription) bool{func(s *Subscription) bool { return s.ID == id }, func(s *Subscription) bool { return s.Address == address }} {
		if i := slices.IndexFunc(c.subscriptions, match); i >= 0 {
			return c.subscriptions[i]
		}
	}
	return nil
}

// Unsubscribe removes it.
func (d *driver) Unsubscribe(ctx context.Context, id string) error {
	_, err := in(ctx, d, func(c *Company) (struct{}, error) {
		before := len(c.subscriptions)
		c.subscriptions = slices.DeleteFunc(c.subscriptions, func(s *Subscription) bool { return s.ID == id })
		if len(c.subscriptions) == before {
			return struct{}{}, domain.Errorf(domain.KindNotFound, "", "there is no subscription %q", id)
		}
		return struct{}{}, nil
	})
	return err
}

// Subscriptions gives all of them.
func (c *Company) Subscriptions() []Subscription {
	c.mu.Lock()
	defer c.mu.Unlock()
	var out []Subscription
	for _, s := range c.subscriptions {
		out = append(out, *s)
	}
	return out
}

// Disable is what a provider does to a subscription that fails.
func (c *Company) Disable(id string) {
	c.mu.Lock()
	defer c.mu.Unlock()
	for _, s := range c.subscriptions {
		s.Active = s.Active && s.ID != id
	}
}

// Forget removes a subscription without anybody having asked for it.
func (c *Company) Forget(id string) {
	c.mu.Lock()
	defer c.mu.Unlock()
	c.subscriptions = slices.DeleteFunc(c.subscriptions, func(s *Subscription) bool { return s.ID == id })
}

package aircall

import (
	"context"
	"crypto/subtle"
	"encoding/json"
	"fmt"
	"net/http"
	"net/url"
	"slices"
	"strconv"
	"strings"
	"time"

	"earshot/internal/domain"
	"earshot/internal/provider"
)

// events are those that say something about a call that has ended. The rest would only cost requests.
var events = []string{"call.ended", "call.comm_assets_generated", "call.voicemail_left", "call.assigned"}

type webhook struct {
	ID     string   `json:"webhook_id"`
	URL    string   `json:"url"`
	Active bool     `json:"active"`
	Events []string `json:"events"`
	Token  string   `json:"token"`
}

type webhookBody struct {
	Name   string   `json:"custom_name,omitempty"`
	URL    string   `json:"url"`
	Events []string `json:"events"` // left out means all of them
}

// Subscribe finds our webhook by id or address and mends it, or makes it.
func (d *driver) Subscribe(ctx context.Context, address, id string) (provider.Subscription, error) {
	found, err := d.findWebhook(ctx, address, id)
	if err != nil {
		return provider.Subscription{}, err
	}
	if found == nil {
		return d.createWebhook(ctx, address)
	}
	repaired := whatIsWrong(*found, address)
	if repaired != "" {
		var answer struct {
			Webhook webhook `json:"webhook"`
		}
		if err := d.client.do(ctx, http.MethodPut, "/v1/webhooks/"+url.PathEscape(found.ID), nil, webhookBody{URL: address, Events: events}, &answer); err != nil {
			return provider.Subscription{}, err
		}
	}
	token, err := d.webhookToken(ctx, *found)
	return provider.Subscription{ID: found.ID, Secret: token, Repaired: repaired}, err
}

func whatIsWrong(w webhook, address string) string {
	var wrong []string
	if !w.Active {
		wrong = append(wrong, "Aircall had disabled the webhook; it is active again")
	}
	if w.URL != address {
		wrong = append(wrong, "the webhook pointed at another address")
	}
	for _, e := range events {
		if len(w.Events) > 0 && !slices.Contains(w.Events, e) {
			wrong = append(wrong, "the event "+e+" was missing")
		}
	}
	return strings.Join(wrong, "; ")
}

func (d *driver) findWebhook(ctx context.Context, address, id string) (*webhook, error) {
	for page := 1; ; page++ {
		var answer struct {
			Webhooks []webhook `json:"webhooks"`
			Meta     meta      `json:"meta"`
		}
		if err := d.client.get(ctx, "/v1/webhooks", pageQuery(page), &answer); err != nil {
			return nil, err
		}
		for _, w := range answer.Webhooks {
			if w.ID == id || w.URL == address {
				return &w, nil
			}
		}
		if answer.Meta.Next == nil {
			return nil, nil
		}
	}
}

func pageQuery(page int) url.Values {
	return url.Values{"page": {strconv.Itoa(page)}, "per_page": {strconv.Itoa(perPage)}}
}

func (d *driver) createWebhook(ctx context.Context, address string) (provider.Subscription, error) {
	var answer struct {
		Webhook webhook `json:"webhook"`
	}
	err := d.client.do(ctx, http.MethodPost, "/v1/webhooks", nil, webhookBody{"Earshot", address, events}, &answer)
	return provider.Subscription{ID: answer.Webhook.ID, Secret: answer.Webhook.Token}, err
}

// webhookToken asks for the token where the listing did not show it.
func (d *driver) webhookToken(ctx context.Context, w webhook) (string, error) {
	if w.Token != "" {
		return w.Token, nil
	}
	var answer struct {
		Webhook webhook `json:"webhook"`
	}
	err := d.client.get(ctx, "/v1/webhooks/"+url.PathEscape(w.ID), nil, &answer)
	return answer.Webhook.Token, err
}

// Unsubscribe removes the webhook.
func (d *driver) Unsubscribe(ctx context.Context, id string) error {
	return d.client.do(ctx, http.MethodDelete, "/v1/webhooks/"+url.PathEscape(id), nil, nil, nil)
}

// envelope of an event; aircall.md section 3.2.
type envelope struct {
	Event     string          `json:"event"`
	Timestamp seconds         `json:"timestamp"`
	Token     string          `json:"token"`
	Data      json.RawMessage `json:"data"`
}

// VerifyEvent compares the token in the body. Aircall signs nothing.
func (d *driver) VerifyEvent(_ http.Header, body []byte, secret string) error {
	var e envelope
	if err := json.Unmarshal(body, &e); err != nil {
		return domain.Errorf(domain.KindUnauthorized, "", "the body is not an event of Aircall")
	}
	if secret == "" || subtle.ConstantTimeCompare([]byte(e.Token), []byte(secret)) != 1 {
		return domain.Errorf(domain.KindUnauthorized, "", "the event's token is not that of our webhook")
	}
	return nil
}

// ParseEvent reads an event about a call; others give none.
func (d *driver) ParseEvent(body []byte, receivedAt time.Time) ([]provider.EventCall, error) {
	return parseEvent(body, receivedAt, d.client.Settings["region"])
}

func parseEvent(body []byte, receivedAt time.Time, region string) ([]provider.EventCall, error) {
	var e envelope
	if err := json.Unmarshal(body, &e); err != nil {
		return nil, &domain.Error{Kind: domain.KindInvalid, Message: "the event is not readable", Err: err}
	}
	if !strings.HasPrefix(e.Event, "call.") {
		return nil, nil
	}
	var c call
	if err := json.Unmarshal(e.Data, &c); err != nil {
		return nil, &domain.Error{Kind: domain.KindInvalid, Message: fmt.Sprintf("the call in the event %s is not readable", e.Event), Err: err}
	}
	if c.ID <= 0 {
		return nil, nil
	}
	at := e.Timestamp.Time
	if at.IsZero() || at.After(receivedAt) {
		at = receivedAt
	}
	snapshot := c.convert(at, region)
	return []provider.EventCall{{CallID: snapshot.ID, Name: e.Event, ObservedAt: at, Call: &snapshot}}, nil
}

package aircall

import (
	"context"
	"net/http"
	"net/url"
	"slices"
	"strings"

	"earshot/internal/domain"
	"earshot/internal/provider"
)

// events are those that say something new about a call that has ended. The rest would only cost requests.
func events() []string {
	return []string{"call.ended", "call.comm_assets_generated", "call.voicemail_left", "call.assigned"}
}

const (
	webhooksPath = "/v1/webhooks"
	webhookName  = "Earshot"
)

type webhook struct {
	ID     text       `json:"webhook_id"`
	URL    text       `json:"url"`
	Active text       `json:"active"`
	Events list[text] `json:"events"`
	Token  text       `json:"token"`
}

type webhookBody struct {
	Name   string   `json:"custom_name"`
	URL    string   `json:"url"`
	Events []string `json:"events"` // left out means all of them
}

func (w webhook) path() string { return webhooksPath + "/" + url.PathEscape(string(w.ID)) }

// Subscribe finds our webhook by id or address and mends it, or makes it. Others at the same address are removed: each event
// would come twice, with a token that we do not know.
func (d *driver) Subscribe(ctx context.Context, address, id string) (provider.Subscription, error) {
	ours, err := d.ourWebhooks(ctx, address, id)
	if err != nil {
		return provider.Subscription{}, err
	}
	if len(ours) == 0 {
		return d.createWebhook(ctx, address, id)
	}
	wrong := ours[0].wrong(address)
	if len(wrong) > 0 {
		if err := d.mend(ctx, ours[0], address); err != nil {
			return provider.Subscription{}, err
		}
	}
	for _, w := range ours[1:] {
		if err := d.client.do(ctx, http.MethodDelete, w.path(), nil, nil, nil); err != nil && !domain.IsKind(err, domain.KindNotFound) {
			return provider.Subscription{}, err
		}
		wrong = append(wrong, "a second webhook with the same address was removed")
	}
	token, err := d.webhookToken(ctx, ours[0])
	return provider.Subscription{ID: string(ours[0].ID), Secret: token, Repaired: strings.Join(wrong, "; ")}, err
}

// wrong lists what has to be mended, in words.
func (w webhook) wrong(address string) []string {
	var wrong []string
	if w.Active != "true" {
		wrong = append(wrong, "Aircall had disabled the webhook; it is active again")
	}
	if string(w.URL) != address {
		wrong = append(wrong, "the webhook pointed at another address")
	}
	for _, e := range events() {
		if !slices.Contains(w.Events, text(e)) {
			wrong = append(wrong, "the event "+e+" was missing")
		}
	}
	return wrong
}

// mend registers the webhook anew, which also activates it. Events that somebody added are kept.
func (d *driver) mend(ctx context.Context, w webhook, address string) error {
	body := webhookBody{webhookName, address, events()}
	for _, e := range w.Events {
		if !slices.Contains(body.Events, string(e)) {
			body.Events = append(body.Events, string(e))
		}
	}
	var a answer
	if err := d.client.do(ctx, http.MethodPut, w.path(), nil, body, &a); err != nil {
		return err
	}
	if still := a.Webhook.V.wrong(address); a.Webhook.V.ID != "" && len(still) > 0 {
		return domain.Errorf(domain.KindTemporary, "webhook_not_mended", "Aircall did not mend the webhook; delete it in the Dashboard under Integrations > Webhook, it is made again by itself")
	}
	return nil
}

// ourWebhooks are the one with the id and those with the address, the first of them the one to keep.
func (d *driver) ourWebhooks(ctx context.Context, address, id string) ([]webhook, error) {
	var ours []webhook
	err := d.client.pages(ctx, webhooksPath, func(a answer) int {
		for _, w := range a.Webhooks {
			if w.ID != "" && string(w.ID) == id {
				ours = slices.Insert(ours, 0, w)
			} else if w.ID != "" && string(w.URL) == address {
				ours = append(ours, w)
			}
		}
		return len(a.Webhooks)
	})
	return ours, err
}

func (d *driver) createWebhook(ctx context.Context, address, lost string) (provider.Subscription, error) {
	var a answer
	err := d.client.do(ctx, http.MethodPost, webhooksPath, nil, webhookBody{webhookName, address, events()}, &a)
	if err != nil {
		return provider.Subscription{}, err
	}
	made := provider.Subscription{ID: string(a.Webhook.V.ID)}
	if lost != "" {
		made.Repaired = "the webhook was gone at Aircall; a new one was made"
	}
	made.Secret, err = d.webhookToken(ctx, a.Webhook.V)
	return made, err
}

// webhookToken asks for the token where the answer did not show it: listings may not.
func (d *driver) webhookToken(ctx context.Context, w webhook) (string, error) {
	if w.ID != "" && w.Token == "" {
		var a answer
		if err := d.client.get(ctx, w.path(), nil, &a); err != nil {
			return "", err
		}
		w.Token = a.Webhook.V.Token
	}
	if w.Token == "" {
		return "", domain.Errorf(domain.KindTemporary, "webhook_without_token", "Aircall gave no token of the webhook, without which its events cannot be told from forged ones")
	}
	return string(w.Token), nil
}

// Unsubscribe removes the webhook.
func (d *driver) Unsubscribe(ctx context.Context, id string) error {
	return d.client.do(ctx, http.MethodDelete, webhook{ID: text(id)}.path(), nil, nil, nil)
}

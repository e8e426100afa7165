package dialpad

import (
	"context"
	"crypto/rand"
	"net/http"
	"slices"
	"strings"

	"earshot/internal/domain"
	"earshot/internal/provider"
)

const (
	webhooksPath      = "/webhooks"
	subscriptionsPath = "/subscriptions/call"
	allStates         = "all"
)

// webhook is an address, and the secret that its events are signed with, which listings show in clear (schema WebhookProto).
type webhook struct {
	ID        ident `json:"id"`
	URL       text  `json:"hook_url"`
	Signature maybe[struct {
		Algorithm text `json:"algo"`
		Secret    text `json:"secret"`
	}] `json:"signature"`
}

func (w webhook) path() string { return webhooksPath + "/" + w.ID.String() }

func (w webhook) secret() string { return string(w.Signature.V.Secret) }

type webhookBody struct {
	URL    string `json:"hook_url"`
	Secret string `json:"secret"`
}

// subscription says which events go to a webhook (schema CallEventSubscriptionProto).
type subscription struct {
	ID        ident          `json:"id"`
	Enabled   text           `json:"enabled"`
	States    list[text]     `json:"call_states"`
	GroupOnly text           `json:"group_calls_only"`
	TargetID  ident          `json:"target_id"`
	Webhook   maybe[webhook] `json:"webhook"`
}

func (s subscription) path() string { return subscriptionsPath + "/" + s.ID.String() }

// subscriptionBody without a target is about the whole company.
type subscriptionBody struct {
	Endpoint  ident    `json:"endpoint_id"`
	States    []string `json:"call_states"`
	Enabled   bool     `json:"enabled"`
	GroupOnly bool     `json:"group_calls_only"`
}

// pair is what makes events come: ours has an id of both ids.
type pair struct{ webhook, subscription ident }

func (p pair) String() string { return p.webhook.String() + "." + p.subscription.String() }

func readPair(id string) pair {
	w, s, _ := strings.Cut(id, ".")
	return pair{readIdent(w), readIdent(s)}
}

// Subscribe finds our webhook by id or address, and the call subscription on it, and mends them, or makes them. Others at the same
// address are removed: each event would come twice, signed with a secret that we do not know.
func (d *driver) Subscribe(ctx context.Context, address, id string) (provider.Subscription, error) {
	asked := readPair(id)
	hooks, subs, err := d.registered(ctx, address, asked)
	if err != nil {
		return provider.Subscription{}, err
	}
	var mended []string
	if len(hooks) == 0 {
		hook, err := d.createWebhook(ctx, address)
		if err != nil {
			return provider.Subscription{}, err
		}
		if hooks = append(hooks, hook); asked.webhook != 0 {
			mended = append(mended, "the webhook was gone at Dialpad; a new one was made")
		}
	}
	wrong, err := d.mendWebhook(ctx, &hooks[0], address)
	if err != nil {
		return provider.Subscription{}, err
	}
	sub, more, err := d.mendSubscriptions(ctx, hooks[0], subs, asked.subscription)
	if err != nil {
		return provider.Subscription{}, err
	}
	mended = append(append(mended, wrong...), more...)
	for _, w := range hooks[1:] {
		if err := d.remove(ctx, w.path()); err != nil {
			return provider.Subscription{}, err
		}
		mended = append(mended, "a second webhook with the same address was removed")
	}
	return provider.Subscription{ID: pair{hooks[0].ID, sub}.String(), Secret: hooks[0].secret(), Repaired: strings.Join(mended, "; ")}, nil
}

// registered are the webhooks with the id or the address, the first of them the one to keep, and all call subscriptions on them,
// the one with the id first.
func (d *driver) registered(ctx context.Context, address string, ours pair) (hooks []webhook, subs []subscription, err error) {
	err = pages(ctx, d.client, webhooksPath, nil, func(found []webhook) bool {
		for _, w := range found {
			if w.ID != 0 && w.ID == ours.webhook {
				hooks = slices.Insert(hooks, 0, w)
			} else if w.ID != 0 && string(w.URL) == address {
				hooks = append(hooks, w)
			}
		}
		return true
	})
	if err != nil {
		return nil, nil, err
	}
	err = pages(ctx, d.client, subscriptionsPath, nil, func(found []subscription) bool {
		for _, s := range found {
			on := func(w webhook) bool { return w.ID == s.Webhook.V.ID }
			if s.ID != 0 && s.ID == ours.subscription {
				subs = slices.Insert(subs, 0, s)
			} else if s.ID != 0 && slices.ContainsFunc(hooks, on) {
				subs = append(subs, s)
			}
		}
		return true
	})
	return hooks, subs, err
}

func (d *driver) createWebhook(ctx context.Context, address string) (webhook, error) {
	body, made := webhookBody{address, rand.Text()}, webhook{}
	err := d.client.do(ctx, http.MethodPost, webhooksPath, nil, body, &made)
	if err == nil && made.ID == 0 {
		err = domain.Errorf(domain.KindTemporary, "", "Dialpad's answer about the new webhook could not be read")
	}
	return made, err
}

// mendWebhook gives it our address and a secret where it lacks them, and says so in words.
func (d *driver) mendWebhook(ctx context.Context, w *webhook, address string) (mended []string, err error) {
	body := webhookBody{address, w.secret()}
	if string(w.URL) != address {
		mended = append(mended, "the webhook pointed at another address")
	}
	if body.Secret == "" || w.Signature.V.Algorithm != "" && w.Signature.V.Algorithm != "HS256" {
		mended = append(mended, "the webhook had no secret, so that its events could not be told from forged ones")
		body.Secret = rand.Text()
	}
	if len(mended) == 0 {
		return nil, nil
	}
	if err := d.client.do(ctx, http.MethodPatch, w.path(), nil, body, w); err != nil {
		return nil, err
	}
	if string(w.URL) != address || w.secret() != body.Secret {
		return nil, domain.Errorf(domain.KindTemporary, "webhook_not_mended", "Dialpad did not change its webhook %s; it is tried again", w.ID)
	}
	return mended, nil
}

// remove deletes something; that it has gone already is no error.
func (d *driver) remove(ctx context.Context, path string) error {
	err := d.client.do(ctx, http.MethodDelete, path, nil, nil, nil)
	if domain.IsKind(err, domain.KindNotFound) {
		return nil
	}
	return err
}

package dialpad

import (
	"context"
	"net/http"
	"slices"

	"earshot/internal/domain"
)

// mendSubscriptions keeps one subscription on the webhook, with our states, and removes the others. lost is the id that it had,
// 0 if it is the first time.
func (d *driver) mendSubscriptions(ctx context.Context, w webhook, subs []subscription, lost ident) (ident, []string, error) {
	keep := slices.IndexFunc(subs, func(s subscription) bool { return s.TargetID == 0 })
	var mended []string
	for i, s := range subs {
		if i == keep {
			continue
		}
		if err := d.remove(ctx, s.path()); err != nil {
			return 0, nil, err
		}
		mended = append(mended, "a second subscription, or one for a part of the company only, was removed")
	}
	if keep >= 0 {
		wrong, err := d.mendSubscription(ctx, subs[keep], w)
		return subs[keep].ID, append(mended, wrong...), err
	}
	if lost != 0 {
		mended = append(mended, "the call subscription was gone at Dialpad; a new one was made")
	}
	var made subscription
	err := d.client.do(ctx, http.MethodPost, subscriptionsPath, nil, subscriptionBody{w.ID, states(), true, false}, &made)
	if err == nil && made.ID == 0 {
		err = domain.Errorf(domain.KindTemporary, "", "Dialpad's answer about the new call subscription could not be read")
	}
	return made.ID, mended, err
}

// mendSubscription switches it on and adds the states that it lacks. States that somebody added are kept.
func (d *driver) mendSubscription(ctx context.Context, s subscription, w webhook) ([]string, error) {
	wrong := s.wrong(w)
	if len(wrong) == 0 {
		return nil, nil
	}
	body := subscriptionBody{w.ID, nil, true, false}
	if body.States = states(); slices.Contains(s.States, allStates) {
		body.States = []string{allStates}
	}
	for _, state := range s.States {
		if !slices.Contains(body.States, string(state)) && !slices.Contains(s.States, allStates) {
			body.States = append(body.States, string(state))
		}
	}
	var now subscription
	if err := d.client.do(ctx, http.MethodPatch, s.path(), nil, body, &now); err != nil {
		return nil, err
	}
	if now.ID != 0 && len(now.wrong(w)) > 0 {
		return nil, domain.Errorf(domain.KindTemporary, "subscription_not_mended", "Dialpad did not change its call subscription %s; it is tried again", s.ID)
	}
	return wrong, nil
}

// wrong lists what has to be mended, in words.
func (s subscription) wrong(w webhook) []string {
	var wrong []string
	if s.Enabled != "" && !s.Enabled.yes() {
		wrong = append(wrong, "the call subscription was switched off; it is on again")
	}
	if s.Webhook.V.ID != w.ID {
		wrong = append(wrong, "the call subscription was for another webhook")
	}
	if s.GroupOnly.yes() {
		wrong = append(wrong, "the call subscription left out calls to and from people")
	}
	for _, state := range states() {
		if !slices.Contains(s.States, text(state)) && !slices.Contains(s.States, allStates) {
			wrong = append(wrong, "the state "+state+" was missing")
		}
	}
	return wrong
}

// Unsubscribe removes both, the subscription first, so that none is left that points nowhere.
func (d *driver) Unsubscribe(ctx context.Context, id string) error {
	ours := readPair(id)
	if ours.webhook == 0 || ours.subscription == 0 {
		return domain.Errorf(domain.KindNotFound, "", "%q is no subscription of ours at Dialpad", id)
	}
	if err := d.remove(ctx, subscription{ID: ours.subscription}.path()); err != nil {
		return err
	}
	return d.remove(ctx, webhook{ID: ours.webhook}.path())
}

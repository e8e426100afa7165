package dialpad_test

import (
	"net/http"
	"slices"
	"strconv"
	"strings"
	"testing"
	"time"

	"earshot/internal/provider"
	"earshot/internal/provider/dialpad/fake"
	"earshot/internal/provider/providertest"
)

const address = "https://example.com/site/x"

func ourStates() []string {
	return []string{"hangup", "missed", "voicemail", "voicemail_uploaded", "recording", "admin_recording"}
}

// TestSubscriptionIsMended: whatever somebody does to the webhook or the subscription, repeating Subscribe leaves one of each, right
// in all, and says what was wrong.
func TestSubscriptionIsMended(t *testing.T) {
	t.Parallel()
	for name, c := range map[string]struct {
		harm func(w *world, hook, sub int64)
		want string
		same bool // id
	}{
		"nothing": {func(*world, int64, int64) {}, "", true},
		"switched off": {func(w *world, _, sub int64) {
			w.ChangeSubscription(sub, func(s *fake.Subscription) { s.Enabled = false })
		}, "switched off", true},
		"a state is missing": {func(w *world, _, sub int64) {
			w.ChangeSubscription(sub, func(s *fake.Subscription) { s.States = []string{"hangup", "merged"} })
		}, "admin_recording", true},
		"all states": {func(w *world, _, sub int64) {
			w.ChangeSubscription(sub, func(s *fake.Subscription) { s.States = []string{"all"} })
		}, "", true},
		"all, but off": {func(w *world, _, sub int64) {
			w.ChangeSubscription(sub, func(s *fake.Subscription) { s.States, s.Enabled = []string{"all"}, false })
		}, "switched off", true},
		"groups only": {func(w *world, _, sub int64) {
			w.ChangeSubscription(sub, func(s *fake.Subscription) { s.GroupOnly = true })
		}, "left out calls", true},
		"one office only": {func(w *world, _, sub int64) {
			w.ChangeSubscription(sub, func(s *fake.Subscription) { s.TargetType, s.TargetID = "office", 7 })
		}, "part of the company", false},
		"subscription deleted": {func(w *world, _, sub int64) { w.DeleteSubscription(sub) }, "subscription was gone", false},
		"webhook deleted":      {func(w *world, hook, _ int64) { w.DeleteWebhook(hook) }, "webhook was gone", false},
		"both deleted":         {func(w *world, hook, sub int64) { w.DeleteWebhook(hook); w.DeleteSubscription(sub) }, "webhook was gone", false},
		"another address": {func(w *world, hook, _ int64) {
			w.ChangeWebhook(hook, func(h *fake.Webhook) { h.URL = "https://example.com/old" })
		}, "another address", true},
		"no secret": {func(w *world, hook, _ int64) { w.ChangeWebhook(hook, func(h *fake.Webhook) { h.Secret = "" }) }, "no secret", true},
		"a second subscription": {func(w *world, hook, sub int64) {
			w.post(t, "/subscriptions/call", `{"endpoint_id":`+num(hook)+`,"call_states":["all"]}`)
		}, "second subscription", true},
		"a second webhook": {func(w *world, hook, sub int64) {
			w.post(t, "/webhooks", `{"hook_url":"`+address+`","secret":"other"}`)
		}, "second webhook", true},
	} {
		clock := providertest.NewClock()
		w := newWorld(t, clock)
		conn := open(t, w, clock)
		// Somebody else's, and more than a page of them.
		for range 30 {
			w.post(t, "/webhooks", `{"hook_url":"https://example.com/other","secret":"theirs"}`)
		}
		w.post(t, "/subscriptions/call", `{"endpoint_id":`+num(w.Webhooks()[3].ID)+`,"call_states":["hangup"]}`)
		first, err := conn.Subscribe(t.Context(), address, "")
		if err != nil || first.Repaired != "" {
			t.Fatalf("%s: Subscribe = %+v, %v", name, first, err)
		}
		hook, sub := ids(first.ID)
		c.harm(w, hook, sub)
		again, err := conn.Subscribe(t.Context(), address, first.ID)
		if err != nil || !strings.Contains(again.Repaired, c.want) || (c.want == "") != (again.Repaired == "") || (again.ID == first.ID) != c.same {
			t.Errorf("%s: %+v after %+v, %v; want %q said", name, again, first, err, c.want)
		}
		w.wantOurs(t, name, again)
		if once, err := conn.Subscribe(t.Context(), address, again.ID); err != nil || once.ID != again.ID || once.Repaired != "" || once.Secret != again.Secret {
			t.Errorf("%s: once more it is %+v, %v", name, once, err)
		}
	}
}

func num(id int64) string { return strconv.FormatInt(id, 10) }

// wantOurs: one webhook at our address, one subscription on it, for all of the company; those of others are as they were.
func (w *world) wantOurs(t *testing.T, name string, is provider.Subscription) {
	t.Helper()
	hook, sub := ids(is.ID)
	hooks := slices.DeleteFunc(w.Webhooks(), func(h fake.Webhook) bool { return h.URL != address })
	if len(hooks) != 1 || hooks[0].ID != hook || hooks[0].Secret != is.Secret || len(is.Secret) < 20 || len(w.Webhooks()) != 31 {
		t.Errorf("%s: webhooks at our address are %+v, want %d; %d in all", name, hooks, hook, len(w.Webhooks()))
	}
	subs := slices.DeleteFunc(w.Server.Subscriptions(), func(s fake.Subscription) bool { return s.WebhookID != hook })
	if len(subs) != 1 || subs[0].ID != sub || !subs[0].Enabled || subs[0].GroupOnly || subs[0].TargetID != 0 {
		t.Fatalf("%s: subscriptions are %+v, want %d", name, subs, sub)
	}
	for _, state := range ourStates() {
		if !slices.Contains(subs[0].States, state) && !slices.Contains(subs[0].States, "all") {
			t.Errorf("%s: the states are %v", name, subs[0].States)
		}
	}
	if name == "a state is missing" && !slices.Contains(subs[0].States, "merged") {
		t.Errorf("%s: a state that somebody added was removed", name)
	}
	if others := len(w.Server.Subscriptions()); others != 2 {
		t.Errorf("%s: %d subscriptions, want ours and one other", name, others)
	}
}

// post does as an admin with a key of their own might.
func (w *world) post(t *testing.T, path, body string) {
	t.Helper()
	req, err := http.NewRequest(http.MethodPost, w.url+"/api/v2"+path, strings.NewReader(body))
	if err != nil {
		t.Fatal(err)
	}
	req.Header.Set("Authorization", "Bearer the-secret-key")
	req.Header.Set("Content-Type", "application/json")
	w.Server.SetLimit(1000, time.Second)
	serve(t, w.Server, req)
}

// TestUnsubscribe removes both, also when one has gone.
func TestUnsubscribe(t *testing.T) {
	t.Parallel()
	for name, harm := range map[string]func(w *world, hook, sub int64){
		"both there":       func(*world, int64, int64) {},
		"no webhook":       func(w *world, hook, _ int64) { w.DeleteWebhook(hook) },
		"no subscription":  func(w *world, _, sub int64) { w.DeleteSubscription(sub) },
		"none of the both": func(w *world, hook, sub int64) { w.DeleteWebhook(hook); w.DeleteSubscription(sub) },
	} {
		clock := providertest.NewClock()
		w := newWorld(t, clock)
		conn := open(t, w, clock)
		first, err := conn.Subscribe(t.Context(), address, "")
		if err != nil {
			t.Fatal(err)
		}
		hook, sub := ids(first.ID)
		harm(w, hook, sub)
		if err := conn.Unsubscribe(t.Context(), first.ID); err != nil || len(w.Webhooks())+len(w.Server.Subscriptions()) > 0 {
			t.Errorf("%s: %v, left are %+v and %+v", name, err, w.Webhooks(), w.Server.Subscriptions())
		}
		for _, id := range []string{"", "x", "1", "0.0", "1.x"} {
			if err := conn.Unsubscribe(t.Context(), id); err != nil {
				t.Errorf("%q: %v", id, err)
			}
		}
	}
}

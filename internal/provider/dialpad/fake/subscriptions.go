package fake

import (
	"net/http"
	"slices"
	"strconv"
	"time"
)

// callStates are those of Dialpad's call events.
var callStates = []string{
	"admin", "admin_recording", "ai_playbook", "all", "barge", "blocked", "call_transcription", "calling", "connected", "csat", "dispositions",
	"eavesdrop", "hangup", "hold", "merged", "missed", "monitor", "parked", "pcsat", "postcall", "preanswer", "queued", "recap_action_items", "recap_outcome",
	"recap_purposes", "recap_summary", "recording", "ringing", "takeover", "transcription", "voicemail", "voicemail_uploaded",
}

// Subscription to call events as an admin sees it.
type Subscription struct {
	ID, WebhookID int64
	Enabled       bool
	States        []string
	GroupOnly     bool
	TargetType    string // empty: the company
	TargetID      int64

	createdAt time.Time
	links     bool // whoever made it may export recordings
}

// Subscriptions gives all of them.
func (s *Server) Subscriptions() []Subscription {
	s.mu.Lock()
	defer s.mu.Unlock()
	var out []Subscription
	for _, sub := range s.subs {
		c := *sub
		c.States = slices.Clone(c.States)
		out = append(out, c)
	}
	return out
}

// ChangeSubscription lets an admin change a subscription; false if there is none.
func (s *Server) ChangeSubscription(id int64, change func(*Subscription)) bool {
	s.mu.Lock()
	defer s.mu.Unlock()
	sub := s.subscription(id)
	if sub != nil {
		change(sub)
	}
	return sub != nil
}

// DeleteSubscription is what an admin does by mistake.
func (s *Server) DeleteSubscription(id int64) {
	s.mu.Lock()
	defer s.mu.Unlock()
	s.subs = slices.DeleteFunc(s.subs, func(sub *Subscription) bool { return sub.ID == id })
}

func (s *Server) subscription(id int64) *Subscription {
	for _, sub := range s.subs {
		if sub.ID == id {
			return sub
		}
	}
	return nil
}

func (s *Server) subscriptionView(sub *Subscription) object {
	o := object{"id": strconv.FormatInt(sub.ID, 10), "enabled": sub.Enabled, "call_states": sub.States, "group_calls_only": sub.GroupOnly}
	if h := s.hook(sub.WebhookID); h != nil {
		o["webhook"] = h.view()
	}
	if sub.TargetID != 0 {
		o["target_id"], o["target_type"] = strconv.FormatInt(sub.TargetID, 10), sub.TargetType
	}
	return o
}

func (s *Server) listSubscriptions(r *http.Request) (int, any) {
	return list(s, r, s.subs, func(sub *Subscription) any { return s.subscriptionView(sub) })
}

type subscriptionBody struct {
	Endpoint   *int64   `json:"endpoint_id"`
	States     []string `json:"call_states"`
	Enabled    *bool    `json:"enabled"`
	GroupOnly  *bool    `json:"group_calls_only"`
	TargetType *string  `json:"target_type"`
	TargetID   *int64   `json:"target_id"`
}

// apply changes a subscription; a text tells what is wrong.
func (s *Server) apply(sub *Subscription, b subscriptionBody) string {
	for from, to := range map[*int64]*int64{b.Endpoint: &sub.WebhookID, b.TargetID: &sub.TargetID} {
		if from != nil {
			*to = *from
		}
	}
	for from, to := range map[*bool]*bool{b.Enabled: &sub.Enabled, b.GroupOnly: &sub.GroupOnly} {
		if from != nil {
			*to = *from
		}
	}
	if b.TargetType != nil {
		sub.TargetType = *b.TargetType
	}
	if b.States != nil {
		sub.States = b.States
	}
	for _, state := range sub.States {
		if !slices.Contains(callStates, state) {
			return "unknown call state " + state
		}
	}
	if s.hook(sub.WebhookID) == nil {
		return "endpoint_id is no webhook"
	}
	return ""
}

// createSubscription makes another one each time. Recordings are linked in its events only if whoever makes it may export them.
func (s *Server) createSubscription(r *http.Request) (int, any) {
	var b subscriptionBody
	if !s.body(r, &b) {
		return badRequest("the body is not valid")
	}
	sub := &Subscription{ID: s.newID(), Enabled: true, States: []string{"all"}, createdAt: s.opts.Now(), links: s.may(grantOf(r.Context()), scopeRecordings)}
	if wrong := s.apply(sub, b); wrong != "" {
		return badRequest("%s", wrong)
	}
	ofCompany := 0
	for _, other := range s.subs {
		if other.TargetID == 0 {
			ofCompany++
		}
	}
	if len(s.subs) >= subscriptionMax || sub.TargetID == 0 && ofCompany >= companyMax {
		return badRequest("too many subscriptions")
	}
	s.subs = append(s.subs, sub)
	return http.StatusOK, s.subscriptionView(sub)
}

func (s *Server) getSubscription(r *http.Request) (int, any) {
	sub := s.subscription(s.asked(r))
	if sub == nil {
		return notFound()
	}
	return http.StatusOK, s.subscriptionView(sub)
}

func (s *Server) updateSubscription(r *http.Request) (int, any) {
	sub := s.subscription(s.asked(r))
	if sub == nil {
		return notFound()
	}
	var b subscriptionBody
	if !s.body(r, &b) {
		return badRequest("the body is not valid")
	}
	changed := *sub
	if wrong := s.apply(&changed, b); wrong != "" {
		return badRequest("%s", wrong)
	}
	*sub = changed
	return http.StatusOK, s.subscriptionView(sub)
}

func (s *Server) deleteSubscription(r *http.Request) (int, any) {
	sub := s.subscription(s.asked(r))
	if sub == nil {
		return notFound()
	}
	view := s.subscriptionView(sub)
	s.subs = slices.DeleteFunc(s.subs, func(other *Subscription) bool { return other == sub })
	return http.StatusOK, view
}

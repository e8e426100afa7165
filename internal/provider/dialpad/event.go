package dialpad

import (
	"encoding/json"
	"net/http"
	"slices"
	"time"

	"earshot/internal/domain"
	"earshot/internal/provider"
)

// states are those of which we want events: each says something new about a call that is over, or nearly. The rest would only
// cost requests.
func states() []string {
	return []string{"hangup", "missed", "voicemail", "voicemail_uploaded", "recording", "admin_recording"}
}

// VerifyEvent checks the signature. A token says nothing of its age, and Dialpad sends one again within seconds only; an event that
// is sent again by somebody else says nothing new.
func (d *driver) VerifyEvent(_ http.Header, body []byte, secret string) error {
	t, err := readToken(body)
	if err != nil {
		return domain.Errorf(domain.KindUnauthorized, "", "%s", domain.MessageOf(err))
	}
	if !t.verify(secret) {
		return domain.Errorf(domain.KindUnauthorized, "", "the event's signature is not that of our webhook")
	}
	return nil
}

// ParseEvent reads an event, which needs no secret. When a leg started is kept for the question about its call that may follow.
func (d *driver) ParseEvent(body []byte, receivedAt time.Time) ([]provider.EventCall, error) {
	c, err := readEvent(body)
	if err != nil {
		return nil, err
	}
	if !c.tells() {
		return nil, nil
	}
	d.starts.keep(c.key(), c.start())
	return []provider.EventCall{c.event(receivedAt, d.client.region())}, nil
}

func readEvent(body []byte) (call, error) {
	t, err := readToken(body)
	if err != nil {
		return call{}, err
	}
	var c *call
	if err := json.Unmarshal(t.claims, &c); err != nil {
		return call{}, &domain.Error{Kind: domain.KindInvalid, Message: "the event is not readable", Err: err}
	}
	if c == nil {
		return call{}, domain.Errorf(domain.KindInvalid, "", "the event is empty")
	}
	return *c, nil
}

// tells tells that the event is news of a call. That a voicemail begins is none: the rest follows.
func (c call) tells() bool {
	return c.ID != 0 && slices.Contains(states(), string(c.State)) && (c.State != "voicemail" || !c.end().IsZero())
}

// event carries the call only where the leg is all there is to it. What is known of one leg of several would be judged as if it
// were the whole: one person, ten seconds.
func (c call) event(receivedAt time.Time, region string) provider.EventCall {
	at := c.EventAt.Time
	if at.IsZero() || at.After(receivedAt) {
		at = receivedAt
	}
	out := provider.EventCall{CallID: c.key().String(), Name: "call." + string(c.State), ObservedAt: at}
	if c.alone() && !c.end().IsZero() && !c.start().IsZero() && c.direction() != "" {
		told := newConversation(c.ID, c).tell(at, region)
		out.Call = &told
	}
	return out
}

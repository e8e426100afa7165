package aircall

import (
	"crypto/sha256"
	"crypto/subtle"
	"encoding/json"
	"net/http"
	"slices"
	"strings"
	"time"

	"earshot/internal/domain"
	"earshot/internal/provider"
)

// envelope of an event (developer.aircall.io/api-references, Webhooks). Timestamp is when its data were so.
type envelope struct {
	Event     text            `json:"event"`
	Timestamp seconds         `json:"timestamp"`
	Token     text            `json:"token"`
	Data      json.RawMessage `json:"data"`
}

// VerifyEvent compares the token in the body. Aircall signs nothing, and sends events again for twelve hours, so their age says nothing.
func (d *driver) VerifyEvent(_ http.Header, body []byte, secret string) error {
	var e envelope
	if err := json.Unmarshal(body, &e); err != nil {
		return domain.Errorf(domain.KindUnauthorized, "", "the body is not an event of Aircall")
	}
	got, want := sha256.Sum256([]byte(e.Token)), sha256.Sum256([]byte(secret))
	if secret == "" || subtle.ConstantTimeCompare(got[:], want[:]) != 1 {
		return domain.Errorf(domain.KindUnauthorized, "", "the event's token is not that of our webhook")
	}
	return nil
}

// ParseEvent reads an event about a call that has ended. What Aircall tells before, and at the moment of hanging up, is
// incomplete and comes again 30 s later as call.ended; such events, and those about other things, give none.
func (d *driver) ParseEvent(body []byte, receivedAt time.Time) ([]provider.EventCall, error) {
	return parseEvent(body, receivedAt, d.client.region())
}

func parseEvent(body []byte, receivedAt time.Time, region string) ([]provider.EventCall, error) {
	var e envelope
	if err := json.Unmarshal(body, &e); err != nil {
		return nil, &domain.Error{Kind: domain.KindInvalid, Message: "the event is not readable", Err: err}
	}
	if e.Event == "" {
		return nil, domain.Errorf(domain.KindInvalid, "", "the event has no name")
	}
	if !strings.HasPrefix(string(e.Event), "call.") {
		return nil, nil
	}
	var data maybe[call]
	_ = data.UnmarshalJSON(e.Data) // never fails: what is no call has no id
	c := data.V
	ended := !c.EndedAt.IsZero() && e.Event != "call.hungup"
	if c.ID == 0 || !ended && !slices.Contains(events(), string(e.Event)) {
		return nil, nil
	}
	at := e.Timestamp.Time
	if at.IsZero() || at.After(receivedAt) {
		at = receivedAt
	}
	out := provider.EventCall{CallID: c.ID.String(), Name: string(e.Event), ObservedAt: at}
	if ended && !c.StartedAt.IsZero() && direction(c.Direction) != "" {
		snapshot := c.convert(at, region)
		out.Call = &snapshot
	}
	return []provider.EventCall{out}, nil
}

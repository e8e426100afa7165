package ringcentral

import (
	"crypto/hmac"
	"crypto/sha256"
	"crypto/subtle"
	"encoding/hex"
	"encoding/json"
	"net/http"
	"regexp"
	"strings"
	"time"

	"earshot/internal/domain"
	"earshot/internal/provider"
)

// Headers of requests to our address (Webhooks guide). Events bear the token that the subscription was made with under the first name; older
// pages of the guide call it by the second, which also is that of the handshake.
const (
	headerToken     = "Verification-Token"
	headerHandshake = "Validation-Token"
)

// tokenPattern is what we give back in a handshake: a token and nothing that could be something else.
var tokenPattern = regexp.MustCompile(`^[A-Za-z0-9._~+/=-]{1,256}$`)

// Handshake echoes the token with which RingCentral tries out an address. An event bears a body; a handshake does not.
func (d *driver) Handshake(header http.Header, body []byte) http.Header {
	token := header.Get(headerHandshake)
	if len(body) > 0 && strings.TrimSpace(string(body)) != "{}" || !tokenPattern.MatchString(token) {
		return nil
	}
	return http.Header{headerHandshake: {token}, "Content-Type": {"application/json"}}
}

// secretOf an address is the verification token of its subscription. RingCentral never shows it again, so it is derived.
func (d *driver) secretOf(address string) string {
	mac := hmac.New(sha256.New, []byte(d.client.Credential[fieldSecret]))
	mac.Write([]byte("earshot subscription " + address))
	return hex.EncodeToString(mac.Sum(nil))
}

// VerifyEvent compares the token in the header. RingCentral signs nothing.
func (d *driver) VerifyEvent(header http.Header, body []byte, secret string) error {
	var e envelope
	if err := json.Unmarshal(body, &e); err != nil || e.Body == nil {
		return domain.Errorf(domain.KindUnauthorized, "", "the body is not an event of RingCentral")
	}
	want := sha256.Sum256([]byte(secret))
	for _, name := range []string{headerToken, headerHandshake} {
		got := sha256.Sum256([]byte(header.Get(name)))
		if secret != "" && header.Get(name) != "" && subtle.ConstantTimeCompare(got[:], want[:]) == 1 {
			return nil
		}
	}
	return domain.Errorf(domain.KindUnauthorized, "", "the event's token is not that of our subscription")
}

// envelope of an event, and the body of a telephony session event (TelephonySessionsEvent).
type envelope struct {
	Event     string      `json:"event"`
	Timestamp moment      `json:"timestamp"`
	Body      *telephonic `json:"body"`
}

type telephonic struct {
	Sequence           int    `json:"sequence"`
	TelephonySessionID string `json:"telephonySessionId"`
	EventTime          moment `json:"eventTime"`
	Parties            []struct {
		Status struct {
			Code string `json:"code"`
		} `json:"status"`
	} `json:"parties"`
}

// ParseEvent reads an event that tells that a party has left a telephony session. What the call was is in the call log, half a minute
// later. Other events, such as the reminder to renew, give none.
func (d *driver) ParseEvent(body []byte, receivedAt time.Time) ([]provider.EventCall, error) {
	var e envelope
	if err := json.Unmarshal(body, &e); err != nil {
		return nil, &domain.Error{Kind: domain.KindInvalid, Message: "the event is not readable", Err: err}
	}
	if e.Event == "" {
		return nil, domain.Errorf(domain.KindInvalid, "", "the event has no name")
	}
	if e.Body == nil || !strings.Contains(e.Event, "/telephony/sessions") || !sessionPattern.MatchString(e.Body.TelephonySessionID) {
		return nil, nil
	}
	at := e.Body.EventTime.Time
	if at.IsZero() || at.After(receivedAt) {
		at = receivedAt
	}
	for _, p := range e.Body.Parties {
		if p.Status.Code == "Disconnected" || p.Status.Code == "Gone" {
			return []provider.EventCall{{CallID: e.Body.TelephonySessionID, Name: "telephony session: " + p.Status.Code, ObservedAt: at}}, nil
		}
	}
	return nil, nil
}

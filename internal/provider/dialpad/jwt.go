package dialpad

import (
	"bytes"
	"crypto/hmac"
	"crypto/sha256"
	"encoding/base64"
	"encoding/json"

	"earshot/internal/domain"
)

// token is an event as it comes: a JWT (RFC 7519) signed with HMAC and SHA-256, in three parts.
type token struct {
	signed    []byte // header and claims as they were signed
	header    []byte
	claims    []byte
	signature []byte
}

// readToken takes the parts of a JWT apart. Nothing is verified.
func readToken(body []byte) (token, error) {
	body = bytes.TrimSpace(body)
	parts := bytes.Split(body, []byte("."))
	if len(parts) != 3 {
		return token{}, notSigned(body)
	}
	t := token{signed: body[:len(parts[0])+1+len(parts[1])]}
	for i, to := range []*[]byte{&t.header, &t.claims, &t.signature} {
		decoded, err := base64.RawURLEncoding.Strict().DecodeString(string(parts[i]))
		if err != nil {
			return token{}, notSigned(body)
		}
		*to = decoded
	}
	if len(t.signature) != sha256.Size {
		return token{}, notSigned(body)
	}
	return t, nil
}

func notSigned(body []byte) error {
	if bytes.HasPrefix(body, []byte("{")) {
		return domain.Errorf(domain.KindInvalid, "", "the event is not signed: the webhook at Dialpad has no secret, and anybody could have sent it; Earshot gives it a new one by itself")
	}
	return domain.Errorf(domain.KindInvalid, "", "the body is not a signed event of Dialpad, which is a JWT with HS256")
}

// verify compares the signature in constant time. No other algorithm than HS256 counts, whatever the header says, and nothing
// that the header calls critical is understood (RFC 7515, 4.1.11).
func (t token) verify(secret string) bool {
	var head struct {
		Algorithm text            `json:"alg"`
		Critical  json.RawMessage `json:"crit"`
	}
	if secret == "" || json.Unmarshal(t.header, &head) != nil || head.Algorithm != "HS256" || head.Critical != nil {
		return false
	}
	mac := hmac.New(sha256.New, []byte(secret))
	mac.Write(t.signed)
	return hmac.Equal(t.signature, mac.Sum(nil))
}

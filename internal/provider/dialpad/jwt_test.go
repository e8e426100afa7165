package dialpad

import (
	"crypto/hmac"
	"crypto/sha256"
	"encoding/base64"
	"strings"
	"testing"

	"earshot/internal/domain"
)

// sign is RFC 7515, appendix A.1, for any header.
func sign(header string, claims []byte, secret string) []byte {
	encode := base64.RawURLEncoding.EncodeToString
	signed := encode([]byte(header)) + "." + encode(claims)
	mac := hmac.New(sha256.New, []byte(secret))
	mac.Write([]byte(signed))
	return []byte(signed + "." + encode(mac.Sum(nil)))
}

const hs256 = `{"alg":"HS256","typ":"JWT"}`

// TestVerify: nothing but HS256 with our secret, whatever a token says of itself.
func TestVerify(t *testing.T) {
	t.Parallel()
	claims := readClaims(t, "hangup_recorded.json")
	right := sign(hs256, claims, "right")
	parts := strings.Split(string(right), ".")
	encode := base64.RawURLEncoding.EncodeToString
	d := &driver{}
	for name, c := range map[string]struct {
		body, secret string
		ok           bool
	}{
		"right":                        {string(right), "right", true},
		"with white space around":      {" " + string(right) + "\n", "right", true},
		"header without a type":        {string(sign(`{"alg":"HS256"}`, claims, "right")), "right", true},
		"another secret":               {string(right), "left", false},
		"no secret":                    {string(sign(hs256, claims, "")), "", false},
		"alg none":                     {encode([]byte(`{"alg":"none"}`)) + "." + parts[1] + ".", "right", false},
		"alg none, signed":             {string(sign(`{"alg":"none"}`, claims, "right")), "right", false},
		"alg None":                     {string(sign(`{"alg":"None"}`, claims, "right")), "right", false},
		"alg hs256":                    {string(sign(`{"alg":"hs256"}`, claims, "right")), "right", false},
		"HS512 by name":                {string(sign(`{"alg":"HS512"}`, claims, "right")), "right", false},
		"RS256, signed as if by HMAC":  {string(sign(`{"alg":"RS256"}`, claims, "right")), "right", false},
		"no alg":                       {string(sign(`{}`, claims, "right")), "right", false},
		"header is no JSON":            {string(sign(`HS256`, claims, "right")), "right", false},
		"alg of another type":          {string(sign(`{"alg":["HS256"]}`, claims, "right")), "right", false},
		"something critical":           {string(sign(`{"alg":"HS256","crit":["exp"],"exp":1}`, claims, "right")), "right", false},
		"other claims":                 {parts[0] + "." + encode([]byte(`{"call_id":1}`)) + "." + parts[2], "right", false},
		"signature cut":                {string(right[:len(right)-4]), "right", false},
		"signature missing":            {parts[0] + "." + parts[1] + ".", "right", false},
		"two parts":                    {parts[0] + "." + parts[1], "right", false},
		"four parts":                   {string(right) + "." + parts[2], "right", false},
		"padded":                       {string(right) + "=", "right", false},
		"a bit that means nothing set": {string(right[:len(right)-1]) + next(right[len(right)-1]), "right", false},
		"unsigned JSON":                {string(claims), "right", false},
		"secret as body":               {"right", "right", false},
		"empty":                        {"", "right", false},
	} {
		err := d.VerifyEvent(nil, []byte(c.body), c.secret)
		if c.ok != (err == nil) || err != nil && domain.KindOf(err) != domain.KindUnauthorized {
			t.Errorf("%s: %v", name, err)
		}
	}
	if err := d.VerifyEvent(nil, claims, "right"); !strings.Contains(domain.MessageOf(err), "not signed") {
		t.Errorf("unsigned JSON is refused with %q, which does not say why", domain.MessageOf(err))
	}
}

// next is the character after one of base64url's: the last one of 43 has two bits that mean nothing.
func next(b byte) string {
	const alphabet = "ABCDEFGHIJKLMNOPQRSTUVWXYZabcdefghijklmnopqrstuvwxyz0123456789-_"
	return string(alphabet[strings.IndexByte(alphabet, b)+1])
}

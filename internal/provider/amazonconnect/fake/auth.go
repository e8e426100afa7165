package fake

import (
	"bytes"
	"context"
	"crypto/sha256"
	"encoding/hex"
	"io"
	"net/http"
	"net/url"
	"strings"
	"time"

	"github.com/aws/aws-sdk-go-v2/aws"
	v4 "github.com/aws/aws-sdk-go-v2/aws/signer/v4"
)

// session of an assumed role.
type session struct {
	secret, token string
	until         time.Time
}

// signature as it is in the header Authorization, or in the query of a link (Signature Version 4).
type signature struct {
	key, date, region, service, signed, value string
	at                                        time.Time
	expires                                   time.Duration // of a link
}

func readSignature(r *http.Request) (sig signature, ok bool) {
	scope, layout := "", "20060102T150405Z"
	if q := r.URL.Query(); q.Get("X-Amz-Signature") != "" {
		scope, sig.signed, sig.value = q.Get("X-Amz-Credential"), q.Get("X-Amz-SignedHeaders"), q.Get("X-Amz-Signature")
		sig.at, _ = time.Parse(layout, q.Get("X-Amz-Date"))
		sig.expires, _ = time.ParseDuration(q.Get("X-Amz-Expires") + "s")
	} else {
		fields, found := strings.CutPrefix(r.Header.Get("Authorization"), "AWS4-HMAC-SHA256 ")
		if !found {
			return sig, false
		}
		for field := range strings.SplitSeq(fields, ",") {
			name, value, _ := strings.Cut(strings.TrimSpace(field), "=")
			switch name {
			case "Credential":
				scope = value
			case "SignedHeaders":
				sig.signed = value
			case "Signature":
				sig.value = value
			}
		}
		sig.at, _ = time.Parse(layout, r.Header.Get("X-Amz-Date"))
	}
	parts := strings.Split(scope, "/")
	if len(parts) != 5 {
		return sig, false
	}
	sig.key, sig.date, sig.region, sig.service = parts[0], parts[1], parts[2], parts[3]
	return sig, true
}

// verify signs the request anew with the key's secret and compares. It gives AWS's error code, or nothing.
func (s *Server) verify(r *http.Request, sig signature, body []byte) string {
	creds := aws.Credentials{AccessKeyID: sig.key}
	switch temporary, known := s.sessions[sig.key]; {
	case sig.key == s.opts.KeyID:
		creds.SecretAccessKey = s.opts.Secret
	case known && s.opts.Now().Before(temporary.until):
		creds.SecretAccessKey, creds.SessionToken = temporary.secret, temporary.token
	case known:
		return "ExpiredTokenException"
	default:
		return "UnrecognizedClientException"
	}
	again := s.unsigned(r, sig, body)
	signer := v4.NewSigner(func(o *v4.SignerOptions) { o.DisableURIPathEscaping = sig.service == "s3" })
	if sig.expires > 0 {
		link, _, err := signer.PresignHTTP(context.Background(), creds, again, "UNSIGNED-PAYLOAD", sig.service, sig.region, sig.at)
		u, bad := url.Parse(link)
		if err != nil || bad != nil || u.Query().Get("X-Amz-Signature") != sig.value {
			return "SignatureDoesNotMatch"
		}
		return ""
	}
	sum := sha256.Sum256(body)
	hash := r.Header.Get("X-Amz-Content-Sha256")
	if hash == "" {
		hash = hex.EncodeToString(sum[:])
	}
	if err := signer.SignHTTP(context.Background(), creds, again, hash, sig.service, sig.region, sig.at); err != nil || !strings.HasSuffix(again.Header.Get("Authorization"), "Signature="+sig.value) {
		return "InvalidSignatureException"
	}
	return ""
}

// unsigned is the request with only what was signed.
func (s *Server) unsigned(r *http.Request, sig signature, body []byte) *http.Request {
	u := *r.URL
	u.Scheme, u.Host = "http", r.Host
	q := u.Query()
	for name := range q {
		if sig.expires > 0 && strings.HasPrefix(name, "X-Amz-") && name != "X-Amz-Expires" {
			q.Del(name)
		}
	}
	if sig.expires > 0 {
		u.RawQuery = q.Encode()
	}
	again := &http.Request{Method: r.Method, URL: &u, Host: r.Host, Header: http.Header{}, Body: io.NopCloser(bytes.NewReader(body)), ContentLength: r.ContentLength}
	for name := range strings.SplitSeq(sig.signed, ";") {
		if name != "host" && name != "content-length" && sig.expires == 0 {
			again.Header[http.CanonicalHeaderKey(name)] = r.Header.Values(name)
		}
	}
	return again
}

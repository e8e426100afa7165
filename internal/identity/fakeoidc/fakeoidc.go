// Package fakeoidc is an OpenID provider for tests, which signs people in at once and can be told to misbehave.
package fakeoidc

import (
	"crypto"
	"crypto/rand"
	"crypto/rsa"
	"crypto/sha256"
	"encoding/base64"
	"encoding/json"
	"math/big"
	"net/http"
	"net/url"
	"sync"
	"time"
)

// Client that the provider knows.
const (
	ClientID     = "earshot"
	ClientSecret = "hush"
)

// Server behaves as OpenID Connect Core 1.0 and Discovery 1.0 say, unless Bend changes the claims of its tokens or Header their heads.
type Server struct {
	URL    string // its own address, which is its issuer
	Now    func() time.Time
	Bend   func(claims map[string]any)
	Header map[string]string // in the place of alg RS256
	Key    *rsa.PrivateKey   // signs; nil: the published one

	published *rsa.PrivateKey
	mu        sync.Mutex
	codes     map[string]url.Values // by code: what was asked for
}

// New makes one with a key of its own.
func New(now func() time.Time) (*Server, error) {
	key, err := rsa.GenerateKey(rand.Reader, 2048)
	return &Server{Now: now, published: key, codes: map[string]url.Values{}}, err
}

// Authorize is what the person does at the provider: it gives the code for an authorization request.
func (s *Server) Authorize(address string) (state, code string, err error) {
	u, err := url.Parse(address)
	if err != nil {
		return "", "", err
	}
	s.mu.Lock()
	defer s.mu.Unlock()
	code = rand.Text()
	s.codes[code] = u.Query()
	return u.Query().Get("state"), code, nil
}

// ServeHTTP answers discovery, keys and tokens.
func (s *Server) ServeHTTP(w http.ResponseWriter, r *http.Request) {
	switch r.URL.Path {
	case "/.well-known/openid-configuration":
		answer(w, http.StatusOK, map[string]any{"issuer": s.URL, "authorization_endpoint": s.URL + "/authorize", "token_endpoint": s.URL + "/token", "jwks_uri": s.URL + "/keys",
			"id_token_signing_alg_values_supported": []string{"RS256", "none"}, "response_types_supported": []string{"code"}, "subject_types_supported": []string{"public"}})
	case "/keys":
		e := big.NewInt(int64(s.published.E)).Bytes()
		answer(w, http.StatusOK, map[string]any{"keys": []any{map[string]any{"kty": "RSA", "use": "sig", "kid": "1", "alg": "RS256", "n": encode(s.published.N.Bytes()), "e": encode(e)}}})
	case "/token":
		s.token(w, r)
	default:
		http.NotFound(w, r)
	}
}

// token takes a code once, from who knows the client secret and the verifier (RFC 7636).
func (s *Server) token(w http.ResponseWriter, r *http.Request) {
	id, secret, ok := r.BasicAuth()
	if !ok {
		id, secret = r.PostFormValue("client_id"), r.PostFormValue("client_secret")
	}
	s.mu.Lock()
	asked, known := s.codes[r.PostFormValue("code")]
	delete(s.codes, r.PostFormValue("code"))
	s.mu.Unlock()
	challenge := sha256.Sum256([]byte(r.PostFormValue("code_verifier")))
	if id != ClientID || secret != ClientSecret || !known || asked.Get("code_challenge_method") != "S256" || asked.Get("code_challenge") != encode(challenge[:]) || asked.Get("redirect_uri") != r.PostFormValue("redirect_uri") {
		answer(w, http.StatusBadRequest, map[string]any{"error": "invalid_grant"})
		return
	}
	token, err := s.sign(asked.Get("nonce"))
	if err != nil {
		http.Error(w, err.Error(), http.StatusInternalServerError)
		return
	}
	answer(w, http.StatusOK, map[string]any{"access_token": "a", "token_type": "Bearer", "expires_in": 3600, "id_token": token})
}

func (s *Server) sign(nonce string) (string, error) {
	now := s.Now()
	claims := map[string]any{"iss": s.URL, "aud": ClientID, "sub": "7", "iat": now.Unix(), "exp": now.Add(time.Hour).Unix(), "nonce": nonce, "email": "rita@x.example", "email_verified": true, "name": "Rita"}
	if s.Bend != nil {
		s.Bend(claims)
	}
	header := map[string]string{"alg": "RS256", "kid": "1", "typ": "JWT"}
	if s.Header != nil {
		header = s.Header
	}
	head, err := json.Marshal(header)
	if err != nil {
		return "", err
	}
	body, err := json.Marshal(claims)
	if err != nil {
		return "", err
	}
	signed := encode(head) + "." + encode(body)
	if header["alg"] == "none" {
		return signed + ".", nil
	}
	key := s.published
	if s.Key != nil {
		key = s.Key
	}
	sum := sha256.Sum256([]byte(signed))
	signature, err := rsa.SignPKCS1v15(rand.Reader, key, crypto.SHA256, sum[:])
	return signed + "." + encode(signature), err
}

func encode(b []byte) string { return base64.RawURLEncoding.EncodeToString(b) }

func answer(w http.ResponseWriter, status int, body any) {
	w.Header().Set("Content-Type", "application/json")
	w.WriteHeader(status)
	_ = json.NewEncoder(w).Encode(body) // the client has gone if this fails
}

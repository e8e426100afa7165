package fake

import (
	"crypto/sha256"
	"encoding/base64"
	"net/http"
	"net/url"
	"strconv"
	"time"
)

// codeLife of an authorization code; Aircall does not tell.
const codeLife = 10 * time.Minute

// signedIn is a code on its way back from an admin.
type signedIn struct {
	redirect, challenge string
	until               time.Time
}

// signIn stands for the page of the Dashboard on which an admin agrees: it goes back at once.
func (s *Server) signIn(w http.ResponseWriter, r *http.Request) {
	q := r.URL.Query()
	back, err := url.Parse(q.Get("redirect_uri"))
	if err != nil || back.Host == "" || q.Get("client_id") != s.opts.ClientID || q.Get("response_type") != "code" || q.Get("scope") != "public_api" {
		http.Error(w, "client_id, redirect_uri, response_type or scope is wrong", http.StatusBadRequest)
		return
	}
	s.mu.Lock()
	code := "code-" + strconv.FormatInt(s.newID(), 10)
	s.codes[code] = signedIn{q.Get("redirect_uri"), q.Get("code_challenge"), s.opts.Now().Add(codeLife)}
	s.mu.Unlock()
	values := back.Query()
	values.Set("code", code)
	values.Set("state", q.Get("state"))
	back.RawQuery = values.Encode()
	http.Redirect(w, r, back.String(), http.StatusFound)
}

// token exchanges a code, once, for an access token that does not end.
func (s *Server) token(w http.ResponseWriter, r *http.Request) {
	s.mu.Lock()
	defer s.mu.Unlock()
	err := r.ParseForm()
	f := r.PostForm
	if err != nil || f.Get("client_id") != s.opts.ClientID || f.Get("client_secret") != s.opts.ClientSecret {
		writeJSON(w, http.StatusUnauthorized, object{"error": "invalid_client"})
		return
	}
	code, known := s.codes[f.Get("code")]
	delete(s.codes, f.Get("code"))
	sum := sha256.Sum256([]byte(f.Get("code_verifier")))
	if f.Get("grant_type") != "authorization_code" || !known || !s.opts.Now().Before(code.until) || code.redirect != f.Get("redirect_uri") ||
		code.challenge != "" && code.challenge != base64.RawURLEncoding.EncodeToString(sum[:]) {
		writeJSON(w, http.StatusBadRequest, object{"error": "invalid_grant"})
		return
	}
	token := "access-" + strconv.FormatInt(s.newID(), 10)
	s.tokens[token] = true
	writeJSON(w, http.StatusOK, object{"access_token": token, "token_type": "Bearer"})
}

// Uninstall ends all tokens, as removing the app from the company does.
func (s *Server) Uninstall() {
	s.mu.Lock()
	defer s.mu.Unlock()
	clear(s.tokens)
}

package fake

import (
	"crypto/sha256"
	"encoding/base64"
	"net/http"
	"net/url"
	"strings"
	"time"
)

const grantJWT = "urn:ietf:params:oauth:grant-type:jwt-bearer"

// authorization is a code on its way back from somebody who signed in.
type authorization struct {
	redirect, challenge string
	until               time.Time
}

// authorize stands for the page on which an admin signs in: it goes back at once, with a code that lives for a minute.
func (s *Server) authorize(w http.ResponseWriter, r *http.Request) {
	q := r.URL.Query()
	back, err := url.Parse(q.Get("redirect_uri"))
	if err != nil || back.Host == "" || q.Get("client_id") != s.opts.ClientID || q.Get("response_type") != "code" {
		http.Error(w, "OAU-109: redirect_uri, client_id or response_type is wrong", http.StatusBadRequest)
		return
	}
	s.mu.Lock()
	code := "code-" + s.idText()
	s.codes[code] = authorization{q.Get("redirect_uri"), q.Get("code_challenge"), s.opts.Now().Add(time.Minute)}
	s.mu.Unlock()
	values := back.Query()
	values.Set("code", code)
	values.Set("state", q.Get("state"))
	values.Set("expires_in", "60")
	back.RawQuery = values.Encode()
	http.Redirect(w, r, back.String(), http.StatusFound)
}

// token gives tokens; the app's client must be known by Basic or, without a secret, by the body.
func (s *Server) token(w http.ResponseWriter, r *http.Request) {
	s.mu.Lock()
	defer s.mu.Unlock()
	s.stats.Requests++
	if !s.admit(w.Header(), "auth") {
		writeError(w, http.StatusTooManyRequests, "CMN-301", "Request rate exceeded", "")
		return
	}
	if s.failing(w) {
		return
	}
	if err := r.ParseForm(); err != nil || !strings.HasPrefix(r.Header.Get("Content-Type"), "application/x-www-form-urlencoded") {
		s.problem("POST token: not a form")
	}
	id, secret, basic := r.BasicAuth()
	if !basic {
		id, secret = r.PostForm.Get("client_id"), r.PostForm.Get("client_secret")
	}
	if id != s.opts.ClientID || secret != s.opts.ClientSecret {
		writeOAuth(w, http.StatusUnauthorized, "invalid_client", "OAU-123", "Invalid client credentials")
		return
	}
	if why := s.granted(r.PostForm); why != "" {
		writeOAuth(w, http.StatusBadRequest, "invalid_grant", "OAU-213", why)
		return
	}
	s.giveToken(w)
}

// granted says why a grant is refused; empty if it is not.
func (s *Server) granted(f url.Values) string {
	now := s.opts.Now()
	switch f.Get("grant_type") {
	case grantJWT:
		if f.Get("assertion") != s.opts.JWT {
			return "The JWT is invalid"
		}
	case "refresh_token":
		until, ok := s.refresh[f.Get("refresh_token")]
		if !ok || !now.Before(until) {
			return "Token is expired or revoked"
		}
		delete(s.refresh, f.Get("refresh_token"))
		clear(s.access) // the old access token dies at once
	case "authorization_code":
		a, ok := s.codes[f.Get("code")]
		delete(s.codes, f.Get("code"))
		sum := sha256.Sum256([]byte(f.Get("code_verifier")))
		if !ok || !now.Before(a.until) || a.redirect != f.Get("redirect_uri") || a.challenge != "" && a.challenge != base64.RawURLEncoding.EncodeToString(sum[:]) {
			return "The code is invalid"
		}
	default:
		return "Unsupported grant type"
	}
	return ""
}

func (s *Server) giveToken(w http.ResponseWriter) {
	now := s.opts.Now()
	access, refresh := "access-"+s.idText(), "refresh-"+s.idText()
	s.access[access], s.refresh[refresh] = now.Add(tokenLife), now.Add(refreshLife)
	writeJSON(w, http.StatusOK, object{
		"access_token": access, "token_type": "bearer", "expires_in": int(tokenLife.Seconds()), "refresh_token": refresh, "refresh_token_expires_in": int(refreshLife.Seconds()),
		"scope": "ReadAccounts ReadCallLog ReadCallRecording CallControl SubscriptionWebhook", "owner_id": "809646001", "endpoint_id": "endpoint", "session_id": "session", "session_idle_timeout": 900,
	})
}

// Revoke ends all tokens, as a change of password does.
func (s *Server) Revoke() {
	s.mu.Lock()
	defer s.mu.Unlock()
	clear(s.access)
	clear(s.refresh)
}

func (s *Server) signedIn(r *http.Request) bool {
	token, ok := strings.CutPrefix(r.Header.Get("Authorization"), "Bearer ")
	if !ok {
		s.problem("%s %s: no bearer token", r.Method, r.URL.Path)
	}
	until, known := s.access[token]
	return known && s.opts.Now().Before(until)
}

func writeOAuth(w http.ResponseWriter, status int, code, ours, text string) {
	writeJSON(w, status, object{"error": code, "error_description": text, "errorCode": ours, "message": text, "errors": []object{{"errorCode": ours, "message": text}}})
}

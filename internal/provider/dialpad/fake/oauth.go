package fake

import (
	"context"
	"crypto/sha256"
	"crypto/subtle"
	"encoding/base64"
	"encoding/json"
	"fmt"
	"net/http"
	"net/url"
	"strings"
	"time"
)

// grant is what somebody permitted.
type grant struct {
	scopes    []string
	challenge string // of a code
	redirect  string
	expires   time.Time // of an access token; zero: never
	access    string    // that a refresh token came with
}

type grantKey struct{}

func withGrant(ctx context.Context, g grant) context.Context {
	return context.WithValue(ctx, grantKey{}, g)
}

func grantOf(ctx context.Context) grant {
	g, _ := ctx.Value(grantKey{}).(grant)
	return g
}

// authorizePage stands for a Company Admin who signs in and permits everything at once.
func (s *Server) authorizePage(w http.ResponseWriter, r *http.Request) {
	q := r.URL.Query()
	s.mu.Lock()
	defer s.mu.Unlock()
	back, err := url.Parse(q.Get("redirect_uri"))
	switch {
	case q.Get("client_id") != s.opts.ClientID || err != nil || back.Host == "" || back.Fragment != "":
		s.problem("authorize: client_id %q, redirect_uri %q", q.Get("client_id"), q.Get("redirect_uri"))
		http.Error(w, "unknown app or address", http.StatusBadRequest)
		return
	case q.Get("response_type") != "code" || q.Get("state") == "" || q.Get("code_challenge") == "" || q.Get("code_challenge_method") != "S256":
		s.problem("authorize: response_type %q, code_challenge_method %q, state or challenge missing", q.Get("response_type"), q.Get("code_challenge_method"))
	}
	code := fmt.Sprintf("code-%016x", s.random.Uint64())
	s.codes[code] = grant{scopes: strings.Fields(q.Get("scope")), challenge: q.Get("code_challenge"), redirect: q.Get("redirect_uri")}
	answer := back.Query()
	answer.Set("code", code)
	answer.Set("state", q.Get("state"))
	back.RawQuery = answer.Encode()
	http.Redirect(w, r, back.String(), http.StatusFound)
}

// tokenEndpoint takes a form, or the JSON that Dialpad's description declares.
func (s *Server) tokenEndpoint(w http.ResponseWriter, r *http.Request) {
	in, err := tokenRequest(r)
	s.mu.Lock()
	s.stats.Requests++
	status, body := http.StatusBadRequest, any(object{"error": "invalid_request"})
	switch {
	case err != nil:
		s.problem("token: %v", err)
	case !s.admit(w.Header(), r):
		status, body = failure(http.StatusTooManyRequests, "rate limit exceeded")
	case !s.knownClient(r, in):
		status, body = http.StatusUnauthorized, object{"error": "invalid_client"}
	case in["grant_type"] == "authorization_code":
		status, body = s.redeem(in)
	case in["grant_type"] == "refresh_token":
		status, body = s.renew(in["refresh_token"])
	default:
		s.problem("token: grant_type %q", in["grant_type"])
	}
	s.mu.Unlock()
	writeJSON(w, status, body, false)
}

func tokenRequest(r *http.Request) (map[string]string, error) {
	out := map[string]string{}
	if strings.HasPrefix(r.Header.Get("Content-Type"), "application/json") {
		return out, json.NewDecoder(http.MaxBytesReader(nil, r.Body, 1<<20)).Decode(&out)
	}
	if err := r.ParseForm(); err != nil {
		return nil, err
	}
	for name := range r.PostForm {
		out[name] = r.PostForm.Get(name)
	}
	return out, nil
}

func (s *Server) knownClient(r *http.Request, in map[string]string) bool {
	id, secret, basic := r.BasicAuth()
	if !basic && !s.opts.ClientInHeader {
		id, secret = in["client_id"], in["client_secret"]
	}
	return subtle.ConstantTimeCompare([]byte(id+":"+secret), []byte(s.opts.ClientID+":"+s.opts.ClientSecret)) == 1
}

func invalidGrant(why string) (int, any) {
	return http.StatusBadRequest, object{"error": "invalid_grant", "error_description": why}
}

// redeem a code: once, with the verifier of its challenge.
func (s *Server) redeem(in map[string]string) (int, any) {
	g, ok := s.codes[in["code"]]
	delete(s.codes, in["code"])
	sum := sha256.Sum256([]byte(in["code_verifier"]))
	if !ok || base64.RawURLEncoding.EncodeToString(sum[:]) != g.challenge || in["redirect_uri"] != "" && in["redirect_uri"] != g.redirect {
		return invalidGrant("the code is not valid")
	}
	return s.issue(g.scopes)
}

// renew rotates: each refresh token is good once, and the access token that came with it ends.
func (s *Server) renew(token string) (int, any) {
	g, known := s.refresh[token]
	if known && g == nil {
		s.problem("token: a refresh token was used twice")
	}
	if g == nil {
		return invalidGrant("the refresh token is not valid")
	}
	delete(s.tokens, g.access)
	s.refresh[token] = nil
	return s.issue(g.scopes)
}

// issue tokens: without offline_access one that stays good, else one that ends soon and can be renewed.
func (s *Server) issue(scopes []string) (int, any) {
	g := &grant{scopes: scopes}
	access := fmt.Sprintf("access-%016x%016x", s.random.Uint64(), s.random.Uint64())
	s.tokens[access] = g
	out := object{"access_token": access, "token_type": "bearer"}
	for _, scope := range scopes {
		if scope == scopeOffline {
			refresh := fmt.Sprintf("refresh-%016x%016x", s.random.Uint64(), s.random.Uint64())
			g.expires = s.opts.Now().Add(s.opts.TokenLife)
			s.refresh[refresh] = &grant{scopes: scopes, access: access}
			out["refresh_token"], out["expires_in"] = refresh, int(s.opts.TokenLife.Seconds())
		}
	}
	return http.StatusOK, out
}

// Revoke takes all permissions back, as an admin can.
func (s *Server) Revoke() {
	s.mu.Lock()
	defer s.mu.Unlock()
	clear(s.tokens)
	clear(s.refresh)
}

package fake

import (
	"cmp"
	"crypto/hmac"
	"fmt"
	"io"
	"net/http"
	"net/url"
	"strconv"
	"strings"
	"time"
)

// What a step of a download leads to.
const (
	refused = -1
	expired = -2
)

// serveMedia follows Dialpad's chain: a link leads to a protected store, that to a signed address, and that gives the audio. An
// admin's recording comes from its link at once. The credential is asked for at each step but the signed one.
func (s *Server) serveMedia(w http.ResponseWriter, r *http.Request) {
	s.mu.Lock()
	status, next, rec := s.media(r)
	faults := s.faults
	s.mu.Unlock()
	switch {
	case status == refused:
		refuse(w, r, faults.Refuse)
	case status == expired:
		writePage(w, http.StatusForbidden, "This link has expired")
	case status == http.StatusFound:
		http.Redirect(w, r, next, status)
	case status != http.StatusOK:
		writePage(w, status, http.StatusText(status))
	case strings.HasPrefix(faults.MediaType, "text/"):
		writePage(w, http.StatusOK, "Back in a few minutes")
	default:
		writeAudio(w, rec, faults)
	}
}

func writeAudio(w http.ResponseWriter, rec *recording, faults Faults) {
	w.Header().Set("Content-Type", cmp.Or(faults.MediaType, rec.call.ContentType, "audio/mpeg"))
	w.Header().Set("Content-Length", strconv.Itoa(len(rec.audio)))
	if faults.Truncate {
		_, _ = w.Write(rec.audio[:len(rec.audio)/2])
		_ = http.NewResponseController(w).Flush() // half of it is on its way
		panic(http.ErrAbortHandler)
	}
	_, _ = w.Write(rec.audio)
}

func (s *Server) media(r *http.Request) (status int, next string, rec *recording) {
	n, _ := strconv.ParseInt(strings.TrimSuffix(r.PathValue("n"), ".mp3"), 10, 64)
	signed := strings.HasPrefix(r.URL.Path, "/blob-server/")
	if !signed {
		if status := s.mayListen(r); status != 0 {
			return status, "", nil
		}
	}
	if s.faults.MediaStatus != 0 {
		return s.faults.MediaStatus, "", nil
	}
	if rec = s.audios[n]; rec == nil || rec.deleted || s.legsGone(rec) || s.opts.Now().Before(rec.ready) {
		return http.StatusNotFound, "", nil
	}
	if !s.fresh(r.URL.Query(), r.PathValue("n")) {
		return expired, "", nil
	}
	switch {
	case strings.HasPrefix(r.URL.Path, "/r/"):
		return http.StatusFound, fmt.Sprintf("/secureblob/%s/%d", rec.kind, n), rec
	case strings.HasPrefix(r.URL.Path, "/secureblob/"):
		until := s.opts.Now().Add(time.Minute).Unix()
		return http.StatusFound, fmt.Sprintf("/blob-server/%d?signature=%d.%s", n, until, s.sign(fmt.Sprint(n), until)), rec
	case signed && !r.URL.Query().Has("signature"):
		s.problem("GET %s: no signature", r.URL.Path)
		return http.StatusNotFound, "", nil
	default:
		s.stats.Downloads++
		return http.StatusOK, "", rec
	}
}

func (s *Server) legsGone(rec *recording) bool { return s.legs[rec.call.ID] == nil }

// mayListen gives 0 to a credential that may export recordings.
func (s *Server) mayListen(r *http.Request) int {
	if g, ok := s.credential(r); !ok || !s.may(g, scopeRecordings) || s.faults.Refuse != "" {
		return refused
	}
	return 0
}

// fresh checks the token or signature of a link that has one.
func (s *Server) fresh(q url.Values, name string) bool {
	token := cmp.Or(q.Get("token"), q.Get("signature"))
	if token == "" {
		return true
	}
	at, signature, _ := strings.Cut(token, ".")
	until, _ := strconv.ParseInt(at, 10, 64)
	if !hmac.Equal([]byte(signature), []byte(s.sign(strings.TrimSuffix(name, ".mp3"), until))) {
		s.problem("a link to recording %s has a wrong signature", name)
		return false
	}
	return s.opts.Now().Before(time.Unix(until, 0))
}

func refuse(w http.ResponseWriter, r *http.Request, how string) {
	switch how {
	case RefusePage:
		writeLogin(w)
	case Refuse401:
		writePage(w, http.StatusUnauthorized, "Unauthorized")
	case Refuse403:
		writePage(w, http.StatusForbidden, "You may not see this")
	default:
		http.Redirect(w, r, "/login?continue="+url.QueryEscape(r.URL.Path), http.StatusFound)
	}
}

func writePage(w http.ResponseWriter, status int, text string) {
	w.Header().Set("Content-Type", "text/html; charset=utf-8")
	w.WriteHeader(status)
	_, _ = io.WriteString(w, "<html><body>"+text+"</body></html>")
}

func writeLogin(w http.ResponseWriter) {
	writePage(w, http.StatusOK, `<form action="/login" method="post"><input name="email"><input type="password" name="password"></form>`)
}

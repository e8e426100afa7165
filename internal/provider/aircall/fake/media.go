package fake

import (
	"crypto/hmac"
	"crypto/sha256"
	"encoding/hex"
	"fmt"
	"io"
	"net/http"
	"strconv"
	"strings"
	"time"
)

// link to the audio of a call, signed and valid for the life of a link; the lock is held.
func (s *Server) link(id int64, kind string, v view) string {
	expires := v.at.Add(s.opts.LinkLife).Unix()
	if s.faults.ExpireLinks {
		expires = v.at.Unix() - 1
	}
	path := fmt.Sprintf("/media/calls/%d/%s.mp3", id, kind)
	return fmt.Sprintf("%s%s?X-Amz-Expires=%d&expires=%d&X-Amz-Signature=%s", v.base, path, int(s.opts.LinkLife.Seconds()), expires, s.sign(path, expires))
}

func (s *Server) sign(path string, expires int64) string {
	mac := hmac.New(sha256.New, []byte("media "+s.opts.APIToken))
	fmt.Fprintf(mac, "%s %d", path, expires)
	return hex.EncodeToString(mac.Sum(nil))
}

// serveMedia is the store behind the links: it knows no key, only its own signature.
func (s *Server) serveMedia(w http.ResponseWriter, r *http.Request) {
	s.mu.Lock()
	s.stats.Downloads++
	status, audio, contentType := s.media(r)
	faults := s.faults
	s.mu.Unlock()
	switch {
	case status != http.StatusOK:
		w.Header().Set("Content-Type", "application/xml")
		w.WriteHeader(status)
		_, _ = io.WriteString(w, `<?xml version="1.0" encoding="UTF-8"?><Error><Code>AccessDenied</Code></Error>`)
	case strings.HasPrefix(faults.MediaType, "text/"):
		w.Header().Set("Content-Type", faults.MediaType)
		_, _ = io.WriteString(w, "<html><body>Please log in</body></html>")
	default:
		w.Header().Set("Content-Type", contentType)
		w.Header().Set("Content-Length", strconv.Itoa(len(audio)))
		if faults.Truncate {
			_, _ = w.Write(audio[:len(audio)/2])
			panic(http.ErrAbortHandler)
		}
		_, _ = w.Write(audio)
	}
}

func (s *Server) media(r *http.Request) (int, []byte, string) {
	if r.Header.Get("Authorization") != "" {
		s.problem("GET %s: credentials were sent to the media store", r.URL.Path)
	}
	if s.faults.MediaStatus != 0 {
		return s.faults.MediaStatus, nil, ""
	}
	expires, _ := strconv.ParseInt(r.URL.Query().Get("expires"), 10, 64)
	signature := r.URL.Query().Get("X-Amz-Signature")
	if !hmac.Equal([]byte(signature), []byte(s.sign(r.URL.Path, expires))) {
		s.problem("GET %s: the signature of the link is wrong", r.URL.Path)
		return http.StatusForbidden, nil, ""
	}
	if !s.opts.Now().Before(time.Unix(expires, 0)) {
		return http.StatusForbidden, nil, ""
	}
	id, _ := strconv.ParseInt(r.PathValue("id"), 10, 64)
	c := s.calls[id]
	kind, _, _ := strings.Cut(r.PathValue("file"), ".")
	if c == nil || c.audio(kind) == nil {
		return http.StatusNotFound, nil, ""
	}
	contentType := c.ContentType
	if s.faults.MediaType != "" {
		contentType = s.faults.MediaType
	}
	if contentType == "" {
		contentType = "audio/mpeg"
	}
	return http.StatusOK, c.audio(kind), contentType
}

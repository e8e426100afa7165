package fake

import (
	"encoding/json"
	"encoding/xml"
	"io"
	"net/http"
	"net/url"
	"strings"
	"time"
)

type object = map[string]any

// ServeHTTP answers one request.
func (s *Server) ServeHTTP(w http.ResponseWriter, r *http.Request) {
	body, err := io.ReadAll(io.LimitReader(r.Body, 1<<20))
	if err != nil {
		return
	}
	s.mu.Lock()
	defer s.mu.Unlock()
	w.Header().Set("Date", s.opts.Now().UTC().Format(http.TimeFormat))
	w.Header().Set("X-Amzn-Requestid", s.newID())
	s.stats.Requests++
	sig, ok := readSignature(r)
	if !ok {
		s.problem("%s %s: not signed", r.Method, r.URL.Path)
		fail(w, "", http.StatusForbidden, "MissingAuthenticationTokenException", "Missing Authentication Token")
		return
	}
	if code := s.verify(r, sig, body); code != "" {
		fail(w, sig.service, http.StatusForbidden, code, "The security token included in the request is invalid.")
		return
	}
	if s.faults.Status != 0 {
		status := s.faults.Status
		if s.faults.StatusTimes > 0 {
			if s.faults.StatusTimes--; s.faults.StatusTimes == 0 {
				s.faults.Status = 0
			}
		}
		fail(w, sig.service, status, "InternalServiceException", "Service unavailable")
		return
	}
	switch sig.service {
	case "connect":
		s.serveConnect(w, r, body)
	case "s3":
		s.serveObject(w, r, sig)
	case "sqs":
		s.serveQueue(w, r, body)
	case "kinesis":
		s.serveStream(w, r, body)
	case "sts":
		s.serveRole(w, body)
	default:
		s.problem("signed for %q", sig.service)
		fail(w, sig.service, http.StatusBadRequest, "UnknownOperationException", "no such service")
	}
}

func answer(w http.ResponseWriter, kind string, v any) {
	w.Header().Set("Content-Type", kind)
	_ = json.NewEncoder(w).Encode(v) // a client that has gone needs no answer
}

// fail answers as the service's protocol does: REST-JSON and JSON with a type, S3 and STS with XML.
func fail(w http.ResponseWriter, service string, status int, code, text string) {
	if service == "s3" || service == "sts" {
		w.Header().Set("Content-Type", "application/xml")
		w.WriteHeader(status)
		if service == "sts" {
			_, _ = io.WriteString(w, "<ErrorResponse><Error><Type>Sender</Type><Code>"+code+"</Code><Message>"+text+"</Message></Error></ErrorResponse>")
			return
		}
		_, _ = io.WriteString(w, xml.Header+"<Error><Code>"+code+"</Code><Message>"+text+"</Message></Error>")
		return
	}
	w.Header().Set("X-Amzn-Errortype", code)
	w.Header().Set("Content-Type", "application/json")
	w.WriteHeader(status)
	_ = json.NewEncoder(w).Encode(object{"__type": code, "message": text, "Message": text}) // a client that has gone needs no answer
}

// serveRole is STS: AssumeRole alone.
func (s *Server) serveRole(w http.ResponseWriter, body []byte) {
	f, err := url.ParseQuery(string(body))
	if err != nil || f.Get("Action") != "AssumeRole" || f.Get("RoleSessionName") == "" {
		s.problem("sts: %s", body)
	}
	if f.Get("RoleArn") != s.opts.Role || f.Get("ExternalId") != s.opts.ExternalID {
		fail(w, "sts", http.StatusForbidden, "AccessDenied", "User is not authorized to perform: sts:AssumeRole")
		return
	}
	key := "ASIA" + strings.ToUpper(strings.ReplaceAll(s.newID(), "-", ""))[:16]
	made := session{"temporary-secret-" + key, "token-" + key, s.opts.Now().Add(time.Hour)}
	s.sessions[key] = made
	w.Header().Set("Content-Type", "text/xml")
	_, _ = io.WriteString(w, `<AssumeRoleResponse xmlns="https://sts.amazonaws.com/doc/2011-06-15/"><AssumeRoleResult><Credentials><AccessKeyId>`+key+`</AccessKeyId><SecretAccessKey>`+made.secret+
		`</SecretAccessKey><SessionToken>`+made.token+`</SessionToken><Expiration>`+made.until.UTC().Format(time.RFC3339)+`</Expiration></Credentials><AssumedRoleUser><Arn>`+s.opts.Role+`</Arn><AssumedRoleId>A:earshot</AssumedRoleId></AssumedRoleUser></AssumeRoleResult></AssumeRoleResponse>`)
}

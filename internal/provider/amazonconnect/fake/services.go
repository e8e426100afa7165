package fake

import (
	"cmp"
	"encoding/json"
	"net/http"
	"slices"
	"strconv"
	"strings"
	"time"
)

// serveObject gives recordings: path-style, as /bucket/key, to those who hold a link that has not expired.
func (s *Server) serveObject(w http.ResponseWriter, r *http.Request, sig signature) {
	if sig.expires == 0 || s.opts.Now().After(sig.at.Add(sig.expires)) && time.Since(sig.at) > sig.expires {
		fail(w, "s3", http.StatusForbidden, "AccessDenied", "Request has expired")
		return
	}
	if s.faults.MediaStatus != 0 {
		fail(w, "s3", s.faults.MediaStatus, cmp.Or(s.faults.MediaCode, "NoSuchKey"), "The specified key does not exist.")
		return
	}
	key, ok := strings.CutPrefix(r.URL.Path, "/"+Bucket+"/")
	for _, k := range s.byStart {
		if !ok || k.key != key || k.part == nil || s.recordedAt(k).After(s.opts.Now()) {
			continue
		}
		kind, body := k.call.ContentType, k.part.Recording
		if s.faults.MediaType != "" {
			kind, body = s.faults.MediaType, []byte("<html>sign in</html>")
		}
		w.Header().Set("Content-Type", kind)
		w.Header().Set("Content-Length", strconv.Itoa(len(body)))
		if s.faults.Truncate {
			body = body[:len(body)/2]
		}
		_, _ = w.Write(body) // a client that has gone needs no answer
		return
	}
	fail(w, "s3", http.StatusNotFound, "NoSuchKey", "The specified key does not exist.")
}

const json10, json11 = "application/x-amz-json-1.0", "application/x-amz-json-1.1"

// serveQueue is SQS: receive, delete, attributes.
func (s *Server) serveQueue(w http.ResponseWriter, r *http.Request, body []byte) {
	var in struct {
		QueueUrl            string // as AWS writes it
		MaxNumberOfMessages int
		VisibilityTimeout   int
		Entries             []struct{ Id, ReceiptHandle string }
	}
	if err := json.Unmarshal(body, &in); err != nil || !strings.HasSuffix(in.QueueUrl, "/"+Queue) {
		fail(w, "sqs", http.StatusBadRequest, "com.amazonaws.sqs#QueueDoesNotExist", "The specified queue does not exist.")
		return
	}
	now := s.opts.Now()
	switch target := r.Header.Get("X-Amz-Target"); target {
	case "AmazonSQS.ReceiveMessage":
		list := []object{}
		for _, m := range s.queue {
			if len(list) < max(1, in.MaxNumberOfMessages) && !m.unseen.After(now) {
				m.unseen, m.receipt = now.Add(time.Duration(in.VisibilityTimeout)*time.Second), s.newID()
				list = append(list, object{"MessageId": m.id, "ReceiptHandle": m.receipt, "Body": m.body})
			}
		}
		answer(w, json10, object{"Messages": list})
	case "AmazonSQS.DeleteMessageBatch":
		done := []object{}
		for _, e := range in.Entries {
			s.queue = slices.DeleteFunc(s.queue, func(m *queued) bool { return m.receipt == e.ReceiptHandle && m.receipt != "" })
			done = append(done, object{"Id": e.Id})
		}
		answer(w, json10, object{"Successful": done, "Failed": []object{}})
	case "AmazonSQS.GetQueueAttributes":
		answer(w, json10, object{"Attributes": object{"ApproximateNumberOfMessages": strconv.Itoa(len(s.queue))}})
	default:
		s.problem("sqs: %q", target)
		fail(w, "sqs", http.StatusBadRequest, "UnknownOperationException", "no such operation")
	}
}

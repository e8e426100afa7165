package fake

import (
	"encoding/json"
	"fmt"
	"net/http"
	"slices"
	"strconv"
	"strings"
	"time"
)

// serveConnect tells operations by their paths (service model of Amazon Connect).
func (s *Server) serveConnect(w http.ResponseWriter, r *http.Request, body []byte) {
	parts := strings.Split(strings.Trim(r.URL.Path, "/"), "/")
	operation, serve := s.operation(r.Method, parts)
	if serve == nil {
		s.problem("%s %s: no such operation", r.Method, r.URL.Path)
		fail(w, "connect", http.StatusNotFound, "ResourceNotFoundException", "no such operation")
		return
	}
	if operation == s.faults.Denied {
		fail(w, "connect", http.StatusForbidden, "AccessDeniedException", "User is not authorized to perform: connect:"+operation)
		return
	}
	if !s.admit(w.Header(), operation) {
		fail(w, "connect", http.StatusTooManyRequests, "ThrottlingException", "Rate exceeded")
		return
	}
	serve(w, r, body)
}

type handler func(w http.ResponseWriter, r *http.Request, body []byte)

func (s *Server) operation(method string, parts []string) (string, handler) {
	is := func(m string, want ...string) bool {
		if m != method || len(want) != len(parts) {
			return false
		}
		for i, p := range want {
			if p != "*" && p != parts[i] && !(p == "!" && parts[i] == s.opts.Instance) {
				return false
			}
		}
		return true
	}
	switch {
	case is("POST", "search-contacts"):
		return "SearchContacts", s.search
	case is("GET", "contacts", "!", "*"):
		return "DescribeContact", s.describe
	case is("GET", "contact", "associated", "!"):
		return "ListAssociatedContacts", s.associated
	case is("GET", "instance", "!"):
		return "DescribeInstance", func(w http.ResponseWriter, _ *http.Request, _ []byte) {
			answer(w, "application/json", object{"Instance": object{"Id": s.opts.Instance, "InstanceAlias": s.opts.Alias, "InstanceStatus": "ACTIVE"}})
		}
	case is("GET", "instance", "!", "storage-configs"):
		return "ListInstanceStorageConfigs", func(w http.ResponseWriter, _ *http.Request, _ []byte) {
			answer(w, "application/json", object{"StorageConfigs": []object{{"AssociationId": s.newID(), "StorageType": "S3", "S3Config": object{"BucketName": Bucket, "BucketPrefix": "connect/" + s.opts.Alias + "/CallRecordings"}}}})
		}
	case is("GET", "users-summary", "!"):
		return "ListUsers", s.listUsers
	case is("GET", "users", "!", "*"):
		return "DescribeUser", s.describeUser
	default:
		return "", nil
	}
}

func epoch(t time.Time) any { return float64(t.UnixMilli()) / 1000 }

// search finds completed contacts in a range of time.
func (s *Server) search(w http.ResponseWriter, _ *http.Request, body []byte) {
	var in struct {
		InstanceID string `json:"InstanceId"`
		MaxResults int
		NextToken  string
		TimeRange  struct {
			Type               string
			StartTime, EndTime float64
		}
		SearchCriteria struct{ Channels []string }
		Sort           struct{ FieldName, Order string }
	}
	if err := json.Unmarshal(body, &in); err != nil || in.InstanceID != s.opts.Instance || in.TimeRange.Type != "INITIATION_TIMESTAMP" || in.MaxResults < 1 || in.MaxResults > 100 || in.TimeRange.StartTime >= in.TimeRange.EndTime {
		s.problem("SearchContacts: %v %s", err, body)
		fail(w, "connect", http.StatusBadRequest, "InvalidRequestException", "invalid")
		return
	}
	if in.TimeRange.EndTime-in.TimeRange.StartTime > 8*7*24*3600 {
		fail(w, "connect", http.StatusBadRequest, "InvalidParameterException", "the range is longer than eight weeks")
		return
	}
	now := s.opts.Now()
	var hits []object
	for _, k := range s.byStart {
		at := epoch(k.start).(float64)
		if at < in.TimeRange.StartTime || at > in.TimeRange.EndTime || s.completedAt(k).After(now) {
			continue
		}
		o := object{"Id": k.id, "Channel": "VOICE", "InitiationMethod": k.method, "InitiationTimestamp": epoch(k.start), "DisconnectTimestamp": epoch(k.end)}
		if k.initial != "" {
			o["InitialContactId"], o["PreviousContactId"] = k.initial, k.previous
		}
		hits = append(hits, o)
	}
	if in.Sort.Order != "ASCENDING" {
		slices.Reverse(hits)
	}
	from, _ := strconv.Atoi(in.NextToken)
	to := min(from+in.MaxResults, len(hits))
	out := object{"Contacts": append([]object{}, hits[min(from, to):to]...), "TotalCount": len(hits)}
	if to < len(hits) {
		out["NextToken"] = strconv.Itoa(to)
	}
	answer(w, "application/json", out)
}

func (s *Server) describe(w http.ResponseWriter, r *http.Request, _ []byte) {
	k := s.contacts[r.URL.Path[strings.LastIndex(r.URL.Path, "/")+1:]]
	now := s.opts.Now()
	if k == nil || k.start.After(now) {
		fail(w, "connect", http.StatusNotFound, "ResourceNotFoundException", "Contact not found")
		return
	}
	o := object{"Arn": "arn:aws:connect:" + Region + ":111122223333:instance/" + s.opts.Instance + "/contact/" + k.id, "Id": k.id, "Channel": "VOICE", "InitiationMethod": k.method, "InitiationTimestamp": epoch(k.start), "LastUpdateTimestamp": epoch(now)}
	if k.initial != "" {
		o["InitialContactId"], o["PreviousContactId"] = k.initial, k.previous
	}
	if k.call.ColleagueID == "" {
		end := object{"Type": "TELEPHONE_NUMBER", "Address": k.call.Customer}
		if k.call.CustomerName != "" {
			end["DisplayName"] = k.call.CustomerName
		}
		o["CustomerEndpoint"] = end
	}
	o["SystemEndpoint"] = object{"Type": "TELEPHONE_NUMBER", "Address": k.call.Line}
	if k.userID != "" && !k.answered.After(now) {
		agent := object{"Id": k.userID, "ConnectedToAgentTimestamp": epoch(k.answered)}
		if done := s.completedAt(k); !done.After(now) {
			agent["AfterContactWorkStartTimestamp"], agent["AfterContactWorkEndTimestamp"], agent["AfterContactWorkDuration"] = epoch(k.end), epoch(done), int(done.Sub(k.end).Seconds())
		}
		o["AgentInfo"] = agent
	} else if k.part != nil && !k.answered.After(now) {
		o["ConnectedToSystemTimestamp"] = epoch(k.answered)
	}
	if !k.end.After(now) {
		o["DisconnectTimestamp"] = epoch(k.end)
		if k.next != "" && !k.call.Unnamed {
			o["NextContacts"] = []object{{"Type": "QUICK_CONNECT", "NextContactMetadata": object{"QuickConnectContactData": object{"ContactId": k.next}}}}
		}
	}
	if k.part != nil && k.key != "" && !s.recordedAt(k).After(now) {
		o["Recordings"] = []object{{"StorageType": "S3", "Location": Bucket + "/" + k.key, "MediaStreamType": "AUDIO", "ParticipantType": "ALL", "Status": "AVAILABLE", "StartTimestamp": epoch(k.answered), "StopTimestamp": epoch(k.end)}}
	}
	answer(w, "application/json", object{"Contact": o})
}

func (s *Server) associated(w http.ResponseWriter, r *http.Request, _ []byte) {
	id := r.URL.Query().Get("contactId")
	asked := s.contacts[id]
	if asked == nil {
		fail(w, "connect", http.StatusNotFound, "ResourceNotFoundException", "Contact not found")
		return
	}
	list := []object{}
	for _, k := range s.byStart {
		if (k.id == id || k.initial == id || asked != nil && asked.initial != "" && (k.id == asked.initial || k.initial == asked.initial)) && !k.start.After(s.opts.Now()) {
			o := object{"ContactId": k.id, "Channel": "VOICE", "InitiationMethod": k.method, "InitiationTimestamp": epoch(k.start)}
			if k.initial != "" {
				o["InitialContactId"] = k.initial
			}
			list = append(list, o)
		}
	}
	answer(w, "application/json", object{"ContactSummaryList": list})
}

func (s *Server) listUsers(w http.ResponseWriter, r *http.Request, _ []byte) {
	from, _ := strconv.Atoi(r.URL.Query().Get("nextToken"))
	size, err := strconv.Atoi(r.URL.Query().Get("maxResults"))
	if err != nil {
		size = 100
	}
	to := min(from+size, len(s.users))
	list := []object{}
	for _, u := range s.users[min(from, to):to] {
		list = append(list, object{"Id": u.ID, "Username": u.Username})
	}
	out := object{"UserSummaryList": list}
	if to < len(s.users) {
		out["NextToken"] = fmt.Sprint(to)
	}
	answer(w, "application/json", out)
}

func (s *Server) describeUser(w http.ResponseWriter, r *http.Request, _ []byte) {
	id := r.URL.Path[strings.LastIndex(r.URL.Path, "/")+1:]
	for _, u := range s.users {
		if u.ID == id {
			first, last, _ := strings.Cut(u.Name, " ")
			answer(w, "application/json", object{"User": object{"Id": u.ID, "Username": u.Username, "IdentityInfo": object{"FirstName": first, "LastName": last, "Email": u.Email}}})
			return
		}
	}
	fail(w, "connect", http.StatusNotFound, "ResourceNotFoundException", "User not found")
}

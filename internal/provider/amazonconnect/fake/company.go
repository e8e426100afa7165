package fake

import (
	"cmp"
	"context"
	"encoding/json"
	"fmt"
	"slices"
	"time"
)

// User is an agent of the instance.
type User struct {
	ID, Username, Name, Email string
}

// Part of a call: one agent talks. A transfer begins another contact.
type Part struct {
	UserID         string
	Talk           time.Duration
	Recording      []byte
	RecordingAfter time.Duration // from the end of the part
}

// Call that happens from its start on.
type Call struct {
	Direction    string // inbound, outbound
	Line         string // the company's number
	Customer     string // E.164, or anything that a caller id may be
	CustomerName string
	ColleagueID  string // internal: an agent instead of a customer
	StartedAt    time.Time
	Ring         time.Duration
	Parts        []Part        // none: nobody answered
	ContentType  string        // audio/wav
	AfterWork    time.Duration // that each agent stays in after-contact work; 0: as Options say
	Unnamed      bool          // a contact does not name the next, as after a transfer by a flow
}

// contact is one segment of a call.
type contact struct {
	id, initial, previous string
	method                string
	call                  *Call
	part                  *Part // nil: nobody answered
	userID                string
	start, answered, end  time.Time
	key                   string // of its recording
	next                  string
}

// AddUser gives the user's id.
func (s *Server) AddUser(u User) string {
	s.mu.Lock()
	defer s.mu.Unlock()
	if u.ID == "" {
		u.ID = s.newID()
	}
	s.users = append(s.users, u)
	return u.ID
}

// Place lets a call happen, and gives the id of its first contact.
func (s *Server) Place(c Call) string {
	s.mu.Lock()
	defer s.mu.Unlock()
	c.Line, c.ContentType = cmp.Or(c.Line, s.opts.Line), cmp.Or(c.ContentType, "audio/wav")
	c.Parts = slices.Clone(c.Parts)
	kept := &c
	at := c.StartedAt
	var chain []*contact
	for i := range max(1, len(c.Parts)) {
		k := &contact{id: s.newID(), method: method(c.Direction, i), call: kept, start: at, end: at.Add(c.Ring)}
		if i == 0 {
			k.answered = at.Add(c.Ring)
		} else {
			k.answered, k.initial, k.previous = at, chain[0].id, chain[i-1].id
			chain[i-1].next = k.id
		}
		if i < len(c.Parts) {
			k.part, k.userID = &kept.Parts[i], c.Parts[i].UserID
			k.end = k.answered.Add(k.part.Talk)
			if k.part.Recording != nil {
				k.key = fmt.Sprintf("connect/%s/CallRecordings/%s/%s_%s_UTC.wav", s.opts.Alias, k.start.UTC().Format("2006/01/02"), k.id, k.start.UTC().Format("20060102T15:04"))
			}
		}
		chain = append(chain, k)
		at = k.end
	}
	if c.ColleagueID != "" && len(chain) == 1 {
		first := chain[0]
		other := &contact{id: s.newID(), initial: first.id, previous: first.id, method: "TRANSFER", call: kept, userID: c.ColleagueID, start: first.answered, answered: first.answered, end: first.end}
		first.next = other.id
		chain = append(chain, other)
	}
	for _, k := range chain {
		s.contacts[k.id] = k
		i, _ := slices.BinarySearchFunc(s.byStart, k, func(a, b *contact) int { return cmp.Or(a.start.Compare(b.start), cmp.Compare(a.id, b.id)) })
		s.byStart = slices.Insert(s.byStart, i, k)
		s.timeline = append(s.timeline, k)
	}
	return chain[0].id
}

func method(direction string, i int) string {
	switch {
	case i > 0:
		return "TRANSFER"
	case direction == "outbound":
		return "OUTBOUND"
	default:
		return "INBOUND"
	}
}

// completedAt is when the agent has left after-contact work: before that the contact is not found, and nobody is told of it.
func (s *Server) completedAt(k *contact) time.Time {
	return k.end.Add(cmp.Or(k.call.AfterWork, s.opts.AfterCallWork))
}

func (s *Server) recordedAt(k *contact) time.Time {
	at := s.completedAt(k)
	if late := k.end.Add(k.part.RecordingAfter); late.After(at) {
		at = late
	}
	return at
}

// DeleteRecording removes the recordings of a call from the bucket and from its contacts.
func (s *Server) DeleteRecording(id string) {
	s.mu.Lock()
	defer s.mu.Unlock()
	for _, k := range s.contacts {
		if k.id == id || k.initial == id {
			k.key = ""
		}
	}
}

// DeleteCall removes a call, as after 24 months.
func (s *Server) DeleteCall(id string) {
	s.mu.Lock()
	defer s.mu.Unlock()
	for _, k := range s.byStart {
		if k.id == id || k.initial == id {
			delete(s.contacts, k.id)
		}
	}
	s.byStart = slices.DeleteFunc(s.byStart, func(k *contact) bool { return s.contacts[k.id] == nil })
}

// queued is a message in the queue; one that is received is not seen by others until its time is over.
type queued struct {
	id, body string
	unseen   time.Time
	receipt  string
}

// Deliver tells of the contacts that are completed: into the queue as EventBridge does, and into the stream as contact records.
func (s *Server) Deliver(context.Context) {
	s.mu.Lock()
	defer s.mu.Unlock()
	now := s.opts.Now()
	var due []*contact
	s.timeline = slices.DeleteFunc(s.timeline, func(k *contact) bool {
		if s.completedAt(k).After(now) {
			return false
		}
		due = append(due, k)
		return true
	})
	slices.SortStableFunc(due, func(a, b *contact) int { return s.completedAt(a).Compare(s.completedAt(b)) })
	if s.faults.Shuffle {
		s.random.Shuffle(len(due), func(i, j int) { due[i], due[j] = due[j], due[i] })
	}
	for _, k := range due {
		if s.contacts[k.id] == nil || s.faults.Drop != nil && s.faults.Drop(k.id) {
			continue
		}
		for range 1 + s.faults.Duplicate {
			s.tell(k, now)
		}
	}
}

func (s *Server) tell(k *contact, now time.Time) {
	arn := "arn:aws:connect:" + Region + ":111122223333:instance/" + s.opts.Instance
	at := s.completedAt(k)
	event := func(kind string, at time.Time) object {
		return object{"version": "0", "id": s.newID(), "detail-type": "Amazon Connect Contact Event", "source": "aws.connect", "account": "111122223333", "time": at.UTC().Format(time.RFC3339), "region": Region,
			"resources": []string{arn, arn + "/contact/" + k.id}, "detail": object{"eventType": kind, "contactId": k.id, "initialContactId": orNull(k.initial), "previousContactId": orNull(k.previous), "channel": "VOICE",
				"instanceArn": arn, "initiationMethod": k.method, "initiationTimestamp": k.start.UTC().Format("2006-01-02T15:04:05.000Z"), "disconnectTimestamp": k.end.UTC().Format("2006-01-02T15:04:05.000Z")}}
	}
	for _, e := range []object{event("CONTACT_DATA_UPDATED", k.start), event("DISCONNECTED", k.end), event("COMPLETED", at)} {
		s.queue = append(s.queue, &queued{id: s.newID(), body: encode(e)})
	}
	data := encode(object{"AWSAccountId": "111122223333", "AWSContactTraceRecordFormatVersion": "2017-03-10", "Channel": "VOICE", "ContactId": k.id, "InitialContactId": orNull(k.initial), "PreviousContactId": orNull(k.previous),
		"InitiationMethod": k.method, "InitiationTimestamp": k.start.UTC().Format(time.RFC3339), "DisconnectTimestamp": k.end.UTC().Format(time.RFC3339), "LastUpdateTimestamp": at.UTC().Format(time.RFC3339), "InstanceARN": arn, "Agent": nil})
	s.stream = append(s.stream, record{len(s.stream) + 1, s.shards, now, []byte(data)})
}

func orNull(s string) any {
	if s == "" {
		return nil
	}
	return s
}

func encode(v any) string {
	data, err := json.Marshal(v)
	if err != nil {
		panic(err) // a view always encodes
	}
	return string(data)
}

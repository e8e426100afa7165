package amazonconnect

import (
	"testing"
	"time"

	"github.com/google/go-cmp/cmp"

	"earshot/internal/domain"
	"earshot/internal/provider"
)

const (
	idA = "11111111-1111-1111-1111-111111111111"
	idB = "22222222-2222-2222-2222-222222222222"
)

var received = time.Date(2026, 1, 5, 18, 0, 0, 0, time.UTC)

// Forms are those of the documentation: contact records with null for what is absent, events whose names are written either way.
const (
	contactRecord = `{"AWSAccountId":"111122223333","AWSContactTraceRecordFormatVersion":"2017-03-10","Agent":{"ARN":"arn:aws:connect:us-west-2:111122223333:instance/i/agent/a","Username":"jdoe","AfterContactWorkDuration":123},
"Attributes":{},"Channel":"VOICE","ContactId":"` + idA + `","InitialContactId":null,"InitiationMethod":"INBOUND","LastUpdateTimestamp":"2026-01-05T17:44:44Z","Recording":null,"Recordings":[],"Tags":{}}`
	contactPart = `{"Channel":"VOICE","ContactId":"` + idB + `","InitialContactId":"` + idA + `","InitiationMethod":"TRANSFER","LastUpdateTimestamp":"2026-01-05T17:44:44Z"}`
	agentEvent  = `{"AWSAccountId":"111122223333","AgentARN":"arn:aws:connect:us-west-2:111122223333:instance/i/agent/a","EventId":"e","EventTimestamp":"2026-01-05T17:44:44Z","EventType":"HEART_BEAT","Version":"2017-10-01"}`
)

func contactEventOf(kind, channel, method string) string {
	return `{"version":"0","id":"e","detail-type":"Amazon Connect Contact Event","source":"aws.connect","account":"111122223333","time":"2026-01-05T17:43:48Z","region":"us-west-2","resources":[],
"detail":{"eventType":"` + kind + `","contactId":"` + idB + `","initialContactId":"` + idA + `","relatedContactId":null,"channel":"` + channel + `","initiationMethod":"` + method + `","AgentInfo":{"AgentArn":"arn:aws::connect:x"}}}`
}

func TestParseEvent(t *testing.T) {
	t.Parallel()
	updated, told := time.Date(2026, 1, 5, 17, 44, 44, 0, time.UTC), time.Date(2026, 1, 5, 17, 43, 48, 0, time.UTC)
	event := provider.EventCall{CallID: idA, Name: "contact event COMPLETED", ObservedAt: told}
	for name, c := range map[string]struct {
		body string
		want []provider.EventCall
	}{
		"contact record":        {contactRecord, []provider.EventCall{{CallID: idA, Name: "contact record", ObservedAt: updated}}},
		"of a transfer":         {contactPart, []provider.EventCall{{CallID: idA, Name: "contact record", ObservedAt: updated}}},
		"without time":          {`{"Channel":"VOICE","ContactId":"` + idA + `","LastUpdateTimestamp":""}`, []provider.EventCall{{CallID: idA, Name: "contact record", ObservedAt: received}}},
		"time to come":          {`{"Channel":"VOICE","ContactId":"` + idA + `","LastUpdateTimestamp":"2999-01-01T00:00:00Z"}`, []provider.EventCall{{CallID: idA, Name: "contact record", ObservedAt: received}}},
		"completed":             {contactEventOf("COMPLETED", "VOICE", "TRANSFER"), []provider.EventCall{event}},
		"channel written small": {contactEventOf("COMPLETED", "Voice", "INBOUND"), []provider.EventCall{event}},
		"disconnected":          {contactEventOf("DISCONNECTED", "VOICE", "INBOUND"), nil},
		"data updated":          {contactEventOf("CONTACT_DATA_UPDATED", "VOICE", "INBOUND"), nil},
		"agent connected":       {contactEventOf("CONNECTED_TO_AGENT", "VOICE", "INBOUND"), nil},
		"chat":                  {contactEventOf("COMPLETED", "CHAT", "API"), nil},
		"supervisor":            {contactEventOf("COMPLETED", "VOICE", "MONITOR"), nil},
		"record of a task":      {`{"Channel":"TASK","ContactId":"` + idA + `"}`, nil},
		"agent event":           {agentEvent, nil},
		"another service":       {`{"detail-type":"EC2 Instance State-change Notification","detail":{"eventType":"COMPLETED","channel":"VOICE","contactId":"` + idA + `"}}`, nil},
		"id that is none":       {`{"Channel":"VOICE","ContactId":"../users"}`, nil},
		"nothing":               {`{}`, nil},
		"null":                  {`null`, nil},
	} {
		got, err := (&driver{}).ParseEvent([]byte(c.body), received)
		if diff := cmp.Diff(c.want, got); diff != "" || err != nil {
			t.Errorf("%s: %v\n%s", name, err, diff)
		}
	}
	for _, bad := range []string{"", "{", "[]", `"x"`, `{"detail":7}`, `{"ContactId":7}`} {
		if _, err := (&driver{}).ParseEvent([]byte(bad), received); !domain.IsKind(err, domain.KindInvalid) {
			t.Errorf("%q: %v", bad, err)
		}
	}
}

func FuzzParseEvent(f *testing.F) {
	for _, seed := range []string{contactRecord, contactPart, agentEvent, contactEventOf("COMPLETED", "VOICE", "TRANSFER"), contactEventOf("DISCONNECTED", "CHAT", "API"), `{"detail":null}`, `{"DETAIL":{}}`, "null", "[]", ""} {
		f.Add([]byte(seed))
	}
	f.Fuzz(func(t *testing.T, body []byte) {
		got, err := (&driver{}).ParseEvent(body, received)
		if err != nil && !domain.IsKind(err, domain.KindInvalid) {
			t.Errorf("error %v", err)
		}
		for _, e := range got {
			if !contactPattern.MatchString(e.CallID) || e.ObservedAt.IsZero() || e.ObservedAt.After(received) || e.Call != nil {
				t.Errorf("event %+v", e)
			}
		}
	})
}

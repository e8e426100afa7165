package ringcentral

import (
	"encoding/json"
	"testing"
	"time"

	"github.com/google/go-cmp/cmp"

	"earshot/internal/domain"
)

// start is that of the records of these tests, minute that of later ones.
var start = time.Date(2026, 11, 23, 9, 0, 0, 0, time.UTC)

func after(d time.Duration) time.Time { return start.Add(d) }

func parseRecords(t *testing.T, list string) []record {
	t.Helper()
	var a listing
	if err := json.Unmarshal([]byte(`{"records":`+list+`}`), &a); err != nil {
		t.Fatal(err)
	}
	return a.Records
}

const (
	inbound = `"telephonySessionId":"s-1","startTime":"2026-11-23T09:00:00.000Z","duration":100,"type":"Voice","direction":"Inbound","action":"Phone Call","result":"Accepted",
		"from":{"phoneNumber":"+12125550123","name":"Grace Client"},"to":{"phoneNumber":"(212) 555-0100","name":"Ada Agent"}`
	audioOne = `"recording":{"id":"11","type":"Automatic","contentUri":"https://media.ringcentral.com/restapi/v1.0/account/1/recording/11/content"}`
	audioTwo = `"recording":{"id":"12","type":"OnDemand","contentUri":"https://media.ringcentral.com/restapi/v1.0/account/1/recording/12/content"}`
	ends     = `"from":{"phoneNumber":"+12125550123","name":"Grace Client"},"to":{"phoneNumber":"+12125550100","name":"Ada Agent"}`
	talking  = `{"startTime":"2026-11-23T09:00:10Z","duration":90,"direction":"Inbound","legType":"Accept","result":"Accepted","extension":{"id":7},` + ends
)

func ref(id string) domain.RecordingRef {
	return domain.RecordingRef{ProviderCallID: "s-1", ID: id, URL: "https://media.ringcentral.com/restapi/v1.0/account/1/recording/" + id + "/content"}
}

// TestConvert: what becomes of the records of one session.
func TestConvert(t *testing.T) {
	t.Parallel()
	ada := domain.Participant{ProviderUserID: "7", Name: "Ada Agent", Phone: "+12125550100", Internal: true}
	carl := domain.Participant{ProviderUserID: "8", Name: "Carl Colleague", Internal: true}
	grace := domain.Participant{Name: "Grace Client", Phone: "+12125550123"}
	line := domain.Participant{Phone: "+12125550100", Internal: true}
	base := domain.ProviderCall{ID: "s-1", Direction: domain.Inbound, From: "+12125550123", To: "+12125550100", ContactName: "Grace Client", StartedAt: start, AnsweredAt: after(10 * time.Second), EndedAt: after(100 * time.Second),
		Agent: ada, Participants: []domain.Participant{ada, grace}, Recording: domain.RecordingReady, Recordings: []domain.RecordingRef{ref("11")}}
	with := func(change func(*domain.ProviderCall)) domain.ProviderCall {
		c := base
		change(&c)
		return c
	}
	for name, c := range map[string]struct {
		records string
		want    domain.ProviderCall
	}{
		"recorded, listed on record and leg": {`[{"id":"a",` + inbound + `,` + audioOne + `,"legs":[` + talking + `,` + audioOne + `}]}]`, base},
		"recorded, listed on the leg":        {`[{"id":"a",` + inbound + `,"legs":[` + talking + `,` + audioOne + `}]}]`, base},
		"milliseconds count more": {`[{"id":"a",` + inbound + `,"durationMs":100400,` + audioOne + `,"legs":[` + talking + `}]}]`, with(func(c *domain.ProviderCall) {
			c.EndedAt = after(100400 * time.Millisecond)
		})},
		"without legs":              {`[{"id":"a",` + inbound + `,"extension":{"id":"7"},` + audioOne + `}]`, with(func(c *domain.ProviderCall) { c.AnsweredAt = start })},
		"the other's leg rang only": {`[{"id":"a",` + inbound + `,` + audioOne + `,"legs":[` + talking + `},{"startTime":"2026-11-23T09:00:20Z","duration":5,"direction":"Inbound","legType":"FindMe","result":"Missed","extension":{"id":8}}]}]`, base},
		"handed on": {`[{"id":"a",` + inbound + `,"legs":[` + talking + `,` + audioOne + `},
			{"startTime":"2026-11-23T09:00:50Z","duration":50,"direction":"Inbound","legType":"TransferCall","result":"Accepted","extension":{"id":8},"to":{"name":"Carl Colleague"},` + audioTwo + `}]}]`, with(func(c *domain.ProviderCall) {
			c.Agent = carl
			c.Agent.Phone = "+12125550100"
			c.Participants = []domain.Participant{c.Agent, ada, grace}
			c.Participants[1].Phone = ""
			c.Recordings = []domain.RecordingRef{ref("11"), ref("12")}
		})},
		"nobody answered": {`[{"id":"a",` + inbound + `,"result":"Missed"}]`, with(func(c *domain.ProviderCall) {
			c.AnsweredAt, c.Agent, c.Participants, c.Recording, c.Recordings = time.Time{}, line, []domain.Participant{line, grace}, domain.RecordingNone, nil
		})},
		"goes on": {`[{"id":"a",` + inbound + `,"result":"In Progress",` + audioOne + `,"legs":[` + talking + `}]}]`, with(func(c *domain.ProviderCall) {
			c.EndedAt, c.Recording, c.Recordings = time.Time{}, domain.RecordingPending, nil
		})},
		"too short to be kept": {`[{"id":"a",` + inbound + `,"legs":[` + talking + `,"shortRecording":true}]}]`, with(func(c *domain.ProviderCall) {
			c.Recording, c.Recordings = domain.RecordingNone, nil
		})},
		"recording is late": {`[{"id":"a",` + inbound + `,"legs":[` + talking + `}]}]`, with(func(c *domain.ProviderCall) {
			c.Recording, c.Recordings = domain.RecordingPending, nil
		})},
		"recording without an address": {`[{"id":"a",` + inbound + `,"legs":[` + talking + `,"recording":{"id":"11"}}]}]`, with(func(c *domain.ProviderCall) {
			c.Recording, c.Recordings = domain.RecordingPending, nil
		})},
		"masked number": {`[{"id":"a",` + inbound + `,"from":{"phoneNumber":"+1855201XXXX"},` + audioOne + `,"legs":[` + talking + `}]}]`, with(func(c *domain.ProviderCall) {
			c.From, c.Participants = "+1855201XXXX", []domain.Participant{ada, {Name: "Grace Client", Phone: "+1855201XXXX"}}
		})},
	} {
		got := sessions(parseRecords(t, c.records))
		if len(got) != 1 {
			t.Fatalf("%s: %d sessions", name, len(got))
		}
		if diff := cmp.Diff(c.want, got[0].convert(after(10*time.Minute), "US")); diff != "" {
			t.Errorf("%s:\n%s", name, diff)
		}
	}
}

// TestConvertOutbound: our side is the one that calls, and colleagues among themselves are told by their extensions.
func TestConvertOutbound(t *testing.T) {
	t.Parallel()
	const out = `"telephonySessionId":"s-1","startTime":"2026-11-23T09:00:00Z","duration":60,"direction":"Outbound","result":"Call connected","extension":{"id":7}`
	got := sessions(parseRecords(t, `[{"id":"a",`+out+`,"from":{"phoneNumber":"+12125550100","name":"Ada Agent","extensionId":"7"},"to":{"phoneNumber":"+442071838750","name":"London"}}]`))[0].convert(start, "US")
	if got.Agent.ProviderUserID != "7" || got.Agent.Phone != "+12125550100" || got.ContactName != "London" || got.Participants[1].Internal || got.To != "+442071838750" {
		t.Errorf("outbound: %+v", got)
	}
	got = sessions(parseRecords(t, `[{"id":"a",`+out+`,"from":{"extensionId":"7","name":"Ada Agent"},"to":{"extensionId":"8","name":"Carl Colleague"}}]`))[0].convert(start, "US")
	want := []domain.Participant{{ProviderUserID: "7", Name: "Ada Agent", Internal: true}, {ProviderUserID: "8", Name: "Carl Colleague", Internal: true}}
	if diff := cmp.Diff(want, got.Participants); diff != "" || got.ContactName != "" {
		t.Errorf("internal: %q\n%s", got.ContactName, diff)
	}
}

// TestRecordingSettles: what has not come six hours after the end does not come.
func TestRecordingSettles(t *testing.T) {
	t.Parallel()
	s := sessions(parseRecords(t, `[{"id":"a",`+inbound+`,"legs":[`+talking+`}]}]`))[0]
	end := after(100 * time.Second)
	for at, want := range map[time.Time]domain.RecordingState{end: domain.RecordingPending, end.Add(recordingSettled - time.Millisecond): domain.RecordingPending, end.Add(recordingSettled): domain.RecordingNone} {
		if got := s.convert(at, "US").Recording; got != want {
			t.Errorf("%v after the end it is %q, want %q", at.Sub(end), got, want)
		}
	}
	delays := recordingDelays()
	if delays[len(delays)-1] != recordingSettled {
		t.Errorf("the last look is %v after the end, but settled is it after %v", delays[len(delays)-1], recordingSettled)
	}
}

// TestSessions: records are told apart by session, in order of time; faxes, deleted ones and those without session or time are none.
func TestSessions(t *testing.T) {
	t.Parallel()
	got := sessions(parseRecords(t, `[
		{"id":"c","telephonySessionId":"s-2","startTime":"2026-11-23T09:05:00Z","type":"Voice"},
		{"id":"b","telephonySessionId":"s-1","startTime":"2026-11-23T09:02:00Z","action":"Transfer"},
		{"id":"a","telephonySessionId":"s-1","startTime":"2026-11-23T09:01:00+00:00"},
		{"id":"d","telephonySessionId":"s-3","startTime":"2026-11-23T09:01:00Z","type":"Fax"},
		{"id":"e","telephonySessionId":"s-4","startTime":"2026-11-23T09:01:00Z","deleted":true},
		{"id":"f","startTime":"2026-11-23T09:01:00Z"},
		{"id":"g","telephonySessionId":"s-5","startTime":"soon"},
		{"id":"h","telephonySessionId":"s-6","startTime":null,"from":null,"legs":null,"recording":null,"extension":null}]`))
	if len(got) != 2 || got[0].id() != "s-1" || got[1].id() != "s-2" || len(got[0]) != 2 || got[0][0].ID != "a" || !got[0].transferred() || got[1].transferred() {
		t.Errorf("%+v", got)
	}
}

package aircall

import (
	"encoding/json"
	"testing"
	"time"

	"github.com/google/go-cmp/cmp"

	"earshot/internal/domain"
)

func decode(t *testing.T, text string) call {
	t.Helper()
	var c call
	if err := json.Unmarshal([]byte(text), &c); err != nil {
		t.Fatal(err)
	}
	return c
}

// TestRecordingState: started 0, answered 10, ended 100 unless said otherwise; seconds from the start.
func TestRecordingState(t *testing.T) {
	t.Parallel()
	const minute, hour = 60, 3600
	for _, c := range []struct {
		name, fields string
		at           int64
		want         domain.RecordingState
	}{
		{"goes on", `"ended_at":null`, 50, domain.RecordingPending},
		{"just ended", ``, 101, domain.RecordingPending},
		{"hours later", ``, 100 + 6*hour - 1, domain.RecordingPending},
		{"given up", ``, 100 + 6*hour, domain.RecordingNone},
		{"link", `"recording":"https://x/y"`, 101, domain.RecordingReady},
		{"link of an old call", `"recording":"https://x/y"`, 1000 * hour, domain.RecordingReady},
		{"asset page is no file", `"asset":"https://x/y"`, 1000 * hour, domain.RecordingNone},
		{"number does not record", `"number":{"id":1,"live_recording_activated":false}`, 101, domain.RecordingNone},
		{"number does not record, but there it is", `"recording":"https://x/y","number":{"id":1,"live_recording_activated":false}`, 101, domain.RecordingReady},
		{"number records", `"number":{"id":1,"live_recording_activated":true}`, 101, domain.RecordingPending},
		{"4 s of talk", `"answered_at":1767225696`, 101, domain.RecordingNone},
		{"5 s of talk", `"answered_at":1767225695`, 101, domain.RecordingPending},
		{"outbound, not answered", `"direction":"outbound","answered_at":null`, 101, domain.RecordingNone},
		{"inbound, not answered", `"answered_at":null`, 101, domain.RecordingPending},
		{"inbound, not answered, no voicemail came", `"answered_at":null`, 100 + 5*minute, domain.RecordingNone},
		{"voicemail", `"answered_at":null,"voicemail":"https://x/y"`, 101, domain.RecordingReady},
	} {
		fields := `{"id":1,"direction":"inbound","started_at":1767225600,"answered_at":1767225610,"ended_at":1767225700`
		if c.fields != "" {
			fields += "," + c.fields
		}
		got := decode(t, fields+"}").convert(unix(1767225600+c.at), "US")
		if got.Recording != c.want || (len(got.Recordings) > 0) != (c.want == domain.RecordingReady) {
			t.Errorf("%s: %q with %d links, want %q", c.name, got.Recording, len(got.Recordings), c.want)
		}
		if got.Voicemail != (c.name == "voicemail") {
			t.Errorf("%s: voicemail is %v", c.name, got.Voicemail)
		}
	}
}

func TestParties(t *testing.T) {
	t.Parallel()
	const line = "+12125550100"
	ada := domain.Participant{ProviderUserID: "7", Name: "Ada", Phone: line, Internal: true}
	bob := domain.Participant{ProviderUserID: "8", Name: "Bob", Internal: true}
	caller := domain.Participant{Phone: "+12125550123"}
	for _, c := range []struct {
		name, fields string
		want         []domain.Participant
	}{
		{"user and caller", `"user":{"id":7,"name":"Ada"}`, []domain.Participant{ada, caller}},
		{"the same, listed", `"user":{"id":7,"name":"Ada"},"participants":[{"type":"external","phone_number":"(212) 555-0123"},{"type":"user","id":7,"name":"Ada"}]`, []domain.Participant{ada, caller}},
		{"conference", `"user":{"id":7,"name":"Ada"},"conference_participants":[{"type":"user","id":7},{"type":"user","id":8,"name":"Bob"},{"type":"contact","id":3,"name":"Cy","phone_number":"+1 212 555 0123"},{"type":"external","phone_number":"+1 212 555 0199"}]`,
			[]domain.Participant{ada, bob, {Name: "Cy", Phone: "+12125550123"}, {Phone: "+12125550199"}}},
		{"nobody", `"user":null`, []domain.Participant{{Name: "Main", Phone: line, Internal: true}, caller}},
		{"assigned to", `"user":{},"assigned_to":{"id":7,"name":"Ada"}`, []domain.Participant{ada, caller}},
		{"transferred: the last owner is the agent", `"user":{"id":7,"name":"Ada"},"transferred_by":{"id":8,"name":"Bob"}`, []domain.Participant{ada, bob, caller}},
		{"internal", `"user":{"id":7,"name":"Ada"},"participants":[{"type":"user","id":7},{"type":"user","id":8,"name":"Bob"}]`, []domain.Participant{ada, bob}},
		{"two users of a transferred call are not internal", `"user":{"id":7,"name":"Ada"},"transferred_by":{"id":8,"name":"Bob"},"participants":[{"type":"user","id":7},{"type":"user","id":8,"name":"Bob"}]`, []domain.Participant{ada, bob, caller}},
		{"one user is not internal", `"user":{"id":7,"name":"Ada"},"participants":[{"type":"user","id":7}]`, []domain.Participant{ada, caller}},
		{"contact", `"user":{"id":7,"name":"Ada"},"contact":{"first_name":"Cy","last_name":null,"company_name":"X"}`, []domain.Participant{ada, {Name: "Cy", Phone: "+12125550123"}}},
		{"company", `"user":{"id":7,"name":"Ada"},"contact":{"company_name":"X Ltd"}`, []domain.Participant{ada, {Name: "X Ltd", Phone: "+12125550123"}}},
	} {
		got := decode(t, `{"id":1,"direction":"inbound","started_at":1767225600,"raw_digits":"+1 212-555-0123","number":{"id":4,"name":"Main","digits":"+1 212-555-0100","country":"US"},`+c.fields+`}`).convert(unix(1767225600), "US")
		if diff := cmp.Diff(c.want, got.Participants); diff != "" {
			t.Errorf("%s:\n%s", c.name, diff)
		}
		if diff := cmp.Diff(c.want[0], got.Agent); diff != "" {
			t.Errorf("%s: agent:\n%s", c.name, diff)
		}
	}
}

// TestCountry: a number without country code is read as of the country of the company's line.
func TestCountry(t *testing.T) {
	t.Parallel()
	for _, c := range []struct{ country, region, digits, want string }{
		{"FR", "US", "01 99 00 12 34", "+33199001234"},
		{"", "US", "(212) 555-0123", "+12125550123"},
		{"FR", "US", "+1 212-555-0123", "+12125550123"},
		{"", "FR", "0049 30 901820", "+4930901820"},
		{"FR", "US", "anonymous", "anonymous"},
		{"FR", "US", "", ""},
	} {
		got := decode(t, `{"id":1,"direction":"inbound","raw_digits":"`+c.digits+`","number":{"country":"`+c.country+`"}}`).convert(time.Time{}, c.region)
		if got.From != c.want {
			t.Errorf("%q in %q, else %q = %q, want %q", c.digits, c.country, c.region, got.From, c.want)
		}
	}
}

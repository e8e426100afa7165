package dialpad

import (
	"bytes"
	"encoding/json"
	"os"
	"path/filepath"
	"slices"
	"testing"
	"time"

	"github.com/google/go-cmp/cmp"

	"earshot/internal/domain"
	"earshot/internal/provider"
)

func unixMilli(ms int64) time.Time { return time.UnixMilli(ms).UTC() }

func readClaims(t testing.TB, name string) []byte {
	t.Helper()
	b, err := os.ReadFile(filepath.Join("testdata", "events", name))
	if err != nil {
		t.Fatal(err)
	}
	return b
}

func parse(claims string, receivedAt time.Time) ([]provider.EventCall, error) {
	return (&driver{}).ParseEvent(sign(hs256, []byte(claims), "any"), receivedAt)
}

func TestParseEvent(t *testing.T) {
	t.Parallel()
	received := unixMilli(1767225800000)
	jane := domain.Participant{ProviderUserID: "9991398486736897", Name: "Jane Agent", Email: "jane@example.com", Phone: "+12125550111", Internal: true}
	box := domain.Participant{ProviderUserID: "7", Name: "Jane Agent", Phone: "+12125550100", Internal: true}
	for name, want := range map[string][]provider.EventCall{
		"hangup_recorded.json": {{CallID: "9107199254740993", Name: "call.hangup", ObservedAt: unixMilli(1767225700994), Call: &domain.ProviderCall{
			ID: "9107199254740993", Direction: domain.Inbound, From: "+12125550123", To: "+12125550100", ContactName: "Grace Client", Tags: []string{"Follow up"},
			StartedAt: unixMilli(1767225600404), AnsweredAt: unixMilli(1767225610000), EndedAt: unixMilli(1767225700355),
			Agent: jane, Participants: []domain.Participant{jane, {Name: "Grace Client", Phone: "+12125550123"}}, Recording: domain.RecordingReady,
			Recordings: []domain.RecordingRef{{ProviderCallID: "9107199254740993", ID: "5762892484714497", URL: "https://dialpad.com/blob/adminrecording/5762892484714497.mp3"}},
		}}},
		"hangup_center.json":      {{CallID: "9107199254740995", Name: "call.hangup", ObservedAt: unixMilli(1767225700994)}},
		"recording_operator.json": {{CallID: "9107199254740995", Name: "call.recording", ObservedAt: unixMilli(1767225760994)}},
		"voicemail_uploaded.json": {{CallID: "9107199254740999", Name: "call.voicemail_uploaded", ObservedAt: unixMilli(1767225760994), Call: &domain.ProviderCall{
			ID: "9107199254740999", Direction: domain.Inbound, From: "anonymous", To: "+12125550100", ContactName: "anonymous", StartedAt: unixMilli(1767225600404), EndedAt: unixMilli(1767225650355),
			Agent: box, Participants: []domain.Participant{box, {Name: "anonymous", Phone: "anonymous"}}, Recording: domain.RecordingReady, Voicemail: true,
			Recordings: []domain.RecordingRef{{ProviderCallID: "9107199254740999", ID: "5762892484714499", URL: "https://dialpad.com/r/9", Voicemail: true}},
		}}},
		"odd.json": {{CallID: "12", Name: "call.hangup", ObservedAt: received}},
		"sms.json": nil,
	} {
		got, err := parse(string(readClaims(t, name)), received)
		if err != nil {
			t.Errorf("%s: %v", name, err)
		}
		if diff := cmp.Diff(want, got); diff != "" {
			t.Errorf("%s:\n%s", name, diff)
		}
	}
}

// TestWhichEventsTell: the beginnings of calls are no news; a leg that refers to another does not carry the call.
func TestWhichEventsTell(t *testing.T) {
	t.Parallel()
	const over = `"call_id":5,"direction":"inbound","target":{"id":7,"type":"user"},"date_started":1767225600000,"date_connected":1767225610000,"date_ended":1767225700000`
	const going = `"call_id":5,"direction":"inbound","target":{"id":7,"type":"user"},"date_started":1767225600000`
	for _, c := range []struct {
		state, data    string
		tells, carries bool
	}{
		{"ringing", going, false, false},
		{"connected", going, false, false},
		{"hold", going, false, false},
		{"voicemail", going, false, false},
		{"voicemail", over, true, true},
		{"hangup", over, true, true},
		{"missed", over, true, true},
		{"recording", over, true, true},
		{"admin_recording", over, true, true},
		{"voicemail_uploaded", over, true, true},
		{"recording", going, true, false},
		{"call_transcription", over, false, false},
		{"recap_summary", over, false, false},
		{"something_new", over, false, false},
		{"hangup", `"call_id":5`, true, false},
		{"hangup", `"call_id":0`, false, false},
		{"hangup", `"call_id":null`, false, false},
		{"hangup", over + `,"operator_call_id":6`, true, false},
		{"hangup", over + `,"operator_call_id":5,"entry_point_call_id":5,"master_call_id":5`, true, true},
		{"hangup", over + `,"entry_point_call_id":4`, true, false},
		{"hangup", over + `,"master_call_id":4`, true, false},
		{"hangup", over + `,"master_call_id":5,"entry_point_call_id":4`, true, false},
		{"hangup", over + `,"is_transferred":true`, true, false},
		{"hangup", over + `,"transferred_from":{"id":8,"type":"user"}`, true, false},
		{"hangup", over + `,"transferred_from":{}`, true, true},
		{"hangup", over + `,"target":{"id":7,"type":"department"}`, true, false},
		{"hangup", over + `,"direction":"sideways"`, true, false},
	} {
		got, err := parse(`{"state":"`+c.state+`","event_timestamp":1767225730000,`+c.data+`}`, unixMilli(1767226000000))
		if err != nil || (len(got) == 1) != c.tells || c.tells && (got[0].Call != nil) != c.carries {
			t.Errorf("%s %s = %+v, %v; tells %v, carries %v", c.state, c.data, got, err, c.tells, c.carries)
		}
	}
}

// TestObservedAt: an event cannot be newer than its receipt, or its word would stand against all that comes later.
func TestObservedAt(t *testing.T) {
	t.Parallel()
	received := unixMilli(1767226000000)
	for stamp, want := range map[string]time.Time{"1767225990123": unixMilli(1767225990123), "1967225990000": received, "null": received, "-5": received, `"x"`: received, "1e300": received} {
		got, err := parse(`{"state":"hangup","event_timestamp":`+stamp+`,"call_id":5}`, received)
		if err != nil || len(got) != 1 || !got[0].ObservedAt.Equal(want) {
			t.Errorf("event_timestamp %s = %+v, %v; want %v", stamp, got, err, want)
		}
	}
}

// FuzzParseEvent: whatever comes, as a body or as the claims of a token, no panic; what comes out holds together and survives being
// stored.
func FuzzParseEvent(f *testing.F) {
	files, err := filepath.Glob(filepath.Join("testdata", "events", "*.json"))
	if err != nil || len(files) == 0 {
		f.Fatalf("no seeds: %v", err)
	}
	for _, name := range files {
		claims := readClaims(f, filepath.Base(name))
		f.Add(claims)
		f.Add(sign(hs256, claims, "seed"))
	}
	received := unixMilli(1767226000000)
	f.Fuzz(func(t *testing.T, body []byte) {
		d := &driver{}
		for _, event := range [][]byte{body, sign(hs256, body, "fuzz")} {
			calls, err := d.ParseEvent(event, received)
			if err != nil && (len(calls) > 0 || domain.KindOf(err) != domain.KindInvalid) {
				t.Fatalf("%d calls with error %v of kind %q", len(calls), err, domain.KindOf(err))
			}
			for _, c := range calls {
				wantSound(t, c, received)
			}
		}
		if d.VerifyEvent(nil, body, "some secret that no seed has") == nil {
			t.Fatal("verified without the secret")
		}
	})
}

func wantSound(t *testing.T, e provider.EventCall, received time.Time) {
	t.Helper()
	if e.CallID == "" || e.CallID == "0" || e.ObservedAt.IsZero() || e.ObservedAt.After(received) {
		t.Fatalf("event %+v", e)
	}
	if e.Call == nil {
		return
	}
	c := *e.Call
	if c.ID != e.CallID || !c.Ended() || c.StartedAt.IsZero() || len(c.Participants) == 0 || !c.Participants[0].Internal || !slices.Contains(c.Participants, c.Agent) {
		t.Fatalf("call %+v", c)
	}
	if (c.Recording == domain.RecordingReady) != (len(c.Recordings) > 0) || slices.ContainsFunc(c.Recordings, func(r domain.RecordingRef) bool { return r.ID == "" || r.URL == "" }) {
		t.Fatalf("recording %q with %+v", c.Recording, c.Recordings)
	}
	data, err := json.Marshal(c)
	if err != nil {
		t.Fatal(err)
	}
	var back domain.ProviderCall
	if err := json.Unmarshal(data, &back); err != nil {
		t.Fatal(err)
	}
	if !back.StartedAt.Equal(c.StartedAt) || bytes.Contains(data, []byte(`"0001-01-01`)) && !c.AnsweredAt.IsZero() {
		t.Fatalf("stored as %s", data)
	}
	_ = domain.Qualify(c, domain.QualifyRules{})
	_ = domain.MatchUser(c, domain.Dialpad, nil)
}

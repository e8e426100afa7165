package aircall

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

func unix(s int64) time.Time { return time.Unix(s, 0).UTC() }

func readEvent(t testing.TB, name string) []byte {
	t.Helper()
	b, err := os.ReadFile(filepath.Join("testdata", "events", name))
	if err != nil {
		t.Fatal(err)
	}
	return b
}

func TestParseEvent(t *testing.T) {
	t.Parallel()
	received := unix(1767226000)
	jane := domain.Participant{ProviderUserID: "1719365", Name: "Jane Agent", Email: "jane@example.com", Phone: "+33199001234", Internal: true}
	for name, want := range map[string][]provider.EventCall{
		"assets.json": {{CallID: "2468013579", Name: "call.comm_assets_generated", ObservedAt: unix(1767225990), Call: &domain.ProviderCall{
			ID: "2468013579", Direction: domain.Inbound, From: "+18005550199", To: "+33199001234",
			StartedAt: unix(1767225600), AnsweredAt: unix(1767225612), EndedAt: unix(1767225950),
			Agent: jane, Participants: []domain.Participant{jane, {Phone: "+18005550199"}}, ContactName: "Ada Client", Tags: []string{"Follow Up"},
			Recording:  domain.RecordingReady,
			Recordings: []domain.RecordingRef{{ProviderCallID: "2468013579", ID: "recording", URL: "https://media.example/recording.mp3?X-Amz-Expires=3600"}},
		}}},
		"created_empty.json": nil,
		"user.json":          nil,
		"odd.json": {{CallID: "12", Name: "call.ended", ObservedAt: unix(1767225990), Call: &domain.ProviderCall{
			ID: "12", Direction: domain.Outbound, To: "+12125550123", StartedAt: unix(1767225600), AnsweredAt: unix(1767225612), EndedAt: unix(1767225950),
			Agent: domain.Participant{Internal: true}, Participants: []domain.Participant{{Internal: true}, {}, {ProviderUserID: "9", Internal: true}, {Phone: "+12125550123"}},
			Recording: domain.RecordingPending,
		}}},
	} {
		got, err := parseEvent(readEvent(t, name), received, "US")
		if err != nil {
			t.Errorf("%s: %v", name, err)
		}
		if diff := cmp.Diff(want, got); diff != "" {
			t.Errorf("%s:\n%s", name, diff)
		}
	}
}

// TestWhichEventsTell: what Aircall says before a call's data are complete is not taken for the truth.
func TestWhichEventsTell(t *testing.T) {
	t.Parallel()
	const going = `{"id":5,"direction":"inbound","started_at":1767225600,"answered_at":null,"ended_at":null}`
	const over = `{"id":5,"direction":"inbound","started_at":1767225600,"answered_at":1767225610,"ended_at":1767225700}`
	const bare = `{"id":5}`
	for _, c := range []struct {
		event, data    string
		tells, carries bool
	}{
		{"call.created", going, false, false},
		{"call.ringing_on_agent", going, false, false},
		{"call.answered", going, false, false},
		{"call.hungup", over, false, false},
		{"call.ended", over, true, true},
		{"call.ended", bare, true, false},
		{"call.ended", `{"id":0}`, false, false},
		{"call.ended", `null`, false, false},
		{"call.ended", `[]`, false, false},
		{"call.voicemail_left", over, true, true},
		{"call.comm_assets_generated", bare, true, false},
		{"call.assigned", over, true, true},
		{"call.tagged", over, true, true},
		{"call.tagged", going, false, false},
		{"call.something_new", over, true, true},
		{"call.ended", `{"id":5,"direction":"sideways","started_at":1767225600,"ended_at":1767225700}`, true, false},
		{"number.created", over, false, false},
		{"transcription.created", over, false, false},
	} {
		body := `{"event":"` + c.event + `","timestamp":1767225730,"data":` + c.data + `}`
		got, err := parseEvent([]byte(body), unix(1767226000), "US")
		if err != nil || (len(got) == 1) != c.tells || c.tells && (got[0].Call != nil) != c.carries {
			t.Errorf("%s %s = %+v, %v; tells %v, carries %v", c.event, c.data, got, err, c.tells, c.carries)
		}
	}
}

// TestObservedAt: an event cannot be newer than its receipt, or its word would stand against all that comes later.
func TestObservedAt(t *testing.T) {
	t.Parallel()
	received := unix(1767226000)
	for stamp, want := range map[string]time.Time{"1767225990": unix(1767225990), "1967225990": received, "null": received, "-5": received, `"x"`: received, "1e300": received} {
		got, err := parseEvent([]byte(`{"event":"call.ended","timestamp":`+stamp+`,"data":{"id":5}}`), received, "US")
		if err != nil || len(got) != 1 || !got[0].ObservedAt.Equal(want) {
			t.Errorf("timestamp %s = %+v, %v; want %v", stamp, got, err, want)
		}
	}
}

// TestEmptySecretVerifiesNothing: a webhook whose token was lost must not let in events without one.
func TestEmptySecretVerifiesNothing(t *testing.T) {
	t.Parallel()
	d := &driver{}
	for _, body := range []string{`{"token":""}`, `{}`, `{"token":null}`, `{"token":{}}`} {
		if err := d.VerifyEvent(nil, []byte(body), ""); !domain.IsKind(err, domain.KindUnauthorized) {
			t.Errorf("%s: %v", body, err)
		}
	}
	if err := d.VerifyEvent(nil, []byte(`{"token":"right"}`), "right"); err != nil {
		t.Error(err)
	}
}

// FuzzParseEvent: whatever comes, no panic; what comes out holds together and survives being stored.
func FuzzParseEvent(f *testing.F) {
	files, err := filepath.Glob(filepath.Join("testdata", "events", "*.json"))
	if err != nil || len(files) == 0 {
		f.Fatalf("no seeds: %v", err)
	}
	for _, name := range files {
		f.Add(readEvent(f, filepath.Base(name)))
	}
	received := unix(1767226000)
	f.Fuzz(func(t *testing.T, body []byte) {
		calls, err := parseEvent(body, received, "US")
		if err != nil && (len(calls) > 0 || domain.KindOf(err) != domain.KindInvalid) {
			t.Fatalf("%d calls with error %v of kind %q", len(calls), err, domain.KindOf(err))
		}
		for _, c := range calls {
			if c.CallID == "" || c.ObservedAt.IsZero() || c.ObservedAt.After(received) {
				t.Fatalf("event %+v", c)
			}
			if c.Call != nil {
				wantSound(t, *c.Call)
			}
		}
		d := &driver{}
		if d.VerifyEvent(nil, body, "some secret that no seed has") == nil && !bytes.Contains(body, []byte("some")) {
			t.Fatal("verified without the secret")
		}
	})
}

func wantSound(t *testing.T, c domain.ProviderCall) {
	t.Helper()
	if !c.Ended() || c.StartedAt.IsZero() || len(c.Participants) == 0 || !c.Participants[0].Internal || !slices.Contains(c.Participants, c.Agent) {
		t.Fatalf("call %+v", c)
	}
	if (c.Recording == domain.RecordingReady) != (len(c.Recordings) > 0) {
		t.Fatalf("recording %q with %d links", c.Recording, len(c.Recordings))
	}
	data, err := json.Marshal(c)
	if err != nil {
		t.Fatal(err)
	}
	var back domain.ProviderCall
	if err := json.Unmarshal(data, &back); err != nil {
		t.Fatal(err)
	}
	_ = domain.Qualify(c, domain.QualifyRules{})
	_ = domain.MatchUser(c, domain.Aircall, nil)
}

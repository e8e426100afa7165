package fake_test

import (
	"strconv"
	"strings"
	"testing"
	"time"

	"earshot/internal/provider/dialpad/fake"
)

// TestListing: newest first, only what has ended, page by page; a new call does not move the others.
func TestListing(t *testing.T) {
	t.Parallel()
	b := setup(t, fake.Options{PageSize: 4, ListAfter: time.Minute})
	var want []string
	for i := range 10 {
		id := b.Place(fake.Call{Direction: "outbound", UserID: b.user, Customer: "+12125550123", StartedAt: time.UnixMilli(start + int64(i/2)*1000), Talk: 20 * time.Second})
		want = append([]string{strconv.FormatInt(id, 10)}, want...)
	}
	b.advance(83 * time.Second) // the last two are not listed yet
	var got []string
	cursor := ""
	for {
		query := "?started_after=1767225500000&started_before=1767225700000"
		_, body, _ := b.ask("GET", "/api/v2/call"+query+cursor, "")
		for _, i := range body["items"].([]any) {
			got = append(got, i.(map[string]any)["call_id"].(string))
		}
		next, more := body["cursor"].(string)
		if !more {
			break
		}
		cursor = "&cursor=" + next
		if len(got) == 4 {
			b.Place(fake.Call{Direction: "outbound", UserID: b.user, StartedAt: time.UnixMilli(start + 3500), Customer: "+12125550123"})
		}
	}
	if strings.Join(got, " ") != strings.Join(want[2:], " ") {
		t.Errorf("listed %v\nwant %v", got, want[2:])
	}
	_, body, _ := b.ask("GET", "/api/v2/call", "")
	before := len(b.Problems())
	if status, _, _ := b.ask("GET", "/api/v2/call?started_after=1767225500000&cursor="+body["cursor"].(string), ""); status != 400 || len(b.Problems()) == before {
		t.Errorf("a cursor of another question: %d", status)
	}
	for query, n := range map[string]int{"started_after=1767225603000": 1, "started_before=1767225600000": 0, "started_before=1767225600001": 2, "started_after=1767225599999&started_before=1767225602000&limit=50": 4} {
		if got := b.items("/api/v2/call?" + query); len(got) != n {
			t.Errorf("%s: %d calls, want %d", query, len(got), n)
		}
	}
}

// TestLifeOfCall: what the API tells of a call through a center as it goes on. Ids and times are strings.
func TestLifeOfCall(t *testing.T) {
	t.Parallel()
	b := setup(t, fake.Options{})
	id := b.Place(fake.Call{Direction: "inbound", GroupID: b.center, UserID: b.user, Customer: "+12125550123", Ring: 10 * time.Second, Talk: time.Minute, Recording: []byte("sound"), RecordedBy: fake.ByBoth})
	legs := b.Legs(id)
	if len(legs) != 2 || legs[0] != id {
		t.Fatalf("legs %v of %d", legs, id)
	}
	for _, c := range []struct {
		after              time.Duration
		states             [2]string
		connected, ended   bool
		recorded, operator bool
	}{
		{2 * time.Second, [2]string{"queued", "ringing"}, false, false, false, false},
		{10 * time.Second, [2]string{"connected", "connected"}, true, false, false, true},
		{time.Minute, [2]string{"hangup", "hangup"}, true, true, false, true},
		{time.Minute, [2]string{"hangup", "hangup"}, true, true, true, true},
	} {
		b.advance(c.after)
		for i, leg := range legs {
			_, call, _ := b.ask("GET", "/api/v2/call/"+strconv.FormatInt(leg, 10), "")
			if call["call_id"] != strconv.FormatInt(leg, 10) || call["state"] != c.states[i] || (call["date_connected"] != nil) != c.connected || (call["date_ended"] != nil) != c.ended || (call["recording_details"] != nil) != c.recorded {
				t.Errorf("%v on, leg %d: %s", c.after, i, text(call))
			}
			if i == 0 && (call["operator_call_id"] != nil) != c.operator || i == 1 && call["entry_point_call_id"] != strconv.FormatInt(id, 10) {
				t.Errorf("%v on, leg %d: operator %v, entry point %v", c.after, i, call["operator_call_id"], call["entry_point_call_id"])
			}
		}
	}
	group, person := b.call(legs[0]), b.call(legs[1])
	if group["was_recorded"] != false || person["was_recorded"] != true || !strings.Contains(text(group["recording_details"]), "admincallrecording") || !strings.Contains(text(person["recording_details"]), `"callrecording"`) {
		t.Errorf("recorded twice: %s\n%s", text(group), text(person))
	}
	if d := person["duration"].(float64); d != 60000.12 || person["total_duration"].(float64) < d {
		t.Errorf("durations %v of %v", d, person["total_duration"])
	}
	b.SetFaults(fake.Faults{Without: []string{"recordings_export"}})
	if hidden := text(b.call(legs[1])); strings.Contains(hidden, "/r/") || !strings.Contains(hidden, `"was_recorded":true`) {
		t.Errorf("without the right to export: %s", hidden)
	}
}

func (b *bench) call(id int64) map[string]any {
	b.t.Helper()
	b.advance(time.Minute)
	_, call, _ := b.ask("GET", "/api/v2/call/"+strconv.FormatInt(id, 10), "")
	return call
}

package dialpad

import (
	"fmt"
	"strings"
	"testing"
	"time"

	"earshot/internal/domain"
)

// rec is one of recording_details: kind, id, from and length in seconds.
func rec(kind string, id int, from, length float64) string {
	return fmt.Sprintf(`{"id":"%d","recording_type":"%s","start_time":@%v,"duration":%v,"url":"https://dialpad.com/r/%d"}`, id, kind, from, length*1000, id+1000)
}

func withDetails(leg string, details ...string) string {
	return leg + `,"recording_details":[` + strings.Join(details, ",") + `]`
}

// TestRecordings: which are taken, and in which order.
func TestRecordings(t *testing.T) {
	t.Parallel()
	const admin, user, voicemail = kindAdmin, kindUser, kindVoicemail
	for name, c := range map[string]struct {
		legs []string
		want string
	}{
		"one":                                  {[]string{withDetails(direct, rec(user, 5, 10, 90))}, "5"},
		"the same by admin and user":           {[]string{withDetails(direct, rec(user, 5, 10, 90), rec(admin, 6, 10, 90))}, "6"},
		"the user's is longer":                 {[]string{withDetails(direct, rec(user, 5, 10, 90), rec(admin, 6, 12, 40))}, "5"},
		"the admin's is a little longer":       {[]string{withDetails(direct, rec(user, 5, 11, 89), rec(admin, 6, 10, 90.5))}, "6"},
		"the same on two legs":                 {[]string{withDetails(byQueue, rec(admin, 6, 10, 90)), withDetails(byAda, rec(user, 5, 10, 50))}, "6"},
		"parts of a transferred call":          {[]string{withDetails(byBob, rec(user, 6, 65, 35)), byQueue, withDetails(byAda, rec(user, 5, 10, 50))}, "5 6"},
		"one part by admin, one by user":       {[]string{byQueue, withDetails(byAda, rec(admin, 5, 10, 50)), withDetails(byBob, rec(user, 4, 65, 35), rec(admin, 6, 65, 35))}, "5 6"},
		"stopped and started":                  {[]string{withDetails(direct, rec(user, 6, 60, 30), rec(user, 5, 10, 40))}, "5 6"},
		"stopped and started, and the admin's": {[]string{withDetails(direct, rec(user, 6, 60, 30), rec(user, 5, 10, 40), rec(admin, 7, 10, 90))}, "7"},
		"half of it is new":                    {[]string{withDetails(direct, rec(user, 5, 10, 40), rec(admin, 6, 40, 60))}, "5 6"},
		"told twice":                           {[]string{withDetails(direct, rec(user, 5, 10, 90), rec(user, 5, 10, 90)), withDetails(byAda, rec(user, 5, 10, 90))}, "5"},
		"voicemail":                            {[]string{withDetails(missed, rec(voicemail, 5, 10, 20))}, "5"},
		"voicemail beside a call":              {[]string{withDetails(byQueue, rec(voicemail, 6, 70, 20)), withDetails(byAda, rec(user, 5, 10, 80))}, "5 6"},
		"without a link":                       {[]string{direct + `,"recording_details":[{"id":"5","recording_type":"callrecording","duration":1}]`}, ""},
		"details without a time":               {[]string{direct + `,"recording_details":[{"id":"5","recording_type":"callrecording","url":"https://x/1"},{"id":6,"recording_type":"admincallrecording","url":"https://x/2"}]`}, "6"},
		"links only":                           {[]string{direct + `,"recording_url":["https://dialpad.com/r/51","https://dialpad.com/r/52"]`}, "51 52"},
		"links of both":                        {[]string{direct + `,"recording_url":["https://dialpad.com/r/51"],"admin_recording_urls":["https://dialpad.com/blob/adminrecording/61.mp3?token=x"]`}, "61"},
		"links beside details":                 {[]string{withDetails(direct, rec(admin, 6, 10, 90)) + `,"recording_url":["https://dialpad.com/r/51"]`}, "6"},
		"link of a voicemail":                  {[]string{missed + `,"voicemail_link":"https://dialpad.com/r/9","voicemail_recording_id":77`}, "77"},
		"no recording":                         {[]string{direct + `,"recording_url":[],"admin_recording_urls":null`}, ""},
		"no address":                           {[]string{direct + `,"recording_url":["%%"]`}, ""},
	} {
		var ids []string
		for _, a := range join(t, c.legs...).recordings() {
			ids = append(ids, a.id)
		}
		if got := strings.Join(ids, " "); got != c.want {
			t.Errorf("%s: %q, want %q", name, got, c.want)
		}
	}
}

// TestRecordingState: the direct call ends at 100, the missed one at 30; the time is in seconds after.
func TestRecordingState(t *testing.T) {
	t.Parallel()
	const hour = 3600
	user := func(id int, from, length float64) string { return rec(kindUser, id, from, length) }
	bobIsOn := strings.Replace(byAda, `"call_id":2,"entry_point_call_id":1`, `"call_id":1`, 1)
	for _, c := range []struct {
		name string
		legs []string
		at   float64
		want domain.RecordingState
		n    int
	}{
		{"goes on", []string{strings.Replace(direct, `"date_ended":@100`, `"state":"connected"`, 1)}, 50, domain.RecordingPending, 0},
		{"goes on, and something is recorded", []string{withDetails(strings.Replace(direct, `"date_ended":@100`, `"state":"hold"`, 1), user(5, 10, 9))}, 50, domain.RecordingPending, 0},
		{"just ended", []string{direct}, 101, domain.RecordingPending, 0},
		{"hours later", []string{direct}, 100 + 6*hour - 1, domain.RecordingPending, 0},
		{"given up", []string{direct}, 100 + 6*hour, domain.RecordingNone, 0},
		{"there it is", []string{withDetails(direct, user(5, 10, 90))}, 101, domain.RecordingReady, 1},
		{"there it is, late", []string{withDetails(direct, user(5, 10, 90))}, 1000 * hour, domain.RecordingReady, 1},
		{"not answered", []string{missed}, 31, domain.RecordingPending, 0},
		{"not answered, no voicemail came", []string{missed}, 30 + hour, domain.RecordingNone, 0},
		{"called, not answered", []string{strings.Replace(missed, "inbound", "outbound", 1)}, 31, domain.RecordingNone, 0},
		{"voicemail", []string{withDetails(missed, rec(kindVoicemail, 5, 10, 20))}, 31, domain.RecordingReady, 1},
		{"the person's leg is not there yet", []string{withDetails(byQueue, user(5, 10, 90))}, 101, domain.RecordingPending, 0},
		{"the person's leg never came", []string{withDetails(byQueue, user(5, 10, 90))}, 100 + hour, domain.RecordingReady, 1},
		{"handed on, the next leg is not there yet", []string{withDetails(bobIsOn, user(5, 10, 50))}, 61, domain.RecordingPending, 0},
		{"handed on to somebody outside", []string{withDetails(bobIsOn, user(5, 10, 50))}, 60 + hour, domain.RecordingReady, 1},
		{"handed on, and here it is, without its recording yet", []string{byQueue, withDetails(byAda, user(5, 10, 50)), byBob}, 101, domain.RecordingPending, 0},
		{"handed on, both recorded", []string{byQueue, withDetails(byAda, user(5, 10, 50)), withDetails(byBob, user(6, 65, 35))}, 101, domain.RecordingReady, 2},
		{"handed on, one recording covers both", []string{withDetails(byQueue, rec(kindAdmin, 5, 10, 90)), byAda, byBob}, 101, domain.RecordingReady, 1},
		{"handed on, the second is never recorded", []string{byQueue, withDetails(byAda, user(5, 10, 50)), byBob}, 100 + hour, domain.RecordingReady, 1},
		{"marked as handed on because it came so", []string{byQueue, withDetails(byAda, user(5, 10, 50)), withDetails(byBob, user(6, 65, 35)) + `,"is_transferred":true,"transferred_from":{"id":7,"type":"user"}`}, 101, domain.RecordingReady, 2},
	} {
		got := join(t, c.legs...).tell(after0(c.at), "US")
		if got.Recording != c.want || len(got.Recordings) != c.n {
			t.Errorf("%s: %q with %d, want %q with %d", c.name, got.Recording, len(got.Recordings), c.want, c.n)
		}
		if got.Voicemail != (c.name == "voicemail") {
			t.Errorf("%s: voicemail is %v", c.name, got.Voicemail)
		}
	}
}

// TestVoicemailIsNoAnswer: a machine that takes the call connects it, too.
func TestVoicemailIsNoAnswer(t *testing.T) {
	t.Parallel()
	c := join(t, withDetails(direct, rec(kindVoicemail, 5, 10, 20))).tell(after0(101), "US")
	if !c.AnsweredAt.IsZero() || !c.Voicemail || !c.Recordings[0].Voicemail {
		t.Errorf("told as %+v", c)
	}
	both := join(t, withDetails(byQueue, rec(kindVoicemail, 6, 70, 20)), withDetails(byAda, rec(kindUser, 5, 10, 50))).tell(after0(100*60*60), "US")
	if both.Voicemail || both.AnsweredAt.IsZero() || len(both.Recordings) != 2 || both.Recordings[0].Voicemail || !both.Recordings[1].Voicemail {
		t.Errorf("talk and voicemail are told as %+v", both)
	}
}

// TestCovered: parts that overlap count once.
func TestCovered(t *testing.T) {
	t.Parallel()
	part := func(from, to float64) audio { return audio{from: after0(from), to: after0(to)} }
	for _, c := range []struct {
		by   []audio
		want time.Duration
	}{
		{nil, 0},
		{[]audio{part(0, 5)}, 0},
		{[]audio{part(0, 15)}, 5 * time.Second},
		{[]audio{part(15, 30)}, 5 * time.Second},
		{[]audio{part(12, 18), part(11, 15)}, 7 * time.Second},
		{[]audio{part(0, 100), part(12, 13)}, 10 * time.Second},
		{[]audio{part(10, 12), part(18, 20)}, 4 * time.Second},
	} {
		if got := covered(after0(10), after0(20), c.by); got != c.want {
			t.Errorf("%v cover %v, want %v", c.by, got, c.want)
		}
	}
}

package dialpad

import (
	"encoding/json"
	"testing"
	"time"
)

// TestIdents: ids beyond what a float holds come through unchanged, as numbers and as strings; what is none is none.
func TestIdents(t *testing.T) {
	t.Parallel()
	for in, want := range map[string]string{
		`9107199254740993`: "9107199254740993", `"9107199254740993"`: "9107199254740993", `9223372036854775807`: "9223372036854775807",
		`1`: "1", `0`: "", `"0"`: "", `-5`: "", `null`: "", `""`: "", `"x"`: "", `6.421977457180672e15`: "", `"1.0"`: "", `9223372036854775808`: "", `"01"`: "", `"+1"`: "", `{}`: "", `[1]`: "", `true`: "",
	} {
		var c call
		if err := json.Unmarshal([]byte(`{"call_id":`+in+`}`), &c); err != nil || c.ID.String() != want {
			t.Errorf("%s = %q, %v; want %q", in, c.ID, err, want)
		}
	}
}

func TestTimes(t *testing.T) {
	t.Parallel()
	at := time.UnixMilli(1731624049994).UTC()
	for in, want := range map[string]time.Time{
		`1731624049994`: at, `"1731624049994"`: at, `1731624049994.4`: at, `"1731624049993.6"`: at, `null`: {}, `""`: {}, `0`: {}, `-1`: {}, `"soon"`: {}, `1e300`: {}, `"NaN"`: {}, `{}`: {}, `9223372036854775807`: {},
	} {
		var m millis
		if err := json.Unmarshal([]byte(in), &m); err != nil || !m.Equal(want) {
			t.Errorf("%s = %v, %v; want %v", in, m.Time, err, want)
		}
	}
	for in, want := range map[string]time.Duration{
		`7355.12`: 7355 * time.Millisecond, `"119961.531"`: 119962 * time.Millisecond, `7355`: 7355 * time.Millisecond, `null`: 0, `-3`: 0, `"x"`: 0, `1e18`: 0, `99999999999999999999`: 0, `0.2`: 0,
	} {
		var s span
		if err := json.Unmarshal([]byte(in), &s); err != nil || time.Duration(s) != want {
			t.Errorf("%s = %v, %v; want %v", in, time.Duration(s), err, want)
		}
	}
}

// TestOddShapes: fields of another type than documented are as if they were not there, or taken for what they mean.
func TestOddShapes(t *testing.T) {
	t.Parallel()
	var c call
	err := json.Unmarshal([]byte(`{"call_id":5,"contact":[],"target":"x","labels":["a",null,{"x":1},7],"recording_url":"https://x/y","admin_recording_urls":["https://x/z",null,""],
		"recording_details":[{"id":1,"url":"https://x/1"},"x",null,[]],"is_transferred":"FALSE","was_recorded":"TRUE","state":7,"external_number":{}}`), &c)
	if err != nil {
		t.Fatal(err)
	}
	if len(c.UserURLs) != 1 || len(c.AdminURLs) != 1 || c.Transferred.yes() || !c.Recorded.yes() || c.Contact.V != (party{}) || c.External != "" || len(c.Details) != 2 || c.Details[0].ID != "1" {
		t.Errorf("read as %+v", c)
	}
}

package transcript

import (
	"os"
	"path/filepath"
	"testing"

	"github.com/google/go-cmp/cmp"

	"earshot/internal/domain"
)

func TestReadResults(t *testing.T) {
	t.Parallel()
	for _, c := range []struct {
		name, data string
		want       []domain.Line
	}{
		{"roles", `{"LanguageCode":"en-US","Transcript":[{"Content":"Hi.","BeginOffsetMillis":1500,"EndOffsetMillis":2000,"ParticipantRole":"CUSTOMER"},{"Content":"Hello.","BeginOffsetMillis":40,"EndOffsetMillis":1000,"ParticipantRole":"AGENT"}]}`,
			[]domain.Line{line(1, "agent", 0.04, 1, "Hello."), line(2, "customer", 1.5, 2, "Hi.")}},
		{"identities", `{"Participants":[{"ParticipantId":"a1","ParticipantRole":"AGENT"},{"ParticipantId":"b2","ParticipantRole":"CUSTOMER"}],"Transcript":[{"Content":"Hi.","ParticipantId":"b2"},{"Content":"Yes?","ParticipantId":"a1"}]}`,
			[]domain.Line{line(1, "customer", 0, 0, "Hi."), line(2, "agent", 0, 0, "Yes?")}},
		{"segments", `{"metadata":{"number_of_channels":2,"duration_millis":9000,"dominant_asset_language":"EN"},"audio_segments":[{"start_timestamp_millis":1000,"end_timestamp_millis":2000,"text":"How can I help you?","speaker":{"speaker_label":"spk_1"}},{"start_timestamp_millis":3000,"end_timestamp_millis":4000,"text":"I lost it.","speaker":{"speaker_label":"spk_0"}}]}`,
			[]domain.Line{line(1, "agent", 1, 2, "How can I help you?"), line(2, "customer", 3, 4, "I lost it.")}},
	} {
		got, _, err := Read(c.name+".json", []byte(c.data))
		if err != nil {
			t.Errorf("%s: %v", c.name, err)
			continue
		}
		if diff := cmp.Diff(c.want, got.Lines); diff != "" {
			t.Errorf("%s (-want +got):\n%s", c.name, diff)
		}
	}
	for _, bad := range []string{`{"Transcript":"x"}`, `{"audio_segments":[{"text":5}]}`, `{"Transcript":[{"Content":"a","BeginOffsetMillis":-5}]}`} {
		if _, _, err := Read("a.json", []byte(bad)); domain.CodeOf(err) != CodeBroken {
			t.Errorf("%s: %v", bad, err)
		}
	}
}

// Sides are named by label, else by what they say; where nothing tells, they stay numbered.
func TestSidesAreNamedByEvidence(t *testing.T) {
	t.Parallel()
	for _, c := range []struct {
		data string
		want domain.Speaker // of the first line
	}{
		{"Mary: Thank you for calling Acme.\nBob: Hello.", domain.Agent},
		{"Bob: Hi, I’m calling about my order.\nMary: Sure.", domain.Customer},
		{"Bob: Hello.\nMary: Acme, how may I help?", domain.Customer},
		{"Bob: Hello.\nMary: Hi.", domain.Speaker1},
		{"Customer: Thank you for calling.\nAgent: My order is late.", domain.Customer},
		{"Mary: Thank you for calling Acme.\nMary: Hello?", domain.Speaker1},
		{"Patient: Hello.\nReceptionist: Hi.", domain.Customer},
		{"Customer Service: Hello.\nMary: Hi.", domain.Agent},
	} {
		got, _, err := Read("a.txt", []byte(c.data))
		if err != nil || got.Lines[0].Speaker != c.want {
			t.Errorf("%q: %+v, %v", c.data, got.Lines, err)
		}
		if numbered := c.data[0] == 'M' && c.want == domain.Agent || c.want == domain.Customer && c.data[0] == 'B'; got.SpeakersEstimated != numbered {
			t.Errorf("%q: estimated %v", c.data, got.SpeakersEstimated)
		}
	}
}

func TestRealResults(t *testing.T) {
	t.Parallel()
	for name, want := range map[string]struct {
		lines int
		agent int // a line of the agent
	}{"example-call.json": {37, 1}, "bda-standard.json": {51, 1}} {
		data, err := os.ReadFile(filepath.Join("../../../shared/data/text/aws", name))
		if err != nil {
			t.Skip("no results in ../shared/data/text/aws")
		}
		got, _, err := Read(name, data)
		if err != nil || len(got.Lines) != want.lines || got.Lines[want.agent-1].Speaker != domain.Agent || got.Lines[want.agent].Speaker != domain.Customer || got.Duration < 60 || got.Duration > 600 {
			t.Errorf("%s: %d lines in %g s, %v", name, len(got.Lines), got.Duration, err)
		}
	}
}

package transcript

import (
	"cmp"
	"encoding/json"
	"strings"

	"earshot/internal/domain"
)

// analyzed is the result of a call analysis of Amazon Transcribe and of Contact Lens for Amazon Connect, as far as it is read:
// https://docs.aws.amazon.com/connect/latest/dg/contact-lens-example-output-files.html. Times are milliseconds.
type analyzed struct {
	LanguageCode string
	Participants []struct{ ParticipantID, ParticipantRole string }
	Transcript   []struct {
		ParticipantID, ParticipantRole, Content string
		BeginOffsetMillis, EndOffsetMillis      float64
	}
	ConversationCharacteristics struct{ TotalConversationDurationMillis float64 }
}

// segmented is the result of Bedrock Data Automation for audio, as far as it is read:
// https://docs.aws.amazon.com/bedrock/latest/userguide/bda-ouput-audio.html. Times are milliseconds.
type segmented struct {
	Metadata struct {
		Channels int     `json:"number_of_channels"`
		Duration float64 `json:"duration_millis"`
		Language string  `json:"dominant_asset_language"`
	} `json:"metadata"`
	Segments []struct {
		Start   float64 `json:"start_timestamp_millis"`
		End     float64 `json:"end_timestamp_millis"`
		Text    string  `json:"text"`
		Speaker struct {
			Label string `json:"speaker_label"`
		} `json:"speaker"`
	} `json:"audio_segments"`
}

// resultOf gives the reader of another program's result; nil where the object is none that is known.
func resultOf(text string) func(name, text string) (object, error) {
	var keys map[string]json.RawMessage
	if json.Unmarshal([]byte(text), &keys) != nil {
		return nil
	}
	_, own := keys["transcript"]
	_, analyzed := keys["Transcript"]
	_, segmented := keys["audio_segments"]
	switch {
	case analyzed && !own:
		return readAnalyzed
	case segmented && !own:
		return readSegmented
	}
	return nil
}

func readAnalyzed(name, text string) (object, error) {
	var a analyzed
	if err := json.Unmarshal([]byte(text), &a); err != nil {
		return object{}, jsonError(name, err)
	}
	roles := map[string]string{}
	for _, p := range a.Participants {
		roles[p.ParticipantID] = p.ParticipantRole
	}
	lines := make([]jsonLine, 0, len(a.Transcript))
	for _, l := range a.Transcript {
		who := cmp.Or(l.ParticipantRole, roles[l.ParticipantID], l.ParticipantID)
		lines = append(lines, jsonLine{Speaker: who, Start: l.BeginOffsetMillis / 1000, End: l.EndOffsetMillis / 1000, Text: l.Content})
	}
	return object{Duration: a.ConversationCharacteristics.TotalConversationDurationMillis / 1000, Channels: 2, Layout: domain.LayoutStereo, Language: a.LanguageCode, Transcript: &lines}, nil
}

func readSegmented(name, text string) (object, error) {
	var s segmented
	if err := json.Unmarshal([]byte(text), &s); err != nil {
		return object{}, jsonError(name, err)
	}
	lines := make([]jsonLine, 0, len(s.Segments))
	for _, l := range s.Segments {
		lines = append(lines, jsonLine{Speaker: l.Speaker.Label, Start: l.Start / 1000, End: l.End / 1000, Text: l.Text})
	}
	return object{Duration: s.Metadata.Duration / 1000, Channels: s.Metadata.Channels, Language: strings.ToLower(s.Metadata.Language), Transcript: &lines}, nil
}

package api

import (
	"slices"

	"earshot/internal/domain"
)

// RuleStep is one rule with what it says of a VC Call.
type RuleStep struct {
	Rule    string `json:"rule" enum:"switches,known,excluded,enabled,participants,length,recorded,user,permission"`
	Title   string `json:"title"`
	Outcome string `json:"outcome" enum:"passed,stopped,open"`
	Text    string `json:"text" doc:"On which data, in words"`
}

// Mend is one thing that can be done about a VC Call: by POST /vc-calls/{id}/mend, but for open, which is done on another page.
type Mend struct {
	Action string `json:"action" enum:"assign_user,grant_set,include_number,separation_on,switches_on,test,retry,open"`
	Label  string `json:"label"`
	Effect string `json:"effect" doc:"What happens then"`
	Field  string `json:"field" doc:"assign_user: which field of the user is filled"`
	Value  string `json:"value" doc:"assign_user: with what; include_number: the number; open: path in the UI"`
	UserID string `json:"user_id" doc:"Whom it is about, where that is known"`
	Goes   bool   `json:"goes" doc:"The call itself is processed then, if nothing else stands in its way"`
}

type mendIn struct {
	IDPath
	Body struct {
		Action string `json:"action" enum:"assign_user,grant_set,include_number,separation_on,switches_on,test,retry"`
		Value  string `json:"value,omitempty" maxLength:"300" doc:"Of the mend; tells two of one action apart"`
		UserID string `json:"user_id,omitempty" maxLength:"64" doc:"assign_user: whose call it is"`
		Set    string `json:"set,omitempty" maxLength:"100" doc:"grant_set: which permission set; empty: Conversation Insights for Sales"`
	}
}

func (d *VCCallDetail) explain(e domain.Explanation) {
	d.Overtaken, d.Steps, d.Mends = e.Overtaken, []RuleStep{}, []Mend{}
	for _, s := range e.Steps {
		d.Steps = append(d.Steps, RuleStep{s.Rule, s.Title, string(s.Outcome), s.Text})
	}
	for _, m := range e.Mends {
		d.Mends = append(d.Mends, Mend{string(m.Action), m.Label, m.Effect, m.Field, m.Value, m.UserID, m.Goes})
	}
}

// tell fills in what the provider told.
func (d *VCCallDetail) tell(v domain.VCCall) {
	d.Participants, d.Tags = []Participant{}, []string{}
	s := v.Snapshot
	if s == nil {
		return
	}
	d.AnsweredAt, d.EndedAt, d.ObservedAt, d.TalkSeconds = optional(s.AnsweredAt), optional(s.EndedAt), optional(v.ObservedAt), int(s.TalkTime().Seconds())
	d.Recording, d.Recordings, d.Voicemail, d.ContactName, d.Tags = string(s.Recording), len(s.Recordings), s.Voicemail, s.ContactName, append(d.Tags, s.Tags...)
	for _, p := range s.Participants {
		d.Participants = append(d.Participants, Participant{p.Name, p.Phone, p.Email, p.ProviderUserID, p.Internal})
	}
	shown := *s
	shown.Recordings = slices.Clone(s.Recordings)
	for i := range shown.Recordings {
		shown.Recordings[i].URL = "" // whoever has it may listen
	}
	d.Snapshot = shown
}

package dialpad

import "strings"

// call is one leg of a conversation, as the API and events tell it (schema CallProto of Dialpad's API description; events
// and live answers add fields). Times are milliseconds since 1970, durations milliseconds with fractions; in events they and
// the ids are numbers, in answers of the API strings.
type call struct {
	ID            ident        `json:"call_id"`
	Master        ident        `json:"master_call_id"`
	EntryPoint    ident        `json:"entry_point_call_id"`
	Operator      ident        `json:"operator_call_id"` // on a group's leg: that of the person who took it
	State         text         `json:"state"`
	Direction     text         `json:"direction"`
	EventAt       millis       `json:"event_timestamp"`
	Started       millis       `json:"date_started"`
	FirstRang     millis       `json:"date_first_rang"`
	Rang          millis       `json:"date_rang"`
	Connected     millis       `json:"date_connected"`
	Ended         millis       `json:"date_ended"`
	TotalDuration span         `json:"total_duration"`
	External      text         `json:"external_number"`
	Internal      text         `json:"internal_number"`
	Contact       maybe[party] `json:"contact"`
	Target        maybe[party] `json:"target"`
	EntryTarget   maybe[party] `json:"entry_point_target"`
	Transferred   text         `json:"is_transferred"`
	From          maybe[party] `json:"transferred_from"` // in events
	Recorded      text         `json:"was_recorded"`
	Labels        list[text]   `json:"labels"`
	Details       list[detail] `json:"recording_details"`
	UserURLs      texts        `json:"recording_url"`
	AdminURLs     texts        `json:"admin_recording_urls"`
	VoicemailLink text         `json:"voicemail_link"`
	VoicemailID   text         `json:"voicemail_recording_id"`
}

// party is whom a leg belongs to, or the person at its other end (schema CallContactProto).
type party struct {
	ID    text `json:"id"`
	Type  text `json:"type"` // user, office, department, callcenter, ...; of contacts also local, google, ...
	Name  text `json:"name"`
	Email text `json:"email"`
	Phone text `json:"phone"`
}

func (p party) isUser() bool { return strings.EqualFold(string(p.Type), "user") }

// detail is one recording of a leg (schema CallRecordingDetailsProto).
type detail struct {
	ID       text   `json:"id"`
	Type     text   `json:"recording_type"` // callrecording, admincallrecording, voicemail
	Start    millis `json:"start_time"`
	Duration span   `json:"duration"`
	URL      text   `json:"url"`
}

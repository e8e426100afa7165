package domain

// ReasonCode says why a VC Call is where it is. Empty for a call that goes its way.
type ReasonCode string

// Reasons.
const (
	TooShort            ReasonCode = "too_short"
	NotRecorded         ReasonCode = "not_recorded"
	InternalOnly        ReasonCode = "internal_only"
	OneParticipant      ReasonCode = "one_participant"
	ExcludedParty       ReasonCode = "excluded_number"
	NoPermission        ReasonCode = "no_permission"
	BeforeEnablement    ReasonCode = "before_enablement"
	NoUser              ReasonCode = "no_user"
	CallInProgress      ReasonCode = "call_in_progress"
	RecordingNotReady   ReasonCode = "recording_pending"
	RecordingGone       ReasonCode = "recording_gone"
	RecordingUnreadable ReasonCode = "recording_unreadable"
	RecordingTooLarge   ReasonCode = "recording_too_large"
	DecoderMissing      ReasonCode = "decoder_missing"
	SeparationOff       ReasonCode = "separation_off"
	CredentialRejected  ReasonCode = "credential_rejected"
	ScopeMissing        ReasonCode = "scope_missing"
	RateLimited         ReasonCode = "rate_limited"
	ProviderError       ReasonCode = "provider_error"
	ProviderGone        ReasonCode = "provider_gone"
	NotListedYet        ReasonCode = "not_listed_yet"
	EngineMissing       ReasonCode = "engine_missing"
	EngineError         ReasonCode = "engine_error"
	LanguageMissing     ReasonCode = "language_missing"
	StorageError        ReasonCode = "storage_error"
	PartOfCall          ReasonCode = "part_of_call"
	ConnectorOff        ReasonCode = "connector_off"
	SiteOff             ReasonCode = "site_off"
	GuestDenied         ReasonCode = "guest_denied"
)

// Reason explains one ReasonCode to people. Page is the path in the UI where it is mended.
type Reason struct {
	Code    ReasonCode `json:"code"`
	State   State      `json:"state"` // the state it puts a VC Call in
	Title   string     `json:"title"`
	Meaning string     `json:"meaning"`
	Fix     string     `json:"fix"`
	Page    string     `json:"page"`
	Retries bool       `json:"retries"` // tried again by itself on the first day
}

// Pages of the UI that reasons point to.
const (
	pageUsers      = "/setup/users"
	pageConnectors = "/voice-connector"
	pageExcluded   = "/voice-connector/excluded-numbers"
	pageVCCalls    = "/voice-connector/vc-calls"
	pageSpeech     = "/setup/speech"
	pageGeneral    = "/setup/general-settings"
	pageJobs       = "/setup/scheduled-jobs"
)

// Reasons is the one table of reasons that API, UI, command line and documentation read.
func Reasons() []Reason {
	return []Reason{
		{TooShort, StateSkipped, "Too short", "Only calls longer than 10 seconds are processed.", "Nothing to do.", pageVCCalls, false},
		{NotRecorded, StateSkipped, "Not recorded", "The provider made no recording of this call.", "Turn on recording for this number or user at the provider; it holds for calls from then on.", pageConnectors, false},
		{InternalOnly, StateSkipped, "Internal only", "Everybody on the call belongs to the company.", "Nothing to do.", pageVCCalls, false},
		{OneParticipant, StateSkipped, "One participant", "A call needs at least two participants.", "Nothing to do.", pageVCCalls, false},
		{ExcludedParty, StateSkipped, "Excluded number", "A number on this call is on the list of excluded numbers.", "Remove the number from Excluded Numbers if its calls should be processed, then retry.", pageExcluded, false},
		{NoPermission, StateSkipped, "No permission", "The user held no insights permission set when the call took place.", "Assign an insights permission set to the user; it holds for calls from then on.", pageUsers, false},
		{BeforeEnablement, StateSkipped, "Before enablement", "The call took place before the connector was enabled.", "Back-fill the days you need.", pageVCCalls, false},
		{NoUser, StateUnmatched, "No user", "Neither the provider's user id nor the company's number on the call belongs to a user.", "Put the provider's user id or the number on the right user, then retry.", pageUsers, false},
		{CallInProgress, StateWaiting, "In progress", "The call is still going on.", "Wait until it ends.", pageVCCalls, true},
		{RecordingNotReady, StateWaiting, "Recording pending", "The provider has not finished the recording yet.", "Wait; it is asked for again by itself.", pageVCCalls, true},
		{RecordingGone, StateFailed, "Recording gone", "The provider no longer has the recording.", "Check whether recordings are deleted early at the provider.", pageConnectors, false},
		{RecordingUnreadable, StateFailed, "Recording unreadable", "What the provider sent is not a recording that can be played.", "Play it at the provider; if it works there, retry and report the file.", pageVCCalls, false},
		{RecordingTooLarge, StateFailed, "Recording too large", "The recording is larger or longer than this installation takes.", "Raise the limit if such calls matter, then retry.", pageVCCalls, false},
		{DecoderMissing, StateWaiting, "Decoder missing", "This kind of audio needs ffmpeg, which is not installed.", "Install the package ffmpeg; the call goes on by itself.", pageSpeech, true},
		{SeparationOff, StateSkipped, "Speaker separation off", "The recording is mono, and Optimal Speaker Separation is off.", "Turn on Optimal Speaker Separation in General Settings, then retry.", pageGeneral, false},
		{CredentialRejected, StateWaiting, "Credential rejected", "The provider rejected the named credential.", "Enter a valid credential on the connector's page; the call goes on by itself.", pageConnectors, true},
		{ScopeMissing, StateFailed, "Scope missing", "The named credential may not do what this call needs.", "Grant the missing scope at the provider, then retry.", pageConnectors, true},
		{RateLimited, StateWaiting, "Rate limited", "The provider asks to wait before the next request.", "Nothing to do; it goes on by itself.", pageVCCalls, true},
		{ProviderError, StateFailed, "Provider error", "The provider answered with an error.", "It is retried by itself on the first day, later from Error Handling.", pageVCCalls, true},
		{PartOfCall, StateSkipped, "Part of a call", "This is a leg of another call, which is processed as a whole.", "Nothing to do.", pageVCCalls, false},
		{NotListedYet, StateWaiting, "Not listed yet", "The provider has told of this call, but does not list it yet.", "Wait; it is asked for again by itself.", pageVCCalls, true},
		{ProviderGone, StateFailed, "Gone at the provider", "The provider does not know this call any more.", "Check whether calls are deleted at the provider.", pageVCCalls, false},
		{EngineMissing, StateWaiting, "No speech engine", "No speech engine is installed. The recording is kept and can be played.", "Install one: earshot models pull. The call goes on by itself.", pageSpeech, true},
		{EngineError, StateFailed, "Speech engine error", "The speech engine failed on this recording.", "It is retried by itself on the first day, later from Error Handling.", pageSpeech, true},
		{LanguageMissing, StateSkipped, "Language not known", "The speech engine does not know the language of this call. The recording is kept and can be played.", "Choose an engine that knows it, or another language, in General Settings, then retry.", pageGeneral, false},
		{StorageError, StateFailed, "Storage error", "The recording could not be written or read.", "Check space and rights of the recordings' store; it is retried by itself.", pageVCCalls, true},
		{ConnectorOff, StateSkipped, "Connector off", "The connector was not enabled in both places when the call came in.", "Turn on both switches, then retry.", pageConnectors, false},
		{SiteOff, StateSkipped, "Site off", "The connector's site is not active.", "Activate the site.", pageConnectors, false},
		{GuestDenied, StateSkipped, "Guest denied", "The guest user lacks a permission set that receiving events needs.", "Assign Voice Connector Permission and Conversation Insights Integration User to the guest user.", pageUsers, false},
	}
}

// ReasonFor looks up one reason; false for an unknown or empty code.
func ReasonFor(code ReasonCode) (Reason, bool) {
	for _, r := range Reasons() {
		if r.Code == code {
			return r, true
		}
	}
	return Reason{}, false
}

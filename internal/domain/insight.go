package domain

// KeyMoment is one sentence of the summary without a model, with the lines it comes from.
type KeyMoment struct {
	Text  string `json:"text"`
	Lines []int  `json:"lines"`
}

// NextStep is something that somebody promised or was asked to do.
type NextStep struct {
	Text  string   `json:"text"`
	Owner *Speaker `json:"owner"` // nil where it cannot be told
	Due   *string  `json:"due"`   // date YYYY-MM-DD in the call's zone; nil where none was said
	Lines []int    `json:"lines"`
}

// Question is one that was asked, with whether the other side answered.
type Question struct {
	Text     string  `json:"text"`
	Speaker  Speaker `json:"speaker"`
	Line     int     `json:"line"`
	Answered bool    `json:"answered"`
}

// MatchKind tells how a keyword was found.
type MatchKind string

// Ways to find a keyword.
const (
	MatchExact    MatchKind = "exact"
	MatchFuzzy    MatchKind = "fuzzy"
	MatchPhonetic MatchKind = "phonetic"
)

// Built-in mention categories.
const (
	CategoryPricing    = "pricing"
	CategoryCompetitor = "competitor"
	CategoryObjection  = "objection"
	CategoryComplaint  = "complaint"
	CategoryConsent    = "consent"
	CategoryDecision   = "decision"
	CategoryProduct    = "product"
)

// Mention is a keyword of a category that somebody said.
type Mention struct {
	Category string    `json:"category"`
	Keyword  string    `json:"keyword"`
	Speaker  Speaker   `json:"speaker"`
	Line     int       `json:"line"`
	Start    float64   `json:"start"` // seconds
	Match    MatchKind `json:"match"`
}

// Metrics are the talk metrics of a call; docs/metrics.md defines each. Keys are the speakers of the transcript.
// Values that cannot be known (a mono recording whose speakers were not told apart) are left out.
type Metrics struct {
	TalkRatio        map[Speaker]float64 `json:"talk_ratio"`                  // share of all speech, 0-1
	TalkSeconds      map[Speaker]float64 `json:"talk_seconds"`                // seconds of speech
	LongestMonologue map[Speaker]float64 `json:"longest_monologue,omitempty"` // seconds
	Interruptions    map[Speaker]int     `json:"interruptions,omitempty"`     // how often this speaker cut in
	Patience         map[Speaker]float64 `json:"patience,omitempty"`          // median seconds before this speaker replies
	WordsPerMinute   map[Speaker]float64 `json:"words_per_minute,omitempty"`  //
	Questions        map[Speaker]int     `json:"questions,omitempty"`         //
	SilenceRatio     float64             `json:"silence_ratio"`               // share of the recording in which nobody speaks
	LongestSilence   float64             `json:"longest_silence"`             // seconds
}

// Insights are what was found in the lines of one call.
type Insights struct {
	Summary   []KeyMoment `json:"summary"`
	NextSteps []NextStep  `json:"next_steps"`
	Questions []Question  `json:"questions"`
	Mentions  []Mention   `json:"mentions"`
	Metrics   Metrics     `json:"metrics"`
}

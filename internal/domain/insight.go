package domain

import "time"

// KeyMoment is one sentence of the summary without a model, with the lines it comes from.
type KeyMoment struct {
	Text  string `json:"text"`
	Lines []int  `json:"lines"`
	Rule  string `json:"rule,omitempty"` // why it was chosen: step, mention, first (of substance), central (shares most with the rest)
}

// NextStep is something that somebody promised or was asked to do.
type NextStep struct {
	Text  string   `json:"text"`
	Owner *Speaker `json:"owner"` // nil where it cannot be told
	Due   *string  `json:"due"`   // date YYYY-MM-DD in the call's zone; nil where none was said
	Lines []int    `json:"lines"`
	Rule  string   `json:"rule,omitempty"` // that found it: promise, duty, request, instruction, offer, can, agreed_date, delivery, …
}

// Question is one that was asked, with whether the other side answered.
type Question struct {
	Text     string  `json:"text"`
	Speaker  Speaker `json:"speaker"`
	Line     int     `json:"line"`
	Answered bool    `json:"answered"`
	Rule     string  `json:"rule,omitempty"` // mark: a question mark; wording: how the clause starts; tag: "…, right"
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
	Score    float64   `json:"score,omitempty"` // how alike what was heard is to the keyword: 1 exact, less for fuzzy and phonetic
	Heard    string    `json:"heard,omitempty"` // the words as written, where they are not exact
}

// CallReason is why the call was made, in the words of the one who says it.
type CallReason struct {
	Text    string  `json:"text"`
	Speaker Speaker `json:"speaker"`
	Lines   []int   `json:"lines"`
	Rule    string  `json:"rule"`
}

// PointKind tells whether the sides agree.
type PointKind string

// Kinds of points.
const (
	PointAgreed   PointKind = "agreed"
	PointDisputed PointKind = "disputed"
)

// Point is something on which the sides agree or do not.
type Point struct {
	Kind    PointKind `json:"kind"`
	Text    string    `json:"text"`    // what it is about, as said
	Speaker Speaker   `json:"speaker"` // who agrees or disputes
	Lines   []int     `json:"lines"`   // what was said and the answer to it
	Rule    string    `json:"rule"`
}

// Sentiment is a trend by words alone. Its trust is always low: irony, quotes and names of troubles count as they are written.
type Sentiment struct {
	Trust string                `json:"trust"` // "low"
	Trend map[Speaker][]float64 `json:"trend"` // for each quarter of the call, -1 (only negative words) to 1; 0 where there are none
	Lines []int                 `json:"lines"` // that have such words
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

	CallReason *CallReason `json:"call_reason,omitempty"` // nil where nobody says it
	Points     []Point     `json:"points,omitempty"`
	Sentiment  *Sentiment  `json:"sentiment,omitempty"` // nil where no line has a word for it
	Made       *Made       `json:"made,omitempty"`      // nil where it is not kept
}

// Made says what made insights, and when.
type Made struct {
	Rules string    `json:"rules"` // version of the program whose rules found them
	At    time.Time `json:"at"`
}

package domain

import "time"

// ModelSettings say which language model writes about calls, and what it may cost. The key is kept apart, sealed.
type ModelSettings struct {
	Enabled      bool            `json:"enabled" doc:"Calls that are analyzed from now on are sent to the model"`
	Kind         string          `json:"kind" maxLength:"40" doc:"Name of a kind of service, as listed"`
	BaseURL      string          `json:"base_url" maxLength:"500" doc:"Address of the service; empty: its usual one"`
	Model        string          `json:"model" maxLength:"200" doc:"Name of the model, as the service knows it"`
	PriceIn      float64         `json:"price_in" minimum:"0" maximum:"100000" doc:"Of a million tokens that are sent; 0: not known"`
	PriceOut     float64         `json:"price_out" minimum:"0" maximum:"100000" doc:"Of a million tokens that are answered; 0: not known"`
	Currency     string          `json:"currency" maxLength:"8"`
	DailyTokens  int             `json:"daily_tokens" minimum:"0" maximum:"1000000000" doc:"Tokens a day, sent and answered; 0: no limit"`
	WhenSpent    WhenSpent       `json:"when_spent" enum:"wait,skip" doc:"What becomes of calls over the budget: wait for the next day, or skip"`
	WindowTokens int             `json:"window_tokens" minimum:"1000" maximum:"200000" doc:"Tokens of transcript that are sent at once; long calls are sent in pieces"`
	Connectors   []string        `json:"connectors" maxItems:"100" doc:"Providers whose calls are sent; none: all"`
	Prompts      []InsightPrompt `json:"prompts" maxItems:"25"`
}

// WhenSpent says what becomes of calls when the budget of a day is spent.
type WhenSpent string

// What becomes of them.
const (
	SpentWait WhenSpent = "wait"
	SpentSkip WhenSpent = "skip"
)

// InsightPrompt is an insight that an admin describes in words (CI-4).
type InsightPrompt struct {
	Name        string     `json:"name" minLength:"1" maxLength:"80"`
	Kind        PromptKind `json:"kind" enum:"situational,prompt"`
	Instruction string     `json:"instruction" minLength:"1" maxLength:"4000"`
	Active      bool       `json:"active"`
}

// PromptKind tells moments from what holds for a call as a whole.
type PromptKind string

// Kinds of prompts.
const (
	PromptSituational PromptKind = "situational" // moments in which a situation occurs
	PromptWhole       PromptKind = "prompt"      // an answer about the call as a whole
)

// ActivePrompts are those that are asked.
func (s ModelSettings) ActivePrompts() []InsightPrompt {
	out := []InsightPrompt{}
	for _, p := range s.Prompts {
		if p.Active {
			out = append(out, p)
		}
	}
	return out
}

// Covers tells whether calls of a provider are sent.
func (s ModelSettings) Covers(p Provider) bool {
	for _, c := range s.Connectors {
		if c == string(p) {
			return true
		}
	}
	return len(s.Connectors) == 0
}

// Cost of tokens; 0 where the prices are not known.
func (s ModelSettings) Cost(u ModelUsage) float64 {
	return (float64(u.In)*s.PriceIn + float64(u.Out)*s.PriceOut) / 1e6
}

// ModelUsage is what a model took, in tokens.
type ModelUsage struct {
	In  int `json:"in"`  // sent
	Out int `json:"out"` // answered
}

// Add adds up.
func (u ModelUsage) Add(o ModelUsage) ModelUsage { return ModelUsage{u.In + o.In, u.Out + o.Out} }

// Total of both ways.
func (u ModelUsage) Total() int { return u.In + u.Out }

// Cited is a sentence by a model that passed the checks. Quote is the text of the cited lines, not the model's.
type Cited struct {
	Text  string `json:"text"`
	Quote string `json:"quote"`
	Lines []int  `json:"lines"`
}

// CitedStep is a next step by a model.
type CitedStep struct {
	Cited
	Owner *Speaker `json:"owner"`
	Due   *string  `json:"due"` // YYYY-MM-DD, as the cited lines say
}

// CitedQuestion is a question that a model found; its text is the line's.
type CitedQuestion struct {
	Text       string  `json:"text"`
	Speaker    Speaker `json:"speaker"`
	Line       int     `json:"line"`
	AnswerLine int     `json:"answer_line,omitempty"` // 0: not answered
}

// CitedInsight is what a model found for an InsightPrompt.
type CitedInsight struct {
	Cited
	Name string     `json:"name"`
	Kind PromptKind `json:"kind"`
}

// Dropped is something that a model wrote and that nobody sees, with the reason. What was repaired is not among it.
type Dropped struct {
	What string `json:"what"` // summary, next_step, due, owner, question, insight, answer
	Text string `json:"text"`
	Why  string `json:"why"`
}

// Written is what a model wrote about one call and what passed the checks.
type Written struct {
	Summary   []Cited         `json:"summary"`
	NextSteps []CitedStep     `json:"next_steps"`
	Questions []CitedQuestion `json:"questions"`
	Insights  []CitedInsight  `json:"insights"`
	Dropped   []Dropped       `json:"dropped"`
	Repaired  int             `json:"repaired"` // how much passed only in the second round
	Windows   int             `json:"windows"`  // pieces that the call was sent in
}

// ModelState is where the work of a model on a call stands.
type ModelState string

// States of it.
const (
	ModelQueued  ModelState = "queued"
	ModelWaiting ModelState = "waiting" // for its budget, or after a failure; comes by itself
	ModelDone    ModelState = "done"
	ModelSkipped ModelState = "skipped"
	ModelFailed  ModelState = "failed"
)

// ModelWork is what a model did for one call.
type ModelWork struct {
	CallID      string     `json:"-"`
	State       ModelState `json:"state"`
	Detail      string     `json:"detail,omitempty"` // why it waits, was skipped or failed
	Kind        string     `json:"kind,omitempty"`   // of the service
	Model       string     `json:"model,omitempty"`
	Prompts     string     `json:"prompts,omitempty"` // version of the prompts
	Usage       ModelUsage `json:"usage"`             // of all attempts
	Cost        float64    `json:"cost,omitempty"`
	Currency    string     `json:"currency,omitempty"`
	Written     *Written   `json:"written,omitempty"`
	Attempts    int        `json:"attempts,omitempty"`
	Fingerprint string     `json:"-"` // of the lines and everything asked
	LinesPrint  string     `json:"-"` // of the lines alone
	UpdatedAt   time.Time  `json:"updated_at"`
}

// SummaryVersion is one state of a written summary: by the model or edited by a person.
type SummaryVersion struct {
	ID     string    `json:"id"`
	CallID string    `json:"-"`
	By     string    `json:"by"` // name of the person; empty: the model
	At     time.Time `json:"at"`
	Text   string    `json:"text"`
}

// ModelJob has the model write about a call.
type ModelJob struct {
	CallID string `json:"call_id"`
}

// QueueModel has few workers: services limit how much they answer at once.
const QueueModel = "model"

// Kind, Queue and Urgency make it a Job.
func (ModelJob) Kind() string      { return "model" }
func (ModelJob) Queue() string     { return QueueModel }
func (ModelJob) Urgency() Priority { return PriorityBackfill }

package llm

import (
	"bytes"
	"encoding/json"
	"strings"

	"earshot/internal/domain"
)

// answer is what a model sent, one raw item beside the other: an item that cannot be read does not spoil the rest.
type answer struct {
	Summary   []json.RawMessage `json:"summary"`
	NextSteps []json.RawMessage `json:"next_steps"`
	Questions []json.RawMessage `json:"questions"`
	Insights  []json.RawMessage `json:"insights"`
	Answer    []json.RawMessage `json:"answer"`
}

// claim is a sentence with what should support it.
type claim struct {
	Text  string   `json:"text"`
	Quote string   `json:"quote"`
	Lines []lineID `json:"lines"`
	Owner string   `json:"owner"`
	Due   string   `json:"due"`
	Name  string   `json:"name"`
}

// asked is a question of the call.
type asked struct {
	Line       lineID `json:"line"`
	Quote      string `json:"quote"`
	AnswerLine lineID `json:"answer_line"`
}

// lineID is the number of a line, also where a model writes "12" or "L12".
type lineID int

// UnmarshalJSON reads a number or a text with a number in it.
func (l *lineID) UnmarshalJSON(data []byte) error {
	text := strings.TrimLeft(strings.Trim(string(data), `"`), "Ll#")
	var n int
	if err := json.Unmarshal([]byte(text), &n); err != nil {
		return err
	}
	*l = lineID(n)
	return nil
}

// readAnswer decodes what stands between the first and the last brace, since models wrap JSON in words and fences.
func readAnswer(text string) (answer, error) {
	var a answer
	if len(text) > maxAnswer {
		return a, domain.Errorf(domain.KindTemporary, CodeUnusable, "the answer is longer than %d kB", maxAnswer>>10)
	}
	from, to := strings.IndexByte(text, '{'), strings.LastIndexByte(text, '}')
	if from < 0 || to < from {
		return a, domain.Errorf(domain.KindTemporary, CodeUnusable, "the answer is no JSON object")
	}
	var fields map[string]json.RawMessage
	if err := json.Unmarshal([]byte(text[from:to+1]), &fields); err != nil {
		return a, domain.Errorf(domain.KindTemporary, CodeUnusable, "the answer is no JSON that can be read; it may have broken off")
	}
	for name, list := range map[string]*[]json.RawMessage{"summary": &a.Summary, "next_steps": &a.NextSteps, "questions": &a.Questions, "insights": &a.Insights, "answer": &a.Answer} {
		if json.Unmarshal(fields[name], list) != nil {
			*list = nil // not a list: as if it were not there
		}
		*list = (*list)[:min(len(*list), maxItems)]
	}
	return a, nil
}

// readItem decodes one item; false for what has another form.
func readItem[T any](raw json.RawMessage) (item T, ok bool) {
	if !bytes.HasPrefix(bytes.TrimSpace(raw), []byte("{")) {
		return item, false
	}
	return item, json.Unmarshal(raw, &item) == nil
}

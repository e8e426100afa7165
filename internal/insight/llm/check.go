package llm

import (
	"encoding/json"
	"fmt"
	"slices"
	"strings"

	"earshot/internal/domain"
	"earshot/internal/insight"
)

// checker holds what a model wrote against the lines it was given.
type checker struct {
	lines    map[int]domain.Line
	names    map[domain.Speaker]string
	days     map[int][]string
	speakers map[domain.Speaker]bool
	prompts  map[string]domain.InsightPrompt
}

func newChecker(s Source, prompts []domain.InsightPrompt) *checker {
	c := &checker{lines: map[int]domain.Line{}, names: s.Names, days: insight.DaysNamed(s.Lines, s.StartedAt), speakers: map[domain.Speaker]bool{}, prompts: map[string]domain.InsightPrompt{}}
	for _, l := range s.Lines {
		l.Text = clean(l.Text)
		c.lines[l.ID] = l
		c.speakers[l.Speaker] = true
	}
	for _, p := range prompts {
		c.prompts[p.Name] = p
	}
	return c
}

// Checked is what passed of one answer, and what did not.
type Checked struct {
	domain.Written
	Answer []domain.Cited // of a question about calls
}

// Check lets through what the lines of s support of an answer. Whatever bytes text is, each item of the result cites lines of s only, its
// quote is their text, and its numbers, names, days, owner and due date are in them. The error says that nothing could be read.
func Check(text string, s Source, prompts []domain.InsightPrompt) (Checked, error) {
	a, err := readAnswer(text)
	if err != nil {
		return Checked{}, err
	}
	c := newChecker(s, prompts)
	out := Checked{Written: domain.Written{Summary: []domain.Cited{}, NextSteps: []domain.CitedStep{}, Questions: []domain.CitedQuestion{}, Insights: []domain.CitedInsight{}, Dropped: []domain.Dropped{}}, Answer: []domain.Cited{}}
	for _, raw := range a.Summary {
		out.Summary = keep(out.Summary, &out, "summary", raw, c.cited)
	}
	for _, raw := range a.Answer {
		out.Answer = keep(out.Answer, &out, "answer", raw, c.cited)
	}
	for _, raw := range a.NextSteps {
		out.NextSteps = keep(out.NextSteps, &out, "next_step", raw, func(cl claim) (domain.CitedStep, string) { return c.step(cl, &out) })
	}
	for _, raw := range a.Questions {
		out.Questions = keep(out.Questions, &out, "question", raw, c.question)
	}
	for _, raw := range a.Insights {
		out.Insights = keep(out.Insights, &out, "insight", raw, c.insight)
	}
	return out, nil
}

// keep adds an item that passes to the list, and notes one that does not.
func keep[T, U any](list []U, out *Checked, what string, raw json.RawMessage, check func(T) (U, string)) []U {
	item, ok := readItem[T](raw)
	if !ok {
		out.drop(what, string(raw), "it does not have the form that was asked for")
		return list
	}
	checked, why := check(item)
	if why != "" {
		out.drop(what, said(item, raw), why)
		return list
	}
	return append(list, checked)
}

// said is the text of an item for people who look at what was dropped.
func said(item any, raw json.RawMessage) string {
	switch i := item.(type) {
	case claim:
		return i.Text
	case asked:
		return i.Quote
	}
	return string(raw)
}

// maxDropped bounds what is kept of dropped items, for each answer.
const maxDropped = 50

func (c *Checked) drop(what, text, why string) {
	if len(c.Dropped) < maxDropped {
		c.Dropped = append(c.Dropped, domain.Dropped{What: what, Text: clean(text[:min(len(text), maxText)]), Why: why})
	}
}

// cited checks a sentence. The second result says what is wrong; "" for nothing.
func (c *checker) cited(cl claim) (domain.Cited, string) {
	lines, why := c.linesOf(cl.Lines)
	if why != "" {
		return domain.Cited{}, why
	}
	text := plain(cl.Text)
	if text == "" {
		return domain.Cited{}, fmt.Sprintf("its text is empty or longer than %d characters", maxText)
	}
	quote := findQuote(cl.Quote, lines)
	if quote == "" {
		return domain.Cited{}, "the quote is not in the cited lines, word for word"
	}
	ev := c.evidence(lines)
	if n := unsupported(text, ev.text); n != "" {
		return domain.Cited{}, fmt.Sprintf("the cited lines do not say %q", n)
	}
	if n := ev.unnamed(text); n != "" {
		return domain.Cited{}, fmt.Sprintf("the cited lines do not say %q; begin sentences with The agent or The customer, and use only names and days that the lines say", n)
	}
	if !ev.supports(text) {
		return domain.Cited{}, "the cited lines say something else"
	}
	ids := make([]int, len(lines))
	for i, l := range lines {
		ids[i] = l.ID
	}
	return domain.Cited{Text: text, Quote: quote, Lines: ids}, ""
}

// linesOf gives the cited lines in order, each once.
func (c *checker) linesOf(ids []lineID) ([]domain.Line, string) {
	if len(ids) == 0 || len(ids) > maxCited {
		return nil, fmt.Sprintf("it must cite one to %d lines", maxCited)
	}
	ids = slices.Clone(ids)
	slices.Sort(ids)
	var out []domain.Line
	for _, id := range slices.Compact(ids) {
		l, ok := c.lines[int(id)]
		if !ok {
			return nil, fmt.Sprintf("there is no line %d", id)
		}
		out = append(out, l)
	}
	return out, ""
}

// evidence is what lines say, with how their speakers are called.
func (c *checker) evidence(lines []domain.Line) evidence {
	var b strings.Builder
	for _, l := range lines {
		b.WriteString(l.Text)
		b.WriteString(" . ")
		b.WriteString(clean(c.names[l.Speaker]))
		b.WriteString(" . ")
	}
	return newEvidence(b.String())
}

func (c *checker) step(cl claim, out *Checked) (domain.CitedStep, string) {
	cited, why := c.cited(cl)
	if why != "" {
		return domain.CitedStep{}, why
	}
	s := domain.CitedStep{Cited: cited}
	if owner := domain.Speaker(strings.ToLower(strings.TrimSpace(cl.Owner))); c.speakers[owner] && owner != "" {
		s.Owner = &owner
	} else if owner != "" {
		out.drop("owner", cl.Owner, "nobody in the call is called so; the next step stays without an owner")
	}
	if due := strings.TrimSpace(cl.Due); due != "" && c.namesDay(cited.Lines, due) {
		s.Due = &due
	} else if due != "" {
		out.drop("due", cl.Due, "it does not follow from the cited lines; the next step stays without a date")
	}
	return s, ""
}

// namesDay tells whether one of the lines names the day.
func (c *checker) namesDay(lines []int, day string) bool {
	return slices.ContainsFunc(lines, func(id int) bool { return slices.Contains(c.days[id], day) })
}

// question takes the words of the line for the text, and an answer only from somebody else after it.
func (c *checker) question(a asked) (domain.CitedQuestion, string) {
	line, ok := c.lines[int(a.Line)]
	if !ok {
		return domain.CitedQuestion{}, fmt.Sprintf("there is no line %d", a.Line)
	}
	text := findQuote(a.Quote, []domain.Line{line})
	if text == "" {
		return domain.CitedQuestion{}, "the question is not in the line, word for word"
	}
	q := domain.CitedQuestion{Text: text, Speaker: line.Speaker, Line: line.ID}
	if by, ok := c.lines[int(a.AnswerLine)]; ok && by.ID > line.ID && by.Speaker != line.Speaker {
		q.AnswerLine = by.ID
	}
	return q, ""
}

func (c *checker) insight(cl claim) (domain.CitedInsight, string) {
	p, ok := c.prompts[cl.Name]
	if !ok {
		return domain.CitedInsight{}, "nobody asked for an insight of this name"
	}
	cited, why := c.cited(cl)
	return domain.CitedInsight{Cited: cited, Name: p.Name, Kind: p.Kind}, why
}

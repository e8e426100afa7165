package llm

import (
	"context"
	"slices"

	"earshot/internal/domain"
)

// maxReply is how many tokens an answer may have.
const maxReply = 3000

// Options of Write.
type Options struct {
	WindowTokens int // 0: DefaultWindow
	Prompts      []domain.InsightPrompt
}

// Estimate is how many tokens Write may take at most, both ways, one repair of each window included.
func Estimate(s Source, o Options) int {
	total := 0
	parts := windows(shortened(s.Lines, o.window()), o.window())
	system, err := systemForCall(s, o.Prompts, len(parts))
	if err != nil {
		return 0
	}
	for _, lines := range parts {
		total += 2*(Tokens(system)+Tokens(block(lines, nil))) + 4*maxReply
	}
	return total
}

func (o Options) window() int {
	if o.WindowTokens <= 0 {
		return DefaultWindow
	}
	return o.WindowTokens
}

// Write has the model write about a call, window by window, and gives what passed the checks. The usage counts also where there is an error.
// Lines must have unique IDs in rising order.
func Write(ctx context.Context, m Model, s Source, o Options) (domain.Written, domain.ModelUsage, error) {
	parts := windows(shortened(s.Lines, o.window()), o.window())
	out := domain.Written{Summary: []domain.Cited{}, NextSteps: []domain.CitedStep{}, Questions: []domain.CitedQuestion{}, Insights: []domain.CitedInsight{}, Dropped: []domain.Dropped{}, Windows: len(parts)}
	system, err := systemForCall(s, o.Prompts, len(parts))
	if err != nil {
		return out, domain.ModelUsage{}, err
	}
	var usage domain.ModelUsage
	for _, lines := range parts {
		part := Source{Lines: lines, Names: s.Names, StartedAt: s.StartedAt}
		checked, repaired, used, err := ask(ctx, m, Request{System: system, Messages: []Message{{"user", block(lines, nil)}}, Schema: callSchema(), MaxTokens: maxReply}, part, o.Prompts)
		usage = usage.Add(used)
		if err != nil {
			return out, usage, err
		}
		merge(&out, checked.Written)
		out.Repaired += repaired
	}
	return out, usage, nil
}

// Explore answers a question from lines. head names the call that begins at a line, by its ID.
func Explore(ctx context.Context, m Model, question string, s Source, head map[int]string) (Checked, domain.ModelUsage, error) {
	system, err := render("explore.v1", nil)
	if err != nil {
		return Checked{}, domain.ModelUsage{}, err
	}
	text := "Question: " + harmless(question) + "\n\n" + block(shortened(s.Lines, maxLine), head)
	checked, _, usage, err := ask(ctx, m, Request{System: system, Messages: []Message{{"user", text}}, Schema: answerSchema(), MaxTokens: maxReply}, s, nil)
	return checked, usage, err
}

// ask sends a request, checks the answer, and lets the model repair it once. What passed the first check is never lost: a repair that leaves
// less is not taken.
func ask(ctx context.Context, m Model, r Request, s Source, prompts []domain.InsightPrompt) (Checked, int, domain.ModelUsage, error) {
	reply, err := m.Complete(ctx, r)
	if err != nil {
		return Checked{}, 0, reply.Usage, err
	}
	usage := reply.Usage
	first, readErr := read(reply, s, prompts)
	if domain.CodeOf(readErr) == CodeRefused || readErr == nil && len(first.Dropped) == 0 {
		return first, 0, usage, readErr
	}
	faults := first.Dropped
	if readErr != nil {
		faults = []domain.Dropped{{What: "answer", Why: domain.MessageOf(readErr) + "; answer with less, as one JSON object of the form that was asked for"}}
	}
	more, err := render("repair.v1", faults)
	if err != nil {
		return first, 0, usage, err
	}
	r.Messages = append(slices.Clone(r.Messages), Message{"assistant", short(reply.Text)}, Message{"user", more})
	again, err := m.Complete(ctx, r)
	usage = usage.Add(again.Usage)
	if err != nil && readErr != nil {
		return first, 0, usage, err
	}
	if err != nil {
		return first, 0, usage, nil // what passed is worth keeping
	}
	second, err := read(again, s, prompts)
	switch {
	case err != nil && readErr != nil:
		return first, 0, usage, err
	case err != nil || readErr == nil && second.size() < first.size():
		return first, 0, usage, nil
	}
	return second, max(0, second.size()-first.size()), usage, nil
}

// read checks a reply.
func read(r Reply, s Source, prompts []domain.InsightPrompt) (Checked, error) {
	if r.Stop == StopRefused {
		return Checked{}, domain.Errorf(domain.KindPermanent, CodeRefused, "the model refused to answer")
	}
	return Check(r.Text, s, prompts)
}

func (c Checked) size() int {
	return len(c.Summary) + len(c.NextSteps) + len(c.Questions) + len(c.Insights) + len(c.Answer)
}

// short is as much of a bad answer as the model sees again; an empty one is not allowed by services.
func short(text string) string {
	if text == "" {
		return "{}"
	}
	return string([]rune(text)[:min(len([]rune(text)), 4*maxReply)])
}

// merge adds what a window found and what the one before it did not, since windows overlap.
func merge(out *domain.Written, part domain.Written) {
	for _, c := range part.Summary {
		if !slices.ContainsFunc(out.Summary, func(o domain.Cited) bool { return same(o, c) }) {
			out.Summary = append(out.Summary, c)
		}
	}
	for _, c := range part.NextSteps {
		if !slices.ContainsFunc(out.NextSteps, func(o domain.CitedStep) bool { return same(o.Cited, c.Cited) }) {
			out.NextSteps = append(out.NextSteps, c)
		}
	}
	for _, c := range part.Questions {
		if !slices.ContainsFunc(out.Questions, func(o domain.CitedQuestion) bool { return o.Line == c.Line && o.Text == c.Text }) {
			out.Questions = append(out.Questions, c)
		}
	}
	for _, c := range part.Insights {
		if !slices.ContainsFunc(out.Insights, func(o domain.CitedInsight) bool { return o.Name == c.Name && same(o.Cited, c.Cited) }) {
			out.Insights = append(out.Insights, c)
		}
	}
	out.Dropped = append(out.Dropped, part.Dropped...)
	out.Dropped = out.Dropped[:min(len(out.Dropped), 4*maxDropped)]
}

// same tells whether two sentences say the same of the same lines.
func same(a, b domain.Cited) bool {
	return a.Text == b.Text || a.Quote == b.Quote && slices.Equal(a.Lines, b.Lines)
}

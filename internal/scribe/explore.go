package scribe

import (
	"cmp"
	"context"
	"slices"
	"strings"
	"time"

	"earshot/internal/domain"
	"earshot/internal/identity"
	"earshot/internal/insight"
	"earshot/internal/insight/llm"
	"earshot/internal/store"
)

// Caps of a question.
const (
	maxQuestion = 500  // characters
	maxParts    = 12   // words of it that are looked for
	maxFound    = 2000 // lines that are weighed
	maxCalls    = 12   // calls that are sent
	around      = 2    // lines before and behind one that fits
)

// Cite is a line of a call.
type Cite struct {
	CallID string
	Line   int
}

// Sentence of an answer, with the lines that support it.
type Sentence struct {
	Text, Quote string
	Cites       []Cite
}

// Answer to a question about calls. Without sentences the lines do not answer it.
type Answer struct {
	Sentences []Sentence
	Calls     []domain.Call // that were looked at, without their lines
	Dropped   int           // sentences that the checks dropped
	Usage     domain.ModelUsage
	Cost      float64
	Currency  string
}

// Ask has a question about the calls of a filter answered, as far as the user may see them: about one where the filter names it.
func (s *Service) Ask(ctx context.Context, actor domain.User, question string, f store.CallFilter) (Answer, error) {
	question = strings.TrimSpace(strings.ToValidUTF8(question, ""))
	if question == "" || len([]rune(question)) > maxQuestion {
		return Answer{}, domain.Errorf(domain.KindInvalid, "bad_question", "a question has between 1 and %d characters", maxQuestion)
	}
	if err := identity.Require(actor, domain.PermissionAccessVoice, s.Now()); err != nil {
		return Answer{}, err
	}
	if f.CallID != "" {
		if _, err := s.Library.Call(ctx, actor, f.CallID); err != nil {
			return Answer{}, err
		}
	}
	settings, err := s.Store.ModelSettings(ctx)
	if err != nil {
		return Answer{}, err
	}
	if err := s.on(ctx); err != nil {
		return Answer{}, err
	}
	general, err := s.Store.Settings(ctx)
	if err != nil {
		return Answer{}, err
	}
	x, err := s.gather(ctx, actor, question, f, settings.WindowTokens, general.Location())
	if err != nil || len(x.source.Lines) == 0 {
		return Answer{Sentences: []Sentence{}, Calls: []domain.Call{}}, err
	}
	return s.answer(ctx, question, x, settings)
}

func (s *Service) answer(ctx context.Context, question string, x *excerpt, settings domain.ModelSettings) (Answer, error) {
	model, err := s.model(ctx, settings)
	if err != nil {
		return Answer{}, err
	}
	estimate := 2*(llm.Estimate(x.source, llm.Options{WindowTokens: 1 << 20})) + llm.Tokens(question)
	day, err := s.reserve(ctx, settings, estimate)
	if err != nil {
		return Answer{}, err
	}
	checked, usage, err := llm.Explore(ctx, model, question, x.source, x.head)
	s.settle(ctx, day, estimate, usage)
	if err != nil {
		return Answer{}, err
	}
	out := Answer{Sentences: []Sentence{}, Calls: x.calls, Dropped: len(checked.Dropped), Usage: usage, Cost: settings.Cost(usage), Currency: settings.Currency}
	for _, c := range checked.Answer {
		sentence := Sentence{Text: c.Text, Quote: c.Quote}
		for _, id := range c.Lines {
			sentence.Cites = append(sentence.Cites, x.at[id])
		}
		out.Sentences = append(out.Sentences, sentence)
	}
	return out, nil
}

// excerpt is lines of several calls, numbered through.
type excerpt struct {
	source llm.Source
	head   map[int]string // by the first line of a call
	at     map[int]Cite
	calls  []domain.Call
	room   int // tokens that are left
	last   int // number that was given
}

// gather finds the lines that fit a question: those with most of its words, with what was said around them. Of one call that fits whole,
// all lines are taken.
func (s *Service) gather(ctx context.Context, actor domain.User, question string, f store.CallFilter, tokens int, zone *time.Location) (*excerpt, error) {
	x := &excerpt{head: map[int]string{}, at: map[int]Cite{}, room: cmp.Or(tokens, llm.DefaultWindow)}
	parts := partsOf(question)
	found, err := s.Library.Lines(ctx, actor, f, parts, maxFound)
	if err != nil {
		return nil, err
	}
	hits := weigh(found, parts)
	order := make([]string, 0, len(hits))
	for id := range hits {
		order = append(order, id)
	}
	slices.SortFunc(order, func(a, b string) int { return cmp.Or(cmp.Compare(best(hits[b]), best(hits[a])), cmp.Compare(b, a)) })
	if f.CallID != "" {
		order = []string{f.CallID}
	}
	for _, id := range order[:min(len(order), maxCalls)] {
		call, err := s.Library.Call(ctx, actor, id)
		if domain.IsKind(err, domain.KindNotFound) {
			continue // deleted meanwhile
		}
		if err != nil {
			return nil, err
		}
		x.add(call, hits[id], zone, f.CallID != "")
	}
	return x, nil
}

// partsOf a question are the beginnings of its words that a line may have.
func partsOf(question string) []string {
	var out []string
	for _, stem := range insight.ContentStems(question) {
		if len([]rune(stem)) > 2 && !slices.Contains(out, stem) && len(out) < maxParts {
			out = append(out, stem)
		}
	}
	return out
}

// weigh counts the parts of each line, by call.
func weigh(found []store.FoundLine, parts []string) map[string]map[int]int {
	out := map[string]map[int]int{}
	for _, l := range found {
		if out[l.CallID] == nil {
			out[l.CallID] = map[int]int{}
		}
		text := strings.ToLower(l.Text)
		for _, p := range parts {
			if strings.Contains(text, p) {
				out[l.CallID][l.ID]++
			}
		}
	}
	return out
}

func best(hits map[int]int) (most int) {
	for _, n := range hits {
		most = max(most, n)
	}
	return most
}

// add takes lines of a call: all if they fit and it is the only one, else the best with what is around them, up to the room that is left.
func (x *excerpt) add(call domain.Call, hits map[int]int, zone *time.Location, only bool) {
	if call.Transcript == nil {
		return
	}
	lines := call.Transcript.Lines
	take := make([]bool, len(lines))
	room := x.room
	if !only {
		room = min(room, max(x.room/3, 400))
	}
	used := 0
	for _, i := range ranked(lines, hits, only) {
		for k := max(0, i-around); k <= min(len(lines)-1, i+around); k++ {
			need := llm.Tokens(lines[k].Text) + 8
			if !take[k] && used+need <= room {
				take[k], used = true, used+need
			}
		}
	}
	x.room -= used
	first := true
	for i, l := range lines {
		if !take[i] {
			continue
		}
		x.last++
		if first || !take[i-1] {
			x.last++ // numbers that follow each other are lines that do
		}
		id := x.last
		if first {
			x.head[id], first = "of "+call.StartedAt.In(zone).Format("2 January 2006"), false
		}
		x.at[id] = Cite{call.ID, l.ID}
		l.ID = id
		x.source.Lines = append(x.source.Lines, l)
	}
	if !first {
		call.Transcript, call.Insights = nil, nil
		x.calls = append(x.calls, call)
	}
}

// ranked are the places of lines, the best first. Of an only call all lines may be taken, in their order behind those that fit.
func ranked(lines []domain.Line, hits map[int]int, only bool) []int {
	var out []int
	for i, l := range lines {
		if only || hits[l.ID] > 0 {
			out = append(out, i)
		}
	}
	slices.SortStableFunc(out, func(a, b int) int { return cmp.Compare(hits[lines[b].ID], hits[lines[a].ID]) })
	return out
}

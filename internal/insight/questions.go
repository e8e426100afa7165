package insight

import (
	"earshot/internal/domain"
)

// question is a question at words [first, last) of line index.
type question struct {
	index       int
	first, last int
	text        string
	answered    bool
	rule        string // mark, wording or tag
}

// findQuestions finds what is asked in each line. A question mark is believed unless the clause is a mere filler ("Hello?");
// without one, the start of a clause decides (see asks) or a tag at its end.
func (c *call) findQuestions() []question {
	var out []question
	for i, l := range c.lines {
		for _, s := range l.sentences {
			found := c.inSentence(l, s)
			for n := range found {
				found[n].index = i
			}
			out = append(out, found...)
		}
	}
	for i := range out {
		out[i].answered = c.answered(out, i)
	}
	return out
}

// inSentence gives the questions of a sentence. The last one runs to the sentence's end with its mark.
func (c *call) inSentence(l *line, s sentence) []question {
	starts, rule := c.questionStarts(l, s), "wording"
	if len(starts) == 0 {
		switch {
		case s.asks && asksByMark(l, s):
			rule = "mark"
		case hasTag(l, s):
			rule = "tag"
		default:
			return nil
		}
		starts = []int{s.first}
	}
	var out []question
	for n, first := range starts {
		q := question{first: first, last: s.last, rule: rule}
		if n+1 < len(starts) {
			q.last = trimJoin(l, first, starts[n+1])
		} else if !s.asks {
			q.last = c.questionEnd(l, first, s.last)
		}
		q.text = l.quote(q.first, q.last)
		if q.last == s.last {
			q.text = l.Text[l.words[first].from:s.to]
		}
		out = append(out, q)
	}
	return out
}

// questionStarts are the words of the sentence at which a question starts.
func (c *call) questionStarts(l *line, s sentence) []int {
	var out []int
	for i := s.first; i < s.last; i++ {
		end := c.asks(l, s, i)
		if end < 0 {
			continue
		}
		if len(out) == 0 {
			out = append(out, c.withSubordinate(l, s, i))
		} else if !l.is(i-1, alternative) {
			out = append(out, i)
		}
		i = end - 1
	}
	return out
}

var (
	alternative = setOf("or")
	joiners     = setOf("and but or so then because plus")
	starters    = setOf("okay ok done deal so well and but or um uh er hmm oh alright right great good perfect yeah yes no sure thanks thank sorry hi hello hey " +
		"actually also now cool wonderful excellent awesome anyway first please mean absolutely fine understood ma'am sir")
	subordinators = setOf("if when since because before after while once as given for with in")
)

// startsClause tells whether a clause may start at word i. Without punctuation it may start anywhere.
func (c *call) startsClause(l *line, s sentence, i int) bool {
	return i == s.first || !c.punctuated || l.words[i].gap >= gapComma || l.is(i-1, starters) || l.is(i-1, joiners)
}

// withSubordinate moves a question's start back over "When you run it, do you see ...".
func (c *call) withSubordinate(l *line, s sentence, i int) int {
	if !c.punctuated || l.words[i].gap != gapComma {
		return i
	}
	for j := i - 1; j >= s.first; j-- {
		if c.startsClause(l, s, j) && l.is(j, subordinators) {
			return j
		}
	}
	return i
}

// trimJoin leaves "and" and fillers between two questions to neither.
func trimJoin(l *line, first, last int) int {
	for last > first+2 && (l.is(last-1, joiners) || l.is(last-1, starters)) {
		last--
	}
	return last
}

var (
	statementStarts = patterns(`
because
okay|ok|thanks|alright
thank you
i 'm|'ve|was|just|need|want|tried|called
it 's|keeps
`)
	continues = setOf("if that when what where how why who which because as than and or whether before after while until thing " +
		"way time think know but what's sure")
)

// questionEnd cuts what is said after a question in text without punctuation.
func (c *call) questionEnd(l *line, first, last int) int {
	if c.punctuated {
		return last
	}
	for i := first + 4; i < last; i++ {
		if matchAny(statementStarts, l.words[:last], i) > 0 && !l.is(i-1, continues) {
			return i
		}
	}
	return last
}

func exportQuestions(in []question, lines []*line) []domain.Question {
	out := make([]domain.Question, 0, len(in))
	for _, q := range in {
		l := lines[q.index]
		out = append(out, domain.Question{Text: q.text, Speaker: l.Speaker, Line: l.ID, Answered: q.answered, Rule: q.rule})
	}
	return out
}

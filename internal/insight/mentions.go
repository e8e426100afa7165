package insight

import (
	"cmp"
	"math"
	"slices"

	"earshot/internal/domain"
)

// found is a keyword at words [first, last) of a line.
type found struct {
	entry       *entry
	first, last int
	how         domain.MatchKind
	score       float64 // 0-1
}

var kindOrder = map[domain.MatchKind]int{domain.MatchExact: 0, domain.MatchFuzzy: 1, domain.MatchPhonetic: 2}

// findMentions gives one mention a category, keyword and line, in order of the lines, and the answer to being recorded.
func (c *call) findMentions(f *finder, asked []question) []domain.Mention {
	out := []domain.Mention{}
	for _, l := range c.lines {
		all := slices.Concat(f.exact(l), f.similar(l))
		out = append(out, l.mentions(l.best(all, c.duration))...)
	}
	out = append(out, c.consents(out, asked)...)
	slices.SortStableFunc(out, func(a, b domain.Mention) int { return cmp.Compare(c.order(a.Line), c.order(b.Line)) })
	return out
}

// order is the place of a line ID in the call.
func (c *call) order(id int) int {
	if c.places == nil {
		c.places = map[int]int{}
		for i, l := range c.lines {
			c.places[l.ID] = i
		}
	}
	return c.places[id]
}

// best keeps of the keywords found in a line, where they count, the best of each category, keyword and type, and none that lies within a
// longer one of its category; in order of the words.
func (l *line) best(all []found, duration float64) []found {
	all = slices.DeleteFunc(all, func(m found) bool {
		return !m.entry.blocks && (!m.entry.saidBy(l.Speaker) || !m.entry.within.holds(l.timeOf(m.first), duration))
	})
	slices.SortStableFunc(all, func(a, b found) int {
		return cmp.Or(cmp.Compare(kindOrder[a.how], kindOrder[b.how]), cmp.Compare(b.score, a.score), cmp.Compare(a.first, b.first), cmp.Compare(b.last, a.last))
	})
	type key struct{ category, keyword, typed string }
	seen := map[key]bool{}
	var kept []found
	for _, m := range all {
		k := key{m.entry.category, m.entry.keyword, m.entry.typed}
		if seen[k] || m.entry.blocks || slices.ContainsFunc(all, func(o found) bool { return o.covers(m) }) {
			continue
		}
		seen[k] = true
		kept = append(kept, m)
	}
	slices.SortStableFunc(kept, func(a, b found) int { return cmp.Compare(a.first, b.first) })
	return kept
}

// mentions tells what was found.
func (l *line) mentions(kept []found) []domain.Mention {
	out := make([]domain.Mention, 0, len(kept))
	for _, m := range kept {
		mention := domain.Mention{Category: m.entry.category, Keyword: m.entry.keyword, Speaker: l.Speaker, Line: l.ID, Start: l.timeOf(m.first), Match: m.how, Score: m.score}
		if m.how != domain.MatchExact {
			mention.Heard = l.quote(m.first, m.last)
		}
		if !slices.ContainsFunc(out, func(o domain.Mention) bool { return o.Category == mention.Category && o.Keyword == mention.Keyword }) {
			out = append(out, mention)
		}
	}
	return out
}

// covers tells whether m lies within the longer o of the same category, where o is no less certain.
func (o found) covers(m found) bool {
	return o.entry.category == m.entry.category && o.first <= m.first && o.last >= m.last && o.last-o.first > m.last-m.first &&
		kindOrder[o.how] <= kindOrder[m.how]
}

// timeOf is about when word i is said: the line's start and the share of its text before the word, in seconds.
func (l *line) timeOf(i int) float64 {
	if len(l.Text) == 0 || l.End <= l.Start {
		return l.Start
	}
	share := float64(l.words[i].from) / float64(len(l.Text))
	return math.Round((l.Start+share*(l.End-l.Start))*100) / 100
}

// Keywords of the answer to being recorded, which no phrase alone tells.
const (
	agreedKeyword   = "agreed to recording"
	declinedKeyword = "declined recording"
)

var (
	recordingAsked = setOf("okay ok mind continue fine alright consent agree record recorded recording proceed problem")
	declines       = patterns("no\ni 'd rather not\ni|we do n't want|consent|agree\nplease do n't\nnot really\ni do not")
)

// consents finds how the other side answers a question about the recording.
func (c *call) consents(mentions []domain.Mention, asked []question) []domain.Mention {
	var out []domain.Mention
	answered := map[int]bool{}
	for _, m := range mentions {
		if m.Category != domain.CategoryConsent {
			continue
		}
		at := c.order(m.Line)
		q := c.recordingQuestion(at, asked)
		if q == nil || answered[q.index] {
			continue
		}
		if reply, ok := c.consentReply(*q); ok {
			answered[q.index] = true
			out = append(out, reply)
		}
	}
	return out
}

// recordingQuestion is the question by which the speaker of line at asks for agreement, in that line or the next two.
func (c *call) recordingQuestion(at int, asked []question) *question {
	n, _ := slices.BinarySearchFunc(asked, at, func(q question, at int) int { return cmp.Compare(q.index, at) })
	for ; n < len(asked) && asked[n].index <= at+2; n++ {
		q := &asked[n]
		if c.lines[q.index].Speaker != c.lines[at].Speaker {
			continue
		}
		for _, w := range c.lines[q.index].words[q.first:q.last] {
			if recordingAsked[w.text] {
				return q
			}
		}
	}
	return nil
}

func (c *call) consentReply(q question) (domain.Mention, bool) {
	minds := slices.ContainsFunc(c.lines[q.index].words[q.first:q.last], func(w word) bool { return w.text == "mind" })
	for i := q.index + 1; i < min(q.index+3, len(c.lines)); i++ {
		l := c.lines[i]
		if !c.opposite(q.index, i) || len(l.words) == 0 {
			continue
		}
		m := domain.Mention{Category: domain.CategoryConsent, Keyword: agreedKeyword, Speaker: l.Speaker, Line: l.ID, Start: l.timeOf(0), Match: domain.MatchExact, Score: 1}
		start := l.afterFillers()
		declined := matchAny(declines, l.words, start) > 0
		switch {
		case declined && (!minds || len(l.words) > 3 && findAny(noConsent, l.words)):
			m.Keyword = declinedKeyword
			return m, true
		case declined && minds, matchAny(agreement, l.words, start) > 0, findAny(goAhead, l.words):
			return m, true
		}
		return domain.Mention{}, false
	}
	return domain.Mention{}, false
}

var (
	noConsent = patterns("rather not\ndo n't record|want\nplease do n't")
	goAhead   = patterns("go ahead\nthat 's fine|okay|ok|alright\nno problem\nnot at all\nfine by|with me")
)

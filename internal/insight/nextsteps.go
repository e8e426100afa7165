package insight

import (
	"slices"
	"strings"
	"time"

	"earshot/internal/domain"
)

// Scores. A commitment brings its weight, a verb that is done after the call 1, a time 1, the call's end 0.5, consent 1.
const (
	stepScore     = 3.0
	endOfCall     = 0.8 // share of the call after which more is promised
	conditional   = -1.0
	immediate     = -3.0
	refused       = -3.0
	replyLines    = 2  // lines behind a request in which its answer is looked for
	repeatLines   = 3  // lines behind a step in which "I'll send it" means the same
	maxClause     = 26 // words
	conditionSpan = 40 // words before a commitment in which an "if" governs it
	similarEnough = 0.5
)

// step is a next step while it is put together.
type step struct {
	index   int // line
	text    string
	owner   *domain.Speaker
	due     time.Time
	lines   []int // indexes
	verb    string
	content words // stems of what it is about
	vague   bool  // its object is a pronoun
	score   float64
}

// findNextSteps finds what is promised or asked for in the call, and makes one of what is said more than once.
func (c *call) findNextSteps(asked []question) []*step {
	var out []*step
	for i, l := range c.lines {
		c.days.hear(l.words)
		for _, s := range l.sentences {
			out = append(out, c.stepsIn(i, l, s)...)
		}
	}
	return mergeSteps(out)
}

func (c *call) stepsIn(index int, l *line, s sentence) []*step {
	var out []*step
	from := s.first // where the words before a commitment start that may hold its time
	for i := s.first; i < s.last; i++ {
		kind, verb := commitmentAt(l.words[:s.last], i)
		if kind == nil {
			continue
		}
		last := c.clauseEnd(l, s, verb)
		if st := c.judge(index, l, *kind, clause{sentence: s, from: max(from, i-4), start: i, verb: verb, last: last}); st != nil {
			out = append(out, st)
			from = last
			i = max(i, last-1)
		}
	}
	return out
}

// clause is a stretch of a sentence: a commitment at start, its verb, and the word behind its end.
type clause struct {
	sentence          sentence
	from              int // first word that may belong to it: "by Friday I'll send it"
	start, verb, last int
}

// commitmentAt is the commitment that starts at word i, with the word of its verb; nil where none does.
func commitmentAt(ws []word, i int) (*commitment, int) {
	for n := range commitments {
		k := &commitments[n]
		end := matchAny(k.patterns, ws, i)
		if end <= i || end >= len(ws) {
			continue
		}
		if k.only != nil && !k.only[stem(ws[end].text)] {
			continue
		}
		if (k.request || k.offer) && unasked[stem(ws[end].text)] && !(k.offer && ws[end].text == "have") {
			continue
		}
		if k.lead || actionStems[stem(ws[end].text)] || findsHere(afterCall, ws, end) {
			return k, end
		}
	}
	return nil, 0
}

func findsHere(ps []pattern, ws []word, i int) bool { return matchAny(ps, ws, i) > i }

var clauseBreaks = patterns(`
and|but|so|because|then|or i|we|you|they|he|she|it|if|that|there|i'll|please|can|could|is|do|does|what|when|how
and|but|so|then let me|'s
and|but|so|then just|then|maybe|also? i|we|you|they|i'll
okay|ok|alright|thanks|because|bye|goodbye
thank you
is|does|do|would|will|can|could that|this|it|you work|works|okay|ok|sound|sounds|all|have|help|do|be
i 'm|'ll|'ve|will
we 'll|'re|will
you 'll|'re|can|will
`)

var (
	splices = setOf("i we you they he she it")
	knows   = setOf("know mean guess think")
)

// clauseEnd is the word behind the clause that holds the verb.
func (c *call) clauseEnd(l *line, s sentence, verb int) int {
	last := min(s.last, verb+maxClause)
	for i := verb + 1; i < last; i++ {
		if l.words[i].gap == gapComma && l.is(i, splices) && !l.is(i+1, knows) {
			last = i // "ask them, they are in tomorrow"
			break
		}
		if matchAny(clauseBreaks, l.words[:s.last], i) > i && !l.is(i-1, continues) && (i > verb+1 || l.words[i].gap != gapSpace) {
			last = i
			break
		}
	}
	for last > verb+1 && l.is(last-1, trailingWord) {
		last--
	}
	return last
}

// judge scores a clause and makes a step of it if it counts.
func (c *call) judge(index int, l *line, k commitment, cl clause) *step {
	ws := l.words[cl.verb:cl.last]
	if c.isNegated(l, cl) || c.isReported(l, k, cl) {
		return nil
	}
	due, timed := c.dueOf(l, cl)
	later := findAny(sometime, ws)
	timed = timed || later
	st := &step{index: index, lines: []int{index}, due: due, verb: stem(ws[0].text)}
	verb := verbScore(ws, later || !due.IsZero(), k)
	if l.is(cl.verb-1, atOnce) {
		verb = immediate // "I'll now send"
	}
	if k.offer && inCallOffers[st.verb] && due.IsZero() || verb == 0 && !k.lead && !timed {
		return nil // "can you provide more details"
	}
	st.score = k.weight + verb + c.condition(l, k, cl)
	if timed {
		st.score++
	}
	if c.late(index) >= endOfCall {
		st.score += 0.5
	}
	agreed := false
	if k.request || k.offer {
		agreed = c.heed(st)
	}
	if st.score < stepScore || k.offer && !agreed && due.IsZero() {
		return nil
	}
	st.describe(l, k, cl)
	st.owner = ownerOf(l.Speaker, k.owner)
	return st
}

// verbScore weighs what is to be done: 1 for what is done after the call, -3 for what is done during it.
func verbScore(ws []word, dated bool, k commitment) float64 {
	strong := strongVerbs[stem(ws[0].text)]
	switch {
	case k.lead:
		return 0
	case k.whole && k.owner == ownSpeaker && findsHere(whyCalling, ws, 0):
		return immediate
	case findsHere(consults, ws, 0):
		return 1.5
	case findAny(alwaysDuring, ws), !dated && !findsHere(afterCall, ws, 0) && findsHere(duringCall, ws, 0):
		return immediate
	case findsHere(afterCall, ws, 0), strong:
		return 1
	case ws[0].text == "be" || k.whole && k.owner == ownSpeaker:
		return beScore(ws, dated)
	}
	return 0
}

// whyCalling begins what a caller says of the call itself: "I'm calling in today because".
var whyCalling = patterns("calling in|because|cause|about|from|regarding|on|to|for|and|today")

var alwaysDuring = patterns("right now\nreal quick\non hold\nhold on\njust a|one moment|second|sec|minute\nfor a moment|second|minute\nfeel free\nhesitate\nin a moment|second|sec")

// beScore knows "I'm sending it tomorrow" and "I'll be sending it".
func beScore(ws []word, dated bool) float64 {
	for _, w := range ws[:min(3, len(ws))] {
		if strings.HasSuffix(w.text, "ing") && strongVerbs[stem(w.text)] {
			return 1
		}
	}
	if dated {
		return 0
	}
	return immediate
}

// dueOf is the day by which a clause is to be done, from its words or those right before it, and whether it has any time.
func (c *call) dueOf(l *line, cl clause) (day time.Time, timed bool) {
	ws := l.words[cl.verb:cl.last]
	if strongVerbs[stem(ws[0].text)] && findAny(invitations, ws) {
		return day, true
	}
	day, timed = c.days.due(ws)
	if day.IsZero() {
		before, said := c.days.due(l.words[cl.from:cl.start])
		day, timed = before, said || timed
	}
	return day, timed
}

// invitations name the day of something else than the step: "send an invite for Tuesday".
var invitations = patterns("invite|invitation|reminder|link|agenda|appointment|meeting ~ for|on|about ~ monday|tuesday|wednesday|thursday|friday|saturday|sunday|tomorrow|next|the")

// sometime are times after the call that name no day.
var sometime = patterns("after this|the|our call\nafter we hang\nshortly\nas soon as\nsoon\nlater\nonce|when i|we|they 'm|get|have|hear|know|'re|receive|finish")

// isNegated tells whether a "not" stands before the verb.
func (c *call) isNegated(l *line, cl clause) bool {
	for i := max(cl.sentence.first, cl.start-1); i <= min(cl.verb, cl.last-1); i++ {
		if l.is(i, negations) {
			return true
		}
	}
	return false
}

// isReported tells whether the promise is one told of: "he said he will call", "I thought we'll meet".
func (c *call) isReported(l *line, k commitment, cl clause) bool {
	if k.owner == ownSpeakerSide && l.is(cl.start, setOfThey) && (l.Speaker == domain.Customer || l.is(cl.verb+1, ourselves)) {
		return true // somebody else's promise
	}
	for i := max(cl.sentence.first, cl.start-4); i < cl.start; i++ {
		if l.is(i, reported) {
			return true
		}
	}
	return cl.start > cl.sentence.first && l.is(cl.start-1, askingHow)
}

var (
	setOfThey = setOf("they")
	ourselves = setOf("us me")
	askingHow = setOf("what how why where who which when")
)

// condition is what an "if" takes away.
func (c *call) condition(l *line, k commitment, cl clause) float64 {
	if l.is(cl.start-1, alternative) && cl.start > cl.sentence.first {
		return conditional // "you can pay him or we'll mail an invoice"
	}
	for i := max(cl.sentence.first, cl.start-conditionSpan); i < cl.sentence.last && i < cl.last+12; i++ {
		if !l.is(i, conditions) || i >= cl.start && i < cl.verb || i > cl.verb && i < cl.last && isIndirect(l, i) || findsHere(mildIf, l.words[:cl.sentence.last], i) {
			continue
		}
		if c.punctuated || i >= cl.start-12 && i < cl.last {
			if k.request {
				return 2 * conditional // consent does not make up for it
			}
			return conditional
		}
	}
	return 0
}

// isIndirect knows "check if", "let you know if".
func isIndirect(l *line, i int) bool { return l.is(i-1, setOfKnowing) }

var atOnce = setOf("now quickly")

var setOfKnowing = setOf("check see know ask find out whether confirm sure")

// heed looks at how the other side takes a request or an offer, and tells whether it agrees.
func (c *call) heed(st *step) bool {
	for i := st.index + 1; i < min(len(c.lines), st.index+1+replyLines); i++ {
		l := c.lines[i]
		if !c.opposite(st.index, i) || len(l.words) == 0 {
			continue
		}
		start := l.afterFillers()
		switch {
		case matchAny(refusal, l.words, start) > 0:
			st.score += refused
			return false
		case matchAny(agreement, l.words, start) > 0:
			st.score++
			st.lines = append(st.lines, i)
			return true
		}
		return false
	}
	return false
}

// describe gives the step its text: the clause from its verb on, or from its subject where that is somebody else.
func (st *step) describe(l *line, k commitment, cl clause) {
	first := cl.verb
	if k.whole {
		first = cl.start
	}
	st.text = tidyClause(l, first, cl.last, !k.whole)
	st.content = words{}
	for n, w := range l.words[cl.verb:cl.last] {
		if n > 0 && !isFunctionWord(w.text) && !cardinalDay(w.text) {
			st.content[stem(w.text)] = true
		}
	}
	for i := cl.verb + 1; i < min(cl.verb+4, cl.last); i++ {
		st.vague = st.vague || l.is(i, pronouns)
	}
}

func cardinalDay(w string) bool {
	_, day := weekdays[w]
	_, month := months[w]
	return day || month || w == "today" || w == "tomorrow" || w == "week" || w == "morning" || w == "afternoon" || w == "end" || w == "day"
}

// tidyClause quotes words [first, last), without the person behind "send", with a capital and without white space doubled.
func tidyClause(l *line, first, last int, fromVerb bool) string {
	text := l.quote(first, last)
	if fromVerb && dropsObject[stem(l.words[first].text)] && first+2 < last && l.is(first+1, objects) && l.words[first+2].gap == gapSpace {
		text = l.quote(first, first+1) + " " + l.quote(first+2, last)
	}
	return capital(strings.Join(strings.Fields(text), " "))
}

// ownerOf is the side that is to act; nil where voices are not known as agent and customer.
func ownerOf(speaker domain.Speaker, o owner) *domain.Speaker {
	other := map[domain.Speaker]domain.Speaker{domain.Agent: domain.Customer, domain.Customer: domain.Agent}
	if other[speaker] == "" {
		return nil
	}
	if o == ownOther {
		speaker = other[speaker]
	}
	return &speaker
}

// mergeSteps makes one step of those that say the same.
func mergeSteps(in []*step) []*step {
	var out []*step
	for _, st := range in {
		if at := slices.IndexFunc(out, func(old *step) bool { return same(old, st) }); at >= 0 {
			out[at].absorb(st)
			continue
		}
		out = append(out, st)
	}
	return out
}

// same tells whether b repeats a: the same owner, and the same verb about the same thing, or "it" soon after.
func same(a, b *step) bool {
	if (a.owner == nil) != (b.owner == nil) || a.owner != nil && *a.owner != *b.owner {
		return false
	}
	near := b.index-a.lines[len(a.lines)-1] <= repeatLines
	if near && b.vague && (a.verb == b.verb || transfers[a.verb] && transfers[b.verb] || lightVerbs[b.verb] && len(b.content) <= 1) {
		return true
	}
	if a.verb != b.verb {
		return len(a.content) > 1 && overlap(a.content, b.content) >= 0.75
	}
	if len(a.content) == 0 || len(b.content) == 0 {
		return near || a.due.Equal(b.due) && !a.due.IsZero()
	}
	return overlap(a.content, b.content) >= similarEnough && !(len(a.content) != len(b.content) && !a.due.Equal(b.due) && !a.due.IsZero() && !b.due.IsZero())
}

// overlap is the share of the smaller set that the other has.
func overlap(a, b words) float64 {
	if len(a) == 0 || len(b) == 0 {
		return 0
	}
	n := 0
	for w := range a {
		if b[w] {
			n++
		}
	}
	return float64(n) / float64(min(len(a), len(b)))
}

// absorb adds what b says: its lines, its day, and its text where it says more.
func (st *step) absorb(b *step) {
	for _, i := range b.lines {
		if !slices.Contains(st.lines, i) {
			st.lines = append(st.lines, i)
		}
	}
	slices.Sort(st.lines)
	if st.vague && !b.vague || len(b.content) > len(st.content) && !b.vague {
		st.text, st.content, st.vague = b.text, b.content, b.vague
	}
	if !b.due.IsZero() {
		st.due = b.due
	}
}

func exportSteps(in []*step, lines []*line) []domain.NextStep {
	out := make([]domain.NextStep, 0, len(in))
	for _, st := range in {
		next := domain.NextStep{Text: st.text, Owner: st.owner, Lines: make([]int, 0, len(st.lines))}
		if !st.due.IsZero() {
			due := st.due.Format(time.DateOnly)
			next.Due = &due
		}
		for _, i := range st.lines {
			next.Lines = append(next.Lines, lines[i].ID)
		}
		out = append(out, next)
	}
	return out
}

package insight

import (
	"cmp"
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
	rule    string
	request bool
}

func (st *step) addLine(i int) {
	if !slices.Contains(st.lines, i) {
		st.lines = append(st.lines, i)
		slices.Sort(st.lines)
	}
}

// findNextSteps finds what is promised or asked for in the call, and makes one of what is said more than once.
func (c *call) findNextSteps(asked []question) []*step {
	var out []*step
	var open []proposal
	var last, met *step
	for i, l := range c.lines {
		c.days.hear(l.words)
		for _, s := range l.sentences {
			out = append(out, c.stepsIn(i, l, s)...)
		}
		met, open = c.agree(i, l, open)
		switch {
		case met == nil:
			c.confirms(last, i, l)
		case !covered(out, met):
			out = append(out, met)
			last = met
		}
	}
	slices.SortStableFunc(out, func(a, b *step) int { return cmp.Compare(a.index, b.index) })
	return mergeSteps(out)
}

func (c *call) stepsIn(index int, l *line, s sentence) []*step {
	var out []*step
	from := s.first // where the words before a commitment start that may hold its time
	for i := s.first; i < s.last; i++ {
		kind, verb := commitmentAt(l.words[:s.last], i)
		if kind == nil && i == s.first {
			kind, verb = instructionAt(l.words[:s.last], i)
		}
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
		if k.only != nil && !k.only[ws[end].stem] {
			continue
		}
		if (k.request || k.offer) && unasked[ws[end].stem] && !(k.offer && ws[end].text == "have") {
			continue
		}
		if k.lead || k.only != nil || actionStems[ws[end].stem] || k.takesAny(ws[end].text) || findsHere(afterCall, ws, end) {
			return k, end
		}
	}
	return nil, 0
}

// takesAny tells whether any verb may follow if a day is said: "I'll show the offer to my manager on Monday".
func (k *commitment) takesAny(verb string) bool {
	return k.weight == 2 && !k.request && !k.offer && len(verb) > 2 && !stative[stem(verb)] && !isFunctionWord(verb)
}

var instruction = commitment{name: "instruction", weight: 2, owner: ownOther, request: true}

// instructionAt knows "Send it with your husband" where a sentence starts.
func instructionAt(ws []word, i int) (*commitment, int) {
	if i+1 < len(ws) && imperatives[ws[i].stem] && instructed[ws[i+1].text] {
		return &instruction, i
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
		if matchAny(clauseBreaks, l.words[:s.last], i) > i && (!l.is(i-1, continues) || l.words[i].gap == gapComma) && (i > verb+1 || l.words[i].gap != gapSpace) {
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
	st := &step{index: index, lines: []int{index}, due: due, verb: ws[0].stem}
	verb := verbScore(ws, later || !due.IsZero(), k)
	if l.is(cl.verb-1, atOnce) {
		verb = immediate // "I'll now send"
	}
	if k.can && (findAny(laterOn, ws) || findAny(surely, l.words[cl.start:cl.verb])) {
		k.offer, k.can, k.weight = false, false, 2 // "I can try that later" is a plan
	}
	known := k.lead || actionStems[st.verb] || findsHere(afterCall, ws, 0)
	switch {
	case k.offer && inCallOffers[st.verb] && due.IsZero(), verb == 0 && !k.lead && !timed:
		return nil // "can you provide more details"
	case (k.dated || !known && k.only == nil) && due.IsZero(), k.dated && l.Speaker == domain.Customer && k.name == "delivery":
		return nil
	case k.request && findAny(alternatively, l.words[cl.verb:cl.sentence.last]), k.offer && l.is(cl.start-1, alternative):
		return nil // "will you pick it up, or shall we send it"
	case k.name == "duty" && st.verb == "think":
		return nil // an objection
	}
	if k.dated && k.weight == 1 {
		k.weight = 2
	}
	st.score = k.weight + verb + c.condition(l, k, cl)
	if timed {
		st.score++
	}
	if c.late(index) >= endOfCall {
		st.score += 0.5
	}
	agreed := false
	if (k.request || k.offer) && !(k.can && asksBehind(l, cl.last)) {
		agreed = c.heed(st)
	}
	if st.score < stepScore || k.offer && !agreed && (due.IsZero() || k.can) {
		return nil
	}
	st.rule, st.request = k.name, k.request
	st.describe(l, k, cl)
	if st.due.IsZero() && st.vague && k.name == "promise" {
		st.due = c.dayAsked(index)
	}
	st.owner = ownerOf(l.Speaker, k.owner)
	return st
}

var (
	surely        = patterns("definitely|certainly")
	laterOn       = patterns("later\nafter this|the|our call")
	alternatively = patterns("or shall|should|do|would|can|could i|we|you")
)

// asksBehind tells whether the line asks something behind word last, which the other side's "yes" then answers.
func asksBehind(l *line, last int) bool {
	for _, s := range l.sentences {
		if s.first >= last && s.asks && !findAny(suits, l.words[s.first:s.last]) {
			return true
		}
	}
	return false
}

// verbScore weighs what is to be done: 1 for what is done after the call, -3 for what is done during it.
func verbScore(ws []word, dated bool, k commitment) float64 {
	strong := strongVerbs[ws[0].stem]
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
		if strings.HasSuffix(w.text, "ing") && strongVerbs[w.stem] {
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
	if strongVerbs[ws[0].stem] && findAny(invitations, ws) {
		return day, true
	}
	day, timed = c.days.due(ws)
	if day.IsZero() {
		before, said := c.days.due(l.words[cl.from:cl.start])
		day, timed = before, said || timed
	}
	if day.IsZero() {
		day = c.dayAround(l, cl)
		timed = timed || !day.IsZero()
	}
	return day, timed
}

var (
	byThen   = patterns("by|until|before then")
	whenBack = patterns("he|she|they 's|is|are|'re|'ll|will be? back|in|there ~ on?")
)

// dayAround is a day that stands beside the clause: "until then", "ask my manager, she is back on Monday".
func (c *call) dayAround(l *line, cl clause) time.Time {
	if findAny(byThen, l.words[cl.verb:cl.last]) {
		return c.days.last
	}
	for i := cl.verb; i < min(len(l.words), cl.last+8); i++ {
		if end := matchAny(whenBack, l.words, i); end > i {
			day, _ := c.days.due(l.words[end:min(len(l.words), end+3)])
			return day
		}
	}
	return time.Time{}
}

// invitations name the day of something else than the step: "send an invite for Tuesday".
var invitations = patterns("invite|invitation|reminder|link|agenda|appointment|meeting ~ for|on|about ~ monday|tuesday|wednesday|thursday|friday|saturday|sunday|tomorrow|next|the")

// sometime are times after the call that name no day.
var sometime = patterns("after this|the|our call\nafter we hang|finish|'re|are|talk|speak\nshortly\nas soon as\nsoon\nlater\nonce|when i|we|they 'm|get|have|hear|know|'re|receive|finish")

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
		if l.is(i, reported) || l.is(i, assured) && l.is(i-1, negations) {
			return true // also "I can't promise I'll match that"
		}
	}
	return cl.start > cl.sentence.first && l.is(cl.start-1, askingHow)
}

var (
	assured   = setOf("promise guarantee say think know")
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
		yes, no := matchAny(agreement, l.words, start), matchAny(refusal, l.words, start)
		switch {
		case no > yes:
			st.score += refused
			return false
		case yes > 0:
			st.score++
			st.lines = append(st.lines, i)
			st.due = cmp.Or(st.due, c.dayOfReply(l))
			return true
		}
		return false
	}
	return false
}

// othersDay marks a day that is not about what is promised next: of what the other side does itself, or of what may never come.
var othersDay = patterns("i|we 'll|will|am|'m|are|'re|can\nif\nunless")

// dayAsked is the day that the other side named right before: "He will come by today": "Then I'll have it ready".
func (c *call) dayAsked(index int) time.Time {
	if index == 0 || !c.opposite(index-1, index) || len(c.lines[index-1].sentences) == 0 {
		return time.Time{}
	}
	l := c.lines[index-1]
	s := l.sentences[len(l.sentences)-1]
	if findAny(othersDay, l.words[s.first:s.last]) {
		return time.Time{}
	}
	day, _ := c.days.due(l.words[s.first:s.last])
	return day
}

// dayOfReply is the day that an agreeing line names: "Sure, it'll be in your inbox within the hour".
func (c *call) dayOfReply(l *line) time.Time {
	s := l.sentences[0]
	if s.asks {
		return time.Time{}
	}
	day, _ := c.days.due(l.words[s.first:s.last])
	return day
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
			st.content[w.stem] = true
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
	if fromVerb && dropsObject[l.words[first].stem] && first+2 < last && l.is(first+1, objects) && l.words[first+2].gap == gapSpace {
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

func exportSteps(in []*step, lines []*line) []domain.NextStep {
	out := make([]domain.NextStep, 0, len(in))
	for _, st := range in {
		next := domain.NextStep{Text: st.text, Owner: st.owner, Lines: make([]int, 0, len(st.lines)), Rule: st.rule}
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

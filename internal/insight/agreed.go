package insight

import (
	"slices"
	"time"
)

// proposal is a day that one side offers for a meeting, a visit or a call.
type proposal struct {
	index       int
	day         time.Time
	first, last int  // words of its sentence
	byOther     bool // the other side is to act: "can you come on Friday?"
}

const (
	offerLines  = 3 // lines behind a proposal in which it is agreed to
	mostOpen    = 8 // proposals that wait for a yes
	acceptWords = 5 // of a sentence that is hardly more than a day: "Wednesday at two then."
)

var (
	// proposes are the words by which a day is offered, where the sentence asks.
	proposes = patterns(`
how about|does|is|'s
what about
does|do|would|will ~ monday|tuesday|wednesday|thursday|friday|saturday|sunday|tomorrow|that|next|the|ten|nine
is ~ monday|tuesday|wednesday|thursday|friday|saturday|sunday|tomorrow
meet|come|visit|talk|speak|stop|drop|call|free|available|home|joined|join|book|schedule|reschedule|instead|appointment|looking|works|work
we|i do|say
`)
	// offersDay are those where it does not ask.
	offersDay = patterns(`
let 's ~ meet|talk|speak|do|say|aim|plan|schedule
i|we have|could|can ~ monday|tuesday|wednesday|thursday|friday|saturday|sunday|tomorrow|the|do|come|an|a
can|could come
i|we 'd like to send|come|meet|visit
make it
`)
	pastHead = patterns("did|was|were|had|have|has")
	accepts  = patterns(`
monday|tuesday|wednesday|thursday|friday|saturday|sunday|tomorrow|today|that|it|which morning|afternoon|evening? 's|is|works|would|sounds|will|should|was ~ be|work? fine|good|great|perfect|okay|ok|better|best|for|well|it?
morning|afternoon|evening|one|two|three|four|five|six|seven|eight|nine|ten|eleven|noon|twelfth|first|second|third is|works|sounds ~ fine|good|great|perfect|okay|ok|better|for|it|well?
it is
works
i|we can make|do that|it
make it
let 's do|say
you 're|are booked
see you
i|we 'll be there
`)
	toYou   = patterns("can|could|would|will you")
	travels = patterns("come|visit|stop|drop|bring")
)

// agree notes the days that line index offers and gives the step of one that the line agrees to.
func (c *call) agree(index int, l *line, open []proposal) (*step, []proposal) {
	var st *step
	for n := len(open) - 1; n >= 0 && st == nil; n-- {
		p := open[n]
		if index-p.index > offerLines || p.index == index || !c.opposite(p.index, index) {
			continue
		}
		if day, ok := c.accepted(l, p); ok {
			st = c.agreement(p, index, day)
			open = open[:0]
		}
	}
	open = append(open, c.proposals(index, l)...)
	return st, open[max(0, len(open)-mostOpen):]
}

// proposals are the days that a line offers.
func (c *call) proposals(index int, l *line) []proposal {
	var out []proposal
	for _, s := range l.sentences {
		ws := l.words[s.first:s.last]
		day, _ := c.days.due(ws)
		if day.IsZero() || matchAny(pastHead, ws, 0) > 0 || findAny(reportedDay, ws) {
			continue
		}
		asks := s.asks || len(c.questionStarts(l, s)) > 0
		if asks && (findAny(proposes, ws) || len(ws) <= acceptWords) || findAny(offersDay, ws) {
			out = append(out, proposal{index: index, day: day, first: s.first, last: s.last, byOther: asks && matchAny(toYou, ws, 0) > 0})
		}
	}
	return out
}

// reportedDay are days of something else than a meeting.
var reportedDay = patterns("everything|anything|help|doing|you for? today\ndelivered|shipped|arrive|arrived|due|expire|expires|end|ends|closed|pay|cost\nopen on|until|till\nworking|work on|until\nca|could|do|does|wo n't")

// accepted tells whether a line agrees to a day, and to which: its own, else that of the proposal.
func (c *call) accepted(l *line, p proposal) (time.Time, bool) {
	if len(l.words) == 0 || matchAny(refusal, l.words, l.afterFillers()) > matchAny(agreement, l.words, l.afterFillers()) {
		return time.Time{}, false
	}
	first := true
	for _, s := range l.sentences {
		ws := l.words[s.first:s.last]
		if s.asks {
			first = false
			continue
		}
		day, _ := c.days.due(ws)
		says := findAny(accepts, ws) && matchAny(pastHead, ws, 0) < 0
		short := !day.IsZero() && len(ws) <= acceptWords
		plain := first && matchAny(agreement, ws, skipFillers(ws)) > 0 && c.lines[p.index].endsWith(p)
		switch {
		case (says || short) && !day.IsZero():
			return day, true
		case says && day.IsZero() && !findAny(negated, ws), plain:
			return p.day, true
		}
		first = false
	}
	return time.Time{}, false
}

var negated = patterns("n't|not|never|no")

// endsWith tells whether nothing is asked behind the proposal, so that a plain "yes" answers it.
func (l *line) endsWith(p proposal) bool {
	for _, s := range l.sentences {
		if s.first >= p.last && s.asks && matchAny(accepts, l.words[:s.last], s.last-1) < 0 && !findAny(suits, l.words[s.first:s.last]) {
			return false
		}
	}
	return true
}

// suits asks whether the day is all right.
var suits = patterns("does|would|is|will|do ~ that|it|this|ten|nine|eleven|you ~ work|okay|ok|good|fine|suit|help|be|sound|alright")

func skipFillers(ws []word) int {
	i := 0
	for i < len(ws) && openers[ws[i].text] {
		i++
	}
	return i
}

// agreement is the step of a proposal that line index agrees to.
func (c *call) agreement(p proposal, index int, day time.Time) *step {
	l := c.lines[p.index]
	st := &step{index: p.index, lines: []int{p.index, index}, due: day, verb: "meet", rule: "agreed_date", content: words{}, score: stepScore}
	speaker := l.Speaker
	if p.byOther && findAny(travels, l.words[p.first:p.last]) {
		speaker = c.lines[index].Speaker
	}
	st.owner = ownerOf(speaker, ownSpeaker)
	st.text = tidyClause(l, p.first, p.last, false)
	return st
}

// confirms adds a line that repeats the day of the agreed step: "You're booked for Wednesday", "See you Friday then".
func (c *call) confirms(st *step, index int, l *line) bool {
	if st == nil || st.rule != "agreed_date" || st.lines[len(st.lines)-1] == index {
		return false
	}
	for _, s := range l.sentences {
		ws := l.words[s.first:s.last]
		day, _ := c.days.due(ws)
		if day.Equal(st.due) && !s.asks && (findAny(accepts, ws) || len(ws) <= acceptWords) {
			st.lines = append(st.lines, index)
			return true
		}
	}
	return false
}

// covered tells whether one of the steps of the same lines and the same day says already what was agreed; it then gets its day and lines.
func covered(steps []*step, st *step) bool {
	for _, old := range steps {
		alike := !old.due.IsZero() && old.due.Equal(st.due) && (slices.Contains(old.lines, st.lines[0]) || moves[old.verb])
		dateless := old.due.IsZero() && (old.request || moves[old.verb]) && slices.Contains(old.lines, st.lines[0])
		moved := old.request && moves[old.verb]
		if old.rule == "agreed_date" || !meetsAny(old.lines, st.lines) || !alike && !dateless && !moved {
			continue
		}
		for _, i := range st.lines {
			old.addLine(i)
		}
		old.due = st.due
		return true
	}
	return false
}

// moves are verbs of steps that are a meeting, a visit or a call.
var moves = stems("meet come visit move book schedule reschedule arrange stop call talk speak see drop")

func meetsAny(a, b []int) bool {
	return slices.ContainsFunc(a, func(i int) bool { return slices.Contains(b, i) })
}

package insight

import "slices"

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
	switch {
	case near && b.rule == "delivery" && transfers[a.verb] && (a.due.IsZero() || a.due.Equal(b.due)):
		return true // "email it": "it'll be in your inbox within the hour"
	case near && a.rule == "agreed_date" && moves[b.verb] && a.due.Equal(b.due):
		return true
	case near && (a.vague && tentative[a.verb] && len(a.content) <= 1 || b.vague && tentative[b.verb] && len(b.content) == 0):
		return true // "I can try that later"
	}
	if a.request && b.vague && b.index > a.index && b.index <= a.index+replyLines && !b.request {
		return true // "drop off the key": "I can bring that in on Saturday"
	}
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

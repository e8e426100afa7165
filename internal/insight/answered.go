package insight

import "math"

// Limits of how an answer is told from its time and place.
const (
	answerWithin = 5.0  // seconds from the end of the question
	holdWithin   = 60.0 // seconds that "let me check" buys
	answerLines  = 12   // lines looked at
)

var (
	emptyReply = setOf("um uh er hmm hm mm mhm oh ah hello hi hey sorry pardon what huh well so the i and")
	holdReply  = patterns(`
hold on
one moment|second|sec|minute
just a moment|second|sec|minute
bear with me
let me|us ~ check|see|look|think|find|pull|get|grab
good question
that 's a good question
give me a|one moment|second|minute
`)
)

// answered tells whether the other side talks with content within 5 s of the end of question n. The asker may go on
// talking; a question back or "let me check" is no answer by itself, but the time then counts from its end. What the
// answer says is not judged: "I don't know" is an answer. Where voices are not told apart, the next line counts that asks nothing.
func (c *call) answered(all []question, n int) bool {
	q := all[n]
	deadline := c.lines[q.index].End + answerWithin
	if !c.timed() {
		deadline = math.Inf(1)
	}
	for i := q.index + 1; i < min(q.index+1+answerLines, len(c.lines)); i++ {
		l := c.lines[i]
		if l.Start > deadline && c.timed() {
			return false
		}
		if !c.opposite(q.index, i) {
			deadline = max(deadline, l.End+answerWithin)
			continue
		}
		switch kind := c.reply(all, n, i); kind {
		case replyAnswer:
			return true
		case replyHold:
			deadline = max(deadline, l.End+holdWithin)
		case replyQuestion:
			deadline = max(deadline, l.End+answerWithin)
		}
	}
	return false
}

type reply int

const (
	replyEmpty reply = iota
	replyHold
	replyQuestion
	replyAnswer
)

// reply judges line i of the other side after question n.
func (c *call) reply(all []question, n, i int) reply {
	l := c.lines[i]
	asking := make([]bool, len(l.words))
	for _, q := range all[n:] {
		if q.index > i {
			break
		}
		if q.index == i {
			for k := q.first; k < q.last; k++ {
				asking[k] = true
			}
		}
	}
	asked, content := false, 0
	for k, w := range l.words {
		asked = asked || asking[k]
		if !asking[k] && !emptyReply[w.text] {
			content++
		}
	}
	switch {
	case asked && content == 0:
		return replyQuestion
	case content == 0:
		return replyEmpty
	case len(l.words) <= 10 && findAny(holdReply, l.words):
		return replyHold
	}
	return replyAnswer
}

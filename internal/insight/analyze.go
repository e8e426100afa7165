package insight

import (
	"time"

	"earshot/internal/domain"
)

// Context is what Analyze knows of a call besides its lines.
type Context struct {
	StartedAt  time.Time  // start of the call in its zone; due dates count from it; zero: only a date said with its year is resolved
	Categories []Category // what to look for; nil: DefaultCategories
}

// Analyze finds the insights of a transcript. It takes any input: lines in any order, without times, or none at all.
// Slices and maps of the result are never nil; every line cited is an ID of t.Lines; the same input gives the same result.
func Analyze(t domain.Transcript, c Context) domain.Insights {
	if c.Categories == nil {
		c.Categories = DefaultCategories()
	}
	call := readCall(t, c.StartedAt)
	asked := call.findQuestions()
	steps := call.findNextSteps(asked)
	mentions := call.findMentions(newFinder(c.Categories), asked)
	return domain.Insights{
		CallReason: call.callReason(),
		Points:     call.findPoints(),
		Sentiment:  call.sentiment(),

		Summary:   call.keyMoments(steps, mentions),
		NextSteps: exportSteps(steps, call.lines),
		Questions: exportQuestions(asked, call.lines),
		Mentions:  mentions,
		Metrics:   measure(t, call, asked),
	}
}

// call is a transcript with the words of its lines.
type call struct {
	lines      []*line
	duration   float64     // seconds; 0: the lines have no times
	days       calendar    // of the call
	punctuated bool        // the lines have commas and full stops, so these say where a clause starts
	apart      bool        // speakers are told apart
	places     map[int]int // index by line ID, once needed
}

func readCall(t domain.Transcript, startedAt time.Time) *call {
	c := &call{lines: readLines(t.Lines), days: calendar{now: startedAt, said: map[time.Weekday]time.Time{}}}
	voices := map[domain.Speaker]bool{}
	long, marked := 0, 0
	for _, l := range c.lines {
		c.duration = max(c.duration, l.End)
		voices[l.Speaker] = true
		if len(l.words) < 4 {
			continue
		}
		long++
		if last := l.words[len(l.words)-1]; len(l.sentences) > 1 || l.sentences[len(l.sentences)-1].to > last.to {
			marked++
		}
	}
	c.punctuated = long > 0 && marked*2 >= long
	c.apart = len(voices) > 1 || voices[domain.Agent] || voices[domain.Customer]
	return c
}

// timed tells whether the lines have times.
func (c *call) timed() bool { return c.duration > 0 }

// late is how far into the call line i is, 0-1, by time or else by count.
func (c *call) late(i int) float64 {
	if c.timed() {
		return c.lines[i].Start / c.duration
	}
	return float64(i) / float64(len(c.lines))
}

// opposite tells whether lines a and b are of different sides.
func (c *call) opposite(a, b int) bool { return !c.apart || c.lines[a].Speaker != c.lines[b].Speaker }

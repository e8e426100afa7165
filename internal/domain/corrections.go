package domain

import (
	"cmp"
	"maps"
	"slices"
	"time"
)

// LineCorrection is what a person says was said in a stretch of a channel, instead of what the engine wrote.
type LineCorrection struct {
	Span
	Channel int       `json:"channel"`
	Speaker Speaker   `json:"speaker"`
	Text    string    `json:"text"` // empty: nothing was said
	Was     string    `json:"was"`  // what stood there
	By      string    `json:"by"`   // name of the user
	At      time.Time `json:"at"`
}

// Corrections are what people changed in a transcript. They are kept beside what the engine wrote and put on top of it, so that
// they survive when the call is transcribed again.
type Corrections struct {
	Swapped bool                `json:"swapped,omitempty"` // the sides were taken for each other
	Merged  map[Speaker]Speaker `json:"merged,omitempty"`  // two voices that are one person
	Names   map[Speaker]string  `json:"names,omitempty"`
	Lines   []LineCorrection    `json:"lines,omitempty"`
}

// otherSide of each speaker.
var otherSide = map[Speaker]Speaker{Agent: Customer, Customer: Agent, Speaker1: Speaker2, Speaker2: Speaker1}

func (s Speaker) other() Speaker { return cmp.Or(otherSide[s], s) }

// Swap takes each side for the other from now on, in what was corrected too.
func (c *Corrections) Swap() {
	c.Swapped = !c.Swapped
	for i := range c.Lines {
		c.Lines[i].Speaker = c.Lines[i].Speaker.other()
	}
	names := map[Speaker]string{}
	for s, name := range c.Names {
		names[s.other()] = name
	}
	c.Names = names
}

// Merge gives all that one speaker says to another.
func (c *Corrections) Merge(from, to Speaker) {
	merged := maps.Clone(c.Merged)
	if merged == nil {
		merged = map[Speaker]Speaker{}
	}
	for s, t := range merged {
		if t == from {
			merged[s] = to
		}
	}
	delete(merged, to) // who takes over speaks again
	merged[from] = to
	c.Merged = merged
	for i := range c.Lines {
		c.Lines[i].Speaker = c.speaker(c.Lines[i].Speaker)
	}
}

// Rename gives a speaker a name for people; an empty one takes it away.
func (c *Corrections) Rename(s Speaker, name string) {
	names := maps.Clone(c.Names)
	if names == nil {
		names = map[Speaker]string{}
	}
	if names[s] = name; name == "" {
		delete(names, s)
	}
	c.Names = names
}

// Correct puts a line in the place of those that it covers.
func (c *Corrections) Correct(l LineCorrection) {
	c.Lines = append(c.Revert(l.Channel, l.Span).Lines, l)
	slices.SortStableFunc(c.Lines, func(a, b LineCorrection) int { return cmp.Compare(a.Start, b.Start) })
}

// Revert gives the corrections without those of lines in that place.
func (c Corrections) Revert(channel int, place Span) Corrections {
	c.Lines = slices.DeleteFunc(slices.Clone(c.Lines), func(l LineCorrection) bool { return l.Channel == channel && mostly(l.Span, place) })
	return c
}

// At is the correction of a line in that place.
func (c Corrections) At(channel int, place Span) (LineCorrection, bool) {
	for _, l := range c.Lines {
		if l.Channel == channel && mostly(place, l.Span) {
			return l, true
		}
	}
	return LineCorrection{}, false
}

// mostly tells whether at least half of a stretch lies in another.
func mostly(s, in Span) bool {
	return min(s.End, in.End)-max(s.Start, in.Start) >= s.Duration()/2
}

func (c Corrections) speaker(s Speaker) Speaker { return cmp.Or(c.Merged[s], s) }

// Apply gives what an engine wrote as people corrected it: sides swapped, voices joined, then each corrected line in the place of
// those that lie mostly in its stretch of its channel, whatever the engine made of it this time.
func (c Corrections) Apply(t Transcript) Transcript {
	t.Names = c.Names
	lines := make([]Line, 0, len(t.Lines))
	for _, l := range t.Lines {
		l.Speaker = c.heard(l.Speaker)
		if _, corrected := c.At(l.Channel, Span{l.Start, l.End}); !corrected {
			lines = append(lines, l)
		}
	}
	for _, l := range c.Lines {
		if l.Text != "" {
			lines = append(lines, Line{Speaker: l.Speaker, Channel: l.Channel, Start: l.Start, End: l.End, Text: l.Text, Confidence: 1, Corrected: true})
		}
	}
	slices.SortStableFunc(lines, func(a, b Line) int { return cmp.Compare(a.Start, b.Start) })
	for i := range lines {
		lines[i].ID = i + 1
	}
	t.Lines, t.Speech = lines, c.speech(t.Speech)
	return t
}

// heard is who speaks, of whom the engine says s.
func (c Corrections) heard(s Speaker) Speaker {
	if c.Swapped {
		s = s.other()
	}
	return c.speaker(s)
}

func (c Corrections) speech(was Speech) Speech {
	if was == nil {
		return nil
	}
	out := Speech{}
	for _, s := range slices.Sorted(maps.Keys(was)) {
		out[c.heard(s)] = joined(append(slices.Clone(out[c.heard(s)]), was[s]...))
	}
	return out
}

// joined sorts spans and joins those that overlap.
func joined(spans []Span) (out []Span) {
	slices.SortFunc(spans, func(a, b Span) int { return cmp.Compare(a.Start, b.Start) })
	for _, s := range spans {
		if n := len(out); n > 0 && s.Start <= out[n-1].End {
			out[n-1].End = max(out[n-1].End, s.End)
			continue
		}
		out = append(out, s)
	}
	return out
}

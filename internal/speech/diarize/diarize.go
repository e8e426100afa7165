// Package diarize joins the voices that a model heard in overlapping windows of a recording to the speakers of the whole.
package diarize

import (
	"cmp"
	"slices"

	"earshot/internal/domain"
)

// Voice is one of the voices in a window: when it speaks, in seconds from the window's start, and what it is like where it
// speaks alone; without a vector if that is too short.
type Voice struct {
	Spans  []domain.Span `json:"spans"`
	Vector []float32     `json:"vector,omitempty"`
}

// Window is what was heard in one stretch of a recording, in seconds of it. A model keeps voices apart within a window only.
type Window struct {
	Start, End float64
	Voices     []Voice
}

// Turns tells which of at most n voices speaks when. Voices count in order of their first turn.
func Turns(windows []Window, n int) []domain.Turn {
	speakers := centres(windows, n)
	if len(speakers) == 0 {
		return nil
	}
	tracks := newTracks(windows, len(speakers))
	for _, w := range windows {
		tracks.add(w, assign(w, speakers, tracks))
	}
	return ordered(tracks.turns())
}

// ordered numbers the voices by their first turn.
func ordered(turns []domain.Turn) []domain.Turn {
	slices.SortStableFunc(turns, func(a, b domain.Turn) int { return cmp.Compare(a.Start, b.Start) })
	names := map[int]int{}
	for i, t := range turns {
		if _, ok := names[t.Voice]; !ok {
			names[t.Voice] = len(names)
		}
		turns[i].Voice = names[t.Voice]
	}
	return turns
}

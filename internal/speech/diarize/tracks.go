package diarize

import (
	"math"

	"earshot/internal/domain"
)

const (
	frame     = 0.02 // seconds
	joinGap   = 0.3
	leastTurn = 0.1
	continues = 2.0 // seconds of agreement with what is known that weigh as much as a certain likeness
)

// assign gives the speaker of each voice of a window, -1 for none: the choice that is most alike, weighted by seconds, with no
// speaker twice unless there are more voices than speakers. Tracks, where given, say what earlier windows heard.
func assign(w Window, speakers [][]float64, known *tracks) []int {
	worth := make([][]float64, len(w.Voices))
	for i, v := range w.Voices {
		worth[i] = make([]float64, len(speakers))
		for k, speaker := range speakers {
			if v.Vector != nil {
				vector := make([]float64, len(v.Vector))
				add(vector, v.Vector, 1)
				worth[i][k] = cosine(vector, speaker) * seconds(v.Spans)
			}
			if known != nil {
				worth[i][k] += known.agreement(w.Start, v.Spans, k) / continues
			}
		}
	}
	best, chosen := math.Inf(-1), make([]int, len(w.Voices))
	choose(worth, make([]int, len(w.Voices)), 0, 0, &best, chosen)
	return chosen
}

// choose tries all assignments; a window has three voices at most.
func choose(worth [][]float64, current []int, at int, sum float64, best *float64, chosen []int) {
	if at == len(worth) {
		if sum > *best {
			*best = sum
			copy(chosen, current)
		}
		return
	}
	for k := range worth[at] {
		if taken(current[:at], k) && len(worth) <= len(worth[at]) {
			continue
		}
		current[at] = k
		choose(worth, current, at+1, sum+worth[at][k], best, chosen)
	}
}

func taken(current []int, k int) bool {
	for _, c := range current {
		if c == k {
			return true
		}
	}
	return false
}

// tracks count for each frame how many windows hear each speaker, and how many hear the frame at all.
type tracks struct {
	speaks [][]float32
	heard  []float32
}

func newTracks(windows []Window, speakers int) *tracks {
	n := 0
	for _, w := range windows {
		n = max(n, int(w.End/frame)+1)
	}
	t := &tracks{speaks: make([][]float32, speakers), heard: make([]float32, n)}
	for k := range t.speaks {
		t.speaks[k] = make([]float32, n)
	}
	return t
}

func (t *tracks) span(offset float64, s domain.Span) (from, to int) {
	clamp := func(seconds float64) int { return max(0, min(int(math.Round((offset+seconds)/frame)), len(t.heard))) }
	return clamp(s.Start), clamp(s.End)
}

// agreement is for how many seconds the spans have been heard from the speaker already.
func (t *tracks) agreement(offset float64, spans []domain.Span, speaker int) float64 {
	sum := 0.0
	for _, s := range spans {
		from, to := t.span(offset, s)
		for i := from; i < to; i++ {
			if t.speaks[speaker][i] > 0 {
				sum += frame
			}
		}
	}
	return sum
}

// add takes what a window heard. Its middle counts more than its borders, where it knows one side only.
func (t *tracks) add(w Window, speakers []int) {
	from, to := t.span(0, domain.Span{Start: w.Start, End: w.End})
	weight := func(i int) float32 { return float32(min(i-from, to-1-i)) + 1 }
	for i := from; i < to; i++ {
		t.heard[i] += weight(i)
	}
	for v, speaker := range speakers {
		if speaker < 0 {
			continue
		}
		for _, s := range w.Voices[v].Spans {
			a, b := t.span(w.Start, s)
			for i := a; i < min(b, to); i++ {
				t.speaks[speaker][i] += weight(i)
			}
		}
	}
}

// turns are where most of what heard a frame heard the speaker.
func (t *tracks) turns() []domain.Turn {
	var out []domain.Turn
	for k, track := range t.speaks {
		var own []domain.Turn
		for i, v := range track {
			start := float64(i) * frame
			switch n := len(own); {
			case 2*v < t.heard[i] || v == 0:
			case n > 0 && start-own[n-1].End <= joinGap:
				own[n-1].End = start + frame
			default:
				own = append(own, domain.Turn{Span: domain.Span{Start: start, End: start + frame}, Voice: k})
			}
		}
		for _, turn := range own {
			if turn.Duration() >= leastTurn {
				out = append(out, turn)
			}
		}
	}
	return out
}

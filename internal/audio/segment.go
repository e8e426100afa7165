package audio

import (
	"math"

	"earshot/internal/domain"
)

// SegmentOptions of Segments, in seconds; zero fields take the defaults.
type SegmentOptions struct {
	Longest float64 // a segment is never longer
	Pause   float64 // speech is cut at pauses of this length
	Padding float64 // added on both sides, at most half the gap to the next segment
}

func (o SegmentOptions) orDefault() SegmentOptions {
	if o.Longest <= 0 {
		o.Longest = 12
	}
	if o.Pause <= 0 {
		o.Pause = 0.7
	}
	if o.Padding <= 0 {
		o.Padding = 0.3
	}
	return o
}

// leastSegment is what shorter stretches are joined up to where a neighbour is near: an engine needs context.
const (
	leastSegment = 1.0
	nearGap      = 1.2
)

// Segments cuts the speech of a channel into pieces for an engine: sorted, without overlap, at pauses, and where
// somebody speaks on without one at the quietest moment.
func Segments(speech []domain.Span, ch []float32, opt SegmentOptions) []domain.Span {
	opt = opt.orDefault()
	inner := opt.Longest - 2*opt.Padding
	var out []domain.Span
	for _, s := range joinShort(merge(speech, opt.Pause), inner) {
		out = append(out, cut(s, ch, inner)...)
	}
	return pad(out, float64(len(ch))/SampleRate, opt.Padding)
}

// joinShort joins a short stretch to the one before it if that is near and the whole is not too long.
func joinShort(spans []domain.Span, longest float64) []domain.Span {
	var out []domain.Span
	for _, s := range spans {
		n := len(out)
		if n > 0 && min(s.Duration(), out[n-1].Duration()) < leastSegment && s.Start-out[n-1].End < nearGap && s.End-out[n-1].Start <= longest {
			out[n-1].End = s.End
			continue
		}
		out = append(out, s)
	}
	return out
}

// cut splits a long stretch at its quietest moment between half and the whole of the longest length.
func cut(s domain.Span, ch []float32, longest float64) []domain.Span {
	var out []domain.Span
	for s.Duration() > longest {
		at := quietest(ch, s.Start+longest/2, min(s.Start+longest, s.End-leastSegment))
		out = append(out, domain.Span{Start: s.Start, End: at})
		s.Start = at
	}
	return append(out, s)
}

func quietest(ch []float32, from, to float64) float64 {
	best, lowest := to, math.Inf(1)
	for t := from; t+0.1 <= to; t += 0.02 {
		if l := Level(ch, domain.Span{Start: t, End: t + 0.1}); l < lowest {
			best, lowest = t+0.05, l
		}
	}
	return best
}

func pad(spans []domain.Span, end, padding float64) []domain.Span {
	out := make([]domain.Span, len(spans))
	for i, s := range spans {
		before, after := s.Start, end-s.End
		if i > 0 {
			before = (s.Start - spans[i-1].End) / 2
		}
		if i+1 < len(spans) {
			after = (spans[i+1].Start - s.End) / 2
		}
		out[i] = domain.Span{Start: s.Start - max(0, min(padding, before)), End: s.End + max(0, min(padding, after))}
	}
	return out
}

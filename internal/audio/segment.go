package audio

import (
	"math"

	"earshot/internal/domain"
)

// SegmentOptions of Segments, in seconds; zero fields take the defaults.
type SegmentOptions struct {
	Longest float64 // a segment is never longer; 12
	Pause   float64 // speech is cut at pauses of this length; 0.7
	Padding float64 // added on both sides, at most half the gap to the next segment; 0.3, and 0.4 for short ones
}

const (
	longestSegment = 12.0
	cutPause       = 0.7
	padding        = 0.3
	shortPadding   = 0.4
)

func (o SegmentOptions) orDefault() SegmentOptions {
	if o.Longest <= 0 {
		o.Longest = longestSegment
	}
	if o.Pause <= 0 {
		o.Pause = cutPause
	}
	if o.Padding <= 0 {
		o.Padding = padding
	}
	o.Longest = max(o.Longest, 4*leastSegment)
	o.Padding = min(o.Padding, leastSegment)
	return o
}

// leastSegment is what shorter stretches are joined up to where a neighbour is near: an engine needs context.
const (
	leastSegment = 1.0
	nearGap      = 1.2
)

// Segments cuts the speech of a channel (sorted, without overlap) into pieces for an engine: sorted, without overlap, at
// pauses, and where somebody speaks on without one at the quietest moment. All speech is in one of them but bursts that
// stand alone and are shorter than a syllable.
func Segments(speech []domain.Span, ch *Track, opt SegmentOptions) []domain.Span {
	opt = opt.orDefault()
	return pad(pieces(speech, ch, opt), float64(ch.Len())/SampleRate, opt.Padding)
}

// pieces are segments without padding.
func pieces(speech []domain.Span, ch *Track, opt SegmentOptions) []domain.Span {
	end := float64(ch.Len()) / SampleRate
	inner := opt.Longest - 2*max(opt.Padding, shortPadding)
	whole := intersect(speech, []domain.Span{{Start: 0, End: end}})
	var out []domain.Span
	for _, s := range joinShort(dropShort(merge(whole, opt.Pause), dropUnder), inner) {
		out = append(out, cut(s, ch, inner)...)
	}
	return out
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
func cut(s domain.Span, ch *Track, longest float64) []domain.Span {
	var out []domain.Span
	for s.Duration() > longest {
		at := quietest(ch, s.Start+longest/2, min(s.Start+longest, s.End-leastSegment))
		out = append(out, domain.Span{Start: s.Start, End: at})
		s.Start = at
	}
	return append(out, s)
}

// quietest is the middle of the quietest fifth of a second.
func quietest(ch *Track, from, to float64) float64 {
	const length, step = 0.2, 0.02
	best, lowest := to, math.Inf(1)
	near := TrackOf(ch.Span(domain.Span{Start: from, End: to + step}))
	for t := from; t+length <= to; t += step {
		if l := Level(near, domain.Span{Start: t - from, End: t - from + length}); l < lowest {
			best, lowest = t+length/2, l
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
		most := padding
		if s.Duration() < leastSegment {
			most = max(most, shortPadding)
		}
		out[i] = domain.Span{Start: s.Start - min(most, before), End: s.End + min(most, after)}
	}
	return out
}

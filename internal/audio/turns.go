package audio

import (
	"cmp"
	"math"
	"slices"

	"earshot/internal/domain"
)

// leastPart is what shorter parts beside another voice are left to that voice: it cannot be read alone.
const leastPart = 0.25

// Share gives each moment of the speech of a channel to one voice: where two speak at once, to the one that goes on, and where
// none was told, to the nearest. Speech is sorted and without overlap, and so is the answer; turns are sorted by start.
func Share(speech []domain.Span, turns []domain.Turn) []domain.Turn {
	var out []domain.Turn
	if len(turns) == 0 {
		return nil
	}
	current := -1
	for _, s := range speech {
		bounds := boundsIn(s, turns)
		for i, from := range bounds[:len(bounds)-1] {
			piece := domain.Span{Start: from, End: bounds[i+1]}
			current = voiceAt((piece.Start+piece.End)/2, turns, current)
			out = append(out, domain.Turn{Span: piece, Voice: current})
		}
	}
	return joinVoices(absorb(joinVoices(out, 1e-6)), 1e-6)
}

// boundsIn are the moments of a stretch at which somebody begins or stops, or it is as near to one turn as to the next.
func boundsIn(s domain.Span, turns []domain.Turn) []float64 {
	bounds := []float64{s.Start, s.End}
	last := math.Inf(-1) // the end of all turns so far
	for _, t := range turns {
		bounds = append(bounds, t.Start, t.End)
		if t.Start > last {
			bounds = append(bounds, (last+t.Start)/2)
		}
		last = max(last, t.End)
	}
	bounds = slices.DeleteFunc(bounds, func(t float64) bool { return !(t >= s.Start && t <= s.End) })
	slices.Sort(bounds)
	return slices.Compact(bounds)
}

// voiceAt is the voice at a moment: the current one if it speaks, else who speaks first, else who is nearest.
func voiceAt(moment float64, turns []domain.Turn, current int) int {
	nearest, distance := turns[0].Voice, math.Inf(1)
	for _, t := range turns {
		d := max(t.Start-moment, moment-t.End, 0)
		if d < distance || d == distance && t.Voice == current {
			nearest, distance = t.Voice, d
		}
	}
	return nearest
}

// joinVoices joins parts of one voice that follow each other.
func joinVoices(parts []domain.Turn, gap float64) []domain.Turn {
	var out []domain.Turn
	for _, p := range parts {
		if n := len(out); n > 0 && out[n-1].Voice == p.Voice && p.Start-out[n-1].End <= gap {
			out[n-1].End = p.End
			continue
		}
		out = append(out, p)
	}
	return out
}

// absorb gives parts that are too short to the voice that they touch.
func absorb(parts []domain.Turn) []domain.Turn {
	for i := range parts {
		if parts[i].Duration() >= leastPart {
			continue
		}
		if i > 0 && parts[i].Start-parts[i-1].End < 1e-6 {
			parts[i].Voice = parts[i-1].Voice
		} else if i+1 < len(parts) && parts[i+1].Start-parts[i].End < 1e-6 {
			parts[i].Voice = parts[i+1].Voice
		}
	}
	return parts
}

// TurnSegments cuts a channel into pieces for an engine as Segments does, and where another voice takes over.
func TurnSegments(parts []domain.Turn, ch *Track, opt SegmentOptions) []domain.Turn {
	opt = opt.orDefault()
	end := float64(ch.Len()) / SampleRate
	var out []domain.Turn
	for len(parts) > 0 {
		run := slices.IndexFunc(parts, func(t domain.Turn) bool { return t.Voice != parts[0].Voice })
		if run < 0 {
			run = len(parts)
		}
		var speech []domain.Span
		for _, p := range parts[:run] {
			speech = append(speech, p.Span)
		}
		for _, s := range pieces(speech, ch, opt) {
			out = append(out, domain.Turn{Span: s, Voice: parts[0].Voice})
		}
		parts = parts[run:]
	}
	slices.SortStableFunc(out, func(a, b domain.Turn) int { return cmp.Compare(a.Start, b.Start) })
	spans := make([]domain.Span, len(out))
	for i, p := range out {
		spans[i] = p.Span
	}
	for i, s := range pad(spans, end, opt.Padding) {
		out[i].Span = s
	}
	return out
}

// SpeechOf is the speech of one voice: its parts, and its turns while another voice had the part, as far as speech is heard.
func SpeechOf(voice int, parts, turns []domain.Turn, speech []domain.Span) []domain.Span {
	var own []domain.Span
	for _, t := range turns {
		if t.Voice == voice {
			own = append(own, t.Span)
		}
	}
	out := intersect(merge(own, 0), speech)
	for _, p := range parts {
		if p.Voice == voice {
			out = append(out, p.Span)
		}
	}
	sortSpans(out)
	return dropShort(merge(out, joinGap), dropUnder)
}

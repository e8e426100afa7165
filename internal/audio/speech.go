package audio

import (
	"earshot/internal/domain"
)

// Thresholds of the energy measure, in dB above the noise of the ten seconds around, and in seconds.
const (
	onAbove   = 9.0
	offAbove  = 6.0
	leastOn   = -50.0 // dBFS
	hangOver  = 0.20
	joinGap   = 0.30
	dropUnder = 0.15
)

// EnergySpeech finds the stretches that are louder than the noise around them, sorted and without overlap. Tones, music
// and breath count too: it is what there is without a detector, and gives generous borders with one.
func EnergySpeech(ch *Track) []domain.Span {
	levels := energies(ch)
	floor := noiseFloor(levels)
	var out []domain.Span
	on, last := false, 0 // the last frame that was loud
	for i, e := range levels {
		limit := max(floor[i/100]+onAbove, leastOn)
		if on {
			limit -= onAbove - offAbove
		}
		switch {
		case e > limit && !on:
			on, last = true, i
			out = append(out, domain.Span{Start: float64(i) * hop})
		case e > limit:
			last = i
		case on && float64(i-last)*hop >= hangOver:
			on = false
			out[len(out)-1].End = endOf(last)
		}
	}
	if on {
		out[len(out)-1].End = endOf(last)
	}
	return hold(out, float64(ch.Len())/SampleRate)
}

func endOf(frame int) float64 { return float64(frame)*hop + float64(frameLen)/SampleRate }

// hold drops what is shorter than a syllable, then lets each stretch last a little longer and joins what is close.
func hold(spans []domain.Span, end float64) []domain.Span {
	spans = dropShort(merge(spans, joinGap), dropUnder)
	for i := range spans {
		spans[i].End = min(spans[i].End+hangOver, end)
	}
	return merge(spans, joinGap)
}

// noiseFloor gives for each second the 10th percentile of the levels of the ten seconds around it, in dBFS.
func noiseFloor(levels []float64) []float64 {
	const second, around = 100, 500 // frames
	out := make([]float64, len(levels)/second+1)
	var window histogram
	from, to := 0, 0
	for s := range out {
		for ; to < min(len(levels), s*second+around); to++ {
			window.count(levels[to], 1)
		}
		for ; from < s*second-around; from++ {
			window.count(levels[from], -1)
		}
		out[s] = window.percentile(10)
	}
	return out
}

// histogram counts levels from -80 to 0 dBFS in steps of half a dB; what is quieter counts as -80.
type histogram struct {
	bins [161]int
	n    int
}

func (h *histogram) count(level float64, by int) {
	h.bins[max(0, min(len(h.bins)-1, int(2*level)+len(h.bins)-1))] += by
	h.n += by
}

func (h *histogram) percentile(percent int) float64 {
	below := 0
	for i, n := range h.bins {
		if below += n; below > 0 && below*100 >= h.n*percent {
			return float64(i-len(h.bins)+1) / 2
		}
	}
	return -80
}

// KeepNear keeps of the energy what lies within reach seconds of detected speech, and all detected speech: the detector
// knows what is speech, the energy where its words begin and end. Less than snapReach of a stretch of energy is not cut off.
func KeepNear(energy, voiced []domain.Span, reach float64) []domain.Span {
	wide := make([]domain.Span, 0, len(voiced))
	for _, v := range voiced {
		wide = append(wide, domain.Span{Start: v.Start - reach, End: v.End + reach})
	}
	sortSpans(wide)
	out := append(snap(intersect(energy, merge(wide, 0)), energy), voiced...)
	sortSpans(out)
	return dropShort(merge(out, joinGap), dropUnder)
}

// snapReach is how little of a stretch of energy is not cut off: a detector's borders are not the same each time, those of the energy are.
const snapReach = 0.4

// snap lets pieces of stretches begin and end where the stretch does, if that is near.
func snap(pieces, whole []domain.Span) []domain.Span {
	at := 0
	for i, p := range pieces {
		for whole[at].End < p.End {
			at++
		}
		if w := whole[at]; p.Start-w.Start < snapReach {
			pieces[i].Start = w.Start
		}
		if w := whole[at]; w.End-p.End < snapReach {
			pieces[i].End = w.End
		}
	}
	return pieces
}

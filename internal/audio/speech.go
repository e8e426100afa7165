package audio

import (
	"math"
	"slices"

	"earshot/internal/domain"
)

// Thresholds of the energy measure, in dB above the noise of the last ten seconds and in seconds.
const (
	onAbove   = 9.0
	offAbove  = 6.0
	leastOn   = -50.0 // dBFS
	hangOver  = 0.20
	joinGap   = 0.30
	dropUnder = 0.15
	noiseSpan = 1000 // frames: 10 s
)

// EnergySpeech finds the stretches that are louder than the noise around them. Tones, music and breath count too:
// it is what there is without a detector, and gives generous borders with one.
func EnergySpeech(ch []float32) []domain.Span {
	levels := energies(ch)
	floor := noiseFloor(levels)
	var out []domain.Span
	quiet, on := 0.0, false
	for i, e := range levels {
		t := float64(i) * hop
		limit := max(floor[i/100]+onAbove, leastOn)
		if on {
			limit -= onAbove - offAbove
		}
		switch {
		case e > limit && !on:
			on, quiet = true, 0
			out = append(out, domain.Span{Start: t})
		case e > limit:
			quiet = 0
		case on:
			if quiet += hop; quiet >= hangOver {
				on = false
				out[len(out)-1].End = t
			}
		}
	}
	if on {
		out[len(out)-1].End = float64(len(ch)) / SampleRate
	}
	return tidy(out)
}

// tidy joins what is close and drops bursts.
func tidy(spans []domain.Span) []domain.Span {
	return slices.DeleteFunc(merge(spans, joinGap), func(s domain.Span) bool { return s.Duration() < dropUnder })
}

// merge joins sorted spans whose gap is at most gap.
func merge(spans []domain.Span, gap float64) []domain.Span {
	var out []domain.Span
	for _, s := range spans {
		if n := len(out); n > 0 && s.Start-out[n-1].End <= gap {
			out[n-1].End = max(out[n-1].End, s.End)
			continue
		}
		out = append(out, s)
	}
	return out
}

// noiseFloor gives for each second the 10th percentile of the levels of the ten seconds around it.
func noiseFloor(levels []float64) []float64 {
	out := make([]float64, len(levels)/100+1)
	for s := range out {
		from, to := max(0, s*100-noiseSpan/2), min(len(levels), s*100+noiseSpan/2)
		if from >= to {
			out[s] = leastOn
			continue
		}
		around := slices.Clone(levels[from:to])
		slices.Sort(around)
		out[s] = max(around[len(around)/10], -80)
	}
	return out
}

// KeepNear keeps of the energy what lies within reach seconds of detected speech, and all detected speech.
func KeepNear(energy, voiced []domain.Span, reach float64) []domain.Span {
	wide := make([]domain.Span, 0, len(voiced))
	for _, v := range voiced {
		wide = append(wide, domain.Span{Start: v.Start - reach, End: v.End + reach})
	}
	out := append(intersect(energy, merge(wide, 0)), voiced...)
	slices.SortFunc(out, func(a, b domain.Span) int { return cmpFloat(a.Start, b.Start) })
	return tidy(out)
}

func cmpFloat(a, b float64) int {
	switch {
	case a < b:
		return -1
	case a > b:
		return 1
	default:
		return 0
	}
}

// intersect gives the parts that are in both sorted lists.
func intersect(a, b []domain.Span) []domain.Span {
	var out []domain.Span
	for i, j := 0, 0; i < len(a) && j < len(b); {
		from, to := max(a[i].Start, b[j].Start), min(a[i].End, b[j].End)
		if from < to {
			out = append(out, domain.Span{Start: from, End: to})
		}
		if a[i].End < b[j].End {
			i++
		} else {
			j++
		}
	}
	return out
}

// subtract gives the parts of a that are not in b; both sorted.
func subtract(a, b []domain.Span) []domain.Span {
	var out []domain.Span
	for _, s := range a {
		for _, cut := range b {
			if cut.End <= s.Start || cut.Start >= s.End {
				continue
			}
			if cut.Start > s.Start {
				out = append(out, domain.Span{Start: s.Start, End: cut.Start})
			}
			s.Start = min(cut.End, s.End)
		}
		if s.Duration() > 0 {
			out = append(out, s)
		}
	}
	return out
}

// Cross-talk: a stretch is heard on both channels, they correlate, and one is clearly quieter.
const (
	bleedQuieter     = 6.0 // dB
	bleedCorrelation = 0.5
	bleedWindow      = 0.25 // seconds
	bleedMaxLag      = SampleRate * 30 / 1000
)

// RemoveBleed takes from each side's speech what is only the other side's voice leaking over. Where both really speak,
// both keep it. The lag of the leak is found once from the windows that both sides claim.
func RemoveBleed(a, b []float32, sa, sb []domain.Span) (ra, rb []domain.Span) {
	both := intersect(sa, sb)
	lag, ok := bleedLag(a, b, both)
	if !ok {
		return sa, sb
	}
	var fromA, fromB []domain.Span
	for _, s := range both {
		for t := s.Start; t < s.End; t += bleedWindow {
			w := domain.Span{Start: t, End: min(t+bleedWindow, s.End)}
			switch side := louder(a, b, w, lag); {
			case side > 0:
				fromB = append(fromB, w)
			case side < 0:
				fromA = append(fromA, w)
			}
		}
	}
	return tidy(subtract(sa, merge(fromA, joinGap))), tidy(subtract(sb, merge(fromB, joinGap)))
}

// louder is 1 where b only repeats a, -1 where a only repeats b, 0 where both speak.
func louder(a, b []float32, w domain.Span, lag int) int {
	difference := Level(a, w) - Level(b, w)
	if math.Abs(difference) < bleedQuieter || correlationAt(a, b, w, lag) < bleedCorrelation {
		return 0
	}
	if difference > 0 {
		return 1
	}
	return -1
}

// correlationAt is the best correlation of the two channels near a lag: the leak may go either way.
func correlationAt(a, b []float32, w domain.Span, lag int) float64 {
	best := 0.0
	for _, around := range []int{lag - 1, lag, lag + 1, -lag - 1, -lag, -lag + 1} {
		from := max(0, sampleAt(w.Start, a), sampleAt(w.Start, a)-around)
		n := min(sampleAt(w.End, a), len(a), len(b)-around) - from
		if n < SampleRate/50 || from+around < 0 {
			continue
		}
		best = max(best, math.Abs(correlation(a[from:from+n], b[from+around:from+around+n])))
	}
	return best
}

// bleedLag finds the lag, in samples, at which the channels correlate best over the longest stretches that both claim.
func bleedLag(a, b []float32, both []domain.Span) (int, bool) {
	longest := slices.Clone(both)
	slices.SortFunc(longest, func(x, y domain.Span) int { return cmpFloat(y.Duration(), x.Duration()) })
	longest = longest[:min(len(longest), 8)]
	bestLag, best := 0, 0.0
	for lag := 0; lag <= bleedMaxLag; lag++ {
		sum := 0.0
		for _, s := range longest {
			sum += correlationAt(a, b, domain.Span{Start: s.Start, End: min(s.End, s.Start+1)}, lag)
		}
		if len(longest) > 0 && sum/float64(len(longest)) > best {
			best, bestLag = sum/float64(len(longest)), lag
		}
	}
	return bestLag, best > bleedCorrelation/2
}

package audio

import (
	"math"
	"slices"

	"earshot/internal/domain"
)

// Two channels are the same mixture when their loud stretches correlate this much at some lag of at most maxLag, their
// levels differ by the same all the time, and by little. With strong cross-talk they correlate too, but the side that speaks
// is louder; where only one side speaks at all, the other is its echo and much quieter.
const (
	sameCorrelation = 0.98
	sameLevel       = 3.0  // dB
	sameGain        = 10.0 // dB
	layoutWindows   = 24
	windowLen       = SampleRate / 2
	maxLag          = SampleRate / 100
	silentLevel     = -55.0 // dBFS: below, a stretch says nothing
)

// Layout tells stereo, mono and dual mono apart. A recording with one silent side is stereo: that side said nothing.
func (s *Sound) Layout() domain.Layout {
	if len(s.Channels) < 2 {
		return domain.LayoutMono
	}
	correlations, levels := compareChannels(s.Channels[0], s.Channels[1])
	if len(correlations) == 0 {
		return domain.LayoutStereo
	}
	slices.Sort(correlations)
	slices.Sort(levels)
	n := len(levels)
	gain := levels[n/2]
	if len(s.gains) == 2 {
		gain += s.gains[1] - s.gains[0]
	}
	if correlations[n/4] > sameCorrelation && levels[n*9/10]-levels[n/10] < sameLevel && math.Abs(gain) < sameGain {
		return domain.LayoutDualMono
	}
	return domain.LayoutStereo
}

// compareChannels gives correlation and level difference in dB of the loud ones among windows spread over the recording.
func compareChannels(a, b *Track) (correlations, levels []float64) {
	n := min(a.Len(), b.Len())
	window := min(windowLen, n-2*maxLag) // short recordings have one short window
	if window < 2*maxLag {
		return nil, nil
	}
	step := max(window, (n-window)/layoutWindows)
	for at := maxLag; at+window+maxLag <= n; at += step {
		one, around := a.Slice(at, at+window), b.Slice(at-maxLag, at+window+maxLag)
		la, lb := levelOf(one), levelOf(around[maxLag:maxLag+window])
		if max(la, lb) > silentLevel {
			correlations = append(correlations, bestCorrelation(one, around))
			levels = append(levels, la-lb)
		}
	}
	return correlations, levels
}

// bestCorrelation is the highest normalised cross-correlation of the window with the other channel around the same place, of
// which there is maxLag more on both sides.
func bestCorrelation(window, other []float32) float64 {
	best, around := correlation(window, other[maxLag:maxLag+len(window)]), 0
	if best > sameCorrelation {
		return best
	}
	likeness := make([]float64, 2*maxLag/decimation)
	addLikeness(likeness, decimate(other), decimate(window))
	for i := range likeness {
		if likeness[i] > likeness[around] {
			around = i
		}
	}
	lag := maxLag - around*decimation
	for lag, end := max(-maxLag, lag-decimation), min(maxLag, lag+decimation); lag <= end; lag++ {
		best = max(best, correlation(window, other[maxLag+lag:maxLag+lag+len(window)]))
	}
	return best
}

// correlation of two equally long stretches, -1 to 1.
func correlation(a, b []float32) float64 {
	ab, aa, bb := float64(dot(a, b)), float64(dot(a, a)), float64(dot(b, b))
	if aa == 0 || bb == 0 {
		return 0
	}
	return ab / math.Sqrt(aa*bb)
}

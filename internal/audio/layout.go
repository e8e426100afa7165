package audio

import (
	"math"
	"slices"

	"earshot/internal/domain"
)

// Two channels are the same mixture when loud stretches correlate this much at some lag of at most maxLag, and their levels
// differ by the same all the time. With strong cross-talk they correlate too, but the side that speaks is louder.
const (
	sameCorrelation = 0.98
	sameLevel       = 3.0 // dB
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
	a, b := s.Channels[0], s.Channels[1]
	found, levels := compareChannels(a, b)
	if len(found) == 0 {
		return domain.LayoutStereo
	}
	slices.Sort(found)
	slices.Sort(levels)
	n := len(levels)
	if found[n/4] > sameCorrelation && levels[n*9/10]-levels[n/10] < sameLevel {
		return domain.LayoutDualMono
	}
	return domain.LayoutStereo
}

// compareChannels gives correlation and level difference in dB of the loud ones among windows spread over the recording.
func compareChannels(a, b []float32) (correlations, levels []float64) {
	n := min(len(a), len(b))
	step := max(windowLen, (n-windowLen)/layoutWindows)
	for at := maxLag; at+windowLen+maxLag <= n; at += step {
		span := domain.Span{Start: float64(at) / SampleRate, End: float64(at+windowLen) / SampleRate}
		la, lb := Level(a, span), Level(b, span)
		if max(la, lb) > silentLevel {
			correlations = append(correlations, bestCorrelation(a[at:at+windowLen], b, at))
			levels = append(levels, la-lb)
		}
	}
	return correlations, levels
}

// bestCorrelation is the highest normalised cross-correlation of the window with b around the same place.
func bestCorrelation(window, b []float32, at int) float64 {
	best := correlation(window, b[at:at+len(window)])
	if best > sameCorrelation {
		return best
	}
	for lag := -maxLag; lag <= maxLag; lag += 4 {
		best = max(best, correlation(window, b[at+lag:at+lag+len(window)]))
	}
	return best
}

func correlation(a, b []float32) float64 {
	var ab, aa, bb float64
	for i, v := range a {
		x, y := float64(v), float64(b[i])
		ab += x * y
		aa += x * x
		bb += y * y
	}
	if aa == 0 || bb == 0 {
		return 0
	}
	return ab / math.Sqrt(aa*bb)
}

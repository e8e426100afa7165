package audio

import (
	"cmp"
	"math"
	"slices"

	"earshot/internal/domain"
)

// Cross-talk: one side's voice is heard on the other's channel, later by up to half a second (a line echo), quieter, and
// alike in its waveform. The comparison is made at 4 kHz, which holds the strong half of a voice.
const (
	bleedRate        = 4000
	bleedMaxLag      = bleedRate / 2
	bleedEarly       = bleedRate / 200 // channels may be off by a few ms the other way
	bleedWindow      = 0.30            // seconds
	bleedStep        = 0.10
	bleedCorrelation = 0.5
	bleedFound       = 0.2  // mean correlation over a call's windows that shows that there is a path at all
	bleedQuieter     = 3.0  // dB
	bleedMargin      = 6.0  // dB above the usual cross-talk, somebody speaks
	bleedRest        = 0.30 // seconds: less speech than that next to cross-talk is its edge
	bleedSamples     = 12   // stretches to find the lag from
)

// bleed is the path from one side's voice to the other's channel.
type bleed struct {
	from, to []float32 // at bleedRate
	lag      int       // samples at bleedRate
	gain     float64   // dB, the usual one
}

// RemoveBleed takes from each side's speech what is only the other side's voice leaking over. Where both really speak,
// both keep it. Lag and gain of each path are estimated once, from the stretches that both sides claim.
func RemoveBleed(a, b []float32, sa, sb []domain.Span) (ra, rb []domain.Span) {
	both := intersect(sa, sb)
	if len(both) == 0 {
		return sa, sb
	}
	la, lb := decimate(a), decimate(b)
	return removeFrom(sa, lb, la, both), removeFrom(sb, la, lb, both)
}

// removeFrom takes the cross-talk of one channel out of the speech on the other.
func removeFrom(speech []domain.Span, from, to []float32, both []domain.Span) []domain.Span {
	path, ok := findBleed(from, to, both)
	if !ok {
		return speech
	}
	found := path.windows(speech)
	path.gain = usualGain(found)
	var leaks []domain.Span
	for _, w := range found {
		if w.leaks(path.gain) {
			middle := (bleedWindow - bleedStep) / 2
			leaks = append(leaks, domain.Span{Start: w.Start + middle, End: w.Start + middle + bleedStep})
		}
	}
	return withoutEdges(speech, merge(leaks, bleedStep+1e-6))
}

// decimate brings a channel from 16 to 4 kHz. A mean is filter enough, as only likeness counts.
func decimate(ch []float32) []float32 {
	const n = SampleRate / bleedRate
	out := make([]float32, len(ch)/n)
	for i := range out {
		part := ch[i*n : (i+1)*n]
		out[i] = (part[0] + part[1] + part[2] + part[3]) / n
	}
	return out
}

// findBleed finds the lag at which the channels are most alike over the longest stretches that both claim.
func findBleed(from, to []float32, both []domain.Span) (bleed, bool) {
	longest := slices.Clone(both)
	slices.SortStableFunc(longest, func(x, y domain.Span) int { return cmp.Compare(y.Duration(), x.Duration()) })
	sums := make([]float64, bleedEarly+bleedMaxLag)
	n := 0
	for _, s := range longest[:min(len(longest), bleedSamples)] {
		at, end := max(bleedMaxLag, int(s.Start*bleedRate)), min(int(min(s.End, s.Start+0.75)*bleedRate), len(to)-bleedEarly, len(from)-bleedEarly)
		if end-at < bleedRate/4 {
			continue
		}
		n++
		for i := range sums {
			lag := i - bleedEarly
			sums[i] += correlation(to[at:end], from[at-lag:end-lag])
		}
	}
	best := 0
	for i, v := range sums {
		if math.Abs(v) > math.Abs(sums[best]) {
			best = i
		}
	}
	return bleed{from: from, to: to, lag: best - bleedEarly}, n > 0 && math.Abs(sums[best])/float64(n) > bleedFound
}

// bleedAt is what a window of a channel has in common with the other.
type bleedAt struct {
	domain.Span
	likeness float64 // correlation, 0 to 1
	from, to float64 // levels, dBFS
}

// windows looks at the speech step by step.
func (p bleed) windows(speech []domain.Span) []bleedAt {
	var out []bleedAt
	for _, s := range speech {
		for t := s.Start - bleedStep; t+bleedStep < s.End+bleedStep; t += bleedStep {
			if w, ok := p.at(t); ok {
				out = append(out, w)
			}
		}
	}
	return out
}

func (p bleed) at(t float64) (bleedAt, bool) {
	from := max(int(t*bleedRate), p.lag+2, 2)
	to := min(int((t+bleedWindow)*bleedRate), len(p.to), len(p.from)+min(0, p.lag)-2)
	if to-from < bleedRate/10 {
		return bleedAt{}, false
	}
	heard := p.to[from:to]
	w := bleedAt{Span: domain.Span{Start: t, End: t + bleedWindow}, from: levelOf(p.from[from-p.lag : to-p.lag]), to: levelOf(heard)}
	for lag := p.lag - 2; lag <= p.lag+2; lag++ {
		w.likeness = max(w.likeness, math.Abs(correlation(heard, p.from[from-lag:to-lag])))
	}
	return w, true
}

// leaks tells whether the window holds the other side's voice alone, given the usual gain of the path.
func (w bleedAt) leaks(usual float64) bool {
	quieter := w.from - w.to
	return w.likeness >= bleedCorrelation && quieter >= bleedQuieter && -quieter <= usual+bleedMargin
}

// usualGain is the median gain of the windows that are alike.
func usualGain(windows []bleedAt) float64 {
	var gains []float64
	for _, w := range windows {
		if w.likeness >= bleedCorrelation && w.from-w.to >= bleedQuieter {
			gains = append(gains, w.to-w.from)
		}
	}
	if len(gains) == 0 {
		return 0
	}
	slices.Sort(gains)
	return gains[len(gains)/2]
}

// withoutEdges cuts leaks out of speech and drops the scraps that are left beside them.
func withoutEdges(speech, leaks []domain.Span) []domain.Span {
	var out []domain.Span
	for _, s := range speech {
		rest := subtract([]domain.Span{s}, leaks)
		if len(rest) != 1 || rest[0] != s {
			rest = dropShort(rest, bleedRest)
		}
		out = append(out, rest...)
	}
	return dropShort(merge(out, joinGap), dropUnder)
}

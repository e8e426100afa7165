package audio

import (
	"cmp"
	"errors"
	"math"
	"slices"

	"earshot/internal/domain"
)

// The path that one side's voice takes to the other's channel is a short linear filter, as those of telephone hybrids and desks are: found
// once a call by least squares, and taken out of the sound.
const (
	pathTaps    = 96 // 6 ms at SampleRate
	pathEarly   = 24 // of them before the lag
	pathSamples = 24 // stretches it is fitted to
	pathLoad    = 1e-4
	pathHelps   = 3.0 // dB that it must take out where the other side leads, else there is no such path
)

// path is a linear filter: what of one channel is heard on the other.
type path struct {
	taps  []float32 // of the other channel's samples, newest first
	delay int       // samples of the newest
}

// WithoutCrossTalk is the recording without what of each side's voice leaks to the other's channel: a new Sound to be closed as this one,
// or this one if nothing leaks that a linear path explains.
func (s *Sound) WithoutCrossTalk() (*Sound, error) {
	a, b := s.Channels[0], s.Channels[1]
	toA, toB, err := findPaths(a, b)
	if err != nil || toA == nil && toB == nil {
		return s, err
	}
	out := *s
	out.Channels = nil
	for _, way := range []struct {
		to, from *Track
		path     *path
	}{{a, b, toA}, {b, a, toB}} {
		clean, err := way.path.cancel(way.from, way.to)
		out.Channels = append(out.Channels, clean)
		if err != nil {
			return s, errors.Join(err, out.Close())
		}
	}
	return &out, nil
}

func findPaths(a, b *Track) (toA, toB *path, err error) {
	both := intersect(EnergySpeech(a), EnergySpeech(b))
	if len(both) == 0 {
		return nil, nil, nil
	}
	err = atBleedRate(a, b, func(la, lb *Track) {
		toA, toB = findPath(b, a, lb, la, both), findPath(a, b, la, lb, both)
	})
	return toA, toB, err
}

func findPath(from, to, lowFrom, lowTo *Track, both []domain.Span) *path {
	found, ok := findBleed(lowFrom, lowTo, both)
	if !ok {
		return nil
	}
	p := &path{delay: max(0, found.lag*decimation-pathEarly)}
	stretches := purest(lowFrom, lowTo, leading(lowFrom, lowTo, both, math.MaxInt))
	if !p.fit(from, to, stretches) {
		return nil
	}
	return p
}

// purest are those of the stretches in which the one side is the furthest above the other, which hardly speaks itself then.
func purest(from, to *Track, stretches [][2]int) [][2]int {
	lead := make(map[[2]int]float64, len(stretches))
	for _, s := range stretches {
		lead[s] = levelOf(from.Slice(s[0], s[1])) - levelOf(to.Slice(s[0], s[1]))
	}
	slices.SortStableFunc(stretches, func(x, y [2]int) int { return cmp.Compare(lead[y], lead[x]) })
	return stretches[:min(len(stretches), pathSamples, (len(stretches)+1)/2)]
}

// fit solves the normal equations over the stretches (places of samples at bleedRate).
func (p *path) fit(from, to *Track, stretches [][2]int) bool {
	auto, cross := make([]float64, pathTaps), make([]float64, pathTaps)
	for _, s := range stretches {
		said, heard, ok := p.around(from, to, s)
		if !ok {
			continue
		}
		now := said[pathTaps-1:]
		for k := range pathTaps {
			past := said[pathTaps-1-k:][:len(heard)]
			auto[k] += float64(dot(now[:len(heard)], past))
			cross[k] += float64(dot(heard, past))
		}
	}
	if auto[0] == 0 {
		return false
	}
	auto[0] *= 1 + pathLoad
	p.taps = levinson(auto, cross)
	var gains []float64
	for _, s := range stretches {
		if said, heard, ok := p.around(from, to, s); ok {
			rest := slices.Clone(heard)
			p.subtract(rest, said)
			gains = append(gains, levelOf(heard)-levelOf(rest))
		}
	}
	slices.Sort(gains)
	return len(gains) > 0 && gains[len(gains)/2] >= pathHelps
}

// around gives a stretch of the one channel and of the other, with the samples before it that the filter needs.
func (p *path) around(from, to *Track, s [2]int) (said, heard []float32, ok bool) {
	at, end := s[0]*decimation, s[1]*decimation
	first := at - p.delay - pathTaps + 1
	if first < 0 || end-p.delay > from.Len() || end > to.Len() {
		return nil, nil, false
	}
	return from.Slice(first, end-p.delay), to.Slice(at, end), true
}

// subtract takes from each sample of heard what the path makes of said, which begins pathTaps-1 samples earlier.
func (p *path) subtract(heard, said []float32) {
	reversed := slices.Clone(p.taps)
	slices.Reverse(reversed)
	for i := range heard {
		heard[i] -= dot(reversed, said[i:i+pathTaps])
	}
}

// cancel is a copy of a channel without what leaks to it; without a path a copy as it is.
func (p *path) cancel(from, to *Track) (*Track, error) {
	out := newTrack(to.dir, to.Len())
	for at, block := range to.blocks() {
		clean := slices.Clone(block)
		if p != nil {
			p.subtract(clean, from.padded(at-p.delay-pathTaps+1, at+len(block)-p.delay))
		}
		if err := out.add(clean); err != nil {
			return out, err
		}
	}
	return out, nil
}

// padded is a stretch that may lie outside of the track, where it is silent.
func (t *Track) padded(from, to int) []float32 {
	out := make([]float32, to-from)
	if inFrom, inTo := max(0, from), min(to, t.Len()); inFrom < inTo {
		copy(out[inFrom-from:], t.Slice(inFrom, inTo))
	}
	return out
}

// levinson solves the Toeplitz system of an autocorrelation for the filter (Levinson-Durbin recursion).
func levinson(auto, cross []float64) []float32 {
	n := len(auto)
	forward, x := make([]float64, n), make([]float64, n)
	forward[0], x[0] = 1/auto[0], cross[0]/auto[0]
	backward := slices.Clone(forward)
	for m := 1; m < n; m++ {
		var ef, ex float64
		for i := range m {
			ef += auto[m-i] * forward[i]
			ex += auto[m-i] * x[i]
		}
		// backward of length m is forward reversed
		det := 1 - ef*ef
		next := make([]float64, n)
		for i := 0; i <= m; i++ {
			var f, b float64
			if i < m {
				f = forward[i]
			}
			if i > 0 {
				b = forward[m-i]
			}
			next[i] = (f - ef*b) / det
		}
		forward = next
		for i := 0; i <= m; i++ {
			backward[i] = forward[m-i]
			x[i] += (cross[m] - ex) * backward[i]
		}
	}
	out := make([]float32, n)
	for i, v := range x {
		if math.IsNaN(v) || math.IsInf(v, 0) {
			return make([]float32, n)
		}
		out[i] = float32(v)
	}
	return out
}

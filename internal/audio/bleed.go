package audio

import (
	"errors"
	"math"
	"slices"

	"earshot/internal/domain"
)

// Cross-talk: one side's voice is heard on the other's channel, later by up to half a second (a line echo), quieter, and
// alike in its waveform. The comparison is made at 4 kHz, which holds the strong half of a voice.
const (
	bleedRate        = 4000
	decimation       = SampleRate / bleedRate
	bleedMaxLag      = bleedRate / 2
	bleedEarly       = bleedRate / 200 // channels may be off by a few ms the other way
	bleedWindow      = 0.30            // seconds
	bleedStep        = 0.10
	bleedCorrelation = 0.5
	bleedFound       = 0.2  // mean correlation over stretches that shows that there is a path at all
	bleedQuieter     = 3.0  // dB
	bleedMasked      = 28.0 // dB
	bleedMargin      = 6.0  // dB above the usual cross-talk, somebody speaks
	bleedRest        = 0.30 // seconds: less speech than that next to cross-talk is its edge
	bleedSamples     = 8    // stretches to find the lag from, this long
	bleedSample      = bleedRate * 3 / 4
)

// bleed is the path from one side's voice to the other's channel.
type bleed struct {
	from, to *Track // at bleedRate
	lag      int    // samples at bleedRate
}

// RemoveBleed takes from each side's speech what is only the other side's voice leaking over. Where both really speak,
// both keep it. Lag and gain of each path are estimated once, from the stretches that both sides claim.
func RemoveBleed(a, b *Track, sa, sb []domain.Span) (ra, rb []domain.Span, err error) {
	both := intersect(sa, sb)
	if len(both) == 0 {
		return sa, sb, nil
	}
	err = atBleedRate(a, b, func(la, lb *Track) {
		ra, rb = removeFrom(sa, lb, la, both), removeFrom(sb, la, lb, both)
	})
	return ra, rb, err
}

// atBleedRate gives f both channels at bleedRate.
func atBleedRate(a, b *Track, f func(la, lb *Track)) error {
	la, err := a.decimated()
	if err != nil {
		return err
	}
	defer la.close()
	lb, err := b.decimated()
	if err != nil {
		return err
	}
	defer lb.close()
	f(la, lb)
	return nil
}

// decimated is a track at bleedRate.
func (t *Track) decimated() (*Track, error) {
	low := newTrack(t.dir, t.n/decimation)
	for _, block := range t.blocks() {
		if err := low.add(decimate(block)); err != nil {
			return nil, errors.Join(err, low.close())
		}
	}
	return low, nil
}

// removeFrom takes the cross-talk of one channel out of the speech on the other.
func removeFrom(speech []domain.Span, from, to *Track, both []domain.Span) []domain.Span {
	path, ok := findBleed(from, to, both)
	speech = path.withoutMasked(speech)
	if !ok {
		return speech
	}
	found := path.windows(speech)
	usual := usualGain(found)
	var leaks []domain.Span
	for _, w := range found {
		if w.leaks(usual) {
			middle := (bleedWindow - bleedStep) / 2
			leaks = append(leaks, domain.Span{Start: w.Start + middle, End: w.Start + middle + bleedStep})
		}
	}
	return withoutEdges(speech, merge(leaks, bleedStep+1e-6))
}

// withoutMasked drops stretches that lie far below the other voice: what a lossy codec made of it, which need not be alike.
func (p bleed) withoutMasked(speech []domain.Span) []domain.Span {
	return slices.DeleteFunc(slices.Clone(speech), func(s domain.Span) bool {
		from, to := int(s.Start*bleedRate), min(int(s.End*bleedRate), p.from.Len(), p.to.Len())
		return from < to && levelOf(p.from.Slice(from, to))-levelOf(p.to.Slice(from, to)) >= bleedMasked
	})
}

// decimate brings a channel from 16 to 4 kHz. A mean is filter enough, as only likeness counts.
func decimate(ch []float32) []float32 {
	out := make([]float32, len(ch)/decimation)
	for i := range out {
		part := ch[i*decimation : (i+1)*decimation]
		out[i] = (part[0] + part[1] + part[2] + part[3]) / decimation
	}
	return out
}

// findBleed finds the lag at which the channels are most alike over stretches that both claim and the first one leads.
func findBleed(from, to *Track, both []domain.Span) (bleed, bool) {
	samples := leading(from, to, both, bleedSamples)
	sums := make([]float64, bleedEarly+bleedMaxLag)
	for _, s := range samples {
		addLikeness(sums, from.Slice(s[0]-bleedMaxLag+1, s[1]+bleedEarly), to.Slice(s[0], s[1]))
	}
	best := 0
	for i, v := range sums {
		if math.Abs(v) > math.Abs(sums[best]) {
			best = i
		}
	}
	return bleed{from: from, to: to, lag: best - bleedEarly}, len(samples) > 0 && math.Abs(sums[best])/float64(len(samples)) > bleedFound
}

// addLikeness adds the correlation of a stretch with each stretch of the other channel, from the latest to the earliest.
func addLikeness(sums []float64, around, heard []float32) {
	energy := float64(dot(heard, heard))
	last := len(around) - len(heard)
	other := 0.0
	for _, v := range around[last:] {
		other += float64(v) * float64(v)
	}
	for i := range sums {
		at := last - i
		if other > 0 && energy > 0 {
			sums[i] += float64(dot(heard, around[at:])) / math.Sqrt(energy*other)
		}
		if at > 0 {
			in, out := float64(around[at-1]), float64(around[at-1+len(heard)])
			other = max(0, other+in*in-out*out)
		}
	}
}

// leading gives some stretches, as places of samples, where the first channel is the louder one, from all over the call.
func leading(from, to *Track, both []domain.Span, most int) (samples [][2]int) {
	for _, s := range both {
		for at := max(bleedMaxLag, int(s.Start*bleedRate)); ; at += bleedSample {
			end := min(at+bleedSample, int(s.End*bleedRate), to.Len()-bleedEarly, from.Len()-bleedEarly)
			if end-at < bleedSample/3 {
				break
			}
			if levelOf(from.Slice(at, end))-levelOf(to.Slice(at, end)) >= bleedQuieter {
				samples = append(samples, [2]int{at, end})
			}
		}
	}
	kept := min(len(samples), most)
	for i := range kept {
		samples[i] = samples[i*len(samples)/kept]
	}
	return samples[:kept]
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
	to := min(int((t+bleedWindow)*bleedRate), p.to.Len(), p.from.Len()+min(0, p.lag)-2)
	if to-from < bleedRate/10 {
		return bleedAt{}, false
	}
	const slack = 2 // samples that the lag may be off
	heard, said := p.to.Slice(from, to), p.from.Slice(from-p.lag-slack, to-p.lag+slack)
	w := bleedAt{Span: domain.Span{Start: t, End: t + bleedWindow}, from: levelOf(said[slack : len(said)-slack]), to: levelOf(heard)}
	for off := range 2*slack + 1 {
		w.likeness = max(w.likeness, math.Abs(correlation(heard, said[off:off+len(heard)])))
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

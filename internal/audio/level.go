package audio

import (
	"math"
	"slices"

	"earshot/internal/domain"
)

// Frames of the energy measure: 30 ms every 10 ms.
const (
	frameLen = SampleRate * 30 / 1000
	frameHop = SampleRate * 10 / 1000
	hop      = 0.010 // seconds
)

// highPass removes DC and hum below about 80 Hz, in place: the mean, then a Butterworth filter of second order
// (R. Bristow-Johnson's cookbook, Q 0.707).
func highPass(ch *Track) error {
	mean := 0.0
	for _, block := range ch.blocks() {
		for _, v := range block {
			mean += float64(v)
		}
	}
	mean /= float64(max(1, ch.Len()))
	w := 2 * math.Pi * 80 / SampleRate
	alpha, cos := math.Sin(w)/math.Sqrt2, math.Cos(w)
	b0, a1, a2 := (1+cos)/2/(1+alpha), -2*cos/(1+alpha), (1-alpha)/(1+alpha)
	var x1, x2, y1, y2 float64
	return ch.change(func(block []float32) {
		for i, v := range block {
			x := float64(v) - mean
			y := b0*(x-2*x1+x2) - a1*y1 - a2*y2
			x1, x2, y1, y2 = x, x1, y, y1
			block[i] = float32(y)
		}
	})
}

// Levels of speech, and how far it may be raised: more would make the noise of an empty line as loud as speech.
const (
	targetLevel = -21.0 // dBFS, mean power over frames of speech
	maxGain     = 26.0  // dB
	loudestHum  = -40.0 // dBFS that the noise of a line may be raised to
	leastSpeech = 20    // frames, without which there is nothing to go by
	ownSide     = 10.0  // dB below the other channel, a frame is its echo
	echoFrames  = 50    // that an echo may come later
	softSpeech  = -72.0 // dBFS: nothing quieter is speech
	loudest     = 0.98  // of full scale
)

// level gives each channel one gain that brings its speech to the target, in place, and says which, in dB. Frames in which
// the other channel is much louder do not count: they hold its echo, which is not to be raised to speech.
func level(channels []*Track) ([]float64, error) {
	levels := make([][]float64, len(channels))
	for c, ch := range channels {
		levels[c] = energies(ch)
	}
	gains := make([]float64, len(channels))
	for c := range channels {
		var other []float64
		if len(channels) == 2 {
			other = held(levels[1-c], echoFrames)
		}
		gains[c] = gain(levels[c], other)
		if err := amplify(channels[c], gains[c]); err != nil {
			return nil, err
		}
	}
	return gains, nil
}

// held is the highest of each frame and so many before it.
func held(levels []float64, frames int) []float64 {
	out := make([]float64, len(levels))
	for i := range levels {
		out[i] = slices.Max(levels[max(0, i-frames) : i+1])
	}
	return out
}

func gain(levels, other []float64) float64 {
	floor := noiseFloor(levels)
	var power, noise float64
	n := 0
	for i, e := range levels {
		noisy := floor[i/100]
		if e < max(noisy+onAbove, softSpeech) || i < len(other) && e < other[i]-ownSide {
			continue
		}
		power += math.Pow(10, e/10)
		noise += noisy
		n++
	}
	if n < leastSpeech {
		return 0
	}
	up := targetLevel - decibel(power/float64(n))
	return min(up, maxGain, max(0, loudestHum-noise/float64(n)))
}

// amplify multiplies, and bends what would go beyond full scale.
func amplify(ch *Track, gain float64) error {
	factor := float32(math.Pow(10, gain/20))
	return ch.change(func(block []float32) {
		for i, v := range block {
			block[i] = limit(v * factor)
		}
	})
}

// limit bends values above a knee toward full scale.
func limit(v float32) float32 {
	const knee = 0.8
	size := max(v, -v)
	if size <= knee {
		return v
	}
	bent := float32(knee + (loudest-knee)*math.Tanh(float64(size-knee)/(loudest-knee)))
	if v < 0 {
		return -bent
	}
	return bent
}

// energies gives the level of each frame in dBFS.
func energies(ch *Track) []float64 {
	if ch.Len() < frameLen {
		return nil
	}
	// Frames overlap: each is the sum of three hops.
	hops := make([]float64, 0, ch.Len()/frameHop)
	for _, block := range ch.blocks() { // which are whole hops
		for ; len(block) >= frameHop; block = block[frameHop:] {
			var sum float32
			for _, v := range block[:frameHop] {
				sum += v * v
			}
			hops = append(hops, float64(sum))
		}
	}
	out := make([]float64, len(hops)-2)
	for i := range out {
		out[i] = decibel((hops[i] + hops[i+1] + hops[i+2]) / frameLen)
	}
	return out
}

func decibel(power float64) float64 { return 10 * math.Log10(power+1e-12) }

// Level is the RMS level of a stretch in dBFS.
func Level(ch *Track, s domain.Span) float64 { return levelOf(ch.Span(s)) }

// Level is how loud a stretch of a channel was before levelling, as RMS in dBFS.
func (s *Sound) Level(channel int, span domain.Span) float64 {
	level := Level(s.Channels[channel], span)
	if channel < len(s.gains) {
		level -= s.gains[channel]
	}
	return level
}

func levelOf(samples []float32) float64 {
	sum := 0.0
	for _, v := range samples {
		sum += float64(v) * float64(v)
	}
	return decibel(sum / float64(max(1, len(samples))))
}

// Span gives the samples of a stretch of time, as far as the track has them.
func (t *Track) Span(s domain.Span) []float32 {
	from := t.At(s.Start)
	return t.Slice(from, max(from, t.At(s.End)))
}

// At is the sample of a moment, or the nearest that the track has.
func (t *Track) At(seconds float64) int { return max(0, min(int(seconds*SampleRate), t.n)) }

// Peaks gives the waveform of each channel: the largest value of each stretch of 1/perSecond s, scaled so that full scale
// is 127. The player shows it.
func Peaks(s *Sound, perSecond int) [][]int8 {
	out := make([][]int8, len(s.Channels))
	perSecond = max(1, min(perSecond, SampleRate))
	for c, ch := range s.Channels {
		out[c] = make([]int8, (ch.Len()*perSecond+SampleRate-1)/SampleRate)
		for i := range out[c] {
			from, to := i*SampleRate/perSecond, min((i+1)*SampleRate/perSecond, ch.Len())
			var peak float32
			for _, v := range ch.Slice(from, to) {
				peak = max(peak, v, -v)
			}
			out[c][i] = int8(min(peak, 1)*127 + 0.5)
		}
	}
	return out
}

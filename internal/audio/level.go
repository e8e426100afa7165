package audio

import (
	"math"
	"slices"

	"earshot/internal/domain"
)

// Frames of the energy measure.
const (
	frameLen = SampleRate * 30 / 1000
	frameHop = SampleRate * 10 / 1000
	hop      = 0.010 // seconds
)

// highPass removes DC and hum below about 80 Hz with a one-pole filter, in place.
func highPass(ch []float32) {
	const a = 0.9695 // exp(-2*pi*80/16000)
	var lastIn, lastOut float32
	for i, v := range ch {
		lastOut = a * (lastOut + v - lastIn)
		lastIn = v
		ch[i] = lastOut
	}
}

// Levels of speech in dBFS and how far it may be raised: more would raise the noise of an empty line to speech.
const (
	targetLevel = -21.0
	maxGain     = 26.0
	speechFloor = -58.0 // quieter frames are not speech on any line
)

// level gives the channel one gain that brings its louder frames to the target, in place. Silence stays silence.
func level(ch []float32) {
	loud := make([]float64, 0, len(ch)/frameHop)
	for _, e := range energies(ch) {
		if e > speechFloor {
			loud = append(loud, e)
		}
	}
	if len(loud) < 10 {
		return
	}
	slices.Sort(loud)
	gain := math.Min(targetLevel-loud[len(loud)*7/10], maxGain)
	factor := float32(math.Pow(10, gain/20))
	for i, v := range ch {
		ch[i] = max(-1, min(1, v*factor))
	}
}

// energies gives the level of each frame in dBFS.
func energies(ch []float32) []float64 {
	if len(ch) < frameLen {
		return nil
	}
	out := make([]float64, (len(ch)-frameLen)/frameHop+1)
	// Sums of hops make a frame of three hops cheap.
	hops := make([]float64, len(ch)/frameHop)
	for h := range hops {
		for _, v := range ch[h*frameHop : (h+1)*frameHop] {
			hops[h] += float64(v) * float64(v)
		}
	}
	for i := range out {
		out[i] = decibel((hops[i] + hops[i+1] + hops[i+2]) / frameLen)
	}
	return out
}

func decibel(power float64) float64 { return 10 * math.Log10(power+1e-12) }

// Level is the RMS level of a stretch in dBFS.
func Level(ch []float32, s domain.Span) float64 {
	from, to := sampleAt(s.Start, ch), sampleAt(s.End, ch)
	if to <= from {
		return decibel(0)
	}
	sum := 0.0
	for _, v := range ch[from:to] {
		sum += float64(v) * float64(v)
	}
	return decibel(sum / float64(to-from))
}

func sampleAt(seconds float64, ch []float32) int {
	return max(0, min(int(seconds*SampleRate), len(ch)))
}

// Peaks gives the waveform of each channel: the largest value of each stretch of 1/perSecond s, scaled so that full scale is 127.
func Peaks(s *Sound, perSecond int) [][]int8 {
	out := make([][]int8, len(s.Channels))
	step := SampleRate / perSecond
	for c, ch := range s.Channels {
		out[c] = make([]int8, 0, len(ch)/step+1)
		for part := range slices.Chunk(ch, step) {
			var peak float32
			for _, v := range part {
				peak = max(peak, v, -v)
			}
			out[c] = append(out[c], int8(peak*127))
		}
	}
	return out
}

package audio

import (
	"fmt"
	"math"
)

// Rates that are taken. Below, nothing is understood; above, nothing is gained.
const (
	minRate = 4000
	maxRate = 384000
)

func checkRate(rate int) error {
	if rate < minRate || rate > maxRate {
		return unreadable(fmt.Sprintf("its sample rate of %d Hz is outside of %d to %d Hz", rate, minRate, maxRate))
	}
	return nil
}

// halfTaps is half the length of the filter in samples of the lower rate; kaiserBeta gives about 80 dB of stop band.
const (
	halfTaps   = 32
	kaiserBeta = 8.0
)

// resample brings samples to 16 kHz with a polyphase windowed sinc: 2x half-band from 8 kHz, any ratio otherwise.
func resample(in []float32, rate int) ([]float32, error) {
	if rate == SampleRate {
		return in, nil
	}
	if err := checkRate(rate); err != nil {
		return nil, err
	}
	g := gcd(rate, SampleRate)
	up, down := SampleRate/g, rate/g
	phases, half := filter(up, down)
	out := make([]float32, (len(in)*up+down-1)/down)
	for i := range out {
		at := i * down
		centre, phase := at/up, phases[at%up]
		if at%up == 0 && down <= up { // half-band and its kin: an input sample passes as it is
			out[i] = in[centre]
			continue
		}
		first := centre - half + 1
		var sum float32
		from, to := max(0, -first), min(len(phase), len(in)-first)
		for k := from; k < to; k++ {
			sum += phase[k] * in[first+k]
		}
		out[i] = sum
	}
	return out, nil
}

// filter gives one set of taps for each of the positions that an output sample can have between two input samples.
func filter(up, down int) (phases [][]float32, half int) {
	scale := math.Min(1, float64(up)/float64(down)) // of the cut-off, when the rate goes down
	half = int(math.Ceil(halfTaps / scale))
	phases = make([][]float32, up)
	for p := range phases {
		taps := make([]float64, 2*half)
		sum := 0.0
		for k := range taps {
			x := float64(k-half+1) - float64(p)/float64(up)
			taps[k] = sinc(x*scale) * kaiser(x/float64(half))
			sum += taps[k]
		}
		phases[p] = make([]float32, len(taps))
		for k, t := range taps {
			phases[p][k] = float32(t / sum)
		}
	}
	return phases, half
}

func sinc(x float64) float64 {
	if x == 0 {
		return 1
	}
	return math.Sin(math.Pi*x) / (math.Pi * x)
}

func kaiser(x float64) float64 {
	if x <= -1 || x >= 1 {
		return 0
	}
	return bessel(kaiserBeta*math.Sqrt(1-x*x)) / bessel(kaiserBeta)
}

// bessel is the modified Bessel function of the first kind of order 0, by its power series.
func bessel(x float64) float64 {
	sum, term := 1.0, 1.0
	for k := 1.0; term > 1e-12*sum; k++ {
		term *= x * x / (4 * k * k)
		sum += term
	}
	return sum
}

func gcd(a, b int) int {
	for b != 0 {
		a, b = b, a%b
	}
	return a
}

package audio

import "math"

// Rates that are taken, in Hz. Below, nothing is understood; above, nothing is gained.
const (
	minRate = 4000
	maxRate = 384000
)

// halfTaps is half the length of the filter in samples of the lower rate; kaiserBeta gives about 80 dB of stop band.
// At 8 kHz this is a half-band filter that has 64 taps at the output's rate.
const (
	halfTaps   = 16
	kaiserBeta = 8.0
)

// mostPhases of a filter: odd ratios take the nearest, which leaves an error below -60 dB.
const mostPhases = 1024

// resampler brings one channel to 16 kHz by a polyphase windowed sinc, block by block.
type resampler struct {
	up, down int
	whole    int         // down/up
	half     int         // taps on each side, in samples of the input
	phases   [][]float32 // taps for each place between two input samples
	pending  []float32   // input that is still needed
	at, part int         // the next output lies at pending[at+half-1] and part/up of the way to the sample after it
	taken    int         // input samples so far
	given    int         // output samples so far
}

func newResampler(rate int) *resampler {
	g := gcd(rate, SampleRate)
	r := &resampler{up: SampleRate / g, down: rate / g, whole: rate / SampleRate}
	r.phases, r.half = filter(r.up, r.down)
	r.pending = make([]float32, r.half-1, blockFrames+2*r.half) // silence before the beginning
	return r
}

// push takes a block and appends the output that it completes to out.
func (r *resampler) push(out, in []float32) []float32 {
	r.taken += len(in)
	if r.up == r.down {
		r.given += len(in)
		return append(out, in...)
	}
	r.pending = append(r.pending, in...)
	before := len(out)
	for r.at+2*r.half <= len(r.pending) {
		if r.part == 0 && r.down < r.up { // a half-band filter and its kin leave input samples as they are
			out = append(out, r.pending[r.at+r.half-1])
		} else {
			out = append(out, dot(r.phase(), r.pending[r.at:]))
		}
		r.at += r.whole
		if r.part += r.down - r.whole*r.up; r.part >= r.up {
			r.part -= r.up
			r.at++
		}
	}
	r.given += len(out) - before
	used := min(r.at, len(r.pending))
	r.pending = append(r.pending[:0], r.pending[used:]...)
	r.at -= used
	return out
}

// phase has the taps for the place of the next output.
func (r *resampler) phase() []float32 {
	if len(r.phases) == r.up {
		return r.phases[r.part]
	}
	return r.phases[r.part*len(r.phases)/r.up]
}

// flush appends what the end of the input completes.
func (r *resampler) flush(out []float32) []float32 {
	rest := (r.taken*r.up+r.down-1)/r.down - r.given
	if rest <= 0 {
		return out
	}
	end := len(out) + rest
	out = r.push(out, make([]float32, 2*r.half)) // silence after the end
	return out[:min(end, len(out))]
}

// dot is the sum of products of x and as many values of y. Four sums go on at once, up to three values at the end are left
// out: taps are a multiple of four, and a stretch of sound has thousands. Without norace, most of the time of tests under the
// race detector would go by here, where nothing is written.
//
//go:norace
func dot(x, y []float32) float32 {
	var a, b, c, d float32
	y = y[:len(x)]
	for i := 0; i+3 < len(x) && i+3 < len(y); i += 4 {
		t, s := x[i:i+4:i+4], y[i:i+4:i+4]
		a += t[0] * s[0]
		b += t[1] * s[1]
		c += t[2] * s[2]
		d += t[3] * s[3]
	}
	return a + b + c + d
}

// filter gives one set of taps for each of the places that an output sample can have between two input samples.
func filter(up, down int) (phases [][]float32, half int) {
	scale := math.Min(1, float64(up)/float64(down)) // of the cut-off, when the rate goes down
	half = (int(math.Ceil(halfTaps/scale)) + 1) / 2 * 2
	phases = make([][]float32, min(up, mostPhases))
	for p := range phases {
		place := float64(p) / float64(len(phases))
		if up > mostPhases {
			place += 0.5 / mostPhases // the middle of those that share it
		}
		phases[p] = taps(place, scale, half)
	}
	return phases, half
}

// taps of the windowed sinc at a place between two samples, adding up to one.
func taps(place, scale float64, half int) []float32 {
	exact := make([]float64, 2*half)
	sum := 0.0
	for k := range exact {
		x := float64(k-half+1) - place
		exact[k] = sinc(x*scale) * kaiser(x/float64(half))
		sum += exact[k]
	}
	out := make([]float32, len(exact))
	for k, t := range exact {
		out[k] = float32(t / sum)
	}
	return out
}

func sinc(x float64) float64 {
	if x == 0 {
		return 1
	}
	return math.Sin(math.Pi*x) / (math.Pi * x)
}

// kaiser is the Kaiser window over -1 to 1.
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

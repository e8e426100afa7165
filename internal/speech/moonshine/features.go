package moonshine

import (
	"math"
	"math/bits"
	"math/cmplx"
)

// Log energies in mel bands as Kaldi computes them (kaldi-asr/kaldi:src/feat/feature-fbank.cc), which the embedding network was
// trained on: frames of 25 ms every 10 ms, mean removed, pre-emphasis 0.97, Hamming window, 80 bands from 20 to 8000 Hz.
const (
	featureFrame = sampleRate * 25 / 1000
	featureHop   = sampleRate * 10 / 1000
	melBands     = 80
	fftSize      = 512
	fullScale    = 1 << 15
)

// featurer holds the tables.
type featurer struct {
	window  []float64
	twiddle []complex128
	bands   [melBands][fftSize / 2]float64
}

func newFeaturer() *featurer {
	f := &featurer{window: make([]float64, featureFrame), twiddle: make([]complex128, fftSize/2)}
	for i := range f.window {
		f.window[i] = 0.54 - 0.46*math.Cos(2*math.Pi*float64(i)/(featureFrame-1))
	}
	for i := range f.twiddle {
		f.twiddle[i] = cmplx.Exp(complex(0, -2*math.Pi*float64(i)/fftSize))
	}
	low, high := mel(20), mel(sampleRate/2)
	step := (high - low) / (melBands + 1)
	for b := range f.bands {
		left := low + float64(b)*step
		for k := range f.bands[b] {
			up := (mel(float64(k)*sampleRate/fftSize) - left) / step
			f.bands[b][k] = max(0, min(up, 2-up))
		}
	}
	return f
}

func mel(hz float64) float64 { return 1127 * math.Log(1+hz/700) }

// features gives melBands values for each whole frame, row by row.
func (f *featurer) features(pcm []float32) []float32 {
	var out []float32
	for at := 0; at+featureFrame <= len(pcm); at += featureHop {
		out = f.frame(out, pcm[at:at+featureFrame])
	}
	return out
}

func (f *featurer) frame(out, pcm []float32) []float32 {
	mean := 0.0
	for _, v := range pcm {
		mean += float64(v)
	}
	mean /= featureFrame
	var spectrum [fftSize]complex128
	last := float64(pcm[0]) - mean
	for i, v := range pcm {
		x := float64(v) - mean
		at := bits.Reverse32(uint32(i)) >> (32 - 9) // fftSize is 2^9
		spectrum[at] = complex((x-0.97*last)*f.window[i]*fullScale, 0)
		last = x
	}
	f.transform(&spectrum)
	var power [fftSize / 2]float64
	for k := range power {
		re, im := real(spectrum[k]), imag(spectrum[k])
		power[k] = re*re + im*im
	}
	for b := range f.bands {
		sum := 0.0
		for k, w := range f.bands[b] {
			sum += w * power[k]
		}
		out = append(out, float32(math.Log(max(sum, 1.1920929e-07))))
	}
	return out
}

// transform is Cooley and Tukey's, on values in bit-reversed order.
func (f *featurer) transform(v *[fftSize]complex128) {
	for size := 2; size <= fftSize; size *= 2 {
		half, step := size/2, fftSize/size
		for at := 0; at < fftSize; at += size {
			for k := range half {
				a, b := v[at+k], v[at+k+half]*f.twiddle[k*step]
				v[at+k], v[at+k+half] = a+b, a-b
			}
		}
	}
}

// centred takes the mean of each band away, in place: what the line and the room do to a voice.
func centred(rows []float32) []float32 {
	frames := max(1, len(rows)/melBands)
	var mean [melBands]float64
	for i, v := range rows {
		mean[i%melBands] += float64(v)
	}
	for i := range rows {
		rows[i] -= float32(mean[i%melBands] / float64(frames))
	}
	return rows
}

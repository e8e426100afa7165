package remote

import (
	"encoding/binary"
	"errors"
	"io"
	"math"

	"earshot/internal/speech"
)

const wavHeader = 44

// WAV writes channels of one length as 16-bit PCM at 16 kHz while it is read, so that a long call is not held twice.
type WAV struct {
	channels []speech.Audio
	at       int // frames that were given
	rest     []byte
}

// NewWAV begins a file. Shorter channels end in silence.
func NewWAV(channels ...speech.Audio) *WAV {
	w := &WAV{channels: channels}
	w.rest = w.header()
	return w
}

// Size of the whole file in bytes.
func (w *WAV) Size() int64 { return wavHeader + int64(w.frames())*int64(len(w.channels))*2 }

// Again begins anew.
func (w *WAV) Again() io.Reader { return NewWAV(w.channels...) }

func (w *WAV) frames() (n int) {
	for _, c := range w.channels {
		n = max(n, len(c))
	}
	return n
}

func (w *WAV) header() []byte {
	n := len(w.channels)
	data := uint32(w.Size() - wavHeader)
	b := append([]byte("RIFF"), binary.LittleEndian.AppendUint32(nil, data+wavHeader-8)...)
	b = append(b, "WAVEfmt \x10\x00\x00\x00\x01\x00"...)
	b = binary.LittleEndian.AppendUint16(b, uint16(n))
	b = binary.LittleEndian.AppendUint32(b, speech.SampleRate)
	b = binary.LittleEndian.AppendUint32(b, uint32(speech.SampleRate*n*2))
	b = binary.LittleEndian.AppendUint16(b, uint16(n*2))
	b = append(b, "\x10\x00data"...)
	return binary.LittleEndian.AppendUint32(b, data)
}

// wavChunk is how many frames are written at once.
const wavChunk = 4096

// Read is io.Reader's.
func (w *WAV) Read(p []byte) (int, error) {
	if len(w.rest) == 0 {
		to := min(w.at+wavChunk, w.frames())
		for ; w.at < to; w.at++ {
			for _, c := range w.channels {
				w.rest = binary.LittleEndian.AppendUint16(w.rest, uint16(sample(c, w.at)))
			}
		}
	}
	if len(w.rest) == 0 {
		return 0, io.EOF
	}
	n := copy(p, w.rest)
	w.rest = w.rest[n:]
	if len(w.rest) == 0 {
		w.rest = nil
	}
	return n, nil
}

func sample(c speech.Audio, at int) int16 {
	if at >= len(c) || math.IsNaN(float64(c[at])) {
		return 0
	}
	return int16(math.Round(float64(max(-1, min(1, c[at]))) * math.MaxInt16))
}

// ReadWAV reads a file of 16-bit PCM as WAV writes it; it is what the fakes hear. maxSeconds caps its length.
func ReadWAV(b []byte, maxSeconds float64) ([]speech.Audio, error) {
	if len(b) < wavHeader || string(b[:4]) != "RIFF" || string(b[8:16]) != "WAVEfmt " || string(b[36:40]) != "data" {
		return nil, errors.New("not a WAV file")
	}
	channels, rate := int(binary.LittleEndian.Uint16(b[22:])), binary.LittleEndian.Uint32(b[24:])
	size := int(binary.LittleEndian.Uint32(b[40:]))
	if channels < 1 || channels > 8 || rate != speech.SampleRate || binary.LittleEndian.Uint16(b[34:]) != 16 || size != len(b)-wavHeader || float64(size)/float64(2*channels)/speech.SampleRate > maxSeconds {
		return nil, errors.New("not 16-bit PCM at 16 kHz, or cut off, or too long")
	}
	out := make([]speech.Audio, channels)
	for at := wavHeader; at+2*channels <= len(b); at += 2 * channels {
		for c := range out {
			v := int16(binary.LittleEndian.Uint16(b[at+2*c:]))
			out[c] = append(out[c], float32(v)/math.MaxInt16)
		}
	}
	return out, nil
}

// Longest of channels in seconds.
func Longest(channels []speech.Audio) (seconds float64) {
	for _, c := range channels {
		seconds = max(seconds, c.Seconds())
	}
	return seconds
}

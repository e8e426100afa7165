package testkit

import (
	"bytes"
	"encoding/binary"
)

// WAV encodes channels of the same length, full scale at ±1, as 16-bit PCM.
func WAV(rate int, channels ...[]float32) []byte {
	frames, n := len(channels[0]), len(channels)
	size := frames * n * 2
	b := bytes.NewBuffer(make([]byte, 0, 44+size))
	le := binary.LittleEndian
	header := append([]byte("RIFF"), le.AppendUint32(nil, uint32(36+size))...)
	header = append(header, "WAVEfmt "...)
	header = le.AppendUint32(header, 16)
	header = le.AppendUint16(header, 1) // PCM
	header = le.AppendUint16(header, uint16(n))
	header = le.AppendUint32(header, uint32(rate))
	header = le.AppendUint32(header, uint32(rate*n*2))
	header = le.AppendUint16(header, uint16(n*2))
	header = le.AppendUint16(header, 16)
	header = append(header, "data"...)
	b.Write(le.AppendUint32(header, uint32(size)))
	sample := make([]byte, 0, 2)
	for i := range frames {
		for _, ch := range channels {
			b.Write(le.AppendUint16(sample[:0], uint16(int16(ch[i]*32767))))
		}
	}
	return b.Bytes()
}

package audio

import (
	"encoding/binary"
	"math"
)

// sampleCodec decodes samples of a fixed size in bytes; dst has one place for each sample in src.
type sampleCodec struct {
	size   int
	decode func(dst []float32, src []byte)
}

// each makes a codec from the decoding of one sample.
func each(size int, one func([]byte) float32) sampleCodec {
	return sampleCodec{size, func(dst []float32, src []byte) {
		for i := range dst {
			dst[i] = one(src[i*size : (i+1)*size])
		}
	}}
}

func unsigned8() sampleCodec {
	return each(1, func(b []byte) float32 { return (float32(b[0]) - 128) / 128 })
}

// signed decodes integers of 8 to 32 bits.
func signed(bytes int, order binary.ByteOrder) sampleCodec {
	return each(bytes, func(b []byte) float32 {
		var v [4]byte // the sample in the upper bytes, little-endian
		for i := range b {
			if order == binary.LittleEndian {
				v[4-bytes+i] = b[i]
			} else {
				v[3-i] = b[i]
			}
		}
		return float32(int32(binary.LittleEndian.Uint32(v[:]))) / (1 << 31)
	})
}

// pcm16 is what most WAV files hold.
func pcm16() sampleCodec {
	return each(2, func(b []byte) float32 { return float32(int16(uint16(b[0])|uint16(b[1])<<8)) / (1 << 15) })
}

func float32s(order binary.ByteOrder) sampleCodec {
	return each(4, func(b []byte) float32 { return finite(math.Float32frombits(order.Uint32(b))) })
}

func float64s(order binary.ByteOrder) sampleCodec {
	return each(8, func(b []byte) float32 { return finite(float32(math.Float64frombits(order.Uint64(b)))) })
}

// finite drops what is no sound: NaN, infinity and values far beyond full scale.
func finite(v float32) float32 {
	if v != v || v > 8 || v < -8 {
		return 0
	}
	return v
}

// byTable decodes bytes by a table of all 256.
func byTable(law func(byte) int16) sampleCodec {
	var table [256]float32
	for i := range table {
		table[i] = float32(law(byte(i))) / (1 << 15)
	}
	return sampleCodec{1, func(dst []float32, src []byte) {
		for i := range dst {
			dst[i] = table[src[i]]
		}
	}}
}

// mulaw expands a byte of G.711 mu-law (ITU-T G.711, table 2) to 16 bits.
func mulaw(b byte) int16 {
	b = ^b
	v := (int16(b&0x0f)<<3 + 0x84) << (b >> 4 & 7)
	if b&0x80 != 0 {
		return 0x84 - v
	}
	return v - 0x84
}

// alaw expands a byte of G.711 A-law (ITU-T G.711, table 1) to 16 bits.
func alaw(b byte) int16 {
	b ^= 0x55
	v := int16(b&0x0f)<<4 + 8
	if e := b >> 4 & 7; e > 0 {
		v = (v + 0x100) << (e - 1)
	}
	if b&0x80 == 0 {
		return -v
	}
	return v
}

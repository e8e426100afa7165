package audio

import (
	"bufio"
	"context"
	"encoding/binary"
	"errors"
	"fmt"
	"io"
	"math"
	"os"
)

// Codes of WAVE formats (RFC 2361).
const (
	wavePCM        = 0x0001
	waveFloat      = 0x0003
	waveALaw       = 0x0006
	waveMuLaw      = 0x0007
	waveExtensible = 0xfffe
)

// wavFormat is the fmt chunk.
type wavFormat struct {
	tag, channels, bits uint16
	rate                uint32
}

func readWAV(_ context.Context, path string, limits Limits) (raw, error) {
	f, err := os.Open(path)
	if err != nil {
		return raw{}, unreadable(err.Error())
	}
	defer f.Close()
	return parseWAV(bufio.NewReaderSize(f, 1<<16), limits)
}

// parseWAV reads RIFF and RF64. Sizes in headers are not trusted: streams write 0 or 0xffffffff, cut files say too much,
// and some writers count wrongly. Sound is read to the stated size or the end of the file, whichever comes first.
func parseWAV(r *bufio.Reader, limits Limits) (raw, error) {
	var head [12]byte
	if _, err := io.ReadFull(r, head[:]); err != nil || string(head[8:]) != "WAVE" {
		return raw{}, unreadable("the WAV header is cut off or damaged")
	}
	var format *wavFormat
	for {
		var chunk [8]byte
		if _, err := io.ReadFull(r, chunk[:]); err != nil {
			return raw{}, unreadable("the WAV file ends before the sound begins")
		}
		size := int64(binary.LittleEndian.Uint32(chunk[4:]))
		switch string(chunk[:4]) {
		case "fmt ":
			f, err := readFormat(r, size)
			if err != nil {
				return raw{}, err
			}
			format = f
		case "data":
			if format == nil {
				return raw{}, unreadable("the WAV file does not say how its sound is coded")
			}
			return readSamples(r, *format, size, limits)
		default:
			if err := skip(r, size+size%2); err != nil {
				return raw{}, unreadable("the WAV file ends before the sound begins")
			}
		}
	}
}

func skip(r *bufio.Reader, n int64) error {
	_, err := io.CopyN(io.Discard, r, n)
	return err
}

func readFormat(r *bufio.Reader, size int64) (*wavFormat, error) {
	if size < 16 || size > 1<<12 {
		return nil, unreadable("the WAV header is damaged")
	}
	b := make([]byte, size+size%2)
	if _, err := io.ReadFull(r, b); err != nil {
		return nil, unreadable("the WAV header is cut off")
	}
	f := &wavFormat{tag: binary.LittleEndian.Uint16(b), channels: binary.LittleEndian.Uint16(b[2:]), rate: binary.LittleEndian.Uint32(b[4:]), bits: binary.LittleEndian.Uint16(b[14:])}
	if f.tag == waveExtensible && size >= 40 {
		f.tag = binary.LittleEndian.Uint16(b[24:]) // the first two bytes of the sub-format's GUID
	}
	switch {
	case f.channels == 0:
		return nil, unreadable("the WAV header says that it has no channels")
	case f.channels > 64:
		return nil, unreadable(fmt.Sprintf("the WAV header says that it has %d channels", f.channels))
	case f.rate == 0:
		return nil, unreadable("the WAV header says a sample rate of 0")
	}
	return f, checkRate(int(f.rate))
}

// sample decodes one sample from the bytes it takes.
type sample struct {
	size   int
	decode func([]byte) float32
}

func (f wavFormat) sample() (sample, error) {
	switch {
	case f.tag == wavePCM && f.bits == 8:
		return sample{1, func(b []byte) float32 { return (float32(b[0]) - 128) / 128 }}, nil
	case f.tag == wavePCM && f.bits == 16:
		return sample{2, func(b []byte) float32 { return float32(int16(binary.LittleEndian.Uint16(b))) / 32768 }}, nil
	case f.tag == wavePCM && f.bits == 24:
		return sample{3, func(b []byte) float32 {
			return float32(int32(uint32(b[0])<<8|uint32(b[1])<<16|uint32(b[2])<<24)>>8) / (1 << 23)
		}}, nil
	case f.tag == wavePCM && f.bits == 32:
		return sample{4, func(b []byte) float32 { return float32(int32(binary.LittleEndian.Uint32(b))) / (1 << 31) }}, nil
	case f.tag == waveFloat && f.bits == 32:
		return sample{4, func(b []byte) float32 { return finite(math.Float32frombits(binary.LittleEndian.Uint32(b))) }}, nil
	case f.tag == waveFloat && f.bits == 64:
		return sample{8, func(b []byte) float32 {
			return finite(float32(math.Float64frombits(binary.LittleEndian.Uint64(b))))
		}}, nil
	case f.tag == waveALaw && f.bits == 8:
		return tableSample(alaw), nil
	case f.tag == waveMuLaw && f.bits == 8:
		return tableSample(mulaw), nil
	default:
		return sample{}, errOther
	}
}

// tableSample decodes bytes by a table of all 256.
func tableSample(law func(byte) int16) sample {
	var table [256]float32
	for i := range table {
		table[i] = float32(law(byte(i))) / 32768
	}
	return sample{1, func(b []byte) float32 { return table[b[0]] }}
}

func finite(v float32) float32 {
	if v != v || v > 8 || v < -8 {
		return 0
	}
	return v
}

// mulaw and alaw are the expansions of ITU-T G.711.
func mulaw(b byte) int16 {
	b = ^b
	v := (int16(b&0x0f)<<3 + 0x84) << (b >> 4 & 7)
	if b&0x80 != 0 {
		return 0x84 - v
	}
	return v - 0x84
}

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

// keepChannels is how many channels of a recording are kept.
const keepChannels = 2

func readSamples(r io.Reader, f wavFormat, size int64, limits Limits) (raw, error) {
	s, err := f.sample()
	if err != nil {
		return raw{}, err
	}
	if size > 0 && size < 0xffffffff-1<<16 {
		r = io.LimitReader(r, size)
	}
	kept := min(int(f.channels), keepChannels)
	out := raw{channels: make([][]float32, kept), count: int(f.channels), rate: int(f.rate)}
	frame := s.size * int(f.channels)
	buffer := make([]byte, frame*4096)
	maxFrames := int(limits.MaxSeconds * float64(f.rate))
	for {
		n, err := io.ReadFull(r, buffer)
		for at := 0; at+frame <= n; at += frame {
			for c := range kept {
				out.channels[c] = append(out.channels[c], s.decode(buffer[at+c*s.size:]))
			}
		}
		if len(out.channels[0]) > maxFrames {
			return raw{}, tooLong(limits)
		}
		if errors.Is(err, io.EOF) || errors.Is(err, io.ErrUnexpectedEOF) {
			return out, nil
		}
		if err != nil {
			return raw{}, unreadable(err.Error())
		}
	}
}

package audio

import (
	"bufio"
	"bytes"
	"encoding/binary"
	"math"
	"testing"

	"earshot/internal/domain"
)

// wavFile builds a WAV file; dataSize is what its header says, however many bytes follow.
func wavFile(tag, channels, bits uint16, rate, dataSize uint32, samples []byte, before ...[]byte) []byte {
	var b bytes.Buffer
	w := func(v any) { _ = binary.Write(&b, binary.LittleEndian, v) }
	b.WriteString("RIFF\xff\xff\xff\xffWAVE")
	for _, chunk := range before {
		b.Write(chunk)
	}
	b.WriteString("fmt ")
	w(uint32(16))
	w(tag)
	w(channels)
	w(rate)
	w(rate * uint32(channels) * uint32(bits) / 8)
	w(channels * bits / 8)
	w(bits)
	b.WriteString("data")
	w(dataSize)
	b.Write(samples)
	return b.Bytes()
}

func parse(b []byte) (raw, error) {
	return parseWAV(bufio.NewReader(bytes.NewReader(b)), Limits{}.orDefault())
}

func TestSampleFormats(t *testing.T) {
	t.Parallel()
	float := binary.LittleEndian.AppendUint32(nil, math.Float32bits(0.5))
	double := binary.LittleEndian.AppendUint64(nil, math.Float64bits(0.5))
	for _, c := range []struct {
		name      string
		tag, bits uint16
		bytes     []byte
		want      float64
	}{
		{"u8", wavePCM, 8, []byte{192}, 0.5},
		{"s16", wavePCM, 16, []byte{0, 0x40}, 0.5},
		{"s24", wavePCM, 24, []byte{0, 0, 0xc0}, -0.5},
		{"s32", wavePCM, 32, []byte{0, 0, 0, 0x40}, 0.5},
		{"f32", waveFloat, 32, float, 0.5},
		{"f64", waveFloat, 64, double, 0.5},
		{"nan", waveFloat, 32, binary.LittleEndian.AppendUint32(nil, math.Float32bits(float32(math.NaN()))), 0},
		{"mulaw full scale", waveMuLaw, 8, []byte{0x80}, 32124.0 / 32768},
		{"mulaw zero", waveMuLaw, 8, []byte{0xff}, 0},
		{"mulaw negative", waveMuLaw, 8, []byte{0x00}, -32124.0 / 32768},
		{"alaw positive", waveALaw, 8, []byte{0xaa}, 32256.0 / 32768},
		{"alaw smallest", waveALaw, 8, []byte{0xd5}, 8.0 / 32768},
	} {
		r, err := parse(wavFile(c.tag, 1, c.bits, 8000, uint32(len(c.bytes)), c.bytes))
		if err != nil {
			t.Errorf("%s: %v", c.name, err)
			continue
		}
		if got := float64(r.channels[0][0]); math.Abs(got-c.want) > 1e-6 {
			t.Errorf("%s: %v, want %v", c.name, got, c.want)
		}
	}
}

func TestLyingHeaders(t *testing.T) {
	t.Parallel()
	sound := bytes.Repeat([]byte{0, 0x40}, 100)
	odd := append([]byte("LIST\x03\x00\x00\x00"), 1, 2, 3, 0)
	for _, c := range []struct {
		name   string
		file   []byte
		frames int
	}{
		{"size of a stream", wavFile(wavePCM, 1, 16, 8000, 0xffffffff, sound), 100},
		{"size zero with sound", wavFile(wavePCM, 1, 16, 8000, 0, sound), 100},
		{"size too big", wavFile(wavePCM, 1, 16, 8000, 4000, sound), 100},
		{"size too small", wavFile(wavePCM, 1, 16, 8000, 50, sound), 25},
		{"odd chunk before fmt", wavFile(wavePCM, 1, 16, 8000, 200, sound, odd), 100},
		{"six channels keep two", wavFile(wavePCM, 6, 16, 8000, 200, sound), 16},
	} {
		r, err := parse(c.file)
		if err != nil || len(r.channels[0]) != c.frames || len(r.channels) > keepChannels {
			t.Errorf("%s: %d channels, err %v", c.name, len(r.channels), err)
		}
	}
	for name, file := range map[string][]byte{
		"no channels": wavFile(wavePCM, 0, 16, 8000, 200, sound), "rate zero": wavFile(wavePCM, 1, 16, 0, 200, sound),
		"header only": wavFile(wavePCM, 1, 16, 8000, 200, nil)[:36], "rate of a radio": wavFile(wavePCM, 1, 16, 4_000_000_000, 200, sound),
	} {
		if _, err := parse(file); domain.CodeOf(err) != string(domain.RecordingUnreadable) {
			t.Errorf("%s: %v", name, err)
		}
	}
}

func FuzzReadWAV(f *testing.F) {
	f.Add(wavFile(wavePCM, 2, 16, 8000, 8, []byte{1, 2, 3, 4, 5, 6, 7, 8}))
	f.Add(wavFile(waveMuLaw, 1, 8, 8000, 0xffffffff, []byte{1, 2, 3}))
	f.Add(wavFile(0x11, 1, 4, 8000, 3, []byte{1, 2, 3}))
	f.Add([]byte("RF64\xff\xff\xff\xffWAVEds64\x1c\x00\x00\x00"))
	f.Fuzz(func(t *testing.T, b []byte) {
		r, err := parse(b)
		if err == nil && (len(r.channels) == 0 || len(r.channels) > keepChannels || checkRate(r.rate) != nil) {
			t.Fatalf("accepted %d channels at %d Hz", len(r.channels), r.rate)
		}
	})
}

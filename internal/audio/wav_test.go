package audio

import (
	"bytes"
	"context"
	"encoding/binary"
	"math"
	"slices"
	"testing"

	"earshot/internal/domain"
)

// wavHeader says what a WAV file claims; zero fields are filled in as a careful writer would.
type wavHeader struct {
	tag, channels, bits, align uint16
	rate, dataSize             uint32
	subFormat                  uint16   // of an extensible header
	before, after              [][]byte // chunks
	ds64                       uint64   // makes it RF64
}

func chunk(id string, body ...byte) []byte {
	b := binary.LittleEndian.AppendUint32([]byte(id), uint32(len(body)))
	b = append(b, body...)
	if len(body)%2 == 1 {
		b = append(b, 0)
	}
	return b
}

func (h wavHeader) format() []byte {
	le := binary.LittleEndian
	b := le.AppendUint16(nil, h.tag)
	b = le.AppendUint16(b, h.channels)
	b = le.AppendUint32(b, h.rate)
	b = le.AppendUint32(b, h.rate*uint32(h.align))
	b = le.AppendUint16(b, h.align)
	b = le.AppendUint16(b, h.bits)
	if h.subFormat == 0 {
		return b
	}
	b = le.AppendUint16(b, 22)
	b = le.AppendUint16(b, h.bits)
	b = le.AppendUint32(b, 3)
	b = le.AppendUint16(b, h.subFormat)
	return append(b, "\x00\x00\x00\x00\x10\x00\x80\x00\x00\xaa\x00\x38\x9b\x71"...)
}

func (h wavHeader) file(samples []byte) []byte {
	if h.align == 0 {
		h.align = h.channels * h.bits / 8
	}
	if h.dataSize == 0 {
		h.dataSize = uint32(len(samples))
	}
	b := []byte("RIFF\xff\xff\xff\xffWAVE")
	if h.ds64 > 0 {
		b = []byte("RF64\xff\xff\xff\xffWAVE")
		sizes := binary.LittleEndian.AppendUint64(make([]byte, 8), h.ds64)
		b = append(b, chunk("ds64", append(sizes, make([]byte, 12)...)...)...)
	}
	b = append(b, slices.Concat(h.before...)...)
	b = append(b, chunk("fmt ", h.format()...)...)
	b = append(b, "data"...)
	b = binary.LittleEndian.AppendUint32(b, h.dataSize)
	b = append(b, samples...)
	return append(b, slices.Concat(h.after...)...)
}

func parse(b []byte) (*intake, error) {
	return parseWAV(context.Background(), bytes.NewReader(b), int64(len(b)), Limits{}.orDefault())
}

func TestSampleFormats(t *testing.T) {
	t.Parallel()
	half32, half64 := binary.LittleEndian.AppendUint32(nil, math.Float32bits(0.5)), binary.LittleEndian.AppendUint64(nil, math.Float64bits(0.5))
	for _, c := range []struct {
		name                        string
		tag, bits, align, subFormat uint16
		bytes                       []byte
		want                        float64
	}{
		{"u8", wavePCM, 8, 0, 0, []byte{192}, 0.5},
		{"s16", wavePCM, 16, 0, 0, []byte{0, 0x40}, 0.5},
		{"s16 negative", wavePCM, 16, 0, 0, []byte{0, 0x80}, -1},
		{"s24", wavePCM, 24, 0, 0, []byte{0, 0, 0xc0}, -0.5},
		{"s24 in four bytes", wavePCM, 24, 4, 0, []byte{0, 0, 0, 0xc0}, -0.5},
		{"s20 in three bytes", wavePCM, 20, 3, 0, []byte{0, 0, 0x40}, 0.5},
		{"s16 with a wrong block size", wavePCM, 16, 1, 0, []byte{0, 0x40}, 0.5},
		{"s32", wavePCM, 32, 0, 0, []byte{0, 0, 0, 0x40}, 0.5},
		{"f32", waveFloat, 32, 0, 0, half32, 0.5},
		{"f64", waveFloat, 64, 0, 0, half64, 0.5},
		{"nan", waveFloat, 32, 0, 0, binary.LittleEndian.AppendUint32(nil, math.Float32bits(float32(math.NaN()))), 0},
		{"infinity", waveFloat, 64, 0, 0, binary.LittleEndian.AppendUint64(nil, math.Float64bits(math.Inf(1))), 0},
		{"mu-law full scale", waveMuLaw, 8, 0, 0, []byte{0x80}, 32124.0 / 32768},
		{"mu-law zero", waveMuLaw, 8, 0, 0, []byte{0xff}, 0},
		{"mu-law negative", waveMuLaw, 8, 0, 0, []byte{0x00}, -32124.0 / 32768},
		{"mu-law that claims 16 bits", waveMuLaw, 16, 1, 0, []byte{0x80}, 32124.0 / 32768},
		{"A-law positive", waveALaw, 8, 0, 0, []byte{0xaa}, 32256.0 / 32768},
		{"A-law smallest", waveALaw, 8, 0, 0, []byte{0xd5}, 8.0 / 32768},
		{"extensible s16", waveExtensible, 16, 0, wavePCM, []byte{0, 0x40}, 0.5},
		{"extensible f32", waveExtensible, 32, 0, waveFloat, half32, 0.5},
	} {
		h := wavHeader{tag: c.tag, channels: 1, bits: c.bits, align: c.align, subFormat: c.subFormat, rate: SampleRate}
		in, err := parse(h.file(c.bytes))
		if err != nil {
			t.Errorf("%s: %v", c.name, err)
			continue
		}
		if got := whole(in.channels[0]); len(got) != 1 || math.Abs(float64(got[0])-c.want) > 1e-6 {
			t.Errorf("%s: %v, want %v", c.name, got, c.want)
		}
	}
}

func TestG711RoundTrip(t *testing.T) {
	t.Parallel()
	for name, law := range map[string]func(byte) int16{"mu-law": mulaw, "A-law": alaw} {
		seen := map[int16]bool{}
		for b := range 256 {
			v, opposite := law(byte(b)), law(byte(b)^0x80)
			if v != -opposite {
				t.Errorf("%s: %02x is %d, with the other sign %d", name, b, v, opposite)
			}
			seen[v] = true
		}
		if len(seen) < 255 { // mu-law has two zeros
			t.Errorf("%s: only %d values", name, len(seen))
		}
	}
}

func TestLyingHeaders(t *testing.T) {
	t.Parallel()
	sound := bytes.Repeat([]byte{0, 0x40}, 100)
	silence := bytes.Repeat([]byte{0xd5}, 100)
	mono := wavHeader{tag: wavePCM, channels: 1, bits: 16, rate: SampleRate}
	with := func(change func(*wavHeader)) []byte { h := mono; change(&h); return h.file(sound) }
	list := chunk("LIST", []byte("INFOISFT\x06\x00\x00\x00maker\x00")...)
	for _, c := range []struct {
		name   string
		file   []byte
		frames int
	}{
		{"as it should be", mono.file(sound), 100},
		{"size of a stream", with(func(h *wavHeader) { h.dataSize = 0xffffffff }), 100},
		{"almost the size of a stream", with(func(h *wavHeader) { h.dataSize = 0xffffffff - 36 }), 100},
		{"size too big", with(func(h *wavHeader) { h.dataSize = 4000 }), 100},
		{"size too small, the sound goes on", with(func(h *wavHeader) { h.dataSize = 50 }), 100},
		{"a list after the sound", with(func(h *wavHeader) { h.after = [][]byte{list} }), 100},
		{"RF64 with a list after the sound", with(func(h *wavHeader) { h.dataSize, h.ds64, h.after = 0xffffffff, 200, [][]byte{list} }), 100},
		{"odd chunk before the format", with(func(h *wavHeader) { h.before = [][]byte{chunk("LIST", 1, 2, 3)} }), 100},
		{"odd chunk without padding", with(func(h *wavHeader) { h.before = [][]byte{chunk("LIST", 1, 2, 3)[:11]} }), 100},
		{"unknown chunk", with(func(h *wavHeader) { h.before = [][]byte{chunk("what", 1, 2, 3, 4)} }), 100},
		{"half a frame at the end", mono.file(sound[:199]), 99},
		{"six channels", with(func(h *wavHeader) { h.channels = 6 }), 16},
		{"no sound", mono.file(nil), 0},
		{"no sound, but a list", wavHeader{tag: wavePCM, channels: 1, bits: 16, rate: SampleRate, after: [][]byte{list}}.file(nil), 0},
		{"A-law silence beyond the size", wavHeader{tag: waveALaw, channels: 1, bits: 8, rate: SampleRate, dataSize: 50}.file(silence), 100},
	} {
		in, err := parse(c.file)
		if err != nil || in.channels[0].Len() != c.frames || len(in.channels) > keepChannels {
			t.Errorf("%s: %+v, err %v", c.name, in, err)
		}
	}
	zero := mono.file(sound)
	copy(zero[40:44], []byte{0, 0, 0, 0})
	if in, err := parse(zero); err != nil || in.channels[0].Len() != 100 {
		t.Errorf("size zero with sound: %v", err)
	}
}

func TestHeadersThatAreRefused(t *testing.T) {
	t.Parallel()
	sound := make([]byte, 200)
	mono := wavHeader{tag: wavePCM, channels: 1, bits: 16, rate: SampleRate}
	with := func(change func(*wavHeader)) []byte { h := mono; change(&h); return h.file(sound) }
	noFormat := append([]byte("RIFF\xff\xff\xff\xffWAVEdata\xc8\x00\x00\x00"), sound...)
	for name, file := range map[string][]byte{
		"no channels": with(func(h *wavHeader) { h.channels = 0 }), "rate zero": with(func(h *wavHeader) { h.rate = 0 }),
		"rate of a radio": with(func(h *wavHeader) { h.rate = 4_000_000_000 }), "1000 channels": with(func(h *wavHeader) { h.channels = 1000 }),
		"header only": mono.file(sound)[:36], "cut in the format": mono.file(sound)[:30], "no format": noFormat, "nothing": nil, "sound of another file": []byte("RIFF\x00\x00\x00\x00AVI "),
	} {
		if _, err := parse(file); domain.CodeOf(err) != string(domain.RecordingUnreadable) {
			t.Errorf("%s: %v", name, err)
		}
	}
}

func TestMoreThanTwoChannelsLoseNobody(t *testing.T) {
	t.Parallel()
	h := wavHeader{tag: wavePCM, channels: 4, bits: 16, rate: SampleRate}
	in, err := parse(h.file([]byte{0, 0x10, 0, 0x20, 0, 0, 0, 0x08}))
	if err != nil {
		t.Fatal(err)
	}
	if a, b := whole(in.channels[0])[0], whole(in.channels[1])[0]; a != 0.125 || b != 0.25+0.0625 {
		t.Errorf("channels %v and %v, want the first by itself and the sum of the others", a, b)
	}
}

func TestTooLongIsRefused(t *testing.T) {
	t.Parallel()
	file := wavHeader{tag: waveMuLaw, channels: 1, bits: 8, rate: 8000}.file(make([]byte, 3*8000))
	_, err := parseWAV(context.Background(), bytes.NewReader(file), 0, Limits{MaxSeconds: 2}.orDefault())
	if !domain.IsKind(err, domain.KindTooLarge) || domain.CodeOf(err) != string(domain.RecordingTooLarge) {
		t.Errorf("err = %v", err)
	}
}

func FuzzReadWAV(f *testing.F) {
	f.Add(wavHeader{tag: wavePCM, channels: 2, bits: 16, rate: 8000}.file([]byte{1, 2, 3, 4, 5, 6, 7, 8}))
	f.Add(wavHeader{tag: waveMuLaw, channels: 1, bits: 8, rate: 44100, dataSize: 0xffffffff}.file([]byte{1, 2, 3}))
	f.Add(wavHeader{tag: 0x11, channels: 1, bits: 4, rate: 8000}.file([]byte{1, 2, 3}))
	f.Add(wavHeader{tag: waveExtensible, channels: 3, bits: 24, subFormat: wavePCM, rate: 48000, ds64: 9}.file(make([]byte, 9)))
	f.Add([]byte("RF64\xff\xff\xff\xffWAVEds64\x1c\x00\x00\x00"))
	f.Fuzz(func(t *testing.T, b []byte) {
		in, err := parse(b)
		if err != nil {
			return
		}
		channels, err := in.finish()
		if err != nil || len(channels) == 0 || len(channels) > keepChannels || in.rate < minRate || in.frames > len(b) {
			t.Fatalf("%d channels, %d frames at %d Hz of %d bytes", len(channels), in.frames, in.rate, len(b))
		}
		for _, ch := range channels {
			if want := (in.frames*SampleRate + in.rate - 1) / in.rate; ch.Len() != want {
				t.Fatalf("%d samples of %d frames at %d Hz, want %d", ch.Len(), in.frames, in.rate, want)
			}
			for _, v := range whole(ch) {
				if v != v {
					t.Fatal("not a number")
				}
			}
		}
	})
}

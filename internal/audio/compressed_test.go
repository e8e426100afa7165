package audio

import (
	"bytes"
	"context"
	"encoding/binary"
	"math"
	"os"
	"testing"

	"github.com/mewkiz/flac"
	"github.com/mewkiz/flac/frame"
	"github.com/mewkiz/flac/meta"

	"earshot/internal/domain"
)

// oggPage makes one page (RFC 3533) of whole packets.
func oggPage(flags byte, number, granule int, packets ...[]byte) []byte {
	b := append([]byte("OggS\x00"), flags)
	b = binary.LittleEndian.AppendUint64(b, uint64(granule))
	b = binary.LittleEndian.AppendUint32(b, 7)
	b = binary.LittleEndian.AppendUint32(b, uint32(number))
	b = append(b, 0, 0, 0, 0, byte(len(packets)))
	for _, p := range packets {
		b = append(b, byte(len(p)))
	}
	b = append(b, bytes.Join(packets, nil)...)
	var sum uint32
	for _, v := range b {
		sum ^= uint32(v) << 24
		for range 8 {
			sum = sum<<1 ^ sum>>31*0x04c11db7
		}
	}
	binary.LittleEndian.PutUint32(b[22:], sum)
	return b
}

// opusFile has pages of ten silent packets of 20 ms; the pages end at these times in ticks.
func opusFile(channels byte, preSkip uint16, ends ...int) []byte {
	head := append([]byte("OpusHead\x01"), channels)
	head = binary.LittleEndian.AppendUint16(head, preSkip)
	head = append(head, 0x80, 0xbb, 0, 0, 0, 0, 0)
	b := append(oggPage(2, 0, 0, head), oggPage(0, 1, 0, []byte("OpusTags\x00\x00\x00\x00\x00\x00\x00\x00"))...)
	page := bytes.Split(bytes.Repeat([]byte("\xf8\xff\xfe\n"), 10)[:39], []byte("\n"))
	for i, end := range ends {
		b = append(b, oggPage(0, i+2, end, page...)...)
	}
	return b
}

func opusSeconds(t *testing.T, file []byte) float64 {
	t.Helper()
	in, err := parseOpus(context.Background(), bytes.NewReader(file), Limits{}.orDefault())
	if err != nil {
		t.Fatal(err)
	}
	channels, err := in.finish()
	if err != nil {
		t.Fatal(err)
	}
	return float64(channels[0].Len()) / SampleRate
}

func TestOpusKeepsItsTime(t *testing.T) {
	t.Parallel()
	damaged := opusFile(1, 0, 9600, 19200, 28800)
	damaged[len(damaged)-60] ^= 1 // in the last page
	for _, c := range []struct {
		name string
		file []byte
		want float64
	}{
		{"whole", opusFile(1, 0, 9600, 19200, 28800), 0.6},
		{"the pre-skip is left out", opusFile(1, 4800, 9600, 19200), 0.3},
		{"the end is trimmed", opusFile(1, 0, 9600, 19200-480), 0.39},
		{"packets that were not sent", opusFile(2, 0, 9600, 9600+48000, 19200+48000), 1.4},
		{"recorded from the middle of a stream", opusFile(1, 0, 9_609_600, 9_619_200), 0.4},
		{"a page without time", opusFile(1, 0, 9600, -1, 28800), 0.6},
		{"a damaged page", damaged, 0.4},
		{"cut off in a page", opusFile(1, 0, 9600, 19200)[:len(opusFile(1, 0, 9600, 19200))-5], 0.2},
	} {
		if got := opusSeconds(t, c.file); math.Abs(got-c.want) > 0.001 {
			t.Errorf("%s: %.3f s, want %.3f", c.name, got, c.want)
		}
	}
	_, err := parseOpus(context.Background(), bytes.NewReader(opusFile(1, 0, 9600, 1<<50)), Limits{MaxSeconds: 100}.orDefault())
	if domain.CodeOf(err) != string(domain.RecordingTooLarge) {
		t.Errorf("a gap of years: %v", err)
	}
}

func TestPacketTicks(t *testing.T) {
	t.Parallel()
	for toc, want := range map[string]int64{"": 0, "\x00": 480, "\x18": 2880, "\x60": 480, "\x68": 960, "\x80": 120, "\xf8": 960, "\xf9": 1920, "\xfa": 1920, "\xfb\x06": 5760, "\xfb": 0} {
		if got := packetTicks([]byte(toc)); got != want {
			t.Errorf("%x: %d ticks, want %d", toc, got, want)
		}
	}
}

// flacFile holds mono frames of 1024 samples of noise; the 100th of each is 1/4.
func flacFile(t testing.TB, frames int, claimed uint64) []byte {
	t.Helper()
	var b bytes.Buffer
	enc, err := flac.NewEncoder(&b, &meta.StreamInfo{BlockSizeMin: 1024, BlockSizeMax: 1024, SampleRate: SampleRate, NChannels: 1, BitsPerSample: 16, NSamples: claimed})
	if err != nil {
		t.Fatal(err)
	}
	for i := range frames {
		samples := make([]int32, 1024)
		for j := range samples {
			samples[j] = int32(j*j*7919%20011 - 10000)
		}
		samples[100] = 8192
		f := &frame.Frame{
			Header:    frame.Header{HasFixedBlockSize: true, BlockSize: 1024, SampleRate: SampleRate, Channels: frame.ChannelsMono, BitsPerSample: 16, Num: uint64(i)},
			Subframes: []*frame.Subframe{{SubHeader: frame.SubHeader{Pred: frame.PredVerbatim}, Samples: samples, NSamples: 1024}},
		}
		if err := enc.WriteFrame(f); err != nil {
			t.Fatal(err)
		}
	}
	if err := enc.Close(); err != nil {
		t.Fatal(err)
	}
	return b.Bytes()
}

func TestFLACTrustsItsFramesOnly(t *testing.T) {
	t.Parallel()
	file := flacFile(t, 4, 1<<35)
	for name, c := range map[string]struct {
		file []byte
		want int
	}{"a header that lies": {file, 4096}, "cut off": {file[:len(file)-1000], 3072}} {
		in, err := parseFLAC(context.Background(), bytes.NewReader(c.file), Limits{}.orDefault())
		if err != nil {
			t.Fatal(err)
		}
		channels, err := in.finish()
		if err != nil || channels[0].Len() != c.want || whole(channels[0])[100] != 0.25 {
			t.Errorf("%s: %d samples, %v", name, channels[0].Len(), err)
		}
	}
	if _, err := parseFLAC(context.Background(), bytes.NewReader(file[:20]), Limits{}.orDefault()); domain.CodeOf(err) != string(domain.RecordingUnreadable) {
		t.Errorf("cut header: %v", err)
	}
}

func TestAU(t *testing.T) {
	t.Parallel()
	au := func(encoding, rate, channels uint32, sound string) []byte {
		b := []byte(".snd")
		for _, v := range []uint32{28, 0xffffffff, encoding, rate, channels, 0} {
			b = binary.BigEndian.AppendUint32(b, v)
		}
		return append(b, sound...)
	}
	for _, c := range []struct {
		encoding uint32
		sound    string
		want     float32
	}{
		{1, "\x80", 32124.0 / 32768}, {27, "\xaa", 32256.0 / 32768}, {2, "\xc0", -0.5}, {3, "\x40\x00", 0.5}, {4, "\xc0\x00\x00", -0.5},
		{5, "\x40\x00\x00\x00", 0.5}, {6, "\x3f\x00\x00\x00", 0.5}, {7, "\x3f\xe0\x00\x00\x00\x00\x00\x00", 0.5},
	} {
		in, err := parseAU(context.Background(), bytes.NewReader(au(c.encoding, SampleRate, 1, c.sound)), Limits{}.orDefault())
		if err != nil || in.channels[0].Len() != 1 || whole(in.channels[0])[0] != c.want {
			t.Errorf("encoding %d: %+v, %v", c.encoding, in, err)
		}
	}
	for name, file := range map[string][]byte{"no rate": au(3, 0, 1, ""), "no channels": au(3, 8000, 0, ""), "cut off": au(3, 8000, 1, "")[:20]} {
		if _, err := parseAU(context.Background(), bytes.NewReader(file), Limits{}.orDefault()); domain.CodeOf(err) != string(domain.RecordingUnreadable) {
			t.Errorf("%s: %v", name, err)
		}
	}
}

func FuzzReadCompressed(f *testing.F) {
	f.Add(opusFile(2, 312, 9600, 19200))
	f.Add(opusFile(1, 0, 9600, 96000)[:150])
	f.Add(flacFile(f, 2, 0))
	f.Add(flacFile(f, 1, 1<<40)[:100])
	f.Add([]byte(".snd\x00\x00\x00\x1c\xff\xff\xff\xff\x00\x00\x00\x03\x00\x00\x1f\x40\x00\x00\x00\x02\x00\x00\x00\x00\x01\x02\x03\x04"))
	limits := Limits{MaxSeconds: 60}.orDefault()
	f.Fuzz(func(t *testing.T, b []byte) {
		for _, parse := range []func(*bytes.Reader) (*intake, error){
			func(r *bytes.Reader) (*intake, error) { return parseOpus(context.Background(), r, limits) },
			func(r *bytes.Reader) (*intake, error) { return parseFLAC(context.Background(), r, limits) },
			func(r *bytes.Reader) (*intake, error) { return parseAU(context.Background(), r, limits) },
		} {
			in, err := parse(bytes.NewReader(b))
			if err == nil && (in == nil || len(in.channels) == 0) {
				t.Fatal("neither sound nor an error")
			}
		}
	})
}

func TestRawG711IsOneChannelOfATelephone(t *testing.T) {
	t.Parallel()
	path := t.TempDir() + "/call.ulaw"
	if err := os.WriteFile(path, bytes.Repeat([]byte{0x00, 0x80}, 8000), 0o600); err != nil {
		t.Fatal(err)
	}
	if s := decode(t, path, Tools{}); s.Format != "mulaw" || s.SourceChannels != 1 || s.SourceRate != 8000 || s.Duration != 2 {
		t.Errorf("%s, %d channels at %d Hz, %.2f s", s.Format, s.SourceChannels, s.SourceRate, s.Duration)
	}
}

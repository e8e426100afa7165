package audio

import (
	"bufio"
	"context"
	"encoding/binary"
	"io"
	"os"
)

// Codes of WAVE formats (RFC 2361, mmreg.h).
const (
	wavePCM        = 0x0001
	waveFloat      = 0x0003
	waveALaw       = 0x0006
	waveMuLaw      = 0x0007
	waveExtensible = 0xfffe
)

// streamed is the least size of a data chunk that means "unknown, until the end".
const streamed = 0xffff0000

// wavParser reads RIFF, RF64 and BW64 (EBU Tech 3306). Sizes in headers are not trusted: streams write 0 or 0xffffffff,
// cut files promise too much, recorders that died too little. Sound is read as far as there is any.
type wavParser struct {
	r      *bufio.Reader
	limits Limits
	length int64 // of the file, a hint
	ds64   int64 // size of the data chunk by an RF64 header
	format *wavFormat
}

// wavFormat is the fmt chunk.
type wavFormat struct {
	tag, channels, align, bits uint16
	rate                       uint32
}

func readWAV(ctx context.Context, path string, limits Limits) (*intake, error) {
	f, err := os.Open(path)
	if err != nil {
		return nil, unreadable(plain(err))
	}
	defer f.Close()
	info, err := f.Stat()
	if err != nil {
		return nil, unreadable(plain(err))
	}
	return parseWAV(ctx, f, info.Size(), limits)
}

func parseWAV(ctx context.Context, r io.Reader, length int64, limits Limits) (*intake, error) {
	p := &wavParser{r: bufio.NewReaderSize(r, 1<<16), limits: limits, length: length}
	var head [12]byte
	if _, err := io.ReadFull(p.r, head[:]); err != nil || string(head[8:]) != "WAVE" {
		return nil, unreadable("its WAV header is cut off or damaged")
	}
	for {
		var chunk [8]byte
		if _, err := io.ReadFull(p.r, chunk[:]); err != nil {
			return nil, unreadable("the WAV file ends before the sound begins")
		}
		id, size := string(chunk[:4]), int64(binary.LittleEndian.Uint32(chunk[4:]))
		if id == "data" {
			return p.data(ctx, size)
		}
		if err := p.chunk(id, size); err != nil {
			return nil, err
		}
	}
}

// chunk reads or skips what comes before the sound.
func (p *wavParser) chunk(id string, size int64) error {
	switch id {
	case "fmt ":
		return p.readFormat(size)
	case "ds64":
		return p.readSizes(size)
	default:
		if _, err := io.CopyN(io.Discard, p.r, size); err != nil {
			return unreadable("the WAV file ends before the sound begins")
		}
		p.skipPadding(size)
		return nil
	}
}

// skipPadding skips the byte that evens an odd chunk; some writers leave it out.
func (p *wavParser) skipPadding(size int64) {
	if next, _ := p.r.Peek(5); size%2 == 1 && len(next) == 5 && (isChunk(next[1:]) || !isChunk(next[:4])) {
		_, _ = p.r.Discard(1) // it was peeked
	}
}

func (p *wavParser) header(size int64, least, most int64) ([]byte, error) {
	if size < least || size > most {
		return nil, unreadable("its WAV header is damaged")
	}
	b := make([]byte, size)
	if _, err := io.ReadFull(p.r, b); err != nil {
		return nil, unreadable("its WAV header is cut off")
	}
	p.skipPadding(size)
	return b, nil
}

func (p *wavParser) readSizes(size int64) error {
	b, err := p.header(size, 16, 1<<16)
	if err == nil {
		p.ds64 = int64(binary.LittleEndian.Uint64(b[8:]))
	}
	return err
}

func (p *wavParser) readFormat(size int64) error {
	b, err := p.header(size, 16, 1<<12)
	if err != nil {
		return err
	}
	u16 := binary.LittleEndian.Uint16
	p.format = &wavFormat{tag: u16(b), channels: u16(b[2:]), rate: binary.LittleEndian.Uint32(b[4:]), align: u16(b[12:]), bits: u16(b[14:])}
	if p.format.tag == waveExtensible && size >= 26 {
		p.format.tag = u16(b[24:]) // the first two bytes of the sub-format's GUID
	}
	return nil
}

// data reads the sound. Where the stated size ends inside the file and no chunk follows, the sound goes on.
func (p *wavParser) data(ctx context.Context, size int64) (*intake, error) {
	if p.format == nil {
		return nil, unreadable("the WAV file does not say how its sound is coded")
	}
	in, err := newIntake(int(p.format.rate), int(p.format.channels), 0, p.limits)
	if err != nil {
		return nil, err
	}
	codec, err := p.format.codec()
	if err != nil {
		return nil, err
	}
	if in, err = newIntake(in.rate, in.count, p.length/int64(codec.size*in.count), p.limits); err != nil {
		return nil, err
	}
	if size >= streamed && p.ds64 > 0 {
		size = p.ds64
	} else if size >= streamed {
		return in, in.read(ctx, p.r, codec)
	}
	return in, in.read(ctx, &untilChunk{r: p.r, left: size, odd: size%2 == 1}, codec)
}

// codec of the samples; PCM goes by the bytes that a sample takes, as its bits are in the upper ones.
func (f wavFormat) codec() (sampleCodec, error) {
	width := int(f.bits+7) / 8
	if taken := int(f.align) / int(f.channels); taken > width && taken <= 4 && f.tag == wavePCM {
		width = taken
	}
	switch {
	case f.tag == waveALaw:
		return byTable(alaw), nil
	case f.tag == waveMuLaw:
		return byTable(mulaw), nil
	case f.tag == wavePCM && width == 1:
		return unsigned8(), nil
	case f.tag == wavePCM && width == 2:
		return pcm16(), nil
	case f.tag == wavePCM && (width == 3 || width == 4):
		return signed(width, binary.LittleEndian), nil
	case f.tag == waveFloat && width == 4:
		return float32s(binary.LittleEndian), nil
	case f.tag == waveFloat && width == 8:
		return float64s(binary.LittleEndian), nil
	default:
		return sampleCodec{}, errOther
	}
}

// untilChunk reads the stated number of bytes, and what follows them unless that is another chunk.
type untilChunk struct {
	r    *bufio.Reader
	left int64
	odd  bool
	past bool // the stated size is read, and no chunk follows
}

// Read implements io.Reader.
func (u *untilChunk) Read(b []byte) (int, error) {
	if u.left <= 0 && !u.past {
		if next, _ := u.r.Peek(5); isChunk(next) || u.odd && len(next) == 5 && isChunk(next[1:]) {
			return 0, io.EOF
		}
		u.past = true
	}
	if !u.past && int64(len(b)) > u.left {
		b = b[:u.left]
	}
	n, err := u.r.Read(b)
	u.left -= int64(n)
	return n, err
}

// isChunk knows the names of chunks. Any four letters would not do: four bytes of A-law silence are "UUUU".
func isChunk(b []byte) bool {
	if len(b) < 4 {
		return false
	}
	switch string(b[:4]) {
	case "fmt ", "data", "fact", "LIST", "JUNK", "junk", "PAD ", "FLLR", "bext", "iXML", "aXML", "axml", "chna", "cue ", "smpl", "inst", "PEAK", "id3 ", "ID3 ",
		"cart", "DISP", "acid", "afsp", "plst", "note", "labl", "levl", "umid", "_PMX", "ds64", "RIFF", "minf", "elm1", "regn", "LGWV", "SAUR", "strc", "ResU", "slnt", "wavl":
		return true
	default:
		return false
	}
}

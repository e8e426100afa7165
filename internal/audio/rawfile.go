package audio

import (
	"bufio"
	"context"
	"encoding/binary"
	"io"
	"os"
)

// telephoneRate of headerless G.711, in Hz.
const telephoneRate = 8000

// readRaw reads headerless G.711: one channel at the rate of telephones, as nothing says otherwise.
func readRaw(law func(byte) int16) reader {
	return func(ctx context.Context, path string, limits Limits) (*intake, error) {
		f, err := os.Open(path)
		if err != nil {
			return nil, unreadable(plain(err))
		}
		defer f.Close()
		info, err := f.Stat()
		if err != nil {
			return nil, unreadable(plain(err))
		}
		in, err := newIntake(telephoneRate, 1, info.Size(), limits)
		if err != nil {
			return nil, err
		}
		return in, in.read(ctx, f, byTable(law))
	}
}

// readAU reads Sun's .au: six big-endian words (magic, offset, size, encoding, rate, channels), then the sound.
func readAU(ctx context.Context, path string, limits Limits) (*intake, error) {
	f, err := os.Open(path)
	if err != nil {
		return nil, unreadable(plain(err))
	}
	defer f.Close()
	return parseAU(ctx, bufio.NewReaderSize(f, 1<<16), limits)
}

func parseAU(ctx context.Context, r io.Reader, limits Limits) (*intake, error) {
	var head [6]uint32
	if err := binary.Read(r, binary.BigEndian, &head); err != nil {
		return nil, unreadable("its AU header is cut off")
	}
	offset, encoding, rate, channels := head[1], head[3], head[4], head[5]
	codecs := map[uint32]sampleCodec{
		1: byTable(mulaw), 27: byTable(alaw), 2: signed(1, binary.BigEndian), 3: signed(2, binary.BigEndian), 4: signed(3, binary.BigEndian),
		5: signed(4, binary.BigEndian), 6: float32s(binary.BigEndian), 7: float64s(binary.BigEndian),
	}
	codec, ok := codecs[encoding]
	if !ok {
		return nil, errOther
	}
	in, err := newIntake(int(rate), int(channels), 0, limits)
	if err != nil {
		return nil, err
	}
	if _, err := io.CopyN(io.Discard, r, max(0, int64(offset)-24)); err != nil {
		return nil, unreadable("the AU file ends before the sound begins")
	}
	return in, in.read(ctx, r, codec)
}

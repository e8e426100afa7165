package audio

import (
	"context"
	"errors"
	"io"
	"os"

	"github.com/mewkiz/flac"
	"github.com/mewkiz/flac/frame"
)

// guard turns a panic of a library on hostile input into an error.
func guard(err *error) {
	if p := recover(); p != nil {
		*err = unreadable("it is damaged")
	}
}

// readFLAC reads frames to the end. The length in the header is not trusted; a file cut off in the middle gives what is there.
func readFLAC(ctx context.Context, path string, limits Limits) (*intake, error) {
	f, err := os.Open(path)
	if err != nil {
		return nil, unreadable(plain(err))
	}
	defer f.Close()
	return parseFLAC(ctx, f, limits)
}

func parseFLAC(ctx context.Context, r io.Reader, limits Limits) (in *intake, err error) {
	defer guard(&err)
	stream, err := flac.New(r)
	if err != nil {
		return nil, unreadable("its FLAC header is damaged")
	}
	info := stream.Info
	if info.BitsPerSample < 4 || info.BitsPerSample > 32 {
		return nil, unreadable("its FLAC header is damaged")
	}
	if in, err = newIntake(int(info.SampleRate), int(info.NChannels), 0, limits); err != nil {
		return nil, err
	}
	scale := 1 / float32(int64(1)<<(info.BitsPerSample-1))
	var samples []float32
	for ctx.Err() == nil {
		next, err := nextFrame(stream)
		if err != nil {
			return in, nil // the end, or damage: what came before counts
		}
		if len(next.Subframes) != in.count {
			continue
		}
		samples = interleave(samples[:0], next, scale)
		if err := in.add(samples); err != nil {
			return nil, err
		}
	}
	return nil, ctx.Err()
}

var errDamaged = errors.New("damaged frame")

// nextFrame decodes one frame; a frame that makes the library panic ends the sound.
func nextFrame(stream *flac.Stream) (next *frame.Frame, err error) {
	defer func() {
		if recover() != nil {
			err = errDamaged
		}
	}()
	return stream.ParseNext()
}

func interleave(out []float32, f *frame.Frame, scale float32) []float32 {
	n := len(f.Subframes[0].Samples)
	for _, s := range f.Subframes {
		n = min(n, len(s.Samples))
	}
	for i := range n {
		for _, s := range f.Subframes {
			out = append(out, float32(s.Samples[i])*scale)
		}
	}
	return out
}

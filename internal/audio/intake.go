package audio

import (
	"context"
	"errors"
	"fmt"
	"io"
)

// keepChannels is how many channels of a recording are kept.
const keepChannels = 2

// maxChannels that a header may claim.
const maxChannels = 64

// intake takes decoded sound block by block at the source's rate and keeps it at 16 kHz.
type intake struct {
	rate, count int // of the source
	frames      int // taken so far, at the source's rate
	limits      Limits
	resamplers  []*resampler
	channels    []*Track
	block       []float32 // at the source's rate
	done        []float32 // at 16 kHz
}

// newIntake expects that many frames; that is a hint for the memory to set aside, and may be wrong.
func newIntake(rate, count int, expect int64, limits Limits) (*intake, error) {
	if rate < minRate || rate > maxRate {
		return nil, unreadable(fmt.Sprintf("its header claims a sample rate of %d Hz", rate))
	}
	if count < 1 || count > maxChannels {
		return nil, unreadable(fmt.Sprintf("its header claims %d channels", count))
	}
	in := &intake{rate: rate, count: count, limits: limits}
	seconds := min(float64(max(expect, 0))/float64(rate), limits.MaxSeconds)
	for range min(count, keepChannels) {
		in.resamplers = append(in.resamplers, newResampler(rate))
		in.channels = append(in.channels, newTrack(limits.TempDir, int(seconds*SampleRate)+1))
	}
	return in, nil
}

// add takes whole frames of interleaved samples.
func (in *intake) add(interleaved []float32) error {
	n := len(interleaved) / in.count
	in.frames += n
	if float64(in.frames) > in.limits.MaxSeconds*float64(in.rate) {
		return tooLong(in.limits)
	}
	for c := range in.channels {
		in.block = in.block[:0]
		for i := range n {
			in.block = append(in.block, in.mix(interleaved[i*in.count:(i+1)*in.count], c))
		}
		in.done = in.resamplers[c].push(in.done[:0], in.block)
		if err := in.channels[c].add(in.done); err != nil {
			return err
		}
	}
	return nil
}

// mix is the sample of a kept channel: the last one is the sum of all that have no channel of their own.
func (in *intake) mix(frame []float32, c int) float32 {
	if c < keepChannels-1 {
		return frame[c]
	}
	var sum float32
	for _, v := range frame[c:] {
		sum += v
	}
	return sum
}

func (in *intake) finish() ([]*Track, error) {
	for c, r := range in.resamplers {
		if err := in.channels[c].add(r.flush(nil)); err != nil {
			return in.channels, err
		}
	}
	return in.channels, nil
}

// blockFrames is how many frames are read at a time.
const blockFrames = 4096

// read takes coded frames to the end of r. A frame that is cut off is left out.
func (in *intake) read(ctx context.Context, r io.Reader, codec sampleCodec) error {
	frame := codec.size * in.count
	coded := make([]byte, frame*blockFrames)
	samples := make([]float32, in.count*blockFrames)
	for ctx.Err() == nil {
		n, err := io.ReadFull(r, coded)
		whole := n / frame
		codec.decode(samples[:whole*in.count], coded[:whole*frame])
		if err := in.add(samples[:whole*in.count]); err != nil {
			return err
		}
		switch {
		case errors.Is(err, io.EOF), errors.Is(err, io.ErrUnexpectedEOF):
			return nil
		case err != nil:
			return unreadable(plain(err))
		}
	}
	return ctx.Err()
}

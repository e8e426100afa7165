package audio

import (
	"context"
	"errors"
	"fmt"
	"io"
	"os"

	"github.com/mewkiz/flac"
	"github.com/pion/opus"
	"github.com/pion/opus/pkg/oggreader"
)

// guard turns a panic of a library on hostile input into an error.
func guard(err *error) {
	if p := recover(); p != nil {
		*err = unreadable("it is damaged")
	}
}

// readFLAC reads frames to the end. The length in the header is not trusted; a file cut off in the middle gives what is there.
func readFLAC(ctx context.Context, path string, limits Limits) (out raw, err error) {
	defer guard(&err)
	f, err := os.Open(path)
	if err != nil {
		return raw{}, unreadable(err.Error())
	}
	defer f.Close()
	stream, err := flac.New(f)
	if err != nil {
		return raw{}, unreadable("the FLAC header is damaged")
	}
	info := stream.Info
	if err := checkRate(int(info.SampleRate)); err != nil {
		return raw{}, err
	}
	kept := min(int(info.NChannels), keepChannels)
	out = raw{channels: make([][]float32, kept), count: int(info.NChannels), rate: int(info.SampleRate)}
	scale := float32(int64(1) << (info.BitsPerSample - 1))
	for ctx.Err() == nil {
		frame, err := stream.ParseNext()
		if err != nil {
			return out, nil // the end, or damage: what is there counts
		}
		for c := range min(kept, len(frame.Subframes)) {
			for _, v := range frame.Subframes[c].Samples {
				out.channels[c] = append(out.channels[c], float32(v)/scale)
			}
		}
		if float64(len(out.channels[0])) > limits.MaxSeconds*float64(out.rate) {
			return raw{}, tooLong(limits)
		}
	}
	return out, ctx.Err()
}

// opusFrame is the longest packet of Opus, 120 ms, at our rate.
const opusFrame = SampleRate * 120 / 1000

// readOpus reads Ogg Opus (RFC 7845): the decoder gives 16 kHz by itself, and the pre-skip is cut off.
func readOpus(ctx context.Context, path string, limits Limits) (out raw, err error) {
	defer guard(&err)
	f, err := os.Open(path)
	if err != nil {
		return raw{}, unreadable(err.Error())
	}
	defer f.Close()
	ogg, header, err := oggreader.NewWith(f)
	if err != nil {
		return raw{}, unreadable("the Opus header is damaged")
	}
	channels := int(header.Channels)
	if channels < 1 || channels > keepChannels {
		return raw{}, errOther
	}
	decoder, err := opus.NewDecoderWithOutput(SampleRate, channels)
	if err != nil {
		return raw{}, fmt.Errorf("opus decoder: %w", err)
	}
	out = raw{channels: make([][]float32, channels), count: channels, rate: SampleRate}
	buffer := make([]float32, opusFrame*channels)
	for ctx.Err() == nil {
		packet, _, err := ogg.ParseNextPacket()
		if errors.Is(err, io.EOF) || err != nil && len(out.channels[0]) > 0 {
			break
		}
		if err != nil {
			return raw{}, unreadable("the Opus stream is damaged")
		}
		if isOpusHeader(packet) {
			continue
		}
		n, err := decoder.DecodeToFloat32(packet, buffer)
		if err != nil {
			continue // a lost packet is a short gap
		}
		out.addInterleaved(buffer[:n*channels])
		if float64(len(out.channels[0])) > limits.MaxSeconds*SampleRate {
			return raw{}, tooLong(limits)
		}
	}
	skip := min(int(header.PreSkip)*SampleRate/48000, len(out.channels[0]))
	for c := range out.channels {
		out.channels[c] = out.channels[c][skip:]
	}
	return out, ctx.Err()
}

func isOpusHeader(packet []byte) bool {
	return len(packet) >= 8 && (string(packet[:8]) == "OpusHead" || string(packet[:8]) == "OpusTags")
}

func (r *raw) addInterleaved(samples []float32) {
	for i, v := range samples {
		c := i % len(r.channels)
		r.channels[c] = append(r.channels[c], v)
	}
}

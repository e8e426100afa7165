package audio

import (
	"bufio"
	"encoding/binary"
	"io"
	"math"
)

// WriteJoined writes recordings one after another as one WAV of 16-bit samples at 16 kHz, such as the parts of a call that was
// transferred. It has two channels if all of them have; otherwise sides cannot be told apart, and it has one.
func WriteJoined(w io.Writer, parts []*Sound) error {
	channels, samples := 2, 0
	for _, p := range parts {
		channels = min(channels, len(p.Channels))
		samples += p.Channels[0].Len()
	}
	out := bufio.NewWriterSize(w, 1<<16)
	_, err := out.Write(headerOf(channels, samples))
	for _, p := range parts {
		if err == nil {
			err = writeSamples(out, p, channels)
		}
	}
	if err != nil {
		return err
	}
	return out.Flush()
}

// headerOf gives that of 16-bit PCM (Multimedia Programming Interface and Data Specifications 1.0, WAVE). Four hours of two channels stay below its
// 4 GiB.
func headerOf(channels, samples int) []byte {
	le := binary.LittleEndian
	size := uint32(samples * channels * 2)
	h := append([]byte("RIFF"), le.AppendUint32(nil, 36+size)...)
	h = append(h, "WAVEfmt "...)
	h = le.AppendUint32(h, 16)
	h = le.AppendUint16(h, 1)
	h = le.AppendUint16(h, uint16(channels))
	h = le.AppendUint32(h, SampleRate)
	h = le.AppendUint32(h, uint32(SampleRate*channels*2))
	h = le.AppendUint16(h, uint16(channels*2))
	h = le.AppendUint16(h, 16)
	h = append(h, "data"...)
	return le.AppendUint32(h, size)
}

func writeSamples(w io.Writer, s *Sound, channels int) error {
	var row []byte
	for at := 0; at < s.Channels[0].Len(); at += blockSamples {
		end := min(at+blockSamples, s.Channels[0].Len())
		row = appendRows(row[:0], s, channels, at, end)
		if _, err := w.Write(row); err != nil {
			return err
		}
	}
	return s.Err()
}

// appendRows appends the samples of all channels from at to end, side by side.
func appendRows(row []byte, s *Sound, channels, at, end int) []byte {
	first, last := s.Channels[0].Slice(at, end), s.Channels[len(s.Channels)-1].Slice(at, end)
	for i, v := range first {
		pair := [2]float32{v, last[i]}
		if channels < len(s.Channels) {
			pair[0] = (v + last[i]) / 2
		}
		for _, v := range pair[:channels] {
			row = binary.LittleEndian.AppendUint16(row, uint16(int16(math.Round(float64(max(-1, min(1, v)))*math.MaxInt16))))
		}
	}
	return row
}

package audio

import (
	"bufio"
	"context"
	"errors"
	"io"
	"os"

	"github.com/pion/opus"
	"github.com/pion/opus/pkg/oggreader"
)

// Opus counts time at 48 kHz whatever the rate of its sound (RFC 6716, RFC 7845).
const (
	opusClock  = 48000
	opusTicks  = opusClock / SampleRate
	opusLong   = SampleRate * 120 / 1000 // the longest packet
	opusJitter = opusClock / 50          // gaps from here on are real
)

func readOpus(ctx context.Context, path string, limits Limits) (*intake, error) {
	f, err := os.Open(path)
	if err != nil {
		return nil, unreadable(plain(err))
	}
	defer f.Close()
	return parseOpus(ctx, bufio.NewReaderSize(f, 1<<16), limits)
}

// opusStream decodes Ogg Opus (RFC 7845) at 16 kHz. Pages carry the time of their end: where packets were lost or not
// sent because nobody spoke, silence keeps the rest in its place.
type opusStream struct {
	in       *intake
	decoder  opus.Decoder
	buffer   []float32
	channels int
	skip     int   // samples a channel still to leave out
	began    bool  // the time of the first page is known
	position int64 // where the sound is, in ticks
	end      int64 // where the last page says it ends
}

func parseOpus(ctx context.Context, r io.Reader, limits Limits) (in *intake, err error) {
	defer guard(&err)
	ogg, header, err := oggreader.NewWith(r)
	if err != nil {
		return nil, unreadable("its Opus header is damaged")
	}
	channels := int(header.Channels)
	if channels < 1 || channels > 2 || header.ChannelMap != 0 {
		return nil, errOther
	}
	decoder, err := opus.NewDecoderWithOutput(SampleRate, channels)
	if err != nil {
		return nil, errOther
	}
	if in, err = newIntake(SampleRate, channels, 0, limits); err != nil {
		return nil, err
	}
	s := &opusStream{in: in, decoder: decoder, channels: channels, buffer: make([]float32, opusLong*channels), skip: int(header.PreSkip) / opusTicks}
	if err := s.pages(ctx, ogg); err != nil {
		return nil, err
	}
	s.trim()
	return in, nil
}

// pages decodes page by page; a page with a wrong checksum is left out.
func (s *opusStream) pages(ctx context.Context, ogg *oggreader.OggReader) error {
	var page [][]byte
	var last *oggreader.OggPageHeader
	for ctx.Err() == nil {
		packet, header, err := ogg.ParseNextPacket()
		over := errors.Is(err, io.EOF) || errors.Is(err, io.ErrUnexpectedEOF)
		if last != nil && (over || err == nil && *header != *last) {
			if err := s.page(page, int64(last.GranulePosition)); err != nil {
				return err
			}
			page, last = nil, nil
		}
		switch {
		case over:
			return nil
		case err == nil && !isOpusHeader(packet):
			page, last = append(page, packet), header
		}
	}
	return ctx.Err()
}

func isOpusHeader(packet []byte) bool {
	return len(packet) >= 8 && (string(packet[:8]) == "OpusHead" || string(packet[:8]) == "OpusTags")
}

// page decodes the packets of a page that ends at a time in ticks.
func (s *opusStream) page(packets [][]byte, end int64) error {
	var ticks int64
	for _, p := range packets {
		ticks += packetTicks(p)
	}
	if end > 0 {
		if gap := end - ticks - s.position; s.began && gap >= opusJitter {
			if err := s.silence(gap); err != nil {
				return err
			}
		} else if !s.began {
			s.position = max(0, end-ticks) // a stream may be recorded from its middle
		}
		s.began, s.end = true, end
	}
	for _, p := range packets {
		if err := s.packet(p); err != nil {
			return err
		}
	}
	return nil
}

// silence fills a gap, in pieces so that a lying page ends at the limit.
func (s *opusStream) silence(ticks int64) error {
	s.position += ticks
	clear(s.buffer)
	for left := ticks / opusTicks; left > 0; left -= opusLong {
		if err := s.add(s.buffer[:min(left, opusLong)*int64(s.channels)]); err != nil {
			return err
		}
	}
	return nil
}

// packet decodes one; a damaged one is as long a silence.
func (s *opusStream) packet(p []byte) error {
	ticks := packetTicks(p)
	n, err := s.decode(p)
	if err != nil {
		return s.silence(ticks)
	}
	s.position += ticks
	return s.add(s.buffer[:n*s.channels])
}

func (s *opusStream) decode(p []byte) (n int, err error) {
	defer guard(&err)
	return s.decoder.DecodeToFloat32(p, s.buffer)
}

// add leaves out the first samples, with which a decoder finds its way in.
func (s *opusStream) add(samples []float32) error {
	skipped := min(s.skip, len(samples)/s.channels)
	s.skip -= skipped
	return s.in.add(samples[skipped*s.channels:])
}

// trim cuts off what the encoder added to fill its last packet.
func (s *opusStream) trim() {
	over := int(s.position-s.end) / opusTicks
	if !s.began || over <= 0 || over > SampleRate {
		return
	}
	for _, ch := range s.in.channels {
		ch.cut(ch.Len() - over)
	}
}

// packetTicks is the length of a packet by its first bytes (RFC 6716, section 3.1).
func packetTicks(p []byte) int64 {
	if len(p) == 0 {
		return 0
	}
	var frame int64
	switch config := p[0] >> 3; {
	case config < 12: // SILK: 10, 20, 40, 60 ms
		frame = []int64{480, 960, 1920, 2880}[config%4]
	case config < 16: // hybrid: 10, 20 ms
		frame = []int64{480, 960}[config%2]
	default: // CELT: 2.5, 5, 10, 20 ms
		frame = []int64{120, 240, 480, 960}[config%4]
	}
	switch p[0] & 3 {
	case 0:
		return frame
	case 3:
		if len(p) < 2 {
			return 0
		}
		return frame * int64(p[1]&0x3f)
	default:
		return 2 * frame
	}
}

package pipeline

import (
	"context"

	"golang.org/x/sync/errgroup"

	"earshot/internal/audio"
	"earshot/internal/domain"
	"earshot/internal/speech"
)

// parties of a call. Whoever else speaks, such as an announcement, is given to the one who sounds more like it.
const parties = 2

// findVoices finds the voices that are mixed in one channel. It is one side if only one person speaks, or if the engine
// cannot tell them apart.
func (t *Transcriber) findVoices(ctx context.Context, pcm *audio.Track, opt TranscribeOptions) ([]*side, error) {
	whole := &side{pcm: pcm}
	var turns []domain.Turn
	group, inner := errgroup.WithContext(ctx)
	group.Go(func() (err error) {
		whole.speech, err = t.voice(inner, pcm)
		return err
	})
	if separator, ok := t.Engine.(speech.VoiceSeparator); ok && opt.Single == "" {
		group.Go(func() (err error) {
			turns, err = separator.SeparateVoices(inner, pcm, parties)
			return err
		})
	}
	if err := group.Wait(); err != nil {
		return nil, err
	}
	parts := audio.Share(whole.speech, turns)
	if voices(parts) < parties {
		whole.segments = audio.Segments(whole.speech, pcm, audio.SegmentOptions{})
		return []*side{whole}, nil
	}
	return sidesOf(pcm, parts, turns, whole.speech), nil
}

func voices(parts []domain.Turn) int {
	seen := map[int]bool{}
	for _, p := range parts {
		seen[p.Voice] = true
	}
	return len(seen)
}

// sidesOf makes a side of each voice. Its segments are what it alone is given, its speech also what it says while another
// speaks.
func sidesOf(pcm *audio.Track, parts, turns []domain.Turn, heard []domain.Span) []*side {
	sides := make([]*side, parties)
	for k := range sides {
		sides[k] = &side{voice: k, pcm: pcm, speech: audio.SpeechOf(k, parts, turns, heard)}
	}
	for _, s := range audio.TurnSegments(parts, pcm, audio.SegmentOptions{}) {
		sides[s.Voice].segments = append(sides[s.Voice].segments, s.Span)
	}
	return sides
}

package pipeline

import (
	"context"
	"slices"

	"golang.org/x/sync/errgroup"

	"earshot/internal/domain"
	"earshot/internal/speech"
)

// windowSeconds is about how much of a call goes to a service at once: it bounds memory, and what a failure costs.
const windowSeconds = 600

// recogniseChannels gives all sides together to an engine that takes them so, each a channel in which only its own speech is heard.
func (t *Transcriber) recogniseChannels(ctx context.Context, engine speech.ChannelTranscriber, sides []*side, opt TranscribeOptions) ([]said, error) {
	windows := windowsOf(sides)
	results := make([][]said, len(windows))
	progress := newProgress(tasksOf(sides), opt.Progress)
	group, ctx := errgroup.WithContext(ctx)
	group.SetLimit(2)
	for i, w := range windows {
		group.Go(func() (err error) {
			results[i], err = t.window(ctx, engine, sides, w, opt)
			for _, s := range sides {
				for _, span := range inside(s.segments, w) {
					progress.add(span.Duration())
				}
			}
			return err
		})
	}
	if err := group.Wait(); err != nil {
		return nil, err
	}
	return slices.Concat(results...), nil
}

// windowsOf cuts a call between segments, so that none is cut.
func windowsOf(sides []*side) (windows []domain.Span) {
	for _, task := range tasksOf(sides) {
		last := len(windows) - 1
		if last < 0 || task.span.Start >= windows[last].End && task.span.End-windows[last].Start > windowSeconds {
			windows = append(windows, task.span)
			continue
		}
		windows[last].End = max(windows[last].End, task.span.End)
	}
	return windows
}

func inside(segments []domain.Span, w domain.Span) (in []domain.Span) {
	for _, s := range segments {
		if s.Start >= w.Start && s.End <= w.End {
			in = append(in, s)
		}
	}
	return in
}

func (t *Transcriber) window(ctx context.Context, engine speech.ChannelTranscriber, sides []*side, w domain.Span, opt TranscribeOptions) ([]said, error) {
	channels := make([]speech.Audio, len(sides))
	for i, s := range sides {
		channels[i] = s.alone(w)
	}
	utterances, err := engine.TranscribeChannels(ctx, channels, speech.Options{Language: opt.Language, Used: opt.Used})
	if err != nil {
		return nil, err
	}
	var lines []said
	for i, list := range utterances {
		for _, u := range list {
			span := domain.Span{Start: w.Start + u.Start, End: min(w.Start+u.End, w.End)}
			if !meets(sides[i].segments, span) {
				continue // heard in silence
			}
			lines = append(lines, said{voice: sides[i].voice, Line: domain.Line{
				Channel: sides[i].channel, Text: u.Text, Confidence: u.Confidence, Start: round(span.Start), End: round(span.End),
			}})
		}
	}
	return lines, nil
}

// alone is a side's channel in a window, silent wherever the side does not speak.
func (s *side) alone(w domain.Span) speech.Audio {
	from := s.pcm.At(w.Start)
	out := make(speech.Audio, s.pcm.At(w.End)-from)
	for _, span := range inside(s.segments, w) {
		copy(out[s.pcm.At(span.Start)-from:], s.pcm.Span(span))
	}
	return out
}

func meets(segments []domain.Span, span domain.Span) bool {
	return slices.ContainsFunc(segments, func(s domain.Span) bool { return s.Start < span.End && span.Start < s.End })
}

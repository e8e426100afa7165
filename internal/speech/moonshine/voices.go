package moonshine

import (
	"context"

	"golang.org/x/sync/errgroup"

	"earshot/internal/domain"
	"earshot/internal/speech/diarize"
)

const (
	voiceWindow         = 10 * sampleRate
	segmentationFrames  = 589 // of voiceWindow
	segmentationClasses = 3   // voices that one window can hold
	embeddingValues     = 256
	segmentStep         = 0.016875  // seconds from frame to frame of the segmentation
	segmentLength       = 0.0619375 // seconds that a frame hears
	leastEmbedding      = 0.4       // seconds: less of a voice cannot be recognised
	mostEmbedding       = 400       // frames: more of a voice costs much and tells little
)

// voicesOf reads the segmentation of a window. embed gives what features are like.
func voicesOf(activity, features []float32, seconds float64, embed func([]float32) ([]float32, error)) ([]diarize.Voice, error) {
	var out []diarize.Voice
	for c := range segmentationClasses {
		v := diarize.Voice{Spans: spansOfClass(activity, c, seconds)}
		if len(v.Spans) == 0 {
			continue
		}
		alone := rowsAlone(activity, features, c)
		if most := mostEmbedding * melBands; len(alone) > most {
			from := (len(alone)/melBands - mostEmbedding) / 2 * melBands
			alone = alone[from : from+most]
		}
		if float64(len(alone)/melBands*featureHop)/sampleRate >= leastEmbedding {
			var err error
			if v.Vector, err = embed(centred(alone)); err != nil {
				return nil, err
			}
		}
		out = append(out, v)
	}
	return out, nil
}

func spansOfClass(activity []float32, class int, seconds float64) (spans []domain.Span) {
	on := false
	for i := class; i < len(activity); i += segmentationClasses {
		at := float64(i/segmentationClasses)*segmentStep + segmentLength/2
		switch speaks := activity[i] > 0.5 && at < seconds; {
		case speaks && !on:
			spans = append(spans, domain.Span{Start: at - segmentStep/2, End: min(at+segmentStep/2, seconds)})
		case speaks:
			spans[len(spans)-1].End = min(at+segmentStep/2, seconds)
		}
		on = activity[i] > 0.5 && at < seconds
	}
	return spans
}

// rowsAlone gives the features of the frames where nobody else speaks, copied.
func rowsAlone(activity, features []float32, class int) (rows []float32) {
	for f := 0; (f+1)*melBands <= len(features); f++ {
		middle := (float64(f*featureHop) + featureFrame/2) / sampleRate
		at := int((middle-segmentLength/2)/segmentStep + 0.5)
		at = max(0, min(at, len(activity)/segmentationClasses-1))
		others := 0
		for c := range segmentationClasses {
			if c != class && activity[at*segmentationClasses+c] > 0.5 {
				others++
			}
		}
		if others == 0 && activity[at*segmentationClasses+class] > 0.5 {
			rows = append(rows, features[f*melBands:(f+1)*melBands]...)
		}
	}
	return rows
}

// voiceStep is how far windows are apart, in samples: with an overlap, a voice is known by more than one stretch.
const voiceStep = 5 * sampleRate

// SeparateVoices tells which of so many voices speaks when. The windows are spread over all workers.
func (e *Engine) SeparateVoices(ctx context.Context, channel domain.Samples, voices int) ([]domain.Turn, error) {
	windows, err := e.Windows(ctx, channel)
	if err != nil {
		return nil, err
	}
	return diarize.Turns(windows, voices), nil
}

// Windows gives the voices of each window of a channel.
func (e *Engine) Windows(ctx context.Context, channel domain.Samples) ([]diarize.Window, error) {
	if channel.Len() == 0 {
		return nil, nil
	}
	windows := make([]diarize.Window, max(1, (channel.Len()-voiceWindow+2*voiceStep-1)/voiceStep))
	group, ctx := errgroup.WithContext(ctx)
	group.SetLimit(e.Workers)
	for i := range windows {
		group.Go(func() error {
			from := i * voiceStep
			part := channel.Slice(from, min(from+voiceWindow, channel.Len()))
			return e.with(ctx, func(s *slot) error {
				a, err := e.ask(ctx, s, opVoices, part)
				windows[i] = diarize.Window{Start: float64(from) / sampleRate, End: float64(from+len(part)) / sampleRate, Voices: a.Voices}
				return err
			})
		})
	}
	return windows, group.Wait()
}

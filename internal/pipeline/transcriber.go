package pipeline

import (
	"context"
	"errors"
	"slices"
	"sync/atomic"

	"golang.org/x/sync/errgroup"

	"earshot/internal/audio"
	"earshot/internal/domain"
	"earshot/internal/speech"
)

// voiceReach is how far from detected speech, in seconds, a stretch of energy still counts as speech. Silero alone loses
// words at its borders, energy alone invents words on tones: energy near Silero's speech does neither (docs/benchmarks.md).
const voiceReach = 0.3

// AgentChannel says which channel of a stereo recording is the agent.
type AgentChannel string

// Agent channels. Auto decides by what each side says.
const (
	AgentAuto  AgentChannel = "auto"
	AgentLeft  AgentChannel = "left"
	AgentRight AgentChannel = "right"
)

// TranscribeOptions of one recording.
type TranscribeOptions struct {
	AgentChannel AgentChannel
	Language     string           // BCP 47
	Single       domain.Speaker   // who speaks where there is only one voice, as on a voicemail; empty: two people
	Direction    domain.Direction // empty: not known
	Progress     func(done, total float64)
	Segmented    func()             // called when the speech is found
	Used         func(speech.Usage) // told of what a service bills; nil: nobody asks
}

// Transcriber turns a decoded recording into a transcript with an engine: it finds the speech of each channel, cuts it
// into segments and spreads them over all workers of the engine.
type Transcriber struct {
	Engine speech.Engine
}

// side is one voice track of a recording: a channel with its speech, or one voice of a mixture.
type side struct {
	channel  int
	voice    int // 0 is who is left, or who speaks first
	pcm      *audio.Track
	speech   []domain.Span
	segments []domain.Span
}

// Transcribe gives the lines of a recording in order of start.
func (t *Transcriber) Transcribe(ctx context.Context, sound *audio.Sound, opt TranscribeOptions) (domain.Transcript, error) {
	layout := sound.Layout()
	heard := sound
	if layout == domain.LayoutStereo {
		var err error
		if heard, err = sound.WithoutCrossTalk(); err != nil {
			return domain.Transcript{}, err
		}
		if heard != sound {
			defer heard.Close()
		}
	}
	sides, err := t.findSides(ctx, heard, layout, opt)
	if err != nil {
		return domain.Transcript{}, err
	}
	if opt.Segmented != nil {
		opt.Segmented()
	}
	lines, err := t.recognise(ctx, sides, opt)
	if err = errors.Join(err, sound.Err()); err != nil {
		return domain.Transcript{}, err
	}
	var echoes []said
	if layout == domain.LayoutStereo {
		lines, echoes = withoutEchoes(lines, sound)
	}
	info := t.Engine.Info()
	out := domain.Transcript{
		Duration: sound.Duration, Channels: sound.SourceChannels, Layout: layout, Language: language(opt, info),
		Engine: domain.EngineInfo{Name: info.Name, Model: info.Model}, Speech: domain.Speech{},
		SpeakersEstimated: layout != domain.LayoutStereo && len(sides) > 1,
	}
	assignSpeakers(&out, lines, echoes, sides, opt)
	return out, nil
}

func language(opt TranscribeOptions, info speech.Info) string {
	if len(info.Languages) != 1 {
		return opt.Language // a service that knows many hears for itself which it is, and is not asked
	}
	if opt.Language != "" {
		return opt.Language
	}
	return info.Languages[0]
}

// findSides finds who speaks when and cuts it into segments.
func (t *Transcriber) findSides(ctx context.Context, sound *audio.Sound, layout domain.Layout, opt TranscribeOptions) ([]*side, error) {
	if layout != domain.LayoutStereo {
		return t.findVoices(ctx, sound.Channels[0], opt)
	}
	sides := make([]*side, len(sound.Channels))
	group, ctx := errgroup.WithContext(ctx)
	for i, pcm := range sound.Channels {
		sides[i] = &side{channel: i, voice: i, pcm: pcm}
		group.Go(func() (err error) {
			sides[i].speech, err = t.voice(ctx, pcm)
			return err
		})
	}
	if err := group.Wait(); err != nil {
		return nil, err
	}
	var err error
	sides[0].speech, sides[1].speech, err = audio.RemoveBleed(sides[0].pcm, sides[1].pcm, sides[0].speech, sides[1].speech)
	if err != nil {
		return nil, err
	}
	for _, s := range sides {
		s.segments = audio.Segments(s.speech, s.pcm, audio.SegmentOptions{})
	}
	return sides, nil
}

func (t *Transcriber) voice(ctx context.Context, pcm *audio.Track) ([]domain.Span, error) {
	energy := audio.EnergySpeech(pcm)
	detector, ok := t.Engine.(speech.VoiceDetector)
	if !ok || len(energy) == 0 {
		return energy, nil
	}
	voiced, err := detector.DetectVoice(ctx, pcm)
	if errors.Is(err, speech.ErrNoDetector) {
		return energy, nil
	}
	if err != nil {
		return nil, err
	}
	return audio.KeepNear(energy, voiced, voiceReach), nil
}

// recognise gives every segment of every side to the engine, longest waiting first in order of time.
func (t *Transcriber) recognise(ctx context.Context, sides []*side, opt TranscribeOptions) ([]said, error) {
	if together, ok := t.Engine.(speech.ChannelTranscriber); ok {
		return t.recogniseChannels(ctx, together, sides, opt)
	}
	tasks := tasksOf(sides)
	results := make([][]said, len(tasks))
	progress := newProgress(tasks, opt.Progress)
	group, ctx := errgroup.WithContext(ctx)
	group.SetLimit(max(1, t.Engine.Info().Concurrency))
	for i, task := range tasks {
		group.Go(func() (err error) {
			results[i], err = t.segment(ctx, task, opt)
			progress.add(task.span.Duration())
			return err
		})
	}
	if err := group.Wait(); err != nil {
		return nil, err
	}
	return slices.Concat(results...), nil
}

type task struct {
	*side
	span domain.Span
}

// said is a line of a voice that has no name yet.
type said struct {
	domain.Line
	voice int
}

func tasksOf(sides []*side) []task {
	var tasks []task
	for _, s := range sides {
		for _, span := range s.segments {
			tasks = append(tasks, task{s, span})
		}
	}
	slices.SortStableFunc(tasks, func(a, b task) int { return compare(a.span.Start, b.span.Start) })
	return tasks
}

func (t *Transcriber) segment(ctx context.Context, task task, opt TranscribeOptions) ([]said, error) {
	utterances, err := t.Engine.Transcribe(ctx, task.pcm.Span(task.span), speech.Options{Language: opt.Language, Used: opt.Used})
	if err != nil {
		return nil, err
	}
	lines := make([]said, 0, len(utterances))
	for _, u := range utterances {
		lines = append(lines, said{voice: task.voice, Line: domain.Line{
			Channel: task.channel, Text: u.Text, Confidence: u.Confidence,
			Start: round(task.span.Start + u.Start), End: round(min(task.span.Start+u.End, task.span.End)),
		}})
	}
	return lines, nil
}

// progress adds up seconds of audio over all workers.
type progress struct {
	total  float64
	doneMs atomic.Int64
	report func(done, total float64)
}

func newProgress(tasks []task, report func(done, total float64)) *progress {
	p := &progress{report: report}
	for _, t := range tasks {
		p.total += t.span.Duration()
	}
	return p
}

func (p *progress) add(seconds float64) {
	done := p.doneMs.Add(int64(seconds * 1000))
	if p.report != nil {
		p.report(float64(done)/1000, p.total)
	}
}

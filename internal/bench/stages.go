package main

import (
	"context"
	"fmt"
	"path/filepath"
	"sync"
	"syscall"
	"time"

	"earshot/internal/app"
	"earshot/internal/audio"
	"earshot/internal/domain"
	"earshot/internal/insight"
	"earshot/internal/pipeline"
	"earshot/internal/speech"
	"earshot/internal/speech/moonshine"
)

// timedEngine adds up the time inside an engine with one worker, one request after another.
type timedEngine struct {
	*moonshine.Engine
	mu                     sync.Mutex
	voice, voices, written time.Duration
}

func (t *timedEngine) timed(sum *time.Duration) func() {
	t.mu.Lock()
	start := time.Now()
	return func() { *sum += time.Since(start); t.mu.Unlock() }
}

// spent is all of it.
func (t *timedEngine) spent() time.Duration { return t.voice + t.voices + t.written }

// DetectVoice is the engine's, timed.
func (t *timedEngine) DetectVoice(ctx context.Context, channel domain.Samples) ([]domain.Span, error) {
	defer t.timed(&t.voice)()
	return t.Engine.DetectVoice(ctx, channel)
}

// SeparateVoices is the engine's, timed.
func (t *timedEngine) SeparateVoices(ctx context.Context, channel domain.Samples, voices int) ([]domain.Turn, error) {
	defer t.timed(&t.voices)()
	return t.Engine.SeparateVoices(ctx, channel, voices)
}

// Transcribe is the engine's, timed.
func (t *timedEngine) Transcribe(ctx context.Context, a speech.Audio, o speech.Options) ([]speech.Utterance, error) {
	defer t.timed(&t.written)()
	return t.Engine.Transcribe(ctx, a, o)
}

// stages reports what each costs on one core, as a part of the recording's length, and the memory at its most.
func (b *bench) stages(ctx context.Context) error {
	fmt.Fprintf(&b.report, "\n## Stages\n\nOn one core, seconds per second of recording:\n\n| recording | decode | find speech | tell voices apart | write | insights | all |\n|---|---|---|---|---|---|---|\n")
	for _, name := range []string{"auto_repairs_40_mulaw.wav", "auto_repairs_40_mono_mulaw.wav"} {
		if err := b.stagesOf(ctx, name); err != nil {
			return err
		}
	}
	var own, workers syscall.Rusage
	if err := syscall.Getrusage(syscall.RUSAGE_SELF, &own); err != nil {
		return err
	}
	b.engine.Close()
	b.engine = b.newEngine(0)
	if err := syscall.Getrusage(syscall.RUSAGE_CHILDREN, &workers); err != nil {
		return err
	}
	fmt.Fprintf(&b.report, "\nMemory at its most: %d MB, and %d MB in a worker.\n", own.Maxrss/1024, workers.Maxrss/1024)
	return nil
}

func (b *bench) stagesOf(ctx context.Context, name string) error {
	one := b.newEngine(1)
	defer one.Close()
	start := time.Now()
	sound, err := audio.Decode(ctx, filepath.Join(b.data, "calls", name), app.Tools(b.cfg), audio.Limits{})
	if err != nil {
		return err
	}
	defer sound.Close()
	decoded := time.Since(start)
	if _, err := one.Transcribe(ctx, make(speech.Audio, speech.SampleRate), speech.Options{}); err != nil {
		return err // it also starts the worker, whose loading does not count
	}
	timed := &timedEngine{Engine: one}
	t, err := (&pipeline.Transcriber{Engine: timed}).Transcribe(ctx, sound, pipeline.TranscribeOptions{})
	if err != nil {
		return err
	}
	start = time.Now()
	insight.Analyze(t, insight.Context{StartedAt: start})
	analyzed := time.Since(start)
	rate := func(d time.Duration) float64 { return d.Seconds() / sound.Duration }
	fmt.Fprintf(&b.report, "| %s | %.4f | %.4f | %.4f | %.4f | %.4f | %.4f |\n", name, rate(decoded), rate(timed.voice), rate(timed.voices), rate(timed.written), rate(analyzed),
		rate(decoded+timed.spent()+analyzed))
	return nil
}

// Command bench measures what docs/benchmarks.md says, on the shared test material and this machine: make bench.
package main

import (
	"context"
	"encoding/json"
	"flag"
	"fmt"
	"log"
	"log/slog"
	"maps"
	"math"
	"os"
	"os/exec"
	"path/filepath"
	"runtime"
	"slices"
	"strings"
	"time"

	"earshot/internal/app"
	"earshot/internal/audio"
	"earshot/internal/bench/wer"
	"earshot/internal/config"
	"earshot/internal/domain"
	"earshot/internal/insight"
	"earshot/internal/pipeline"
	"earshot/internal/speech"
	"earshot/internal/speech/moonshine"
)

func main() {
	data := flag.String("data", "../shared/data", "folder of the test material")
	out := flag.String("out", "docs/benchmarks.md", "file to write")
	binary := flag.String("earshot", "bin/earshot", "the built program, whose worker is used")
	flag.Parse()
	b := &bench{data: *data, binary: *binary}
	report, err := b.run(context.Background())
	if err != nil {
		log.Fatal(err)
	}
	fmt.Print(report)
	if err := os.WriteFile(*out, []byte(report), 0o644); err != nil {
		log.Fatal(err)
	}
}

type bench struct {
	data, binary string
	cfg          config.Config
	engine       *moonshine.Engine
	report       strings.Builder
}

func (b *bench) run(ctx context.Context) (string, error) {
	if _, err := os.Stat(b.data); err != nil {
		return "", fmt.Errorf("the test material is not at %s; its folder is given with -data", b.data)
	}
	b.cfg.ModelsDir = os.Getenv("EARSHOT_MODELS_DIR")
	if err := b.cfg.Complete(); err != nil {
		return "", err
	}
	b.engine = b.newEngine(0)
	defer func() { b.engine.Close() }() // which a part may have replaced
	fmt.Fprintf(&b.report, "# Benchmarks\n\nMade by `make bench` on %s, %d cores, %s/%s, with the embedded engine. The material is third-party and not part of the project.\n", time.Now().Format(time.DateOnly), runtime.NumCPU(), runtime.GOOS, runtime.GOARCH)
	for _, part := range []func(context.Context) error{b.accuracy, b.voicemail, b.stereo, b.speakers, b.invented, b.speed, b.stages} {
		if err := part(ctx); err != nil {
			return "", err
		}
	}
	return b.report.String(), nil
}

// newEngine makes an engine whose workers are the built program.
func (b *bench) newEngine(workers int) *moonshine.Engine {
	cfg := b.cfg
	cfg.SpeechWorkers = workers
	e := app.NewEngine(cfg, slog.New(slog.DiscardHandler))
	e.Command = func(dir string) *exec.Cmd {
		cmd := exec.Command(b.binary, "speech-worker", dir)
		cmd.Env = append(os.Environ(), "MOONSHINE_ORT_SINGLE_THREAD=1")
		return cmd
	}
	return e
}

func (b *bench) transcribe(ctx context.Context, path string) (domain.Transcript, error) {
	sound, err := audio.Decode(ctx, path, app.Tools(b.cfg), audio.Limits{})
	if err != nil {
		return domain.Transcript{}, err
	}
	defer sound.Close()
	return (&pipeline.Transcriber{Engine: b.engine}).Transcribe(ctx, sound, pipeline.TranscribeOptions{AgentChannel: pipeline.AgentAuto})
}

func text(t domain.Transcript) string {
	var parts []string
	for _, l := range t.Lines {
		parts = append(parts, l.Text)
	}
	return strings.Join(parts, " ")
}

type clip struct {
	File string `json:"audio_filepath"`
	Text string `json:"text"`
}

// accuracy takes the clips through 8 kHz mu-law, as a telephone does, and the whole way from file to text.
func (b *bench) accuracy(ctx context.Context) error {
	clips, err := b.clips()
	if err != nil {
		return err
	}
	var wide, narrow wer.Score
	seconds := 0.0
	for _, c := range clips {
		path := filepath.Join(b.data, "speech", filepath.Base(c.File))
		t, err := b.transcribe(ctx, path)
		if err != nil {
			return err
		}
		seconds += t.Duration
		wide.Add(c.Text, text(t))
		phone, err := telephone(ctx, app.Tools(b.cfg), path)
		if err != nil {
			return err
		}
		t, err = b.transcribe(ctx, phone)
		_ = os.Remove(phone) // in the temporary folder
		if err != nil {
			return err
		}
		narrow.Add(c.Text, text(t))
	}
	fmt.Fprintf(&b.report, "\n## Word error rate\n\n%d LibriVox clips, %.0f s, %d words, Whisper's English normalisation:\n\n| input | WER |\n|---|---|\n| 16 kHz | %.1f %% |\n| 8 kHz mu-law | %.1f %% |\n",
		len(clips), seconds, wide.Words, 100*wide.Rate(), 100*narrow.Rate())
	return nil
}

func (b *bench) clips() ([]clip, error) {
	data, err := os.ReadFile(filepath.Join(b.data, "speech", "manifest.json"))
	if err != nil {
		return nil, err
	}
	var clips []clip
	for line := range strings.Lines(string(data)) {
		if strings.TrimSpace(line) == "" {
			continue
		}
		var c clip
		if err := json.Unmarshal([]byte(line), &c); err != nil {
			return nil, err
		}
		clips = append(clips, c)
	}
	return clips, nil
}

// telephone makes a copy of a recording as a telephone line would carry it.
func telephone(ctx context.Context, tools audio.Tools, path string) (string, error) {
	f, err := os.CreateTemp("", "bench-*.wav")
	if err != nil {
		return "", err
	}
	f.Close()
	out, err := exec.CommandContext(ctx, tools.FFmpeg, "-nostdin", "-v", "error", "-y", "-i", path, "-ar", "8000", "-codec:a", "pcm_mulaw", f.Name()).CombinedOutput()
	if err != nil {
		return "", fmt.Errorf("ffmpeg: %w: %s", err, out)
	}
	return f.Name(), nil
}

// voicemail reports the two messages in all their codecs.
func (b *bench) voicemail(ctx context.Context) error {
	data, err := os.ReadFile(filepath.Join(b.data, "voicemail", "voicemail_codecs.json"))
	if err != nil {
		return err
	}
	var known struct {
		Messages map[string]string `json:"messages"`
	}
	if err := json.Unmarshal(data, &known); err != nil {
		return err
	}
	files, err := filepath.Glob(filepath.Join(b.data, "voicemail", "*", "*"))
	if err != nil {
		return err
	}
	flat, err := filepath.Glob(filepath.Join(b.data, "voicemail", "*"))
	if err != nil {
		return err
	}
	var all wer.Score
	fmt.Fprintf(&b.report, "\n## Voicemail\n\nTwo messages in several codecs:\n\n| file | WER | heard |\n|---|---|---|\n")
	for _, path := range append(files, flat...) {
		reference := messageOf(known.Messages, filepath.Base(path))
		if reference == "" {
			continue
		}
		t, err := b.transcribe(ctx, path)
		if err != nil {
			fmt.Fprintf(&b.report, "| %s | | %s |\n", filepath.Base(path), domain.MessageOf(err))
			continue
		}
		var one wer.Score
		one.Add(reference, text(t))
		all.Add(reference, text(t))
		fmt.Fprintf(&b.report, "| %s | %.0f %% | %s |\n", filepath.Base(path), 100*one.Rate(), strings.ReplaceAll(text(t), "|", " "))
	}
	fmt.Fprintf(&b.report, "\nAll together: %.1f %% of %d words.\n", 100*all.Rate(), all.Words)
	return nil
}

func messageOf(messages map[string]string, file string) string {
	if strings.HasSuffix(file, ".json") {
		return ""
	}
	for name, message := range messages {
		if strings.Contains(file, name) {
			return message
		}
	}
	return ""
}

// withoutSpeech are recordings in which nobody speaks.
var withoutSpeech = []string{"broken/silence_30s.wav", "broken/silence_dither_noise_20s.wav", "broken/dtmf_5.wav", "broken/ringback_15s.wav", "odd/silence-1min.flac"}

// invented counts words where nobody speaks.
func (b *bench) invented(ctx context.Context) error {
	fmt.Fprintf(&b.report, "\n## Nothing invented\n\n| without speech | seconds | words |\n|---|---|---|\n")
	words, seconds := 0, 0.0
	count := func(name string, t domain.Transcript) {
		n := len(strings.Fields(text(t)))
		words, seconds = words+n, seconds+t.Duration
		fmt.Fprintf(&b.report, "| %s | %.0f | %d |\n", name, t.Duration, n)
	}
	for _, name := range withoutSpeech {
		t, err := b.transcribe(ctx, filepath.Join(b.data, name))
		if err != nil {
			return fmt.Errorf("%s: %w", name, err)
		}
		count(name, t)
	}
	sounds := made()
	for _, name := range slices.Sorted(maps.Keys(sounds)) {
		t, err := b.transcribeMade(ctx, sounds[name])
		if err != nil {
			return fmt.Errorf("%s: %w", name, err)
		}
		count("made: "+name, t)
	}
	fmt.Fprintf(&b.report, "\n%.0f words an hour.\n", float64(words)*3600/seconds)
	return nil
}

// rounds of the speed measurement; the fastest counts, since other load only slows down.
const rounds = 3

// speed compares the whole of `earshot process` with the engine's own time on the same segments.
func (b *bench) speed(ctx context.Context) error {
	path := filepath.Join(b.data, "calls", "auto_repairs_40_mulaw.wav")
	whole, own := math.Inf(1), math.Inf(1)
	var t domain.Transcript
	for range rounds {
		start := time.Now()
		var err error
		if t, err = b.transcribe(ctx, path); err != nil {
			return err
		}
		insight.Analyze(t, insight.Context{StartedAt: start})
		whole = min(whole, time.Since(start).Seconds())
		seconds, err := b.engineAlone(ctx, path)
		if err != nil {
			return err
		}
		own = min(own, seconds)
	}
	cores := float64(runtime.NumCPU())
	fmt.Fprintf(&b.report, "\n## Speed\n\nA real two-channel call of %.0f s, %d lines, fastest of %d rounds:\n\n| what | seconds |\n|---|---|\n| all stages: decode, find speech, transcribe, insights | %.2f |\n| the engine alone on the same audio (its voice detection and its writing), one worker | %.2f |\n| the same spread over %.0f cores without loss | %.2f |\n| **all stages against that** (budget 1.2) | **%.2f** |\n",
		t.Duration, len(t.Lines), rounds, whole, own, cores, own/cores, whole/(own/cores))
	return nil
}

// engineAlone is the time that one worker takes to find and write the speech of the call, one segment after another.
func (b *bench) engineAlone(ctx context.Context, path string) (float64, error) {
	sound, err := audio.Decode(ctx, path, app.Tools(b.cfg), audio.Limits{})
	if err != nil {
		return 0, err
	}
	defer sound.Close()
	one := b.newEngine(1)
	defer one.Close()
	if _, err := one.Transcribe(ctx, make(speech.Audio, speech.SampleRate), speech.Options{}); err != nil {
		return 0, err // it also starts the worker, whose loading does not count
	}
	timed := &timedEngine{Engine: one}
	_, err = (&pipeline.Transcriber{Engine: timed}).Transcribe(ctx, sound, pipeline.TranscribeOptions{})
	return timed.spent().Seconds(), err
}

package main

import (
	"bufio"
	"context"
	"encoding/json"
	"fmt"
	"io"
	"log/slog"
	"os"
	"time"

	"earshot/internal/app"
	"earshot/internal/audio"
	"earshot/internal/config"
	"earshot/internal/domain"
	"earshot/internal/insight"
	"earshot/internal/pipeline"
	"earshot/internal/speech/moonshine"
	"earshot/internal/transcript"
)

type processCmd struct {
	Files        []string  `arg:"" name:"file" help:"Audio of any kind, or transcripts (JSON of this command, VTT, SRT, 'Speaker: text' lines)."`
	AgentChannel string    `help:"Which channel of a stereo recording is the agent." enum:"left,right,auto" default:"auto"`
	Separate     bool      `help:"Tell the voices of a mono recording apart." hidden:""`
	Engine       string    `help:"Speech engine: moonshine runs on this machine; openai (any compatible server), deepgram and assemblyai are sent the speech." enum:"moonshine,openai,deepgram,assemblyai" default:"moonshine" env:"EARSHOT_ENGINE"`
	EngineModel  string    `help:"Model of the engine; default: its usual one. Of moonshine: one that 'earshot models list' shows." env:"EARSHOT_ENGINE_MODEL"`
	EngineURL    string    `help:"Address of the engine's service, as http://10.0.0.5:8000/v1; default: its maker's." env:"EARSHOT_ENGINE_URL" name:"engine-url"`
	EngineKey    string    `help:"Key of the service. Others can see flags: use the variable, or --engine-key-file." env:"EARSHOT_ENGINE_KEY" hidden:""`
	KeyFile      string    `help:"File that holds the key of the service; or set EARSHOT_ENGINE_KEY." env:"EARSHOT_ENGINE_KEY_FILE" type:"path" name:"engine-key-file"`
	Fallback     bool      `help:"Let moonshine write what the service fails at."`
	Language     string    `help:"Language of the calls, BCP 47; one that the engine lacks is an error. Default: English for moonshine, else the service's own." `
	JSON         bool      `help:"One JSON object a file, one a line." name:"json"`
	Date         time.Time `help:"Day of the calls, from which due dates count; default: the transcript's own, else today." format:"2006-01-02"`
}

// processed is what --json prints for a file.
type processed struct {
	File       string            `json:"file"`
	Duration   float64           `json:"duration"`
	Channels   int               `json:"channels"`
	Layout     domain.Layout     `json:"layout"`
	Engine     domain.EngineInfo `json:"engine"`
	Language   string            `json:"language"`
	Transcript []domain.Line     `json:"transcript"`
	Insights   domain.Insights   `json:"insights"`
	Timings    timings           `json:"timings"`
	Estimated  bool              `json:"speakers_estimated,omitempty"` // told apart by voice
	Dropped    []domain.Line     `json:"dropped,omitempty"`            // taken for echoes
}

// timings in seconds. Transcribe is the time spent on finding speech and writing it, segment the part of it that finds speech.
type timings struct {
	Decode     float64 `json:"decode"`
	Segment    float64 `json:"segment"`
	Transcribe float64 `json:"transcribe"`
	Analyze    float64 `json:"analyze"`
	Total      float64 `json:"total"`
}

type failed struct {
	File  string `json:"file"`
	Error struct {
		Code    string `json:"code"`
		Message string `json:"message"`
	} `json:"error"`
}

// Run analyses each file; one that cannot be processed says so and the others go on.
func (c processCmd) Run(ctx context.Context, cfg config.Config, logger *slog.Logger) error {
	local := app.NewEngineOf(cfg, logger, func() moonshine.Model {
		if c.Engine != domain.EmbeddedEngine {
			return moonshine.Model{}
		}
		return app.EmbeddedModel(cfg.ModelsDir, c.EngineModel)
	})
	defer local.Close()
	choice, err := c.choose(cfg, local)
	if err != nil {
		return err
	}
	p := &processor{processCmd: c, cfg: cfg, choice: choice}
	bad := false
	for _, file := range c.Files {
		out, err := p.process(ctx, file)
		if ctx.Err() != nil {
			return ctx.Err()
		}
		if err != nil {
			bad = true
			c.fail(file, err)
			continue
		}
		if err := c.print(out); err != nil {
			return err
		}
	}
	if bad {
		return errReported
	}
	return nil
}

func (c processCmd) fail(file string, err error) {
	if !c.JSON {
		fmt.Fprintf(os.Stderr, "%s: %s\n", file, describe(err))
		return
	}
	f := failed{File: file}
	f.Error.Code, f.Error.Message = domain.CodeOf(err), domain.MessageOf(err)
	_ = json.NewEncoder(os.Stdout).Encode(f) // stdout has gone if this fails
}

func (c processCmd) print(out processed) error {
	if c.JSON {
		enc := json.NewEncoder(os.Stdout)
		enc.SetEscapeHTML(false)
		return enc.Encode(out)
	}
	return report(os.Stdout, out)
}

type processor struct {
	processCmd
	cfg    config.Config
	choice pipeline.Choice
}

func (p *processor) process(ctx context.Context, file string) (processed, error) {
	start := time.Now()
	t, startedAt, times, err := p.read(ctx, file)
	if err != nil {
		return processed{}, err
	}
	analyzing := time.Now()
	found := insight.Analyze(t, insight.Context{StartedAt: p.day(startedAt)})
	times.Analyze, times.Total = since(analyzing), since(start)
	lines := t.Lines
	if lines == nil {
		lines = []domain.Line{}
	}
	return processed{file, t.Duration, t.Channels, t.Layout, t.Engine, t.Language, lines, found, times, t.SpeakersEstimated, t.Dropped}, nil
}

// day is what due dates count from.
func (p *processor) day(startedAt time.Time) time.Time {
	switch {
	case !startedAt.IsZero():
		return startedAt
	case !p.Date.IsZero():
		return p.Date
	default:
		return time.Now()
	}
}

// maxTranscript is the size of the largest transcript that is read.
const maxTranscript = 64 << 20

func (p *processor) read(ctx context.Context, file string) (domain.Transcript, time.Time, timings, error) {
	if text, ok := readTranscript(file); ok {
		t, startedAt, err := transcript.Read(file, text)
		return t, startedAt, timings{}, err
	}
	var times timings
	decoding := time.Now()
	sound, err := audio.Decode(ctx, file, app.Tools(p.cfg), audio.Limits{})
	if err != nil {
		return domain.Transcript{}, time.Time{}, times, err
	}
	defer sound.Close()
	times.Decode = since(decoding)
	progress := newProgress(file)
	defer progress.done()
	transcribing := time.Now()
	t, err := p.choice.Transcribe(ctx, sound, pipeline.TranscribeOptions{AgentChannel: pipeline.AgentChannel(p.AgentChannel), Progress: progress.update, Segmented: func() { times.Segment = since(transcribing) }})
	times.Transcribe = since(transcribing) - times.Segment
	return t, time.Time{}, times, err
}

// readTranscript gives the file's content if it is a transcript.
func readTranscript(file string) ([]byte, bool) {
	f, err := os.Open(file)
	if err != nil {
		return nil, false
	}
	defer f.Close()
	in := bufio.NewReaderSize(io.LimitReader(f, maxTranscript), 8<<10)
	if head, _ := in.Peek(in.Size()); !transcript.Is(file, head) { // an error shows when all is read
		return nil, false
	}
	text, err := io.ReadAll(in)
	return text, err == nil
}

func since(t time.Time) float64 { return float64(time.Since(t).Milliseconds()) / 1000 }

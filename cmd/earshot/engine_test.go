package main

import (
	"context"
	"log/slog"
	"math"
	"os"
	"path/filepath"
	"testing"

	"earshot/internal/app"
	"earshot/internal/config"
	"earshot/internal/domain"
	"earshot/internal/pipeline"
	"earshot/internal/speech"
	assemblyaifake "earshot/internal/speech/assemblyai/fake"
	deepgramfake "earshot/internal/speech/deepgram/fake"
	"earshot/internal/speech/engines"
	"earshot/internal/speech/fakes"
	openaifake "earshot/internal/speech/openai/fake"
	"earshot/internal/speech/remote"
)

// recording is a stereo file in which both sides sound in turn; no speech engine is needed for it.
func recording(t *testing.T) string {
	t.Helper()
	left, right := make(speech.Audio, 12*speech.SampleRate), make(speech.Audio, 12*speech.SampleRate)
	for i := range left {
		at := float64(i) / speech.SampleRate
		v := float32(0.2 * math.Sin(2*math.Pi*180*at) * (1 + 0.8*math.Sin(2*math.Pi*4*at)))
		if at > 1 && at < 4 {
			left[i] = v
		}
		if at > 6 && at < 10 {
			right[i] = v
		}
	}
	path := filepath.Join(t.TempDir(), "call.wav")
	f, err := os.Create(path)
	if err != nil {
		t.Fatal(err)
	}
	defer f.Close()
	if _, err := f.ReadFrom(remote.NewWAV(left, right)); err != nil {
		t.Fatal(err)
	}
	return path
}

// TestProcessWithAService: the whole way of a file through each service, without the embedded engine.
func TestProcessWithAService(t *testing.T) {
	t.Parallel()
	file := recording(t)
	for name, c := range map[string]struct {
		server *fakes.Server
		path   string
		sent   int // how often audio was sent: sides apart, or together
	}{
		"openai":     {openaifake.Start(openaifake.OpenAI, "k", fakes.None), "/v1", 2},
		"deepgram":   {deepgramfake.Start("k", fakes.None), "/v1", 1},
		"assemblyai": {assemblyaifake.Start("k", fakes.None), "", 1},
	} {
		t.Run(name, func(t *testing.T) {
			t.Parallel()
			t.Cleanup(c.server.Close)
			cfg := config.Config{DataDir: t.TempDir()}
			if err := cfg.Complete(); err != nil {
				t.Fatal(err)
			}
			local := app.NewEngine(cfg, slog.New(slog.DiscardHandler))
			t.Cleanup(local.Close)
			opener := &engines.Opener{Local: local}
			engine, err := opener.Open(engines.Config{Name: name, BaseURL: c.server.URL + c.path, Key: "k", Local: true})
			if err != nil {
				t.Fatal(err)
			}
			p := &processor{processCmd: processCmd{AgentChannel: "left"}, cfg: cfg, choice: pipeline.Choice{Engine: engine, Language: "en"}}
			out, err := p.process(context.Background(), file)
			if err != nil {
				t.Fatal(err)
			}
			said := map[domain.Speaker]domain.Span{domain.Agent: {Start: 0.5, End: 4.5}, domain.Customer: {Start: 5.5, End: 10.5}}
			seen := map[domain.Speaker]bool{}
			for _, l := range out.Transcript {
				if in := said[l.Speaker]; l.Start < in.Start || l.End > in.End {
					t.Errorf("%+v is not where %s speaks", l, l.Speaker)
				}
				seen[l.Speaker] = true
			}
			sent := 0
			for _, call := range c.server.Calls() {
				if call.Channels > 0 {
					sent++
				}
			}
			if len(seen) != 2 || out.Engine.Name != name || out.Engine.Seconds < 5 || sent != c.sent {
				t.Errorf("%v said, by %+v, sent %d times", seen, out.Engine, sent)
			}
		})
	}
}

// TestEngineFlags: what cannot work is said before a file is touched.
func TestEngineFlags(t *testing.T) {
	t.Parallel()
	cfg := config.Config{DataDir: t.TempDir()}
	if err := cfg.Complete(); err != nil {
		t.Fatal(err)
	}
	local := app.NewEngine(cfg, slog.New(slog.DiscardHandler))
	t.Cleanup(local.Close)
	keyFile := filepath.Join(t.TempDir(), "key")
	if err := os.WriteFile(keyFile, []byte("k\n"), 0o600); err != nil {
		t.Fatal(err)
	}
	for name, c := range map[string]struct {
		cmd  processCmd
		code string
	}{
		"embedded":                     {processCmd{Engine: "moonshine"}, ""},
		"a model that is not there":    {processCmd{Engine: "moonshine", EngineModel: "base-en"}, "model_missing"},
		"a model that is none":         {processCmd{Engine: "moonshine", EngineModel: "large"}, "unknown_model"},
		"no key":                       {processCmd{Engine: "deepgram"}, "engine_key"},
		"a key":                        {processCmd{Engine: "deepgram", EngineKey: "k"}, ""},
		"a key in a file":              {processCmd{Engine: "assemblyai", KeyFile: keyFile}, ""},
		"a key file that is not there": {processCmd{Engine: "assemblyai", KeyFile: keyFile + "x"}, "bad_setting"},
		"one's own server":             {processCmd{Engine: "openai", EngineURL: "http://127.0.0.1:9/v1"}, ""},
	} {
		if _, err := c.cmd.choose(cfg, local); (err == nil) != (c.code == "") || err != nil && domain.CodeOf(err) != c.code {
			t.Errorf("%s: %v, want %q", name, err, c.code)
		}
	}
}

package main

import (
	"context"
	"log/slog"
	"os"
	"os/exec"
	"path/filepath"
	"slices"
	"strings"
	"testing"

	"earshot/internal/app"
	"earshot/internal/audio"
	"earshot/internal/bench/wer"
	"earshot/internal/config"
	"earshot/internal/domain"
	"earshot/internal/pipeline"
	"earshot/internal/speech/models"
	"earshot/internal/speech/moonshine"
)

// The test binary is its own worker.
const workerEnv = "EARSHOT_BENCH_WORKER"

func TestMain(m *testing.M) {
	if os.Getenv(workerEnv) == "" {
		os.Exit(m.Run())
	}
	if err := moonshine.RunWorker(os.Args[1]); err != nil {
		panic(err)
	}
}

// ready gives a bench with the installed engine and the test material, or skips. What is measured here takes both cores for minutes, so it
// belongs to `make accuracy` and not to every test run.
func ready(t *testing.T) *bench {
	t.Helper()
	if os.Getenv("EARSHOT_TEST_ACCURACY") == "" {
		t.Skip("measures for minutes; run: make accuracy")
	}
	b := &bench{data: filepath.Join("..", "..", "..", "shared", "data")}
	if _, err := os.Stat(b.data); err != nil {
		t.Skip("the test material is not at ../shared/data")
	}
	dir := os.Getenv("EARSHOT_TEST_MODELS")
	if dir == "" {
		dir = filepath.Join("..", "..", ".cache", "earshot")
	}
	engine, ok := models.Find(dir)
	if !ok {
		t.Skip("no speech engine is installed for tests; run: make models")
	}
	b.cfg = config.Config{ModelsDir: dir}
	if err := b.cfg.Complete(); err != nil {
		t.Fatal(err)
	}
	b.engine = moonshine.New(moonshine.Options{
		Find: func() (string, bool) { return engine, true }, Logger: slog.New(slog.DiscardHandler),
		Command: func(dir string) *exec.Cmd {
			cmd := exec.Command(os.Args[0], dir)
			cmd.Env = append(os.Environ(), workerEnv+"=1", "MOONSHINE_ORT_SINGLE_THREAD=1")
			return cmd
		},
	})
	t.Cleanup(b.engine.Close)
	return b
}

func TestTwoPeopleOfAMonoCallAreToldApart(t *testing.T) {
	t.Parallel()
	b := ready(t)
	for _, name := range monoFiles {
		got, err := b.toldApart(t.Context(), name)
		if err != nil {
			t.Fatal(err)
		}
		t.Logf("%s: %.1f %% right, error rate %.1f %%", name, 100*got.share(), 100*got.errorRate())
		if got.share() < 0.9 || got.right < 0.7*got.labelled {
			t.Errorf("%s: %.1f %% of the speech that is heard and %.1f of %.1f s that are labelled went to the right speaker", name, 100*got.share(), got.right, got.labelled)
		}
	}
}

func TestNoWordIsInvented(t *testing.T) {
	t.Parallel()
	b := ready(t)
	if err := b.invented(t.Context()); err != nil {
		t.Fatal(err)
	}
	if !strings.HasSuffix(b.report.String(), "\n0 words an hour.\n") {
		t.Error(b.report.String())
	}
}

// variant transcribes the first minute and a half of a channel layout of the two-channel call.
func variant(t *testing.T, b *bench, setting pipeline.AgentChannel, channels ...[]float32) domain.Transcript {
	t.Helper()
	path, err := write(channels...)
	if err != nil {
		t.Fatal(err)
	}
	t.Cleanup(func() { _ = os.Remove(path) })
	sound, err := audio.Decode(t.Context(), path, app.Tools(b.cfg), audio.Limits{})
	if err != nil {
		t.Fatal(err)
	}
	got, err := (&pipeline.Transcriber{Engine: b.engine}).Transcribe(context.Background(), sound, pipeline.TranscribeOptions{AgentChannel: setting})
	if err != nil {
		t.Fatal(err)
	}
	return got
}

func said(t domain.Transcript, who domain.Speaker) string {
	var parts []string
	for _, l := range t.Lines {
		if l.Speaker == who {
			parts = append(parts, l.Text)
		}
	}
	return strings.Join(parts, " ")
}

// leaking adds a channel to another, quieter and 20 ms later.
func leaking(ch, other []float32, factor float32) []float32 {
	out := slices.Clone(ch)
	for i := 320; i < len(out); i++ {
		out[i] += factor * other[i-320]
	}
	return out
}

// How much of what is written may change. It is what holds today; the aim is 0.03 for each (docs/adr/0014-beam-search.md).
const (
	otherBorders = 0.08 // when segments begin a little earlier or later
	hardToHear   = 0.18 // of a noisy side, when anything changes at all
)

func TestChannelsKeepTheirWords(t *testing.T) {
	t.Parallel()
	b := ready(t)
	sound, err := audio.Decode(t.Context(), filepath.Join(b.data, "calls", "auto_repairs_40_mulaw.wav"), app.Tools(b.cfg), audio.Limits{})
	if err != nil {
		t.Fatal(err)
	}
	left, right := sound.Channels[0].Slice(0, 90*audio.SampleRate), sound.Channels[1].Slice(0, 90*audio.SampleRate)
	clean := variant(t, b, pipeline.AgentAuto, left, right)
	near := func(name string, got domain.Transcript, most float64, sides ...domain.Speaker) {
		for _, who := range sides {
			var s wer.Score
			s.Add(said(clean, who), said(got, who))
			t.Logf("%s: %s differs in %.1f %% of %d words", name, who, 100*s.Rate(), s.Words)
			if s.Rate() > most {
				t.Errorf("%s: %s says\n%s\ninstead of\n%s", name, who, said(got, who), said(clean, who))
			}
		}
	}
	near("swapped", variant(t, b, pipeline.AgentAuto, right, left), 0.03, domain.Agent, domain.Customer)
	near("swapped and told", variant(t, b, pipeline.AgentRight, right, left), 0.03, domain.Agent, domain.Customer)
	silent := variant(t, b, pipeline.AgentAuto, left, make([]float32, len(right)))
	// Where the other side's echo is cut differently, borders move, and this engine's words with them.
	near("silent caller", silent, otherBorders, domain.Agent)
	echo := variant(t, b, pipeline.AgentAuto, left, leaking(make([]float32, len(right)), left, 0.1))
	near("silent caller with an echo", echo, otherBorders, domain.Agent)
	for name, got := range map[string]domain.Transcript{"silent caller": silent, "silent caller with an echo": echo} {
		if text := said(got, domain.Customer); text != "" {
			t.Errorf("%s: the caller says %q", name, text)
		}
	}
	crossed := variant(t, b, pipeline.AgentAuto, leaking(left, right, 0.1), leaking(right, left, 0.1))
	near("cross-talk", crossed, 0.03, domain.Agent)
	near("cross-talk", crossed, hardToHear, domain.Customer)
	dual := variant(t, b, pipeline.AgentAuto, leaking(left, right, 1), leaking(left, right, 1))
	if words, once := len(strings.Fields(text(dual))), len(strings.Fields(text(clean))); dual.Layout != domain.LayoutDualMono || words > once*5/4 {
		t.Errorf("dual mono is taken for %s with %d words, clean has %d", dual.Layout, words, once)
	}
}

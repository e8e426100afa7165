package demo_test

import (
	"context"
	"log/slog"
	"os"
	"path/filepath"
	"testing"
	"time"

	"earshot/internal/config"
	"earshot/internal/demo"
	"earshot/internal/demo/company"
	"earshot/internal/domain"
	"earshot/internal/speech/models"
	"earshot/internal/speech/moonshine"
	"earshot/internal/testkit/apptest"
)

// TestMain makes the test binary its own speech worker, as the product's binary is.
func TestMain(m *testing.M) {
	if len(os.Args) == 3 && os.Args[1] == "speech-worker" {
		if err := moonshine.RunWorker(os.Args[2]); err != nil {
			panic(err)
		}
		return
	}
	os.Exit(m.Run())
}

// skip says what is missing; where everything must be there, as in make test, it fails instead.
func skip(t *testing.T, what string) {
	t.Helper()
	if os.Getenv("EARSHOT_TEST_REQUIRE") != "" {
		t.Fatal(what)
	}
	t.Skip(what)
}

// TestEveryCallEndsAsItsScriptSays takes the whole company through the real engine.
func TestEveryCallEndsAsItsScriptSays(t *testing.T) {
	dir := os.Getenv("EARSHOT_TEST_MODELS")
	if dir == "" {
		dir = filepath.Join("..", "..", ".cache", "earshot")
	}
	if _, ok := models.Find(dir); !ok {
		skip(t, "no speech engine is installed for tests; run: make models")
	}
	ctx, cancel := context.WithTimeout(t.Context(), 5*time.Minute)
	defer cancel()
	kit := config.Config{DataDir: t.TempDir(), ModelsDir: dir, LogLevel: "error"}
	apptest.Must(t, kit.Complete())
	a, _ := apptest.Open(t, kit)
	if a.Pipeline.Tools().FFmpeg == "" {
		skip(t, "ffmpeg is not installed")
	}
	apptest.Must(t, a.Start(ctx))
	d, err := demo.Start(ctx, a, slog.New(slog.DiscardHandler))
	apptest.Must(t, err)
	apptest.Must(t, d.PlaceAll(ctx, 0))
	result, err := d.Wait(ctx)
	apptest.Must(t, err)
	if err := result.Err(); err != nil {
		t.Error(err)
	}
	vias := map[string]int{}
	for _, v := range result.VCCalls {
		vias[v.ReceivedVia]++
	}
	if vias["realtime"] == 0 || vias["hourly"] == 0 || vias["backfill"] == 0 {
		t.Errorf("calls came by %v; all three ways are expected", vias)
	}
	processed := map[string]int{}
	for _, v := range result.VCCalls {
		if v.State == string(domain.StateProcessed) {
			processed[v.Provider]++
		}
	}
	for _, p := range demo.Providers() {
		if processed[string(p)] == 0 {
			t.Errorf("no call of %s is processed", p)
		}
	}
	steps := 0
	for _, c := range result.Calls {
		if c.Insights != nil {
			steps += len(c.Insights.NextSteps)
		}
	}
	if steps < 8 {
		t.Errorf("%d next steps were found in the whole company", steps)
	}
}

// TestScriptsCoverEveryOutcome: acceptance of the demo (at least eight processed, and each reason once).
func TestScriptsCoverEveryOutcome(t *testing.T) {
	t.Parallel()
	c, err := company.Load()
	apptest.Must(t, err)
	processed, reasons := 0, map[domain.ReasonCode]bool{}
	for _, call := range c.Calls {
		reasons[call.Reason] = true
		if call.State == domain.StateProcessed {
			processed++
		}
		if call.AudioFile != "" {
			if audio, err := call.Audio(); err != nil || len(audio) < 1000 {
				t.Errorf("%s: %d bytes of audio, %v", call.Slug, len(audio), err)
			}
		}
	}
	if processed < 8 {
		t.Errorf("%d calls are processed", processed)
	}
	for _, r := range []domain.ReasonCode{domain.TooShort, domain.NotRecorded, domain.InternalOnly, domain.ExcludedParty, domain.NoUser, domain.NoPermission} {
		if !reasons[r] {
			t.Errorf("no script ends as %s", r)
		}
	}
}

package audio

import (
	"context"
	"math"
	"os"
	"path/filepath"
	"testing"
	"time"

	"earshot/internal/domain"
)

// data is the shared test material; tests that need it skip where it is absent.
func data(t testing.TB, parts ...string) string {
	t.Helper()
	path := filepath.Join(append([]string{"..", "..", "..", "shared", "data"}, parts...)...)
	if _, err := os.Stat(path); err != nil {
		t.Skipf("the shared test material is not here: %s", filepath.Join(parts...))
	}
	return path
}

func tools(t testing.TB) Tools {
	t.Helper()
	tools := Tools{FFmpeg: FindFFmpeg(filepath.Join("..", "..", ".cache", "earshot"))}
	if tools.FFmpeg == "" {
		t.Skip("ffmpeg is not installed")
	}
	return tools
}

func TestEveryCodecDecodes(t *testing.T) {
	t.Parallel()
	dir := data(t, "codecs")
	tool := tools(t)
	files, err := os.ReadDir(dir)
	if err != nil {
		t.Fatal(err)
	}
	for _, f := range files {
		t.Run(f.Name(), func(t *testing.T) {
			t.Parallel()
			s, err := Decode(context.Background(), filepath.Join(dir, f.Name()), tool, Limits{})
			if err != nil {
				t.Fatal(err)
			}
			if math.Abs(s.Duration-40) > 1.5 && true {
				t.Errorf("duration %.1f s, want about 40", s.Duration)
			}
			if speech := total(EnergySpeech(s.Channels[0])); speech < 3 {
				t.Errorf("%.1f s of speech found on the first channel", speech)
			}
		})
	}
}

func total(spans []domain.Span) (sum float64) {
	for _, s := range spans {
		sum += s.Duration()
	}
	return sum
}

func TestEveryBrokenFileDecodesOrSaysWhy(t *testing.T) {
	t.Parallel()
	tool := tools(t)
	for _, folder := range []string{"broken", "odd"} {
		dir := data(t, folder)
		files, err := os.ReadDir(dir)
		if err != nil {
			t.Fatal(err)
		}
		for _, f := range files {
			t.Run(folder+"/"+f.Name(), func(t *testing.T) {
				t.Parallel()
				s, err := Decode(context.Background(), filepath.Join(dir, f.Name()), tool, Limits{Timeout: time.Minute})
				if err != nil {
					if code := domain.CodeOf(err); code != string(domain.RecordingUnreadable) && code != string(domain.RecordingTooLarge) {
						t.Fatalf("error without a reason: %s, %v", code, err)
					}
					t.Logf("refused: %v", err)
					return
				}
				t.Logf("%s, %d channels, %.2f s, %s", s.Format, s.SourceChannels, s.Duration, s.Layout())
			})
		}
	}
}

func TestLayouts(t *testing.T) {
	t.Parallel()
	tool := tools(t)
	for name, want := range map[string]domain.Layout{
		"auto_repairs_40_mulaw.wav": domain.LayoutStereo, "auto_repairs_40_swapped_mulaw.wav": domain.LayoutStereo,
		"auto_repairs_40_caller_silent_mulaw.wav": domain.LayoutStereo, "auto_repairs_40_crosstalk_mulaw.wav": domain.LayoutStereo,
		"auto_repairs_40_dualmono_mulaw.wav": domain.LayoutDualMono, "dual_mono_sample1.mp3": domain.LayoutDualMono,
		"auto_repairs_40_mono_mulaw.wav": domain.LayoutMono, "azure_sales_call.wav": domain.LayoutMono, "stereo_diarization.wav": domain.LayoutStereo,
		"genesys_stereo_mulaw.wav": domain.LayoutStereo,
	} {
		t.Run(name, func(t *testing.T) {
			t.Parallel()
			s, err := Decode(context.Background(), data(t, "calls", name), tool, Limits{})
			if err != nil {
				t.Fatal(err)
			}
			if got := s.Layout(); got != want {
				t.Errorf("layout %s, want %s", got, want)
			}
		})
	}
}

func TestBleedIsTakenFromTheQuieterSide(t *testing.T) {
	t.Parallel()
	clean, err := Decode(context.Background(), data(t, "calls", "auto_repairs_40_caller_silent_mulaw.wav"), Tools{}, Limits{})
	if err != nil {
		t.Fatal(err)
	}
	agent := clean.Channels[0]
	leak := make([]float32, len(agent)) // the agent, 14 dB quieter and 6 ms later
	for i := 96; i < len(agent); i++ {
		leak[i] = agent[i-96] * 0.2
	}
	speech := EnergySpeech(agent)
	a, b := RemoveBleed(agent, leak, speech, EnergySpeech(leak))
	if total(a) < 0.9*total(speech) {
		t.Errorf("the agent keeps %.1f of %.1f s", total(a), total(speech))
	}
	if total(b) > 0.1*total(speech) {
		t.Errorf("%.1f s of the leak are left of %.1f s", total(b), total(speech))
	}
}

func BenchmarkDecodeFiveMinutesStereoMulaw(b *testing.B) {
	path := data(b, "calls", "auto_repairs_40_mulaw.wav")
	for b.Loop() {
		if _, err := Decode(context.Background(), path, Tools{}, Limits{}); err != nil {
			b.Fatal(err)
		}
	}
}

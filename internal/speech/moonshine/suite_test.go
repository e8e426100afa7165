package moonshine

import (
	"context"
	"os"
	"path/filepath"
	"testing"

	"earshot/internal/audio"
	"earshot/internal/domain"
	"earshot/internal/speech"
	"earshot/internal/speech/fakes"
	"earshot/internal/speech/transcribetest"
)

// TestSuite runs what all engines pass, with the installed model and one of the demo's calls.
func TestSuite(t *testing.T) {
	t.Parallel()
	realEngine(t, 1) // skips here, and says so, where there is none
	transcribetest.Run(t, transcribetest.Harness{
		New: func(t testing.TB, _ transcribetest.Setup) (speech.Engine, *fakes.Server) {
			return realEngine(t, 1), nil
		},
		Speech: demoCall,
	})
}

// demoCall is twenty seconds of one of the demo's calls.
func demoCall(t testing.TB) speech.Audio {
	t.Helper()
	ffmpeg := os.Getenv("EARSHOT_FFMPEG")
	if ffmpeg == "" {
		ffmpeg = audio.FindFFmpeg(filepath.Join("..", "..", "..", ".cache", "earshot"))
	}
	if ffmpeg == "" {
		t.Skip("no ffmpeg for the demo's recordings; run: make ffmpeg")
	}
	sound, err := audio.Decode(context.Background(), filepath.Join("..", "..", "demo", "company", "calls", "competitor-switch.mp3"), audio.Tools{FFmpeg: ffmpeg}, audio.Limits{})
	if err != nil {
		t.Fatal(err)
	}
	return sound.Channels[0].Span(domain.Span{End: 20})
}

package moonshine

import (
	"context"
	"path/filepath"
	"sync/atomic"
	"testing"

	"earshot/internal/speech"
)

// TestChosenModel: what is chosen while the engine runs writes from the next segment on.
func TestChosenModel(t *testing.T) {
	t.Parallel()
	e := realEngine(t, 1)
	dir, _ := e.Find()
	var chosen atomic.Pointer[Model]
	chosen.Store(&Model{})
	e.Model = func() Model { return *chosen.Load() }
	ask := func() error {
		_, err := e.Transcribe(context.Background(), make(speech.Audio, sampleRate), speech.Options{})
		return err
	}
	if err := ask(); err != nil || e.Info().Model != "tiny-en" {
		t.Fatalf("its own: %v, %s", err, e.Info().Model)
	}
	chosen.Store(&Model{Name: "gone", Dir: filepath.Join(t.TempDir(), "gone"), Arch: 4})
	if err := ask(); err == nil || e.Info().Model != "gone" {
		t.Errorf("a model that is not there: %v, %s", err, e.Info().Model)
	}
	chosen.Store(&Model{Name: "copy", Dir: filepath.Join(dir, "moonshine_voice", "assets", "tiny-en")})
	if err := ask(); err != nil || e.Info().Model != "copy" {
		t.Errorf("back again: %v, %s", err, e.Info().Model)
	}
}

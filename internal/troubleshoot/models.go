package troubleshoot

import (
	"context"
	"io/fs"
	"maps"
	"path/filepath"
	"sync"

	"earshot/internal/domain"
	"earshot/internal/speech/models"
)

// modelsCache keeps what the checksums of the models said, since they are read whole for it: as long as no file changes.
type modelsCache struct {
	mu   sync.Mutex
	seen map[string]fileState
	list []models.Model
}

// fileState changes whenever a file does.
type fileState struct {
	size, modified int64
}

func (c *modelsCache) get(dir string) ([]models.Model, error) {
	c.mu.Lock()
	defer c.mu.Unlock()
	now := states(filepath.Join(dir, "models"))
	if c.seen != nil && maps.Equal(c.seen, now) {
		return c.list, nil
	}
	installed, err := models.List(dir)
	if err == nil {
		c.seen, c.list = now, installed
	}
	return installed, err
}

// states of all files below a folder; what cannot be read is left out, so that it counts as changed once it can.
func states(dir string) map[string]fileState {
	out := map[string]fileState{}
	_ = filepath.WalkDir(dir, func(path string, d fs.DirEntry, err error) error { // gives no error: every one is passed over
		if err != nil || d.IsDir() {
			return nil
		}
		if info, err := d.Info(); err == nil {
			out[path] = fileState{info.Size(), info.ModTime().UnixNano()}
		}
		return nil
	})
	return out
}

// speechService is the engine elsewhere that was chosen; empty for the embedded one, or where the settings cannot be read.
func (s *Service) speechService(ctx context.Context) string {
	if s.Store == nil {
		return ""
	}
	chosen, err := s.Store.SpeechSettings(ctx)
	if err != nil || chosen.Engine == domain.EmbeddedEngine {
		return ""
	}
	return chosen.Engine
}

func (s *Service) speech(ctx context.Context) verdict {
	installed, err := s.models.get(s.ModelsDir)
	if service := s.speechService(ctx); service != "" && len(installed) == 0 && err == nil {
		return green("The service %s writes the calls, as General Settings say. No embedded engine is installed: it would find speech and tell voices apart better.", service)
	}
	switch {
	case err != nil:
		return red(pageSpeech, "Install the engine again: earshot models pull.", "The installed engine cannot be read: %s.", err)
	case len(installed) == 0:
		return red(pageSpeech, "Install one: earshot models pull. Calls that wait go on by themselves.", "No speech engine is installed: recordings are kept and can be played, but not transcribed.")
	}
	for _, m := range installed {
		if m.Problem != "" {
			return red(pageSpeech, "Install it again: earshot models pull.", "%s cannot be used: %s.", m.Name, m.Problem)
		}
	}
	return green("%s is installed, and each of its %d files has the right checksum.", installed[0].Name, len(installed[0].Files))
}

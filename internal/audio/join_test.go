package audio

import (
	"bytes"
	"context"
	"os"
	"path/filepath"
	"testing"
)

func TestWriteJoined(t *testing.T) {
	t.Parallel()
	flat := func(n int, levels ...float32) *Sound {
		s := &Sound{}
		for _, level := range levels {
			ch := make([]float32, n)
			for i := range ch {
				ch[i] = level
			}
			s.Channels = append(s.Channels, TrackOf(ch))
		}
		return s
	}
	for _, c := range []struct {
		name     string
		parts    []*Sound
		channels int
		samples  int
	}{
		{"two stereo", []*Sound{flat(16000, 0.5, -0.5), flat(8000, 0.25, 2)}, 2, 24000},
		{"stereo and mono", []*Sound{flat(16000, 0.5, -0.5), flat(8000, 0.25)}, 1, 24000},
	} {
		var b bytes.Buffer
		if err := WriteJoined(&b, c.parts); err != nil {
			t.Fatal(err)
		}
		if want := 44 + c.samples*c.channels*2; b.Len() != want {
			t.Errorf("%s: %d bytes, want %d", c.name, b.Len(), want)
		}
		path := filepath.Join(t.TempDir(), "joined.wav")
		if err := os.WriteFile(path, b.Bytes(), 0o600); err != nil {
			t.Fatal(err)
		}
		s, err := Decode(context.Background(), path, Tools{}, Limits{})
		if err != nil || s.SourceChannels != c.channels || s.SourceRate != SampleRate || s.Channels[0].Len() != c.samples {
			t.Errorf("%s: read as %d channels at %d Hz: %v", c.name, s.SourceChannels, s.SourceRate, err)
		}
	}
}

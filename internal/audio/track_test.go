package audio

import (
	"math/rand/v2"
	"os"
	"slices"
	"testing"

	"earshot/internal/domain"
)

func whole(t *Track) []float32 { return t.Slice(0, t.Len()) }

func noBleed(tb testing.TB, a, b *Track, sa, sb []domain.Span) (ra, rb []domain.Span) {
	tb.Helper()
	ra, rb, err := RemoveBleed(a, b, sa, sb)
	if err != nil {
		tb.Fatal(err)
	}
	return ra, rb
}

// onDisk is a copy of a track that is kept in a file, as a long one is.
func onDisk(t *testing.T, samples []float32) *Track {
	t.Helper()
	track := newTrack(t.TempDir(), 0)
	if err := track.toFile(); err != nil {
		t.Fatal(err)
	}
	t.Cleanup(func() { _ = track.close() })
	for part := range slices.Chunk(samples, 4099) {
		if err := track.add(part); err != nil {
			t.Fatal(err)
		}
	}
	return track
}

// TestTracksOnDiskAreAsThoseInMemory: whatever is asked of them.
func TestTracksOnDiskAreAsThoseInMemory(t *testing.T) {
	t.Parallel()
	rng := rand.New(rand.NewPCG(1, 2))
	a, b := talk(rng, 150, -30, -60), talk(rng, 150, -12, -70)
	memory, disk := &Sound{Channels: []*Track{TrackOf(slices.Clone(a)), TrackOf(slices.Clone(b))}}, &Sound{Channels: []*Track{onDisk(t, a), onDisk(t, b)}}
	for _, s := range []*Sound{memory, disk} {
		for _, ch := range s.Channels {
			if err := highPass(ch); err != nil {
				t.Fatal(err)
			}
		}
		if _, err := level(s.Channels); err != nil {
			t.Fatal(err)
		}
	}
	for c := range memory.Channels {
		x, y := memory.Channels[c], disk.Channels[c]
		if !slices.Equal(whole(x), whole(y)) || !slices.Equal(EnergySpeech(x), EnergySpeech(y)) || len(EnergySpeech(x)) == 0 {
			t.Errorf("channel %d differs", c)
		}
		if s := (domain.Span{Start: -3, End: 900}); !slices.Equal(x.Span(s), y.Span(s)) {
			t.Error("a span beyond the end differs")
		}
	}
	if !slices.EqualFunc(Peaks(memory, 20), Peaks(disk, 20), slices.Equal) || memory.Layout() != disk.Layout() {
		t.Error("waveform or layout differ")
	}
	ma, mb := noBleed(t, memory.Channels[0], memory.Channels[1], EnergySpeech(memory.Channels[0]), EnergySpeech(memory.Channels[1]))
	da, db := noBleed(t, disk.Channels[0], disk.Channels[1], EnergySpeech(disk.Channels[0]), EnergySpeech(disk.Channels[1]))
	if !slices.Equal(ma, da) || !slices.Equal(mb, db) {
		t.Error("without cross-talk they differ")
	}
	disk.Channels[0].cut(SampleRate)
	if disk.Channels[0].Len() != SampleRate || disk.Err() != nil {
		t.Errorf("cut to %d samples, %v", disk.Channels[0].Len(), disk.Err())
	}
}

// TestLongTracksLeaveTheMemory and nothing behind.
func TestLongTracksLeaveTheMemory(t *testing.T) {
	t.Parallel()
	dir := t.TempDir()
	track := newTrack(dir, 10*inMemory)
	minute := make([]float32, blockSamples)
	for i := range minute {
		minute[i] = float32(i) / blockSamples
	}
	for range 12 {
		if err := track.add(minute); err != nil {
			t.Fatal(err)
		}
	}
	if len(track.memory) > 0 || track.Len() != 12*blockSamples || !slices.Equal(track.Slice(11*blockSamples, 12*blockSamples), minute) {
		t.Errorf("%d samples are in memory, %d are there", len(track.memory), track.Len())
	}
	if left, err := os.ReadDir(dir); err != nil || len(left) > 0 {
		t.Errorf("files %v are left, %v", left, err)
	}
	if err := track.close(); err != nil {
		t.Fatal(err)
	}
	sound := &Sound{Channels: []*Track{track}}
	if got := track.Slice(0, 2); got[1] != 0 || domain.CodeOf(sound.Err()) != string(domain.StorageError) {
		t.Errorf("what cannot be read is %v, %v", got, sound.Err())
	}
	gone := newTrack(dir+"/none", 0)
	if err := gone.toFile(); domain.CodeOf(err) != string(domain.StorageError) {
		t.Errorf("without a place for the file: %v", err)
	}
}

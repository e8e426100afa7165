package audio

import (
	"errors"
	"iter"
	"os"
	"sync"
	"unsafe"

	"earshot/internal/domain"
)

// inMemory is how many samples of a track are kept in memory: five minutes. A longer one is kept in a file.
const inMemory = 5 * 60 * SampleRate

// blockSamples are worked on at a time: a minute, in whole frames of the energy measure.
const blockSamples = 60 * SampleRate

// Track is one channel of a recording, full scale at ±1: in memory while it is short, in a temporary file when it is long, so
// that a call of hours takes no more memory than one of minutes. It is filled first and read then; reading is safe for
// concurrent use. What cannot be read from the file is silence, and Sound.Err tells.
type Track struct {
	dir    string // of the file; empty: the system's
	long   bool   // it is known beforehand
	memory []float32
	file   *os.File // has no name any more: it goes with the process
	n      int

	mu  sync.Mutex
	err error
}

// TrackOf is a track of samples that are in memory.
func TrackOf(samples []float32) *Track { return &Track{memory: samples, n: len(samples)} }

// newTrack sets memory aside for what is expected, if that is not too much; it may be wrong.
func newTrack(dir string, expect int) *Track {
	if expect > inMemory {
		return &Track{dir: dir, long: true}
	}
	return &Track{dir: dir, memory: make([]float32, 0, max(0, expect))}
}

// Len is the number of samples.
func (t *Track) Len() int { return t.n }

// Slice gives the samples of a stretch, which must lie within the track. They must not be changed.
func (t *Track) Slice(from, to int) []float32 {
	if t.file == nil {
		return t.memory[from:to:to]
	}
	out := make([]float32, to-from)
	t.read(out, from)
	return out
}

func (t *Track) read(dst []float32, from int) {
	if len(dst) == 0 {
		return
	}
	if _, err := t.file.ReadAt(bytesOf(dst), int64(from)*sampleBytes); err != nil {
		clear(dst)
		t.mu.Lock()
		t.err = errors.Join(t.err, err)
		t.mu.Unlock()
	}
}

// blocks goes through the track from its start. A block is good until the next one.
func (t *Track) blocks() iter.Seq2[int, []float32] {
	return func(yield func(int, []float32) bool) {
		buffer := make([]float32, 0)
		if t.file != nil {
			buffer = make([]float32, blockSamples)
		}
		for at := 0; at < t.n; at += blockSamples {
			end := min(at+blockSamples, t.n)
			block := buffer[:min(len(buffer), end-at)]
			if t.file == nil {
				block = t.memory[at:end]
			} else {
				t.read(block, at)
			}
			if !yield(at, block) {
				return
			}
		}
	}
}

// add appends samples.
func (t *Track) add(samples []float32) error {
	if t.file == nil && (t.long || t.n+len(samples) > inMemory) {
		if err := t.toFile(); err != nil {
			return err
		}
	}
	t.n += len(samples)
	if t.file == nil {
		t.memory = append(t.memory, samples...)
		return nil
	}
	return t.write(samples, t.n-len(samples))
}

// toFile goes on in a file, whose name is given back at once.
func (t *Track) toFile() (err error) {
	if t.file, err = os.CreateTemp(t.dir, "earshot-track-*"); err != nil {
		return noRoom(err)
	}
	if err := os.Remove(t.file.Name()); err != nil {
		return noRoom(err)
	}
	err = t.write(t.memory, 0)
	t.memory = nil
	return err
}

func (t *Track) write(samples []float32, at int) error {
	if _, err := t.file.WriteAt(bytesOf(samples), int64(at)*sampleBytes); err != nil {
		return noRoom(err)
	}
	return nil
}

// change rewrites all samples in order.
func (t *Track) change(edit func([]float32)) error {
	for at, block := range t.blocks() {
		edit(block)
		if t.file == nil {
			continue
		}
		if err := t.write(block, at); err != nil {
			return err
		}
	}
	return t.err
}

// cut drops all samples from n on.
func (t *Track) cut(n int) {
	t.n = max(0, min(n, t.n))
	if t.file == nil {
		t.memory = t.memory[:t.n]
	}
}

func (t *Track) close() error {
	if t.file == nil {
		return nil
	}
	return t.file.Close()
}

const sampleBytes = 4

// bytesOf is the memory of samples: the file is read by the process that wrote it.
func bytesOf(samples []float32) []byte {
	return unsafe.Slice((*byte)(unsafe.Pointer(unsafe.SliceData(samples))), len(samples)*sampleBytes)
}

func noRoom(err error) error {
	return &domain.Error{Kind: domain.KindTemporary, Code: string(domain.StorageError), Err: err,
		Message: "a long recording could not be unpacked, since the disk for temporary files refused it; it is tried again: make room there (TMPDIR)"}
}

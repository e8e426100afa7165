package moonshine

import (
	"fmt"
	"path/filepath"
	"unsafe"

	"github.com/ebitengine/purego"

	"earshot/internal/speech/diarize"
)

// The two networks of pyannote's community-1 are compiled into libmoonshine, which exports their bytes.
const (
	exported         = "_ZN9cppannote19embedded_community1"
	segmentationData = exported + "21segmentation_ort_dataE"
	segmentationSize = exported + "26segmentation_ort_data_sizeE"
	embeddingData    = exported + "18embedding_ort_dataE"
	embeddingSize    = exported + "23embedding_ort_data_sizeE"
)

// voiceModels tell who speaks in a stretch of sound, and what a voice is like.
type voiceModels struct {
	segmentation, embedding *network
	*featurer
}

func loadVoiceModels(ort *runtimeORT, dir string) (*voiceModels, error) {
	handle, err := purego.Dlopen(filepath.Join(dir, "moonshine_voice", "libmoonshine.so"), purego.RTLD_NOW|purego.RTLD_LOCAL)
	if err != nil {
		return nil, fmt.Errorf("load the voice models: %w", err)
	}
	v := &voiceModels{featurer: newFeaturer()}
	if v.segmentation, err = ort.loadExported(handle, segmentationData, segmentationSize, "waveforms"); err != nil {
		return nil, err
	}
	v.embedding, err = ort.loadExported(handle, embeddingData, embeddingSize, "fbank", "weights")
	return v, err
}

func (r *runtimeORT) loadExported(handle uintptr, data, size string, inputs ...string) (*network, error) {
	at, err := purego.Dlsym(handle, data)
	if err != nil {
		return nil, fmt.Errorf("load the voice models: %w", err)
	}
	length, err := purego.Dlsym(handle, size)
	if err != nil {
		return nil, fmt.Errorf("load the voice models: %w", err)
	}
	return r.load(at, **(**uint64)(unsafe.Pointer(&length)), inputs...)
}

// segment gives for each frame of a window whether each of three voices speaks, row by row.
func (v *voiceModels) segment(pcm []float32) ([]float32, error) {
	whole := make([]float32, voiceWindow)
	copy(whole, pcm)
	waveform, err := tensorOf(v.segmentation.runtimeORT, whole, 1, 1, voiceWindow)
	if err != nil {
		return nil, err
	}
	return v.segmentation.floats("segmentation", waveform)
}

// embed gives what the voice is like in the given rows of features.
func (v *voiceModels) embed(features []float32) ([]float32, error) {
	frames := len(features) / melBands
	weights := make([]float32, frames)
	for i := range weights {
		weights[i] = 1
	}
	fbank, err := tensorOf(v.embedding.runtimeORT, features, 1, int64(frames), melBands)
	if err != nil {
		return nil, err
	}
	weight, err := tensorOf(v.embedding.runtimeORT, weights, 1, int64(frames))
	if err != nil {
		return nil, err
	}
	return v.embedding.floats("embedding", fbank, weight)
}

// hear gives the voices of a window.
func (v *voiceModels) hear(pcm []float32) ([]diarize.Voice, error) {
	if len(pcm) == 0 || len(pcm) > voiceWindow {
		return nil, fmt.Errorf("a window of %d samples", len(pcm))
	}
	activity, err := v.segment(pcm)
	if err != nil {
		return nil, err
	}
	return voicesOf(activity, v.features(pcm), float64(len(pcm))/sampleRate, v.embed)
}

// hear loads the models when they are first asked for: most recordings do not need them.
func (l *library) hear(pcm []float32) ([]diarize.Voice, error) {
	if l.voices == nil {
		ort, err := l.ort()
		if err != nil {
			return nil, err
		}
		if l.voices, err = loadVoiceModels(ort, l.dir); err != nil {
			return nil, err
		}
	}
	return l.voices.hear(pcm)
}

//lint:file-ignore U1000 the fields that are not read keep the layout of C structures

package moonshine

import (
	"fmt"
	"path/filepath"
	"runtime"
	"unsafe"

	"github.com/ebitengine/purego"
)

// The C structures of libmoonshine 0.1.0 (core/moonshine-c-api.h of moonshine-ai/moonshine); their sizes are tested.
type (
	cOption     struct{ name, value *byte }
	cTranscript struct {
		lines *cLine
		count uint64
	}
	cLine struct {
		text            *byte
		audio           *float32
		audioCount      uint64
		start, duration float32
		id              uint64
		flags           [5]int8
		spans           *cSpan
		spanCount       uint64
		latency         uint32
		words           unsafe.Pointer
		wordCount       uint64
	}
	cSpan struct {
		start, duration float32
		id              uint64
		index           uint32
		startChar       uint64
		endChar         uint64
	}
)

const (
	archTiny      = 0
	archBase      = 1
	headerVersion = 30000
	hopSamples    = 1600 // vad_hop_size; what is fed must be a multiple of it
)

// library is libmoonshine with two transcribers: one that writes and one that only detects voice, each loaded when it is first needed.
// It is used from one goroutine.
type library struct {
	transcribe  func(handle int32, pcm *float32, n uint64, rate int32, flags uint32, out **cTranscript) int32
	errorString func(code int32) string
	load        func(dir string, arch uint32, options *cOption, n uint64, version int32) int32
	dir         string
	model       Model
	writer      *int32
	detector    *int32
	voices      *voiceModels
	onnx        *runtimeORT
	searcher    *writer
}

func loadLibrary(dir string, chosen Model) (*library, error) {
	so := filepath.Join(dir, "moonshine_voice", "libmoonshine.so")
	handle, err := purego.Dlopen(so, purego.RTLD_NOW|purego.RTLD_LOCAL)
	if err != nil {
		return nil, fmt.Errorf("load the speech engine: %w", err)
	}
	l := &library{dir: dir, model: chosen}
	purego.RegisterLibFunc(&l.load, handle, "moonshine_load_transcriber_from_files")
	purego.RegisterLibFunc(&l.transcribe, handle, "moonshine_transcribe_without_streaming")
	purego.RegisterLibFunc(&l.errorString, handle, "moonshine_error_to_string")
	return l, nil
}

// ort loads ONNX Runtime when it is first needed.
func (l *library) ort() (_ *runtimeORT, err error) {
	if l.onnx == nil {
		l.onnx, err = loadORT(l.dir)
	}
	return l.onnx, err
}

func (l *library) own() Model {
	return Model{Dir: filepath.Join(l.dir, "moonshine_voice", "assets", "tiny-en"), Arch: archTiny}
}

func (l *library) open(m Model, options map[string]string) (*int32, error) {
	list, keep := cOptions(options)
	code := l.load(m.Dir, uint32(m.Arch), &list[0], uint64(len(list)), headerVersion)
	runtime.KeepAlive(keep)
	if code < 0 {
		return nil, fmt.Errorf("load the speech model: %s", l.errorString(code))
	}
	return &code, nil
}

// write gives the text of a segment. A model that streams is left to the library, with voice detection switched off (threshold 0 gives
// one segment a call), since our own segments come in.
func (l *library) write(pcm []float32) (lines []line, err error) {
	m := l.model
	if m.Dir == "" {
		m = l.own()
	}
	if m.Arch == archTiny || m.Arch == archBase {
		return l.search(m, pcm)
	}
	if l.writer == nil {
		if l.writer, err = l.open(m, map[string]string{"vad_threshold": "0", "vad_hop_size": "1600", "max_tokens_per_second": "10", "return_audio_data": "false"}); err != nil {
			return nil, err
		}
	}
	return l.run(*l.writer, pcm, hopSamples)
}

func (l *library) search(m Model, pcm []float32) ([]line, error) {
	if l.searcher == nil {
		ort, err := l.ort()
		if err != nil {
			return nil, err
		}
		if l.searcher, err = loadWriter(ort, m.Dir); err != nil {
			return nil, err
		}
	}
	text, sure, err := l.searcher.write(pcm)
	return []line{{Text: text, Sure: sure, Duration: float64(len(pcm)) / sampleRate}}, err
}

// detect gives the stretches of speech of a window.
func (l *library) detect(pcm []float32) (lines []line, err error) {
	if l.detector == nil {
		if l.detector, err = l.open(l.own(), map[string]string{"skip_transcription": "true", "vad_threshold": "0.5", "vad_window_duration": "0.3", "return_audio_data": "false"}); err != nil {
			return nil, err
		}
	}
	return l.run(*l.detector, pcm, detectorHop)
}

func cOptions(options map[string]string) (list []cOption, keep [][]byte) {
	text := func(s string) *byte {
		b := append([]byte(s), 0)
		keep = append(keep, b)
		return &b[0]
	}
	for name, value := range options {
		list = append(list, cOption{text(name), text(value)})
	}
	return list, keep
}

// run gives the lines of one call, copied: the library's own are valid until its next call only.
func (l *library) run(handle int32, pcm []float32, hop int) ([]line, error) {
	if rest := len(pcm) % hop; rest > 0 {
		pcm = append(pcm[:len(pcm):len(pcm)], make([]float32, hop-rest)...)
	}
	if len(pcm) == 0 {
		return nil, nil
	}
	var out *cTranscript
	if code := l.transcribe(handle, &pcm[0], uint64(len(pcm)), sampleRate, 0, &out); code != 0 {
		return nil, fmt.Errorf("speech engine: %s", l.errorString(code))
	}
	runtime.KeepAlive(pcm)
	if out == nil || out.count == 0 {
		return nil, nil
	}
	lines := make([]line, 0, out.count)
	for _, c := range unsafe.Slice(out.lines, out.count) {
		lines = append(lines, line{Text: goString(c.text), Start: float64(c.start), Duration: float64(c.duration)})
	}
	return lines, nil
}

func goString(p *byte) string {
	if p == nil {
		return ""
	}
	n := 0
	for *(*byte)(unsafe.Add(unsafe.Pointer(p), n)) != 0 {
		n++
	}
	return string(unsafe.Slice(p, n))
}

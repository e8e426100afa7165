package moonshine

import (
	"fmt"
	"path/filepath"
	"runtime"
	"unsafe"

	"github.com/ebitengine/purego"
)

// runtimeORT is the ONNX Runtime that the wheel carries, used from one goroutine and with one thread. Its functions come from the table
// that OrtGetApiBase gives; each returns a status, 0 if all went well.
type runtimeORT struct {
	errorMessage   func(status uintptr) string
	createEnv      func(level int32, id string, out *uintptr) uintptr
	createSession  func(env, data uintptr, size uint64, options uintptr, out *uintptr) uintptr
	run            func(session, options uintptr, names **byte, values *uintptr, n uint64, outNames **byte, outs uint64, out *uintptr) uintptr
	createOptions  func(out *uintptr) uintptr
	noPattern      func(options uintptr) uintptr
	noArena        func(options uintptr) uintptr
	setThreads     func(options uintptr, n int32) uintptr
	createTensor   func(memory uintptr, data *float32, size uint64, shape *int64, dimensions uint64, kind int32, out *uintptr) uintptr
	tensorData     func(value uintptr, out **float32) uintptr
	createMemory   func(allocator, kind int32, out *uintptr) uintptr
	releaseStatus  func(status uintptr)
	releaseValue   func(value uintptr)
	releaseOptions func(options uintptr)

	env, memory uintptr
}

const (
	ortVersion   = 17
	ortFunctions = 102 // of version 1, all that is used here
	ortFloat     = 1   // ONNX_TENSOR_ELEMENT_DATA_TYPE_FLOAT
	ortError     = 3   // ORT_LOGGING_LEVEL_ERROR
)

// register takes the functions from their places in the table (microsoft/onnxruntime:onnxruntime_c_api.h, struct OrtApi), which only ever
// grows at its end.
func (r *runtimeORT) register(table *[ortFunctions]uintptr) {
	for place, function := range map[int]any{
		2: &r.errorMessage, 3: &r.createEnv, 8: &r.createSession, 9: &r.run, 10: &r.createOptions, 17: &r.noPattern, 19: &r.noArena,
		24: &r.setThreads, 49: &r.createTensor, 51: &r.tensorData, 69: &r.createMemory, 93: &r.releaseStatus, 96: &r.releaseValue, 100: &r.releaseOptions,
	} {
		purego.RegisterFunc(function, table[place])
	}
}

func loadORT(dir string) (*runtimeORT, error) {
	found, err := filepath.Glob(filepath.Join(dir, "moonshine_voice.libs", "libonnxruntime*.so*"))
	if err != nil || len(found) != 1 {
		return nil, fmt.Errorf("load the voice models: %d files of ONNX Runtime in %s", len(found), dir)
	}
	handle, err := purego.Dlopen(found[0], purego.RTLD_NOW|purego.RTLD_LOCAL)
	if err != nil {
		return nil, fmt.Errorf("load the voice models: %w", err)
	}
	var base func() *uintptr // its first field gives the table
	purego.RegisterLibFunc(&base, handle, "OrtGetApiBase")
	var api func(version uint32) *[ortFunctions]uintptr
	purego.RegisterFunc(&api, *base())
	table := api(ortVersion)
	if table == nil {
		return nil, fmt.Errorf("load the voice models: ONNX Runtime is older than 1.%d", ortVersion)
	}
	r := &runtimeORT{}
	r.register(table)
	if err := r.check(r.createEnv(ortError, "earshot", &r.env)); err != nil {
		return nil, err
	}
	return r, r.check(r.createMemory(0, 0, &r.memory))
}

func (r *runtimeORT) check(status uintptr) error {
	if status == 0 {
		return nil
	}
	defer r.releaseStatus(status)
	return fmt.Errorf("voice models: %s", r.errorMessage(status))
}

// model is a loaded network with one output.
type model struct {
	*runtimeORT
	session uintptr
	inputs  []string
	output  string
}

// load makes a model of bytes that stay where they are. Without pattern and arena it holds little memory between runs.
func (r *runtimeORT) load(data uintptr, size uint64, output string, inputs ...string) (*model, error) {
	var options uintptr
	if err := r.check(r.createOptions(&options)); err != nil {
		return nil, err
	}
	defer r.releaseOptions(options)
	for _, status := range []uintptr{r.setThreads(options, 1), r.noPattern(options), r.noArena(options)} {
		if err := r.check(status); err != nil {
			return nil, err
		}
	}
	m := &model{runtimeORT: r, inputs: inputs, output: output}
	return m, r.check(r.createSession(r.env, data, size, options, &m.session))
}

// tensor is an input of a model.
type tensor struct {
	data  []float32
	shape []int64
}

// infer gives the first n values of the output, copied.
func (m *model) infer(n int, inputs ...tensor) ([]float32, error) {
	names, values := make([]*byte, len(inputs)), make([]uintptr, len(inputs))
	for i, in := range inputs {
		names[i] = cString(m.inputs[i])
		if err := m.check(m.createTensor(m.memory, &in.data[0], uint64(4*len(in.data)), &in.shape[0], uint64(len(in.shape)), ortFloat, &values[i])); err != nil {
			return nil, err
		}
		defer m.releaseValue(values[i])
	}
	outName, out := cString(m.output), uintptr(0)
	err := m.check(m.run(m.session, 0, &names[0], &values[0], uint64(len(inputs)), &outName, 1, &out))
	runtime.KeepAlive(inputs) // until here the tensors refer to them
	if err != nil {
		return nil, err
	}
	defer m.releaseValue(out)
	var data *float32
	if err := m.check(m.tensorData(out, &data)); err != nil {
		return nil, err
	}
	return append([]float32(nil), unsafe.Slice(data, n)...), nil
}

func cString(s string) *byte { return &append([]byte(s), 0)[0] }

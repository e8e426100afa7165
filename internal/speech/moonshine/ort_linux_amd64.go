package moonshine

import (
	"fmt"
	"path/filepath"
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
	createTensor   func(memory uintptr, data unsafe.Pointer, size uint64, shape *int64, dimensions uint64, kind int32, out *uintptr) uintptr
	tensorData     func(value uintptr, out *unsafe.Pointer) uintptr
	tensorType     func(value uintptr, out *uintptr) uintptr
	createFromFile func(env uintptr, path string, options uintptr, out *uintptr) uintptr
	inputCount     func(session uintptr, out *uint64) uintptr
	inputType      func(session uintptr, place uint64, out *uintptr) uintptr
	typeOfTensor   func(kind uintptr, out *uintptr) uintptr
	dimensionCount func(shape uintptr, out *uint64) uintptr
	dimensions     func(shape uintptr, out *int64, n uint64) uintptr
	releaseType    func(kind uintptr)
	releaseShape   func(shape uintptr)
	createMemory   func(allocator, kind int32, out *uintptr) uintptr
	releaseStatus  func(status uintptr)
	releaseValue   func(value uintptr)
	releaseOptions func(options uintptr)

	env, memory uintptr
}

const (
	ortVersion   = 17
	ortFunctions = 102 // of version 1, all that is used here
	ortError     = 3   // ORT_LOGGING_LEVEL_ERROR
)

// register takes the functions from their places in the table (microsoft/onnxruntime:onnxruntime_c_api.h, struct OrtApi), which only ever
// grows at its end.
func (r *runtimeORT) register(table *[ortFunctions]uintptr) {
	for place, function := range map[int]any{
		2: &r.errorMessage, 3: &r.createEnv, 7: &r.createFromFile, 8: &r.createSession, 9: &r.run, 10: &r.createOptions, 17: &r.noPattern, 19: &r.noArena,
		24: &r.setThreads, 30: &r.inputCount, 33: &r.inputType, 49: &r.createTensor, 51: &r.tensorData, 55: &r.typeOfTensor, 61: &r.dimensionCount,
		62: &r.dimensions, 65: &r.tensorType, 69: &r.createMemory, 93: &r.releaseStatus, 96: &r.releaseValue, 98: &r.releaseType,
		99: &r.releaseShape, 100: &r.releaseOptions,
	} {
		purego.RegisterFunc(function, table[place])
	}
}

func loadORT(dir string) (*runtimeORT, error) {
	found, err := filepath.Glob(filepath.Join(dir, "moonshine_voice.libs", "libonnxruntime*.so*"))
	if err != nil || len(found) != 1 {
		return nil, fmt.Errorf("load ONNX Runtime: %d files of ONNX Runtime in %s", len(found), dir)
	}
	handle, err := purego.Dlopen(found[0], purego.RTLD_NOW|purego.RTLD_LOCAL)
	if err != nil {
		return nil, fmt.Errorf("load ONNX Runtime: %w", err)
	}
	var base func() *uintptr // its first field gives the table
	purego.RegisterLibFunc(&base, handle, "OrtGetApiBase")
	var api func(version uint32) *[ortFunctions]uintptr
	purego.RegisterFunc(&api, *base())
	table := api(ortVersion)
	if table == nil {
		return nil, fmt.Errorf("load ONNX Runtime: it is older than 1.%d", ortVersion)
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
	return fmt.Errorf("ONNX Runtime: %s", r.errorMessage(status))
}

package moonshine

import (
	"fmt"
	"runtime"
	"slices"
	"unsafe"
)

// network is a model that is loaded, with the names of its inputs in the order in which they are given.
type network struct {
	*runtimeORT
	session uintptr
	inputs  []string
}

// load makes a network of bytes that stay where they are. Without pattern and arena it holds little memory between runs.
func (r *runtimeORT) load(data uintptr, size uint64, inputs ...string) (*network, error) {
	n := &network{runtimeORT: r, inputs: inputs}
	return n, r.withOptions(func(options uintptr) error {
		for _, status := range []uintptr{r.noPattern(options), r.noArena(options)} {
			if err := r.check(status); err != nil {
				return err
			}
		}
		return r.check(r.createSession(r.env, data, size, options, &n.session))
	})
}

// loadFile makes a network of a file. Its sizes change with each token, so it keeps an arena.
func (r *runtimeORT) loadFile(path string, inputs ...string) (*network, error) {
	n := &network{runtimeORT: r, inputs: inputs}
	return n, r.withOptions(func(options uintptr) error {
		if err := r.check(r.noPattern(options)); err != nil {
			return err
		}
		return r.check(r.createFromFile(r.env, path, options, &n.session))
	})
}

// withOptions gives f options of one thread.
func (r *runtimeORT) withOptions(f func(options uintptr) error) error {
	var options uintptr
	if err := r.check(r.createOptions(&options)); err != nil {
		return err
	}
	defer r.releaseOptions(options)
	if err := r.check(r.setThreads(options, 1)); err != nil {
		return err
	}
	return f(options)
}

// countInputs is how many inputs it takes.
func (n *network) countInputs() (int, error) {
	var count uint64
	err := n.check(n.inputCount(n.session, &count))
	return int(count), err
}

// inputShape gives the dimensions of an input; -1 for one that varies.
func (n *network) inputShape(place int) ([]int64, error) {
	var kind, shape uintptr
	if err := n.check(n.inputType(n.session, uint64(place), &kind)); err != nil {
		return nil, err
	}
	defer n.releaseType(kind)
	if err := n.check(n.typeOfTensor(kind, &shape)); err != nil {
		return nil, err
	}
	return n.shapeOf(shape)
}

func (r *runtimeORT) shapeOf(shape uintptr) ([]int64, error) {
	var count uint64
	if err := r.check(r.dimensionCount(shape, &count)); err != nil || count == 0 {
		return nil, err
	}
	out := make([]int64, count)
	return out, r.check(r.dimensions(shape, &out[0], count))
}

// value is a tensor. One of our own data refers to it.
type value struct {
	*runtimeORT
	handle uintptr
	data   any
}

func (v value) release() {
	if v.handle != 0 {
		v.releaseValue(v.handle)
	}
}

func releaseAll(values []value) {
	for _, v := range values {
		v.release()
	}
}

// Element types of tensors (onnxruntime_c_api.h, ONNXTensorElementDataType).
const (
	ortFloat = 1
	ortInt64 = 7
	ortBool  = 9
)

func tensorOf[T float32 | int64 | bool](r *runtimeORT, data []T, shape ...int64) (value, error) {
	kind := int32(ortFloat)
	switch any(data).(type) {
	case []int64:
		kind = ortInt64
	case []bool:
		kind = ortBool
	}
	v := value{runtimeORT: r, data: data}
	var none [1]T
	at := unsafe.Pointer(&none)
	if len(data) > 0 {
		at = unsafe.Pointer(&data[0])
	}
	return v, r.check(r.createTensor(r.memory, at, uint64(len(data))*uint64(unsafe.Sizeof(none[0])), &shape[0], uint64(len(shape)), kind, &v.handle))
}

// floats are the values of a tensor and its shape. They are good until it is released.
func (v value) floats() (values []float32, shape []int64, err error) {
	var kind uintptr
	if err := v.check(v.tensorType(v.handle, &kind)); err != nil {
		return nil, nil, err
	}
	defer v.releaseShape(kind)
	if shape, err = v.shapeOf(kind); err != nil {
		return nil, nil, err
	}
	var data unsafe.Pointer
	if err := v.check(v.tensorData(v.handle, &data)); err != nil {
		return nil, nil, err
	}
	n := int64(1)
	for _, d := range shape {
		n *= d
	}
	return unsafe.Slice((*float32)(data), n), shape, nil
}

// run gives the outputs of the given names, to be released.
func (n *network) run(inputs []value, outputs ...string) ([]value, error) {
	if len(inputs) != len(n.inputs) {
		return nil, fmt.Errorf("speech model: %d inputs for %d", len(inputs), len(n.inputs))
	}
	names, handles := make([]*byte, len(inputs)), make([]uintptr, len(inputs))
	for i, in := range inputs {
		names[i], handles[i] = cString(n.inputs[i]), in.handle
	}
	outNames, made := make([]*byte, len(outputs)), make([]uintptr, len(outputs))
	for i, name := range outputs {
		outNames[i] = cString(name)
	}
	err := n.check(n.runtimeORT.run(n.session, 0, &names[0], &handles[0], uint64(len(inputs)), &outNames[0], uint64(len(outputs)), &made[0]))
	runtime.KeepAlive(inputs) // until here the tensors refer to their data
	if err != nil {
		return nil, err
	}
	out := make([]value, len(made))
	for i, handle := range made {
		out[i] = value{runtimeORT: n.runtimeORT, handle: handle}
	}
	return out, nil
}

// floats gives the values of one output, copied, and releases the inputs.
func (n *network) floats(output string, inputs ...value) ([]float32, error) {
	defer releaseAll(inputs)
	out, err := n.run(inputs, output)
	if err != nil {
		return nil, err
	}
	defer releaseAll(out)
	values, _, err := out[0].floats()
	return slices.Clone(values), err
}

func cString(s string) *byte { return &append([]byte(s), 0)[0] }

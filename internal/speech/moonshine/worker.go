package moonshine

import (
	"bufio"
	"encoding/binary"
	"encoding/json"
	"errors"
	"fmt"
	"io"
	"math"
	"os"
	"runtime"
	"strconv"
	"strings"

	"golang.org/x/sys/unix"

	"earshot/internal/speech/diarize"
)

const sampleRate = 16000

// line is one piece of text, or of speech where only that was asked, in seconds of the audio given.
type line struct {
	Text     string  `json:"text,omitempty"`
	Start    float64 `json:"start"`
	Duration float64 `json:"duration"`
	Sure     float64 `json:"sure,omitempty"` // mean logarithm of the probability of its tokens; 0: not known
}

// Requests to a worker: one byte for what to do, the number of samples as uint32, the samples as float32, all little endian.
// Answers: the length of a JSON text as uint32, the text.
const (
	opTranscribe  = 't'
	opDetectFirst = 'V' // the beginning of a recording
	opDetect      = 'v'
	opVoices      = 's' // who speaks, in a window of at most voiceWindow

	silentStart = 32 * detectorHop // a second, which a detector that is new hears before a recording

	maxSamples = 60 * sampleRate
	maxAnswer  = 1 << 20
)

type answer struct {
	Lines  []line          `json:"lines"`
	Voices []diarize.Voice `json:"voices,omitempty"`
	Error  string          `json:"error,omitempty"`
}

// niceness of workers: events and pages come before transcription.
const niceness = 10

// answersFD is the descriptor of a worker on which it answers. It is not stdout, since the library prints there.
const answersFD = 3

// modelEnv tells a worker which model to write with: its architecture, a colon, its folder.
const modelEnv = "EARSHOT_SPEECH_MODEL"

func modelFromEnv() (m Model) {
	arch, dir, _ := strings.Cut(os.Getenv(modelEnv), ":")
	if n, err := strconv.Atoi(arch); err == nil {
		m = Model{Dir: dir, Arch: n}
	}
	return m
}

// RunWorker answers requests from stdin until stdin ends: the body of the binary's hidden command. dir holds the installed engine.
func RunWorker(dir string) error {
	runtime.LockOSThread() // the priority is the thread's
	if err := unix.Setpriority(unix.PRIO_PROCESS, 0, niceness); err != nil {
		return fmt.Errorf("lower the priority: %w", err)
	}
	lib, err := loadLibrary(dir, modelFromEnv())
	if err != nil {
		return err
	}
	return serve(lib, bufio.NewReaderSize(os.Stdin, 1<<16), os.NewFile(answersFD, "answers"))
}

func serve(lib *library, in io.Reader, out io.Writer) error {
	for {
		op, pcm, err := readRequest(in)
		if errors.Is(err, io.EOF) || errors.Is(err, io.ErrUnexpectedEOF) {
			return nil // the server has ended, or was killed in the middle of a request
		}
		if err != nil {
			return err
		}
		a, err := handle(lib, op, pcm)
		if err != nil {
			a.Error = err.Error()
		}
		if err := writeAnswer(out, a); err != nil {
			return err
		}
	}
}

func handle(lib *library, op byte, pcm []float32) (a answer, err error) {
	switch op {
	case opTranscribe:
		a.Lines, err = lib.write(pcm)
	case opDetectFirst:
		if _, err = lib.detect(make([]float32, silentStart)); err == nil {
			a.Lines, err = lib.detect(pcm)
		}
	case opDetect:
		a.Lines, err = lib.detect(pcm)
	case opVoices:
		a.Voices, err = lib.hear(pcm)
	default:
		err = fmt.Errorf("unknown request %q", op)
	}
	return a, err
}

func writeRequest(w io.Writer, op byte, pcm []float32) error {
	buf := make([]byte, 5+4*len(pcm))
	buf[0] = op
	binary.LittleEndian.PutUint32(buf[1:], uint32(len(pcm)))
	for i, v := range pcm {
		binary.LittleEndian.PutUint32(buf[5+4*i:], math.Float32bits(v))
	}
	_, err := w.Write(buf)
	return err
}

func readRequest(r io.Reader) (op byte, pcm []float32, err error) {
	var head [5]byte
	if _, err := io.ReadFull(r, head[:]); err != nil {
		return 0, nil, err
	}
	n := binary.LittleEndian.Uint32(head[1:])
	if n > maxSamples {
		return 0, nil, fmt.Errorf("request of %d samples", n)
	}
	buf := make([]byte, 4*n)
	if _, err := io.ReadFull(r, buf); err != nil {
		return 0, nil, fmt.Errorf("request cut off: %w", io.ErrUnexpectedEOF)
	}
	pcm = make([]float32, n)
	for i := range pcm {
		pcm[i] = math.Float32frombits(binary.LittleEndian.Uint32(buf[4*i:]))
	}
	return head[0], pcm, nil
}

func writeAnswer(w io.Writer, a answer) error {
	text, err := json.Marshal(a)
	if err != nil {
		return err
	}
	_, err = w.Write(append(binary.LittleEndian.AppendUint32(nil, uint32(len(text))), text...))
	return err
}

func readAnswer(r io.Reader) (answer, error) {
	var a answer
	var head [4]byte
	if _, err := io.ReadFull(r, head[:]); err != nil {
		return a, err
	}
	n := binary.LittleEndian.Uint32(head[:])
	if n > maxAnswer {
		return a, fmt.Errorf("answer of %d bytes", n)
	}
	buf := make([]byte, n)
	if _, err := io.ReadFull(r, buf); err != nil {
		return a, err
	}
	return a, json.Unmarshal(buf, &a)
}

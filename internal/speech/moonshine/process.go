package moonshine

import (
	"bufio"
	"context"
	"errors"
	"fmt"
	"io"
	"os"
	"os/exec"
	"strconv"
	"time"
)

// process is one running worker.
type process struct {
	cmd  *exec.Cmd
	in   io.WriteCloser
	pipe *os.File // answers
	out  *bufio.Reader
}

func startProcess(command func(dir string) *exec.Cmd, dir string, model Model) (*process, error) {
	cmd := command(dir)
	if model.Dir != "" {
		cmd.Env = append(cmd.Environ(), modelEnv+"="+strconv.Itoa(model.Arch)+":"+model.Dir)
	}
	in, err := cmd.StdinPipe()
	if err != nil {
		return nil, err
	}
	out, answers, err := os.Pipe()
	if err != nil {
		return nil, err
	}
	cmd.ExtraFiles = []*os.File{answers} // descriptor 3 of the child
	cmd.Stdout, cmd.Stderr = os.Stderr, os.Stderr
	err = cmd.Start()
	_ = answers.Close() // the child has its own
	if err != nil {
		_ = out.Close()
		return nil, fmt.Errorf("start a speech worker: %w", err)
	}
	return &process{cmd: cmd, in: in, pipe: out, out: bufio.NewReader(out)}, nil
}

// Time that a request may take: a start on a busy machine, then far more than any engine needs for the audio.
const (
	leastTimeout     = 60 * time.Second
	timeoutPerSecond = 3 * time.Second // of audio
)

// errEngine marks what the engine itself said, as against a worker that died.
var errEngine = errors.New("engine")

// ask sends one request and waits for its answer. After an error other than errEngine the process is of no use any more.
func (p *process) ask(ctx context.Context, op byte, pcm []float32, timeout time.Duration) (answer, error) {
	ctx, cancel := context.WithTimeout(ctx, timeout)
	defer cancel()
	stop := context.AfterFunc(ctx, p.kill) // ends the reads and writes below
	defer stop()
	if err := writeRequest(p.in, op, pcm); err != nil {
		return answer{}, errors.Join(ctx.Err(), fmt.Errorf("speech worker: %w", err))
	}
	a, err := readAnswer(p.out)
	if err != nil {
		return answer{}, errors.Join(ctx.Err(), fmt.Errorf("speech worker: %w", err))
	}
	if a.Error != "" {
		return answer{}, fmt.Errorf("%w: %s", errEngine, a.Error)
	}
	return a, nil
}

func (p *process) kill() { _ = p.cmd.Process.Kill() } // it may have ended already

// stop ends the process and waits for it.
func (p *process) stop() {
	_ = p.in.Close() // a worker ends with its input
	timer := time.AfterFunc(2*time.Second, p.kill)
	defer timer.Stop()
	_ = p.cmd.Wait() // how a worker ends tells nothing new
	_ = p.pipe.Close()
}

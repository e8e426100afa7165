package main

import (
	"bytes"
	"encoding/json"
	"os"
	"os/exec"
	"path/filepath"
	"syscall"
	"testing"

	"earshot/internal/app"
)

// mostMemory is what the program may take for a call of any length beside its workers, in bytes.
const mostMemory = 300 << 20

// TestTwoHoursTakeLittleMemory: a real call, said thirty times, through the real program.
func TestTwoHoursTakeLittleMemory(t *testing.T) {
	b := ready(t)
	program, call := filepath.Join(t.TempDir(), "earshot"), filepath.Join(t.TempDir(), "two-hours.wav")
	run(t, exec.Command("go", "build", "-o", program, "../../cmd/earshot"))
	run(t, exec.Command(app.Tools(b.cfg).FFmpeg, "-v", "error", "-stream_loop", "29", "-i", filepath.Join(b.data, "calls", "auto_repairs_40_mulaw.wav"), "-c", "copy", call))
	process := exec.Command(program, "process", call, "--json")
	process.Env = append(os.Environ(), "EARSHOT_MODELS_DIR="+b.cfg.ModelsDir)
	var got struct {
		Duration   float64
		Transcript []json.RawMessage
	}
	if err := json.Unmarshal(run(t, process), &got); err != nil {
		t.Fatal(err)
	}
	peak := process.ProcessState.SysUsage().(*syscall.Rusage).Maxrss << 10 // getrusage(2): kilobytes, of this process alone
	t.Logf("%.0f s, %d lines, at most %d MB", got.Duration, len(got.Transcript), peak>>20)
	if got.Duration < 7200 || len(got.Transcript) < 1000 || peak > mostMemory {
		t.Errorf("%.0f s gave %d lines and took %d MB", got.Duration, len(got.Transcript), peak>>20)
	}
}

func run(t *testing.T, cmd *exec.Cmd) []byte {
	t.Helper()
	var out, said bytes.Buffer
	cmd.Stdout, cmd.Stderr = &out, &said
	if err := cmd.Run(); err != nil {
		t.Fatalf("%s: %v\n%s", cmd, err, said.Bytes())
	}
	return out.Bytes()
}

//go:build linux

package app_test

import (
	"bytes"
	"math/rand/v2"
	"net"
	"net/http"
	"os"
	"os/exec"
	"path/filepath"
	"strconv"
	"strings"
	"syscall"
	"testing"

	"earshot/internal/config"
)

// server is `earshot serve` as a child process, started and killed many times.
type server struct {
	t      *testing.T
	binary string
	config config.Config
	log    *os.File
	cmd    *exec.Cmd
	ended  chan struct{}
}

func newServer(t *testing.T, binary string, c config.Config) *server {
	t.Helper()
	log, err := os.Create(c.DataDir + ".log")
	if err != nil {
		t.Fatal(err)
	}
	s := &server{t: t, binary: binary, config: c, log: log}
	t.Cleanup(func() {
		s.kill()
		if t.Failed() {
			t.Logf("log of the server:\n%s", tail(log.Name()))
		}
		_ = log.Close() // it was read by name
	})
	return s
}

func tail(path string) []byte {
	data, err := os.ReadFile(path)
	if err != nil {
		return []byte(err.Error())
	}
	return data[max(0, len(data)-8000):]
}

func (s *server) start() {
	s.t.Helper()
	s.cmd = exec.Command(s.binary, "serve")
	s.cmd.Env = append(os.Environ(), "EARSHOT_DATA_DIR="+s.config.DataDir, "EARSHOT_ADDR="+s.config.Addr, "EARSHOT_PUBLIC_URL="+s.config.PublicURL,
		"EARSHOT_DATABASE_URL="+s.config.DatabaseURL, "EARSHOT_MODELS_DIR="+s.config.ModelsDir, "EARSHOT_LOG_LEVEL=info")
	s.cmd.Stdout, s.cmd.Stderr = s.log, s.log // files: a worker that outlives the server does not keep Wait waiting
	s.cmd.SysProcAttr = &syscall.SysProcAttr{Pdeathsig: syscall.SIGKILL}
	if err := s.cmd.Start(); err != nil {
		s.t.Fatal(err)
	}
	s.ended = make(chan struct{})
	go func(cmd *exec.Cmd, ended chan struct{}) {
		_ = cmd.Wait() // how it ended is seen by who waits for it
		close(ended)
	}(s.cmd, s.ended)
}

// mustRun fails the test if the server has ended by itself.
func (s *server) mustRun() {
	s.t.Helper()
	select {
	case <-s.ended:
		s.t.Fatalf("the server ended by itself: %v", s.cmd.ProcessState)
	default:
	}
}

func (s *server) waitReady() {
	s.t.Helper()
	waitFor(s.t, "a ready server", func() bool {
		s.mustRun()
		res, err := http.Get("http://" + s.config.Addr + "/readyz")
		if err != nil {
			return false
		}
		_ = res.Body.Close() // it is empty
		return res.StatusCode == http.StatusNoContent
	})
}

// kill ends the server without a word.
func (s *server) kill() { s.signal(syscall.SIGKILL) }

// stop ends the server as an admin does.
func (s *server) stop() {
	s.signal(syscall.SIGTERM)
	if code := s.cmd.ProcessState.ExitCode(); code != 0 {
		s.t.Errorf("the server ended with code %d", code)
	}
}

func (s *server) signal(sig syscall.Signal) {
	if s.ended == nil {
		return
	}
	_ = s.cmd.Process.Signal(sig) // it may have ended already
	<-s.ended
}

// blobs is the folder in which recordings or waveforms are kept.
func (s *server) blobs(kind string) string { return filepath.Join(s.config.DataDir, "blobs", kind) }

// processes lists what runs of the binary, and what works on its data.
func (s *server) processes() []string {
	var found []string
	lines, _ := filepath.Glob("/proc/[0-9]*/cmdline") // the pattern is well-formed
	for _, path := range lines {
		line, err := os.ReadFile(path)
		line = bytes.ReplaceAll(line, []byte{0}, []byte{' '})
		if err == nil && (bytes.HasPrefix(line, []byte(s.binary+" ")) || bytes.Contains(line, []byte(s.config.DataDir+"/"))) {
			found = append(found, strings.TrimSpace(string(line)))
		}
	}
	return found
}

// freeAddr is an address on loopback that is free now and stays so while the server is down: it is below the ports that
// systems give to outgoing connections.
func freeAddr(t *testing.T) string {
	t.Helper()
	for range 100 {
		addr := net.JoinHostPort("127.0.0.1", strconv.Itoa(20_000+rand.IntN(12_000)))
		if l, err := net.Listen("tcp", addr); err == nil {
			_ = l.Close() // nothing was accepted
			return addr
		}
	}
	t.Fatal("no free port on loopback")
	return ""
}

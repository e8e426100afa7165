package app

import (
	"context"
	"os"
	"path/filepath"
	"testing"

	"golang.org/x/sys/unix"
)

// TestLockOutlivesItsProcessForAMoment: what a killed process was just starting may hold its lock a little longer.
func TestLockOutlivesItsProcessForAMoment(t *testing.T) {
	t.Parallel()
	path := filepath.Join(t.TempDir(), "lock")
	held, waiting := open(t, path), open(t, path)
	if err := unix.Flock(int(held.Fd()), unix.LOCK_EX); err != nil {
		t.Fatal(err)
	}
	ended, end := context.WithCancel(t.Context())
	end()
	if locked(ended, waiting) {
		t.Fatal("locked what another holds")
	}
	got := make(chan bool)
	go func() { got <- locked(t.Context(), waiting) }()
	if err := held.Close(); err != nil {
		t.Fatal(err)
	}
	if !<-got {
		t.Fatal("not locked although the other let go")
	}
}

func open(t *testing.T, path string) *os.File {
	t.Helper()
	file, err := os.OpenFile(path, os.O_CREATE|os.O_RDWR, 0o600)
	if err != nil {
		t.Fatal(err)
	}
	t.Cleanup(func() { _ = file.Close() }) // closing twice is no harm here
	return file
}

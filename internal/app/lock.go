package app

import (
	"context"
	"errors"
	"io/fs"
	"os"
	"path/filepath"
	"strings"
	"time"

	"golang.org/x/sys/unix"

	"earshot/internal/domain"
	"earshot/internal/store"
)

// lockPatience is how long the lock of a killed process may outlive it: a child that it was just starting holds the lock
// until it becomes another program.
const lockPatience = 3 * time.Second

// lock makes sure that one process uses the data folder, and gives the node's name, which stays with the folder: by it the
// jobs that a killed process left are known at the next start.
func (a *App) lock(ctx context.Context) (node string, err error) {
	file, err := os.OpenFile(filepath.Join(a.Config.DataDir, "lock"), os.O_CREATE|os.O_RDWR, 0o600)
	if err != nil {
		return "", err
	}
	a.closers = append(a.closers, file.Close)
	if !locked(ctx, file) {
		return "", domain.Errorf(domain.KindConflict, "data_dir_in_use", "another Earshot uses the data folder %s; stop it, or set EARSHOT_DATA_DIR to another folder", a.Config.DataDir)
	}
	return nodeName(filepath.Join(a.Config.DataDir, "node"))
}

// locked tries for a while to lock the file.
func locked(ctx context.Context, file *os.File) bool {
	ctx, cancel := context.WithTimeout(ctx, lockPatience)
	defer cancel()
	for unix.Flock(int(file.Fd()), unix.LOCK_EX|unix.LOCK_NB) != nil {
		select {
		case <-ctx.Done():
			return false
		case <-time.After(20 * time.Millisecond):
		}
	}
	return true
}

func nodeName(path string) (string, error) {
	data, err := os.ReadFile(path)
	if err == nil && len(strings.TrimSpace(string(data))) > 0 {
		return strings.TrimSpace(string(data)), nil
	}
	if err != nil && !errors.Is(err, fs.ErrNotExist) {
		return "", err
	}
	node := store.NewID()
	return node, os.WriteFile(path, []byte(node+"\n"), 0o600)
}

package app

import (
	"errors"
	"io/fs"
	"os"
	"path/filepath"
	"strings"

	"golang.org/x/sys/unix"

	"earshot/internal/domain"
	"earshot/internal/store"
)

// lock makes sure that one process uses the data folder, and gives the node's name, which stays with the folder: by it the
// jobs that a killed process left are known at the next start.
func (a *App) lock() (node string, err error) {
	file, err := os.OpenFile(filepath.Join(a.Config.DataDir, "lock"), os.O_CREATE|os.O_RDWR, 0o600)
	if err != nil {
		return "", err
	}
	a.closers = append(a.closers, file.Close)
	if err := unix.Flock(int(file.Fd()), unix.LOCK_EX|unix.LOCK_NB); err != nil {
		return "", domain.Errorf(domain.KindConflict, "data_dir_in_use", "another Earshot uses the data folder %s; stop it, or set EARSHOT_DATA_DIR to another folder", a.Config.DataDir)
	}
	return nodeName(filepath.Join(a.Config.DataDir, "node"))
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

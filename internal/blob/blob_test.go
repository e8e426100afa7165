package blob

import (
	"context"
	"errors"
	"io"
	"os"
	"path/filepath"
	"strings"
	"testing"
	"testing/iotest"

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

func TestOpenSweepsUnfinishedWrites(t *testing.T) {
	t.Parallel()
	dir := t.TempDir()
	if err := os.MkdirAll(filepath.Join(dir, "recordings"), 0o700); err != nil {
		t.Fatal(err)
	}
	if err := os.WriteFile(filepath.Join(dir, "recordings", "fileblob123"), []byte("half"), 0o600); err != nil {
		t.Fatal(err)
	}
	open(t, dir)
	assertFiles(t, dir, 0)
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

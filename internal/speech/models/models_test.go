package models

import (
	"context"
	"os"
	"path/filepath"
	"testing"

	"earshot/internal/domain"
)

func quiet(string, int64, int64) {}

// unpacked makes a folder like an unpacked wheel, with a file that is not wanted.
func unpacked(t *testing.T, leaveOut string) string {
	t.Helper()
	dir := t.TempDir()
	for _, name := range append([]string{"moonshine_voice/utils.py", "moonshine_voice.libs/libonnxruntime.so.1"}, needed...) {
		if name == leaveOut {
			continue
		}
		path := filepath.Join(dir, name)
		if err := os.MkdirAll(filepath.Dir(path), 0o755); err != nil {
			t.Fatal(err)
		}
		if err := os.WriteFile(path, []byte(name), 0o600); err != nil {
			t.Fatal(err)
		}
	}
	return dir
}

func TestAddListAndDamage(t *testing.T) {
	t.Parallel()
	data := t.TempDir()
	if _, ok := Find(data); ok {
		t.Fatal("found before it was installed")
	}
	for range 2 { // installing again replaces
		if _, err := Add(context.Background(), data, unpacked(t, ""), quiet); err != nil {
			t.Fatal(err)
		}
	}
	dir, ok := Find(data)
	if !ok {
		t.Fatal("not found")
	}
	if _, err := os.Stat(filepath.Join(dir, "moonshine_voice", "utils.py")); err == nil {
		t.Error("what is not wanted was installed")
	}
	list, err := List(data)
	if err != nil || len(list) != 1 || list[0].Problem != "" {
		t.Fatalf("List = %+v, %v", list, err)
	}
	if err := os.WriteFile(filepath.Join(dir, needed[1]), []byte("changed"), 0o600); err != nil {
		t.Fatal(err)
	}
	if list, err := List(data); err != nil || list[0].Problem == "" {
		t.Errorf("a changed model was not noticed: %+v, %v", list, err)
	}
	left, err := os.ReadDir(filepath.Join(data, "models"))
	if err != nil || len(left) != 1 {
		t.Errorf("left behind: %v, %v", left, err)
	}
}

func TestWhatIsNoEngineIsRefused(t *testing.T) {
	t.Parallel()
	wheel := filepath.Join(t.TempDir(), "other.whl")
	if err := os.WriteFile(wheel, []byte("PK"), 0o600); err != nil {
		t.Fatal(err)
	}
	for path, want := range map[string]string{wheel: "wrong_checksum", unpacked(t, needed[0]): "incomplete_engine", "/no/such/file": "file_not_found"} {
		data := t.TempDir()
		if _, err := Add(context.Background(), data, path, quiet); domain.CodeOf(err) != want {
			t.Errorf("%s: %v, want %s", filepath.Base(path), err, want)
		}
		if _, ok := Find(data); ok {
			t.Errorf("%s: half an engine is installed", filepath.Base(path))
		}
	}
}

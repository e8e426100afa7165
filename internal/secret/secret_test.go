package secret

import (
	"bytes"
	"encoding/json"
	"fmt"
	"os"
	"path/filepath"
	"sync"
	"testing"

	"earshot/internal/domain"
)

func TestSealedValueOpensForItsRowOnly(t *testing.T) {
	t.Parallel()
	path := filepath.Join(t.TempDir(), "keys", "master.json")
	first, err := Load(path)
	if err != nil {
		t.Fatal(err)
	}
	sealed, err := first.Seal([]byte("token"), "row-1")
	if err != nil {
		t.Fatal(err)
	}
	again, err := Load(path)
	if err != nil {
		t.Fatal(err)
	}
	if plain, err := again.Open(sealed, "row-1"); err != nil || !bytes.Equal(plain, []byte("token")) {
		t.Fatalf("Open = %q, %v", plain, err)
	}
	if _, err := again.Open(sealed, "row-2"); domain.CodeOf(err) != "cannot_unseal" {
		t.Fatalf("a copied value opened for another row: %v", err)
	}
	info, err := os.Stat(path)
	if err != nil || info.Mode().Perm() != 0o600 {
		t.Fatalf("mode of the key file = %v, %v", info.Mode(), err)
	}
}

func TestStringNeverShows(t *testing.T) {
	t.Parallel()
	s := String("s3cret")
	js, _ := json.Marshal(map[string]any{"a": s})
	for _, shown := range []string{fmt.Sprint(s), fmt.Sprintf("%v %+v %#v %s %q", s, s, s, s, s), string(js), s.LogValue().String()} {
		if bytes.Contains([]byte(shown), []byte("s3cret")) {
			t.Errorf("shown: %s", shown)
		}
	}
}

func TestProcessesThatStartAtOnceShareTheKey(t *testing.T) {
	t.Parallel()
	path := filepath.Join(t.TempDir(), "master.json")
	keys := make([]*Keyring, 8)
	var wg sync.WaitGroup
	for i := range keys {
		wg.Go(func() {
			var err error
			if keys[i], err = Load(path); err != nil {
				t.Error(err)
			}
		})
	}
	wg.Wait()
	if t.Failed() {
		return
	}
	sealed, err := keys[0].Seal([]byte("token"), "row")
	if err != nil {
		t.Fatal(err)
	}
	for i, k := range keys {
		if _, err := k.Open(sealed, "row"); err != nil {
			t.Errorf("process %d has another key: %v", i, err)
		}
	}
	if files, _ := filepath.Glob(filepath.Join(filepath.Dir(path), ".*")); len(files) > 0 {
		t.Errorf("left behind: %v", files)
	}
}

func TestDamagedKeys(t *testing.T) {
	t.Parallel()
	path := filepath.Join(t.TempDir(), "master.json")
	for _, content := range []string{"", "{", `{"key":[]}`, "not a key"} {
		if err := os.WriteFile(path, []byte(content), 0o600); err != nil {
			t.Fatal(err)
		}
		if _, err := Load(path); domain.CodeOf(err) != "bad_key_file" {
			t.Errorf("Load of %q: %v", content, err)
		}
		if kept, err := os.ReadFile(path); err != nil || string(kept) != content {
			t.Errorf("a damaged key file was replaced by %q, %v", kept, err)
		}
		if _, err := Parse([]byte(content)); domain.CodeOf(err) != "bad_key" {
			t.Errorf("Parse of %q: %v", content, err)
		}
	}
}

func TestUnsealableValues(t *testing.T) {
	t.Parallel()
	k, err := Load(filepath.Join(t.TempDir(), "master.json"))
	if err != nil {
		t.Fatal(err)
	}
	sealed, err := k.Seal([]byte("token"), "row")
	if err != nil {
		t.Fatal(err)
	}
	for i := range sealed {
		changed := bytes.Clone(sealed)
		changed[i] ^= 1
		if _, err := k.Open(changed, "row"); domain.CodeOf(err) != "cannot_unseal" {
			t.Fatalf("with byte %d changed: %v", i, err)
		}
		if _, err := k.Open(sealed[:i], "row"); domain.CodeOf(err) != "cannot_unseal" {
			t.Fatalf("cut at %d: %v", i, err)
		}
	}
}

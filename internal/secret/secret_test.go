package secret

import (
	"bytes"
	"encoding/json"
	"fmt"
	"os"
	"path/filepath"
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

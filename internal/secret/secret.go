// Package secret keeps what must not be seen: the keyring that seals columns, and a type that never prints itself.
package secret

import (
	"bytes"
	"errors"
	"io/fs"
	"log/slog"
	"os"
	"path/filepath"

	"github.com/tink-crypto/tink-go/v2/aead"
	"github.com/tink-crypto/tink-go/v2/insecurecleartextkeyset"
	"github.com/tink-crypto/tink-go/v2/keyset"
	"github.com/tink-crypto/tink-go/v2/tink"

	"earshot/internal/domain"
)

// String is a secret that shows itself only to Reveal.
type String string

const hidden = "[hidden]"

// Reveal gives the secret itself.
func (s String) Reveal() string { return string(s) }

// String, GoString, LogValue and MarshalJSON hide it.
func (String) String() string               { return hidden }
func (String) GoString() string             { return hidden }
func (String) LogValue() slog.Value         { return slog.StringValue(hidden) }
func (String) MarshalJSON() ([]byte, error) { return []byte(`"` + hidden + `"`), nil }

// Keyring seals and opens values with AES-256-GCM keys of a Tink keyset.
type Keyring struct{ primitive tink.AEAD }

// Load reads the keyset at path; the first time it makes one that only its owner can read.
func Load(path string) (*Keyring, error) {
	data, err := os.ReadFile(path)
	if errors.Is(err, fs.ErrNotExist) {
		return create(path)
	}
	if err != nil {
		return nil, err
	}
	handle, err := insecurecleartextkeyset.Read(keyset.NewJSONReader(bytes.NewReader(data)))
	if err != nil {
		return nil, domain.Errorf(domain.KindInvalid, "bad_key_file", "the master key file %s cannot be read; restore it from a backup, for without it the stored credentials are lost", path)
	}
	return open(handle)
}

func create(path string) (*Keyring, error) {
	handle, err := keyset.NewHandle(aead.AES256GCMKeyTemplate())
	if err != nil {
		return nil, err
	}
	var buf bytes.Buffer
	if err := insecurecleartextkeyset.Write(handle, keyset.NewJSONWriter(&buf)); err != nil {
		return nil, err
	}
	if err := os.MkdirAll(filepath.Dir(path), 0o700); err != nil {
		return nil, err
	}
	if err := os.WriteFile(path, buf.Bytes(), 0o600); err != nil {
		return nil, err
	}
	return open(handle)
}

func open(handle *keyset.Handle) (*Keyring, error) {
	primitive, err := aead.New(handle)
	if err != nil {
		return nil, err
	}
	return &Keyring{primitive}, nil
}

// Seal encrypts for one row; the sealed value opens with the same row id only.
func (k *Keyring) Seal(plain []byte, rowID string) ([]byte, error) {
	return k.primitive.Encrypt(plain, []byte(rowID))
}

// Open decrypts what Seal made for the row.
func (k *Keyring) Open(sealed []byte, rowID string) ([]byte, error) {
	plain, err := k.primitive.Decrypt(sealed, []byte(rowID))
	if err != nil {
		return nil, domain.Errorf(domain.KindPermanent, "cannot_unseal", "a stored secret cannot be opened with this master key; use the key it was stored with, or enter the credential again")
	}
	return plain, nil
}

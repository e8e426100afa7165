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
		if err = create(path); err == nil {
			data, err = os.ReadFile(path)
		}
	}
	if err != nil {
		return nil, &domain.Error{Kind: domain.KindInvalid, Code: "key_file", Message: "the master key file " + path + " cannot be read or made; check its rights", Err: err}
	}
	k, err := Parse(data)
	if err != nil {
		return nil, domain.Errorf(domain.KindInvalid, "bad_key_file", "the master key file %s is damaged; restore it from a backup, for without it the stored credentials are lost", path)
	}
	return k, nil
}

// Parse reads a keyset from its JSON, as Load writes it, such as the value of an environment variable.
func Parse(data []byte) (*Keyring, error) {
	handle, err := insecurecleartextkeyset.Read(keyset.NewJSONReader(bytes.NewReader(data)))
	if err != nil {
		return nil, domain.Errorf(domain.KindInvalid, "bad_key", "the master key is not a Tink keyset in JSON; use the content of a master key file that Earshot made")
	}
	return open(handle)
}

// create makes a keyset under another name and links it into place whole: a key file is never half written, and of two
// processes that start at once both use the same key.
func create(path string) error {
	handle, err := keyset.NewHandle(aead.AES256GCMKeyTemplate())
	if err != nil {
		return err
	}
	if err := os.MkdirAll(filepath.Dir(path), 0o700); err != nil {
		return err
	}
	file, err := os.CreateTemp(filepath.Dir(path), ".key-*") // mode 0600
	if err != nil {
		return err
	}
	defer os.Remove(file.Name())
	err = insecurecleartextkeyset.Write(handle, keyset.NewJSONWriter(file))
	if err = errors.Join(err, file.Sync(), file.Close()); err != nil {
		return err
	}
	if err := os.Link(file.Name(), path); !errors.Is(err, fs.ErrExist) {
		return err
	}
	return nil
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

// Package blob keeps recordings and waveforms in a folder or an object store, behind one address.
package blob

import (
	"context"
	"crypto/sha256"
	"encoding/hex"
	"errors"
	"fmt"
	"io"
	"net/url"
	"os"
	"path/filepath"
	"regexp"

	"gocloud.dev/blob"
	_ "gocloud.dev/blob/fileblob" // file://
	_ "gocloud.dev/blob/s3blob"   // s3://
	"gocloud.dev/gcerrors"

	"earshot/internal/domain"
)

// Store is safe for concurrent use.
type Store struct {
	bucket *blob.Bucket
	dir    string // of a store in a folder; empty for others
}

// Object is what is kept under a key.
type Object struct {
	Key         string
	SHA256      string
	Size        int64
	ContentType string
}

// OpenDir opens, or makes, a store in a folder. Only one process may use it.
func OpenDir(ctx context.Context, dir string) (*Store, error) {
	dir, err := filepath.Abs(dir)
	if err == nil {
		err = os.MkdirAll(dir, 0o700)
	}
	if err != nil {
		return nil, openError(err)
	}
	// Unfinished writes lie beside the finished ones, where sweep finds them, rather than in the machine's temporary folder.
	query := url.Values{"no_tmp_dir": {"true"}, "metadata": {"skip"}, "dir_file_mode": {"0700"}}
	bucket, err := blob.OpenBucket(ctx, (&url.URL{Scheme: "file", Path: dir, RawQuery: query.Encode()}).String())
	if err != nil {
		return nil, openError(err)
	}
	s := &Store{bucket: bucket, dir: dir}
	if err := s.sweep(); err != nil {
		return nil, errors.Join(openError(err), bucket.Close())
	}
	return s, nil
}

// Open opens the store at an address: file:///folder or s3://bucket?region=…. An object store shows nothing of an unfinished
// write; a rule on the bucket that aborts incomplete multipart uploads frees their space.
func Open(ctx context.Context, address string) (*Store, error) {
	if u, err := url.Parse(address); err == nil && u.Scheme == "file" {
		if u.Path == "" || u.Host != "" && u.Host != "localhost" {
			return nil, openError(fmt.Errorf("%s does not name a folder, as file:///folder would", address))
		}
		return OpenDir(ctx, u.Path)
	}
	bucket, err := blob.OpenBucket(ctx, address)
	if err != nil {
		return nil, openError(err)
	}
	return &Store{bucket: bucket}, nil
}

func openError(err error) error {
	return &domain.Error{Kind: domain.KindInvalid, Code: "blob_url", Message: "the recordings' store cannot be opened; check EARSHOT_BLOB_URL, its rights and its space", Err: err}
}

// Close ends the use of the store.
func (s *Store) Close() error { return s.bucket.Close() }

// unfinished is the name that fileblob gives a file until it is written whole.
var unfinished = regexp.MustCompile(`\.[0-9a-f]{16}\.tmp$`)

// sweep removes what writes left that were killed in the middle.
func (s *Store) sweep() error {
	return filepath.WalkDir(s.dir, func(path string, d os.DirEntry, err error) error {
		if err == nil && d.Type().IsRegular() && unfinished.MatchString(d.Name()) {
			return os.Remove(path)
		}
		return err
	})
}

// Put writes r under key, replacing what was there, and gives its SHA-256 and size. Nothing is kept of a write that fails
// or is longer than limit bytes (0: no limit).
func (s *Store) Put(ctx context.Context, key, contentType string, r io.Reader, limit int64) (Object, error) {
	ctx, cancel := context.WithCancel(ctx)
	defer cancel() // a writer whose context has ended keeps nothing
	w, err := s.bucket.NewWriter(ctx, key, &blob.WriterOptions{ContentType: contentType})
	if err != nil {
		return Object{}, storageError(err)
	}
	sum := sha256.New()
	source := r
	if limit > 0 {
		source = io.LimitReader(r, limit+1)
	}
	n, err := io.Copy(&failWriter{w: io.MultiWriter(w, sum)}, source)
	if err == nil && limit > 0 && n > limit {
		err = domain.Errorf(domain.KindTooLarge, string(domain.RecordingTooLarge), "the recording is larger than %d MB", limit>>20)
	}
	if err != nil {
		cancel()
		_ = w.Close() // the cause is err
		return Object{}, err
	}
	if err := w.Close(); err != nil {
		return Object{}, storageError(err)
	}
	return Object{key, hex.EncodeToString(sum.Sum(nil)), n, contentType}, nil
}

// failWriter marks errors of writing as the store's, to tell them from errors of reading.
type failWriter struct{ w io.Writer }

func (f *failWriter) Write(p []byte) (int, error) {
	n, err := f.w.Write(p)
	if err != nil {
		err = storageError(err)
	}
	return n, err
}

// Get opens what is kept under key; it can seek.
func (s *Store) Get(ctx context.Context, key string) (io.ReadSeekCloser, error) {
	r, err := s.bucket.NewReader(ctx, key, nil)
	if err != nil {
		return nil, storageError(err)
	}
	return r, nil
}

// Delete removes what is kept under key, if anything.
func (s *Store) Delete(ctx context.Context, key string) error {
	if err := s.bucket.Delete(ctx, key); err != nil && gcerrors.Code(err) != gcerrors.NotFound {
		return storageError(err)
	}
	return nil
}

// Keys lists the keys that begin with prefix; of what is being written, none.
func (s *Store) Keys(ctx context.Context, prefix string) ([]string, error) {
	var keys []string
	it := s.bucket.List(&blob.ListOptions{Prefix: prefix})
	for {
		object, err := it.Next(ctx)
		if errors.Is(err, io.EOF) {
			return keys, nil
		}
		if err != nil {
			return nil, storageError(err)
		}
		if s.dir == "" || !unfinished.MatchString(object.Key) {
			keys = append(keys, object.Key)
		}
	}
}

// plainKey needs no escaping to be a path in a folder.
var plainKey = regexp.MustCompile(`^[A-Za-z0-9_-][A-Za-z0-9_.-]*(/[A-Za-z0-9_-][A-Za-z0-9_.-]*)*$`)

// Local gives a file with the content of key, for programs that need one: the file of a store in a folder itself, which is
// not to be changed, else a copy. done ends its use.
func (s *Store) Local(ctx context.Context, key string) (path string, done func(), err error) {
	if s.dir != "" && plainKey.MatchString(key) {
		path = filepath.Join(s.dir, filepath.FromSlash(key))
		if _, err := os.Stat(path); err == nil {
			return path, func() {}, nil
		}
	}
	return s.copied(ctx, key)
}

func (s *Store) copied(ctx context.Context, key string) (path string, done func(), err error) {
	r, err := s.Get(ctx, key)
	if err != nil {
		return "", nil, err
	}
	defer r.Close()
	file, err := os.CreateTemp("", "earshot-*")
	if err != nil {
		return "", nil, storageError(err)
	}
	done = func() { _ = os.Remove(file.Name()) } // the system clears its temporary folder
	_, err = io.Copy(file, r)
	if err = errors.Join(err, file.Close()); err != nil {
		done()
		return "", nil, storageError(err)
	}
	return file.Name(), done, nil
}

func storageError(err error) error {
	if gcerrors.Code(err) == gcerrors.NotFound {
		return &domain.Error{Kind: domain.KindNotFound, Code: string(domain.StorageError), Message: "the file is not in the recordings' store", Err: err}
	}
	return &domain.Error{Kind: domain.KindTemporary, Code: string(domain.StorageError), Message: "the recordings' store could not be written or read; check its space and rights", Err: err}
}

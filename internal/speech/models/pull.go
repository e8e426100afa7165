package models

import (
	"cmp"
	"context"
	"errors"
	"fmt"
	"io"
	"net/http"
	"os"
	"path/filepath"
	"strings"
	"time"

	"earshot/internal/domain"
	"earshot/internal/speech/remote"
)

// pullTries of one file: a line that breaks is taken up where it broke.
const pullTries = 5

// stall is how long a server may take to begin its answer.
const stall = time.Minute

// puller downloads one model.
type puller struct {
	client   *http.Client
	base     string
	dir      string
	progress Progress
	done     int64 // bytes of files before the current one
	total    int64
}

// PullWeights downloads a model of the catalogue, goes on where an earlier pull was broken off, checks and installs it. from is the
// download address; empty: the maker's.
func PullWeights(ctx context.Context, dataDir, name, from string, progress Progress) (Model, error) {
	return pullWeights(ctx, Catalogue(), dataDir, name, from, progress)
}

func pullWeights(ctx context.Context, catalogue []Weights, dataDir, name, from string, progress Progress) (Model, error) {
	w, err := lookup(catalogue, name)
	if err != nil {
		return Model{}, err
	}
	base, err := remote.CheckURL(cmp.Or(from, DownloadURL), true)
	if err != nil {
		return Model{}, domain.Errorf(domain.KindInvalid, "bad_base_url", "the download address must begin with https://")
	}
	dir := partsDir(dataDir, w.Name)
	if err := os.MkdirAll(dir, 0o755); err != nil {
		return Model{}, err
	}
	transport := remote.Transport(base, true)
	transport.ResponseHeaderTimeout = stall
	defer transport.CloseIdleConnections()
	p := &puller{client: &http.Client{Transport: transport, CheckRedirect: func(*http.Request, []*http.Request) error { return http.ErrUseLastResponse }}, base: base.String() + "/" + w.path, dir: dir, progress: progress, total: w.Size()}
	for _, f := range w.files {
		if err := p.file(ctx, f); err != nil {
			return Model{}, err
		}
		p.done += f.size
	}
	return install(w, dataDir, progress)
}

// file downloads one, unless it is whole already.
func (p *puller) file(ctx context.Context, f pinned) error {
	path := filepath.Join(p.dir, f.name)
	if sizeOf(path) > f.size {
		if err := os.Remove(path); err != nil {
			return err
		}
	}
	var err error
	for try := 0; sizeOf(path) < f.size; try++ {
		if try == pullTries {
			return p.failed(f, err)
		}
		if err = p.part(ctx, f, path); err != nil {
			var known *domain.Error
			if errors.As(err, &known) || ctx.Err() != nil {
				return err
			}
		}
	}
	return verifyOrRemove(path, f)
}

// verifyOrRemove checks a file as soon as it is there: the others need not be downloaded for nothing.
func verifyOrRemove(path string, f pinned) error {
	err := verify(path, f)
	if err != nil {
		return errors.Join(err, os.Remove(path))
	}
	return nil
}

func (p *puller) failed(f pinned, cause error) error {
	return &domain.Error{Kind: domain.KindTemporary, Code: "pull_failed", Err: cause,
		Message: f.name + " could not be downloaded from " + p.base + "; run the command again to go on where it broke off. Without a network: bring the files in a folder and run: earshot models add FOLDER"}
}

// part asks for what is missing of a file and appends it.
func (p *puller) part(ctx context.Context, f pinned, path string) error {
	have := sizeOf(path)
	req, err := http.NewRequestWithContext(ctx, http.MethodGet, p.base+"/"+f.name, nil)
	if err != nil {
		return err
	}
	if have > 0 {
		req.Header.Set("Range", fmt.Sprintf("bytes=%d-", have))
	}
	resp, err := p.client.Do(req)
	if err != nil {
		return err
	}
	defer resp.Body.Close()
	switch resp.StatusCode {
	case http.StatusOK:
		have = 0 // it does not know ranges, or the file is new
	case http.StatusPartialContent:
		if !strings.HasPrefix(resp.Header.Get("Content-Range"), fmt.Sprintf("bytes %d-", have)) {
			return errors.Join(errors.New("the server sent another range than was asked"), os.Remove(path))
		}
	case http.StatusRequestedRangeNotSatisfiable:
		return errors.Join(errors.New("the server's file is shorter"), os.Remove(path))
	case http.StatusNotFound, http.StatusForbidden, http.StatusGone:
		return domain.Errorf(domain.KindNotFound, "not_published", "%s/%s is not there (status %d). Check the address; a mirror is named with --from", p.base, f.name, resp.StatusCode)
	default:
		return fmt.Errorf("status %d", resp.StatusCode)
	}
	return p.write(resp.Body, f, path, have)
}

func (p *puller) write(body io.Reader, f pinned, path string, have int64) error {
	out, err := os.OpenFile(path, os.O_CREATE|os.O_WRONLY, 0o644)
	if err != nil {
		return err
	}
	if err := errors.Join(out.Truncate(have), seek(out, have)); err != nil {
		return errors.Join(err, out.Close())
	}
	// One byte more than there may be shows a file that is too long.
	_, err = io.Copy(out, &counted{io.LimitReader(body, f.size-have+1), have, func(n int64) { p.progress("downloading "+f.name, p.done+n, p.total) }})
	return errors.Join(err, out.Close())
}

func seek(f *os.File, at int64) error {
	_, err := f.Seek(at, io.SeekStart)
	return err
}

// counted tells how much was read, at most every percent or so.
type counted struct {
	io.Reader
	n    int64
	tell func(int64)
}

const tellEvery = 1 << 20

// Read is io.Reader's.
func (c *counted) Read(b []byte) (int, error) {
	n, err := c.Reader.Read(b)
	if before := c.n; before/tellEvery != (before+int64(n))/tellEvery {
		c.tell(before + int64(n))
	}
	c.n += int64(n)
	return n, err
}

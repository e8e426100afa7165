package provider

import (
	"context"
	"errors"
	"io"
	"slices"
	"strings"
	"time"

	"earshot/internal/domain"
)

// CodeLinkExpired is the code of a KindGone error of OpenRecording for a link that was valid once: the call gives a fresh one.
const CodeLinkExpired = "link_expired"

// Of one download.
const (
	stallTimeout    = time.Minute // without a byte
	downloadTimeout = time.Hour
)

// Fetch opens a recording; a link that has expired is renewed once. What is no audio is an error, not a recording.
// Reading gives KindTooLarge beyond maxBytes (0: no limit) and KindTemporary where the download was cut short.
// The caller closes the reader.
func (c *Connector) Fetch(ctx context.Context, ref domain.RecordingRef, maxBytes int64) (io.ReadCloser, RecordingInfo, error) {
	ctx, cancel := context.WithTimeout(ctx, downloadTimeout)
	o, err := c.open(ctx, ref)
	if domain.CodeOf(err) == CodeLinkExpired {
		var call domain.ProviderCall
		if ref, call, err = c.renew(ctx, ref); err == nil {
			o, err = c.open(ctx, ref)
		}
		if domain.CodeOf(err) == CodeLinkExpired && c.mayStillCome(call) {
			err = &domain.Error{Kind: domain.KindNotReady, Code: string(domain.RecordingNotReady), RetryAt: c.now().Add(notReadyPause), Message: c.info.Name + " lists the recording but does not give it yet"}
		}
		if domain.CodeOf(err) == CodeLinkExpired {
			err = domain.Errorf(domain.KindGone, string(domain.RecordingGone), "%s refuses a fresh link to the recording of call %s too; it was deleted, or the key may not read it", c.info.Name, ref.ProviderCallID)
		}
	}
	if err != nil {
		cancel()
		return nil, o.info, err
	}
	if err := c.acceptable(o.info, maxBytes); err != nil {
		o.body.Close()
		cancel()
		return nil, o.info, err
	}
	return newDownload(c, o, maxBytes, cancel), o.info, nil
}

type opened struct {
	body io.ReadCloser
	info RecordingInfo
}

func (c *Connector) open(ctx context.Context, ref domain.RecordingRef) (opened, error) {
	return attempt(ctx, c, func(ctx context.Context) (o opened, err error) {
		o.body, o.info, err = c.driver.OpenRecording(ctx, ref)
		return o, err
	})
}

// notReadyPause is how long to leave a recording that is listed but not given.
const notReadyPause = 5 * time.Minute

// mayStillCome tells that the call is not over for as long as recordings of this provider can be late.
func (c *Connector) mayStillCome(call domain.ProviderCall) bool {
	delays := c.info.Abilities.RecordingDelays
	return call.Ended() && len(delays) > 0 && c.now().Before(call.EndedAt.Add(delays[len(delays)-1]))
}

// renew asks the call for a fresh link to the same recording.
func (c *Connector) renew(ctx context.Context, ref domain.RecordingRef) (domain.RecordingRef, domain.ProviderCall, error) {
	call, err := c.GetCall(ctx, ref.ProviderCallID, time.Time{})
	if err != nil {
		return ref, call, err
	}
	i := slices.IndexFunc(call.Recordings, func(r domain.RecordingRef) bool { return r.ID == ref.ID })
	switch {
	case i >= 0:
		return call.Recordings[i], call, nil
	case call.Recording == domain.RecordingPending:
		return ref, call, domain.Errorf(domain.KindNotReady, string(domain.RecordingNotReady), "%s has not finished the recording of call %s yet", c.info.Name, ref.ProviderCallID)
	default:
		return ref, call, domain.Errorf(domain.KindGone, string(domain.RecordingGone), "%s no longer has the recording of call %s", c.info.Name, ref.ProviderCallID)
	}
}

func (c *Connector) acceptable(info RecordingInfo, maxBytes int64) error {
	if maxBytes > 0 && info.Size > maxBytes {
		return tooLarge(maxBytes)
	}
	kind, _, _ := strings.Cut(strings.ToLower(info.ContentType), ";")
	if kind = strings.TrimSpace(kind); strings.HasPrefix(kind, "text/") || strings.HasSuffix(kind, "/json") || strings.HasSuffix(kind, "/xml") {
		return domain.Errorf(domain.KindTemporary, "not_audio", "%s sent %s instead of audio; it is tried again", c.info.Name, kind)
	}
	return nil
}

func tooLarge(maxBytes int64) error {
	return domain.Errorf(domain.KindTooLarge, string(domain.RecordingTooLarge), "the recording is larger than the %d bytes that this installation takes", maxBytes)
}

// download counts what comes and does not wait for ever for more.
type download struct {
	c      *Connector
	body   io.ReadCloser
	size   int64 // -1: not known
	limit  int64 // 0: none
	got    int64
	stall  *time.Timer
	cancel context.CancelFunc
}

func newDownload(c *Connector, o opened, limit int64, cancel context.CancelFunc) *download {
	return &download{c: c, body: o.body, size: o.info.Size, limit: limit, cancel: cancel, stall: time.AfterFunc(stallTimeout, cancel)}
}

// Read is io.Reader's.
func (d *download) Read(p []byte) (int, error) {
	n, err := d.body.Read(p)
	d.got += int64(n)
	d.stall.Reset(stallTimeout)
	switch {
	case d.limit > 0 && d.got > d.limit:
		return 0, tooLarge(d.limit)
	case err == io.EOF && (d.got == 0 || d.size >= 0 && d.got < d.size), err != nil && err != io.EOF:
		return n, d.cutShort(err)
	default:
		return n, err
	}
}

func (d *download) cutShort(err error) error {
	if errors.Is(err, io.EOF) {
		err = io.ErrUnexpectedEOF
	}
	e := &domain.Error{Kind: domain.KindTemporary, Code: "download_cut_short", Err: err}
	e.Message = "the download of the recording broke off; it is tried again"
	return d.c.redactor.clean(e)
}

// Close is io.Closer's.
func (d *download) Close() error {
	d.stall.Stop()
	err := d.body.Close()
	d.cancel()
	return err
}

package ringcentral

import (
	"context"
	"errors"
	"io"
	"net/http"
	"net/url"
	"strings"
	"time"

	"earshot/internal/domain"
	"earshot/internal/provider"
)

// recordingDelays says when to look again for a recording that is late, counted from the end of the call. RingCentral names no time;
// there is no event for it.
func recordingDelays() []time.Duration {
	return []time.Duration{time.Minute, 3 * time.Minute, 10 * time.Minute, 30 * time.Minute, time.Hour, 3 * time.Hour, recordingSettled}
}

const (
	recordingSettled = 6 * time.Hour
	minRecorded      = 30 * time.Second // shorter recordings are not kept (Call Recordings guide)
)

// addRecordings takes the recordings of all legs, each once, in order of time. Without one it depends on whether there can be one yet.
func (s session) addRecordings(out *domain.ProviderCall, at time.Time) {
	short, seen := false, map[ident]bool{}
	take := func(r *recording) {
		if r != nil && r.ID != "" && r.ContentURI != "" && !seen[r.ID] {
			seen[r.ID] = true
			out.Recordings = append(out.Recordings, domain.RecordingRef{ProviderCallID: out.ID, ID: string(r.ID), URL: r.ContentURI})
		}
	}
	for _, l := range s.legs() {
		take(l.Recording)
		short = short || l.ShortRecording
	}
	for _, r := range s {
		take(r.Recording)
		short = short || r.ShortRecording
	}
	switch {
	case !out.Ended():
		out.Recording, out.Recordings = domain.RecordingPending, nil
	case len(out.Recordings) > 0:
		out.Recording = domain.RecordingReady
	case short || out.AnsweredAt.IsZero() || out.TalkTime() < minRecorded || !at.Before(out.EndedAt.Add(recordingSettled)):
		out.Recording = domain.RecordingNone
	default:
		out.Recording = domain.RecordingPending
	}
}

// OpenRecording downloads from the media host, with the token. What is listed but not there yet, or not any more, is told by asking the
// call log anew.
func (d *driver) OpenRecording(ctx context.Context, ref domain.RecordingRef) (io.ReadCloser, provider.RecordingInfo, error) {
	none := provider.RecordingInfo{Size: -1}
	if ref.URL == "" {
		return nil, none, domain.Errorf(domain.KindGone, provider.CodeLinkExpired, "the address of the recording is not known any more")
	}
	req, err := http.NewRequestWithContext(ctx, http.MethodGet, ref.URL, nil)
	if err != nil {
		return nil, none, domain.Errorf(domain.KindPermanent, "bad_link", "what RingCentral gives as the recording's address is none")
	}
	resp, err := d.client.Media.Do(req)
	if err != nil {
		return nil, none, withoutURL(err)
	}
	if resp.StatusCode == http.StatusOK {
		return resp.Body, provider.RecordingInfo{ContentType: resp.Header.Get("Content-Type"), Size: resp.ContentLength}, nil
	}
	defer resp.Body.Close()
	body, _ := io.ReadAll(io.LimitReader(resp.Body, 1<<16)) // only explains
	if resp.StatusCode == http.StatusNotFound || resp.StatusCode == http.StatusGone {
		return nil, none, domain.Errorf(domain.KindGone, provider.CodeLinkExpired, "RingCentral does not give the recording %s", ref.ID)
	}
	return nil, none, problem(resp.StatusCode, body, "the recording")
}

// withoutURL takes the address out of an error of net/http: it may be signed.
func withoutURL(err error) error {
	var known *domain.Error
	if errors.As(err, &known) {
		return known
	}
	var u *url.Error
	if errors.As(err, &u) {
		err = u.Err
	}
	if errors.Is(err, context.Canceled) {
		return err
	}
	return &domain.Error{Kind: domain.KindTemporary, Message: "the recording cannot be downloaded from RingCentral at the moment", Err: errors.New(strings.TrimSpace(err.Error()))}
}

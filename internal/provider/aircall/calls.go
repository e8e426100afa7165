package aircall

import (
	"context"
	"errors"
	"fmt"
	"io"
	"net/http"
	"net/url"
	"strconv"
	"time"

	"earshot/internal/domain"
	"earshot/internal/provider"
)

// splitAbove is the size of a query from which its window is halved: below the cap, so that calls which come in while it is read do
// not push others beyond it.
const splitAbove = maxItems * 9 / 10

// span is the place in a listing: a page of the calls that start from From to To, both included, in UNIX seconds.
type span struct {
	from, to int64
	page     int
}

func (s span) cursor() provider.Cursor {
	return provider.Cursor(fmt.Sprintf("%d.%d.%d", s.from, s.to, s.page))
}

func readCursor(c provider.Cursor) (s span, err error) {
	if _, err := fmt.Sscanf(string(c), "%d.%d.%d", &s.from, &s.to, &s.page); err != nil || s.page < 1 || s.page > maxPages {
		return s, domain.Errorf(domain.KindInvalid, "", "%q is no cursor of Aircall", c)
	}
	return s, nil
}

func (s span) query() url.Values {
	q := pageQuery(s.page)
	q.Set("from", strconv.FormatInt(s.from, 10))
	q.Set("to", strconv.FormatInt(s.to, 10))
	q.Set("order", "asc")
	q.Set("fetch_contact", "true")
	return q
}

// ListCalls lists by start of the call, also those that go on. A window with too many calls for one query is read in parts;
// the page may be empty where it was only found out that it must be halved.
func (d *driver) ListCalls(ctx context.Context, w provider.Window, cursor provider.Cursor) (provider.Page, error) {
	s := span{w.From.Unix(), w.To.Unix(), 1}
	if cursor != "" {
		var err error
		if s, err = readCursor(cursor); err != nil {
			return provider.Page{}, err
		}
	}
	var a answer
	if err := d.client.get(ctx, "/v1/calls", s.query(), &a); err != nil {
		return provider.Page{}, err
	}
	if s.page == 1 && a.Meta.Total > splitAbove && s.to > s.from {
		return provider.Page{Next: span{s.from, s.from + (s.to-s.from)/2, 1}.cursor()}, nil
	}
	next, err := s.next(a.Meta.Next != "" && len(a.Calls) > 0, w.To.Unix())
	return provider.Page{Calls: d.within(a.Calls, w), Next: next}, err
}

// next is the next page, or the next part of the window. Whether Aircall's bounds are included is not documented: parts share
// the second between them, and the kernel takes each call once.
func (s span) next(more bool, end int64) (provider.Cursor, error) {
	switch {
	case more && s.page == maxPages:
		return "", domain.Errorf(domain.KindTemporary, "listing_grew", "more than %d calls came in while they were listed; it is tried again", maxItems)
	case more:
		return span{s.from, s.to, s.page + 1}.cursor(), nil
	case s.to < end && s.from == s.to:
		return span{s.to + 1, end, 1}.cursor(), nil
	case s.to < end:
		return span{s.to, end, 1}.cursor(), nil
	default:
		return "", nil
	}
}

// within keeps to the window's own bounds. Aircall's times are whole seconds: a call of the second in which the window
// begins may have started after it.
func (d *driver) within(calls []call, w provider.Window) []domain.ProviderCall {
	now := d.client.Now()
	out := make([]domain.ProviderCall, 0, len(calls))
	for _, c := range calls {
		if c.ID != 0 && !c.StartedAt.Before(w.From.Truncate(time.Second)) && c.StartedAt.Time.Before(w.To) {
			out = append(out, c.convert(now, d.client.region()))
		}
	}
	return out
}

// GetCall reads one call with fresh links.
func (d *driver) GetCall(ctx context.Context, id string) (domain.ProviderCall, error) {
	if n, err := strconv.ParseUint(id, 10, 63); err != nil || n == 0 {
		return domain.ProviderCall{}, domain.Errorf(domain.KindNotFound, "", "%q is no call id of Aircall, which are numbers", id)
	}
	var a answer
	if err := d.client.get(ctx, "/v1/calls/"+id, url.Values{"fetch_contact": {"true"}}, &a); err != nil {
		return domain.ProviderCall{}, err
	}
	if a.Call.V.ID.String() != id {
		return domain.ProviderCall{}, domain.Errorf(domain.KindTemporary, "", "Aircall's answer about call %s could not be read", id)
	}
	return a.Call.V.convert(d.client.Now(), d.client.region()), nil
}

// OpenRecording downloads from the link, which needs no credential and lives for an hour. Without a link, and with one that is
// refused, the call has to be read again.
func (d *driver) OpenRecording(ctx context.Context, ref domain.RecordingRef) (io.ReadCloser, provider.RecordingInfo, error) {
	info := provider.RecordingInfo{Size: -1}
	if ref.URL == "" {
		return nil, info, domain.Errorf(domain.KindGone, provider.CodeLinkExpired, "the link to the recording is not known any more")
	}
	req, err := http.NewRequestWithContext(ctx, http.MethodGet, ref.URL, nil)
	if err != nil {
		return nil, info, domain.Errorf(domain.KindPermanent, "bad_link", "what Aircall gives as the recording's address is none")
	}
	resp, err := d.client.Media.Do(req)
	if err != nil {
		return nil, info, withoutURL(err)
	}
	if resp.StatusCode == http.StatusOK {
		return resp.Body, provider.RecordingInfo{ContentType: resp.Header.Get("Content-Type"), Size: resp.ContentLength}, nil
	}
	resp.Body.Close()
	switch resp.StatusCode {
	case http.StatusUnauthorized, http.StatusForbidden, http.StatusNotFound, http.StatusGone:
		return nil, info, domain.Errorf(domain.KindGone, provider.CodeLinkExpired, "the link to the recording has expired (%d)", resp.StatusCode)
	default:
		return nil, info, domain.Errorf(domain.KindTemporary, "", "the recording could not be downloaded (%d)", resp.StatusCode)
	}
}

// withoutURL drops the address, which is signed: whoever has it can listen.
func withoutURL(err error) error {
	var in *url.Error
	if errors.As(err, &in) {
		err = in.Err
	}
	return unreachable(err)
}

package aircall

import (
	"context"
	"fmt"
	"io"
	"net/http"
	"net/url"
	"strconv"
	"time"

	"earshot/internal/domain"
	"earshot/internal/provider"
)

// Aircall gives at most 50 calls a page and 10,000 a query whatever the page; a window with more is halved.
const (
	perPage  = 50
	maxItems = 10_000
)

type meta struct {
	Total int     `json:"total"`
	Next  *string `json:"next_page_link"`
}

// ListCalls lists by start of the call; the cursor is "from.page" in UNIX seconds, since a window may be read in several queries.
func (d *driver) ListCalls(ctx context.Context, w provider.Window, cursor provider.Cursor) (provider.Page, error) {
	from, to, page := w.From.Unix(), w.To.Unix(), 1
	if cursor != "" {
		if _, err := fmt.Sscanf(string(cursor), "%d.%d.%d", &from, &to, &page); err != nil {
			return provider.Page{}, domain.Errorf(domain.KindInvalid, "", "%q is no cursor of Aircall", cursor)
		}
	}
	var answer struct {
		Calls []call `json:"calls"`
		Meta  meta   `json:"meta"`
	}
	query := url.Values{"from": {strconv.FormatInt(from, 10)}, "to": {strconv.FormatInt(to, 10)}, "order": {"asc"}, "per_page": {strconv.Itoa(perPage)}, "page": {strconv.Itoa(page)}, "fetch_contact": {"true"}}
	if err := d.client.get(ctx, "/v1/calls", query, &answer); err != nil {
		return provider.Page{}, err
	}
	if page == 1 && answer.Meta.Total > maxItems && to-from > 1 {
		return provider.Page{Next: cursorAt(from, from+(to-from)/2, 1)}, nil
	}
	return provider.Page{Calls: d.within(answer.Calls, w), Next: next(answer.Meta.Next != nil && len(answer.Calls) > 0, from, to, page, w.To.Unix())}, nil
}

func cursorAt(from, to int64, page int) provider.Cursor {
	return provider.Cursor(fmt.Sprintf("%d.%d.%d", from, to, page))
}

// next is the next page of this query, or the next part of the window. Both ends of a query count at Aircall, so parts
// overlap by a second and the kernel takes each call once.
func next(more bool, from, to int64, page int, end int64) provider.Cursor {
	switch {
	case more && page*perPage < maxItems:
		return cursorAt(from, to, page+1)
	case to < end:
		return cursorAt(to, end, 1)
	default:
		return ""
	}
}

// within keeps to the window's own bounds: Aircall counts seconds and includes the last one.
func (d *driver) within(calls []call, w provider.Window) []domain.ProviderCall {
	now := d.client.Now()
	out := make([]domain.ProviderCall, 0, len(calls))
	for _, c := range calls {
		if !c.StartedAt.Before(w.From.Truncate(time.Second)) && c.StartedAt.Time.Before(w.To) {
			out = append(out, c.convert(now, d.client.Settings["region"]))
		}
	}
	return out
}

// GetCall reads one call with fresh links.
func (d *driver) GetCall(ctx context.Context, id string) (domain.ProviderCall, error) {
	if _, err := strconv.ParseInt(id, 10, 64); err != nil {
		return domain.ProviderCall{}, domain.Errorf(domain.KindNotFound, "", "%q is no call id of Aircall, which are numbers", id)
	}
	var answer struct {
		Call call `json:"call"`
	}
	if err := d.client.get(ctx, "/v1/calls/"+id, url.Values{"fetch_contact": {"true"}}, &answer); err != nil {
		return domain.ProviderCall{}, err
	}
	return answer.Call.convert(d.client.Now(), d.client.Settings["region"]), nil
}

// OpenRecording downloads from the link, which needs no credential and lives for an hour.
func (d *driver) OpenRecording(ctx context.Context, ref domain.RecordingRef) (io.ReadCloser, provider.RecordingInfo, error) {
	req, err := http.NewRequestWithContext(ctx, http.MethodGet, ref.URL, nil)
	if err != nil || ref.URL == "" {
		return nil, provider.RecordingInfo{}, domain.Errorf(domain.KindNotReady, string(domain.RecordingNotReady), "Aircall gives no link to the recording yet")
	}
	resp, err := d.client.Media.Do(req)
	if err != nil {
		return nil, provider.RecordingInfo{}, withoutURL(unreachable(err))
	}
	info := provider.RecordingInfo{ContentType: resp.Header.Get("Content-Type"), Size: resp.ContentLength}
	if resp.StatusCode == http.StatusOK {
		return resp.Body, info, nil
	}
	resp.Body.Close()
	switch resp.StatusCode {
	case http.StatusUnauthorized, http.StatusForbidden, http.StatusNotFound, http.StatusGone:
		return nil, info, domain.Errorf(domain.KindGone, provider.CodeLinkExpired, "the link to the recording has expired (%d)", resp.StatusCode)
	default:
		return nil, info, domain.Errorf(domain.KindTemporary, "", "the recording could not be downloaded (%d)", resp.StatusCode)
	}
}

// withoutURL drops the cause, whose text holds the signed link.
func withoutURL(err error) error {
	return &domain.Error{Kind: domain.KindOf(err), Code: domain.CodeOf(err), Message: domain.MessageOf(err)}
}

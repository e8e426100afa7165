package dialpad

import (
	"bytes"
	"context"
	"io"
	"net/http"
	"net/url"
	"strings"

	"earshot/internal/domain"
	"earshot/internal/provider"
)

// OpenRecording downloads from a link, which needs the credential and leads on several times, all at Dialpad. A refusal comes as
// 401 or 403, as a redirect to the login page, or as that page with 200.
func (d *driver) OpenRecording(ctx context.Context, ref domain.RecordingRef) (io.ReadCloser, provider.RecordingInfo, error) {
	info := provider.RecordingInfo{Size: -1}
	if ref.URL == "" {
		return nil, info, domain.Errorf(domain.KindGone, provider.CodeLinkExpired, "the link to the recording is not known any more")
	}
	req, err := http.NewRequestWithContext(ctx, http.MethodGet, ref.URL, nil)
	if err != nil {
		return nil, info, domain.Errorf(domain.KindPermanent, "bad_link", "what Dialpad gives as the recording's address is none")
	}
	d.client.authorize(req)
	resp, err := d.client.Media.Do(req)
	if err != nil {
		return nil, info, unreachable(err)
	}
	info = provider.RecordingInfo{ContentType: resp.Header.Get("Content-Type"), Size: resp.ContentLength}
	if resp.StatusCode == http.StatusOK && !isPage(resp) {
		return resp.Body, info, nil
	}
	defer resp.Body.Close()
	return nil, info, d.refusal(ctx, resp, ref.URL)
}

// refusal says what an answer without audio means. A signed link may have expired; one that is not cannot. A page that does not ask
// to log in, such as one about maintenance, passes.
func (d *driver) refusal(ctx context.Context, resp *http.Response, link string) error {
	u, err := url.Parse(link)
	signed := err == nil && u.RawQuery != ""
	switch status := resp.StatusCode; {
	case status == http.StatusNotFound, status == http.StatusGone, status == http.StatusForbidden && signed:
		return domain.Errorf(domain.KindGone, provider.CodeLinkExpired, "the link to the recording is no longer valid (%d)", status)
	case status == http.StatusUnauthorized, status == http.StatusForbidden, status == http.StatusOK && isLogin(resp):
		return d.mayNotListen(ctx, status)
	case status == http.StatusOK:
		return domain.Errorf(domain.KindTemporary, "not_audio", "Dialpad sent a web page instead of audio; it is tried again")
	default:
		return domain.Errorf(domain.KindTemporary, "", "the recording could not be downloaded (%d)", status)
	}
}

// mayNotListen tells a credential that is rejected altogether from one that may not read recordings.
func (d *driver) mayNotListen(ctx context.Context, status int) error {
	if err := d.client.get(ctx, companyPath, nil, nil); domain.IsKind(err, domain.KindUnauthorized) {
		return err
	}
	return domain.Errorf(domain.KindScopeMissing, "", "Dialpad does not let this key download recordings (%d). "+fixRecordings, status)
}

const fixRecordings = "Use a key that a Company Admin made, with the scope recordings_export; if it has that already, ask Dialpad's support whether exporting recordings is switched on for your company."

// isPage tells a web page from audio.
func isPage(resp *http.Response) bool {
	kind, _, _ := strings.Cut(strings.ToLower(resp.Header.Get("Content-Type")), ";")
	kind = strings.TrimSpace(kind)
	return kind == "text/html" || kind == "application/xhtml+xml"
}

// mostOfPage is how much of a page is looked at.
const mostOfPage = 256 << 10

// isLogin tells the login page by its address, or by its asking for a password or leading to the login.
func isLogin(resp *http.Response) bool {
	if p := resp.Request.URL.Path; p == "/login" || strings.HasPrefix(p, "/login/") {
		return true
	}
	body, _ := io.ReadAll(io.LimitReader(resp.Body, mostOfPage)) // what could be read decides
	body = bytes.ToLower(body)
	for _, sign := range []string{`type="password"`, `href="/login`, `action="/login`, `"/login"`} {
		if bytes.Contains(body, []byte(sign)) {
			return true
		}
	}
	return false
}

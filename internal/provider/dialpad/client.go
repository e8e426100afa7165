package dialpad

import (
	"bytes"
	"cmp"
	"context"
	"encoding/json"
	"errors"
	"io"
	"net/http"
	"net/url"
	"strings"

	"earshot/internal/domain"
	"earshot/internal/provider"
)

const (
	apiPath     = "/api/v2"
	companyPath = "/company"
)

type client struct{ provider.Account }

// get reads path, which begins after /api/v2, with query into out.
func (c client) get(ctx context.Context, path string, query url.Values, out any) error {
	return c.do(ctx, http.MethodGet, path, query, nil, out)
}

func (c client) do(ctx context.Context, method, path string, query url.Values, in, out any) error {
	resp, err := c.send(ctx, method, path, query, in)
	if err != nil {
		return err
	}
	defer resp.Body.Close()
	body, err := io.ReadAll(resp.Body) // the kernel caps it
	if err != nil {
		return unreachable(err)
	}
	if resp.StatusCode >= 300 {
		return c.problem(resp, body, path)
	}
	if out == nil || len(body) == 0 {
		return nil
	}
	if err := json.Unmarshal(body, out); err != nil {
		return &domain.Error{Kind: domain.KindTemporary, Message: "Dialpad's answer could not be read", Err: err}
	}
	return nil
}

func (c client) send(ctx context.Context, method, path string, query url.Values, in any) (*http.Response, error) {
	var body io.Reader
	if in != nil {
		data, err := json.Marshal(in)
		if err != nil {
			return nil, err
		}
		body = bytes.NewReader(data)
	}
	address := c.BaseURL + apiPath + path
	if len(query) > 0 {
		address += "?" + query.Encode()
	}
	req, err := http.NewRequestWithContext(ctx, method, address, body)
	if err != nil {
		return nil, err
	}
	c.authorize(req)
	req.Header.Set("Accept", "application/json")
	if in != nil {
		req.Header.Set("Content-Type", "application/json")
	}
	resp, err := c.Client.Do(req)
	if err != nil {
		return nil, unreachable(err)
	}
	return resp, nil
}

// authorize shows the API key. The address could hold it too, but addresses are logged. Who signed in has a token instead,
// which the kernel shows.
func (c client) authorize(req *http.Request) {
	if c.Credential[provider.SettingKind] != KindLogin {
		req.Header.Set("Authorization", "Bearer "+c.Credential["api_key"])
	}
}

// unreachable drops the address, which may be signed.
func unreachable(err error) error {
	var in *url.Error
	if errors.As(err, &in) {
		err = in.Err
	}
	var known *domain.Error
	if errors.As(err, &known) || errors.Is(err, context.Canceled) {
		return err
	}
	return &domain.Error{Kind: domain.KindTemporary, Message: "Dialpad cannot be reached; check the address and this machine's network", Err: err}
}

// problem turns a status into a kind (developers.dialpad.com/docs/http-status-code). How errors are written is not documented:
// as JSON with one of these keys, or as text.
func (c client) problem(resp *http.Response, body []byte, path string) error {
	why := reason(resp, body)
	switch s := resp.StatusCode; {
	case s == http.StatusUnauthorized:
		return c.rejected(why)
	case s == http.StatusForbidden:
		return domain.Errorf(domain.KindScopeMissing, "", "Dialpad does not permit %s (%s); the key must be made by a Company Admin and have the scopes calls:list and recordings_export", path, why)
	case s == http.StatusNotFound:
		return domain.Errorf(domain.KindNotFound, "", "Dialpad does not know %s", path)
	case s == http.StatusGone:
		return domain.Errorf(domain.KindGone, "", "Dialpad no longer has %s", path)
	case s >= 500 || s == http.StatusRequestTimeout:
		return domain.Errorf(domain.KindTemporary, "", "Dialpad has a problem (%d: %s)", s, why)
	case s < 400:
		return domain.Errorf(domain.KindPermanent, "provider_redirects", "Dialpad's API leads to another address (%d), which is not followed; check the API address", s)
	default:
		return domain.Errorf(domain.KindInvalid, "provider_refused", "Dialpad refused the request (%d: %s)", s, why)
	}
}

func (c client) rejected(why string) error {
	if c.Credential[provider.SettingKind] == KindLogin {
		return domain.Errorf(domain.KindUnauthorized, "", "Dialpad rejects the permission (%s); press Sign in on the connector's page", why)
	}
	return domain.Errorf(domain.KindUnauthorized, "", "Dialpad rejects the API key (%s): it is wrong, has expired or was deleted; make a new one under Admin Settings > My Company > Authentication > API Keys and enter it here", why)
}

func reason(resp *http.Response, body []byte) string {
	var said struct {
		Error   struct{ Message text }
		Message text
	}
	if json.Unmarshal(body, &said) != nil {
		said.Error.Message, said.Message = "", ""
	}
	why := cmp.Or(string(said.Error.Message), string(said.Message))
	if why == "" && strings.HasPrefix(resp.Header.Get("Content-Type"), "text/plain") {
		why = strings.TrimSpace(string(body))
	}
	why = cmp.Or(why, resp.Status)
	if r := []rune(why); len(r) > 200 {
		return string(r[:200]) + "…"
	}
	return why
}

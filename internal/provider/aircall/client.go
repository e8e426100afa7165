package aircall

import (
	"bytes"
	"cmp"
	"context"
	"encoding/json"
	"errors"
	"io"
	"net/http"
	"net/url"

	"earshot/internal/domain"
	"earshot/internal/provider"
)

const pingPath = "/v1/ping"

type client struct{ provider.Account }

// get reads path with query into out.
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
		return c.problem(ctx, resp, body, path)
	}
	if out == nil || len(body) == 0 {
		return nil
	}
	if err := json.Unmarshal(body, out); err != nil {
		return &domain.Error{Kind: domain.KindTemporary, Message: "Aircall's answer could not be read", Err: err}
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
	address := c.BaseURL + path
	if len(query) > 0 {
		address += "?" + query.Encode()
	}
	req, err := http.NewRequestWithContext(ctx, method, address, body)
	if err != nil {
		return nil, err
	}
	if c.Credential[provider.SettingKind] != kindLogin { // else the kernel shows the token
		req.SetBasicAuth(c.Credential["api_id"], c.Credential["api_token"])
	}
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

func unreachable(err error) error {
	var known *domain.Error
	if errors.As(err, &known) || errors.Is(err, context.Canceled) {
		return err
	}
	return &domain.Error{Kind: domain.KindTemporary, Message: "Aircall cannot be reached; check the address and this machine's network", Err: err}
}

// problem turns a status into a kind. Aircall explains itself in one of three keys.
func (c client) problem(ctx context.Context, resp *http.Response, body []byte, path string) error {
	var said struct{ Message, Error, Troubleshoot text }
	_ = json.Unmarshal(body, &said) // an answer that is no JSON explains nothing
	why := shortened(string(cmp.Or(said.Message, said.Error, said.Troubleshoot, text(resp.Status))))
	switch s := resp.StatusCode; {
	case s == http.StatusUnauthorized || s == http.StatusForbidden:
		return c.forbidden(ctx, s, why, path)
	case s == http.StatusNotFound:
		return domain.Errorf(domain.KindNotFound, "", "Aircall does not know %s", path)
	case s == http.StatusGone:
		return domain.Errorf(domain.KindGone, "", "Aircall no longer has %s", path)
	case s >= 500 || s == http.StatusRequestTimeout:
		return domain.Errorf(domain.KindTemporary, "", "Aircall has a problem (%d: %s)", s, why)
	case s < 400:
		return domain.Errorf(domain.KindPermanent, "provider_redirects", "Aircall's API leads to another address (%d), which is not followed; check the API address", s)
	default:
		return domain.Errorf(domain.KindInvalid, "provider_refused", "Aircall refused the request (%d: %s)", s, why)
	}
}

// forbidden tells a key that is wrong from one that lacks a right: Aircall answers 403 to both, but not when pinged.
func (c client) forbidden(ctx context.Context, status int, why, path string) error {
	if path != pingPath && c.get(ctx, pingPath, nil, nil) == nil {
		return domain.Errorf(domain.KindScopeMissing, "", "the API key may not use %s (%d: %s); use a key that an admin of the company made", path, status, why)
	}
	if c.Credential[provider.SettingKind] == kindLogin {
		return domain.Errorf(domain.KindUnauthorized, provider.CodeTokenRevoked, "Aircall rejects the token (%d: %s): the app was removed from the company; press Sign in again", status, why)
	}
	return domain.Errorf(domain.KindUnauthorized, "", "Aircall rejects the API key (%d: %s); make a new one in the Dashboard under Integrations & API > API Keys and enter it here", status, why)
}

func shortened(s string) string {
	if r := []rune(s); len(r) > 200 {
		return string(r[:200]) + "…"
	}
	return s
}

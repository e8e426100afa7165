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
	"time"

	"earshot/internal/domain"
	"earshot/internal/provider"
)

// maxAnswer caps the size of one answer; 50 calls with all their fields stay far below.
const maxAnswer = 16 << 20

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
	body, err := io.ReadAll(io.LimitReader(resp.Body, maxAnswer+1))
	if err != nil {
		return unreachable(err)
	}
	if len(body) > maxAnswer {
		return domain.Errorf(domain.KindPermanent, "", "Aircall's answer is larger than %d MB", maxAnswer>>20)
	}
	if resp.StatusCode >= 300 {
		return c.problem(resp, body, path)
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
	req.SetBasicAuth(c.Credential["api_id"], c.Credential["api_token"])
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
func (c client) problem(resp *http.Response, body []byte, path string) error {
	var said struct{ Message, Error, Troubleshoot string }
	_ = json.Unmarshal(body, &said) // an answer that is no JSON explains nothing
	why := cmp.Or(said.Message, said.Error, said.Troubleshoot, resp.Status)
	switch s := resp.StatusCode; {
	case s == http.StatusUnauthorized || s == http.StatusForbidden:
		return domain.Errorf(domain.KindUnauthorized, "", "Aircall rejects the API key (%d: %s); make a new one in the Dashboard under Integrations & API > API Keys and enter it here", s, why)
	case s == http.StatusNotFound:
		return domain.Errorf(domain.KindNotFound, "", "Aircall does not know %s", path)
	case s == http.StatusTooManyRequests:
		until := rate(resp.Header).Until
		if now := c.Now(); !until.After(now) {
			until = now.Add(time.Minute)
		}
		return &domain.Error{Kind: domain.KindRateLimited, RetryAt: until, Message: "Aircall's limit of requests a minute is reached"}
	case s >= 500:
		return domain.Errorf(domain.KindTemporary, "", "Aircall has a problem (%d: %s)", s, why)
	default:
		return domain.Errorf(domain.KindInvalid, "provider_error", "Aircall refused the request (%d: %s)", s, why)
	}
}

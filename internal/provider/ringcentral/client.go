package ringcentral

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

const root = "/restapi/v1.0"

type client struct{ provider.Account }

func (c client) get(ctx context.Context, path string, query url.Values, out any) error {
	return c.do(ctx, http.MethodGet, path, query, nil, out)
}

func (c client) do(ctx context.Context, method, path string, query url.Values, in, out any) error {
	var reader io.Reader
	if in != nil {
		data, err := json.Marshal(in)
		if err != nil {
			return err
		}
		reader = bytes.NewReader(data)
	}
	address := c.BaseURL + root + path
	if len(query) > 0 {
		address += "?" + query.Encode()
	}
	req, err := http.NewRequestWithContext(ctx, method, address, reader)
	if err != nil {
		return err
	}
	req.Header.Set("Accept", "application/json")
	req.Header.Set("User-Agent", "Earshot")
	if in != nil {
		req.Header.Set("Content-Type", "application/json")
	}
	resp, err := c.Client.Do(req)
	if err != nil {
		return unreachable(err)
	}
	return read(resp, path, out)
}

func read(resp *http.Response, path string, out any) error {
	defer resp.Body.Close()
	body, err := io.ReadAll(resp.Body) // the kernel caps it
	if err != nil {
		return unreachable(err)
	}
	if resp.StatusCode >= 300 {
		return problem(resp.StatusCode, body, path)
	}
	if out == nil || len(body) == 0 {
		return nil
	}
	if err := json.Unmarshal(body, out); err != nil {
		return &domain.Error{Kind: domain.KindTemporary, Message: "RingCentral's answer could not be read", Err: err}
	}
	return nil
}

func unreachable(err error) error {
	var known *domain.Error
	if errors.As(err, &known) {
		return known // without the address that net/http puts before it
	}
	if errors.Is(err, context.Canceled) {
		return err
	}
	return &domain.Error{Kind: domain.KindTemporary, Message: "RingCentral cannot be reached; check the address and this machine's network", Err: err}
}

// refusal is the body of an error (Errors guide).
type refusal struct {
	ErrorCode      string `json:"errorCode"`
	Message        string `json:"message"`
	PermissionName string `json:"permissionName"`
	Errors         []struct {
		ErrorCode      string `json:"errorCode"`
		Message        string `json:"message"`
		PermissionName string `json:"permissionName"`
	} `json:"errors"`
}

// problem turns a status into a kind, with what RingCentral names as missing.
func problem(status int, body []byte, path string) error {
	var r refusal
	_ = json.Unmarshal(body, &r) // an answer that is no JSON explains nothing
	if len(r.Errors) > 0 {
		r.ErrorCode, r.Message, r.PermissionName = cmp.Or(r.Errors[0].ErrorCode, r.ErrorCode), cmp.Or(r.Errors[0].Message, r.Message), cmp.Or(r.Errors[0].PermissionName, r.PermissionName)
	}
	why := shortened(cmp.Or(r.Message, http.StatusText(status)))
	switch {
	case status == http.StatusUnauthorized:
		return domain.Errorf(domain.KindUnauthorized, "", "RingCentral rejects the credential (%s %s); check app and JWT, or sign in again", r.ErrorCode, why)
	case strings.HasPrefix(r.ErrorCode, "SUB-5") && status < 500 && status != http.StatusNotFound:
		return unsubscribable(r.ErrorCode, why)
	case status == http.StatusForbidden:
		return missing(r, why)
	case status == http.StatusNotFound:
		return domain.Errorf(domain.KindNotFound, "", "RingCentral does not know %s", path)
	case status == http.StatusGone:
		return domain.Errorf(domain.KindGone, "", "RingCentral no longer has %s", path)
	case status >= 500 || status == http.StatusRequestTimeout:
		return domain.Errorf(domain.KindTemporary, "", "RingCentral has a problem (%d: %s)", status, why)
	case status < 400:
		return domain.Errorf(domain.KindPermanent, "provider_redirects", "RingCentral's API leads to another address (%d), which is not followed; check the API address", status)
	default:
		return domain.Errorf(domain.KindInvalid, "provider_refused", "RingCentral refused the request (%d %s: %s)", status, r.ErrorCode, why)
	}
}

// missing says whose permission is missing: CMN-401 the app's, CMN-408 the role's of the user, CMN-402 being an administrator.
func missing(r refusal, why string) error {
	name := cmp.Or(r.PermissionName, "one that it does not name")
	switch r.ErrorCode {
	case "CMN-401":
		return domain.Errorf(domain.KindScopeMissing, "", "the app lacks the permission %s; add it in the developer console and make a new JWT or sign in again", name)
	case "CMN-408":
		return domain.Errorf(domain.KindScopeMissing, "", "the role of the user who made the JWT or signed in lacks the permission %s; give it in the Admin Portal under Users > Roles", name)
	case "CMN-402":
		return domain.Errorf(domain.KindScopeMissing, "", "the user who made the JWT or signed in is no administrator; use the JWT of one, or sign in as one")
	default:
		return domain.Errorf(domain.KindScopeMissing, "", "RingCentral forbids it (%s %s; permission %s)", r.ErrorCode, why, name)
	}
}

// unsubscribable explains the codes of the Subscription API (Errors and Webhooks guides).
func unsubscribable(code, why string) error {
	switch code {
	case "SUB-505":
		return domain.Errorf(domain.KindInvalid, "provider_refused", "this app and user have as many subscriptions as RingCentral allows (30); delete those that are not needed (SUB-505: %s)", why)
	case "SUB-508":
		return domain.Errorf(domain.KindScopeMissing, "", "RingCentral refuses the events of calls; give the app the permission CallControl (SUB-508: %s)", why)
	case "SUB-524":
		return domain.Errorf(domain.KindInvalid, "provider_refused", "RingCentral cannot make a secure connection to this server; its public address needs a certificate with the whole chain, and TLS 1.2 or later (SUB-524: %s)", why)
	case "SUB-525":
		return domain.Errorf(domain.KindInvalid, "provider_refused", "RingCentral tried out this server's public address and did not get the answer it wants within three seconds; check that the address is reached from outside, and nothing answers in its place (SUB-525: %s)", why)
	default:
		return domain.Errorf(domain.KindInvalid, "provider_refused", "RingCentral refuses the subscription to the events of calls (%s: %s)", code, why)
	}
}

func shortened(s string) string {
	if r := []rune(s); len(r) > 200 {
		return string(r[:200]) + "…"
	}
	return s
}

package amazonconnect

import (
	"context"
	"errors"
	"net/http"
	"strings"

	"github.com/aws/smithy-go"
	smithyhttp "github.com/aws/smithy-go/transport/http"

	"earshot/internal/domain"
)

// problem turns an error of the SDK into a kind. what names the operation as its IAM action does, as connect:SearchContacts.
func problem(err error, what string) error {
	if err == nil {
		return nil
	}
	var known *domain.Error
	if errors.As(err, &known) {
		return known
	}
	if errors.Is(err, context.Canceled) {
		return err
	}
	var said smithy.APIError
	if errors.As(err, &said) {
		return refusal(said, statusOf(err), what)
	}
	return &domain.Error{Kind: domain.KindTemporary, Message: "AWS cannot be reached; check region, endpoint and this machine's network", Err: err}
}

// codeRefused is of an error that says that AWS did not like the request itself.
const codeRefused = "provider_refused"

func statusOf(err error) int {
	var resp *smithyhttp.ResponseError
	if errors.As(err, &resp) {
		return resp.HTTPStatusCode()
	}
	return 0
}

func refusal(said smithy.APIError, status int, what string) error {
	code := said.ErrorCode()
	has := func(parts ...string) bool {
		for _, p := range parts {
			if strings.Contains(code, p) {
				return true
			}
		}
		return false
	}
	switch {
	case has("Throttl", "TooManyRequests", "RequestLimitExceeded", "ProvisionedThroughputExceeded", "SlowDown"):
		return &domain.Error{Kind: domain.KindRateLimited, Message: "AWS asks to go slower; it goes on by itself"}
	case has("UnrecognizedClient", "InvalidClientTokenId", "SignatureDoesNotMatch", "InvalidSignature", "ExpiredToken", "InvalidAccessKeyId", "MissingAuthenticationToken", "IncompleteSignature"), status == http.StatusUnauthorized:
		return domain.Errorf(domain.KindUnauthorized, "", "AWS rejects the credential (%s); enter keys that are active, or check the role", code)
	case has("AccessDenied", "UnauthorizedOperation") || status == http.StatusForbidden:
		return domain.Errorf(domain.KindScopeMissing, "", "the credential may not do %s; add it to the policy (%s)", what, code)
	case has("NotFound", "NoSuch", "NonExistent"):
		return domain.Errorf(domain.KindNotFound, "", "AWS does not know it (%s: %s)", what, code)
	case status >= http.StatusInternalServerError || has("InternalService", "InternalFailure", "ServiceUnavailable"):
		return domain.Errorf(domain.KindTemporary, "", "AWS has a problem (%s: %s)", what, code)
	default:
		return domain.Errorf(domain.KindInvalid, codeRefused, "AWS refused the request (%s: %s)", what, code)
	}
}

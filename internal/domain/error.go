package domain

import (
	"errors"
	"fmt"
	"time"
)

// Kind says what an error means to whoever has to act on it.
type Kind string

// Kinds of errors. Every layer maps its own failures to one of them.
const (
	KindNotFound     Kind = "not_found"
	KindNotReady     Kind = "not_ready"     // ask again at RetryAt
	KindUnauthorized Kind = "unauthorized"  // the credential is rejected
	KindScopeMissing Kind = "scope_missing" // the credential lacks a right
	KindRateLimited  Kind = "rate_limited"  // ask again at RetryAt
	KindGone         Kind = "gone"          // was there, will not come back
	KindInvalid      Kind = "invalid"       // the input is wrong
	KindTemporary    Kind = "temporary"     // may work when tried again
	KindPermanent    Kind = "permanent"     // will never work
	KindConflict     Kind = "conflict"      // somebody else changed it first
	KindForbidden    Kind = "forbidden"     // the user lacks a permission
	KindTooLarge     Kind = "too_large"
)

// Error is an error with a kind, a stable code and a message that is safe and useful to show to people:
// what happened, what it means, what to do. Err is the cause, for logs only.
type Error struct {
	Kind    Kind
	Code    string    // snake_case; empty means the kind
	Message string    // fit for people; holds no secret
	RetryAt time.Time // for not_ready and rate_limited; zero means unknown
	Err     error
}

// Error gives message and cause; for logs and the command line.
func (e *Error) Error() string {
	if e.Err == nil {
		return e.Message
	}
	return e.Message + ": " + e.Err.Error()
}

func (e *Error) Unwrap() error { return e.Err }

// Errorf makes an error of a kind with a message for people.
func Errorf(kind Kind, code, format string, args ...any) *Error {
	return &Error{Kind: kind, Code: code, Message: fmt.Sprintf(format, args...)}
}

// KindOf is the kind of err, KindTemporary for errors without one, and "" for nil.
func KindOf(err error) Kind {
	if err == nil {
		return ""
	}
	var e *Error
	if errors.As(err, &e) {
		return e.Kind
	}
	return KindTemporary
}

// IsKind tells whether err has the kind.
func IsKind(err error, kind Kind) bool { return err != nil && KindOf(err) == kind }

// CodeOf is the stable code of err: its own, else its kind, else "internal".
func CodeOf(err error) string {
	var e *Error
	switch {
	case !errors.As(err, &e):
		return "internal"
	case e.Code == "":
		return string(e.Kind)
	default:
		return e.Code
	}
}

// MessageOf is the text of err that people may see: the message of a domain error, else a plain word.
func MessageOf(err error) string {
	var e *Error
	if errors.As(err, &e) {
		return e.Message
	}
	return "something unexpected happened; the log has the details"
}

// RetryTime is when err asks to be tried again; zero where it does not say.
func RetryTime(err error) time.Time {
	var e *Error
	if errors.As(err, &e) {
		return e.RetryAt
	}
	return time.Time{}
}

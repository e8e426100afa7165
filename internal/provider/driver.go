// Package provider is the kernel around the drivers of phone systems: pacing, retries, size limits and redaction
// once for all, around a small Driver for each.
package provider

import (
	"context"
	"io"
	"net/http"
	"time"

	"earshot/internal/domain"
)

// Driver speaks one provider's API with one credential. It is safe for concurrent use. Errors are domain errors:
// not_found, not_ready (with a time), unauthorized, scope_missing, rate_limited (with a time), gone, invalid,
// temporary, permanent. A driver neither retries nor waits: the kernel does.
type Driver interface {
	Info() Info
	// Check asks the provider whether the credential works and what is missing, in words.
	Check(ctx context.Context) (CheckReport, error)
	// ListCalls gives the calls of a window, oldest first, a page at a time. An empty cursor starts.
	ListCalls(ctx context.Context, window Window, cursor Cursor) (Page, error)
	// GetCall reads one call as it is now, with fresh recording links.
	GetCall(ctx context.Context, id string) (domain.ProviderCall, error)
	// OpenRecording starts a download. The caller closes the reader.
	OpenRecording(ctx context.Context, ref domain.RecordingRef) (io.ReadCloser, RecordingInfo, error)
}

// EventVerifier tells whether a request really comes from the provider. Secret is what Subscribe returned.
// It compares in constant time and gives KindUnauthorized for a wrong one.
type EventVerifier interface {
	VerifyEvent(header http.Header, body []byte, secret string) error
}

// EventParser reads a stored event. Events that say nothing about a call give none and no error.
type EventParser interface {
	ParseEvent(body []byte, receivedAt time.Time) ([]EventCall, error)
}

// Subscriber keeps the provider's events coming.
type Subscriber interface {
	// Subscribe creates the subscription to address, or finds and repairs the one with this id.
	Subscribe(ctx context.Context, address, id string) (Subscription, error)
	Unsubscribe(ctx context.Context, id string) error
}

// UserLister lists the provider's users, for the mapping helper and for checks.
type UserLister interface {
	ListUsers(ctx context.Context) ([]User, error)
}

// EventCall is what one event says about one call.
type EventCall struct {
	CallID     string
	Name       string               // the provider's name of the event
	ObservedAt time.Time            // when the provider says it was so
	Call       *domain.ProviderCall // the call as of then, where the event carries it
}

// Subscription at the provider.
type Subscription struct {
	ID        string
	Secret    string    // what VerifyEvent needs
	ExpiresAt time.Time // zero: does not expire
	Repaired  string    // what was mended, in words; empty if nothing was
}

// User of the provider.
type User struct {
	ID, Name, Email string
	Phones          []string
}

// Window of time, by start of the call: From inclusive, To exclusive.
type Window struct{ From, To time.Time }

// Cursor is a place in a listing; only the driver reads it.
type Cursor string

// Page of a listing; an empty Next is the end.
type Page struct {
	Calls []domain.ProviderCall
	Next  Cursor
}

// RecordingInfo of a download. Size is -1 where the provider does not say.
type RecordingInfo struct {
	ContentType string
	Size        int64
}

// CheckReport is the answer of Check: an overall word and each thing that was looked at.
type CheckReport struct {
	Account string // whose account it is, as the provider names it
	Scope   string // scopes, as the provider names them
	Items   []CheckItem
}

// CheckItem is one thing that was looked at. Fix says what to do where it is not OK.
type CheckItem struct {
	Name, Detail, Fix string
	OK                bool
}

// Info declares a driver: form, documentation and suite read it.
type Info struct {
	Provider       domain.Provider
	Name           string // as its maker writes it
	Abilities      Abilities
	PerMinute      int // requests a minute that the provider allows at least, until it says otherwise
	Credential     []Field
	Settings       []Field
	Guide          string   // markdown: where to find the credential, what to switch on
	Limits         string   // in words, for the Prepare page
	RecordingHosts []string // host suffixes that recordings may be fetched from; beside the base address
}

// Abilities of a driver, beyond what every driver can.
type Abilities struct {
	Events, Subscriptions, Users, Backfill bool
	EventDelay                             time.Duration   // how late an event or a listing may be
	RecordingDelays                        []time.Duration // when to look again for a recording that is late, counted from the call's end
}

// Field of a form.
type Field struct {
	Name, Label, Help, Default string
	Secret, Required           bool
}

// Account is what a driver is opened with. Client is already paced, limited and redacting.
type Account struct {
	Credential map[string]string
	Settings   map[string]string
	BaseURL    string       // the setting "base_url", without a slash at the end
	Client     *http.Client // for the API
	Media      *http.Client // for recordings: only to RecordingHosts and the base address, no credentials
	Now        func() time.Time
}

// Opener makes a driver for an account; providers are registered as one map of them.
type Opener struct {
	Info Info
	Open func(Account) (Driver, error)
	Rate func(http.Header) Rate // what an answer says about the limit; nil where it says nothing
}

// Rate is what an answer says about the provider's limit; zero fields say nothing.
type Rate struct {
	PerMinute int
	Until     time.Time // no request before then
}

// Package provider is the kernel around the drivers of phone systems: pacing, retries, size limits and redaction
// once for all, around a small Driver for each.
package provider

import (
	"cmp"
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

// Handshaker answers the request by which a provider tries out an address before it sends events there. It comes before
// there is a subscription, so nothing can be verified.
type Handshaker interface {
	// Handshake gives the headers to answer with; nil where the request is no such thing.
	Handshake(header http.Header, body []byte) http.Header
}

// Poller takes events from a queue or a stream at the provider, for those that post nothing. Bodies are stored, and read by
// ParseEvent, like events that were posted.
type Poller interface {
	// Poll gives what came after cursor; an empty one starts at what is new from now on.
	Poll(ctx context.Context, cursor Cursor) (Batch, error)
}

// NearReader reads a call whose start is known, at providers where a listing costs less than asking for one call.
type NearReader interface {
	GetCallNear(ctx context.Context, id string, startedAt time.Time) (domain.ProviderCall, error)
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

// Batch is what one Poll brought. Next is kept in the transaction that stores Bodies; Ack, where there is one, is called after it:
// what was not acknowledged comes again.
type Batch struct {
	Bodies [][]byte
	Next   Cursor
	More   bool // there is more to be had at once
	Ack    func(context.Context) error
}

// Subscription at the provider.
type Subscription struct {
	ID        string
	Secret    string    // what VerifyEvent needs
	ExpiresAt time.Time // zero: does not expire
	Repaired  string    // what was mended, in words; empty if nothing was
}

// User of the provider. Login is set where calls name their agent by it and not by the id.
type User struct {
	ID, Name, Email, Login string
	Phones                 []string
}

// Identifier is what the user's field for the provider holds.
func (u User) Identifier() string { return cmp.Or(u.Login, u.ID) }

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
	Quotas         []domain.Quota   // what the provider allows at least, until it says otherwise, for each group of Opener.Groups
	Kinds          []CredentialKind // ways to authenticate; none: there is one, with all fields
	Credential     []Field
	Settings       []Field
	Guide          string   // markdown: where to find the credential, what to switch on
	Limits         string   // in words, for the Prepare page
	Prepare        []string // markdown: what must be at hand, or asked of the provider, before connecting (Voice Connector Guide p. 2)
	RecordingHosts []string // host suffixes that recordings may be fetched from, beside the base address
	TrustedHosts   []string // those of RecordingHosts that also get the credential, because the provider asks for it there
}

// SettingKind is the field of a credential that names its kind.
const SettingKind = "kind"

// CredentialKind is one way to authenticate, and the fields of Info.Credential that it needs.
type CredentialKind struct {
	Name, Label, Help string
	Fields            []string
	Login             bool // a person signs in at the provider and comes back (OAuth 2 authorization code)
}

// Abilities of a driver, beyond what every driver can.
type Abilities struct {
	Events, Subscriptions, Users, Backfill bool
	Polls                                  bool            // takes events from a queue or stream
	Voicemail                              bool            // gives the recordings of voicemails
	ListedAfter                            time.Duration   // how long after an event that tells nothing of the call the provider knows the call
	AgentChannel                           string          // the channel of stereo recordings that the agent is on: left or right; empty: not documented
	EventDelay                             time.Duration   // how late an event or a listing may be
	RecordingDelays                        []time.Duration // when to look again for a recording that is late, counted from the call's end
}

// Field of a form.
type Field struct {
	Name, Label, Help, Default string
	Secret, Required           bool
	Long                       bool     // of several lines
	Choices                    []string // only one of these
}

// Account is what a driver is opened with. Client is already paced, limited, authorized where there is OAuth, and redacting.
type Account struct {
	Credential map[string]string
	Settings   map[string]string
	BaseURL    string       // the setting "base_url", without a slash at the end
	Client     *http.Client // for the API
	Media      *http.Client // for recordings: only to RecordingHosts and the base address; credentials only to the latter and TrustedHosts
	Now        func() time.Time
}

// Opener makes a driver for an account; providers are registered as one map of them.
type Opener struct {
	Info   Info
	Open   func(Account) (Driver, error)
	Groups func(*http.Request) []string // the groups of Info.Quotas that a request counts in; nil: all of API requests in the one without a name
	Rate   func(*http.Response) Rate    // what an answer says about the limit; nil where it says nothing
	OAuth  func(Login) (OAuth, bool)    // how tokens are got; nil or false: the driver authorizes requests itself
}

// Rate is what an answer says about the provider's limit; zero fields say nothing.
type Rate struct {
	Quota domain.Quota
	Until time.Time // no request of the quota's group before then
}

// Login is what an OAuth is made from.
type Login struct {
	Credential map[string]string
	Settings   map[string]string
	BaseURL    string
}

// OAuth says how the tokens of an account are got and renewed (RFC 6749).
type OAuth struct {
	AuthURL, TokenURL string
	ClientID          string
	ClientSecret      string
	ClientInHeader    bool // client id and secret by HTTP Basic; else in the body
	Scopes            []string
	Assertion         string // JWT of the grant urn:ietf:params:oauth:grant-type:jwt-bearer (RFC 7523); empty: authorization code with PKCE (RFC 7636)
	Group             string // of Info.Quotas that requests for tokens count in
}

package domain

import (
	"strings"
	"time"
)

// Connector is one provider set up in this installation. Nothing is processed unless both switches are on (VC-9).
type Connector struct {
	ID                string
	Provider          Provider
	Enabled           bool // the connector's Enable Integration toggle
	ProviderEnabled   bool // the provider's switch in General Settings
	EnabledAt         time.Time
	FirstDayUntil     time.Time // hourly sync runs until a call is a day old; set when both switches are on
	IntegrationUserID string
	SiteSecret        string // path element of the site's address
	SiteActive        bool
	Settings          map[string]string // the driver's settings without secrets
	Credential        NamedCredential
	SubscriptionID    string // at the provider; empty without one
	SyncCursor        time.Time
	LastEventAt       time.Time
	LastSyncAt        time.Time
	CreatedAt         time.Time
	UpdatedAt         time.Time
}

// On tells whether calls of this connector are processed.
func (c Connector) On() bool { return c.Enabled && c.ProviderEnabled }

// SwitchesOff says which switches are off; empty when both are on.
func (c Connector) SwitchesOff() string {
	var off []string
	if !c.Enabled {
		off = append(off, "Enable Integration is off")
	}
	if !c.ProviderEnabled {
		off = append(off, "the provider's switch in General Settings is off")
	}
	return strings.Join(off, " and ")
}

// AuthStatus of a named credential, as shown on the Named Credentials page.
type AuthStatus string

// Authentication statuses.
const (
	AuthAuthenticated AuthStatus = "Authenticated"
	AuthNot           AuthStatus = "Not authenticated"
	AuthExpired       AuthStatus = "Expired"
	AuthRevoked       AuthStatus = "Revoked"
)

// NamedCredential is what Earshot shows its provider. Fields are sealed in the store and redacted everywhere else.
type NamedCredential struct {
	Fields    map[string]string // by the names of the driver's Info; secret
	Status    AuthStatus
	Scope     string
	CheckedAt time.Time
	Problem   string // why Status is not Authenticated, in words
}

// Usable gives why the provider is not to be asked: it has refused the credential. One that was not tested yet may be tried.
func (n NamedCredential) Usable() error {
	if n.Status == AuthRevoked || n.Status == AuthExpired {
		return Errorf(KindUnauthorized, string(CredentialRejected), "the provider refused the named credential (%s)", n.Problem)
	}
	return nil
}

// ExcludedNumber is one whose calls are never processed (VC-8).
type ExcludedNumber struct {
	ID        string
	Number    string // E.164
	Note      string
	CreatedAt time.Time
	CreatedBy string // user id
}

// GeneralSettings are those of Setup > Conversation Insights > General Settings.
type GeneralSettings struct {
	OptimalSpeakerSeparation bool   `json:"optimal_speaker_separation"`
	Language                 string `json:"language"` // BCP 47
	// TimeZone is the company's (IANA): "tomorrow" in a call means the day after it took place there. Empty: that of the server.
	TimeZone string `json:"time_zone"`

	Retention
}

// Location of the time zone; that of the server where none is set or it is not known here.
func (s GeneralSettings) Location() *time.Location {
	if s.TimeZone == "" {
		return time.Local
	}
	if l, err := time.LoadLocation(s.TimeZone); err == nil {
		return l
	}
	return time.Local
}

// Call is the processed voice call that people see.
type Call struct {
	ID          string
	VCCallID    string
	ConnectorID string
	Provider    Provider
	UserID      string
	UserName    string
	Direction   Direction
	From        string
	To          string
	StartedAt   time.Time
	EndedAt     time.Time
	ContactName string
	Voicemail   bool
	Recording   Recording
	State       State // of its VC Call: processing until the analysis is done
	Reason      ReasonCode
	Transcript  *Transcript // nil until transcribed; without lines where a list is asked
	Insights    *Insights   // nil until analyzed
	CreatedAt   time.Time
	UpdatedAt   time.Time
}

// Recording is the audio of a call as the provider gave it, kept in the blob store under Key.
type Recording struct {
	Key         string
	SHA256      string
	Size        int64
	ContentType string
	Duration    float64 // seconds; zero until decoded
}

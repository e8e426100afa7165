package domain

import (
	"slices"
	"time"
)

// Audience says who sees the Voice Connector app.
type Audience string

// Audiences, as the package's installer offers them (Voice Connector Guide p. 3: "Install for All Users").
const (
	ForAll    Audience = "all"
	ForAdmins Audience = "admins"
	ForSets   Audience = "sets" // who holds one of the chosen permission sets
)

// Installation is the Voice Connector app as it is installed; zero where it is not.
type Installation struct {
	For         Audience  `json:"for"`
	Sets        []string  `json:"sets,omitempty"` // of ForSets
	Version     string    `json:"version"`
	InstalledBy string    `json:"installed_by"` // user id; empty: the command line
	InstalledAt time.Time `json:"installed_at,omitzero"`
}

// Installed tells whether the app is there.
func (i Installation) Installed() bool { return !i.InstalledAt.IsZero() }

// Shows tells whether a user sees the app's pages. Admins always do: they have to install it.
func (i Installation) Shows(u User, now time.Time) bool {
	switch {
	case !u.Active:
		return false
	case u.Can(PermissionCustomize, now):
		return true
	case !i.Installed():
		return false
	case i.For == ForSets:
		return slices.ContainsFunc(i.Sets, func(set string) bool { return u.HasSet(set, now) })
	default:
		return i.For == ForAll
	}
}

// GuestSets are the permission sets that the guest user needs (Voice Connector Guide p. 7).
func GuestSets() []string { return []string{PermVoiceConnector, PermIntegrationUser} }

// GuestMissing lists the permission sets that the guest user lacks.
func GuestMissing(guest User, now time.Time) []string {
	return slices.DeleteFunc(GuestSets(), func(set string) bool { return guest.HasSet(set, now) })
}

// TermsAcceptance is who accepted which version of a connector's terms, and when.
type TermsAcceptance struct {
	Version  string    `json:"version"`
	UserID   string    `json:"user_id"`
	UserName string    `json:"user_name"` // as it was then
	At       time.Time `json:"at"`
}

package domain

import "time"

// Names of permission sets and permissions, as in PRODUCT VC-22.
const (
	PermSalesEngagement   = "Sales Engagement Conversation Insights"
	PermSalesCloudBundle  = "Sales Cloud Bundle Included"
	PermECIIncluded       = "Einstein Conversation Insights Included"
	PermForSales          = "Conversation Insights for Sales"
	PermForService        = "Conversation Insights for Service"
	PermIntegrationUser   = "Conversation Insights Integration User"
	PermVoiceConnector    = "Voice Connector Permission"
	PermAdministrator     = "Voice Connector Administrator"
	ProfileAdministrator  = "System Administrator"
	ProfileStandard       = "Standard User"
	ProfileGuest          = "Voice Connector Guest User"
	PermissionCustomize   = "Customize Application"
	PermissionModifyAll   = "Modify All Data"
	PermissionAssignSets  = "Assign Permission Sets"
	PermissionManageUsers = "Manage Users"
	PermissionAPIEnabled  = "API Enabled"
	PermissionAccessVoice = "Access Voice Calls"
)

// InsightSets are the permission sets that let a user's calls be processed; one is enough.
func InsightSets() []string {
	return []string{PermSalesEngagement, PermSalesCloudBundle, PermECIIncluded, PermForSales, PermForService}
}

// PermissionSets lists all permission sets.
func PermissionSets() []string {
	return append(InsightSets(), PermIntegrationUser, PermVoiceConnector, PermAdministrator)
}

// Profiles lists the profiles a person can have.
func Profiles() []string { return []string{ProfileStandard, ProfileAdministrator} }

// Permissions lists all permissions.
func Permissions() []string {
	return []string{PermissionCustomize, PermissionModifyAll, PermissionAssignSets, PermissionManageUsers, PermissionAPIEnabled, PermissionAccessVoice}
}

// User is a person of the company. Identifiers holds the user's id at each provider
// (the fields "Aircall User Identifier" and so on).
type User struct {
	ID             string
	Name           string
	Email          string
	Profile        string
	ManagerID      string
	Active         bool
	Identifiers    map[Provider]string
	Phones         []UserPhone
	PermissionSets []PermissionAssignment
	CreatedAt      time.Time
	LastModifiedAt time.Time // Last Modified Date: decides between several matching users
}

// UserPhone is a number of a user with its validity; a zero To is open.
type UserPhone struct {
	Number string    `json:"number"` // E.164
	From   time.Time `json:"from,omitzero"`
	To     time.Time `json:"to,omitzero"`
}

// PermissionAssignment is one permission set of a user with the time it was held; a zero To is open.
type PermissionAssignment struct {
	Set  string    `json:"set"`
	From time.Time `json:"from,omitzero"`
	To   time.Time `json:"to,omitzero"`
}

func validAt(from, to, at time.Time) bool {
	return !at.Before(from) && (to.IsZero() || at.Before(to))
}

// HasPhone tells whether the number was the user's at that time.
func (u User) HasPhone(number string, at time.Time) (UserPhone, bool) {
	for _, p := range u.Phones {
		if number != "" && p.Number == number && validAt(p.From, p.To, at) {
			return p, true
		}
	}
	return UserPhone{}, false
}

// HasSet tells whether the user held the permission set at that time.
func (u User) HasSet(set string, at time.Time) bool {
	for _, a := range u.PermissionSets {
		if a.Set == set && validAt(a.From, a.To, at) {
			return true
		}
	}
	return false
}

// InsightSetAt is an insights permission set the user held at that time, or "".
func (u User) InsightSetAt(at time.Time) string {
	for _, set := range InsightSets() {
		if u.HasSet(set, at) {
			return set
		}
	}
	return ""
}

// Can tells whether the user's profile or permission sets give a permission now.
func (u User) Can(permission string, now time.Time) bool {
	if !u.Active || u.Profile == ProfileGuest { // nobody is the guest
		return false
	}
	switch {
	case u.Profile == ProfileAdministrator:
		return true
	case permission == PermissionAccessVoice, permission == PermissionAPIEnabled:
		return u.InsightSetAt(now) != "" || u.HasSet(PermIntegrationUser, now)
	default:
		return u.HasSet(PermAdministrator, now)
	}
}

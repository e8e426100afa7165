package domain

import (
	"cmp"
	"slices"
	"strings"
)

// MendAction is what a person can do about a VC Call with one click.
type MendAction string

// Actions.
const (
	MendAssignUser MendAction = "assign_user"    // fills a field of a user that is chosen, and lets all calls start again that it fits
	MendGrant      MendAction = "grant_set"      // gives the user an insights permission set
	MendInclude    MendAction = "include_number" // takes a number off the excluded ones
	MendSeparation MendAction = "separation_on"  // turns on Optimal Speaker Separation
	MendSwitches   MendAction = "switches_on"    // turns on both switches of the connector
	MendTest       MendAction = "test"           // asks the provider whether the credential works now
	MendRetry      MendAction = "retry"
	MendOpen       MendAction = "open" // is done on another page
)

// Mend is one way to mend what keeps a VC Call from being processed.
type Mend struct {
	Action MendAction
	Label  string // for a button
	Effect string // what happens then, in words
	Field  string // assign_user: label of the user's field that is filled
	Value  string // with this; include_number: the number; open: the page
	UserID string // whom it is about, where that is known
	Goes   bool   // the call itself is processed then, if nothing else stands in its way
}

// FieldPhone is the Field of a Mend that gives a user a number.
const FieldPhone = "phone"

// mendsOf are the ways to mend, the most fitting first.
func mendsOf(vc VCCall, f ExplainFacts, e Explanation) []Mend {
	if vc.State == StateProcessed {
		return nil
	}
	retry := Mend{Action: MendRetry, Label: "Retry", Effect: "The provider is asked anew, and all rules with it.", Goes: true}
	if e.Overtaken {
		retry.Effect = "What stopped this call has been mended since: it goes on."
		return []Mend{retry}
	}
	page := pageConnectors + "/" + string(vc.Provider)
	switch vc.Reason {
	case TooShort, InternalOnly, OneParticipant, PartOfCall:
		return nil // no change here makes another call of it
	case NoUser:
		return append(assignMends(vc), openMend("Map users", page+"/users"), retry)
	case NoPermission:
		return permissionMends(vc, f)
	case ExcludedParty:
		return includeMends(vc, f)
	case SeparationOff:
		return []Mend{{Action: MendSeparation, Label: "Turn on Optimal Speaker Separation", Effect: "This and all other calls that wait for it are processed.", Goes: true}}
	case ConnectorOff:
		return []Mend{{Action: MendSwitches, Label: "Turn on both switches", Effect: "Calls are processed from now on, and this one and the others that the switches stopped start again.", Goes: true}, openMend("Open the connector", page)}
	case CredentialRejected, ScopeMissing:
		return []Mend{openMend("Edit the credential", page), {Action: MendTest, Label: "Test the credential", Effect: "If it works now, all calls that wait for it go on.", Goes: true}}
	case BeforeEnablement:
		retry.Label, retry.Effect = "Process it all the same", "A call that somebody asks for counts whenever it took place."
		return []Mend{retry}
	case EngineMissing, DecoderMissing, EngineError:
		return []Mend{openMend("Open Speech", pageSpeech), retry}
	case LanguageMissing:
		return []Mend{openMend("Open General Settings", pageGeneral), retry}
	default:
		return []Mend{retry}
	}
}

func openMend(label, page string) Mend {
	return Mend{Action: MendOpen, Label: label, Value: page}
}

// assignMends offer the fields by which the call would find a user.
func assignMends(vc VCCall) []Mend {
	s := vc.Snapshot
	if s == nil {
		return nil
	}
	const effect = "This and all other unmatched calls that it fits start again."
	var out []Mend
	if id := s.AgentIdentifier(vc.Provider); id != "" {
		out = append(out, Mend{Action: MendAssignUser, Label: "Assign a user", Effect: effect, Field: IdentifierField(vc.Provider), Value: id, Goes: true})
	}
	if n := s.InternalNumber(); strings.HasPrefix(n, "+") {
		out = append(out, Mend{Action: MendAssignUser, Label: "Assign the number", Effect: effect, Field: FieldPhone, Value: n, Goes: true})
	}
	return out
}

// AgentIdentifier is what the identifier field of the call's user holds: the provider's id of them, at Amazon Connect their login.
func (c ProviderCall) AgentIdentifier(p Provider) string {
	if p == AmazonConnect {
		return c.Agent.Username
	}
	return c.Agent.ProviderUserID
}

func permissionMends(vc VCCall, f ExplainFacts) []Mend {
	i := slices.IndexFunc(f.Users, func(u User) bool { return u.ID == vc.UserID })
	if i < 0 || !f.Users[i].Active {
		return []Mend{openMend("Open Users", pageUsers)}
	}
	u := f.Users[i]
	return []Mend{{Action: MendGrant, UserID: u.ID, Label: "Give " + u.Name + " a permission set",
		Effect: "Calls of " + u.Name + " are processed from now on. This one stays as it is, since the set was not held when it took place."}}
}

func includeMends(vc VCCall, f ExplainFacts) []Mend {
	var out []Mend
	if vc.Snapshot != nil {
		for _, e := range excludedNumbersOn(*vc.Snapshot, f.Excluded) {
			out = append(out, Mend{Action: MendInclude, Label: "Take " + e.Number + " off the list", Value: e.Number, Goes: true,
				Effect: "Calls with it are processed from now on, and those that were skipped for it start again. Why it was excluded: " + cmp.Or(e.Note, "no note says so") + "."})
		}
	}
	return append(out, openMend("Open Excluded Numbers", pageExcluded))
}

func excludedNumbersOn(c ProviderCall, excluded []ExcludedNumber) []ExcludedNumber {
	numbers := c.Numbers()
	return slices.DeleteFunc(slices.Clone(excluded), func(e ExcludedNumber) bool { return !slices.Contains(numbers, e.Number) })
}

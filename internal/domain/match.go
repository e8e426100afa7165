package domain

import (
	"cmp"
	"fmt"
	"slices"
	"strings"
)

// Match is whose call it is and how that was found out.
type Match struct {
	User   User
	Found  bool
	How    string   // evidence in words
	Others []string // names of further users that match by the same rule (VC-17)
}

// MatchUser finds the user of a call by the first rule that hits (VC-15, VC-16; guide p. 6 and 7):
// Amazon Connect by login username, e-mail, then phone; the others by the provider's user id, then phone.
// If a rule hits several users, the one with the newest Last Modified Date is taken (VC-17).
func MatchUser(c ProviderCall, p Provider, users []User) Match {
	for _, rule := range matchRules(c, p) {
		hits := slices.DeleteFunc(slices.Clone(users), func(u User) bool { return !rule.hits(u) })
		if len(hits) > 0 {
			return newest(hits, rule.how)
		}
	}
	return Match{How: noMatch(c, p)}
}

type matchRule struct {
	how  string
	hits func(User) bool
}

func matchRules(c ProviderCall, p Provider) []matchRule {
	if p == AmazonConnect {
		// where people sign in by SAML the username is an address, and the one in their profile may be another
		return []matchRule{identifierRule(p, c.Agent.Username, IdentifierField(p)), emailRule(c.Agent.Username), emailRule(c.Agent.Email), phoneRule(c)}
	}
	return []matchRule{identifierRule(p, c.Agent.ProviderUserID, IdentifierField(p)), phoneRule(c)}
}

// IdentifierField is the label of the user field that holds a provider's user id; the guide's spelling.
func IdentifierField(p Provider) string {
	switch p {
	case Aircall:
		return "Aircall User Identifier"
	case Dialpad:
		return "Dialpad User Identifier"
	case RingCentral:
		return "Ringcentral User Identifier"
	case AmazonConnect:
		return "Amazon Connect Username"
	default:
		return string(p) + " user identifier"
	}
}

func identifierRule(p Provider, id, field string) matchRule {
	return matchRule{fmt.Sprintf("%s %q", field, id), func(u User) bool {
		return id != "" && strings.EqualFold(u.Identifiers[p], id)
	}}
}

func emailRule(email string) matchRule {
	return matchRule{"e-mail " + email, func(u User) bool { return email != "" && strings.EqualFold(u.Email, email) }}
}

func phoneRule(c ProviderCall) matchRule {
	number := c.InternalNumber()
	return matchRule{"phone " + number, func(u User) bool {
		_, ok := u.HasPhone(number, c.StartedAt)
		return ok
	}}
}

func newest(hits []User, how string) Match {
	slices.SortFunc(hits, func(a, b User) int {
		return cmp.Or(b.LastModifiedAt.Compare(a.LastModifiedAt), strings.Compare(a.ID, b.ID))
	})
	m := Match{User: hits[0], Found: true, How: how}
	for _, u := range hits[1:] {
		m.Others = append(m.Others, u.Name)
	}
	return m
}

// noMatch says which field to fill in, and with what.
func noMatch(c ProviderCall, p Provider) string {
	field, id := IdentifierField(p), c.Agent.ProviderUserID
	if p == AmazonConnect {
		id = c.Agent.Username
		if id == "" && c.Agent.Email != "" {
			field, id = "the e-mail address", c.Agent.Email
		}
	}
	number := cmp.Or(c.InternalNumber(), "its number")
	if id == "" {
		return fmt.Sprintf("the call names no user, and %s is nobody's phone", number)
	}
	return fmt.Sprintf("no user has %s %s, and %s is nobody's phone", field, strings.TrimSpace(id+" "+c.Agent.Name), number)
}

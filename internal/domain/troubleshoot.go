package domain

import (
	"fmt"
	"slices"
	"strings"
	"time"
)

// CheckStatus is the colour of a check.
type CheckStatus string

// Statuses of a check.
const (
	CheckGreen         CheckStatus = "green"
	CheckRed           CheckStatus = "red"
	CheckNotApplicable CheckStatus = "not_applicable" // there is nothing to look at here
	CheckUnknown       CheckStatus = "unknown"        // cannot be looked at now
)

// Check is one thing that troubleshooting looked at (VC-23). Fix and Page say how and where it is mended; they are empty where
// nothing is wrong, and Page also where it is not mended in the UI.
type Check struct {
	ID       string
	Provider Provider // empty: of the whole installation
	Title    string
	Status   CheckStatus
	Found    string // the evidence, in words
	Why      string // why it matters
	Fix      string
	Page     string
}

// AnyRed tells whether something is wrong.
func AnyRed(checks []Check) bool {
	return slices.ContainsFunc(checks, func(c Check) bool { return c.Status == CheckRed })
}

// OwnersOf says whose a number is and was at the time of a call, one sentence a user; that it is nobody's where it is.
func OwnersOf(number string, at time.Time, users []User) []string {
	var out []string
	for _, u := range users {
		for _, p := range u.Phones {
			if p.Number == number && number != "" {
				out = append(out, phoneSentence(u, p, at))
			}
		}
	}
	if len(out) == 0 {
		return []string{number + " is nobody's phone"}
	}
	return out
}

func phoneSentence(u User, p UserPhone, at time.Time) string {
	verb := "is"
	if !p.To.IsZero() {
		verb = "was"
	}
	s := fmt.Sprintf("%s %s the phone of %s%s", p.Number, verb, u.Name, period(p.From, p.To))
	if !validAt(p.From, p.To, at) {
		s += ", so it was not theirs when the call took place on " + Stamp(at)
	}
	return s
}

// HoldersOf says which users have a provider's id of a person, in their identifier field.
func HoldersOf(p Provider, id string, users []User) []string {
	var out []string
	for _, u := range users {
		if strings.EqualFold(u.Identifiers[p], id) {
			out = append(out, fmt.Sprintf("%s %q is of %s", IdentifierField(p), id, u.Name))
		}
	}
	if len(out) == 0 {
		return []string{fmt.Sprintf("no user has the %s %q", IdentifierField(p), id)}
	}
	return out
}

// InsightHistory says when a user held insights permission sets, and whether at the time of a call.
func InsightHistory(u User, at time.Time) string {
	var held []string
	for _, a := range u.PermissionSets {
		if slices.Contains(InsightSets(), a.Set) {
			held = append(held, a.Set+period(a.From, a.To))
		}
	}
	switch {
	case len(held) == 0:
		return u.Name + " never held an insights permission set"
	case u.InsightSetAt(at) == "":
		return fmt.Sprintf("%s held %s, but none on %s", u.Name, strings.Join(held, " and "), Stamp(at))
	default:
		return u.Name + " holds " + strings.Join(held, " and ")
	}
}

// period says since and until when; nothing of what was always so.
func period(from, to time.Time) string {
	var out string
	if !from.IsZero() {
		out = " since " + Stamp(from)
	}
	if !to.IsZero() {
		out += " until " + Stamp(to)
	}
	return out
}

// Stamp is a point in time in a sentence.
func Stamp(t time.Time) string {
	if t.IsZero() {
		return "never"
	}
	return t.UTC().Format("2006-01-02 15:04 UTC")
}

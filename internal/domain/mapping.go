package domain

import (
	"slices"
	"strings"
	"time"
)

// ProviderUser is a person as a provider knows them. Identifier is what goes into the user's field for that provider.
type ProviderUser struct {
	Identifier, Name, Email string
	Phones                  []string // E.164 where the provider's form can be read
}

// SuggestedBy is why one of our users is suggested for a provider's.
type SuggestedBy string

// Reasons, the surest first.
const (
	SuggestedByEmail SuggestedBy = "email"
	SuggestedByPhone SuggestedBy = "phone"
	SuggestedByName  SuggestedBy = "name"
)

// UserMapping is a provider's user with the user of ours that has its identifier or, where nobody has, may be the same person.
type UserMapping struct {
	ProviderUser
	UserID      string // who has the identifier; empty: nobody
	SuggestedID string // empty where somebody has it, or nobody is alike
	By          SuggestedBy
}

// MapUsers sets a provider's users beside ours. Suggested are active users whose field for the provider is empty, each for one person,
// and only where exactly one is alike: by e-mail, else by a phone that is theirs now, else by name.
func MapUsers(p Provider, theirs []ProviderUser, ours []User, now time.Time) []UserMapping {
	holders := map[string]string{}
	var free []User
	for _, u := range ours {
		switch id := strings.ToLower(u.Identifiers[p]); {
		case id != "":
			holders[id] = u.ID
		case u.Active && u.Profile != ProfileGuest:
			free = append(free, u)
		}
	}
	out := make([]UserMapping, len(theirs))
	for i, t := range theirs {
		out[i] = UserMapping{ProviderUser: t, UserID: holders[strings.ToLower(t.Identifier)]}
	}
	for _, rule := range []struct {
		by     SuggestedBy
		traits func(User) []string
		theirs func(ProviderUser) []string
	}{
		{SuggestedByEmail, func(u User) []string { return []string{strings.ToLower(u.Email)} }, func(t ProviderUser) []string { return []string{strings.ToLower(t.Email)} }},
		{SuggestedByPhone, func(u User) []string { return phonesAt(u, now) }, func(t ProviderUser) []string { return t.Phones }},
		{SuggestedByName, func(u User) []string { return []string{sameName(u.Name)} }, func(t ProviderUser) []string { return []string{sameName(t.Name)} }},
	} {
		free = suggest(out, free, rule.by, rule.traits, rule.theirs)
	}
	return out
}

// suggest sets whoever has a trait that one person without a user has, and nobody else on either side. It gives the users that are left.
func suggest(out []UserMapping, free []User, by SuggestedBy, ours func(User) []string, theirs func(ProviderUser) []string) []User {
	having, wanting := map[string][]string{}, map[string][]string{}
	for _, u := range free {
		note(having, ours(u), u.ID)
	}
	open := func(m UserMapping) bool { return m.UserID == "" && m.SuggestedID == "" }
	for _, m := range out {
		if open(m) {
			note(wanting, theirs(m.ProviderUser), m.Identifier)
		}
	}
	taken := map[string]bool{}
	for i, m := range out {
		if !open(m) {
			continue
		}
		for _, trait := range theirs(m.ProviderUser) {
			if h := having[trait]; len(h) == 1 && len(wanting[trait]) == 1 && !taken[h[0]] {
				out[i].SuggestedID, out[i].By, taken[h[0]] = h[0], by, true
				break
			}
		}
	}
	return slices.DeleteFunc(free, func(u User) bool { return taken[u.ID] })
}

// note writes down who has the traits; one who has a trait twice has it once.
func note(who map[string][]string, traits []string, id string) {
	for _, t := range traits {
		if t != "" && !slices.Contains(who[t], id) {
			who[t] = append(who[t], id)
		}
	}
}

func phonesAt(u User, now time.Time) []string {
	var out []string
	for _, p := range u.Phones {
		if validAt(p.From, p.To, now) {
			out = append(out, p.Number)
		}
	}
	return out
}

// sameName is a name without case and order of its parts: "Lindqvist, Maria" is "maria lindqvist". A name of one part is too little.
func sameName(name string) string {
	parts := strings.FieldsFunc(strings.ToLower(name), func(r rune) bool { return r == ' ' || r == ',' || r == '.' || r == '\t' || r == '\u00a0' })
	if len(parts) < 2 {
		return ""
	}
	slices.Sort(parts)
	return strings.Join(parts, " ")
}

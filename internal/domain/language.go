package domain

import (
	"slices"
	"strings"
)

// RuleKind says what a LanguageRule looks at.
type RuleKind string

// Kinds of language rules, the most particular first: it wins.
const (
	LanguageOfNumber    RuleKind = "number"    // either number of the call, E.164
	LanguageOfUser      RuleKind = "user"      // the user's id
	LanguageOfConnector RuleKind = "connector" // the provider's name
)

// LanguageRule gives the calls of a number, user or connector a language.
type LanguageRule struct {
	Kind     RuleKind `json:"kind" enum:"number,user,connector"`
	Key      string   `json:"key" minLength:"1" maxLength:"100"`
	Language string   `json:"language" minLength:"2" maxLength:"35" doc:"BCP 47"`
}

// LanguageFor is the language of a call: that of its number, else of its user, else of its connector, else the general one. Of
// two rules of one kind the first wins.
func LanguageFor(rules []LanguageRule, general string, c Call) string {
	for _, kind := range []RuleKind{LanguageOfNumber, LanguageOfUser, LanguageOfConnector} {
		for _, r := range rules {
			if r.Kind == kind && r.meets(c) {
				return r.Language
			}
		}
	}
	return general
}

func (r LanguageRule) meets(c Call) bool {
	switch r.Kind {
	case LanguageOfNumber:
		return r.Key != "" && (r.Key == c.From || r.Key == c.To)
	case LanguageOfUser:
		return r.Key != "" && r.Key == c.UserID
	case LanguageOfConnector:
		return r.Key != "" && r.Key == string(c.Provider)
	default:
		return false
	}
}

// BaseLanguage is the language of a BCP 47 tag without region or script, in small letters: "en" of "en-GB".
func BaseLanguage(tag string) string {
	base, _, _ := strings.Cut(strings.ReplaceAll(strings.ToLower(strings.TrimSpace(tag)), "_", "-"), "-")
	return base
}

// KnowsLanguage tells whether an engine with these languages can take a call in the language; regions do not matter.
func KnowsLanguage(languages []string, tag string) bool {
	return slices.ContainsFunc(languages, func(l string) bool { return BaseLanguage(l) == BaseLanguage(tag) })
}

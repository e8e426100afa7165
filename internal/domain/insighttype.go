package domain

import (
	"regexp"
	"slices"
	"strings"
	"time"
	"unicode"
	"unicode/utf8"
)

// InsightKind is what an insight type names.
type InsightKind string

// Kinds of insight types (CI-3).
const (
	KindProduct    InsightKind = "product"
	KindCompetitor InsightKind = "competitor"
	KindMention    InsightKind = "mention" // anything else that a company looks for
)

// CategoryMention is the category of what custom mentions find.
const CategoryMention = "mention"

// Limits of an insight type.
const (
	MaxTypeLetters = 100
	MaxTypeAliases = 100
	MaxTypeSeconds = 24 * 60 * 60
)

// InsightType is a product, a competitor or a custom mention that is looked for in calls.
type InsightType struct {
	ID           string      `json:"-"`
	Kind         InsightKind `json:"kind"`
	Name         string      `json:"name"`
	Aliases      []string    `json:"aliases"`       // other ways to say it
	Language     string      `json:"language"`      // BCP 47; empty: of any call
	SaidBy       Speaker     `json:"said_by"`       // Agent, Customer; empty: either
	FirstSeconds int         `json:"first_seconds"` // counts only in so many first seconds of a call; 0: always
	Active       bool        `json:"active"`
	CreatedAt    time.Time   `json:"-"`
	UpdatedAt    time.Time   `json:"-"`
}

// NameKey is what must differ within a kind and language.
func (t InsightType) NameKey() string { return strings.ToLower(t.Name) }

var languageTag = regexp.MustCompile(`^[A-Za-z]{2,3}(-[A-Za-z0-9]{2,8}){0,3}$`)

// Tidy trims and checks a type: spaces become single ones, and aliases that say the same are one.
func (t *InsightType) Tidy() error {
	t.Name, t.Language = oneSpaced(t.Name), strings.TrimSpace(t.Language)
	seen := map[string]bool{t.NameKey(): true}
	aliases := []string{}
	for _, a := range t.Aliases {
		if a = oneSpaced(a); a != "" && !seen[strings.ToLower(a)] {
			seen[strings.ToLower(a)] = true
			aliases = append(aliases, a)
		}
	}
	t.Aliases = aliases
	return t.check()
}

func (t *InsightType) check() error {
	bad := func(format string, args ...any) error {
		return Errorf(KindInvalid, "bad_insight_type", format, args...)
	}
	if t.Name == "" {
		return bad("an insight type needs a name: the word or phrase that people say")
	}
	for _, text := range append([]string{t.Name}, t.Aliases...) {
		switch {
		case utf8.RuneCountInString(text) > MaxTypeLetters:
			return bad("“%s…” is longer than %d letters, which nobody says; take a shorter phrase", string([]rune(text)[:30]), MaxTypeLetters)
		case !strings.ContainsFunc(text, func(r rune) bool { return unicode.IsLetter(r) || unicode.IsDigit(r) }):
			return bad("“%s” has no letter and no digit, so that it can never be heard; write it as people say it", text)
		}
	}
	switch {
	case !slices.Contains([]InsightKind{KindProduct, KindCompetitor, KindMention}, t.Kind):
		return bad("%q is no kind of insight type; take product, competitor or mention", t.Kind)
	case !slices.Contains([]Speaker{"", Agent, Customer}, t.SaidBy):
		return bad("%q cannot be who says it; take rep, customer or either", t.SaidBy)
	case len(t.Aliases) > MaxTypeAliases:
		return bad("%s has %d aliases; at most %d are possible", t.Name, len(t.Aliases), MaxTypeAliases)
	case t.FirstSeconds < 0 || t.FirstSeconds > MaxTypeSeconds:
		return bad("the first seconds of %s must be between 0 (the whole call) and %d (a day)", t.Name, MaxTypeSeconds)
	case t.Language != "" && !languageTag.MatchString(t.Language):
		return bad("%q is no language; write a tag such as en or de-AT, or leave it empty for any", t.Language)
	}
	return nil
}

func oneSpaced(text string) string { return strings.Join(strings.Fields(text), " ") }

// Spoken tells whether the type counts in calls of a language; a call whose language is unknown counts.
func (t InsightType) Spoken(language string) bool {
	return t.Language == "" || language == "" || BaseLanguage(t.Language) == BaseLanguage(language)
}

// TypeMatch is where a text is taken for an insight type.
type TypeMatch struct {
	Type  InsightType
	Match MatchKind // MatchForm too
	Score float64   // 0-1
	Heard string    // the words as written
}

// MatchForm is an exact match in another form of the words ("pricing" for "price"), as trying out types tells it; mentions call it exact.
const MatchForm MatchKind = "word_form"

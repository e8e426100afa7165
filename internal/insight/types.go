package insight

import (
	"cmp"

	"earshot/internal/domain"
)

// categoryOf is the category in which what a kind of insight types finds is told.
var categoryOf = map[domain.InsightKind]string{
	domain.KindProduct: domain.CategoryProduct, domain.KindCompetitor: domain.CategoryCompetitor, domain.KindMention: domain.CategoryMention,
}

// Categories are the built-in ones and the company's own active types, for calls of a language ("": unknown). A type takes the place of a
// built-in keyword of the same words.
func Categories(types []domain.InsightType, language string) []Category {
	return append(own(types, language), DefaultCategories()...)
}

func own(types []domain.InsightType, language string) []Category {
	var out []Category
	for _, t := range types {
		if !t.Active || !t.Spoken(language) {
			continue
		}
		k := Keyword{Text: t.Name, Aliases: t.Aliases, SaidBy: t.SaidBy, Within: Window{To: float64(t.FirstSeconds)}, Type: t.ID}
		if n := len(out); n > 0 && out[n-1].Name == categoryOf[t.Kind] {
			out[n-1].Keywords = append(out[n-1].Keywords, k)
		} else {
			out = append(out, Category{Name: categoryOf[t.Kind], Keywords: []Keyword{k}})
		}
	}
	return out
}

// TryTypes tells which active types a sentence would match, said by a speaker ("": by either) at a second of a call.
func TryTypes(types []domain.InsightType, text string, by domain.Speaker, at float64, language string) []domain.TypeMatch {
	byID := map[string]domain.InsightType{}
	for _, t := range types {
		byID[t.ID] = t
	}
	f := newFinder(own(types, language))
	out := []domain.TypeMatch{}
	for _, l := range readLines([]domain.Line{{ID: 1, Speaker: cmp.Or(by, domain.Speaker1), Start: at, Text: text}}) {
		for _, m := range l.best(append(f.exact(l), f.similar(l)...), at+1) {
			match := domain.TypeMatch{Type: byID[m.entry.typed], Match: m.how, Score: m.score, Heard: l.quote(m.first, m.last)}
			if m.how == domain.MatchExact && spacedOut(l.words[m.first:m.last]) != m.entry.said {
				match.Match = domain.MatchForm
			}
			out = append(out, match)
		}
	}
	return out
}

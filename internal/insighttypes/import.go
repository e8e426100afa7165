package insighttypes

import (
	"context"
	"fmt"
	"strings"

	"earshot/internal/domain"
)

// Limits of one import.
const (
	maxLines    = 5000
	maxProblems = 20 // told at once
)

// Import adds a type a line, "name" or "name, alias, alias"; everything else is as in like. If a line cannot be read, the error says which,
// and none is added. A name that is there already, or comes twice, is left as it is; skipped counts them.
func (s *Service) Import(ctx context.Context, actor domain.User, text string, like domain.InsightType) (added []domain.InsightType, skipped int, err error) {
	if err := s.may(actor); err != nil {
		return nil, 0, err
	}
	types, err := readLines(text, like)
	if err != nil {
		return nil, 0, err
	}
	added, err = s.addAll(ctx, actor, types)
	return added, len(types) - len(added), err
}

func readLines(text string, like domain.InsightType) ([]domain.InsightType, error) {
	var types []domain.InsightType
	var problems []string
	for i, line := range strings.Split(strings.TrimPrefix(text, "\ufeff"), "\n") {
		if strings.TrimSpace(line) == "" {
			continue
		}
		parts := strings.FieldsFunc(line, func(r rune) bool { return r == ',' || r == ';' || r == '\t' })
		if len(parts) == 0 {
			parts = []string{""}
		}
		t := like
		t.Name, t.Aliases = parts[0], parts[1:]
		if err := t.Tidy(); err != nil {
			problems = append(problems, fmt.Sprintf("line %d: %s", i+1, domain.MessageOf(err)))
		}
		types = append(types, t)
	}
	switch more := len(problems) - maxProblems; {
	case len(types) == 0:
		return nil, domain.Errorf(domain.KindInvalid, "nothing_to_import", "there is no line to import; write a name a line, its aliases behind it, parted by commas")
	case len(types) > maxLines:
		return nil, domain.Errorf(domain.KindInvalid, "too_many_lines", "%d lines are too many at once; import at most %d, then the next ones", len(types), maxLines)
	case more > 0:
		problems = append(problems[:maxProblems], fmt.Sprintf("and %d more", more))
	}
	if len(problems) > 0 {
		return nil, domain.Errorf(domain.KindInvalid, "bad_insight_type", "nothing was imported. %s", strings.Join(problems, "; "))
	}
	return types, nil
}

package insight

import (
	"maps"
	"slices"
	"time"

	"earshot/internal/domain"
)

// ContentStems are the stems of the words of a text that carry content, in their order.
func ContentStems(text string) []string {
	var out []string
	for _, w := range readLine(domain.Line{Text: text}).words {
		if !isFunctionWord(w.text) {
			out = append(out, w.stem)
		}
	}
	return out
}

// DaysNamed are the days (YYYY-MM-DD) that each line names, by line ID, counted from the start of the call in its zone: what the rules for
// due dates read in the lines.
func DaysNamed(lines []domain.Line, startedAt time.Time) map[int][]string {
	days := calendar{now: startedAt, said: map[time.Weekday]time.Time{}}
	out := map[int][]string{}
	for _, l := range readLines(lines) {
		days.hear(l.words)
		found := map[string]bool{}
		if day, _ := days.due(l.words); !day.IsZero() {
			found[day.Format(time.DateOnly)] = true
		}
		for _, d := range findDates(l.words, startedAt) {
			if !d.day.IsZero() {
				found[d.day.Format(time.DateOnly)] = true
			}
		}
		out[l.ID] = append(out[l.ID], slices.Sorted(maps.Keys(found))...)
	}
	return out
}

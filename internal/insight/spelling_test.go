package insight

import (
	"testing"

	"earshot/internal/domain"
)

// A speech engine trained on old books writes words the old way.
func TestSpellingsAreNormalised(t *testing.T) {
	t.Parallel()
	for _, c := range []struct {
		text string
		want []string
	}{
		{"I'll send it to-morrow.", []string{"i", "'ll", "send", "it", "tomorrow"}},
		{"To-day or To-night", []string{"today", "or", "tonight"}},
		{"see you to morrow", []string{"see", "you", "tomorrow"}},
		{"Good-bye", []string{"goodbye"}},
		{"good-by then", []string{"goodbye", "then"}},
		{"this week-end", []string{"this", "weekend"}},
		{"O.K. fine", []string{"ok", "fine"}},
		{"please re-schedule and e-mail any one", []string{"please", "reschedule", "and", "email", "any", "one"}},
		{"a pre-paid follow-up", []string{"a", "prepaid", "follow", "up"}},
		{"to-day-care", []string{"to", "day", "care"}},
		{"good - bye", []string{"good", "bye"}},
		{"to-", []string{"to"}},
		{"5-6", []string{"5-6"}},
	} {
		l := readLine(domain.Line{Text: c.text})
		got := []string{}
		for _, w := range l.words {
			got = append(got, w.text)
			if w.from < 0 || w.to > len(c.text) || w.from > w.to {
				t.Errorf("%q: word %q at bytes %d to %d", c.text, w.text, w.from, w.to)
			}
		}
		if len(got) != len(c.want) {
			t.Errorf("%q gives %q, want %q", c.text, got, c.want)
			continue
		}
		for i := range got {
			if got[i] != c.want[i] {
				t.Errorf("%q gives %q, want %q", c.text, got, c.want)
				break
			}
		}
	}
}

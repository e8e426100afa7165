package insight

import (
	"slices"
	"testing"

	"github.com/google/go-cmp/cmp"

	"earshot/internal/domain"
)

func TestKeyMoments(t *testing.T) {
	t.Parallel()
	tr := talk(
		"Thank you for calling Acme Heating, my name is Joe, how can I help you today?",
		"Um, hi, my heater has been broken since Monday and we have no hot water in the whole house.",
		"Oh no.",
		"Yeah.",
		"Is the display of the heater showing an error code?",
		"It shows error code E4 and the red light of the heater is blinking all the time.",
		"Okay, error code E4 means that the water pressure of the heater is too low.",
		"Mhm.",
		"How is the weather?",
		"Cold.",
		"I'll send a technician tomorrow morning who will check the pressure and replace the valve of the heater.",
		"Great, thank you so much.",
		"You're welcome, have a nice day.",
		"Bye.",
	)
	got := Analyze(tr, Context{}).Summary
	var lines []int
	for _, m := range got {
		lines = append(lines, m.Lines...)
	}
	if len(got) < 2 || len(got) > 4 || !slices.IsSorted(lines) || !slices.Contains(lines, 2) || !slices.Contains(lines, 11) {
		t.Errorf("moments %+v; want the problem (2) and the step (11) among two to four in order", got)
	}
	for _, m := range got {
		if m.Lines[0] == 2 && m.Text != "My heater has been broken since Monday and we have no hot water in the whole house." && m.Text[:2] != "Hi" {
			t.Errorf("leading fillers stay: %q", m.Text)
		}
		if slices.Contains(m.Lines, 13) || slices.Contains(m.Lines, 8) {
			t.Errorf("courtesy is no key moment: %q", m.Text)
		}
	}
}

func TestKeyMomentsOfShortCalls(t *testing.T) {
	t.Parallel()
	for _, c := range []struct {
		lines []string
		want  []domain.KeyMoment
	}{
		{nil, []domain.KeyMoment{}},
		{[]string{"..."}, []domain.KeyMoment{}},
		{[]string{"hello"}, []domain.KeyMoment{{Text: "Hello", Lines: []int{1}, Rule: "central"}}},
		{[]string{"Hi, this is Bob, please call me back about the order."}, []domain.KeyMoment{{Text: "Hi, this is Bob, please call me back about the order.", Lines: []int{1}, Rule: "first"}}},
	} {
		if diff := cmp.Diff(c.want, Analyze(talk(c.lines...), Context{}).Summary); diff != "" {
			t.Errorf("%q (-want +got):\n%s", c.lines, diff)
		}
	}
}

// Adjacent lines of one speaker are one moment that cites them all.
func TestKeyMomentsMergeLines(t *testing.T) {
	t.Parallel()
	tr := domain.Transcript{Duration: 9, Lines: []domain.Line{
		{ID: 4, Speaker: domain.Agent, Start: 0, End: 3, Text: "The invoice for the"},
		{ID: 5, Speaker: domain.Agent, Start: 3, End: 6, Text: "new printers was never sent to the office."},
	}}
	want := []domain.KeyMoment{{Text: "The invoice for the new printers was never sent to the office.", Lines: []int{4, 5}, Rule: "first"}}
	if diff := cmp.Diff(want, Analyze(tr, Context{}).Summary); diff != "" {
		t.Error(diff)
	}
}

package insighttypes

import (
	"strings"
	"testing"

	"github.com/google/go-cmp/cmp"

	"earshot/internal/domain"
)

func TestReadLines(t *testing.T) {
	t.Parallel()
	like := domain.InsightType{Kind: domain.KindProduct, SaidBy: domain.Customer, Active: true}
	got, err := readLines("\ufeffOrbit, the box ; Orbits,\r\n\n  Cloud Phone\tCP\n", like)
	want := []domain.InsightType{
		{Kind: domain.KindProduct, SaidBy: domain.Customer, Active: true, Name: "Orbit", Aliases: []string{"the box", "Orbits"}},
		{Kind: domain.KindProduct, SaidBy: domain.Customer, Active: true, Name: "Cloud Phone", Aliases: []string{"CP"}},
	}
	if diff := cmp.Diff(want, got); diff != "" || err != nil {
		t.Errorf("%v (-want +got)\n%s", err, diff)
	}
	for name, c := range map[string]struct{ text, code, says string }{
		"nothing":  {" \n\n", "nothing_to_import", "no line"},
		"bad":      {"Orbit\n???\nPlus", "bad_insight_type", "line 2: "},
		"commas":   {",,", "bad_insight_type", "line 1: "},
		"many bad": {strings.Repeat("?\n", 30), "bad_insight_type", "and 10 more"},
		"too many": {strings.Repeat("a\n", maxLines+1), "too_many_lines", "at most 5000"},
	} {
		if _, err := readLines(c.text, like); domain.CodeOf(err) != c.code || !strings.Contains(err.Error(), c.says) {
			t.Errorf("%s: %v", name, err)
		}
	}
}

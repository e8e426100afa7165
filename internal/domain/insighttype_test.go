package domain

import (
	"strings"
	"testing"

	"github.com/google/go-cmp/cmp"
)

func TestTidyInsightType(t *testing.T) {
	t.Parallel()
	got := InsightType{Kind: KindProduct, Name: "  Cloud \t Phone ", Aliases: []string{"cloud phone", " CP ", "", "cp", "the  phone"}, Language: " en "}
	if err := got.Tidy(); err != nil {
		t.Fatal(err)
	}
	if diff := cmp.Diff(InsightType{Kind: KindProduct, Name: "Cloud Phone", Aliases: []string{"CP", "the phone"}, Language: "en"}, got); diff != "" {
		t.Errorf("(-want +got)\n%s", diff)
	}
	for name, spoil := range map[string]func(*InsightType){
		"no name":          func(x *InsightType) { x.Name = " " },
		"no word":          func(x *InsightType) { x.Name = "?!" },
		"alias of no word": func(x *InsightType) { x.Aliases = []string{"-"} },
		"too long":         func(x *InsightType) { x.Name = strings.Repeat("é", MaxTypeLetters+1) },
		"kind":             func(x *InsightType) { x.Kind = "animal" },
		"speaker":          func(x *InsightType) { x.SaidBy = Speaker1 },
		"seconds":          func(x *InsightType) { x.FirstSeconds = -1 },
		"language":         func(x *InsightType) { x.Language = "English, please" },
		"aliases":          func(x *InsightType) { x.Aliases = strings.Fields(manyWords(MaxTypeAliases + 1)) },
	} {
		bad := InsightType{Kind: KindProduct, Name: "X1"}
		spoil(&bad)
		if err := bad.Tidy(); CodeOf(err) != "bad_insight_type" {
			t.Errorf("%s: %v", name, err)
		}
	}
}

// manyWords are n different ones.
func manyWords(n int) string {
	words := make([]string, n)
	for i := range words {
		words[i] = strings.Repeat("a", i%10+1) + strings.Repeat("b", i/10+1)
	}
	return strings.Join(words, " ")
}

func TestInsightTypeSpoken(t *testing.T) {
	t.Parallel()
	for _, c := range []struct {
		of, call string
		want     bool
	}{{"", "de", true}, {"de", "", true}, {"de-AT", "de", true}, {"de", "en-US", false}} {
		if got := (InsightType{Language: c.of}).Spoken(c.call); got != c.want {
			t.Errorf("%q in a call in %q: %v", c.of, c.call, got)
		}
	}
}

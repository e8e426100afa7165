package insight

import (
	"fmt"
	"testing"

	"github.com/google/go-cmp/cmp"

	"earshot/internal/domain"
)

// ownTypes are active, with the name as id.
func ownTypes(types ...domain.InsightType) []domain.InsightType {
	for i := range types {
		types[i].ID, types[i].Active = fmt.Sprint(i, types[i].Name), true
	}
	return types
}

func TestTypesInCalls(t *testing.T) {
	t.Parallel()
	types := ownTypes(
		domain.InsightType{Kind: domain.KindProduct, Name: "Orbit", Aliases: []string{"the small box"}},
		domain.InsightType{Kind: domain.KindProduct, Name: "Orbit Plus"},
		domain.InsightType{Kind: domain.KindCompetitor, Name: "Dialpad", SaidBy: domain.Customer},
		domain.InsightType{Kind: domain.KindMention, Name: "warranty by us", Aliases: []string{"warranty"}, SaidBy: domain.Agent},
		domain.InsightType{Kind: domain.KindMention, Name: "warranty asked", Aliases: []string{"warranty"}, SaidBy: domain.Customer},
		domain.InsightType{Kind: domain.KindMention, Name: "greeting", Aliases: []string{"welcome to"}, FirstSeconds: 2},
		domain.InsightType{Kind: domain.KindMention, Name: "garantie", Language: "de"},
		domain.InsightType{Kind: domain.KindMention, Name: "sleeps"},
	)
	types[len(types)-1].Active = false
	call := talk( // the agent begins
		"Welcome to us, the garantie sleeps.",
		"Welcome to me: is the small boxes an Orbit?",
		"We left Dialpad for Orbit Plus with a warranty.",
		"We use Dialpad and Aircall, is there a warranty?",
	)
	call.Language = "en-US"
	got := mentionTexts(Analyze(call, Context{Categories: Categories(types, call.Language)}).Mentions)
	want := []string{"1 mention/greeting exact", "2 product/Orbit exact", "3 product/Orbit Plus exact", "3 mention/warranty by us exact",
		"4 competitor/Dialpad exact", "4 competitor/Aircall exact", "4 mention/warranty asked exact"}
	if diff := cmp.Diff(want, got); diff != "" {
		t.Errorf("(-want +got)\n%s", diff)
	}
}

func TestTryTypes(t *testing.T) {
	t.Parallel()
	types := ownTypes(
		domain.InsightType{Kind: domain.KindProduct, Name: "Nextiva", Aliases: []string{"nex tee"}},
		domain.InsightType{Kind: domain.KindMention, Name: "warranty", SaidBy: domain.Customer, FirstSeconds: 60},
	)
	for _, c := range []struct {
		text string
		by   domain.Speaker
		at   float64
		want []string
	}{
		{"We sell Nextiva.", "", 0, []string{"Nextiva exact 1 Nextiva"}},
		{"All the warranties", "", 0, []string{"warranty word_form 1 warranties"}},
		{"a nextivva phone", "", 0, []string{"Nextiva fuzzy 0.88 nextivva"}},
		{"a nexteeva phone", "", 0, []string{"Nextiva phonetic 0.92 nexteeva"}},
		{"a nex tee and a warranty", domain.Customer, 59, []string{"Nextiva exact 1 nex tee", "warranty exact 1 warranty"}},
		{"the warranty", domain.Agent, 0, nil},
		{"the warranty", domain.Customer, 61, nil},
		{"", "", 0, nil},
	} {
		got := []string{}
		for _, m := range TryTypes(types, c.text, c.by, c.at, "") {
			got = append(got, fmt.Sprint(m.Type.Name, " ", m.Match, " ", m.Score, " ", m.Heard))
		}
		if diff := cmp.Diff(append([]string{}, c.want...), got); diff != "" {
			t.Errorf("%q (-want +got)\n%s", c.text, diff)
		}
	}
}

package insight

import (
	"fmt"
	"testing"

	"github.com/google/go-cmp/cmp"

	"earshot/internal/domain"
)

func mentionTexts(in []domain.Mention) []string {
	out := []string{}
	for _, m := range in {
		out = append(out, fmt.Sprintf("%d %s/%s %s", m.Line, m.Category, m.Keyword, m.Match))
	}
	return out
}

func TestMentions(t *testing.T) {
	t.Parallel()
	custom := []Category{
		{Name: domain.CategoryPricing, Keywords: keywords("price", "price list", "payment plan")},
		{Name: domain.CategoryCompetitor, Keywords: []Keyword{{Text: "Salesforce"}, {Text: "Dialpad"}, {Text: "8x8", Aliases: []string{"eight by eight"}}}},
		{Name: "hardware", Keywords: []Keyword{{Text: "Yealink"}, {Text: "Nextiva"}, {Text: "Polycom Trio"}, {Text: "SIP"}}},
		{Name: "legal", SaidBy: domain.Customer, Keywords: keywords("contract")},
	}
	for _, c := range []struct {
		text string // said by the agent
		want []string
	}{
		{"What about the pricing and the prices?", []string{"1 pricing/price exact"}},
		{"The price list has it.", []string{"1 pricing/price list exact"}},
		{"He won a prize and ate rice.", nil},
		{"Payment plans are possible.", []string{"1 pricing/payment plan exact"}},
		{"We use SALESFORCE.", []string{"1 competitor/Salesforce exact"}},
		{"We use sales force.", []string{"1 competitor/Salesforce fuzzy"}},
		{"We use salesforse.", []string{"1 competitor/Salesforce fuzzy"}},
		{"We do sales for them.", nil},
		{"We had dial pad before.", []string{"1 competitor/Dialpad fuzzy"}},
		{"That is eight by eight.", []string{"1 competitor/8x8 exact"}},
		{"a yea link phone", []string{"1 hardware/Yealink fuzzy"}},
		{"a nexteeva phone", []string{"1 hardware/Nextiva phonetic"}},
		{"a polycomm trio phone", []string{"1 hardware/Polycom Trio fuzzy"}},
		{"sip the tea", []string{"1 hardware/SIP exact"}},
		{"zip the file", nil},
		{"the contract ends", nil},
	} {
		got := mentionTexts(Analyze(talk(c.text), Context{Categories: custom}).Mentions)
		if diff := cmp.Diff(append([]string{}, c.want...), got); diff != "" {
			t.Errorf("%q (-want +got):\n%s", c.text, diff)
		}
	}
}

func TestMentionTime(t *testing.T) {
	t.Parallel()
	tr := talk("hello", "1234567890 the price")
	got := Analyze(tr, Context{}).Mentions
	want := []domain.Mention{{Category: "pricing", Keyword: "price", Speaker: domain.Customer, Line: 2, Start: 4, Match: domain.MatchExact, Score: 1}}
	if diff := cmp.Diff(want, got); diff != "" { // 15 of 20 letters into 2.5 to 4.5 s
		t.Error(diff)
	}
}

func TestConsent(t *testing.T) {
	t.Parallel()
	for _, c := range []struct {
		lines []string
		want  []string
	}{
		{[]string{"This call is recorded. Is that okay?", "Yes, that's fine."}, []string{"1 consent/call is recorded exact", "2 consent/agreed to recording exact"}},
		{[]string{"Do you mind if I record this call?", "No, go ahead."}, []string{"1 consent/mind if i record exact", "1 consent/record this call exact", "2 consent/agreed to recording exact"}},
		{[]string{"Do you mind if I record this call?", "Well, I'd rather not."}, []string{"1 consent/mind if i record exact", "1 consent/record this call exact", "2 consent/declined recording exact"}},
		{[]string{"This call may be recorded.", "Okay."}, []string{"1 consent/call may be recorded exact"}},
		{[]string{"Is it okay if I record?", "No."}, []string{"1 consent/okay if i record exact", "2 consent/declined recording exact"}},
	} {
		if diff := cmp.Diff(c.want, mentionTexts(Analyze(talk(c.lines...), Context{}).Mentions)); diff != "" {
			t.Errorf("%q (-want +got):\n%s", c.lines, diff)
		}
	}
}

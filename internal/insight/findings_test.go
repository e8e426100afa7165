package insight

import (
	"testing"
	"time"

	"github.com/google/go-cmp/cmp"

	"earshot/internal/domain"
)

func TestCallReason(t *testing.T) {
	t.Parallel()
	for _, c := range []struct {
		lines []string // agent first
		want  string   // "" none; with the rule before it
		line  int
	}{
		{[]string{"Thank you for calling Acme, how can I help you?", "Hi, I'm calling about my last invoice. It looks high."}, "calling_about: I'm calling about my last invoice", 2},
		{[]string{"Acme, good morning.", "Hello. I need help resetting my password."}, "need: I need help resetting my password", 2},
		{[]string{"Acme, good morning.", "Hi, our coffee machine is not working."}, "problem: Our coffee machine is not working", 2},
		{[]string{"thanks for calling what can i do for you", "yeah hi i'm calling because the heater is broken"}, "calling_about: I'm calling because the heater is broken", 2},
		{[]string{"Hello, this is Dana from Acme. I'm calling about the offer you asked for.", "Oh, right."}, "calling_about: I'm calling about the offer you asked for", 1},
		{[]string{"Hello.", "We are not sure that we want to change."}, "", 0},
		{[]string{"Hello.", "Hello.", "How are you?", "Fine."}, "", 0},
		{[]string{"I need to see your passport."}, "", 0},
		{nil, "", 0},
	} {
		got := Analyze(talk(c.lines...), Context{}).CallReason
		if got == nil {
			if c.want != "" {
				t.Errorf("%q: no reason", c.lines)
			}
			continue
		}
		if text := got.Rule + ": " + got.Text; text != c.want || got.Lines[0] != c.line {
			t.Errorf("%q: %q in %v, want %q", c.lines, text, got.Lines, c.want)
		}
	}
}

func TestPoints(t *testing.T) {
	t.Parallel()
	for _, c := range []struct {
		lines []string
		want  []domain.Point
	}{
		{[]string{"We could start with ten seats in March.", "Agreed."}, []domain.Point{{Kind: "agreed", Text: "We could start with ten seats in March", Speaker: "customer", Lines: []int{1, 2}, Rule: "says_agreed"}}},
		{[]string{"The fee is forty dollars.", "That's not right. I did not ask for it."}, []domain.Point{{Kind: "disputed", Text: "That's not right", Speaker: "customer", Lines: []int{1, 2}, Rule: "denies"}}},
		{[]string{"it is for the express delivery", "but i never ordered express"}, []domain.Point{{Kind: "disputed", Text: "I never ordered express", Speaker: "customer", Lines: []int{1, 2}, Rule: "denies"}}},
		{[]string{"It was late.", "You're right."}, []domain.Point{{Kind: "agreed", Text: "It was late", Speaker: "customer", Lines: []int{1, 2}, Rule: "says_agreed"}}},
		{[]string{"Here it is.", "I was told it is worth more, and that's not what we hoped."}, nil},
		{[]string{"The invoice went out on Monday.", "Yes."}, nil},
		{[]string{"Hello.", "Do you agree?"}, nil},
		{[]string{"Hi there.", "Deal."}, nil},
	} {
		if diff := cmp.Diff(c.want, Analyze(talk(c.lines...), Context{}).Points); diff != "" {
			t.Errorf("%q (-want +got):\n%s", c.lines, diff)
		}
	}
	tr := talk("We could start in March with ten.", "Agreed.")
	for i := range tr.Lines {
		tr.Lines[i].Speaker = domain.Speaker1
	}
	if got := Analyze(tr, Context{}).Points; got != nil {
		t.Errorf("voices that nobody told apart agree: %+v", got)
	}
}

func TestSentiment(t *testing.T) {
	t.Parallel()
	got := Analyze(talk("Hello.", "This is terrible, I am angry.", "I see.", "It is not good.", "Done.", "Okay.", "Anything else?", "Wonderful, thank you."), Context{}).Sentiment
	want := &domain.Sentiment{Trust: "low", Trend: map[domain.Speaker][]float64{"agent": {0, 0, 0, 0}, "customer": {-1, -1, 0, 1}}, Lines: []int{2, 4, 8}}
	if diff := cmp.Diff(want, got); diff != "" {
		t.Errorf("(-want +got):\n%s", diff)
	}
	if got := Analyze(talk("Hello.", "Yes."), Context{}).Sentiment; got != nil {
		t.Errorf("a trend of nothing: %+v", got)
	}
}

// Keywords of a category with a window count in that part of the call alone, and nowhere where lines have no times.
func TestWindows(t *testing.T) {
	t.Parallel()
	tr := talk("The price.", "x", "x", "x", "The price.", "x", "x", "x", "The price.") // at 0, 10 and 20 s of 22
	for _, c := range []struct {
		within Window
		want   []int
	}{
		{Window{}, []int{1, 5, 9}}, {Window{To: 5}, []int{1}}, {Window{From: 5}, []int{5, 9}}, {Window{From: -5}, []int{9}}, {Window{To: -5}, []int{1, 5}}, {Window{From: 5, To: 15}, []int{5}}, {Window{From: 100}, nil},
	} {
		categories := []Category{{Name: "x", Keywords: keywords("price"), Within: c.within}}
		var got []int
		for _, m := range Analyze(tr, Context{Categories: categories}).Mentions {
			got = append(got, m.Line)
		}
		if diff := cmp.Diff(c.want, got); diff != "" {
			t.Errorf("%+v (-want +got):\n%s", c.within, diff)
		}
	}
	for i := range tr.Lines {
		tr.Lines[i].Start, tr.Lines[i].End = 0, 0
	}
	if got := Analyze(tr, Context{Categories: []Category{{Name: "x", Keywords: keywords("price"), Within: Window{To: 60}}}}).Mentions; len(got) > 0 {
		t.Errorf("without times: %+v", got)
	}
}

func TestMentionSaysWhatWasHeard(t *testing.T) {
	t.Parallel()
	categories := []Category{{Name: "x", SaidBy: domain.Customer, Keywords: []Keyword{{Text: "Salesforce", SaidBy: domain.Agent}, {Text: "Nextiva", Unless: []string{"nextiva arena"}, SaidBy: domain.Agent}, {Text: "price"}}}}
	got := Analyze(talk("We use sales force and a nexteeva, at the price.", "price"), Context{Categories: categories}).Mentions
	want := []domain.Mention{
		{Category: "x", Keyword: "Salesforce", Speaker: "agent", Line: 1, Match: "fuzzy", Score: 1, Heard: "sales force"},
		{Category: "x", Keyword: "Nextiva", Speaker: "agent", Line: 1, Match: "phonetic", Heard: "nexteeva"},
		{Category: "x", Keyword: "price", Speaker: "customer", Line: 2, Match: "exact", Score: 1},
	}
	for i := range got {
		if got[i].Start = 0; got[i].Match == domain.MatchPhonetic && got[i].Score > 0.8 && got[i].Score < 1 {
			got[i].Score = 0
		}
	}
	if diff := cmp.Diff(want, got); diff != "" {
		t.Errorf("(-want +got):\n%s", diff)
	}
	if got := Analyze(talk("We met at the nextiva arena."), Context{Categories: categories}).Mentions; len(got) > 0 {
		t.Errorf("in a phrase that means something else: %+v", got)
	}
}

// Both sides agree on a day: one step of who offered it, with the lines of the offer, the yes and what repeats it.
func TestAgreedDates(t *testing.T) {
	t.Parallel()
	start := time.Date(2026, 11, 23, 9, 30, 0, 0, time.UTC) // a Monday
	for _, c := range []struct {
		lines []string
		want  string
	}{
		{[]string{"How does Friday morning sound?", "Friday works."}, "agent: How does Friday morning sound @2026-11-27"},
		{[]string{"Would Thursday be okay?", "Yes, that's fine."}, "agent: Would Thursday be okay @2026-11-26"},
		{[]string{"Let's meet on the second. Does ten work?", "Make it eleven."}, "agent: Let's meet on the second @2026-12-02"},
		{[]string{"Hello.", "Could we do Wednesday instead?", "Wednesday at two."}, "customer: Could we do Wednesday instead @2026-11-25"},
		{[]string{"How does Friday sound?", "No, that's not good."}, ""},
		{[]string{"Did you get it on Monday?", "Yes."}, ""},
		{[]string{"The contract ends on Friday.", "Okay."}, ""},
		{[]string{"Is that everything for today?", "Yes, that's all."}, ""},
		{[]string{"Is that everything that you needed today?", "That is."}, ""},
		{[]string{"Is Friday okay?", "Sure."}, "agent: Is Friday okay @2026-11-27"},
	} {
		tr := talk(append(append([]string{}, c.lines...), "x", "x", "x", "x", "x", "x", "x", "x")...)
		got := ""
		for _, s := range Analyze(tr, Context{StartedAt: start}).NextSteps {
			got += stepText(s)
		}
		if got != c.want {
			t.Errorf("%q gives %q, want %q", c.lines, got, c.want)
		}
	}
}

// Every insight says which rule found it.
func TestRulesAreNamed(t *testing.T) {
	t.Parallel()
	tr := talk("What is your name?", "Bob, and I'm calling about the price.", "you are on the pro plan, right", "yes", "I'll send you the quote tomorrow.", "Agreed.")
	in := Analyze(tr, Context{})
	for _, q := range in.Questions {
		if q.Rule == "" {
			t.Errorf("%+v", q)
		}
	}
	for _, m := range in.Summary {
		if m.Rule == "" {
			t.Errorf("%+v", m)
		}
	}
	for _, s := range in.NextSteps {
		if s.Rule == "" {
			t.Errorf("%+v", s)
		}
	}
	if len(in.Questions) != 2 || in.Questions[1].Rule != "tag" || len(in.NextSteps) != 1 || in.NextSteps[0].Rule != "promise" || in.CallReason == nil {
		t.Errorf("%+v", in)
	}
	for _, k := range commitments {
		if k.name == "" {
			t.Errorf("a commitment without a name: %d patterns", len(k.patterns))
		}
	}
}

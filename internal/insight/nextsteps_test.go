package insight

import (
	"slices"
	"strings"
	"testing"
	"time"

	"github.com/google/go-cmp/cmp"

	"earshot/internal/domain"
)

func stepText(s domain.NextStep) string {
	text := s.Text
	if s.Owner != nil {
		text = string(*s.Owner) + ": " + text
	}
	if s.Due != nil {
		text += " @" + *s.Due
	}
	return text
}

func TestNextSteps(t *testing.T) {
	t.Parallel()
	start := time.Date(2026, 11, 23, 9, 30, 0, 0, time.UTC) // a Monday
	for _, c := range []struct {
		lines []string // agent first
		want  []string
	}{
		{[]string{"I'll send you the revised quote by Friday."}, []string{"agent: Send the revised quote by Friday @2026-11-27"}},
		{[]string{"ill send you the quote tomorrow"}, []string{"agent: Send the quote tomorrow @2026-11-24"}},
		{[]string{"I'll send you the quote to-morrow."}, []string{"agent: Send the quote to-morrow @2026-11-24"}},
		{[]string{"I'll e-mail it to-night. Good-bye."}, []string{"agent: E-mail it to-night @2026-11-23"}},
		{[]string{"I'm calling in today because a light came on."}, nil},
		{[]string{"We are going to ship a replacement tomorrow."}, []string{"agent: Ship a replacement tomorrow @2026-11-24"}},
		{[]string{"By Friday I'll email you the contract."}, []string{"agent: Email the contract @2026-11-27"}},
		{[]string{"Could you send me the signed form?", "Sure, will do."}, []string{"customer: Send the signed form"}},
		{[]string{"Could you send me the signed form?", "No, I can't."}, nil},
		{[]string{"Would you like me to schedule a visit on Thursday?", "Yes please."}, []string{"agent: Schedule a visit on Thursday @2026-11-26"}},
		{[]string{"I can send you a brochure.", "No thanks."}, nil},
		{[]string{"Okay.", "Please call me back tomorrow."}, []string{"agent: Call back tomorrow @2026-11-24"}},
		{[]string{"I'll check with my manager and get back to you on Wednesday."}, []string{"agent: Check with my manager and get back to you on Wednesday @2026-11-25"}},
		{[]string{"A technician will call you tomorrow."}, []string{"agent: A technician will call you tomorrow @2026-11-24"}},
		{[]string{"I'm sending it over this afternoon."}, []string{"agent: I'm sending it over this afternoon @2026-11-23"}},
		{[]string{"The next step is to sign the contract."}, []string{"agent: Sign the contract"}},
		{[]string{"I'll refund the fee.", "Thanks."}, []string{"agent: Refund the fee"}},
		{[]string{"Can you send the offer?", "Okay.", "I mean can you send it?", "I'll send the offer tomorrow."}, []string{"customer: Send the offer @2026-11-24"}},
		// during the call, negated, past, reported, conditional: none of these is a next step
		{[]string{"Let me check that for you now."}, nil},
		{[]string{"I'll just put you on hold."}, nil},
		{[]string{"Let me pull up your account."}, nil},
		{[]string{"I'll transfer you to billing."}, nil},
		{[]string{"I will now send you a code."}, nil},
		{[]string{"I'll be honest with you."}, nil},
		{[]string{"I won't send it."}, nil},
		{[]string{"I will not call you again."}, nil},
		{[]string{"I said I'll call him tomorrow."}, nil},
		{[]string{"I can't promise I'll match that by Friday, but I'll talk to my manager tomorrow."}, []string{"agent: Talk to my manager tomorrow @2026-11-24"}},
		{[]string{"The tools will arrive tomorrow before noon."}, []string{"agent: The tools will arrive tomorrow before noon @2026-11-24"}},
		{[]string{"You'll have our offer by Friday."}, []string{"agent: You'll have our offer by Friday @2026-11-27"}},
		{[]string{"You will have to wait."}, nil},
		{[]string{"I'll show it to my manager on Monday."}, []string{"agent: Show it to my manager on Monday @2026-11-30"}},
		{[]string{"I'll know more on Monday."}, nil},
		{[]string{"Send it to my office.", "Sure."}, []string{"customer: Send it to my office"}},
		{[]string{"Will you pick it up tomorrow, or shall we send it?", "Sure."}, nil},
		{[]string{"I can try that later."}, []string{"agent: Try that later"}},
		{[]string{"We can deliver in ten days. Would you like to see it?", "Yes."}, nil},
		{[]string{"I still need to think about it."}, nil},
		{[]string{"I would send it but it is late."}, nil},
		{[]string{"I sent it yesterday."}, nil},
		{[]string{"If you have any questions please call us."}, nil},
		{[]string{"Please let me know if it breaks."}, nil},
		{[]string{"Please hold on for a moment."}, nil},
		{[]string{"Can you confirm your phone number?", "Sure."}, nil},
		{[]string{"Can you provide me with more details?", "Sure."}, nil},
		{[]string{"Please feel free to reach out."}, nil},
		{[]string{"Let's try restarting it.", "Okay."}, nil},
	} {
		tr := talk(append([]string{"hello", "hello"}, append(c.lines, "bye", "bye", "bye", "bye", "bye", "bye")...)...)
		got := []string{}
		for _, s := range Analyze(tr, Context{StartedAt: start}).NextSteps {
			got = append(got, stepText(s))
		}
		if diff := cmp.Diff(append([]string{}, c.want...), got); diff != "" {
			t.Errorf("%q (-want +got):\n%s", c.lines, diff)
		}
	}
}

// What is said twice is one step that cites both lines, and who answers a request is cited too.
func TestNextStepsAreMerged(t *testing.T) {
	t.Parallel()
	tr := talk("Can you email me the invoice?", "Sure, I'll email it tomorrow.", "Great.", "And I'll email the invoice to your boss as well.")
	got := Analyze(tr, Context{StartedAt: time.Date(2026, 11, 23, 0, 0, 0, 0, time.UTC)}).NextSteps
	if len(got) != 1 || !cmp.Equal(got[0].Lines, []int{1, 2, 4}) || got[0].Due == nil || *got[0].Due != "2026-11-24" {
		t.Errorf("steps %+v", got)
	}
}

func TestOwnerIsUnknownWhereVoicesAre(t *testing.T) {
	t.Parallel()
	tr := talk("I'll send you the quote tomorrow.")
	tr.Lines[0].Speaker = domain.Speaker1
	if got := Analyze(tr, Context{}).NextSteps; len(got) != 1 || got[0].Owner != nil {
		t.Errorf("steps %+v", got)
	}
}

// TestADayBelongsToWhatItWasSaidOf: what the other side does that day itself, or what may never come, says nothing of the promise behind it.
func TestADayBelongsToWhatItWasSaidOf(t *testing.T) {
	t.Parallel()
	for _, c := range []struct {
		lines []string
		step  string
		due   string
	}{
		{[]string{"Great. I'll send the invite to you and your admin today.", "Good. I'll forward it to our CFO."}, "forward", ""},
		{[]string{"What if it happens again next month?", "I'm going to escalate this to our billing team so they can fix the cause."}, "scalate", ""},
		{[]string{"Our driver will come by tomorrow.", "Then I'll have it ready."}, "have it ready", "2026-11-24"},
	} {
		found := Analyze(talk(c.lines...), Context{StartedAt: starts["mon"]})
		at := slices.IndexFunc(found.NextSteps, func(s domain.NextStep) bool { return strings.Contains(strings.ToLower(s.Text), c.step) })
		if at < 0 {
			t.Errorf("%q: no step %q in %+v", c.lines, c.step, found.NextSteps)
			continue
		}
		due := ""
		if d := found.NextSteps[at].Due; d != nil {
			due = *d
		}
		if due != c.due {
			t.Errorf("%q: due %q, want %q", c.lines, due, c.due)
		}
	}
}

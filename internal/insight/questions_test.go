package insight

import (
	"testing"

	"github.com/google/go-cmp/cmp"

	"earshot/internal/domain"
)

// texts gives the questions of lines said in turn.
func questionTexts(lines ...string) []string {
	out := []string{}
	for _, q := range Analyze(talk(lines...), Context{}).Questions {
		out = append(out, q.Text)
	}
	return out
}

// talk is a call in which agent and customer take turns of two seconds, half a second apart.
func talk(lines ...string) domain.Transcript {
	t := domain.Transcript{}
	for i, text := range lines {
		speaker := domain.Agent
		if i%2 == 1 {
			speaker = domain.Customer
		}
		start := float64(i) * 2.5
		t.Lines = append(t.Lines, domain.Line{ID: i + 1, Speaker: speaker, Start: start, End: start + 2, Text: text})
		t.Duration = start + 2
	}
	return t
}

func TestQuestions(t *testing.T) {
	t.Parallel()
	for _, c := range []struct {
		text string
		want []string
	}{
		{"How can I help you today?", []string{"How can I help you today?"}},
		{"Thank you. What is your name?", []string{"What is your name?"}},
		{"what is your name", []string{"what is your name"}},
		{"okay and what is your date of birth", []string{"what is your date of birth"}},
		{"thanks mary can you spell that for me", []string{"can you spell that for me"}},
		{"When you run it, do you see an error?", []string{"When you run it, do you see an error?"}},
		{"What's your name, and what's your account number?", []string{"What's your name", "what's your account number?"}},
		{"Do you want the blue one or do you want the red one?", []string{"Do you want the blue one or do you want the red one?"}},
		{"So you are on the pro plan, right", []string{"So you are on the pro plan, right"}},
		{"that is the old one isn't it", []string{"that is the old one isn't it"}},
		{"I was wondering if there is a discount.", []string{"I was wondering if there is a discount."}},
		{"You have two accounts?", []string{"You have two accounts?"}},
		{"how much", []string{"how much"}},
		{"how much would it cost to add ten users", []string{"how much would it cost to add ten users"}},
		{"which plan are you on", []string{"which plan are you on"}},
		{"why", []string{"why"}},
		{"What happened?", []string{"What happened?"}},
		{"Would you mind holding for a minute.", []string{"Would you mind holding for a minute."}},
		{"Can you hear me now? Is this better?", []string{"Can you hear me now?", "Is this better?"}},
		{"Does “Windows” start?", []string{"Does “Windows” start?"}},
		// none of these asks
		{"What I mean is that it is broken.", nil},
		{"You know what, I will take it.", nil},
		{"How about that.", nil},
		{"When you called we had already closed.", nil},
		{"when you called we had already closed", nil},
		{"what i can do is give you a credit", nil},
		{"What happened is that the line dropped.", nil},
		{"I don't know what is wrong.", nil},
		{"as soon as i can i will call you", nil},
		{"the problem is it keeps dropping", nil},
		{"Should you have any trouble, call us.", nil},
		{"Have the serial number ready.", nil},
		{"Do that first.", nil},
		{"I do too, and so do I.", nil},
		{"which is fine by me", nil},
		{"Hello?", nil},
		{"You know what?", nil},
		{"that's right", nil},
		{"what a nice day", nil},
		{"He asked me where the office is.", nil},
		{"whatever you can do is fine", nil},
		{"That is how it works.", nil},
	} {
		if diff := cmp.Diff(append([]string{}, c.want...), questionTexts(c.text)); diff != "" {
			t.Errorf("%q (-want +got):\n%s", c.text, diff)
		}
	}
}

func TestAnswered(t *testing.T) {
	t.Parallel()
	line := func(id int, s domain.Speaker, start, end float64, text string) domain.Line {
		return domain.Line{ID: id, Speaker: s, Start: start, End: end, Text: text}
	}
	ask := line(1, domain.Agent, 0, 2, "What is your name?")
	for _, c := range []struct {
		name string
		next []domain.Line
		want bool
	}{
		{"at once", []domain.Line{line(2, domain.Customer, 2.4, 4, "Mary Jones.")}, true},
		{"in time", []domain.Line{line(2, domain.Customer, 6.9, 8, "Mary Jones.")}, true},
		{"too late", []domain.Line{line(2, domain.Customer, 7.1, 8, "Mary Jones.")}, false},
		{"never", nil, false},
		{"only the asker", []domain.Line{line(2, domain.Agent, 3, 4, "Hello?"), line(3, domain.Agent, 5, 6, "I will hang up.")}, false},
		{"the asker goes on", []domain.Line{line(2, domain.Agent, 2.2, 6, "I need it for the form."), line(3, domain.Customer, 7.5, 8, "Mary.")}, true},
		{"filler", []domain.Line{line(2, domain.Customer, 3, 4, "Um.")}, false},
		{"question back", []domain.Line{line(2, domain.Customer, 3, 4, "Why do you ask?")}, false},
		{"question back, then an answer", []domain.Line{line(2, domain.Customer, 3, 4, "Why do you ask?"), line(3, domain.Agent, 4.5, 6, "For the form."), line(4, domain.Customer, 6.5, 7, "Mary.")}, true},
		{"answer and question", []domain.Line{line(2, domain.Customer, 3, 4, "Mary. Why do you ask?")}, true},
		{"let me check, then an answer", []domain.Line{line(2, domain.Customer, 3, 4, "Let me check."), line(3, domain.Customer, 20, 22, "It is Mary.")}, true},
		{"over the end of the question", []domain.Line{line(2, domain.Customer, 1.5, 3, "Mary.")}, true},
	} {
		tr := domain.Transcript{Lines: append([]domain.Line{ask}, c.next...)}
		if got := Analyze(tr, Context{}).Questions[0].Answered; got != c.want {
			t.Errorf("%s: answered %v", c.name, got)
		}
	}
}

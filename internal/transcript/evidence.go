package transcript

import (
	"strings"

	"earshot/internal/domain"
)

// What the company's side says and the other side hardly ever does, and the reverse. One phrase a line, lower case.
const (
	agentPhrases = `
thank you for calling
thanks for calling
how can i help
how may i help
how can i assist
how may i assist
can i help you
can i do for you
to be helping you
is there anything else i can
anything else i can
anything else you need
can i get your
can i have your
may i have your
could i have your
for verification
this call is recorded
this call may be
call is being recorded
let me pull up
our records
in our system
in the system
on hold
for your patience
for the inconvenience
for your trouble
we have on file
customer service
calling from
next stay with us
you with today
you're all set
transfer you
i see your
your account number
`
	customerPhrases = `
i'm calling in
i'm calling because
i'm calling about
i am calling about
i have a question
i need help
i ordered
i bought
i would like to order
my order
my account
my bill
my policy
my name is
my last name is
my number is
you guys
i was wondering if
i want to cancel
i need to cancel
`
)

var agentSays, customerSays = phrases(agentPhrases), phrases(customerPhrases)

func phrases(list string) []string { return strings.Split(strings.TrimSpace(list), "\n") }

// nameSides names two voices without a role agent and customer by what they say; where that tells nothing they stay as they are.
func nameSides(t *domain.Transcript) {
	score := map[domain.Speaker]int{domain.Speaker1: 0, domain.Speaker2: 0}
	seen := map[domain.Speaker]bool{}
	for _, l := range t.Lines {
		if _, numbered := score[l.Speaker]; !numbered {
			return
		}
		seen[l.Speaker] = true
		score[l.Speaker] += countOf(l.Text, agentSays) - countOf(l.Text, customerSays)
	}
	first, second := score[domain.Speaker1], score[domain.Speaker2]
	if len(seen) < 2 || first == second {
		return
	}
	names := map[domain.Speaker]domain.Speaker{domain.Speaker1: domain.Agent, domain.Speaker2: domain.Customer}
	if second > first {
		names = map[domain.Speaker]domain.Speaker{domain.Speaker1: domain.Customer, domain.Speaker2: domain.Agent}
	}
	for i := range t.Lines {
		t.Lines[i].Speaker = names[t.Lines[i].Speaker]
	}
	t.SpeakersEstimated = true
}

func countOf(text string, list []string) int {
	text = strings.ReplaceAll(strings.ToLower(text), "’", "'")
	n := 0
	for _, phrase := range list {
		if strings.Contains(text, phrase) {
			n++
		}
	}
	return n
}

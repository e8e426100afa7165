package pipeline

import (
	"cmp"
	"math"
	"slices"
	"strings"

	"earshot/internal/domain"
)

func compare(a, b float64) int      { return cmp.Compare(a, b) }
func round(seconds float64) float64 { return math.Round(seconds*100) / 100 }

// assignSpeakers names the speaker of each line and of each side's speech.
func assignSpeakers(t *domain.Transcript, lines, echoes []said, sides []*side, opt TranscribeOptions) {
	names := map[int]domain.Speaker{0: cmp.Or(opt.Single, domain.Speaker1)}
	if len(sides) == 2 {
		agent := agentVoice(t, lines, opt)
		names = map[int]domain.Speaker{agent: domain.Agent, 1 - agent: domain.Customer}
	}
	t.Lines, t.Dropped = named(lines, names), named(echoes, names)
	for _, s := range sides {
		t.Speech[names[s.voice]] = rounded(s.speech)
	}
}

// named gives lines in order of start, each with its speaker and its number.
func named(lines []said, names map[int]domain.Speaker) []domain.Line {
	var out []domain.Line
	for _, l := range lines {
		l.Speaker = names[l.voice]
		out = append(out, l.Line)
	}
	slices.SortStableFunc(out, func(a, b domain.Line) int { return compare(a.Start, b.Start) })
	for i := range out {
		out[i].ID = i + 1
	}
	return out
}

func rounded(spans []domain.Span) []domain.Span {
	out := make([]domain.Span, 0, len(spans))
	for _, s := range spans {
		out = append(out, domain.Span{Start: round(s.Start), End: round(s.End)})
	}
	return out
}

// agentPhrases are what the company's side says and the other side hardly ever does.
var agentPhrases = []string{
	"thank you for calling", "thanks for calling", "how can i help", "how may i help", "how can i assist", "how may i assist",
	"this call is recorded", "this call may be recorded", "call is being recorded", "let me pull up", "can i get your", "may i have your",
	"could i have your", "for verification", "i can help you with", "is there anything else", "anything else i can", "calling from",
	"i can schedule", "what can i do for you", "place you on hold", "put you on hold", "our records", "help you today", "what was your", "what is your", "your last name",
	"spell that for me", "after my system", "in our system", "in the system", "for the inconvenience", "thank you for that", "would you prefer", "we would love to", "customer service",
}

// customerPhrases are what the other side says and the company's side hardly ever does.
var customerPhrases = []string{
	"i'm calling in", "i'm calling because", "i'm calling about", "i am calling about", "i wanted to give you", "i bought", "i ordered", "my last name is", "my order", "my account", "i need help", "i would like to order",
	"my number is", "do you guys", "you guys",
}

// agentVoice decides who is the agent: on two channels by setting, then by who talks like one, else the left channel, or in a
// mixture the one who answers the telephone.
func agentVoice(t *domain.Transcript, lines []said, opt TranscribeOptions) int {
	if !t.SpeakersEstimated && opt.AgentChannel == AgentLeft {
		return 0
	}
	if !t.SpeakersEstimated && opt.AgentChannel == AgentRight {
		return 1
	}
	var score [2]int
	for _, l := range lines {
		score[l.voice] += countPhrases(l.Text, agentPhrases)
		score[1-l.voice] += countPhrases(l.Text, customerPhrases)
	}
	switch {
	case score[1] > score[0]:
		return 1
	case score[0] > score[1] || !t.SpeakersEstimated || opt.Direction != domain.Outbound:
		return 0
	default:
		return 1
	}
}

func countPhrases(text string, phrases []string) int {
	text = strings.ToLower(text)
	n := 0
	for _, phrase := range phrases {
		if strings.Contains(text, phrase) {
			n++
		}
	}
	return n
}

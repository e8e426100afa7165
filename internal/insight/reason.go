package insight

import (
	"strings"

	"earshot/internal/domain"
)

// How far into a call its reason is looked for, in lines: further where somebody says that it is one.
const (
	reasonLines = 14
	needLines   = 6
)

// reasonRule is a way to say why one calls. The rules are tried in this order over the start of the call.
type reasonRule struct {
	name     string
	agent    bool // also in lines of the agent, who makes the call
	patterns []pattern
}

var reasonRules = []reasonRule{
	{"calling_about", true, patterns(`
i 'm|am|was ~ calling|phoning|ringing in? ~ about|because|to|regarding|for|as|on|with|since
we 're|are ~ calling about|because|to|regarding
reason i|we 'm|am|'re|are|for|called|call ~ calling?
i|we ~ called|call about|because|to
i|we ~ wanted|want to ~ talk|speak|ask|discuss|follow|check
calling|returning to|about|your
returning your call
you asked|wrote|called ~ about|to|us
you filled|sent
i 'm ~ following up
follow up
`)},
	{"need", false, patterns(`
i|we ~ need|want|wish ~ help|to|a|an|some|my|the|you
i|we ~ have to
i|we 'd|would ~ like to
i|we 'd|would love to
looking to|for
i was|'m ~ wondering|hoping|trying|interested
can|could you ~ help
could use some help
`)},
	{"problem", false, patterns(`
i|we 'm|am|'re|are|have|'ve ~ been? having|experiencing|seeing|getting|running|facing ~
having|experiencing ~ some|a|an|trouble|issues|problems|difficulties
i|we have|'ve ~ got? a|an|two|some ~ question|questions|problem|issue|issues|trouble|complaint|leak
there 's|is a|an ~ problem|issue|leak|mistake|error
my|our|the _ is|'s|has|wo|does|did ~ n't|not|stopped|been|broken|down|late|failing|leaking|dying|tripled
my|our|the _ _ is|'s|has|wo|does|did ~ n't|not|stopped|been|broken|down|late|failing|leaking|dying
my|our|the _ stopped|broke|died|tripled|failed|came|keeps|keep
my|our|the _ _ stopped|broke|died|tripled|failed|came|keeps|keep
i|we ~ ordered|lost|broke|bought|got|received
i|we ca n't
i 'm ~ frustrated|disappointed|upset ~ because
somebody|someone _ into
`)},
}

// subordinate words begin what is part of another statement: "we are not sure that we want to change".
var subordinate = setOf("that if what because when who which as")

var greetings = setOf("hi hello hey morning afternoon evening")

// callReason is the first statement of why the call is made; nil where nobody says it in its first lines.
func (c *call) callReason() *domain.CallReason {
	for n, l := range c.lines[:min(reasonLines, len(c.lines))] {
		for _, r := range reasonRules {
			if l.Speaker == domain.Agent && !r.agent || n >= needLines && r.name != "calling_about" {
				continue
			}
			if reason := c.reasonIn(n, l, r); reason != nil {
				return reason
			}
		}
	}
	return nil
}

func (c *call) reasonIn(index int, l *line, r reasonRule) *domain.CallReason {
	for _, s := range l.sentences {
		ws := l.words[:s.last]
		for i := s.first; i < s.last; i++ {
			end := matchAny(r.patterns, ws, i)
			if end <= i || s.last-i < 4 || i > s.first && l.is(i-1, subordinate) || l.Speaker == domain.Agent && (s.asks || findAny(politePhrases, ws[s.first:])) {
				continue
			}
			first := s.first
			if !c.punctuated {
				first = i
			}
			for first < i && (leadingFillers[ws[first].text] || greetings[ws[first].text]) {
				first++
			}
			text := capital(strings.Join(strings.Fields(l.quote(first, min(s.last, first+2*maxClause))), " "))
			return &domain.CallReason{Text: text, Speaker: l.Speaker, Lines: []int{l.ID}, Rule: r.name}
		}
	}
	return nil
}

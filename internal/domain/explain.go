package domain

import (
	"cmp"
	"fmt"
	"strings"
)

// RuleOutcome is what a rule says of a VC Call.
type RuleOutcome string

// Outcomes.
const (
	RulePassed  RuleOutcome = "passed"
	RuleStopped RuleOutcome = "stopped"
	RuleOpen    RuleOutcome = "open" // what it needs is not known yet
)

// RuleStep is one rule with what it says of a VC Call on the data of today, in words.
type RuleStep struct {
	Rule    string // stable: switches, excluded, enabled, participants, length, recorded, user, permission
	Title   string
	Outcome RuleOutcome
	Text    string
	reason  ReasonCode // where it stops the call
}

// ExplainFacts are the rows that a VC Call is compared with.
type ExplainFacts struct {
	Connector Connector
	Name      string // of the provider, as its maker writes it
	People
}

// Explanation says which rules let a VC Call pass or stop it, on which data, and what mends it.
type Explanation struct {
	Steps     []RuleStep
	Overtaken bool   // the rule that stopped it would let it pass today
	Mends     []Mend // the most fitting first; empty where nothing can or need be done
}

// Explain asks all rules about a VC Call, as they would be asked if it came today, whatever was decided before. It looks at its
// arguments alone.
func Explain(vc VCCall, f ExplainFacts) Explanation {
	e := Explanation{Steps: explainSteps(vc, f)}
	e.Overtaken = overtaken(vc, e.Steps)
	e.Mends = mendsOf(vc, f, e)
	return e
}

func explainSteps(vc VCCall, f ExplainFacts) []RuleStep {
	steps := []RuleStep{switchStep(f.Connector)}
	if vc.Snapshot == nil {
		return append(steps, RuleStep{Rule: "known", Title: "What is known", Outcome: RuleOpen, Text: cmp.Or(f.Name, "the provider") + " has told no more than the id of this call; the other rules are asked when it tells more"})
	}
	c := *vc.Snapshot
	rules := rulesFor(vc, f)
	for _, r := range qualifyRules() {
		steps = append(steps, ruleStep(r, c, rules, f))
	}
	m := MatchUser(c, vc.Provider, f.Users)
	return append(steps, userStep(c, vc, f, m), permissionStep(c, m))
}

func rulesFor(vc VCCall, f ExplainFacts) QualifyRules {
	rules := QualifyRules{Excluded: map[string]bool{}}
	for _, n := range f.Excluded {
		rules.Excluded[n.Number] = true
	}
	if vc.Via.Held() && vc.Reason != ConnectorOff { // whoever retries a call that the switches stopped asks for it
		rules.NotBefore = f.Connector.EnabledAt
	}
	return rules
}

func switchStep(c Connector) RuleStep {
	s := RuleStep{Rule: "switches", Title: "Switches", Outcome: RulePassed, Text: "both switches are on"}
	if off := c.SwitchesOff(); off != "" {
		s.Outcome, s.Text, s.reason = RuleStopped, off, ConnectorOff
	}
	return s
}

func ruleStep(r qualifyRule, c ProviderCall, rules QualifyRules, f ExplainFacts) RuleStep {
	s := RuleStep{Rule: r.name, Title: r.title, Outcome: RulePassed}
	v := r.judge(c, rules)
	waits := !c.Ended() && r.name != "excluded" && r.name != "enabled" || c.Recording == RecordingPending && r.name == "recorded"
	switch {
	case !v.OK():
		s.Outcome, s.Text, s.reason = RuleStopped, v.Detail, v.Reason
	case waits:
		s.Outcome, s.Text = RuleOpen, r.passed(c, rules)
	default:
		s.Text = r.passed(c, rules)
	}
	if !c.Ended() && waits {
		s.Outcome, s.Text, s.reason = RuleOpen, "the call had not ended when it was last told of", ""
	}
	if s.reason == ExcludedParty {
		s.Text = strings.Join(excludedOn(c, f.Excluded), "; ")
	}
	return s
}

func excludedOn(c ProviderCall, excluded []ExcludedNumber) []string {
	var out []string
	for _, e := range excludedNumbersOn(c, excluded) {
		out = append(out, excludedSince(e))
	}
	return out
}

// userStep says whose the call is by the rows of today, and if it was given to somebody else before.
func userStep(c ProviderCall, vc VCCall, f ExplainFacts, m Match) RuleStep {
	s := RuleStep{Rule: "user", Title: "User", Outcome: RulePassed}
	if !m.Found {
		s.Outcome, s.Text, s.reason = RuleStopped, m.How, NoUser
		if n := c.InternalNumber(); n != "" {
			if owners := OwnersOf(n, c.StartedAt, f.Users); owners[0] != n+" is nobody's phone" {
				s.Text += "; " + strings.Join(owners, "; ")
			}
		}
		return s
	}
	s.Text = matchWords(c, m)
	if vc.UserID != "" && vc.UserID != m.User.ID {
		s.Text += fmt.Sprintf("; it was given to %s before", nameOf(vc.UserID, f.Users))
	}
	return s
}

func matchWords(c ProviderCall, m Match) string {
	text := fmt.Sprintf("%s is of %s", m.How, m.User.Name)
	if p, ok := m.User.HasPhone(c.InternalNumber(), c.StartedAt); ok && m.How == "phone "+p.Number {
		text = phoneSentence(m.User, p, c.StartedAt)
	}
	if len(m.Others) > 0 {
		text += fmt.Sprintf("; %d users match, also %s: %s was taken, who was modified last, on %s", len(m.Others)+1, strings.Join(m.Others, ", "), m.User.Name, Stamp(m.User.LastModifiedAt))
	}
	return text
}

func nameOf(userID string, users []User) string {
	for _, u := range users {
		if u.ID == userID {
			return u.Name
		}
	}
	return "a user who is not there any more"
}

func permissionStep(c ProviderCall, m Match) RuleStep {
	s := RuleStep{Rule: "permission", Title: "Permission", Outcome: RulePassed}
	if !m.Found {
		s.Outcome, s.Text = RuleOpen, "nobody to look at"
		return s
	}
	s.Text = InsightHistory(m.User, c.StartedAt)
	if v := QualifyUser(m.User, c.StartedAt); !v.OK() {
		s.Outcome, s.reason = RuleStopped, v.Reason
		if !m.User.Active {
			s.Text = v.Detail
		}
	}
	return s
}

// overtaken tells whether the rule that stopped a call was among those asked, and none of them stops it today.
func overtaken(vc VCCall, steps []RuleStep) bool {
	switch vc.Reason {
	case ConnectorOff, ExcludedParty, BeforeEnablement, OneParticipant, InternalOnly, TooShort, NotRecorded, NoUser, NoPermission:
	default:
		return false
	}
	for _, s := range steps {
		if s.Outcome == RuleStopped || s.Rule == "known" || s.Outcome == RuleOpen && s.Rule != "recorded" {
			return false
		}
	}
	return true
}

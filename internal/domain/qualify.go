package domain

import (
	"cmp"
	"fmt"
	"strings"
	"time"
)

// MinTalkTime is what a call must exceed ("Voice calls are longer than 10 seconds", Voice Connector Guide p. 7).
const MinTalkTime = 10 * time.Second

// Verdict of a rule: an empty Reason lets the call go on. Detail names the data that decided, in words.
type Verdict struct {
	Reason ReasonCode
	Detail string
}

// OK tells whether the call may go on.
func (v Verdict) OK() bool { return v.Reason == "" }

// QualifyRules are what Qualify compares a call with.
type QualifyRules struct {
	Excluded  map[string]bool // E.164
	NotBefore time.Time       // calls started earlier do not count; zero: all do
}

// Qualify applies the rules that need no user (VC-8, VC-14). The call has ended.
func Qualify(c ProviderCall, rules QualifyRules) Verdict {
	for _, r := range qualifyRules() {
		if v := r.judge(c, rules); !v.OK() {
			return v
		}
	}
	return Verdict{}
}

// qualifyRule is one of the rules; passed says in words on which data a call passes it.
type qualifyRule struct {
	name, title string
	judge       func(ProviderCall, QualifyRules) Verdict
	passed      func(ProviderCall, QualifyRules) string
}

// qualifyRules in their order. Exclusion comes first, so that nothing else is found out about a call that must not be captured.
func qualifyRules() []qualifyRule {
	return []qualifyRule{
		{"excluded", "Excluded numbers", qualifyNumbers, func(c ProviderCall, _ QualifyRules) string {
			return "none of its numbers is excluded: " + cmp.Or(strings.Join(c.Numbers(), ", "), "it has none")
		}},
		{"enabled", "Enabled", qualifyBegin, beginPassed},
		{"participants", "Participants", qualifyParticipants, func(c ProviderCall, _ QualifyRules) string {
			return fmt.Sprintf("%d participants, one of them not internal", len(c.Participants))
		}},
		{"length", "Length", qualifyLength, func(c ProviderCall, _ QualifyRules) string {
			return fmt.Sprintf("%d s of talk; more than %d s are needed", int(c.TalkTime().Seconds()), int(MinTalkTime.Seconds()))
		}},
		{"recorded", "Recorded", qualifyRecorded, func(c ProviderCall, _ QualifyRules) string {
			return "recording: " + string(c.Recording)
		}},
	}
}

func qualifyNumbers(c ProviderCall, rules QualifyRules) Verdict {
	for _, n := range c.Numbers() {
		if rules.Excluded[n] {
			return Verdict{ExcludedParty, n + " is an excluded number"}
		}
	}
	return Verdict{}
}

func qualifyBegin(c ProviderCall, rules QualifyRules) Verdict {
	if !rules.NotBefore.IsZero() && c.StartedAt.Before(rules.NotBefore) {
		return Verdict{BeforeEnablement, fmt.Sprintf("started %s, enabled %s", c.StartedAt.UTC().Format(time.RFC3339), rules.NotBefore.UTC().Format(time.RFC3339))}
	}
	return Verdict{}
}

func beginPassed(c ProviderCall, rules QualifyRules) string {
	if rules.NotBefore.IsZero() {
		return "somebody asked for it, so it counts whenever it took place"
	}
	return fmt.Sprintf("it began %s; calls count since %s", Stamp(c.StartedAt), Stamp(rules.NotBefore))
}

func qualifyLength(c ProviderCall, _ QualifyRules) Verdict {
	if t := c.TalkTime(); t <= MinTalkTime {
		return Verdict{TooShort, fmt.Sprintf("%d s of talk; more than %d s are needed", int(t.Seconds()), int(MinTalkTime.Seconds()))}
	}
	return Verdict{}
}

func qualifyRecorded(c ProviderCall, _ QualifyRules) Verdict {
	if c.Recording == RecordingNone {
		return Verdict{NotRecorded, "the provider says that there is no recording"}
	}
	return Verdict{}
}

// qualifyParticipants: "Calls include at least two participants, with one participant not internal" (guide p. 7).
func qualifyParticipants(c ProviderCall, _ QualifyRules) Verdict {
	ps := c.Participants
	if len(ps) < 2 {
		return Verdict{OneParticipant, fmt.Sprintf("%d participant", len(ps))}
	}
	for _, p := range ps {
		if !p.Internal {
			return Verdict{}
		}
	}
	return Verdict{InternalOnly, fmt.Sprintf("all %d participants are internal", len(ps))}
}

// QualifyUser applies the rule that needs the user: an insights permission set at call time (VC-14).
func QualifyUser(u User, at time.Time) Verdict {
	if !u.Active {
		return Verdict{NoPermission, u.Name + " is not active"}
	}
	if u.InsightSetAt(at) == "" {
		return Verdict{NoPermission, u.Name + " held no insights permission set on " + at.UTC().Format(time.RFC3339)}
	}
	return Verdict{}
}

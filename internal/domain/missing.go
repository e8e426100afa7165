package domain

import (
	"cmp"
	"fmt"
	"slices"
	"strings"
	"time"
)

// MissingQuestion asks why a call is not among the calls, by what is known of it: the provider's id of it, a number on it, or about
// when it began. Empty fields are not known.
type MissingQuestion struct {
	Provider Provider // empty: any
	CallID   string
	Number   string // E.164
	At       time.Time
	Window   time.Duration // before and after At
}

// MissingFacts are the rows of one connector that bear on a question.
type MissingFacts struct {
	Connector Connector
	Name      string        // of the provider, as its maker writes it
	Late      time.Duration // how late its events and listings may be
	Events    bool          // it posts events to the site
	Calls     []FoundCall   // VC Calls that fit the question, newest first
	More      bool          // there are more of them
	News      []FoundEvent  // stored events about such calls without a VC Call
	Refused   []Refusal     // by the site, at the time of the call if that is known; newest first
	Jobs      []ScheduledJob
}

// FoundCall is a VC Call with its log, oldest line first.
type FoundCall struct {
	VCCall
	Log []VCLog
}

// FoundEvent is what a stored event says of a call.
type FoundEvent struct {
	CallID, Name string
	ReceivedAt   time.Time
	ObservedAt   time.Time // when the provider says it was so
	Understood   bool
}

// People are the rows that calls are compared with.
type People struct {
	Users    []User
	Excluded []ExcludedNumber
}

// Finding is one answer with its evidence. Fix and Page say how and where it is mended.
type Finding struct {
	Code     string // stable: a reason, or one of the Missing codes
	Provider Provider
	VCCallID string // where it is about one
	CallID   string // the voice call, where there is one
	Title    string
	Text     string
	Evidence []string
	Fix      string
	Page     string
}

// Codes of findings that are no reasons of VC Calls.
const (
	MissingNoConnector   = "no_connector"
	MissingProcessed     = "processed"
	MissingUnderWay      = "under_way"
	MissingEventUnread   = "event_not_understood"
	MissingEventAside    = "event_set_aside"
	MissingEventRefused  = "event_refused"
	MissingNotListed     = "not_listed"     // events and listings passed it over
	MissingNotListedYet  = "not_listed_yet" // the listing has not come that far
	MissingNeverListed   = "never_listed"   // no listing has been finished
	MissingListingFails  = "listing_fails"  // the last ones did not succeed
	MissingNoListing     = "no_listing"     // the hourly batch was deleted
	MissingNobodysNumber = "nobodys_number" // calls with it would match nobody
	MissingInTheFuture   = "in_the_future"  // the call has not begun yet
)

// MissingAnswer is why a call is not there. Findings come with the most telling first. Fetch names the providers that may be asked for
// the call by its id.
type MissingAnswer struct {
	Findings []Finding
	Fetch    []Provider
}

// WhyMissing answers from the rows alone.
func WhyMissing(q MissingQuestion, facts []MissingFacts, people People, now time.Time) MissingAnswer {
	var a MissingAnswer
	for _, f := range facts {
		for _, c := range f.Calls {
			a.Findings = append(a.Findings, aboutCall(f, c, people))
		}
	}
	if len(a.Findings) > 0 && (q.CallID != "" || q.Number != "") {
		return a // who asks by a time alone may mean yet another call
	}
	a.Findings = append(a.Findings, aboutNumber(q, people, now)...)
	for _, f := range facts {
		if len(f.Calls) == 0 {
			a.Findings = append(a.Findings, aboutAbsence(q, f, now)...)
		}
		if q.CallID != "" && f.Connector.On() && f.Connector.Credential.Usable() == nil {
			a.Fetch = append(a.Fetch, f.Connector.Provider)
		}
	}
	if len(facts) == 0 {
		a.Findings = append(a.Findings, Finding{Code: MissingNoConnector, Provider: q.Provider, Title: "No connector is set up", Text: "No provider is connected that this call could have come from.", Fix: "Open Voice Connector, choose the provider and follow its steps.", Page: pageConnectors})
	}
	return a
}

// aboutCall says where a VC Call is, which rule put it there and on which data.
func aboutCall(f MissingFacts, c FoundCall, people People) Finding {
	out := Finding{Code: string(c.Reason), Provider: c.Provider, VCCallID: c.ID, CallID: c.CallID, Page: pageVCCalls}
	reason, known := ReasonFor(c.Reason)
	switch {
	case c.State == StateProcessed:
		out.Code, out.Title = MissingProcessed, "It is there"
		out.Text = fmt.Sprintf("Call %s of %s is processed. Whom it belongs to sees it, and who has %s.", c.ProviderCallID, f.Name, PermissionModifyAll)
		out.Fix = "If somebody else should see it, look at whom it was matched to below."
	case known:
		out.Title = fmt.Sprintf("It arrived and is %s: %s", c.State, strings.ToLower(reason.Title))
		out.Text, out.Fix, out.Page = reason.Meaning, reason.Fix, reason.Page
	default:
		out.Code, out.Title = MissingUnderWay, "It arrived and is on its way"
		out.Text = fmt.Sprintf("Call %s of %s is %s; next it is: %s.", c.ProviderCallID, f.Name, c.State, c.Stage)
		out.Fix = "Wait. If it stays so for more than a quarter of an hour, look at the check of jobs under Troubleshooting."
	}
	out.Evidence = callEvidence(f, c, people)
	return out
}

func callEvidence(f MissingFacts, c FoundCall, people People) []string {
	out := []string{fmt.Sprintf("%s told of call %s on %s, %s", f.Name, c.ProviderCallID, Stamp(c.CreatedAt), viaWords(c.Via))}
	if s := c.Snapshot; s != nil {
		out = append(out, describeCall(*s))
	}
	logged := ""
	if i := lastDecision(c.Log); i >= 0 {
		logged = c.Log[i].Text
		out = append(out, fmt.Sprintf("log of %s: %s", Stamp(c.Log[i].At), logged))
	}
	if !strings.Contains(logged, c.Detail) {
		out = append(out, "decided by: "+c.Detail)
	}
	out = append(out, rulesData(c, people)...)
	if !c.NextAttemptAt.IsZero() && !c.State.Final() {
		out = append(out, "next attempt "+Stamp(c.NextAttemptAt))
	}
	return out
}

// lastDecision is the newest line that says more than that news came.
func lastDecision(log []VCLog) int {
	for i, l := range slices.Backward(log) {
		if !strings.HasPrefix(l.Text, "event ") && !strings.HasPrefix(l.Text, "found by ") {
			return i
		}
	}
	return -1
}

// rulesData gives the rows that the rules compared the call with.
func rulesData(c FoundCall, people People) []string {
	s := c.Snapshot
	if s == nil {
		return nil
	}
	var out []string
	out = append(out, excludedOn(*s, people.Excluded)...)
	if id := cmp.Or(s.Agent.Username, s.Agent.ProviderUserID); c.Provider == AmazonConnect && id != "" {
		out = append(out, HoldersOf(c.Provider, id, people.Users)...)
	} else if s.Agent.ProviderUserID != "" {
		out = append(out, HoldersOf(c.Provider, s.Agent.ProviderUserID, people.Users)...)
	}
	if n := s.InternalNumber(); n != "" {
		out = append(out, OwnersOf(n, s.StartedAt, people.Users)...)
	}
	for _, u := range people.Users {
		if u.ID == c.UserID && c.UserID != "" {
			out = append(out, InsightHistory(u, s.StartedAt))
		}
	}
	return out
}

func describeCall(s ProviderCall) string {
	out := fmt.Sprintf("%s, %s to %s, began %s", s.Direction, cmp.Or(s.From, "a number that is not known"), cmp.Or(s.To, "a number that is not known"), Stamp(s.StartedAt))
	if s.Ended() {
		out += fmt.Sprintf(", %d s of talk", int(s.TalkTime().Seconds()))
	} else {
		out += ", has not ended"
	}
	return fmt.Sprintf("%s, %d participants, recording: %s", out, len(s.Participants), s.Recording)
}

func viaWords(v Via) string {
	switch v {
	case ViaRealtime:
		return "by an event"
	case ViaHourly:
		return "in an hourly listing"
	case ViaBackfill:
		return "in a back-fill"
	default:
		return "when somebody asked for it"
	}
}

func excludedSince(e ExcludedNumber) string {
	return fmt.Sprintf("%s is an excluded number since %s (%s)", e.Number, Stamp(e.CreatedAt), cmp.Or(e.Note, "no note says why"))
}

// aboutNumber says what becomes of calls with the number.
func aboutNumber(q MissingQuestion, people People, now time.Time) []Finding {
	if q.Number == "" {
		return nil
	}
	at := q.At
	if at.IsZero() {
		at = now
	}
	for _, e := range people.Excluded {
		if e.Number == q.Number {
			r, _ := ReasonFor(ExcludedParty)
			return []Finding{{Code: string(ExcludedParty), Title: "Its calls are not processed: the number is excluded", Text: r.Meaning, Fix: r.Fix, Page: r.Page,
				Evidence: []string{excludedSince(e)}}}
		}
	}
	for _, u := range people.Users {
		if _, ok := u.HasPhone(q.Number, at); ok {
			return nil
		}
	}
	return []Finding{{Code: MissingNobodysNumber, Title: "The number is nobody's phone", Page: pageUsers, Evidence: OwnersOf(q.Number, at, people.Users),
		Text: "That is as it should be for a customer's number. A call whose user is known by the number of the company alone finds nobody.",
		Fix:  "If it is a number of the company, put it on its user, then retry the call."}}
}

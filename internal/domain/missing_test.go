package domain

import (
	"slices"
	"strings"
	"testing"
	"time"

	"github.com/google/go-cmp/cmp"
)

var noon = time.Date(2026, 11, 20, 12, 0, 0, 0, time.UTC)

func TestWhoseANumberIs(t *testing.T) {
	t.Parallel()
	const number = "+12125550100"
	had := func(name string, from, to time.Time) User {
		return User{Name: name, Phones: []UserPhone{{Number: "+12125550999"}, {Number: number, From: from, To: to}}}
	}
	for name, c := range map[string]struct {
		users []User
		want  []string
	}{
		"nobody's":   {nil, []string{number + " is nobody's phone"}},
		"always so":  {[]User{had("Maria", time.Time{}, time.Time{})}, []string{number + " is the phone of Maria"}},
		"since then": {[]User{had("Maria", noon.Add(-time.Hour), time.Time{})}, []string{number + " is the phone of Maria since 2026-11-20 11:00 UTC"}},
		"moved": {[]User{had("Tom", time.Time{}, noon.Add(time.Hour)), had("Maria", noon.Add(time.Hour), time.Time{})}, []string{
			number + " was the phone of Tom until 2026-11-20 13:00 UTC",
			number + " is the phone of Maria since 2026-11-20 13:00 UTC, so it was not theirs when the call took place on 2026-11-20 12:00 UTC"}},
	} {
		if diff := cmp.Diff(c.want, OwnersOf(number, noon, c.users)); diff != "" {
			t.Errorf("%s: %s", name, diff)
		}
	}
}

func TestWhenASetWasHeld(t *testing.T) {
	t.Parallel()
	held := func(a ...PermissionAssignment) User { return User{Name: "Tom", PermissionSets: a} }
	for want, u := range map[string]User{
		"Tom never held an insights permission set":                                                               held(PermissionAssignment{Set: PermIntegrationUser}),
		"Tom holds Conversation Insights for Sales since 2026-11-20 11:00 UTC":                                    held(PermissionAssignment{Set: PermForSales, From: noon.Add(-time.Hour)}),
		"Tom held Conversation Insights for Sales since 2026-11-20 13:00 UTC, but none on 2026-11-20 12:00 UTC":   held(PermissionAssignment{Set: PermForSales, From: noon.Add(time.Hour)}),
		"Tom held Conversation Insights for Service until 2026-11-20 12:00 UTC, but none on 2026-11-20 12:00 UTC": held(PermissionAssignment{Set: PermForService, To: noon}),
	} {
		if got := InsightHistory(u, noon); got != want {
			t.Errorf("%q, want %q", got, want)
		}
	}
	got := slices.Concat(HoldersOf(Dialpad, "77", []User{{Name: "Maria", Identifiers: map[Provider]string{Dialpad: "77"}}}), HoldersOf(AmazonConnect, "maria", nil))
	if diff := cmp.Diff([]string{`Dialpad User Identifier "77" is of Maria`, `no user has the Amazon Connect Username "maria"`}, got); diff != "" {
		t.Error(diff)
	}
}

// wellConnected are the facts of a connector of which nothing is wrong, and that was asked about an hour ago.
func wellConnected() MissingFacts {
	return MissingFacts{
		Connector: Connector{Provider: Dialpad, Enabled: true, ProviderEnabled: true, EnabledAt: noon.AddDate(0, 0, -7), SiteActive: true, SyncCursor: noon, LastSyncAt: noon, LastEventAt: noon,
			Credential: NamedCredential{Status: AuthAuthenticated}},
		Name: "Dialpad", Events: true, Jobs: []ScheduledJob{{Kind: ScheduleHourly, NextRunAt: noon.Add(time.Hour), LastResult: "3 calls listed"}},
	}
}

// TestWhatTheRowsSayOfACallThatNeverCame: each cause, alone.
func TestWhatTheRowsSayOfACallThatNeverCame(t *testing.T) {
	t.Parallel()
	byID := MissingQuestion{CallID: "7"}
	at := func(d time.Duration) MissingQuestion { return MissingQuestion{At: noon.Add(d), Window: time.Hour} }
	for name, c := range map[string]struct {
		ask    MissingQuestion
		change func(*MissingFacts)
		codes  []string
		says   string
		page   string
		fetch  bool
	}{
		"passed over, by id":       {byID, nil, []string{MissingNotListed}, "Fetch it by its id", "/voice-connector/dialpad", true},
		"passed over, by time":     {at(-3 * time.Hour), nil, []string{MissingNotListed}, "Look the call up at the provider", "/voice-connector/dialpad", false},
		"after the listing":        {at(-30 * time.Minute), nil, []string{MissingNotListedYet}, "before 2026-11-20 12:00 UTC have been listed", pageJobs, false},
		"the provider may be late": {at(-3 * time.Hour), func(f *MissingFacts) { f.Late = 24 * time.Hour }, []string{MissingNotListedYet}, "up to a day late", pageJobs, false},
		"in the future":            {at(3 * time.Hour), nil, []string{MissingInTheFuture}, "it is 2026-11-20 12:00 UTC now", "", false},
		"before it was enabled":    {at(-8 * 24 * time.Hour), nil, []string{string(BeforeEnablement)}, "calls count since 2026-11-13 12:00 UTC", "/voice-connector/dialpad", false},
		"off in both places":       {byID, func(f *MissingFacts) { f.Connector.Enabled, f.Connector.ProviderEnabled = false, false }, []string{string(ConnectorOff)}, "the provider's switch in General Settings is off", "/voice-connector/dialpad", false},
		"the credential is refused": {byID, func(f *MissingFacts) {
			f.Connector.Credential = NamedCredential{Status: AuthExpired, Problem: "it ran out"}
		}, []string{string(CredentialRejected), MissingNotListed}, "it ran out", "/voice-connector/dialpad", false},
		"the site is off":     {byID, func(f *MissingFacts) { f.Connector.SiteActive = false }, []string{string(SiteOff), MissingNotListed}, "the site's switch is off", "/voice-connector/dialpad", true},
		"events were refused": {byID, func(f *MissingFacts) { f.Refused = []Refusal{{At: noon, Status: 401, Why: "not signed"}, {}} }, []string{MissingEventRefused, MissingNotListed}, "refused 2 times, last on 2026-11-20 12:00 UTC with status 401: not signed", "/voice-connector/dialpad", true},
		"refused while it was off": {byID, func(f *MissingFacts) {
			f.Connector.SiteActive, f.Refused = false, []Refusal{{Status: 404}}
		}, []string{string(SiteOff), MissingNotListed}, "refused 1 times", "/voice-connector/dialpad", true},
		"a site that nobody posts to": {byID, func(f *MissingFacts) { f.Connector.SiteActive, f.Events = false, false }, []string{MissingNotListed}, "", "/voice-connector/dialpad", true},
		"the batch was deleted":       {byID, func(f *MissingFacts) { f.Jobs = nil }, []string{MissingNoListing}, "back-fill the day", pageJobs, true},
		"the batch fails":             {byID, func(f *MissingFacts) { f.Jobs[0].Failures = 4 }, []string{MissingListingFails}, "failed 4 times in a row", pageJobs, true},
		"nothing was listed yet":      {byID, func(f *MissingFacts) { f.Connector.LastSyncAt = time.Time{} }, []string{MissingNeverListed}, "last listing: never", pageJobs, true},
		"an event waits to be read":   {byID, func(f *MissingFacts) { f.News = []FoundEvent{{CallID: "7", Name: "hangup", ReceivedAt: noon}} }, []string{MissingEventUnread, MissingNotListed}, "event hangup of call 7 came on 2026-11-20 12:00 UTC", pageJobs, true},
		"an event of long ago came":   {byID, func(f *MissingFacts) { f.News = []FoundEvent{{Understood: true, ObservedAt: noon.AddDate(0, 0, -9)}} }, []string{MissingEventAside, MissingNotListed}, "it tells of 2026-11-11 12:00 UTC", pageJobs, true},
	} {
		f := wellConnected()
		if c.change != nil {
			c.change(&f)
		}
		a := WhyMissing(c.ask, []MissingFacts{f}, People{}, noon)
		var codes []string
		var text strings.Builder
		for _, x := range a.Findings {
			codes = append(codes, x.Code)
			text.WriteString(x.Title + x.Text + strings.Join(x.Evidence, ". ") + x.Fix)
			if x.Title == "" || x.Text == "" || x.Fix == "" || len(x.Evidence) == 0 {
				t.Errorf("%s: not whole: %+v", name, x)
			}
		}
		if diff := cmp.Diff(c.codes, codes); diff != "" {
			t.Errorf("%s: %s", name, diff)
			continue
		}
		if !strings.Contains(text.String(), c.says) || a.Findings[0].Page != c.page || (len(a.Fetch) == 1) != c.fetch {
			t.Errorf("%s: %+v", name, a)
		}
	}
}

// TestWhatIsSaidOfACallThatCame: state, rule and data.
func TestWhatIsSaidOfACallThatCame(t *testing.T) {
	t.Parallel()
	maria := User{ID: "m", Name: "Maria", Phones: []UserPhone{{Number: "+12125550100", From: noon.AddDate(0, -1, 0)}}, PermissionSets: []PermissionAssignment{{Set: PermForSales}}}
	people := People{Users: []User{maria}, Excluded: []ExcludedNumber{{Number: "+12125550142", CreatedAt: noon}}}
	snapshot := &ProviderCall{Direction: Inbound, From: "+12125550142", To: "+12125550100", StartedAt: noon, EndedAt: noon.Add(time.Minute), Recording: RecordingReady, Agent: Participant{ProviderUserID: "77"}}
	log := []VCLog{{At: noon, Text: "matched Maria by phone +12125550100"}, {At: noon, Text: "event hangup"}}
	for name, c := range map[string]struct {
		vc   VCCall
		code string
		page string
		says []string
	}{
		"processed": {VCCall{State: StateProcessed, UserID: "m", CallID: "c", Snapshot: snapshot}, MissingProcessed, pageVCCalls, []string{"It is there", "matched Maria by phone", "+12125550100 is the phone of Maria since 2026-10-20 12:00 UTC", "Maria holds Conversation Insights for Sales"}},
		"excluded":  {VCCall{State: StateSkipped, Reason: ExcludedParty, Detail: "+12125550142 is an excluded number", Snapshot: snapshot}, "excluded_number", pageExcluded, []string{"arrived and is skipped: excluded number", "is an excluded number since 2026-11-20 12:00 UTC", "decided by: "}},
		"nobody's":  {VCCall{State: StateUnmatched, Reason: NoUser, Snapshot: snapshot}, "no_user", pageUsers, []string{`no user has the Dialpad User Identifier "77"`, "60 s of talk, 0 participants, recording: ready"}},
		"waits":     {VCCall{State: StateWaiting, Reason: RecordingNotReady, NextAttemptAt: noon.Add(time.Hour)}, "recording_pending", pageVCCalls, []string{"next attempt 2026-11-20 13:00 UTC", "asked for again by itself"}},
		"under way": {VCCall{State: StateReceived, Stage: StageDescribe, Via: ViaHourly, CreatedAt: noon}, MissingUnderWay, pageVCCalls, []string{"is received; next it is: describe", "in an hourly listing"}},
		"going on":  {VCCall{State: StateWaiting, Reason: CallInProgress, Via: ViaBackfill, Snapshot: &ProviderCall{Direction: Outbound}}, "call_in_progress", pageVCCalls, []string{"has not ended", "a number that is not known", "in a back-fill"}},
	} {
		c.vc.ID, c.vc.Provider, c.vc.ProviderCallID = "v", Dialpad, "7"
		f := wellConnected()
		f.Calls = []FoundCall{{VCCall: c.vc, Log: log}}
		a := WhyMissing(MissingQuestion{CallID: "7"}, []MissingFacts{f}, people, noon)
		if len(a.Findings) != 1 || len(a.Fetch) != 0 {
			t.Errorf("%s: %+v", name, a)
			continue
		}
		x := a.Findings[0]
		if x.Code != c.code || x.Page != c.page || x.VCCallID != "v" || x.CallID != c.vc.CallID || x.Fix == "" {
			t.Errorf("%s: %+v", name, x)
		}
		text := strings.Join(append(x.Evidence, x.Title, x.Text, x.Fix), "\n")
		for _, s := range c.says {
			if !strings.Contains(text, s) {
				t.Errorf("%s does not say %q:\n%s", name, s, text)
			}
		}
	}
}

func TestWhatIsSaidOfANumber(t *testing.T) {
	t.Parallel()
	people := People{Users: []User{{Name: "Maria", Phones: []UserPhone{{Number: "+1", To: noon}}}}, Excluded: []ExcludedNumber{{Number: "+2", CreatedAt: noon, Note: "the lawyer"}}}
	for name, c := range map[string]struct {
		ask   MissingQuestion
		codes []string
	}{
		"it is excluded":      {MissingQuestion{Number: "+2"}, []string{"excluded_number", MissingNotListed}},
		"it is somebody's":    {MissingQuestion{Number: "+1", At: noon.Add(-3 * time.Hour)}, []string{MissingNotListed}},
		"it was somebody's":   {MissingQuestion{Number: "+1"}, []string{MissingNobodysNumber, MissingNotListed}},
		"it is nobody's":      {MissingQuestion{Number: "+3"}, []string{MissingNobodysNumber, MissingNotListed}},
		"without a connector": {MissingQuestion{CallID: "7"}, []string{MissingNoConnector}},
	} {
		facts := []MissingFacts{wellConnected()}
		if c.ask.CallID != "" {
			facts = nil
		}
		var codes []string
		for _, f := range WhyMissing(c.ask, facts, people, noon).Findings {
			codes = append(codes, f.Code)
		}
		if diff := cmp.Diff(c.codes, codes); diff != "" {
			t.Errorf("%s: %s", name, diff)
		}
	}
}

func TestAnyRed(t *testing.T) {
	t.Parallel()
	if AnyRed([]Check{{Status: CheckGreen}, {Status: CheckUnknown}, {Status: CheckNotApplicable}}) || !AnyRed([]Check{{}, {Status: CheckRed}}) || Stamp(time.Time{}) != "never" {
		t.Error("only red is wrong")
	}
}

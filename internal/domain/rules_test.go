package domain

import (
	"errors"
	"fmt"
	"slices"
	"testing"
	"time"

	"github.com/google/go-cmp/cmp"
)

// TestTalkTimeBorder: "Voice calls are longer than 10 seconds" (Voice Connector Guide p. 7).
func TestTalkTimeBorder(t *testing.T) {
	t.Parallel()
	for talk, want := range map[time.Duration]ReasonCode{
		0: TooShort, -time.Second: TooShort, 9999 * time.Millisecond: TooShort, 10 * time.Second: TooShort, 10001 * time.Millisecond: "", time.Hour: "",
	} {
		if got := Qualify(call(func(c *ProviderCall) { c.EndedAt = c.AnsweredAt.Add(talk) }), QualifyRules{}); got.Reason != want {
			t.Errorf("%v of talk: %q, want %q", talk, got.Reason, want)
		}
	}
}

func TestNumbersOfACall(t *testing.T) {
	t.Parallel()
	c := call(func(c *ProviderCall) {
		c.Agent.Phone = "+12125550103"
		c.Participants = append(c.Participants, Participant{Phone: "+12125550177"}, Participant{Phone: c.From})
	})
	if diff := cmp.Diff([]string{"+12125550142", "+12125550100", "+12125550103", "+12125550177"}, c.Numbers()); diff != "" {
		t.Error(diff)
	}
	for direction, want := range map[Direction][2]string{Inbound: {"+12125550100", "+12125550142"}, Outbound: {"+12125550142", "+12125550100"}} {
		c.Direction = direction
		if got := [2]string{c.InternalNumber(), c.ExternalNumber()}; got != want {
			t.Errorf("%s: inside %s, outside %s", direction, got[0], got[1])
		}
	}
	if !c.Ended() || (ProviderCall{StartedAt: c.StartedAt}).Ended() || (ProviderCall{StartedAt: c.StartedAt}).TalkTime() != 0 {
		t.Error("a call without an end has ended, or talked")
	}
}

// TestExcludedOnAnyLeg: "if any meeting attendee is on the excluded number list" (Voice Connector Guide p. 5). Numbers are
// compared as E.164, which both sides are brought to before; another writing is another number here.
func TestExcludedOnAnyLeg(t *testing.T) {
	t.Parallel()
	for name, c := range map[string]struct {
		change func(*ProviderCall)
		listed string
		want   ReasonCode
	}{
		"the company's own number": {nil, "+12125550100", ExcludedParty},
		"the agent's phone":        {func(c *ProviderCall) { c.Agent.Phone = "+12125550103" }, "+12125550103", ExcludedParty},
		"a number that is longer":  {nil, "+121255501421", ""},
		"no number matches none":   {func(c *ProviderCall) { c.From, c.Participants[1].Phone = "", "" }, "", ""},
	} {
		if got := Qualify(call(c.change), QualifyRules{Excluded: map[string]bool{c.listed: true}}); got.Reason != c.want {
			t.Errorf("%s: %q, want %q", name, got.Reason, c.want)
		}
	}
}

// TestValidity: a phone or a set counts from its first moment until just before its last.
func TestValidity(t *testing.T) {
	t.Parallel()
	from := time.Date(2026, 11, 1, 0, 0, 0, 0, time.UTC)
	to := from.AddDate(0, 0, 9)
	u := User{Active: true, Phones: []UserPhone{{Number: "+1", From: from, To: to}, {Number: "+1", From: to.AddDate(0, 0, 9)}}, PermissionSets: []PermissionAssignment{{Set: PermForService, From: from, To: to}}}
	for at, want := range map[time.Time][2]bool{
		from.Add(-1): {false, false}, from: {true, true}, to.Add(-1): {true, true}, to: {false, false}, to.AddDate(1, 0, 0): {true, false}, {}: {false, false},
	} {
		_, phone := u.HasPhone("+1", at)
		if got := [2]bool{phone, u.InsightSetAt(at) == PermForService}; got != want {
			t.Errorf("%v: phone and set %v, want %v", at, got, want)
		}
	}
	if _, ok := (User{Phones: []UserPhone{{}}}).HasPhone("", from); ok {
		t.Error("nobody's number is somebody's")
	}
}

// TestSeveralMatches: "the user with the most recent Last Modified Date is associated" (Voice Connector Guide p. 7).
func TestSeveralMatches(t *testing.T) {
	t.Parallel()
	day := func(n int) time.Time { return time.Date(2026, 11, n, 0, 0, 0, 0, time.UTC) }
	user := func(id string, modified int) User {
		return User{ID: id, Name: "user " + id, Identifiers: map[Provider]string{Dialpad: "7"}, LastModifiedAt: day(modified)}
	}
	for name, c := range map[string]struct {
		users  []User
		want   string
		others []string
	}{
		"the last modified":             {[]User{user("a", 1), user("b", 3), user("c", 2)}, "b", []string{"user c", "user a"}},
		"at the same moment, the elder": {[]User{user("b", 1), user("a", 1)}, "a", []string{"user b"}},
		"one":                           {[]User{user("a", 1)}, "a", nil},
	} {
		before := slices.Clone(c.users)
		m := MatchUser(call(func(c *ProviderCall) { c.Agent.ProviderUserID = "7" }), Dialpad, c.users)
		if m.User.ID != c.want || !slices.Equal(m.Others, c.others) || m.How != `Dialpad User Identifier "7"` {
			t.Errorf("%s: %q by %s, others %q", name, m.User.ID, m.How, m.Others)
		}
		if diff := cmp.Diff(before, c.users); diff != "" {
			t.Errorf("%s: the users were moved: %s", name, diff)
		}
	}
}

// TestAmazonOrder: username, e-mail, phone, nobody (Voice Connector Guide p. 7).
func TestAmazonOrder(t *testing.T) {
	t.Parallel()
	byName := User{ID: "name", Identifiers: map[Provider]string{AmazonConnect: "maria@x.example"}}
	byMail := User{ID: "mail", Email: "Maria@x.example"}
	byPhone := User{ID: "phone", Phones: []UserPhone{{Number: "+12125550100"}}}
	users := []User{byPhone, byMail, byName}
	for want, agent := range map[string]Participant{
		"name":  {Username: "maria@x.example", Email: "maria@x.example"},
		"mail":  {Username: "other", Email: "maria@X.example"},
		"phone": {Username: "other", Email: "other@x.example"},
	} {
		if m := MatchUser(call(func(c *ProviderCall) { c.Agent = agent }), AmazonConnect, users); m.User.ID != want {
			t.Errorf("%+v: %q by %s, want %q", agent, m.User.ID, m.How, want)
		}
	}
	stranger := call(func(c *ProviderCall) { c.Agent, c.To = Participant{Username: "other", Name: "Olga"}, "+12125550999" })
	if m := MatchUser(stranger, AmazonConnect, users); m.Found || m.How != "no user has Amazon Connect Username other Olga, and +12125550999 is nobody's phone" {
		t.Errorf("a stranger: %+v", m)
	}
}

func TestIdentifierFieldsAreTheGuides(t *testing.T) {
	t.Parallel()
	for p, want := range map[Provider]string{Aircall: "Aircall User Identifier", Dialpad: "Dialpad User Identifier", RingCentral: "Ringcentral User Identifier", AmazonConnect: "Amazon Connect Username", "other": "other user identifier"} {
		if got := IdentifierField(p); got != want {
			t.Errorf("%s: %q", p, got)
		}
	}
}

// TestReasonsAgree: what is retried by itself neither ends nor is skipped.
func TestReasonsAgree(t *testing.T) {
	t.Parallel()
	for _, r := range Reasons() {
		if r.Retries && r.State.Final() || r.State == StateWaiting && !r.Retries {
			t.Errorf("%s: %s, and retried %v", r.Code, r.State, r.Retries)
		}
		if got, ok := ReasonFor(r.Code); !ok || got != r {
			t.Errorf("%s is looked up as %+v", r.Code, got)
		}
	}
	if _, ok := ReasonFor(""); ok {
		t.Error("no reason is a reason")
	}
}

func TestErrorsSayWhatTheyMean(t *testing.T) {
	t.Parallel()
	at := time.Date(2026, 11, 20, 0, 0, 0, 0, time.UTC)
	cause := errors.New("secret cause")
	for name, c := range map[string]struct {
		err     error
		kind    Kind
		code    string
		message string
		retry   time.Time
	}{
		"none":         {nil, "", "internal", "something unexpected happened; the log has the details", time.Time{}},
		"foreign":      {cause, KindTemporary, "internal", "something unexpected happened; the log has the details", time.Time{}},
		"without code": {Errorf(KindGone, "", "%s is gone", "it"), KindGone, "gone", "it is gone", time.Time{}},
		"wrapped":      {fmt.Errorf("fetch: %w", &Error{Kind: KindRateLimited, Code: "slow", Message: "wait", RetryAt: at, Err: cause}), KindRateLimited, "slow", "wait", at},
	} {
		if KindOf(c.err) != c.kind || CodeOf(c.err) != c.code || MessageOf(c.err) != c.message || !RetryTime(c.err).Equal(c.retry) || IsKind(c.err, c.kind) != (c.err != nil) {
			t.Errorf("%s: %q %q %q %v", name, KindOf(c.err), CodeOf(c.err), MessageOf(c.err), RetryTime(c.err))
		}
	}
	if err := (&Error{Message: "it failed", Err: cause}); err.Error() != "it failed: secret cause" || !errors.Is(err, cause) {
		t.Errorf("%v", err)
	}
}

func TestJobsOfStages(t *testing.T) {
	t.Parallel()
	for stage, queue := range map[Stage]string{StageDescribe: "provider-dialpad", StageFetch: "provider-dialpad", StageTranscribe: QueueSpeech, StageAnalyze: QueueCalls} {
		for via, urgency := range map[Via]Priority{ViaRealtime: PriorityRealtime, ViaRetry: PriorityRealtime, ViaHourly: PriorityHourly, ViaBackfill: PriorityBackfill} {
			j := JobFor(VCCall{ID: "1", Stage: stage, Provider: Dialpad, Via: via})
			if j.Kind() != string(stage) || j.Queue() != queue || j.Urgency() != urgency {
				t.Errorf("%s of a call by %s is done by %s in %s, urgency %d", stage, via, j.Kind(), j.Queue(), j.Urgency())
			}
		}
	}
	for _, j := range []struct {
		job         Job
		kind, queue string
	}{{EventJob{}, "event", "events"}, {RunJob{}, "run", "schedule"}} {
		if j.job.Kind() != j.kind || j.job.Queue() != j.queue || j.job.Urgency() != PriorityRealtime {
			t.Errorf("jobs of the kind %s that wait in databases have another name now", j.kind)
		}
	}
}

func TestConnectorIsOnByBothSwitches(t *testing.T) {
	t.Parallel()
	for _, c := range []struct{ enabled, provider bool }{{false, false}, {true, false}, {false, true}, {true, true}} {
		if got := (Connector{Enabled: c.enabled, ProviderEnabled: c.provider}).On(); got != (c.enabled && c.provider) {
			t.Errorf("%+v: on %v", c, got)
		}
	}
	if len(Profiles()) != 2 || slices.Contains(Profiles(), ProfileGuest) || len(PermissionSets()) != 8 || (Span{1, 3}).Duration() != 2 {
		t.Error("profiles, sets or spans are not what they were")
	}
}

// TestEveryPermission by role: VC-22.
func TestEveryPermission(t *testing.T) {
	t.Parallel()
	at := time.Date(2026, 11, 20, 0, 0, 0, 0, time.UTC)
	holds := func(set string) User {
		return User{Active: true, Profile: ProfileStandard, PermissionSets: []PermissionAssignment{{Set: set}}}
	}
	all, voice := Permissions(), []string{PermissionAPIEnabled, PermissionAccessVoice}
	for name, c := range map[string]struct {
		user User
		want []string
	}{
		"System Administrator": {User{Active: true, Profile: ProfileAdministrator}, all},
		PermForSales:           {holds(PermForSales), voice},
		PermECIIncluded:        {holds(PermECIIncluded), voice},
		PermIntegrationUser:    {holds(PermIntegrationUser), voice},
		PermVoiceConnector:     {holds(PermVoiceConnector), nil},
		PermAdministrator:      {holds(PermAdministrator), all[:4]},
		"nobody":               {User{}, nil},
	} {
		var got []string
		for _, p := range all {
			if c.user.Can(p, at) {
				got = append(got, p)
			}
		}
		if diff := cmp.Diff(c.want, got); diff != "" {
			t.Errorf("%s: %s", name, diff)
		}
	}
}

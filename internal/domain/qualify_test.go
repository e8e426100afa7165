package domain

import (
	"testing"
	"time"
)

// call is one that qualifies; the tests change one thing at a time. Pages are those of the Voice Connector Guide.
func call(change func(*ProviderCall)) ProviderCall {
	start := time.Date(2026, 11, 20, 9, 30, 0, 0, time.UTC)
	c := ProviderCall{
		ID: "1", Direction: Inbound, From: "+12125550142", To: "+12125550100", StartedAt: start, AnsweredAt: start.Add(5 * time.Second), EndedAt: start.Add(65 * time.Second),
		Agent: Participant{ProviderUserID: "4101", Name: "Maria", Internal: true}, Recording: RecordingReady,
		Participants: []Participant{{ProviderUserID: "4101", Internal: true}, {Phone: "+12125550142"}},
	}
	if change != nil {
		change(&c)
	}
	return c
}

func TestQualify(t *testing.T) {
	t.Parallel()
	excluded := map[string]bool{"+12125550199": true}
	for _, c := range []struct {
		name   string
		change func(*ProviderCall)
		before time.Time
		want   ReasonCode
	}{
		{"a normal call", nil, time.Time{}, ""},
		// p. 7: "Voice calls are longer than 10 seconds"
		{"ten seconds are not longer than ten", func(c *ProviderCall) { c.EndedAt = c.AnsweredAt.Add(10 * time.Second) }, time.Time{}, TooShort},
		{"eleven seconds", func(c *ProviderCall) { c.EndedAt = c.AnsweredAt.Add(11 * time.Second) }, time.Time{}, ""},
		{"ringing does not count", func(c *ProviderCall) {
			c.AnsweredAt, c.EndedAt = c.StartedAt.Add(time.Minute), c.StartedAt.Add(66*time.Second)
		}, time.Time{}, TooShort},
		{"a voicemail counts from its start", func(c *ProviderCall) { c.AnsweredAt = time.Time{} }, time.Time{}, ""},
		// p. 7: "Calls include at least two participants, with one participant not internal"
		{"alone", func(c *ProviderCall) { c.Participants = c.Participants[:1] }, time.Time{}, OneParticipant},
		{"colleagues only", func(c *ProviderCall) { c.Participants[1].Internal = true }, time.Time{}, InternalOnly},
		{"colleagues and a customer", func(c *ProviderCall) { c.Participants = append(c.Participants, Participant{Internal: true}) }, time.Time{}, ""},
		// p. 5: "Voice calls aren't processed if any meeting attendee is on the excluded number list"
		{"excluded caller", func(c *ProviderCall) { c.From = "+12125550199" }, time.Time{}, ExcludedParty},
		{"excluded third party", func(c *ProviderCall) { c.Participants = append(c.Participants, Participant{Phone: "+12125550199"}) }, time.Time{}, ExcludedParty},
		{"exclusion is found out first", func(c *ProviderCall) { c.From, c.Recording, c.EndedAt = "+12125550199", RecordingNone, c.StartedAt }, time.Time{}, ExcludedParty},
		{"not recorded", func(c *ProviderCall) { c.Recording = RecordingNone }, time.Time{}, NotRecorded},
		{"a late recording may still come", func(c *ProviderCall) { c.Recording = RecordingPending }, time.Time{}, ""},
		{"before the connector was enabled", nil, time.Date(2026, 11, 21, 0, 0, 0, 0, time.UTC), BeforeEnablement},
		{"in the second it was enabled", nil, time.Date(2026, 11, 20, 9, 30, 0, 0, time.UTC), ""},
	} {
		if got := Qualify(call(c.change), QualifyRules{Excluded: excluded, NotBefore: c.before}); got.Reason != c.want || !got.OK() && got.Detail == "" {
			t.Errorf("%s: %+v, want %q", c.name, got, c.want)
		}
	}
}

func TestQualifyUserAsOfTheCall(t *testing.T) {
	t.Parallel()
	at := time.Date(2026, 11, 20, 9, 30, 0, 0, time.UTC)
	held := func(set string, from, to time.Time) User {
		return User{Name: "Maria", Active: true, PermissionSets: []PermissionAssignment{{Set: set, From: from, To: to}}}
	}
	for _, c := range []struct {
		name string
		user User
		want ReasonCode
	}{
		{"held", held(PermForSales, at.Add(-time.Hour), time.Time{}), ""},
		{"each insights set counts", held(PermECIIncluded, at, time.Time{}), ""},
		{"assigned later", held(PermForSales, at.Add(time.Second), time.Time{}), NoPermission},
		{"taken away before", held(PermForSales, at.Add(-time.Hour), at), NoPermission},
		{"another set", held(PermIntegrationUser, time.Time{}, time.Time{}), NoPermission},
		{"not active", User{Name: "Maria", PermissionSets: held(PermForSales, time.Time{}, time.Time{}).PermissionSets}, NoPermission},
	} {
		if got := QualifyUser(c.user, at); got.Reason != c.want {
			t.Errorf("%s: %+v, want %q", c.name, got, c.want)
		}
	}
}

func TestMatchUser(t *testing.T) {
	t.Parallel()
	day := func(n int) time.Time { return time.Date(2026, 11, n, 0, 0, 0, 0, time.UTC) }
	users := []User{
		{ID: "maria", Name: "Maria", Email: "maria@x.example", Identifiers: map[Provider]string{Aircall: "4101", AmazonConnect: "mlopez"}, LastModifiedAt: day(1)},
		{ID: "dana", Name: "Dana", Email: "dana@x.example", Phones: []UserPhone{{Number: "+12125550103"}}, LastModifiedAt: day(2)},
		{ID: "old", Name: "Old owner", Phones: []UserPhone{{Number: "+12125550104", To: day(10)}}, LastModifiedAt: day(9)},
		{ID: "new", Name: "New owner", Phones: []UserPhone{{Number: "+12125550104", From: day(10)}}, LastModifiedAt: day(3)},
		{ID: "twin", Name: "Twin", Phones: []UserPhone{{Number: "+12125550103"}}, LastModifiedAt: day(5)},
	}
	for _, c := range []struct {
		name     string
		provider Provider
		change   func(*ProviderCall)
		want     string
		others   int
	}{
		// p. 6: "Uses ID from each phone call and matches to the corresponding Salesforce user profile fields"
		{"by the provider's id", Aircall, nil, "maria", 0},
		{"the id comes before the number", Aircall, func(c *ProviderCall) { c.To = "+12125550103" }, "maria", 0},
		{"an id of another provider does not count", Dialpad, nil, "", 0},
		// p. 6: "If no match is made, uses corresponding to/from phone number"; p. 7: "the user with the most recent Last Modified Date"
		{"by number, the newest of two", Aircall, func(c *ProviderCall) { c.Agent.ProviderUserID, c.To = "9", "+12125550103" }, "twin", 1},
		{"outbound: the number called from", Aircall, func(c *ProviderCall) {
			c.Agent.ProviderUserID, c.Direction, c.From, c.To = "", Outbound, "+12125550104", "+12125550103"
		}, "new", 0},
		{"a number that moved: the owner of that day", Aircall, func(c *ProviderCall) {
			c.Agent.ProviderUserID, c.To, c.StartedAt = "", "+12125550104", day(5)
		}, "old", 0},
		{"nobody", Aircall, func(c *ProviderCall) { c.Agent.ProviderUserID = "9" }, "", 0},
		{"no id, no number", Aircall, func(c *ProviderCall) { c.Agent, c.To = Participant{}, "" }, "", 0},
		// p. 7, Amazon Connect: username, then e-mail, then phone
		{"Amazon by username, whatever its case", AmazonConnect, func(c *ProviderCall) { c.Agent.Username = "MLopez" }, "maria", 0},
		{"Amazon by e-mail", AmazonConnect, func(c *ProviderCall) { c.Agent.Username = "dana@x.example" }, "dana", 0},
		{"Amazon by phone", AmazonConnect, func(c *ProviderCall) { c.Agent.Username, c.To = "x", "+12125550103" }, "twin", 1},
	} {
		pc := call(c.change)
		if c.change == nil || pc.StartedAt.Equal(call(nil).StartedAt) {
			pc.StartedAt = day(20)
		}
		m := MatchUser(pc, c.provider, users)
		if m.User.ID != c.want || m.Found != (c.want != "") || len(m.Others) != c.others || m.How == "" {
			t.Errorf("%s: %q by %s, others %v; want %q", c.name, m.User.ID, m.How, m.Others, c.want)
		}
	}
}

func TestReasonTableIsComplete(t *testing.T) {
	t.Parallel()
	seen := map[ReasonCode]bool{}
	for _, r := range Reasons() {
		if seen[r.Code] || r.Title == "" || r.Meaning == "" || r.Fix == "" || r.Page == "" || r.State == "" {
			t.Errorf("reason %q is incomplete or doubled: %+v", r.Code, r)
		}
		seen[r.Code] = true
	}
	// DESIGN section 2
	for _, code := range []ReasonCode{"too_short", "not_recorded", "internal_only", "one_participant", "excluded_number", "no_permission", "before_enablement", "no_user", "recording_pending", "recording_gone", "recording_unreadable",
		"recording_too_large", "separation_off", "credential_rejected", "scope_missing", "rate_limited", "provider_error", "provider_gone", "engine_missing", "engine_error", "storage_error", "connector_off", "site_off", "guest_denied"} {
		if !seen[code] {
			t.Errorf("the reason %q is not in the table", code)
		}
	}
}

func TestPermissions(t *testing.T) {
	t.Parallel()
	now := time.Date(2026, 11, 20, 0, 0, 0, 0, time.UTC)
	set := func(name string) User {
		return User{Active: true, Profile: ProfileStandard, PermissionSets: []PermissionAssignment{{Set: name}}}
	}
	for _, c := range []struct {
		name, permission string
		user             User
		want             bool
	}{
		{"an admin may all", PermissionModifyAll, User{Active: true, Profile: ProfileAdministrator}, true},
		{"an inactive admin nothing", PermissionAccessVoice, User{Profile: ProfileAdministrator}, false},
		{"an insights set sees calls", PermissionAccessVoice, set(PermForService), true},
		{"and customizes nothing", PermissionCustomize, set(PermForService), false},
		{"no set sees no calls", PermissionAccessVoice, User{Active: true, Profile: ProfileStandard}, false},
		{"the administrator set manages users", PermissionManageUsers, set(PermAdministrator), true},
	} {
		if got := c.user.Can(c.permission, now); got != c.want {
			t.Errorf("%s: %v", c.name, got)
		}
	}
}

package app_test

import (
	"net/http"
	"os"
	"path/filepath"
	"slices"
	"strings"
	"testing"
	"time"

	"earshot/internal/audio"
	"earshot/internal/domain"
	"earshot/internal/identity"
	kernel "earshot/internal/provider"
	"earshot/internal/provider/aircall/fake"
	"earshot/internal/speech"
	"earshot/internal/testkit/apptest"
)

// reasonCase makes a reason happen and follows what mends it.
type reasonCase struct {
	reason domain.ReasonCode
	cause  func(*testing.T, *ward) string // gives the VC Call
	says   string                         // which data decided, as the API says it
	offers domain.MendAction              // what the API offers first; empty: nothing
	fix    func(*testing.T, *ward, string)
	never  string // why the call is not processed whatever is done; empty: it is
}

func retry(t *testing.T, w *ward, id string) { w.mend(t, id, `{"action":"retry"}`) }

func placed(change func(*fake.Call)) func(*testing.T, *ward) string {
	return func(t *testing.T, w *ward) string { return w.came(t, change) }
}

func during(f fake.Faults) func(*testing.T, *ward) string {
	return func(t *testing.T, w *ward) string {
		id := w.arrive(t, w.place(t, 7001, nil))
		w.Fake.SetFaults(f)
		forget(t, w, id)
		w.work(t, id)
		return id
	}
}

// forget lets what an event told of a call be asked from the provider instead.
func forget(t *testing.T, w *ward, id string) {
	t.Helper()
	rawSQL(t, w.App.Config.DataDir, `UPDATE vc_calls SET snapshot = '' WHERE id = '`+id+`'`)
}

func afterFaults(then func(*testing.T, *ward, string)) func(*testing.T, *ward, string) {
	return func(t *testing.T, w *ward, id string) {
		w.Fake.SetFaults(fake.Faults{})
		w.clock.Advance(10 * time.Minute)
		then(t, w, id)
	}
}

func engineFails(err error) func(*testing.T, *ward) string {
	return func(t *testing.T, w *ward) string {
		w.engine.err = err
		return w.came(t, nil)
	}
}

func engineWorks(t *testing.T, w *ward, id string) {
	w.engine.err = nil
	retry(t, w, id)
}

func reasonCases() []reasonCase {
	return slices.Concat(ruleCases(), peopleCases(), providerCases(), recordingCases(), engineCases(), switchCases())
}

// listed is a call of Maria's that the hourly batch brought, changed; the provider has it as well.
func listed(change func(*domain.ProviderCall)) func(*testing.T, *ward) string {
	return func(t *testing.T, w *ward) string {
		w.place(t, 7001, nil)
		agent := domain.Participant{ProviderUserID: "4101", Name: "Maria", Internal: true}
		c := domain.ProviderCall{ID: "7001", Direction: domain.Inbound, From: "+12125550142", To: "+12125550100", StartedAt: w.began, EndedAt: w.began.Add(time.Minute), Agent: agent,
			Participants: []domain.Participant{agent, {Phone: "+12125550142"}}, Recording: domain.RecordingReady}
		change(&c)
		return w.upsert(t, domain.Aircall, "7001", &c)
	}
}

// scopeCase: Aircall has no scopes, so the answer of a provider that has them stands in for its own.
func scopeCase() reasonCase {
	return reasonCase{domain.ScopeMissing, func(t *testing.T, w *ward) string {
		open := w.App.Pipeline.Open
		t.Cleanup(func() { w.App.Pipeline.Open = open })
		missing := true
		w.App.Pipeline.Open = func(c domain.Connector) (*kernel.Connector, error) {
			if missing {
				missing = false
				return nil, domain.Errorf(domain.KindScopeMissing, "", "the key lacks the scope recordings_export")
			}
			return open(c)
		}
		id := w.arrive(t, w.place(t, 7001, nil))
		forget(t, w, id)
		w.work(t, id)
		return id
	}, "lacks the scope recordings_export", domain.MendOpen, func(t *testing.T, w *ward, id string) { w.mend(t, id, `{"action":"test"}`) }, ""}
}

func ruleCases() []reasonCase {
	return []reasonCase{
		{domain.TooShort, placed(func(c *fake.Call) { c.Talk = 8 * time.Second }), "8 s of talk; more than 10 s are needed", "", nil, "no setting makes it longer"},
		{domain.NotRecorded, func(t *testing.T, w *ward) string {
			id := w.came(t, func(c *fake.Call) { c.Recording = nil })
			w.clock.Advance(48 * time.Hour)
			w.client = nil // the session has ended meanwhile
			retry(t, w, id)
			return id
		}, "the provider says that there is no recording", domain.MendRetry, retry, "what was not recorded cannot be heard"},
		{domain.InternalOnly, listed(func(c *domain.ProviderCall) { c.Participants[1].Internal = true }), "participants are internal", "", nil, "nobody outside was on it"},
		{domain.OneParticipant, listed(func(c *domain.ProviderCall) { c.Participants = c.Participants[:1] }), "participant", "", nil, "nobody else was on it"},
		{domain.ExcludedParty, func(t *testing.T, w *ward) string {
			w.ask(t, "POST", "/excluded-numbers", `{"numbers":["212 555 0142"],"note":"the lawyer"}`, http.StatusOK)
			return w.came(t, nil)
		}, "+12125550142 is an excluded number since", domain.MendInclude, func(t *testing.T, w *ward, id string) {
			w.mend(t, id, `{"action":"include_number","value":"+12125550142"}`)
		}, ""},
		{domain.BeforeEnablement, listed(func(c *domain.ProviderCall) { c.StartedAt = time.Now().AddDate(0, 0, -3) }), "started ", domain.MendRetry, retry, ""},
		{domain.CallInProgress, func(t *testing.T, w *ward) string {
			w.place(t, 7001, func(c *fake.Call) { c.Talk = time.Hour })
			return w.fetch(t)
		}, "the call had not ended", domain.MendRetry, func(t *testing.T, w *ward, id string) {
			w.clock.Advance(2 * time.Hour)
			retry(t, w, id)
		}, ""},
		{domain.PartOfCall, partOfCall, "is a part of", "", nil, "the whole is processed"},
	}
}

func peopleCases() []reasonCase {
	return []reasonCase{
		{domain.NoUser, func(t *testing.T, w *ward) string {
			w.User(t, "Nora", "", domain.PermForSales)
			stranger := w.Fake.AddUser(fake.User{ID: 9, Name: "New"})
			return w.came(t, func(c *fake.Call) { c.UserID = stranger })
		}, `no user has Aircall User Identifier 9 New, and +12125550100 is nobody's phone`, domain.MendAssignUser, func(t *testing.T, w *ward, id string) {
			u, err := w.App.Store.UserByEmail(w.ctx, "Nora@x.example")
			apptest.Must(t, err)
			w.mend(t, id, `{"action":"assign_user","value":"9","user_id":"`+u.ID+`"}`)
			now, err := w.App.Store.User(w.ctx, u.ID)
			apptest.Must(t, err)
			if now.Identifiers[domain.Aircall] != "9" || !now.LastModifiedAt.After(u.LastModifiedAt) {
				t.Errorf("the identifier field: %+v", now)
			}
		}, ""},
		{domain.NoPermission, func(t *testing.T, w *ward) string {
			w.User(t, "Tom", "4105")
			tom := w.Fake.AddUser(fake.User{ID: 4105, Name: "Tom"})
			return w.came(t, func(c *fake.Call) { c.UserID = tom })
		}, "Tom never held an insights permission set", domain.MendGrant, func(t *testing.T, w *ward, id string) {
			w.mend(t, id, `{"action":"grant_set","set":"Conversation Insights for Service"}`)
			w.clock.Advance(10 * time.Minute)
			w.began = w.clock.Now().Add(-5 * time.Minute)
			next := w.arrive(t, w.place(t, 7002, func(c *fake.Call) { c.UserID = 4105 }))
			if vc := w.work(t, next); vc.State != domain.StateProcessed {
				t.Errorf("a later call of Tom's is %s: %s", vc.State, vc.Detail)
			}
		}, "the set was not held when it took place"},
	}
}

func providerCases() []reasonCase {
	return []reasonCase{
		{domain.CredentialRejected, during(fake.Faults{Status: http.StatusUnauthorized}), "", domain.MendOpen, afterFaults(func(t *testing.T, w *ward, id string) { w.mend(t, id, `{"action":"test"}`) }), ""},
		scopeCase(),
		{domain.RateLimited, during(fake.Faults{Status: http.StatusTooManyRequests}), "", domain.MendRetry, afterFaults(retry), ""},
		{domain.ProviderError, during(fake.Faults{Status: http.StatusInternalServerError}), "", domain.MendRetry, afterFaults(retry), ""},
		{domain.NotListedYet, func(t *testing.T, w *ward) string {
			id := w.arrive(t, w.place(t, 7001, nil))
			w.Fake.DeleteCall(7001)
			forget(t, w, id)
			w.work(t, id)
			return id
		}, "", domain.MendRetry, func(t *testing.T, w *ward, id string) {
			w.place(t, 7001, nil)
			retry(t, w, id)
		}, ""},
		{domain.ProviderGone, func(t *testing.T, w *ward) string {
			id := w.arrive(t, w.place(t, 7001, nil))
			w.Fake.DeleteCall(7001)
			forget(t, w, id)
			w.clock.Advance(2 * time.Hour)
			w.work(t, id)
			return id
		}, "", domain.MendRetry, retry, "nobody has it any more"},
	}
}

func recordingCases() []reasonCase {
	const garbage = "\x00\x01 no sound \x02\x03"
	return []reasonCase{
		{domain.RecordingNotReady, placed(func(c *fake.Call) { c.AssetsAfter = 20 * time.Minute }), "the recording is not ready yet", domain.MendRetry, func(t *testing.T, w *ward, id string) {
			w.clock.Advance(time.Hour)
			retry(t, w, id)
		}, ""},
		{domain.RecordingGone, func(t *testing.T, w *ward) string {
			id := w.arrive(t, w.place(t, 7001, nil))
			apptest.Must(t, w.App.Pipeline.Describe(w.ctx, id))
			w.Fake.SetFaults(fake.Faults{MediaStatus: http.StatusNotFound})
			w.clock.Advance(48 * time.Hour) // later than any recording comes
			w.client = nil                  // the session has ended meanwhile
			w.work(t, id)
			return id
		}, "", domain.MendRetry, retry, "nobody has the recording any more"},
		{domain.RecordingUnreadable, placed(func(c *fake.Call) { c.Recording = []byte(strings.Repeat(garbage, 100)) }), "cannot be read", domain.MendRetry, func(t *testing.T, w *ward, id string) {
			w.Fake.DeleteCall(7001)
			w.place(t, 7001, nil) // the provider has mended its file
			retry(t, w, id)
		}, ""},
		{domain.RecordingTooLarge, func(t *testing.T, w *ward) string {
			w.App.Pipeline.MaxBytes = 100
			return w.came(t, nil)
		}, "100 bytes", domain.MendRetry, func(t *testing.T, w *ward, id string) {
			w.App.Pipeline.MaxBytes = 1 << 20
			retry(t, w, id)
		}, ""},
		{domain.DecoderMissing, func(t *testing.T, w *ward) string {
			w.App.Pipeline.Tools = func() audio.Tools { return audio.Tools{} }
			return w.came(t, func(c *fake.Call) { c.Recording = append([]byte("#!AMR\n"), make([]byte, 2000)...) })
		}, "needs ffmpeg", domain.MendOpen, func(t *testing.T, w *ward, id string) {
			program := filepath.Join(t.TempDir(), "ffmpeg") // gives what ffmpeg would
			apptest.Must(t, os.WriteFile(program+".wav", wav(t), 0o600))
			apptest.Must(t, os.WriteFile(program, []byte("#!/bin/sh\nexec /bin/cat "+program+".wav\n"), 0o700))
			w.App.Pipeline.Tools = func() audio.Tools { return audio.Tools{FFmpeg: program} }
			retry(t, w, id)
		}, ""},
		{domain.StorageError, func(t *testing.T, w *ward) string {
			blobs := filepath.Join(w.App.Config.DataDir, "blobs")
			apptest.Must(t, os.Rename(blobs, blobs+".away"))
			apptest.Must(t, os.WriteFile(blobs, nil, 0o600))
			return w.came(t, nil)
		}, "the recordings' store could not be written or read", domain.MendRetry, func(t *testing.T, w *ward, id string) {
			blobs := filepath.Join(w.App.Config.DataDir, "blobs")
			apptest.Must(t, os.Remove(blobs))
			apptest.Must(t, os.Rename(blobs+".away", blobs))
			retry(t, w, id)
		}, ""},
		{domain.SeparationOff, func(t *testing.T, w *ward) string {
			w.ask(t, "PUT", "/settings/general", `{"optimal_speaker_separation":false,"language":"en","time_zone":""}`, http.StatusOK)
			return w.came(t, nil)
		}, "the recording is mono", domain.MendSeparation, func(t *testing.T, w *ward, id string) { w.mend(t, id, `{"action":"separation_on"}`) }, ""},
	}
}

func engineCases() []reasonCase {
	return []reasonCase{
		{domain.EngineMissing, engineFails(speech.Missing()), "no speech engine is installed", domain.MendOpen, engineWorks, ""},
		{domain.EngineError, engineFails(domain.Errorf(domain.KindPermanent, "", "the engine stopped twice")), "the engine stopped twice", domain.MendOpen, engineWorks, ""},
		{domain.LanguageMissing, func(t *testing.T, w *ward) string {
			w.ask(t, "PUT", "/settings/general", `{"optimal_speaker_separation":true,"language":"fi","time_zone":""}`, http.StatusOK)
			return w.came(t, nil)
		}, "the language of this call is fi", domain.MendOpen, func(t *testing.T, w *ward, id string) {
			w.ask(t, "PUT", "/settings/general", `{"optimal_speaker_separation":true,"language":"en","time_zone":""}`, http.StatusOK)
			retry(t, w, id)
		}, ""},
	}
}

func switchCases() []reasonCase {
	return []reasonCase{
		{domain.ConnectorOff, func(t *testing.T, w *ward) string {
			id := w.arrive(t, w.place(t, 7001, nil))
			w.ask(t, "PUT", "/connectors/aircall/switches", `{"enabled":false}`, http.StatusOK)
			w.work(t, id)
			return id
		}, "Enable Integration is off", domain.MendSwitches, func(t *testing.T, w *ward, id string) {
			w.ask(t, "POST", "/vc-calls/"+id+"/mend", `{"action":"switches_on"}`, http.StatusConflict) // jobs remain, as when it is switched on elsewhere
			w.ask(t, "PUT", "/connectors/aircall/switches", `{"enabled":true,"delete_jobs":true}`, http.StatusOK)
			w.mend(t, id, `{"action":"retry"}`)
		}, ""},
		{domain.SiteOff, func(t *testing.T, w *ward) string {
			w.ask(t, "PUT", "/connectors/aircall/site", `{"active":false}`, http.StatusOK)
			return refused(t, w)
		}, "the site is not active", "", func(t *testing.T, w *ward, _ string) {
			w.ask(t, "PUT", "/connectors/aircall/site", `{"active":true}`, http.StatusOK)
		}, ""},
		{domain.GuestDenied, func(t *testing.T, w *ward) string {
			guest(t, w)
			return refused(t, w)
		}, "Guest User is not active or lacks a permission set", "", func(t *testing.T, w *ward, _ string) {
			guest(t, w, domain.PermVoiceConnector, domain.PermIntegrationUser)
		}, ""},
	}
}

// refused delivers an event that the site does not take, so that there is no VC Call.
func refused(t *testing.T, w *ward) string {
	t.Helper()
	w.place(t, 7001, nil)
	w.Fake.Deliver(w.ctx)
	return ""
}

// guest makes the guest user hold exactly these sets.
func guest(t *testing.T, w *ward, sets ...string) {
	t.Helper()
	(&clinic{w.Kit, w.ctx}).guest(t, sets...)
}

// TestEveryReason: each is made to happen through the whole app, the API names cause and fix, and what it offers lets the call be
// processed.
func TestEveryReason(t *testing.T) {
	t.Parallel()
	for _, c := range reasonCases() {
		t.Run(string(c.reason), func(t *testing.T) {
			t.Parallel()
			w := newWard(t)
			id := c.cause(t, w)
			if id == "" {
				refusal(t, w, c)
				return
			}
			s := w.show(t, id)
			table, known := domain.ReasonFor(c.reason)
			if s.Reason != string(c.reason) || !known || s.State != string(table.State) && !table.Retries || s.Explanation.Fix != table.Fix {
				t.Fatalf("it is %s, %s (%s): %+v", s.State, s.Reason, s.Detail, s.Explanation)
			}
			if c.says != "" && !strings.Contains(strings.ReplaceAll(s.raw, `\"`, ""), c.says) {
				t.Errorf("the API does not say %q: %s", c.says, s.raw)
			}
			if c.offers == "" != (len(s.Mends) == 0) || c.offers != "" && s.Mends[0].Action != string(c.offers) {
				t.Errorf("offered: %+v", s.Mends)
			}
			if c.fix == nil {
				return
			}
			c.fix(t, w, id)
			after := w.show(t, id)
			if processed := after.State == string(domain.StateProcessed); processed == (c.never != "") || processed && after.CallID == "" {
				t.Errorf("after the fix it is %s, %s (%s); never: %q\n%s", after.State, after.Reason, after.Detail, c.never, after.raw)
			}
		})
	}
}

// refusal: an event that was refused made no VC Call; why it is missing says so, and when it comes again it is processed.
func refusal(t *testing.T, w *ward, c reasonCase) {
	t.Helper()
	answer := w.ask(t, "GET", "/why-missing?provider_call_id=7001&provider=aircall", "", http.StatusOK)
	if !strings.Contains(answer, c.says) {
		t.Errorf("why it is missing does not say %q: %s", c.says, answer)
	}
	c.fix(t, w, "")
	if !strings.Contains(answer, `"fetch":["aircall"]`) {
		t.Errorf("fetching it is not offered: %s", answer)
	}
	id := w.fetch(t)
	if vc := w.work(t, id); vc.State != domain.StateProcessed {
		t.Errorf("after the fix it is %s: %s", vc.State, vc.Detail)
	}
}

// TestEveryReasonHasACase: the table and the cases name the same reasons.
func TestEveryReasonHasACase(t *testing.T) {
	t.Parallel()
	var cases, table []domain.ReasonCode
	for _, c := range reasonCases() {
		cases = append(cases, c.reason)
		if c.fix == nil && c.never == "" {
			t.Errorf("%s is not mended, and nothing says why", c.reason)
		}
	}
	for _, r := range domain.Reasons() {
		table = append(table, r.Code)
	}
	slices.Sort(cases)
	slices.Sort(table)
	if !slices.Equal(cases, table) {
		t.Errorf("cases of %v\nreasons %v", cases, table)
	}
}

// TestTwoUsersMatch: the one modified last is taken, and the page says so (VC-17).
func TestTwoUsersMatch(t *testing.T) {
	t.Parallel()
	w := newWard(t)
	apptest.Must(t, w.App.Identity.Import(w.ctx, w.Admin, []identity.Imported{{Since: time.Now().AddDate(0, -1, 0), UserInput: identity.UserInput{
		Name: "Mara", Email: "mara@x.example", PermissionSets: []string{domain.PermForSales}, Identifiers: map[domain.Provider]string{domain.Aircall: "4101"}}}}))
	s := w.show(t, w.came(t, nil))
	i := slices.IndexFunc(s.Steps, func(s struct{ Rule, Outcome, Text string }) bool { return s.Rule == "user" })
	if i < 0 || !strings.Contains(s.Steps[i].Text, "is of Mara; 2 users match, also Maria: Mara was taken, who was modified last") {
		t.Errorf("%+v", s.Steps)
	}
	if strings.Contains(s.raw, "X-Amz-Signature") {
		t.Error("the address of the recording is shown")
	}
}

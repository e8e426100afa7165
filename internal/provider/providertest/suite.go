package providertest

import (
	"context"
	"errors"
	"fmt"
	"regexp"
	"slices"
	"strings"
	"testing"
	"time"

	"github.com/google/go-cmp/cmp"

	"earshot/internal/domain"
	"earshot/internal/provider"
)

// Run tests a driver.
func Run(t *testing.T, h Harness) {
	a := h.Info.Abilities
	for _, test := range []struct {
		name  string
		needs string // why it is skipped where the driver says that it cannot
		can   bool
		run   func(*testing.T, Harness)
	}{
		{"info", "", true, testInfo},
		{"abilities", "", true, testAbilities},
		{"check", "", true, testCheck},
		{"listing", "", true, testListing},
		{"listing bounds", "", true, testBounds},
		{"call facts", "", true, testFacts},
		{"odd calls", "", true, testOddCalls},
		{"call not found", "", true, testNotFound},
		{"call going on", "", true, testGoingOn},
		{"recording", "", true, testRecording},
		{"recording late", "", true, testLateRecording},
		{"no recording", "", true, testNoRecording},
		{"voicemail", "voicemail", a.Voicemail, testVoicemail},
		{"link expired", "", true, testExpiredLink},
		{"recording gone", "", true, testGone},
		{"download fails", "", true, testBadDownloads},
		{"event verification", "events and subscriptions", a.Events && a.Subscriptions, testVerify},
		{"events", "events and subscriptions", a.Events && a.Subscriptions, testEvents},
		{"events doubled and shuffled", "events and subscriptions", a.Events && a.Subscriptions, testEventsAnyhow},
		{"polled events", "queue or stream", a.Polls, testPolled},
		{"garbled events", "events", a.Events, testGarbledEvents},
		{"subscription", "subscriptions", a.Subscriptions, testSubscription},
		{"users", "users", a.Users, testUsers},
		{"rate limit", "", true, testLimit},
		{"outage", "", true, testOutage},
		{"cancelled", "", true, testCancelled},
		{"secrets", "", true, testSecrets},
	} {
		t.Run(test.name, func(t *testing.T) {
			t.Parallel()
			if !test.can {
				t.Skipf("%s says that it has no %s", h.Info.Name, test.needs)
			}
			test.run(t, h)
		})
	}
}

var hostPattern = regexp.MustCompile(`^[a-z0-9-]+(\.[a-z0-9-]+)+$`)

func testInfo(t *testing.T, h Harness) {
	i := h.Info
	for what, value := range map[string]string{"Provider": string(i.Provider), "Name": i.Name, "Guide": i.Guide, "Limits": i.Limits} {
		if strings.TrimSpace(value) == "" {
			t.Errorf("Info.%s is empty", what)
		}
	}
	if len(i.Quotas) == 0 {
		t.Error("Info.Quotas is empty: every provider has limits")
	}
	for _, q := range i.Quotas {
		if q.Requests <= 0 || q.Per <= 0 {
			t.Errorf("quota %+v lets nothing through", q)
		}
	}
	secret := false
	for _, f := range append(slices.Clone(i.Credential), i.Settings...) {
		secret = secret || f.Secret
		if f.Name == "" || f.Label == "" || f.Help == "" {
			t.Errorf("field %+v lacks name, label or help", f)
		}
	}
	if !secret {
		t.Error("no field of the credential is secret")
	}
	for _, host := range i.RecordingHosts {
		if !hostPattern.MatchString(host) {
			t.Errorf("recording host %q is not the lower-case end of a host's name", host)
		}
	}
	if d := i.Abilities.RecordingDelays; len(d) == 0 || !slices.IsSorted(d) || d[0] <= 0 {
		t.Errorf("RecordingDelays %v are not rising", d)
	}
}

func testAbilities(t *testing.T, h Harness) {
	w := h.NewWorld(t, NewClock())
	credential, settings := w.Account()
	driver, err := w.Opener().Open(provider.Account{Credential: credential, Settings: settings, BaseURL: settings["base_url"], Now: NewClock().Now})
	if err != nil {
		t.Fatal(err)
	}
	for what, info := range map[string]provider.Info{"opener": w.Opener().Info, "driver": driver.Info()} {
		if diff := cmp.Diff(h.Info, info); diff != "" {
			t.Errorf("the %s declares something else:\n%s", what, diff)
		}
	}
	_, verifies := driver.(provider.EventVerifier)
	_, parses := driver.(provider.EventParser)
	_, subscribes := driver.(provider.Subscriber)
	_, polls := driver.(provider.Poller)
	_, lists := driver.(provider.UserLister)
	a := h.Info.Abilities
	if got, want := [...]bool{verifies, parses, subscribes, polls, lists}, [...]bool{a.Events && a.Subscriptions, a.Events, a.Subscriptions, a.Polls, a.Users}; got != want {
		t.Errorf("verifies, parses, subscribes, polls, lists users: is %v, declared %v", got, want)
	}
}

func testCheck(t *testing.T, h Harness) {
	b := h.setup(t)
	report, err := b.conn.Check(t.Context())
	if err != nil || report.Account == "" || len(report.Items) == 0 {
		t.Fatalf("Check = %+v, %v; want an account and items", report, err)
	}
	for _, item := range report.Items {
		if !item.OK || item.Name == "" || item.Detail == "" {
			t.Errorf("item of a company without faults: %+v", item)
		}
	}
	_, settings := b.world.Account()
	_, err = connect(t, b.clock, b.world.Opener(), h.wrongCredential(b.world), settings).Check(t.Context())
	wantKind(t, "Check with a wrong credential", err, domain.KindUnauthorized)

	b.world.SetFaults(Faults{NoScope: true})
	report, err = b.conn.Check(t.Context())
	bad := slices.IndexFunc(report.Items, func(i provider.CheckItem) bool { return !i.OK && i.Fix != "" })
	if !domain.IsKind(err, domain.KindScopeMissing) && (err != nil || bad < 0) {
		t.Errorf("Check without a right = %+v, %v; want it named with a fix, or scope_missing", report, err)
	}
}

func testUsers(t *testing.T, h Harness) {
	b := h.setup(t)
	users, err := b.conn.Users(t.Context())
	if err != nil {
		t.Fatal(err)
	}
	emails, identifiers := map[string]string{}, map[string]string{}
	for _, u := range users {
		emails[u.Email], identifiers[u.Email] = u.ID, u.Identifier()
	}
	if emails[AgentEmail] == "" || emails[ColleagueEmail] == "" || emails[AgentEmail] == emails[ColleagueEmail] {
		t.Fatalf("users are %+v, want %s and %s with ids", users, AgentEmail, ColleagueEmail)
	}
	_, c := b.finished(t)
	if c.Agent.ProviderUserID != emails[AgentEmail] {
		t.Errorf("the agent of a call is %q, in the list of users %q", c.Agent.ProviderUserID, emails[AgentEmail])
	}
	if got := c.AgentIdentifier(b.info.Provider); got != identifiers[AgentEmail] {
		t.Errorf("the user of a call is found by %q, the list of users says %q", got, identifiers[AgentEmail])
	}
}

// testLimit: whatever the limit, all work is done, and nothing is asked before it may be.
func testLimit(t *testing.T, h Harness) {
	b := h.setup(t)
	id, _ := b.finished(t)
	b.clock.Advance(2 * time.Minute)
	const limit, reads = 5, 23
	b.world.SetLimit(limit)
	start := b.clock.Now()
	for range reads {
		b.get(t, id)
	}
	if seen := b.world.Seen(); seen.Early > 0 {
		t.Errorf("%d requests came before the time that the provider had named", seen.Early)
	}
	if took, least := b.clock.Now().Sub(start), time.Duration(reads/limit-1)*time.Minute; took < least {
		t.Errorf("%d requests at %d a minute took %v, less than %v: the limit is not kept", reads, limit, took, least)
	}
}

func testOutage(t *testing.T, h Harness) {
	b := h.setup(t)
	id, c := b.finished(t)
	b.world.SetFaults(Faults{OutageOnce: true})
	b.get(t, id)
	b.world.SetFaults(Faults{Outage: true})
	for what, err := range b.allErrors(t.Context(), id, c) {
		wantKind(t, what+" in an outage", err, domain.KindTemporary)
	}
	b.world.SetFaults(Faults{})
	b.get(t, id)
}

func testCancelled(t *testing.T, h Harness) {
	b := h.setup(t)
	id, c := b.finished(t)
	ctx, cancel := context.WithCancel(t.Context())
	cancel()
	for what, err := range b.allErrors(ctx, id, c) {
		if !errors.Is(err, context.Canceled) {
			t.Errorf("%s with a cancelled context: %v", what, err)
		}
	}
}

// allErrors does whatever asks the provider, and gives the errors; a missing error is one too.
func (b *bundle) allErrors(ctx context.Context, id string, c domain.ProviderCall) map[string]error {
	out := map[string]error{}
	keep := func(what string, err error) {
		if out[what] = err; err == nil { // a kind that no test asks for
			out[what] = domain.Errorf(domain.KindPermanent, "", "%s succeeded", what)
		}
	}
	_, err := b.conn.Check(ctx)
	keep("Check", err)
	_, err = b.conn.GetCall(ctx, id, time.Time{})
	keep("GetCall", err)
	_, _, err = b.conn.Fetch(ctx, c.Recordings[0], 0)
	keep("Fetch", err)
	_, err = b.list(ctx, provider.Window{From: c.StartedAt.Add(-time.Hour), To: c.StartedAt.Add(time.Hour)})
	keep("Calls", err)
	if b.info.Abilities.Polls {
		_, err = b.conn.Poll(ctx, "")
		keep("Poll", err)
	}
	if b.info.Abilities.Users {
		_, err = b.conn.Users(ctx)
		keep("Users", err)
	}
	if b.info.Abilities.Subscriptions {
		_, err = b.conn.Subscribe(ctx, "https://example.com/site/abc", "")
		keep("Subscribe", err)
	}
	return out
}

// testSecrets: no error shows a credential or the query of a link, in text or in logs.
func testSecrets(t *testing.T, h Harness) {
	b := h.setup(t)
	id, c := b.finished(t)
	credential, settings := b.world.Account()
	conn := b.conn
	var errs []error
	collect := func() {
		for _, err := range b.allErrors(t.Context(), id, c) {
			errs = append(errs, err)
		}
	}
	for _, f := range []Faults{{Outage: true}, {NoScope: true}, {ExpiredLinks: true}, {Truncate: true}, {NotAudio: true}} {
		b.world.SetFaults(f)
		collect()
	}
	wrong := h.wrongCredential(b.world)
	b.world.SetFaults(Faults{})
	b.conn = connect(t, b.clock, b.world.Opener(), wrong, settings)
	collect()
	b.conn = conn
	for _, err := range errs {
		b.wantNoSecret(t, err, credential, wrong)
	}
}

func (b *bundle) wantNoSecret(t *testing.T, err error, credentials ...map[string]string) {
	t.Helper()
	text := fmt.Sprintf("%v %+v %s", err, err, domain.MessageOf(err))
	for _, f := range b.info.Credential {
		for _, c := range credentials {
			if f.Secret && c[f.Name] != "" && strings.Contains(text, c[f.Name]) {
				t.Errorf("an error shows the %s: %s", f.Label, text)
			}
		}
	}
	if i := strings.Index(text, "?"); i >= 0 && strings.Contains(text[:i], "://") && !strings.HasPrefix(text[i:], "?[hidden]") {
		t.Errorf("an error shows the query of an address: %s", text)
	}
}

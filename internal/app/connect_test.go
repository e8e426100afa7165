package app_test

import (
	"context"
	"errors"
	"io"
	"net/http"
	"strings"
	"testing"
	"time"

	"earshot/internal/connector"
	"earshot/internal/domain"
	"earshot/internal/provider/aircall/fake"
	"earshot/internal/store"
	"earshot/internal/testkit/apptest"
)

func switchOn(t *testing.T, k *apptest.Kit, s connector.Switches) connector.View {
	t.Helper()
	v, err := k.App.Connector.SetSwitches(context.Background(), k.Admin, domain.Aircall, s)
	apptest.Must(t, err)
	return v
}

// TestOrderOfSwitches: "You can automatically process voice calls … from the past 7 days … If you don't want to process voice
// calls, do steps 2-3 first, and then step 1" (Voice Connector Guide p. 6).
func TestOrderOfSwitches(t *testing.T) {
	t.Parallel()
	on := true
	enable, general := connector.Switches{Enabled: &on}, connector.Switches{ProviderEnabled: &on}
	for name, c := range map[string]struct {
		steps []connector.Switches
		back  time.Duration
	}{
		"connector first": {[]connector.Switches{enable, general}, 7 * 24 * time.Hour},
		"general first":   {[]connector.Switches{general, enable}, 0},
	} {
		t.Run(name, func(t *testing.T) {
			t.Parallel()
			k := apptest.New(t)
			k.Credential(t, "fake-token")
			_, err := k.App.Connector.AssignIntegrationUser(context.Background(), k.Admin, domain.Aircall)
			apptest.Must(t, err)
			if v := switchOn(t, k, c.steps[0]); v.On() {
				t.Fatal("on with one switch")
			}
			v := switchOn(t, k, c.steps[1])
			if !v.On() || v.SubscriptionID == "" {
				t.Fatalf("on %v, subscription %q", v.On(), v.SubscriptionID)
			}
			if got := time.Since(v.EnabledAt); got < c.back || got > c.back+time.Minute {
				t.Errorf("calls of the last %v are processed, want %v", got, c.back)
			}
			off := false
			if v := switchOn(t, k, connector.Switches{Enabled: &off}); v.On() || v.SubscriptionID != "" {
				t.Errorf("off: on %v, subscription %q", v.On(), v.SubscriptionID)
			}
		})
	}
}

func TestWhatIsMissingIsNamed(t *testing.T) {
	t.Parallel()
	k := apptest.New(t)
	ctx := context.Background()
	k.Credential(t, "wrong")
	v, err := k.App.Connector.Get(ctx, k.Admin, domain.Aircall)
	apptest.Must(t, err)
	if v.Credential.Status != domain.AuthRevoked {
		t.Errorf("status %q after a rejected key", v.Credential.Status)
	}
	on := true
	_, err = k.App.Connector.SetSwitches(ctx, k.Admin, domain.Aircall, connector.Switches{Enabled: &on})
	if domain.CodeOf(err) != "not_ready_to_enable" || !strings.Contains(err.Error(), "not authenticated") || !strings.Contains(err.Error(), "integration user") {
		t.Errorf("enabling gave %v", err)
	}
	bare := domain.User{Name: "Bare", Active: true, Profile: domain.ProfileStandard}
	var incomplete *connector.IncompleteError
	if _, err := k.App.Connector.AssignIntegrationUser(ctx, bare, domain.Aircall); !errors.As(err, &incomplete) || len(incomplete.Missing) != 5 {
		t.Errorf("assigning a bare user gave %v", err)
	}
}

// TestCallWithoutEngine: the recording is kept and playable, the call waits and says for what (CI-2, VC-20).
func TestCallWithoutEngine(t *testing.T) {
	t.Parallel()
	k := apptest.New(t)
	ctx := context.Background()
	line := k.Fake.AddNumber(fake.Number{Name: "Sales", E164: "+12125550100", Country: "US"})
	agent := k.Fake.AddUser(fake.User{ID: 4101, Name: "Maria", Email: "maria@x.example"})
	k.User(t, "Maria", "4101", domain.PermForSales)
	k.User(t, "Tom", "4105")
	k.Credential(t, "fake-token")
	_, err := k.App.Connector.AssignIntegrationUser(ctx, k.Admin, domain.Aircall)
	apptest.Must(t, err)
	on := true
	switchOn(t, k, connector.Switches{Enabled: &on})
	switchOn(t, k, connector.Switches{ProviderEnabled: &on})
	apptest.Must(t, k.App.Start(ctx))

	sound := wav(t)
	place := func(c fake.Call) {
		c.Direction, c.NumberID, c.Ring, c.AssetsAfter, c.ContentType = "inbound", line, time.Second, time.Millisecond, "audio/wav"
		c.StartedAt = time.Now().Add(-5 * time.Minute)
		if c.Customer == "" {
			c.Customer = "+1 212-555-0142"
		}
		k.Fake.Place(c)
	}
	place(fake.Call{ID: 1, UserID: agent, Talk: time.Minute, Recording: sound})
	place(fake.Call{ID: 2, UserID: k.Fake.AddUser(fake.User{ID: 4105, Name: "Tom"}), Talk: time.Minute, Recording: sound})
	place(fake.Call{ID: 3, UserID: k.Fake.AddUser(fake.User{ID: 9, Name: "New"}), Talk: time.Minute, Recording: sound})
	place(fake.Call{ID: 4, UserID: agent, Talk: 10 * time.Second, Recording: sound})
	k.Fake.SetFaults(fake.Faults{Duplicate: 1, Shuffle: true})
	k.Fake.Deliver(ctx)

	conn, err := k.App.Store.ConnectorByProvider(ctx, domain.Aircall)
	apptest.Must(t, err)
	want := map[string]domain.ReasonCode{"1": domain.EngineMissing, "2": domain.NoPermission, "3": domain.NoUser, "4": domain.TooShort}
	for id, reason := range want {
		apptest.Until(t, "reason "+string(reason), func() bool {
			v, err := k.App.Store.VCCallByProviderID(ctx, conn.ID, id)
			return err == nil && v.Reason == reason
		})
	}
	found, _, err := k.App.Store.VCCalls(ctx, store.VCCallFilter{})
	apptest.Must(t, err)
	if len(found) != len(want) {
		t.Errorf("%d VC Calls from doubled events, want %d", len(found), len(want))
	}

	// An unmatched call goes on once its user is known (BT-3).
	k.User(t, "New", "9", domain.PermForService)
	v, err := k.App.Store.VCCallByProviderID(ctx, conn.ID, "3")
	apptest.Must(t, err)
	_, err = k.App.Library.Retry(ctx, k.Admin, v.ID)
	apptest.Must(t, err)
	apptest.Until(t, "the retried call", func() bool {
		v, err = k.App.Store.VCCall(ctx, v.ID)
		return err == nil && v.Reason == domain.EngineMissing && v.CallID != ""
	})

	client := signedIn(t, k, "admin@x.example")
	req, err := http.NewRequest(http.MethodGet, k.Server.URL+"/api/v1/calls/"+v.CallID+"/recording", nil)
	apptest.Must(t, err)
	req.Header.Set("Range", "bytes=0-3")
	resp, err := client.Do(req)
	apptest.Must(t, err)
	defer resp.Body.Close()
	body, err := io.ReadAll(resp.Body)
	if err != nil || resp.StatusCode != http.StatusPartialContent || string(body) != "RIFF" || resp.Header.Get("Content-Type") != "audio/wav" {
		t.Errorf("playing gave %d %q %q %v", resp.StatusCode, body, resp.Header.Get("Content-Type"), err)
	}
	if p := k.Fake.Problems(); len(p) > 0 {
		t.Errorf("the provider was asked wrongly: %v", p)
	}
}

// TestSiteRefusesStrangers: events are taken at their secret path with the webhook's token only.
func TestSiteRefusesStrangers(t *testing.T) {
	t.Parallel()
	k := apptest.New(t)
	k.Credential(t, "fake-token")
	v, err := k.App.Connector.Get(context.Background(), k.Admin, domain.Aircall)
	apptest.Must(t, err)
	post := func(path, body string) int {
		resp, err := http.Post(k.Server.URL+path, "application/json", strings.NewReader(body))
		apptest.Must(t, err)
		resp.Body.Close()
		return resp.StatusCode
	}
	site := "/site/" + v.SiteSecret
	for _, c := range []struct {
		name, path, body string
		want             int
	}{
		{"a guessed path", "/site/guess", `{}`, http.StatusNotFound},
		{"no subscription", site, `{"event":"call.ended","token":"","data":{"id":1}}`, http.StatusUnauthorized},
		{"a wrong token", site, `{"event":"call.ended","token":"x","data":{"id":1}}`, http.StatusUnauthorized},
		{"too large", site, strings.Repeat("x", 2<<20), http.StatusRequestEntityTooLarge},
	} {
		if got := post(c.path, c.body); got != c.want {
			t.Errorf("%s: %d, want %d", c.name, got, c.want)
		}
	}
	_, err = k.App.Connector.SetSite(context.Background(), k.Admin, domain.Aircall, false)
	apptest.Must(t, err)
	if got := post(site, `{}`); got != http.StatusNotFound {
		t.Errorf("inactive site: %d", got)
	}
}

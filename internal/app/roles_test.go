package app_test

import (
	"bytes"
	"context"
	"encoding/binary"
	"net/http"
	"net/http/cookiejar"
	"strings"
	"testing"
	"time"

	"earshot/internal/connector"
	"earshot/internal/domain"
	"earshot/internal/identity"
	"earshot/internal/store"
	"earshot/internal/testkit/apptest"
)

// wav is a second at 8 kHz: silence, and in its middle something that may be speech.
func wav(t *testing.T) []byte {
	t.Helper()
	var b bytes.Buffer
	b.WriteString("RIFF\x24\x3e\x00\x00WAVEfmt \x10\x00\x00\x00\x01\x00\x01\x00")
	for _, v := range []any{uint32(8000), uint32(16000), uint16(2), uint16(16)} {
		apptest.Must(t, binary.Write(&b, binary.LittleEndian, v))
	}
	b.WriteString("data\x80\x3e\x00\x00")
	for i := range 8000 {
		sample := int16(0)
		if i > 2000 && i < 6000 {
			sample = int16((i*7919)%16000 - 8000)
		}
		apptest.Must(t, binary.Write(&b, binary.LittleEndian, sample))
	}
	return b.Bytes()
}

// signedIn gives a client with the session of a user whose password is apptest.Password.
func signedIn(t *testing.T, k *apptest.Kit, email string) *http.Client {
	t.Helper()
	jar, err := cookiejar.New(nil)
	apptest.Must(t, err)
	client := &http.Client{Jar: jar}
	resp, err := client.Post(k.Server.URL+"/api/v1/session", "application/json", strings.NewReader(`{"email":"`+email+`","password":"`+apptest.Password+`"}`))
	apptest.Must(t, err)
	resp.Body.Close()
	if resp.StatusCode != http.StatusOK {
		t.Fatalf("signing in gave %d", resp.StatusCode)
	}
	return client
}

// role makes a user with a password.
func role(t *testing.T, k *apptest.Kit, name string, sets ...string) *http.Client {
	t.Helper()
	ctx := context.Background()
	u, err := k.App.Identity.SaveUser(ctx, k.Admin, "", identity.UserInput{Name: name, Email: name + "@x.example", PermissionSets: sets})
	apptest.Must(t, err)
	hash, err := identity.HashPassword(apptest.Password)
	apptest.Must(t, err)
	apptest.Must(t, k.App.Store.InTx(ctx, func(ctx context.Context, tx *store.Tx) error { return tx.SetPassword(ctx, u.ID, hash) }))
	return signedIn(t, k, u.Email)
}

// modelOff are settings of a language model that is off and lacks its key.
const modelOff = `{"enabled":false,"kind":"anthropic","base_url":"","model":"","price_in":0,"price_out":0,"currency":"","daily_tokens":1000,"when_spent":"wait","window_tokens":6000,"connectors":[],"prompts":[]}`

// operation of the API with what it answers to each role; in the order in which they are asked for.
type operation struct {
	method, path, body string
	want               [4]int // nobody, bare, rep, admin
}

// operations is every operation of the API; TestTheTableIsWhole holds that.
func operations() []operation {
	return []operation{
		{"GET", "/session", "", [4]int{200, 200, 200, 200}},
		{"GET", "/reasons", "", [4]int{401, 200, 200, 200}},
		{"GET", "/engine", "", [4]int{401, 200, 200, 200}},
		{"GET", "/connectors", "", [4]int{401, 403, 403, 200}},
		{"GET", "/connectors/aircall", "", [4]int{401, 403, 403, 200}},
		{"GET", "/connectors/none", "", [4]int{401, 403, 403, 404}},
		{"PUT", "/connectors/aircall/credential", `{"fields":{"api_id":"fake-id","api_token":""}}`, [4]int{401, 403, 403, 200}},
		{"POST", "/connectors/aircall/test", "", [4]int{401, 403, 403, 200}},
		{"POST", "/connectors/aircall/integration-user", "", [4]int{401, 409, 409, 200}},
		{"PUT", "/connectors/aircall/switches", `{"enabled":false}`, [4]int{401, 403, 403, 200}},
		{"PUT", "/connectors/aircall/site", `{"active":true}`, [4]int{401, 403, 403, 200}},
		{"POST", "/connectors/aircall/terms", `{"version":"of old"}`, [4]int{401, 409, 409, 409}},
		{"POST", "/connectors/aircall/terms", `{"version":"` + connector.TermsVersion + `"}`, [4]int{401, 403, 403, 200}},
		{"GET", "/connectors/aircall/test-call", "", [4]int{401, 403, 403, 200}},
		{"POST", "/connectors/aircall/test-call", "", [4]int{401, 403, 403, 200}},
		{"POST", "/connectors/none/test-call", "", [4]int{401, 403, 403, 404}},
		{"GET", "/sites", "", [4]int{401, 403, 403, 200}},
		{"POST", "/connectors/aircall/site/renew", "", [4]int{401, 403, 403, 200}},
		{"POST", "/connectors/none/site/renew", "", [4]int{401, 403, 403, 404}},
		{"GET", "/auth-providers", "", [4]int{401, 403, 403, 200}},
		{"GET", "/connectors/aircall/users", "", [4]int{401, 403, 403, 200}},
		{"GET", "/connectors/none/users", "", [4]int{401, 403, 403, 404}},
		{"POST", "/connectors/aircall/users", `{"links":[{"user_id":"none","identifier":"1"}]}`, [4]int{401, 403, 403, 404}},
		{"POST", "/connectors/aircall/sync", "", [4]int{401, 403, 403, 409}},
		{"GET", "/package", "", [4]int{401, 403, 403, 200}},
		{"PUT", "/package", `{"for":"sets","sets":["nonsense"]}`, [4]int{401, 403, 403, 422}},
		{"PUT", "/package", `{"for":"admins"}`, [4]int{401, 403, 403, 200}},
		{"POST", "/package/guest", "", [4]int{401, 403, 403, 200}},
		{"GET", "/mails", "", [4]int{401, 403, 403, 200}},
		{"POST", "/mails/none/send", "", [4]int{401, 403, 403, 404}},
		{"GET", "/excluded-numbers", "", [4]int{401, 403, 403, 200}},
		{"POST", "/excluded-numbers", `{"numbers":["nonsense"]}`, [4]int{401, 403, 403, 422}},
		{"POST", "/excluded-numbers", `{"numbers":["+1 212 555 0142"]}`, [4]int{401, 403, 403, 200}},
		{"DELETE", "/excluded-numbers/none", "", [4]int{401, 403, 403, 404}},
		{"GET", "/insight-types", "", [4]int{401, 403, 403, 200}},
		{"POST", "/insight-types", `{"kind":"product","name":"?"}`, [4]int{401, 403, 403, 422}},
		{"POST", "/insight-types", `{"kind":"product","name":"Orbit"}`, [4]int{401, 403, 403, 200}},
		{"PATCH", "/insight-types/none", `{"active":false}`, [4]int{401, 403, 403, 404}},
		{"DELETE", "/insight-types/none", "", [4]int{401, 403, 403, 404}},
		{"POST", "/insight-types/import", `{"kind":"product","text":"Orbit\nOrbit Plus"}`, [4]int{401, 403, 403, 200}},
		{"POST", "/insight-types/try", `{"text":"an orbit"}`, [4]int{401, 403, 403, 200}},
		{"GET", "/vc-calls", "", [4]int{401, 403, 403, 200}},
		{"GET", "/vc-calls/counts", "", [4]int{401, 403, 403, 200}},
		{"GET", "/vc-calls/none", "", [4]int{401, 403, 403, 404}},
		{"POST", "/vc-calls/none/retry", "", [4]int{401, 403, 403, 404}},
		{"GET", "/calls", "", [4]int{401, 403, 200, 200}},
		{"GET", "/calls/none", "", [4]int{401, 403, 404, 404}},
		{"GET", "/calls/none/waveform", "", [4]int{401, 403, 404, 404}},
		{"GET", "/calls/none/recording", "", [4]int{401, 403, 404, 404}},
		{"PUT", "/calls/none/lines/1", `{"was":"a","text":"b","speaker":"agent"}`, [4]int{401, 403, 404, 404}},
		{"DELETE", "/calls/none/lines/1/correction", "", [4]int{401, 403, 404, 404}},
		{"PUT", "/calls/none/speakers", `{"swap":true}`, [4]int{401, 403, 404, 404}},
		{"GET", "/reanalyses", "", [4]int{401, 403, 403, 200}},
		{"POST", "/reanalyses", `{"stage":"analyze"}`, [4]int{401, 403, 403, 422}},
		{"POST", "/reanalyses/none/stop", "", [4]int{401, 403, 403, 404}},
		{"GET", "/users", "", [4]int{401, 403, 200, 200}},
		{"POST", "/users", `{"name":"X","email":"no address"}`, [4]int{401, 403, 403, 422}},
		{"PUT", "/users/none", `{"name":"X","email":"x@x.example"}`, [4]int{401, 403, 403, 404}},
		{"GET", "/users/none", "", [4]int{401, 403, 404, 404}},
		{"GET", "/users?cursor=x", "", [4]int{401, 403, 422, 422}},
		{"POST", "/permission-sets/assignments", `{"set":"none","users":["none"],"hold":true}`, [4]int{401, 403, 403, 422}},
		{"POST", "/users/import?dry=true", "name\n", [4]int{401, 403, 403, 422}},
		{"GET", "/users/export", "", [4]int{401, 403, 403, 200}},
		{"GET", "/permission-sets", "", [4]int{401, 200, 200, 200}},
		{"GET", "/settings/general", "", [4]int{401, 403, 403, 200}},
		{"PUT", "/settings/general", `{"optimal_speaker_separation":true,"language":"en","time_zone":"Europe/Berlin"}`, [4]int{401, 403, 403, 200}},
		{"PUT", "/settings/general", `{"optimal_speaker_separation":true,"language":"en","time_zone":"Mars/Olympus"}`, [4]int{401, 403, 403, 422}},
		{"GET", "/settings/speech", "", [4]int{401, 403, 403, 200}},
		{"PUT", "/settings/speech", `{"engine":"moonshine","model":"","base_url":"","fallback":false,"embedded_model":"","price_per_minute":0,"currency":"","languages":[]}`, [4]int{401, 403, 403, 200}},
		{"GET", "/settings/language-model", "", [4]int{401, 403, 403, 200}},
		{"PUT", "/settings/language-model", modelOff, [4]int{401, 403, 403, 200}},
		{"POST", "/settings/language-model/test", modelOff, [4]int{401, 403, 403, 422}},
		{"POST", "/language-model/runs", `{}`, [4]int{401, 403, 403, 409}},
		{"GET", "/calls/none/writing", "", [4]int{401, 403, 404, 404}},
		{"POST", "/calls/none/writing", "", [4]int{401, 403, 404, 404}},
		{"PUT", "/calls/none/summary", `{"text":"x"}`, [4]int{401, 403, 404, 404}},
		{"POST", "/explorer", `{"question":"why?","call_id":"none"}`, [4]int{401, 403, 404, 404}},
		{"POST", "/explorer", `{"question":"why?"}`, [4]int{401, 403, 409, 409}},
		{"GET", "/scheduled-jobs", "", [4]int{401, 403, 403, 200}},
		{"DELETE", "/scheduled-jobs/none", "", [4]int{401, 403, 403, 404}},
		{"POST", "/scheduled-jobs/none/run", "", [4]int{401, 403, 403, 404}},
		{"POST", "/connectors/aircall/backfill", `{"from":"2026-11-01T00:00:00Z"}`, [4]int{401, 403, 403, 409}},
		{"POST", "/connectors/aircall/calls", `{"provider_call_id":"1"}`, [4]int{401, 403, 403, 409}},
		{"POST", "/connectors/aircall/login", "", [4]int{401, 403, 403, 422}},
		{"POST", "/vc-calls/retry", `{"state":"failed"}`, [4]int{401, 403, 403, 200}},
		{"POST", "/vc-calls/none/mend", `{"action":"retry"}`, [4]int{401, 403, 403, 404}},
		{"GET", "/why-missing?provider=aircall&provider_call_id=1", "", [4]int{401, 403, 403, 200}},
		{"GET", "/troubleshooting", "", [4]int{401, 403, 403, 200}},
		{"POST", "/troubleshooting", "", [4]int{401, 403, 403, 200}},
		{"GET", "/changes", "", [4]int{401, 200, 200, 200}},
		{"DELETE", "/package", "", [4]int{401, 403, 403, 204}},
		{"GET", "/connectors", "", [4]int{401, 403, 403, 200}},
		{"PUT", "/connectors/aircall/site", `{"active":true}`, [4]int{401, 403, 403, 409}},
		{"POST", "/setup", `{"code":"guess","name":"X","email":"x@x.example","password":"long enough pw"}`, [4]int{403, 403, 403, 403}},
		{"GET", "/settings/sso", "", [4]int{401, 403, 403, 200}},
		{"PUT", "/settings/sso", `{"enabled":false,"issuer":"","client_id":"","domains":[],"create_users":false,"button":""}`, [4]int{401, 403, 403, 200}},
		{"GET", "/audit-log", "", [4]int{401, 403, 403, 200}},
		{"GET", "/audit-log?cursor=nonsense", "", [4]int{401, 403, 403, 422}},
		{"GET", "/audit-log/actions", "", [4]int{401, 403, 403, 200}},
		{"GET", "/audit-log/export", "", [4]int{401, 403, 403, 200}},
		{"GET", "/account/sessions", "", [4]int{401, 200, 200, 200}},
		{"DELETE", "/account/sessions/none", "", [4]int{401, 404, 404, 404}},
		{"PUT", "/account/password", `{"old":"wrong","new":"long enough for it"}`, [4]int{401, 422, 422, 422}},
		{"GET", "/account/tokens", "", [4]int{401, 200, 200, 200}},
		{"POST", "/account/tokens", `{"name":"nightly"}`, [4]int{401, 403, 200, 200}},
		{"DELETE", "/account/tokens/none", "", [4]int{401, 404, 404, 404}},
		{"GET", "/api-tokens", "", [4]int{401, 403, 403, 200}},
		{"DELETE", "/api-tokens/none", "", [4]int{401, 403, 403, 404}},
		{"DELETE", "/users/none/sessions", "", [4]int{401, 403, 403, 404}},
		{"POST", "/users/none/password-link", "", [4]int{401, 403, 403, 404}},
		{"POST", "/password", `{"link":"guess","password":"long enough for it"}`, [4]int{404, 404, 404, 404}},
		{"POST", "/session", `{"email":"nobody@x.example","password":"wrong"}`, [4]int{401, 401, 401, 401}},
		{"DELETE", "/account/sessions", "", [4]int{401, 200, 200, 200}},
		{"DELETE", "/session", "", [4]int{204, 204, 204, 204}},
		{"GET", "/no-such-thing", "", [4]int{404, 404, 404, 404}},
	}
}

func TestCrossSitePostIsRefused(t *testing.T) {
	t.Parallel()
	k := apptest.New(t)
	client := signedIn(t, k, "admin@x.example")
	req, err := http.NewRequest(http.MethodPost, k.Server.URL+"/api/v1/connectors/aircall/test", nil)
	apptest.Must(t, err)
	req.Header.Set("Sec-Fetch-Site", "cross-site")
	resp, err := client.Do(req)
	apptest.Must(t, err)
	resp.Body.Close()
	if resp.StatusCode != http.StatusForbidden {
		t.Errorf("another site's request gave %d", resp.StatusCode)
	}
	for header, want := range map[string]string{"X-Frame-Options": "DENY", "X-Content-Type-Options": "nosniff"} {
		if got := resp.Header.Get(header); got != want {
			t.Errorf("%s: %q", header, got)
		}
	}
}

func TestLoginIsLimitedAndSessionsEnd(t *testing.T) {
	t.Parallel()
	k := apptest.New(t)
	ctx := context.Background()
	last := ""
	for range 12 {
		_, _, err := k.App.Identity.Login(ctx, "nobody@x.example", "wrong password", "192.0.2.1")
		last = domain.CodeOf(err)
	}
	if last != "too_many_logins" {
		t.Errorf("the twelfth wrong login gave %q", last)
	}
	token, _, err := k.App.Identity.Login(ctx, "ADMIN@x.example ", apptest.Password, "192.0.2.2")
	apptest.Must(t, err)
	if _, err := k.App.Identity.Authenticate(ctx, token); err != nil {
		t.Error(err)
	}
	apptest.Must(t, k.App.Identity.Logout(ctx, token))
	if _, err := k.App.Identity.Authenticate(ctx, token); domain.CodeOf(err) != "session_ended" {
		t.Errorf("after signing out: %v", err)
	}
}

func TestSavingAUserKeepsValidity(t *testing.T) {
	t.Parallel()
	k := apptest.New(t)
	ctx := context.Background()
	save := func(id, email string, phones, sets []string) domain.User {
		u, err := k.App.Identity.SaveUser(ctx, k.Admin, id, identity.UserInput{Name: email, Email: email, Phones: phones, PermissionSets: sets})
		apptest.Must(t, err)
		return u
	}
	a := save("", "a@x.example", []string{"+12125550150"}, []string{domain.PermForSales})
	if p := a.Phones[0]; !p.From.IsZero() {
		t.Errorf("a number that was nobody's counts from %v", p.From)
	}
	again := save(a.ID, "a@x.example", []string{"(212) 555-0150"}, []string{domain.PermForSales})
	if len(again.Phones) != 1 || len(again.PermissionSets) != 1 || !again.PermissionSets[0].From.Equal(a.PermissionSets[0].From.Truncate(time.Millisecond)) {
		t.Errorf("saving again changed %+v", again)
	}
	gone := save(a.ID, "a@x.example", nil, nil)
	if gone.Phones[0].To.IsZero() || gone.PermissionSets[0].To.IsZero() {
		t.Errorf("what was left out goes on: %+v", gone)
	}
	b := save("", "b@x.example", []string{"+12125550150"}, nil)
	if p := b.Phones[0]; time.Since(p.From) > time.Minute {
		t.Errorf("a number that was somebody else's counts from %v", p.From)
	}
	if _, err := k.App.Identity.SaveUser(ctx, k.Admin, "", identity.UserInput{Name: "c", Email: "A@x.example"}); domain.CodeOf(err) != "email_taken" {
		t.Errorf("a second user with an e-mail address: %v", err)
	}
}

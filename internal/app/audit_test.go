package app_test

import (
	"bytes"
	"context"
	"encoding/csv"
	"io"
	"net/http"
	"strings"
	"testing"
	"time"

	"earshot/internal/connector"
	"earshot/internal/domain"
	"earshot/internal/identity"
	"earshot/internal/store"
	"earshot/internal/testkit/apptest"
)

// unaudited are the operations that change nothing that people decide, with the reason why the audit log does not hold them.
var unaudited = map[string]string{
	"test-model":             "asks the language model about a made-up call; changes no setting",
	"ask-explorer":           "asks a question; changes nothing",
	"write-call":             "asks the language model; the page of the call says what came of it",
	"run-model":              "asks the language model about each call, as write-call does",
	"edit-summary":           "the call keeps all versions with who wrote them, tested in package scribe",
	"try-insight-types":      "asks what a sentence matches; changes nothing",
	"test-connector":         "asks the provider; its answer stands on the page of the connector",
	"start-login":            "begins a sign-in; credential.signed_in follows when it ends",
	"troubleshoot-providers": "asks the providers; changes no setting",
	"start-test-call":        "lets a simulated call go the whole way; its steps stand on the page of the connector",
	"send-mail":              "sends again what waits; the list of e-mails shows it",
	"sync-connector":         "starts the hourly batch as run-scheduled-job does, whose use case it calls",
	"retry-vc-calls":         "retries each call as retry-vc-call does, whose use case it calls",
	"correct-line":           "tested where a call with a transcript is: package library",
	"revert-line":            "tested where a call with a transcript is: package library",
	"change-speakers":        "tested where a call with a transcript is: package library",
	"reanalyze":              "tested where a processed call is: package library",
	"stop-reanalysis":        "tested where a processed call is: package library",
	"set-up":                 "tested in package identity: it works once, before there is an admin",
	"import-call":            "tested in package library, with a provider that knows the call",
	"backfill":               "tested in package connector, with a connector that is on",
}

// change is a request that changes something, and the action that the audit log then holds.
type change struct{ method, path, body, action string }

// changes go through what an admin can change, in order. {id} is the id of what prepare made for the operation.
func changes() map[string]change {
	return map[string]change{
		"save-credential":         {"PUT", "/connectors/aircall/credential", `{"fields":{"api_id":"other-id","api_token":"hush-hush"}}`, domain.ActionCredentialSaved},
		"assign-integration-user": {"POST", "/connectors/aircall/integration-user", "", domain.ActionIntegrationUser},
		"set-switches":            {"PUT", "/connectors/aircall/switches", `{"provider_enabled":true,"delete_jobs":true}`, domain.ActionConnectorEnabled},
		"accept-terms":            {"POST", "/connectors/dialpad/terms", `{"version":"` + connector.TermsVersion + `"}`, domain.ActionTermsAccepted},
		"link-provider-users":     {"POST", "/connectors/aircall/users", `{"links":[{"user_id":"{user}","identifier":"4711"}]}`, domain.ActionUserSaved},
		"renew-site":              {"POST", "/connectors/aircall/site/renew", "", domain.ActionSiteRenewed},
		"set-site":                {"PUT", "/connectors/aircall/site", `{"active":false}`, domain.ActionSiteSwitched},
		"exclude-numbers":         {"POST", "/excluded-numbers", `{"numbers":["+1 212 555 0199"],"note":"=cmd()"}`, domain.ActionExcludedAdded},
		"include-number":          {"DELETE", "/excluded-numbers/{number}", "", domain.ActionExcludedRemoved},
		"add-insight-type":        {"POST", "/insight-types", `{"kind":"competitor","name":"Orbit"}`, domain.ActionInsightTypeAdded},
		"import-insight-types":    {"POST", "/insight-types/import", `{"kind":"competitor","text":"Orbit"}`, domain.ActionInsightTypeAdded},
		"change-insight-type":     {"PATCH", "/insight-types/{type}", `{"active":false}`, domain.ActionInsightTypeSaved},
		"remove-insight-type":     {"DELETE", "/insight-types/{type}", "", domain.ActionInsightTypeRemoved},
		"install-package":         {"PUT", "/package", `{"for":"admins"}`, domain.ActionPackageInstalled},
		"uninstall-package":       {"DELETE", "/package", "", domain.ActionPackageUninstalled},
		"mend-guest":              {"POST", "/package/guest", "", domain.ActionGuestMended},
		"save-general-settings":   {"PUT", "/settings/general", `{"optimal_speaker_separation":false,"language":"en","time_zone":"Europe/Berlin"}`, domain.ActionSettingsSaved},
		"save-model-settings":     {"PUT", "/settings/language-model", modelOff, domain.ActionSettingsSaved},
		"save-speech-settings":    {"PUT", "/settings/speech", `{"engine":"moonshine","model":"","base_url":"","fallback":true,"embedded_model":"","price_per_minute":1,"currency":"EUR","languages":[]}`, domain.ActionSettingsSaved},
		"save-sso-settings":       {"PUT", "/settings/sso", `{"enabled":false,"issuer":"https://login.example","client_id":"x","domains":["x.example"],"create_users":false,"button":""}`, domain.ActionSettingsSaved},
		"create-user":             {"POST", "/users", `{"name":"Zoe","email":"zoe@x.example"}`, domain.ActionUserCreated},
		"save-user":               {"PUT", "/users/{user}", `{"name":"Rita R","email":"rita@x.example"}`, domain.ActionUserSaved},
		"import-users":            {"POST", "/users/import", "email,name\nyve@x.example,Yve\n", domain.ActionUserCreated},
		"assign-permission-set":   {"POST", "/permission-sets/assignments", `{"set":"Conversation Insights for Sales","users":["{user}"],"hold":true}`, domain.ActionUserSaved},
		"create-password-link":    {"POST", "/users/{user}/password-link", "", domain.ActionPasswordLink},
		"use-password-link":       {"POST", "/password", `{"link":"{link}","password":"long enough for it"}`, domain.ActionPasswordChanged},
		"sign-out-user":           {"DELETE", "/users/{user}/sessions", "", domain.ActionSessionsEnded},
		"create-token":            {"POST", "/account/tokens", `{"name":"nightly"}`, domain.ActionTokenCreated},
		"revoke-own-token":        {"DELETE", "/account/tokens/{token}", "", domain.ActionTokenRevoked},
		"revoke-token":            {"DELETE", "/api-tokens/{token}", "", domain.ActionTokenRevoked},
		"change-password":         {"PUT", "/account/password", `{"old":"` + apptest.Password + `","new":"another long one"}`, domain.ActionPasswordChanged},
		"end-session":             {"DELETE", "/account/sessions/{session}", "", domain.ActionSessionEnded},
		"sign-out-everywhere":     {"DELETE", "/account/sessions", "", domain.ActionSessionsEnded},
		"sign-in":                 {"POST", "/session", `{"email":"admin@x.example","password":"` + apptest.Password + `"}`, domain.ActionSignedIn},
		"sign-out":                {"DELETE", "/session", "", domain.ActionSignedOut},
		"delete-scheduled-job":    {"DELETE", "/scheduled-jobs/{job}", "", domain.ActionJobDeleted},
		"run-scheduled-job":       {"POST", "/scheduled-jobs/{job}/run", "", domain.ActionJobStarted},
		"retry-vc-call":           {"POST", "/vc-calls/{call}/retry", "", domain.ActionCallRetried},
		"mend-vc-call":            {"POST", "/vc-calls/{call}/mend", `{"action":"retry"}`, domain.ActionCallRetried},
	}
}

// prepared has an Earshot with one of everything that can be changed, and its ids.
func prepared(t *testing.T) (*apptest.Kit, *http.Client, *strings.Replacer) {
	t.Helper()
	ctx := context.Background()
	k := apptest.New(t)
	k.Credential(t, "fake-token")
	client := withSession(t, k, k.Admin)
	rita, err := k.App.Identity.SaveUser(ctx, k.Admin, "", identity.UserInput{Name: "Rita", Email: "rita@x.example"})
	apptest.Must(t, err)
	link, _, err := k.App.Identity.PasswordLink(ctx, k.Admin, rita.ID)
	apptest.Must(t, err)
	_, token, err := k.App.Identity.CreateToken(ctx, k.Admin, identity.NewToken{Name: "old one"})
	apptest.Must(t, err)
	numbers, err := k.App.Connector.Exclude(ctx, k.Admin, []string{"+12125550142"}, "")
	apptest.Must(t, err)
	kind, err := k.App.InsightTypes.Add(ctx, k.Admin, domain.InsightType{Kind: domain.KindProduct, Name: "Orbit", Active: true})
	apptest.Must(t, err)
	_, err = k.App.Identity.StartSession(ctx, k.Admin, "test")
	apptest.Must(t, err)
	sessions, err := k.App.Identity.Sessions(ctx, k.Admin)
	apptest.Must(t, err)
	c, err := k.App.Store.ConnectorByProvider(ctx, domain.Aircall)
	apptest.Must(t, err)
	vc := ""
	job := domain.ScheduledJob{ID: store.NewID(), ConnectorID: c.ID, Provider: domain.Aircall, Kind: domain.ScheduleHourly, CreatedAt: time.Now(), NextRunAt: time.Now().Add(time.Hour)}
	apptest.Must(t, k.App.Store.InTx(ctx, func(ctx context.Context, tx *store.Tx) error {
		if err := tx.AddScheduledJob(ctx, job); err != nil {
			return err
		}
		found, _, err := tx.UpsertVCCall(ctx, store.Arrival{ConnectorID: c.ID, Provider: domain.Aircall, ProviderCallID: "77", Via: domain.ViaHourly})
		vc = found.ID
		return err
	}))
	return k, client, strings.NewReplacer("{number}", numbers[0].ID, "{type}", kind.ID, "{user}", rita.ID, "{link}", link, "{token}", token.ID, "{session}", sessions[len(sessions)-1].ID, "{job}", job.ID, "{call}", vc)
}

// TestEveryChangeIsAudited: each operation that can change something leaves a row that names who, or is on the list of those that need none.
func TestEveryChangeIsAudited(t *testing.T) {
	t.Parallel()
	all := changes()
	for o, id := range described(t, apptest.New(t)) {
		if strings.HasPrefix(o, "GET ") || unaudited[id] != "" {
			continue
		}
		c, ok := all[id]
		if !ok {
			t.Errorf("%s (%s): nobody said what the audit log holds of it", o, id)
			continue
		}
		t.Run(id, func(t *testing.T) {
			t.Parallel()
			k, client, ids := prepared(t)
			if id == "run-scheduled-job" {
				storedOn(t, k)
			}
			before := rowsOf(t, k, c.action)
			req, err := http.NewRequest(c.method, k.Server.URL+"/api/v1"+ids.Replace(c.path), strings.NewReader(ids.Replace(c.body)))
			apptest.Must(t, err)
			if c.body != "" {
				req.Header.Set("Content-Type", "application/json")
			}
			resp, err := client.Do(req)
			apptest.Must(t, err)
			body, _ := io.ReadAll(resp.Body)
			resp.Body.Close()
			after := rowsOf(t, k, c.action)
			if resp.StatusCode >= 300 || len(after) != len(before)+1 {
				t.Fatalf("%d %s: %d rows of %s more, want one", resp.StatusCode, body, len(after)-len(before), c.action)
			}
			if r := after[0]; r.Actor == "" || r.Address != "127.0.0.1" || time.Since(r.At) > time.Hour {
				t.Errorf("the row says %+v", r)
			}
		})
	}
}

func rowsOf(t *testing.T, k *apptest.Kit, action string) []domain.Audited {
	t.Helper()
	rows, _, err := k.App.Store.AuditLog(context.Background(), store.AuditFilter{Action: action})
	apptest.Must(t, err)
	return rows
}

// storedOn turns on both switches of a connector in the store, as if it had all it needs.
func storedOn(t *testing.T, k *apptest.Kit) {
	t.Helper()
	apptest.Must(t, k.App.Store.InTx(context.Background(), func(ctx context.Context, tx *store.Tx) error {
		c, err := tx.ConnectorByProvider(ctx, domain.Aircall)
		if err != nil {
			return err
		}
		c.Enabled, c.ProviderEnabled = true, true
		return tx.SaveConnector(ctx, c)
	}))
}

// TestTheAuditLogHoldsNoSecret, neither in the list nor in the export, whose cells are no formulas.
func TestTheAuditLogHoldsNoSecret(t *testing.T) {
	t.Parallel()
	k, client, ids := prepared(t)
	for _, id := range []string{"save-credential", "exclude-numbers", "create-token", "change-password", "use-password-link"} {
		c := changes()[id]
		req, err := http.NewRequest(c.method, k.Server.URL+"/api/v1"+c.path, strings.NewReader(ids.Replace(c.body)))
		apptest.Must(t, err)
		req.Header.Set("Content-Type", "application/json")
		resp, err := client.Do(req)
		apptest.Must(t, err)
		resp.Body.Close()
	}
	client = withSession(t, k, k.Admin) // the link has signed in somebody else
	for _, path := range []string{"/audit-log?limit=200", "/audit-log/export"} {
		resp, err := client.Get(k.Server.URL + "/api/v1" + path)
		apptest.Must(t, err)
		body, err := io.ReadAll(resp.Body)
		resp.Body.Close()
		apptest.Must(t, err)
		for _, secret := range []string{"hush-hush", "fake-token", apptest.Password, "another long one", "long enough for it", ids.Replace("{link}")} {
			if bytes.Contains(body, []byte(secret)) {
				t.Errorf("%s shows %q", path, secret)
			}
		}
		if !bytes.Contains(body, []byte(domain.HiddenFact)) {
			t.Errorf("%s does not say that a secret was changed", path)
		}
		if path != "/audit-log/export" {
			continue
		}
		rows, err := csv.NewReader(bytes.NewReader(body)).ReadAll()
		apptest.Must(t, err)
		if len(rows) < 6 || !bytes.Contains(body, []byte("'=cmd()")) {
			t.Errorf("%d rows: %s", len(rows), body)
		}
	}
}

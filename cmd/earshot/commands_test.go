package main

import (
	"context"
	"errors"
	"log/slog"
	"net/http/httptest"
	"os"
	"strings"
	"testing"
	"time"

	"earshot/internal/app"
	"earshot/internal/config"
	"earshot/internal/connector"
	"earshot/internal/domain"
	"earshot/internal/provider/aircall/fake"
	"earshot/internal/store"
	"earshot/internal/testkit/apptest"
)

// installation is a data folder with a connector that is on, as a server left it.
func installation(t *testing.T) (config.Config, *fake.Server) {
	t.Helper()
	aircall := fake.New(fake.Options{})
	server := httptest.NewServer(aircall)
	t.Cleanup(server.Close)
	aircall.SetBaseURL(server.URL)
	cfg := config.Config{DataDir: t.TempDir()}
	apptest.Must(t, cfg.Complete())
	apptest.Must(t, withApp(t.Context(), cfg, slog.New(slog.DiscardHandler), func(a *app.App) error {
		admin, err := a.Identity.CreateAdmin(t.Context(), "Admin", "admin@x.example", apptest.Password)
		if err != nil {
			return err
		}
		admin, err = a.Store.User(t.Context(), admin.ID)
		on := true
		_, err6 := a.Connector.Install(t.Context(), admin, domain.ForAdmins, nil)
		_, err2 := a.Connector.SaveCredential(t.Context(), admin, domain.Aircall, map[string]string{"api_id": "fake-id", "api_token": "fake-token"}, map[string]string{"base_url": server.URL})
		_, err3 := a.Connector.Test(t.Context(), admin, domain.Aircall)
		_, err7 := a.Connector.AcceptTerms(t.Context(), admin, domain.Aircall, connector.TermsVersion)
		_, err4 := a.Connector.AssignIntegrationUser(t.Context(), admin, domain.Aircall)
		_, err5 := a.Connector.SetSwitches(t.Context(), admin, domain.Aircall, connector.Switches{Enabled: &on, ProviderEnabled: &on})
		return errors.Join(err, err2, err3, err4, err5, err6, err7)
	}))
	return cfg, aircall
}

// commands runs the program on an installation and gives what it printed.
func commands(t *testing.T, cfg config.Config, line string) (string, error) {
	t.Helper()
	stdout := os.Stdout
	defer func() { os.Stdout = stdout }()
	out, err := os.CreateTemp(t.TempDir(), "out")
	apptest.Must(t, err)
	os.Stdout = out
	ran := run(t.Context(), append([]string{"--data-dir", cfg.DataDir, "--log-level", "error"}, strings.Fields(line)...))
	apptest.Must(t, out.Close())
	printed, err := os.ReadFile(out.Name())
	apptest.Must(t, err)
	return string(printed), ran
}

// TestErrorHandlingByCommand: what the tab Error Handling does can be done without a browser (VC-13, BT-1).
func TestErrorHandlingByCommand(t *testing.T) { // not parallel: it takes over the standard output
	cfg, aircall := installation(t)
	line := aircall.AddNumber(fake.Number{Name: "Sales", E164: "+12125550100", Country: "US"})
	aircall.Place(fake.Call{ID: 77, Direction: "inbound", NumberID: line, Customer: "+12125550142", StartedAt: time.Now().Add(-20 * 24 * time.Hour), Ring: time.Second, Talk: time.Minute})
	for _, step := range []struct{ line, prints, refused string }{
		{"connectors list", "aircall │ on │ on │ Authenticated", ""},
		{"calls list", "PROVIDER CALL", ""},
		{"calls fetch aircall 77", "the call is here as VC Call", ""},
		{"calls fetch aircall 78", "", "knows no call"},
		{"calls fetch dialpad 1", "", "connector"},
		{"calls list --provider aircall", "77", ""},
		{"calls list --provider dialpad", "PROVIDER CALL", ""},
		{"calls retry --provider aircall --from 2020-01-01", "1 calls will be tried again", ""},
		{"calls retry --to 2020-01-01", "0 calls will be tried again", ""},
		{"calls retry", "", "say which calls"},
		{"calls retry --user nobody@x.example", "", "no user has the e-mail address"},
		{"calls retry --from yesterday", "", "is no time"},
		{"connectors backfill aircall 2020-03-01 2020-03-08T12:00", "will be processed", ""},
		{"connectors backfill aircall 2020-03-08 2020-03-01", "", "ends before it begins"},
		{"connectors backfill dialpad 2020-03-01", "", "the connector is off"},
		{"connectors jobs", "backfill", ""},
		{"connectors delete-job none", "", "scheduled job"},
	} {
		printed, err := commands(t, cfg, step.line)
		if !strings.Contains(tidy(printed), step.prints) {
			t.Errorf("%s printed\n%s\nand not %q", step.line, printed, step.prints)
		}
		if (err != nil) != (step.refused != "") || err != nil && !strings.Contains(describe(err), step.refused) {
			t.Errorf("%s gave %v, want %q", step.line, err, step.refused)
		}
	}
	showAndDelete(t, cfg)
}

// tidy makes single spaces of a table's padding.
func tidy(s string) string { return strings.Join(strings.Fields(s), " ") }

func showAndDelete(t *testing.T, cfg config.Config) {
	t.Helper()
	var vcCall, job string
	apptest.Must(t, withApp(t.Context(), cfg, slog.New(slog.DiscardHandler), func(a *app.App) error {
		calls, _, err := a.Store.VCCalls(context.Background(), store.VCCallFilter{})
		jobs, err2 := a.Store.ScheduledJobs(t.Context(), "")
		if len(calls) > 0 && len(jobs) > 0 {
			vcCall, job = calls[0].ID, jobs[0].ID
		}
		return errors.Join(err, err2)
	}))
	printed, err := commands(t, cfg, "calls show "+vcCall)
	if err != nil || !strings.Contains(printed, "aircall call 77, came in by retry") || !strings.Contains(printed, "asked for by command line") {
		t.Errorf("%v\n%s", err, printed)
	}
	if printed, err = commands(t, cfg, "connectors delete-job "+job); err != nil || !strings.Contains(printed, "is deleted") {
		t.Errorf("%v\n%s", err, printed)
	}
	if printed, _ = commands(t, cfg, "connectors jobs"); strings.Contains(printed, job) {
		t.Errorf("the job is still there:\n%s", printed)
	}
}

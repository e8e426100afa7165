package main

import (
	"context"
	"fmt"
	"log/slog"
	"os"
	"time"

	"github.com/olekukonko/tablewriter"

	"earshot/internal/app"
	"earshot/internal/config"
	"earshot/internal/domain"
	"earshot/internal/identity"
)

type connectorsCmd struct {
	List      connectorsListCmd  `cmd:"" help:"List the connectors: switches, authentication, last event and listing."`
	TestCall  testCallCmd        `cmd:"" help:"Let a simulated call go a connector's whole way, and show each step."`
	Backfill  backfillCmd        `cmd:"" help:"Process the calls of a range of time; the server does it when it runs next."`
	Jobs      scheduledJobsCmd   `cmd:"" help:"List what the connectors do by themselves, and how far it is."`
	DeleteJob deleteScheduledCmd `cmd:"" help:"Delete scheduled jobs; what they have found stays."`
}

type connectorsListCmd struct{}

// Run lists the connectors.
func (connectorsListCmd) Run(ctx context.Context, cfg config.Config, logger *slog.Logger) error {
	return withApp(ctx, cfg, logger, func(a *app.App) error {
		views, err := a.Connector.List(ctx, identity.Operator())
		if err != nil {
			return err
		}
		t := tablewriter.NewWriter(os.Stdout)
		t.Header("Provider", "Enable Integration", "General Settings", "Authentication", "Last event", "Last listing")
		for _, v := range views {
			if err := t.Append([]string{string(v.Provider), onOff(v.Enabled), onOff(v.ProviderEnabled), string(v.Credential.Status), ever(v.LastEventAt), ever(v.LastSyncAt)}); err != nil {
				return err
			}
		}
		return t.Render()
	})
}

func onOff(on bool) string {
	if on {
		return "on"
	}
	return "off"
}

func ever(at time.Time) string {
	if at.IsZero() {
		return "never"
	}
	return local(at)
}

type backfillCmd struct {
	Provider string `arg:"" help:"aircall, amazonconnect, dialpad or ringcentral."`
	From     when   `arg:"" help:"Calls that started at this time or later: 2026-11-01, or 2026-11-01T08:00."`
	To       when   `arg:"" optional:"" help:"and before this time; now if left out."`
}

// Run asks for a back-fill.
func (c backfillCmd) Run(ctx context.Context, cfg config.Config, logger *slog.Logger) error {
	return withApp(ctx, cfg, logger, func(a *app.App) error {
		j, err := a.Connector.Backfill(ctx, identity.Operator(), domain.Provider(c.Provider), c.From.Time, c.To.Time)
		if err == nil {
			fmt.Printf("Calls of %s from %s to %s will be processed. See how far it is with: earshot connectors jobs\n", c.Provider, local(j.From), local(j.To))
		}
		return err
	})
}

type scheduledJobsCmd struct{}

// Run lists the scheduled jobs.
func (scheduledJobsCmd) Run(ctx context.Context, cfg config.Config, logger *slog.Logger) error {
	return withApp(ctx, cfg, logger, func(a *app.App) error {
		jobs, err := a.Connector.ScheduledJobs(ctx, identity.Operator())
		if err != nil {
			return err
		}
		t := tablewriter.NewWriter(os.Stdout)
		t.Header("Id", "Provider", "Job", "Progress", "Next run", "Last run", "Result")
		for _, j := range jobs {
			if err := t.Append([]string{j.ID, string(j.Provider), string(j.Kind), shareDone(j), ever(j.NextRunAt), ever(j.LastRunAt), j.LastResult}); err != nil {
				return err
			}
		}
		return t.Render()
	})
}

func shareDone(j domain.ScheduledJob) string {
	if j.Kind != domain.ScheduleBackfill {
		return ""
	}
	return fmt.Sprintf("%.0f %%", 100*j.Progress())
}

type deleteScheduledCmd struct {
	IDs []string `arg:"" name:"id" help:"See: earshot connectors jobs"`
}

// Run deletes scheduled jobs.
func (c deleteScheduledCmd) Run(ctx context.Context, cfg config.Config, logger *slog.Logger) error {
	return withApp(ctx, cfg, logger, func(a *app.App) error {
		for _, id := range c.IDs {
			if err := a.Connector.DeleteScheduledJob(ctx, identity.Operator(), id); err != nil {
				return fmt.Errorf("%s: %w", id, err)
			}
			fmt.Printf("%s is deleted.\n", id)
		}
		return nil
	})
}

type testCallCmd struct {
	Provider string `arg:"" help:"aircall, amazonconnect, dialpad or ringcentral."`
}

// Run makes a test call here and now.
func (c testCallCmd) Run(ctx context.Context, cfg config.Config, logger *slog.Logger) error {
	return withApp(ctx, cfg, logger, func(a *app.App) error {
		p := domain.Provider(c.Provider)
		if _, err := a.Connector.StartTestCall(ctx, identity.Operator(), p); err != nil {
			return err
		}
		if err := a.Pipeline.TestCall(ctx, domain.TestCallJob{Provider: p}); err != nil {
			return err
		}
		test, err := a.Connector.TestCall(ctx, identity.Operator(), p)
		if err != nil {
			return err
		}
		fmt.Printf("Test call of %s, as a call of %s:\n", c.Provider, test.UserName)
		for _, s := range test.Steps {
			fmt.Printf("  %-10s %-8s %s\n", s.Name, s.State, s.Detail)
			if s.Fix != "" {
				fmt.Printf("  %-10s %-8s %s\n", "", "", s.Fix)
			}
		}
		if !test.Passed() {
			return errReported
		}
		return nil
	})
}

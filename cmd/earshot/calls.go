package main

import (
	"context"
	"fmt"
	"log/slog"
	"os"
	"strings"
	"time"

	"github.com/olekukonko/tablewriter"

	"earshot/internal/app"
	"earshot/internal/config"
	"earshot/internal/domain"
	"earshot/internal/identity"
	"earshot/internal/store"
)

type callsCmd struct {
	List  callsListCmd  `cmd:"" help:"List VC Calls with state and reason."`
	Show  callsShowCmd  `cmd:"" help:"Show one VC Call: what the provider told, the reason with its fix, and the log."`
	Retry callsRetryCmd `cmd:"" help:"Start VC Calls again, by id or all of a filter; the server does the work when it runs next."`
	Fetch callsFetchCmd `cmd:"" help:"Ask the provider for one call by its id, also one never seen before; the server processes it when it runs next."`
}

// vcCallFlags select VC Calls.
type vcCallFlags struct {
	State    string `help:"Only this state: received, waiting, unmatched, processing, processed, skipped, failed."`
	Reason   string `help:"Only this reason."`
	Provider string `help:"Only this provider."`
	User     string `help:"Only calls of the user with this e-mail address."`
	From     when   `help:"Only those that came in at this time or later: 2026-11-20, or 2026-11-20T08:00."`
	To       when   `help:"Only those that came in before this time."`
}

// filter asks for the VC Calls that the flags select.
func (f vcCallFlags) filter(ctx context.Context, a *app.App) (store.VCCallFilter, error) {
	out := store.VCCallFilter{State: domain.State(f.State), Reason: domain.ReasonCode(f.Reason), Provider: domain.Provider(f.Provider), From: f.From.Time, To: f.To.Time}
	if f.User == "" {
		return out, nil
	}
	users, err := a.Identity.Users(ctx, identity.Operator())
	if err != nil {
		return out, err
	}
	for _, u := range users {
		if strings.EqualFold(u.Email, f.User) {
			out.UserID = u.ID
			return out, nil
		}
	}
	return out, domain.Errorf(domain.KindNotFound, "unknown_user", "no user has the e-mail address %s; see: earshot users list", f.User)
}

// when is a time as people type it, in the time zone of this machine.
type when struct{ time.Time }

// UnmarshalText reads a day, a minute, or RFC 3339.
func (w *when) UnmarshalText(text []byte) (err error) {
	for _, layout := range []string{time.DateOnly, "2006-01-02T15:04", time.DateTime, time.RFC3339} {
		if w.Time, err = time.ParseInLocation(layout, string(text), time.Local); err == nil {
			return nil
		}
	}
	return fmt.Errorf("%q is no time; write 2026-11-20, 2026-11-20T08:00 or 2026-11-20T08:00:00Z", text)
}

type callsListCmd struct {
	vcCallFlags
	Limit int `help:"At most so many." default:"50"`
}

// Run lists VC Calls.
func (c callsListCmd) Run(ctx context.Context, cfg config.Config, logger *slog.Logger) error {
	return withApp(ctx, cfg, logger, func(a *app.App) error {
		f, err := c.filter(ctx, a)
		if err != nil {
			return err
		}
		f.Limit = c.Limit
		found, _, err := a.Library.VCCalls(ctx, identity.Operator(), f)
		if err != nil {
			return err
		}
		t := tablewriter.NewWriter(os.Stdout)
		t.Header("Id", "Provider", "Provider call", "State", "Reason", "Detail")
		for _, v := range found {
			if err := t.Append([]string{v.ID, string(v.Provider), v.ProviderCallID, string(v.State), string(v.Reason), v.Detail}); err != nil {
				return err
			}
		}
		return t.Render()
	})
}

type callsShowCmd struct {
	ID string `arg:"" help:"Id of the VC Call; see: earshot calls list"`
}

// Run shows one VC Call.
func (c callsShowCmd) Run(ctx context.Context, cfg config.Config, logger *slog.Logger) error {
	return withApp(ctx, cfg, logger, func(a *app.App) error {
		vc, err := a.Library.VCCall(ctx, identity.Operator(), c.ID)
		if err != nil {
			return err
		}
		logs, err := a.Store.VCLogs(ctx, vc.ID)
		if err != nil {
			return err
		}
		why, err := a.Troubleshoot.Explain(ctx, identity.Operator(), vc)
		if err == nil {
			printVCCall(vc, why, logs)
		}
		return err
	})
}

func printVCCall(vc domain.VCCall, why domain.Explanation, logs []domain.VCLog) {
	fmt.Printf("%s call %s, came in by %s at %s\n", vc.Provider, vc.ProviderCallID, vc.Via, local(vc.CreatedAt))
	if s := vc.Snapshot; s != nil {
		fmt.Printf("  %s, from %s to %s, started %s, talked %v\n", s.Direction, s.From, s.To, local(s.StartedAt), s.TalkTime().Round(time.Second))
	}
	fmt.Printf("  %s", vc.State)
	if r, ok := domain.ReasonFor(vc.Reason); ok {
		fmt.Printf(": %s. %s\n  To mend it: %s", r.Title, vc.Detail, r.Fix)
	}
	if !vc.NextAttemptAt.IsZero() {
		fmt.Printf("\n  Next attempt: %s", local(vc.NextAttemptAt))
	}
	fmt.Println("\nRules, on the data of today:")
	for _, step := range why.Steps {
		fmt.Printf("  %-8s %-17s %s\n", step.Outcome, step.Title, step.Text)
	}
	if why.Overtaken {
		fmt.Println("  What stopped it has been mended since: earshot calls retry " + vc.ID)
	}
	fmt.Println("Log:")
	for _, l := range logs {
		fmt.Printf("  %s  %-5s %-10s %s\n", local(l.At), l.Level, l.Stage, l.Text)
	}
}

func local(t time.Time) string { return t.Local().Format(time.DateTime) }

type callsRetryCmd struct {
	IDs []string `arg:"" name:"id" optional:"" help:"Ids of VC Calls. Without any, flags must say which."`
	vcCallFlags
}

// Run retries VC Calls.
func (c callsRetryCmd) Run(ctx context.Context, cfg config.Config, logger *slog.Logger) error {
	filtered := c.vcCallFlags != vcCallFlags{}
	if filtered == (len(c.IDs) > 0) {
		return domain.Errorf(domain.KindInvalid, "which_calls", "say which calls: either their ids, or flags such as --user and --from; nothing was retried")
	}
	return withApp(ctx, cfg, logger, func(a *app.App) error {
		if filtered {
			return c.retryAll(ctx, a)
		}
		for _, id := range c.IDs {
			if _, err := a.Library.Retry(ctx, identity.Operator(), id); err != nil {
				return fmt.Errorf("%s: %w", id, err)
			}
			fmt.Printf("%s will be tried again.\n", id)
		}
		return nil
	})
}

func (c callsRetryCmd) retryAll(ctx context.Context, a *app.App) error {
	f, err := c.filter(ctx, a)
	if err != nil {
		return err
	}
	n, err := a.Library.RetryAll(ctx, identity.Operator(), f)
	if err != nil {
		return fmt.Errorf("after %d calls: %w", n, err)
	}
	fmt.Printf("%d calls will be tried again.\n", n)
	return nil
}

type callsFetchCmd struct {
	Provider string `arg:"" help:"aircall, amazonconnect, dialpad or ringcentral."`
	ID       string `arg:"" help:"The provider's id of the call."`
}

// Run brings in one call.
func (c callsFetchCmd) Run(ctx context.Context, cfg config.Config, logger *slog.Logger) error {
	return withApp(ctx, cfg, logger, func(a *app.App) error {
		vc, err := a.Library.Import(ctx, identity.Operator(), domain.Provider(c.Provider), c.ID)
		if err == nil {
			fmt.Printf("%s: the call is here as VC Call %s (%s). See it with: earshot calls show %s\n", c.ID, vc.ID, vc.State, vc.ID)
		}
		return err
	})
}

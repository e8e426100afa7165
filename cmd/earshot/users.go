package main

import (
	"bytes"
	"context"
	"encoding/csv"
	"fmt"
	"io"
	"log/slog"
	"os"
	"strings"

	"earshot/internal/app"
	"earshot/internal/config"
	"earshot/internal/domain"
	"earshot/internal/identity"
)

type usersImportCmd struct {
	File   string `arg:"" type:"existingfile"`
	DryRun bool   `help:"Only say what it would do."`
}

// Run imports users: all of them, or none if one line is wrong.
func (c usersImportCmd) Run(ctx context.Context, cfg config.Config, logger *slog.Logger) error {
	f, err := os.Open(c.File)
	if err != nil {
		return err
	}
	defer f.Close()
	return importUsers(ctx, cfg, logger, f, c.DryRun)
}

func importUsers(ctx context.Context, cfg config.Config, logger *slog.Logger, file io.Reader, dry bool) error {
	return withApp(ctx, cfg, logger, func(a *app.App) error {
		rows, err := a.Identity.ImportCSV(ctx, identity.Operator(), file, dry)
		if err != nil {
			return err
		}
		counts, wrong := map[string]int{}, 0
		for _, r := range rows {
			counts[r.Action]++
			if r.Error != "" {
				wrong++
				fmt.Fprintf(os.Stderr, "line %d (%s): %s\n", r.Line, r.Email, r.Error)
			}
		}
		if wrong > 0 {
			return domain.Errorf(domain.KindInvalid, "bad_csv", "nothing was imported: %d of %d lines are wrong", wrong, len(rows))
		}
		verb := ""
		if dry {
			verb = "would be "
		}
		fmt.Printf("%d users %screated, %d changed, %d are the same.\n", counts["create"], verb, counts["change"], counts["same"])
		return nil
	})
}

type usersExportCmd struct{}

// Run prints all users.
func (usersExportCmd) Run(ctx context.Context, cfg config.Config, logger *slog.Logger) error {
	return withApp(ctx, cfg, logger, func(a *app.App) error { return a.Identity.ExportCSV(ctx, identity.Operator(), os.Stdout) })
}

type usersSetCmd struct {
	Email  string   `arg:"" help:"E-mail address of the user."`
	Values []string `arg:"" help:"column=value, such as manager_email=boss@company.example; several values of one column separated by ;"`
}

// Run changes one user, as a file with one line does.
func (c usersSetCmd) Run(ctx context.Context, cfg config.Config, logger *slog.Logger) error {
	header, record := []string{"email"}, []string{c.Email}
	for _, v := range c.Values {
		column, value, ok := strings.Cut(v, "=")
		if !ok {
			return domain.Errorf(domain.KindInvalid, "bad_value", "%q is no column=value; columns: earshot users import --help", v)
		}
		header, record = append(header, column), append(record, value)
	}
	var file bytes.Buffer
	w := csv.NewWriter(&file)
	if err := w.WriteAll([][]string{header, record}); err != nil {
		return err
	}
	return importUsers(ctx, cfg, logger, &file, false)
}

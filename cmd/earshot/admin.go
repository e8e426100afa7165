package main

import (
	"bufio"
	"context"
	"errors"
	"fmt"
	"io"
	"log/slog"
	"maps"
	"os"
	"slices"
	"strings"

	"github.com/olekukonko/tablewriter"
	"golang.org/x/term"

	"earshot/internal/app"
	"earshot/internal/config"
	"earshot/internal/domain"
	"earshot/internal/identity"
)

// withApp runs f on the installation's stores. The server must not run: it holds the data folder.
func withApp(ctx context.Context, cfg config.Config, logger *slog.Logger, f func(*app.App) error) error {
	a, err := app.Open(ctx, cfg, logger, app.Options{})
	if err != nil {
		return err
	}
	return errors.Join(f(a), a.Close())
}

type adminCmd struct {
	Create adminCreateCmd `cmd:"" help:"Make an admin, or give one a new password (read from the terminal or from stdin)."`
}

type adminCreateCmd struct {
	Email string `arg:"" help:"E-mail address, with which they sign in."`
	Name  string `help:"Name." default:"Administrator"`
}

// Run makes an admin.
func (c adminCreateCmd) Run(ctx context.Context, cfg config.Config, logger *slog.Logger) error {
	password, err := readPassword()
	if err != nil {
		return err
	}
	return withApp(ctx, cfg, logger, func(a *app.App) error {
		user, err := a.Identity.CreateAdmin(ctx, c.Name, c.Email, password)
		if err == nil {
			fmt.Printf("%s (%s) can sign in as admin.\n", user.Name, user.Email)
		}
		return err
	})
}

func readPassword() (string, error) {
	if fd := int(os.Stdin.Fd()); term.IsTerminal(fd) {
		fmt.Fprint(os.Stderr, "Password: ")
		b, err := term.ReadPassword(fd)
		fmt.Fprintln(os.Stderr)
		return string(b), err
	}
	line, err := bufio.NewReader(os.Stdin).ReadString('\n')
	if err != nil && !errors.Is(err, io.EOF) {
		return "", err
	}
	return strings.TrimRight(line, "\r\n"), nil
}

type usersCmd struct {
	List   usersListCmd   `cmd:"" help:"List all users."`
	Import usersImportCmd `cmd:"" help:"Create or change users from a CSV file: all lines, or none if one is wrong. Columns: email, name, profile, active, manager_email, aircall_user_identifier, dialpad_user_identifier, ringcentral_user_identifier, amazon_connect_username, phones, permission_sets (several values separated by ;)."`
	Export usersExportCmd `cmd:"" help:"Print all users as such a file."`
	Set    usersSetCmd    `cmd:"" help:"Create or change one user, by the columns of such a file: users set maria@company.example name=Maria phones=+12125550150 active=false"`
}

type usersListCmd struct{}

// Run lists the users.
func (usersListCmd) Run(ctx context.Context, cfg config.Config, logger *slog.Logger) error {
	return withApp(ctx, cfg, logger, func(a *app.App) error {
		users, err := a.Identity.Users(ctx, identity.Operator())
		if err != nil {
			return err
		}
		t := tablewriter.NewWriter(os.Stdout)
		t.Header("Name", "E-mail", "Profile", "Identifiers", "Phones", "Permission sets")
		for _, u := range users {
			if err := t.Append(userRow(u)); err != nil {
				return err
			}
		}
		return t.Render()
	})
}

func userRow(u domain.User) []string {
	var ids, phones, sets []string
	for _, p := range slices.Sorted(maps.Keys(u.Identifiers)) {
		ids = append(ids, string(p)+" "+u.Identifiers[p])
	}
	for _, p := range u.Phones {
		if p.To.IsZero() {
			phones = append(phones, p.Number)
		}
	}
	for _, s := range u.PermissionSets {
		if s.To.IsZero() {
			sets = append(sets, s.Set)
		}
	}
	return []string{u.Name, u.Email, u.Profile, strings.Join(ids, "; "), strings.Join(phones, "; "), strings.Join(sets, "; ")}
}

package main

import (
	"bufio"
	"context"
	"encoding/csv"
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

// operator is who runs commands on the machine itself: whoever can read the data folder may do everything.
func operator() domain.User {
	return domain.User{ID: "", Name: "command line", Active: true, Profile: domain.ProfileAdministrator}
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
	Import usersImportCmd `cmd:"" help:"Create or change users from a CSV file with the columns name, email, profile, aircall_id, phones, permission_sets (several values separated by ;)."`
}

type usersListCmd struct{}

// Run lists the users.
func (usersListCmd) Run(ctx context.Context, cfg config.Config, logger *slog.Logger) error {
	return withApp(ctx, cfg, logger, func(a *app.App) error {
		users, err := a.Identity.Users(ctx, operator())
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

type usersImportCmd struct {
	File string `arg:"" type:"existingfile"`
}

// Run imports users: all of them, or none if one row is wrong.
func (c usersImportCmd) Run(ctx context.Context, cfg config.Config, logger *slog.Logger) error {
	rows, err := readCSV(c.File)
	if err != nil {
		return err
	}
	return withApp(ctx, cfg, logger, func(a *app.App) error {
		users := make([]identity.Imported, 0, len(rows))
		for _, row := range rows {
			users = append(users, importedUser(row))
		}
		if err := a.Identity.Import(ctx, operator(), users); err != nil {
			return err
		}
		fmt.Printf("%d users imported.\n", len(rows))
		return nil
	})
}

func readCSV(path string) ([]map[string]string, error) {
	f, err := os.Open(path)
	if err != nil {
		return nil, err
	}
	defer f.Close()
	r := csv.NewReader(f)
	r.TrimLeadingSpace = true
	all, err := r.ReadAll()
	if err != nil || len(all) == 0 {
		return nil, domain.Errorf(domain.KindInvalid, "bad_csv", "%s is not a CSV file with a header: %v", path, err)
	}
	var rows []map[string]string
	for _, record := range all[1:] {
		row := map[string]string{}
		for i, name := range all[0] {
			row[strings.ToLower(strings.TrimSpace(name))] = strings.TrimSpace(record[i])
		}
		rows = append(rows, row)
	}
	return rows, nil
}

func importedUser(row map[string]string) identity.Imported {
	return identity.Imported{UserInput: identity.UserInput{Name: row["name"], Email: row["email"], Profile: row["profile"], Phones: split(row["phones"]), PermissionSets: split(row["permission_sets"]),
		Identifiers: map[domain.Provider]string{domain.Aircall: row["aircall_id"]}}}
}

func split(list string) []string {
	var out []string
	for v := range strings.SplitSeq(list, ";") {
		if v = strings.TrimSpace(v); v != "" {
			out = append(out, v)
		}
	}
	return out
}

package identity

import (
	"context"
	"encoding/csv"
	"io"
	"strconv"
	"strings"
	"time"

	"earshot/internal/domain"
)

// ExportCSV writes all users as a file that ImportCSV takes. A cell that a spreadsheet would take for a formula begins with an
// apostrophe.
func (i *Identity) ExportCSV(ctx context.Context, actor domain.User, w io.Writer) error {
	if err := Require(actor, domain.PermissionManageUsers, i.Now()); err != nil {
		return err
	}
	users, err := i.Store.Users(ctx)
	if err != nil {
		return err
	}
	emails := map[string]string{}
	for _, u := range users {
		emails[u.ID] = u.Email
	}
	out := csv.NewWriter(w)
	if err := out.Write(columns()); err != nil {
		return err
	}
	for _, u := range users {
		if u.Profile == domain.ProfileGuest { // is made by the installation
			continue
		}
		if err := out.Write(record(u, emails[u.ManagerID])); err != nil {
			return err
		}
	}
	out.Flush()
	return out.Error()
}

func record(u domain.User, manager string) []string {
	cells := map[string]string{columnEmail: u.Email, columnName: u.Name, columnProfile: u.Profile, columnActive: strconv.FormatBool(u.Active), columnManager: manager,
		columnPhones: phonesCell(u.Phones), columnSets: strings.Join(heldSets(u), "; ")}
	for column, p := range identifierColumns {
		cells[column] = u.Identifiers[p]
	}
	out := make([]string, 0, len(cells))
	for _, column := range columns() {
		out = append(out, safe(cells[column]))
	}
	return out
}

func phonesCell(phones []domain.UserPhone) string {
	var out []string
	for _, p := range phones {
		text := p.Number
		if !p.From.IsZero() || !p.To.IsZero() {
			text += "@" + moment(p.From) + ".." + moment(p.To)
		}
		out = append(out, text)
	}
	return strings.Join(out, "; ")
}

func moment(t time.Time) string {
	if t.IsZero() {
		return ""
	}
	return t.UTC().Format(time.RFC3339Nano)
}

// formula is how a cell begins that spreadsheets calculate (OWASP, CSV injection).
const formula = "=+-@\t\r"

func safe(cell string) string {
	if cell != "" && strings.ContainsRune(formula, rune(cell[0])) {
		return "'" + cell
	}
	return cell
}

// plain takes that apostrophe away again.
func plain(cell string) string {
	if len(cell) > 1 && cell[0] == '\'' && strings.ContainsRune(formula, rune(cell[1])) {
		return cell[1:]
	}
	return cell
}

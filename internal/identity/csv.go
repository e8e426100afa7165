package identity

import (
	"bytes"
	"context"
	"encoding/csv"
	"fmt"
	"io"
	"maps"
	"slices"
	"strings"
	"time"
	"unicode/utf8"

	"earshot/internal/domain"
	"earshot/internal/store"
)

// Columns of users as CSV. Several values are separated by semicolons; a number may carry its validity, as in
// +12125550123@2026-01-01..2026-06-30.
const (
	columnEmail   = "email"
	columnName    = "name"
	columnProfile = "profile"
	columnActive  = "active"
	columnManager = "manager_email"
	columnPhones  = "phones"
	columnSets    = "permission_sets"
)

// identifierColumns are those of the fields that hold a provider's user id.
var identifierColumns = map[string]domain.Provider{
	"aircall_user_identifier": domain.Aircall, "dialpad_user_identifier": domain.Dialpad, "ringcentral_user_identifier": domain.RingCentral, "amazon_connect_username": domain.AmazonConnect,
}

// columns in the order of an export.
func columns() []string {
	return append(append([]string{columnEmail, columnName, columnProfile, columnActive, columnManager}, slices.Sorted(maps.Keys(identifierColumns))...), columnPhones, columnSets)
}

// mostRows of one import.
const mostRows = 50_000

// ImportRow is what a line of a file does.
type ImportRow struct {
	Line   int // of the file; the header is 1
	Email  string
	Action string // create, change, same; empty where it is wrong
	Error  string // why it cannot be imported
}

// ImportCSV creates users, or changes those with the same e-mail address: all lines, or none if one is wrong. A column that the file
// lacks is left as it is. With dry nothing is saved. The rows say what each line does, or what is wrong with it.
func (i *Identity) ImportCSV(ctx context.Context, actor domain.User, file io.Reader, dry bool) ([]ImportRow, error) {
	if err := Require(actor, domain.PermissionManageUsers, i.Now()); err != nil {
		return nil, err
	}
	lines, err := readCSV(file)
	if err != nil {
		return nil, err
	}
	var rows []ImportRow
	err = i.Store.InTx(ctx, func(ctx context.Context, tx *store.Tx) error {
		rows = nil
		users, err := tx.Users(ctx)
		if err != nil {
			return err
		}
		in := importer{Identity: i, actor: actor, users: users, seen: map[string]int{}}
		rows = in.plan(lines)
		if dry || slices.ContainsFunc(rows, func(r ImportRow) bool { return r.Error != "" }) {
			return nil
		}
		for _, u := range in.changed() {
			if err := saveAudited(ctx, tx, actor, u); err != nil {
				return err
			}
		}
		return tx.Enqueue(ctx, domain.RematchJob{})
	})
	return rows, err
}

// csvLine is one line by the names of its columns.
type csvLine struct {
	number int
	cells  map[string]string
}

func readCSV(file io.Reader) ([]csvLine, error) {
	data, err := io.ReadAll(file)
	if err != nil {
		return nil, err
	}
	data = bytes.TrimPrefix(data, []byte("\ufeff"))
	if !utf8.Valid(data) {
		return nil, badCSV("it is not UTF-8; save it as \"CSV UTF-8\"")
	}
	r := csv.NewReader(bytes.NewReader(data))
	r.TrimLeadingSpace = true
	if head, _, _ := bytes.Cut(data, []byte("\n")); bytes.Count(head, []byte(";")) > bytes.Count(head, []byte(",")) {
		r.Comma = ';'
	}
	header, err := r.Read()
	if err != nil {
		return nil, badCSV("it has no header line")
	}
	names, err := headerOf(header)
	if err != nil {
		return nil, err
	}
	var lines []csvLine
	for len(lines) <= mostRows {
		record, err := r.Read()
		if err == io.EOF {
			return lines, nil
		}
		if err != nil {
			return nil, badCSV(err.Error())
		}
		number, _ := r.FieldPos(0)
		cells := map[string]string{}
		for k, cell := range record {
			cells[names[k]] = plain(strings.TrimSpace(cell))
		}
		lines = append(lines, csvLine{number, cells})
	}
	return nil, badCSV(fmt.Sprintf("it has more than %d lines", mostRows))
}

func headerOf(header []string) ([]string, error) {
	var names []string
	for _, h := range header {
		name := strings.ReplaceAll(strings.ToLower(strings.TrimSpace(h)), " ", "_")
		if !slices.Contains(columns(), name) {
			return nil, badCSV(fmt.Sprintf("there is no column %q; columns are %s", h, strings.Join(columns(), ", ")))
		}
		if slices.Contains(names, name) {
			return nil, badCSV(fmt.Sprintf("the column %q is there twice", h))
		}
		names = append(names, name)
	}
	if !slices.Contains(names, columnEmail) {
		return nil, badCSV("it needs the column email, by which users are known")
	}
	return names, nil
}

func badCSV(why string) error {
	return domain.Errorf(domain.KindInvalid, "bad_csv", "the file cannot be imported: %s; nothing was changed", why)
}

// importer works on all users at once, so that a line may name a manager whom another line makes.
type importer struct {
	*Identity
	actor domain.User
	users []domain.User
	dirty []int          // places of users
	seen  map[string]int // line of an e-mail address
}

func (in *importer) changed() (out []domain.User) {
	for _, k := range in.dirty {
		out = append(out, in.users[k])
	}
	return out
}

func (in *importer) plan(lines []csvLine) []ImportRow {
	rows := make([]ImportRow, len(lines))
	for k, l := range lines {
		rows[k] = ImportRow{Line: l.number, Email: l.cells[columnEmail]}
		var err error
		if rows[k].Action, err = in.take(l); err != nil {
			rows[k].Error = domain.MessageOf(err)
		}
	}
	for k, l := range lines { // when all are there
		if rows[k].Error != "" {
			continue
		}
		if changed, err := in.manage(l); err != nil {
			rows[k].Action, rows[k].Error = "", domain.MessageOf(err)
		} else if changed && rows[k].Action == "same" {
			rows[k].Action = "change"
		}
	}
	return rows
}

func (in *importer) find(email string) int {
	return slices.IndexFunc(in.users, func(u domain.User) bool { return strings.EqualFold(u.Email, strings.TrimSpace(email)) })
}

// take makes or changes the user of a line, but for the manager.
func (in *importer) take(l csvLine) (string, error) {
	key := strings.ToLower(l.cells[columnEmail])
	if before, twice := in.seen[key]; twice {
		return "", domain.Errorf(domain.KindInvalid, "", "%s is in line %d already", l.cells[columnEmail], before)
	}
	in.seen[key] = l.number
	at := in.find(key)
	u := domain.User{ID: store.NewID(), Active: true, CreatedAt: in.Now()}
	if at >= 0 {
		u = clone(in.users[at])
	}
	before := clone(u)
	input, err := l.input(u)
	if err != nil {
		return "", err
	}
	others := slices.DeleteFunc(slices.Clone(in.users), func(o domain.User) bool { return o.ID == u.ID })
	if err := in.fill(&u, input, others); err != nil {
		return "", err
	}
	if err := in.mayBecome(in.actor, before, u, others); err != nil {
		return "", err
	}
	if at >= 0 && same(before, u) {
		return "same", nil
	}
	u.LastModifiedAt = in.Now()
	if at >= 0 {
		in.put(at, u)
		return "change", nil
	}
	in.users = append(in.users, u)
	in.dirty = append(in.dirty, len(in.users)-1)
	return "create", nil
}

func (in *importer) put(at int, u domain.User) {
	if in.users[at] = u; !slices.Contains(in.dirty, at) {
		in.dirty = append(in.dirty, at)
	}
}

// manage sets the manager of a line's user.
func (in *importer) manage(l csvLine) (bool, error) {
	email, given := l.cells[columnManager]
	at := in.find(l.cells[columnEmail])
	if !given || at < 0 {
		return false, nil
	}
	u, manager := in.users[at], ""
	if email != "" {
		boss := in.find(email)
		if boss < 0 {
			return false, domain.Errorf(domain.KindInvalid, "", "the manager %s is not a user, and not in this file", email)
		}
		manager = in.users[boss].ID
	}
	if u.ManagerID == manager {
		return false, nil
	}
	u.ManagerID, u.LastModifiedAt = manager, in.Now()
	if err := mayManage(u, slices.DeleteFunc(slices.Clone(in.users), func(o domain.User) bool { return o.ID == u.ID })); err != nil {
		return false, err
	}
	in.put(at, u)
	return true, nil
}

func clone(u domain.User) domain.User {
	u.Identifiers, u.Phones, u.PermissionSets = maps.Clone(u.Identifiers), slices.Clone(u.Phones), slices.Clone(u.PermissionSets)
	return u
}

func same(a, b domain.User) bool {
	return a.Name == b.Name && a.Email == b.Email && a.Profile == b.Profile && a.Active == b.Active && maps.Equal(a.Identifiers, b.Identifiers) &&
		slices.Equal(a.Phones, b.Phones) && slices.Equal(a.PermissionSets, b.PermissionSets)
}

// input is what a line says of a user, with what it does not say as it is.
func (l csvLine) input(u domain.User) (UserInput, error) {
	in := UserInput{Name: u.Name, Email: l.cells[columnEmail], Profile: u.Profile, Identifiers: maps.Clone(u.Identifiers), PermissionSets: heldSets(u), Periods: slices.Clone(u.Phones)}
	if in.Identifiers == nil {
		in.Identifiers = map[domain.Provider]string{}
	}
	if in.Periods == nil {
		in.Periods = []domain.UserPhone{}
	}
	for column, cell := range l.cells {
		switch p, identifier := identifierColumns[column]; {
		case identifier:
			in.Identifiers[p] = cell
		case column == columnName:
			in.Name = cell
		case column == columnProfile:
			in.Profile = cell
		case column == columnSets:
			in.PermissionSets = list(cell)
		}
	}
	if cell, given := l.cells[columnActive]; given {
		active, err := yesOrNo(cell)
		if err != nil {
			return in, err
		}
		in.Active = &active
	}
	if cell, given := l.cells[columnPhones]; given {
		return in, in.takePhones(cell)
	}
	return in, nil
}

func yesOrNo(cell string) (bool, error) {
	switch strings.ToLower(cell) {
	case "", "true", "yes", "1":
		return true, nil
	case "false", "no", "0":
		return false, nil
	}
	return false, domain.Errorf(domain.KindInvalid, "", "active is %q; write true or false", cell)
}

// takePhones reads numbers. As soon as one has a validity, all are taken with theirs; else those that are held already keep it.
func (in *UserInput) takePhones(cell string) error {
	in.Phones, in.Periods = list(cell), nil
	if !strings.Contains(cell, "@") {
		return nil
	}
	for _, text := range in.Phones {
		number, period, _ := strings.Cut(text, "@")
		from, to, _ := strings.Cut(period, "..")
		p := domain.UserPhone{Number: number}
		var err error
		if p.From, err = day(from); err == nil {
			p.To, err = day(to)
		}
		if err != nil {
			return domain.Errorf(domain.KindInvalid, "", "%q is no number with its validity; write +12125550123@2026-01-01..2026-06-30", text)
		}
		in.Periods = append(in.Periods, p)
	}
	return nil
}

func day(text string) (time.Time, error) {
	if text == "" {
		return time.Time{}, nil
	}
	if t, err := time.Parse(time.DateOnly, text); err == nil {
		return t, nil
	}
	return time.Parse(time.RFC3339, text)
}

func list(cell string) (out []string) {
	for v := range strings.SplitSeq(cell, ";") {
		if v = strings.TrimSpace(v); v != "" {
			out = append(out, v)
		}
	}
	return out
}

func heldSets(u domain.User) (sets []string) {
	for _, a := range u.PermissionSets {
		if a.To.IsZero() {
			sets = append(sets, a.Set)
		}
	}
	return sets
}

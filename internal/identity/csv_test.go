package identity

import (
	"bytes"
	"context"
	"strings"
	"testing"
	"time"

	"github.com/google/go-cmp/cmp"

	"earshot/internal/domain"
	"earshot/internal/testkit"
)

func (r *rig) importCSV(t *testing.T, by domain.User, text string, dry bool) []ImportRow {
	t.Helper()
	rows, err := r.id.ImportCSV(context.Background(), by, strings.NewReader(text), dry)
	testkit.Must(t, err)
	return rows
}

func (r *rig) byEmail(t *testing.T, email string) domain.User {
	t.Helper()
	u, err := r.Store.UserByEmail(context.Background(), email)
	testkit.Must(t, err)
	return u
}

// TestImportOfUsers: what a file does is said first, and done then; managers may come later in the file.
func TestImportOfUsers(t *testing.T) {
	t.Parallel()
	r := newRig(t)
	ada := r.admin(t)
	const file = "\ufeffEmail,Name,Manager Email,Phones,Permission Sets,Aircall User Identifier\n" +
		"maria@x.example,\"Lopez, Maria\",boss@x.example,+1 212 555 0150;(212) 555-0151@2026-01-01..2026-06-30,Conversation Insights for Sales,4101\n" +
		"boss@x.example,Boss,,,,\n"
	want := []ImportRow{{Line: 2, Email: "maria@x.example", Action: "create"}, {Line: 3, Email: "boss@x.example", Action: "create"}}
	if diff := cmp.Diff(want, r.importCSV(t, ada, file, true)); diff != "" {
		t.Error(diff)
	}
	if _, err := r.Store.UserByEmail(context.Background(), "boss@x.example"); !domain.IsKind(err, domain.KindNotFound) {
		t.Error("a dry run saved somebody")
	}
	r.importCSV(t, ada, file, false)
	maria, boss := r.byEmail(t, "maria@x.example"), r.byEmail(t, "boss@x.example")
	phones := []domain.UserPhone{{Number: "+12125550150"}, {Number: "+12125550151", From: time.Date(2026, 1, 1, 0, 0, 0, 0, time.UTC), To: time.Date(2026, 6, 30, 0, 0, 0, 0, time.UTC)}}
	if diff := cmp.Diff(phones, maria.Phones); diff != "" || maria.ManagerID != boss.ID || maria.Name != "Lopez, Maria" || maria.Identifiers[domain.Aircall] != "4101" || !maria.HasSet(domain.PermForSales, r.Clock.Now()) {
		t.Errorf("%+v %s", maria, diff)
	}
	r.Clock.Advance(time.Hour)
	again := r.importCSV(t, ada, "email;dialpad_user_identifier;active\nMARIA@x.example;77;no\nboss@x.example;;\n", false)
	want = []ImportRow{{Line: 2, Email: "MARIA@x.example", Action: "change"}, {Line: 3, Email: "boss@x.example", Action: "same"}}
	if diff := cmp.Diff(want, again); diff != "" {
		t.Error(diff)
	}
	changed := r.byEmail(t, "maria@x.example")
	if changed.Active || changed.Identifiers[domain.Dialpad] != "77" || changed.Identifiers[domain.Aircall] != "4101" || changed.Name != maria.Name || len(changed.Phones) != 2 || changed.ManagerID != boss.ID {
		t.Errorf("a column that is not there was changed: %+v", changed)
	}
	if now := r.byEmail(t, "boss@x.example"); !now.LastModifiedAt.Equal(boss.LastModifiedAt) {
		t.Error("who stays the same was modified")
	}
}

// TestImportsThatAreWrong say which line and why, and change nothing.
func TestImportsThatAreWrong(t *testing.T) {
	t.Parallel()
	r := newRig(t)
	ada := r.admin(t)
	ctx := context.Background()
	for text, want := range map[string]string{
		"":                          "it has no header line",
		"name\nX\n":                 "needs the column email",
		"email,shoe size\n":         "no column \"shoe size\"",
		"email,Email\n":             "is there twice",
		"email,name\na@x.example\n": "wrong number of fields",
		"email\n\xff\xfe\n":         "not UTF-8",
	} {
		if _, err := r.id.ImportCSV(ctx, ada, strings.NewReader(text), false); domain.CodeOf(err) != "bad_csv" || !strings.Contains(domain.MessageOf(err), want) {
			t.Errorf("%q: %v", text, err)
		}
	}
	rows := r.importCSV(t, ada, "email,name,phones,manager_email,profile,permission_sets,active\n"+
		"new@x.example,New,,,,,\n"+
		"no address,X,,,,,\n"+
		"a@x.example,A,12,,,,\n"+
		"b@x.example,B,+12125550150@later,,,,\n"+
		"c@x.example,C,,nobody@x.example,,,\n"+
		"d@x.example,D,,d@x.example,,,\n"+
		"e@x.example,E,,,King,,\n"+
		"f@x.example,F,,,,All,\n"+
		"g@x.example,G,,,,,perhaps\n"+
		"new@x.example,New,,,,,\n"+
		"ada@x.example,Ada,,,Standard User,,\n", false)
	for k, want := range []string{"", "not an e-mail address", "not a phone number", "no number with its validity", "is not a user, and not in this file", "managed by somebody whom they manage", "no profile", "no permission set", "write true or false", "in line 2 already", "the last System Administrator"} {
		if got := rows[k]; (want == "") != (got.Error == "") || !strings.Contains(got.Error, want) {
			t.Errorf("line %d: %+v, want %q", got.Line, got, want)
		}
	}
	if _, err := r.Store.UserByEmail(ctx, "new@x.example"); !domain.IsKind(err, domain.KindNotFound) {
		t.Error("the lines that are right were saved")
	}
	if _, err := r.id.ImportCSV(ctx, r.User(t, "rep", nil, domain.PermForSales), strings.NewReader("email\n"), true); domain.CodeOf(err) != "no_permission" {
		t.Errorf("by a rep: %v", err)
	}
}

// TestExportComesBackTheSame, whatever names and numbers look like.
func TestExportComesBackTheSame(t *testing.T) {
	t.Parallel()
	r := newRig(t)
	ada := r.admin(t)
	for _, name := range []string{"=HYPERLINK(\"x\")", "'quoted'", "-1", "a,b;c\n\"d\"", "@here", "Ünï", "+49"} {
		r.save(t, ada, "", UserInput{Name: name, Email: address(name) + "@x.example", Identifiers: map[domain.Provider]string{domain.Aircall: "=1+1"}, ManagerID: &ada.ID,
			PermissionSets: []string{domain.PermForSales}, Periods: []domain.UserPhone{{Number: "+12125550150", From: testkit.Start.Add(time.Millisecond)}, {Number: "+12125550151"}}})
	}
	var file bytes.Buffer
	testkit.Must(t, r.id.ExportCSV(context.Background(), ada, &file))
	for line := range strings.SplitSeq(file.String(), "\n") {
		for cell := range strings.SplitSeq(line, ",") {
			if c := strings.Trim(cell, "\""); c != "" && strings.ContainsRune("=-@", rune(c[0])) {
				t.Errorf("a spreadsheet calculates %q", cell)
			}
		}
	}
	for _, row := range r.importCSV(t, ada, file.String(), false) {
		if row.Action != "same" {
			t.Errorf("%+v", row)
		}
	}
}

// address makes a name fit for an address.
func address(name string) string {
	return strings.Map(func(c rune) rune {
		if c >= 'a' && c <= 'z' || c >= '0' && c <= '9' {
			return c
		}
		return 'x'
	}, name) + "x"
}

func FuzzReadCSV(f *testing.F) {
	f.Add([]byte("email,phones\na@x.example,+12125550150@2026-01-01..\n"))
	f.Add([]byte("email;name\n\"a;\nb\";c\n"))
	f.Fuzz(func(t *testing.T, data []byte) {
		lines, err := readCSV(bytes.NewReader(data))
		if err != nil {
			return
		}
		for _, l := range lines {
			if _, err := l.input(domain.User{}); err != nil && domain.KindOf(err) != domain.KindInvalid {
				t.Fatal(err)
			}
		}
	})
}

package storetest

import (
	"context"
	"fmt"
	"testing"
	"time"

	"github.com/google/go-cmp/cmp"

	"earshot/internal/domain"
	"earshot/internal/identity"
	"earshot/internal/phone"
	"earshot/internal/store"
)

// Numbers of the matching tests; those of fiction.
const (
	adas     = "+12125550101"
	bobs     = "+12125550102" // until day 10; then Carol's
	shared   = "+12125550190"
	customer = "+12125550142"
	nobodys  = "+12125550199"
)

func day(n int) time.Time { return start.AddDate(0, 0, n) }

// company has users who share identifiers and numbers, and whose numbers moved. Each was last modified on another day.
func company() []domain.User {
	ids := func(of ...string) map[domain.Provider]string {
		out := map[domain.Provider]string{}
		for i := 0; i < len(of); i += 2 {
			out[domain.Provider(of[i])] = of[i+1]
		}
		return out
	}
	user := func(name string, modified int, identifiers map[domain.Provider]string, phones ...domain.UserPhone) domain.User {
		return domain.User{
			ID: name, Name: name, Email: name + "@x.example", Profile: domain.ProfileStandard, Active: true, Identifiers: identifiers, Phones: phones,
			CreatedAt: day(0), LastModifiedAt: day(modified),
		}
	}
	return []domain.User{
		user("Ada", 1, ids("aircall", "4101", "dialpad", "5101", "ringcentral", "6101", "amazonconnect", "ada.l"), domain.UserPhone{Number: adas}),
		user("Bob", 2, ids("aircall", "4102", "dialpad", "4101"), domain.UserPhone{Number: bobs, To: day(10)}),
		user("Carol", 3, ids("aircall", "4190", "ringcentral", "6190"), domain.UserPhone{Number: bobs, From: day(10)}),
		user("Dan", 9, ids("aircall", "4190", "dialpad", "5190"), domain.UserPhone{Number: shared}),
		user("Eve", 8, ids("dialpad", "5190", "amazonconnect", "bob@X.example"), domain.UserPhone{Number: shared, From: day(5)}),
		user("Fay", 4, ids("ringcentral", "6190"), domain.UserPhone{Number: shared, From: day(2), To: day(4)}, domain.UserPhone{Number: shared, From: day(6), To: day(8)}),
	}
}

// matching is one call and whose it is.
type matching struct {
	name      string
	provider  domain.Provider
	agent     domain.Participant
	direction domain.Direction
	inside    string
	day       int
	want      string // nobody's where it is empty
	how       string
	others    []string
}

func matchings() []matching {
	id := func(s string) domain.Participant { return domain.Participant{ProviderUserID: s} }
	login := func(username, email string) domain.Participant {
		return domain.Participant{Username: username, Email: email}
	}
	const in, out = domain.Inbound, domain.Outbound
	return []matching{
		// VC-15: the provider's user id; else the number of the inside; else nobody.
		{"Aircall by id", domain.Aircall, id("4101"), in, nobodys, 1, "Ada", `Aircall User Identifier "4101"`, nil},
		{"Dialpad by id, which is another's at Aircall", domain.Dialpad, id("4101"), in, nobodys, 1, "Bob", `Dialpad User Identifier "4101"`, nil},
		{"RingCentral by id", domain.RingCentral, id("6101"), out, nobodys, 1, "Ada", `Ringcentral User Identifier "6101"`, nil},
		{"the id counts more than the number", domain.Aircall, id("4101"), in, bobs, 1, "Ada", `Aircall User Identifier "4101"`, nil},
		{"a strange id, but the number called", domain.Aircall, id("9999"), in, adas, 1, "Ada", "phone " + adas, nil},
		{"no id, but the number that called", domain.Dialpad, id(""), out, adas, 1, "Ada", "phone " + adas, nil},
		{"the customer's number is not looked up", domain.RingCentral, id(""), in, customer, 1, "", "", nil},
		{"part of an id", domain.Aircall, id("410"), in, nobodys, 1, "", "", nil},
		{"an address is no rule here", domain.Aircall, login("", "Ada@x.example"), in, nobodys, 1, "", "", nil},
		{"an extension", domain.RingCentral, id(""), in, "101", 1, "", "", nil},
		{"no number", domain.Dialpad, id(""), in, "", 1, "", "", nil},
		{"a hidden number", domain.RingCentral, id(""), in, "+1212555XXXX", 1, "", "", nil},
		// VC-16: username, e-mail, number, nobody.
		{"Amazon by username", domain.AmazonConnect, login("ada.l", "Bob@x.example"), in, bobs, 1, "Ada", `Amazon Connect Username "ada.l"`, nil},
		{"whatever its case", domain.AmazonConnect, login("Ada.L", ""), in, nobodys, 1, "Ada", `Amazon Connect Username "Ada.L"`, nil},
		{"a username that is an address is a username first", domain.AmazonConnect, login("bob@x.example", ""), in, nobodys, 1, "Eve", `Amazon Connect Username "bob@x.example"`, nil},
		{"a username that is an address", domain.AmazonConnect, login("carol@x.example", "c@other.example"), in, adas, 1, "Carol", "e-mail carol@x.example", nil},
		{"Amazon by e-mail", domain.AmazonConnect, login("someone", "CAROL@x.example"), in, adas, 1, "Carol", "e-mail CAROL@x.example", nil},
		{"Amazon by number", domain.AmazonConnect, login("someone", "someone@x.example"), in, adas, 1, "Ada", "phone " + adas, nil},
		{"an id is no username", domain.AmazonConnect, id("ada.l"), in, nobodys, 1, "", "", nil},
		{"Amazon, nobody", domain.AmazonConnect, login("someone", "someone@x.example"), out, nobodys, 1, "", "", nil},
		// VC-17: the newest Last Modified Date; the others are named.
		{"two have the id", domain.Aircall, id("4190"), in, adas, 1, "Dan", `Aircall User Identifier "4190"`, []string{"Carol"}},
		{"two have the id at Dialpad", domain.Dialpad, id("5190"), out, adas, 1, "Dan", `Dialpad User Identifier "5190"`, []string{"Eve"}},
		{"the order of the rows does not matter", domain.RingCentral, id("6190"), in, adas, 1, "Fay", `Ringcentral User Identifier "6190"`, []string{"Carol"}},
		{"three share the number", domain.Dialpad, id(""), in, shared, 7, "Dan", "phone " + shared, []string{"Eve", "Fay"}},
		{"two share it", domain.AmazonConnect, login("someone", ""), out, shared, 5, "Dan", "phone " + shared, []string{"Eve"}},
		// VC-19: numbers count from when until when they are somebody's.
		{"a shared number, before it was", domain.Aircall, id(""), in, shared, 1, "Dan", "phone " + shared, nil},
		{"from its first moment", domain.Aircall, id(""), in, shared, 2, "Dan", "phone " + shared, []string{"Fay"}},
		{"not in its last", domain.Aircall, id(""), in, shared, 4, "Dan", "phone " + shared, nil},
		{"in its second period", domain.Aircall, id(""), in, shared, 6, "Dan", "phone " + shared, []string{"Eve", "Fay"}},
		{"after all", domain.Aircall, id(""), in, shared, 8, "Dan", "phone " + shared, []string{"Eve"}},
		{"a moved number, before", domain.RingCentral, id(""), out, bobs, 9, "Bob", "phone " + bobs, nil},
		{"a moved number, since", domain.RingCentral, id(""), out, bobs, 10, "Carol", "phone " + bobs, nil},
		{"a moved number, long ago", domain.RingCentral, id(""), out, bobs, -900, "Bob", "phone " + bobs, nil},
	}
}

// testMatching is the table of whose a call is (VC-15 to VC-17, VC-19), with users and calls as the database gives them back.
func testMatching(t *testing.T, b *bundle) {
	b.addConnector(t)
	for _, u := range company() {
		b.must(t, func(ctx context.Context, tx *store.Tx) error { return tx.SaveUser(ctx, u) })
	}
	users, err := b.Users(t.Context())
	if err != nil {
		t.Fatal(err)
	}
	for i, c := range matchings() {
		call := domain.ProviderCall{ID: fmt.Sprint(i), Agent: c.agent, Direction: c.direction, From: customer, To: c.inside, StartedAt: day(c.day), EndedAt: day(c.day).Add(time.Minute)}
		if c.direction == domain.Outbound {
			call.From, call.To = call.To, call.From
		}
		m := domain.MatchUser(*b.arrive(t, call.ID, &call).Snapshot, c.provider, users)
		if m.Found != (c.want != "") || m.User.ID != c.want || m.Found && m.How != c.how {
			t.Errorf("%s: %q by %q, want %q by %q", c.name, m.User.ID, m.How, c.want, c.how)
		}
		if diff := cmp.Diff(c.others, m.Others); diff != "" {
			t.Errorf("%s: the others (-want +got)\n%s", c.name, diff)
		}
	}
}

// people are an Identity over the bundle, and an admin who changes users.
func (b *bundle) people(t *testing.T) (*identity.Identity, domain.User) {
	t.Helper()
	id, err := identity.New(identity.Config{Store: b.Store, Logger: b.config.Logger, Now: b.clock.Now})
	if err != nil {
		t.Fatal(err)
	}
	return id, domain.User{ID: "admin", Name: "Admin", Active: true, Profile: domain.ProfileAdministrator}
}

// testMovingNumbers moves a number from one user to another and back, as an admin does, and shares it: each call is of who had the
// number then.
func testMovingNumbers(t *testing.T, b *bundle) {
	ids, admin := b.people(t)
	set := func(id, name string, phones ...string) string {
		t.Helper()
		b.clock.add(24 * time.Hour)
		u, err := ids.SaveUser(t.Context(), admin, id, identity.UserInput{Name: name, Email: name + "@x.example", Phones: phones})
		if err != nil {
			t.Fatal(err)
		}
		return u.ID
	}
	ada := set("", "Ada", "(212) 555-0101")                                  // day 1: counts for earlier calls as well
	bob := set("", "Bob", "+1 212 555 0102")                                 // day 2
	set(ada, "Ada")                                                          // day 3: nobody's
	set(bob, "Bob", "212.555.0102", "212.555.0101")                          // day 4: it is Bob's
	set(ada, "Ada", "001 212 555 0101", "+1-212-555-0101", "2125550101 x12") // day 5: shared, however often it is entered
	set(bob, "Bob")                                                          // day 6: the first is Ada's alone, the second nobody's
	set(bob, "Bob", "+12125550102")                                          // day 7: Bob's again
	users, err := b.Users(t.Context())
	if err != nil {
		t.Fatal(err)
	}
	for _, c := range []struct {
		day          int
		want, number string
		others       []string
	}{
		{-30, "Ada", adas, nil}, {2, "Ada", adas, nil}, {3, "", adas, nil}, {4, "Bob", adas, nil}, {5, "Bob", adas, []string{"Ada"}}, {6, "Ada", adas, nil},
		{300, "Ada", adas, nil}, {-30, "Bob", bobs, nil}, {4, "Bob", bobs, nil}, {6, "", bobs, nil}, {7, "Bob", bobs, nil}, {300, "Bob", bobs, nil},
	} {
		m := domain.MatchUser(domain.ProviderCall{Direction: domain.Outbound, From: c.number, To: customer, StartedAt: day(c.day)}, domain.Aircall, users)
		if m.User.Name != c.want || !cmp.Equal(c.others, m.Others) {
			t.Errorf("%s on day %d: %q, others %q; want %q, others %q", c.number, c.day, m.User.Name, m.Others, c.want, c.others)
		}
	}
	want := []domain.UserPhone{{Number: adas, To: day(3)}, {Number: adas, From: day(5)}}
	if got, err := b.User(t.Context(), ada); err != nil || !cmp.Equal(want, got.Phones) {
		t.Errorf("Ada's periods: %v (-want +got)\n%s", err, cmp.Diff(want, got.Phones))
	}
}

// testMatchingByFormat: an admin enters each number one way, the provider writes it in others.
func testMatchingByFormat(t *testing.T, b *bundle) {
	b.addConnector(t)
	ids, admin := b.people(t)
	for _, f := range formats() {
		_, err := ids.SaveUser(t.Context(), admin, "", identity.UserInput{Name: f.region, Email: f.region + "@x.example", Phones: []string{f.entered}})
		if err != nil {
			t.Fatal(err)
		}
	}
	users, err := b.Users(t.Context())
	if err != nil {
		t.Fatal(err)
	}
	match := func(number, region string) domain.Match {
		e164, ok := phone.E164(number, region)
		if !ok {
			e164 = number // as drivers do
		}
		id := store.NewID()
		kept := b.arrive(t, id, &domain.ProviderCall{ID: id, Direction: domain.Inbound, From: customer, To: e164, StartedAt: start})
		return domain.MatchUser(*kept.Snapshot, domain.RingCentral, users)
	}
	for _, f := range formats() {
		for _, written := range f.written {
			if m := match(written, f.region); m.User.Name != f.region || m.Others != nil {
				t.Errorf("%s: %q is %q's, others %q: %s", f.region, written, m.User.Name, m.Others, m.How)
			}
		}
	}
	for _, junk := range []string{"", "anonymous", "101", "1234", "x101", "+1212555XXXX", "agent 2125550101", "2125550101@x.example", "; DROP TABLE users", "' OR '1'='1"} {
		for _, f := range formats() {
			if m := match(junk, f.region); m.Found {
				t.Errorf("%s: %q is %s's by %s", f.region, junk, m.User.Name, m.How)
			}
		}
	}
}

// format is a number as an admin enters it, and as providers write it with the region of the connector.
type format struct {
	region, entered string
	written         []string
}

func formats() []format {
	return []format{
		{"US", "(212) 555-0101", []string{"+12125550101", "+1 212-555-0101", "2125550101", "1 (212) 555-0101", "(212)555-0101;ext=12", "212.555.0101 x12", "tel:+1-212-555-0101"}},
		{"CA", "+1 613 555 0123", []string{"6135550123", "16135550123", "(613) 555-0123 ext. 4", "001 613 555 0123"}},
		{"GB", "+44 1632 960123", []string{"01632 960123", "+44 (0)1632 960123", "441632960123", "00441632960123"}},
		{"IE", "+353 20 912 3456", []string{"020 912 3456", "+353 (0)20 912 3456", "00353209123456"}},
		{"FR", "0033 1 99 00 12 34", []string{"01 99 00 12 34", "+33 1 99 00 12 34", "01.99.00.12.34", "33199001234", "+33199001234;ext=12"}},
		{"DE", "+49 30 23125-123", []string{"030/23125123", "(030) 23125 123", "+49 (0)30 23125123", "0049-30-23125123"}},
		{"AT", "+43 1 234567890", []string{"01 234567890", "+43 (0)1 234567890", "00431234567890"}},
		{"CH", "+41441234567", []string{"044 123 45 67", "+41 (0)44 123 45 67", "0041441234567"}},
		{"IT", "+39 06 1234 5678", []string{"06 1234 5678", "+390612345678", "0039 06 12345678"}},
		{"ES", "+34 911 23 45 67", []string{"911234567", "911 23 45 67", "0034911234567"}},
		{"PT", "+351 211 234 567", []string{"211234567", "00351 211 234 567"}},
		{"NL", "+31 20 123 4567", []string{"020-1234567", "+31 (0)20 1234567", "0031201234567"}},
		{"BE", "+32 2 234 56 78", []string{"02 234 56 78", "02/234.56.78", "003222345678"}},
		{"LU", "+352 26 12 34", []string{"261234", "26 12 34", "00352261234"}},
		{"DK", "+45 32 12 34 56", []string{"32123456", "0045 32123456"}},
		{"NO", "+47 22 12 34 56", []string{"22 12 34 56", "004722123456"}},
		{"SE", "+46 8 465 004 12", []string{"08-465 004 12", "+46 (0)8 465 004 12", "0046846500412"}},
		{"FI", "+358 9 1234 5678", []string{"09 1234 5678", "+358 (0)9 12345678"}},
		{"PL", "+48 22 123 45 67", []string{"221234567", "22 123 45 67 x7", "0048221234567"}},
		{"RU", "+7 495 123-45-67", []string{"8 (495) 123-45-67", "84951234567", "74951234567"}},
		{"IN", "+91 11 2345 6789", []string{"011-23456789", "011 2345 6789", "911123456789"}},
		{"CN", "+86 10 1234 5678", []string{"010-12345678", "(010) 1234 5678", "00861012345678"}},
		{"JP", "+81 3-1234-5678", []string{"03-1234-5678", "（03）1234−5678", "+８１ ３ １２３４ ５６７８"}},
		{"KR", "+82 2-312-3456", []string{"02-312-3456", "+82 (0)2 312 3456"}},
		{"SG", "+65 6123 4567", []string{"6123 4567", "61234567;ext=9", "006561234567"}},
		{"AU", "+61 2 5550 1234", []string{"(02) 5550 1234", "0255501234", "0011 61 2 5550 1234"}},
		{"NZ", "+64 9 123 4567", []string{"09 123 4567", "(09) 123-4567", "006491234567"}},
		{"BR", "+55 11 91234-5678", []string{"(11) 91234-5678", "011912345678", "0 15 11 91234-5678"}},
		{"AR", "+54 9 11 1234-5678", []string{"011 15-1234-5678", "+5491112345678"}},
		{"MX", "+52 55 1234 5678", []string{"55 1234 5678", "5512345678", "00525512345678"}},
		{"ZA", "+27 11 123 4567", []string{"011 123 4567", "+27 (0)11 123 4567"}},
	}
}

package domain

import (
	"fmt"
	"testing"
	"time"

	"github.com/google/go-cmp/cmp"
)

func TestMapUsers(t *testing.T) {
	t.Parallel()
	now := time.Date(2026, 11, 24, 9, 0, 0, 0, time.UTC)
	person := func(id, name, email string, change ...func(*User)) User {
		u := User{ID: id, Name: name, Email: email, Active: true, Profile: ProfileStandard}
		for _, c := range change {
			c(&u)
		}
		return u
	}
	phone := func(number string, from, to time.Time) func(*User) {
		return func(u *User) { u.Phones = append(u.Phones, UserPhone{Number: number, From: from, To: to}) }
	}
	known := func(id string) func(*User) { return func(u *User) { u.Identifiers = map[Provider]string{Dialpad: id} } }
	maria := ProviderUser{Identifier: "7", Name: "Maria Lindqvist", Email: "Maria@x.example", Phones: []string{"+12125550101", "+12125550101"}}
	for name, c := range map[string]struct {
		theirs []ProviderUser
		ours   []User
		want   string
	}{
		"nobody is alike":            {[]ProviderUser{maria}, []User{person("a", "Tom Berg", "tom@x.example")}, "7= "},
		"has it already":             {[]ProviderUser{{Identifier: "AbC"}}, []User{person("a", "Tom", "t@x.example", known("aBc"))}, "AbC=a "},
		"of another provider":        {[]ProviderUser{maria}, []User{person("a", "Maria Lindqvist", "", func(u *User) { u.Identifiers = map[Provider]string{Aircall: "7"} })}, "7=?a(name) "},
		"e-mail before phone":        {[]ProviderUser{maria}, []User{person("b", "B", "b@x.example", phone("+12125550101", time.Time{}, time.Time{})), person("a", "A", "maria@X.example")}, "7=?a(email) "},
		"phone":                      {[]ProviderUser{maria}, []User{person("b", "B", "b@x.example", phone("+12125550101", time.Time{}, time.Time{}))}, "7=?b(phone) "},
		"phone of earlier":           {[]ProviderUser{maria}, []User{person("b", "B", "b@x.example", phone("+12125550101", time.Time{}, now))}, "7= "},
		"name in another order":      {[]ProviderUser{maria}, []User{person("a", "LINDQVIST, Maria", "ml@x.example")}, "7=?a(name) "},
		"one name is too little":     {[]ProviderUser{{Identifier: "7", Name: "Maria"}}, []User{person("a", "Maria", "ml@x.example")}, "7= "},
		"two of ours are alike":      {[]ProviderUser{maria}, []User{person("a", "Maria Lindqvist", "1@x.example"), person("b", "Maria Lindqvist", "2@x.example")}, "7= "},
		"two of theirs are alike":    {[]ProviderUser{{Identifier: "7", Name: "Maria Berg"}, {Identifier: "8", Name: "Maria Berg"}}, []User{person("a", "Maria Berg", "1@x.example")}, "7= 8= "},
		"e-mail decides between two": {[]ProviderUser{{Identifier: "7", Name: "Maria Berg", Email: "1@x.example"}, {Identifier: "8", Name: "Maria Berg"}}, []User{person("a", "Maria Berg", "1@x.example"), person("b", "Maria Berg", "2@x.example")}, "7=?a(email) 8=?b(name) "},
		"has another identifier":     {[]ProviderUser{maria}, []User{person("a", "Maria Lindqvist", "maria@x.example", known("6"))}, "7= "},
		"inactive":                   {[]ProviderUser{maria}, []User{person("a", "Maria Lindqvist", "maria@x.example", func(u *User) { u.Active = false })}, "7= "},
		"guest":                      {[]ProviderUser{maria}, []User{person("a", "Maria Lindqvist", "maria@x.example", func(u *User) { u.Profile = ProfileGuest })}, "7= "},
		"nothing is no likeness":     {[]ProviderUser{{Identifier: "7"}}, []User{person("a", "", "")}, "7= "},
	} {
		t.Run(name, func(t *testing.T) {
			t.Parallel()
			var got string
			for _, m := range MapUsers(Dialpad, c.theirs, c.ours, now) {
				got += m.Identifier + "=" + m.UserID
				if m.SuggestedID != "" {
					got += fmt.Sprintf("?%s(%s)", m.SuggestedID, m.By)
				}
				got += " "
			}
			if diff := cmp.Diff(c.want, got); diff != "" {
				t.Errorf("(-want +got)\n%s", diff)
			}
		})
	}
}

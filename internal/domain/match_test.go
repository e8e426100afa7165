package domain

import (
	"testing"
)

// TestAmazonUsernameIsAnEmail: "Uses (Agent Login Username) … If no match is made, matches to … (Email)" (Voice Connector Guide p. 7).
// Where people sign in by SAML the username is their address; the address in their Amazon Connect profile may be another.
func TestAmazonUsernameIsAnEmail(t *testing.T) {
	t.Parallel()
	users := []User{{ID: "maria", Email: "Maria@x.example"}, {ID: "tom", Email: "tom@x.example"}}
	for name, c := range map[string]struct {
		agent     Participant
		want, how string
	}{
		"the username, although there is another address": {Participant{Username: "maria@x.example", Email: "m@other.example"}, "maria", "e-mail maria@x.example"},
		"the username before the address":                 {Participant{Username: "tom@x.example", Email: "maria@x.example"}, "tom", "e-mail tom@x.example"},
		"the address of the profile":                      {Participant{Username: "m.smith", Email: "maria@x.example"}, "maria", "e-mail maria@x.example"},
		"a username that only begins like an address":     {Participant{Username: "maria"}, "", ""},
	} {
		m := MatchUser(call(func(pc *ProviderCall) { pc.Agent = c.agent }), AmazonConnect, users)
		if m.User.ID != c.want || m.Found && m.How != c.how {
			t.Errorf("%s: %q by %q", name, m.User.ID, m.How)
		}
	}
}

// TestNoMatchNamesWhatToFillIn: the text is the help for whom the call belongs to, so it names the field and what belongs there.
func TestNoMatchNamesWhatToFillIn(t *testing.T) {
	t.Parallel()
	for name, c := range map[string]struct {
		provider Provider
		agent    Participant
		to, want string
	}{
		"an id":                  {Aircall, Participant{ProviderUserID: "7", Name: "Olga"}, "+12125550999", "no user has Aircall User Identifier 7 Olga, and +12125550999 is nobody's phone"},
		"Amazon's username":      {AmazonConnect, Participant{ProviderUserID: "0b1c2d3e", Username: "olga", Name: "Olga"}, "+12125550999", "no user has Amazon Connect Username olga Olga, and +12125550999 is nobody's phone"},
		"Amazon's e-mail":        {AmazonConnect, Participant{Email: "olga@x.example"}, "+12125550999", "no user has the e-mail address olga@x.example, and +12125550999 is nobody's phone"},
		"an id without username": {AmazonConnect, Participant{ProviderUserID: "0b1c2d3e"}, "+12125550999", "the call names no user, and +12125550999 is nobody's phone"},
		"nobody":                 {Dialpad, Participant{}, "+12125550999", "the call names no user, and +12125550999 is nobody's phone"},
		"no number either":       {Dialpad, Participant{}, "", "the call names no user, and its number is nobody's phone"},
	} {
		m := MatchUser(call(func(pc *ProviderCall) { pc.Agent, pc.To = c.agent, c.to }), c.provider, []User{{ID: "ada"}})
		if m.Found || m.How != c.want {
			t.Errorf("%s: %q", name, m.How)
		}
	}
}

package domain

import "strings"

// SSOSettings say how people sign in through the company's OpenID provider. The client secret is kept apart, sealed.
type SSOSettings struct {
	Enabled     bool     `json:"enabled"`
	Issuer      string   `json:"issuer" maxLength:"500" doc:"Address of the OpenID provider, as it calls itself"`
	ClientID    string   `json:"client_id" maxLength:"500"`
	Domains     []string `json:"domains" maxItems:"100" doc:"Domains of e-mail addresses that may sign in; empty: all that the provider verified"`
	CreateUsers bool     `json:"create_users" doc:"Who is no user yet becomes one without permission sets"`
	Button      string   `json:"button" maxLength:"60" doc:"Text of the button on the sign-in page"`
}

// Allows tells whether the domain of an e-mail address may sign in.
func (s SSOSettings) Allows(email string) bool {
	_, domain, _ := strings.Cut(strings.ToLower(email), "@")
	if domain == "" {
		return false
	}
	for _, d := range s.Domains {
		if strings.ToLower(d) == domain {
			return true
		}
	}
	return len(s.Domains) == 0
}

package domain

import "testing"

func TestLanguageFor(t *testing.T) {
	t.Parallel()
	call := Call{UserID: "u1", Provider: Aircall, From: "+15550100", To: "+33155501"}
	number := LanguageRule{LanguageOfNumber, "+33155501", "fr"}
	caller := LanguageRule{LanguageOfNumber, "+15550100", "es"}
	user := LanguageRule{LanguageOfUser, "u1", "de"}
	connector := LanguageRule{LanguageOfConnector, string(Aircall), "it"}
	for name, c := range map[string]struct {
		rules []LanguageRule
		want  string
	}{
		"nothing set":                {nil, "en"},
		"number before all":          {[]LanguageRule{connector, user, number}, "fr"},
		"the caller's number too":    {[]LanguageRule{user, caller}, "es"},
		"first of two numbers":       {[]LanguageRule{caller, number}, "es"},
		"user before connector":      {[]LanguageRule{connector, user}, "de"},
		"connector before general":   {[]LanguageRule{connector}, "it"},
		"rules of others":            {[]LanguageRule{{LanguageOfUser, "u2", "de"}, {LanguageOfNumber, "+1", "fr"}, {LanguageOfConnector, "x", "it"}}, "en"},
		"empty keys meet nothing":    {[]LanguageRule{{LanguageOfUser, "", "de"}, {LanguageOfNumber, "", "fr"}}, "en"},
		"unknown kinds meet nothing": {[]LanguageRule{{"planet", "u1", "de"}}, "en"},
	} {
		if got := LanguageFor(c.rules, "en", call); got != c.want {
			t.Errorf("%s: %q, want %q", name, got, c.want)
		}
	}
	if got := LanguageFor([]LanguageRule{{LanguageOfUser, "", "de"}, {LanguageOfNumber, "", "fr"}}, "en", Call{}); got != "en" {
		t.Errorf("a call without user and numbers: %q", got)
	}
}

func TestKnowsLanguage(t *testing.T) {
	t.Parallel()
	for _, c := range []struct {
		languages []string
		tag       string
		want      bool
	}{
		{[]string{"en"}, "en", true}, {[]string{"en"}, "en-GB", true}, {[]string{"en"}, "EN_us", true}, {[]string{"en-US"}, "en-GB", true},
		{[]string{"en"}, "fr", false}, {nil, "en", false}, {[]string{"en"}, "eng", false}, {[]string{"en", "fr"}, "fr-CA", true},
	} {
		if got := KnowsLanguage(c.languages, c.tag); got != c.want {
			t.Errorf("%v %q: %v", c.languages, c.tag, got)
		}
	}
}

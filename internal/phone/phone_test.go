package phone

import (
	"regexp"
	"testing"
)

func TestE164(t *testing.T) {
	t.Parallel()
	for _, c := range []struct{ in, region, want string }{
		{"+1 212 555 0123", "", "+12125550123"},
		{"(212) 555-0123", "US", "+12125550123"},
		{"0033 1 76 36 06 95", "", "+33176360695"},
		{"01 76 36 06 95", "fr", "+33176360695"},
		{"+1 800-123-4567", "DE", "+18001234567"},
		{"tel:+12125550123", "US", "+12125550123"},
		{"212 555 0123 x55", "US", "+12125550123"},
		{"+39 06 1234 5678", "", "+390612345678"},
		{"anonymous", "US", ""},
		{"Anonymous ", "US", ""},
		{"555 0123", "US", ""},
		{"", "US", ""},
		{"212 555 0123", "", ""},
		{"+999999999999999999999999999999999999999999", "US", ""},
		{"12", "US", ""},
	} {
		got, ok := E164(c.in, c.region)
		if got != c.want || ok != (c.want != "") {
			t.Errorf("E164(%q, %q) = %q, %v; want %q", c.in, c.region, got, ok, c.want)
		}
	}
}

// FuzzE164: what comes out is E.164, reads as itself whatever the country, and Format takes it.
func FuzzE164(f *testing.F) {
	for _, s := range []string{"+1 212 555 0123", "0033 1 76 36 06 95", "anonymous", "(212) 555-0123 ext. 4", "tel:+1;phone-context=x", "+\u0661", "+1855201XXXX", "0011 65 6123 4567", "(+33) 1 99 00 12 34 x12"} {
		f.Add(s, "US")
	}
	f.Add("01 76 36 06 95", "FR")
	f.Add("0011 65 6123 4567", "AU")
	shape := regexp.MustCompile(`^\+[0-9]{6,17}$`) // two digits above 15: a possible length counts national digits only
	f.Fuzz(func(t *testing.T, number, region string) {
		got, ok := E164(number, region)
		if !ok {
			if got != "" {
				t.Fatalf("E164(%q) is no number, but %q", number, got)
			}
			return
		}
		again, ok := E164(got, "")
		if !shape.MatchString(got) || !ok || again != got || Format(got) == "" {
			t.Fatalf("E164(%q, %q) = %q, again %q", number, region, got, again)
		}
	})
}

func TestFormat(t *testing.T) {
	t.Parallel()
	if got := Format("+12125550123"); got != "+1 212-555-0123" {
		t.Errorf("Format = %q", got)
	}
	if got := Format("anonymous"); got != "anonymous" {
		t.Errorf("Format = %q", got)
	}
}

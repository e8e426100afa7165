package phone

import "testing"

func TestE164(t *testing.T) {
	t.Parallel()
	for _, c := range []struct{ in, region, want string }{
		{"+1 212 555 0123", "", "+12125550123"},
		{"(212) 555-0123", "US", "+12125550123"},
		{"0033 1 76 36 06 95", "", "+33176360695"},
		{"01 76 36 06 95", "fr", "+33176360695"},
		{"+1 800-123-4567", "DE", "+18001234567"},
		{"anonymous", "US", ""},
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

func TestFormat(t *testing.T) {
	t.Parallel()
	if got := Format("+12125550123"); got != "+1 212-555-0123" {
		t.Errorf("Format = %q", got)
	}
	if got := Format("anonymous"); got != "anonymous" {
		t.Errorf("Format = %q", got)
	}
}

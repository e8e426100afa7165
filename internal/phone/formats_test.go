package phone

import (
	"slices"
	"testing"
)

// country is a number as it is written at home and abroad. Numbers are those that are set aside for fiction, or count up.
type country struct {
	region, e164, national string
	dialled                string // from this country to fiction, with its international prefix; empty: 00
}

// fiction is the number that every country dials; Ofcom keeps it free for drama.
const fiction = "+442079460958"

func countries() []country {
	return []country{
		{"US", "+12125550123", "(212) 555-0123", "011 44 20 7946 0958"},
		{"CA", "+16135550123", "1-613-555-0123", "01144 20 7946 0958"},
		{"GB", "+441632960123", "01632 960123", ""},
		{"IE", "+353209123456", "(020) 912 3456", ""},
		{"FR", "+33199001234", "01 99 00 12 34", ""},
		{"DE", "+493023125123", "030/23125-123", ""},
		{"AT", "+431234567890", "01 234567890", ""},
		{"CH", "+41441234567", "044 123 45 67", ""},
		{"IT", "+390612345678", "06 1234 5678", ""},
		{"ES", "+34911234567", "911 23 45 67", ""},
		{"PT", "+351211234567", "211 234 567", ""},
		{"NL", "+31201234567", "020-1234567", ""},
		{"BE", "+3222345678", "02 234 56 78", ""},
		{"LU", "+352261234", "26 12 34", ""},
		{"DK", "+4532123456", "32 12 34 56", ""},
		{"NO", "+4722123456", "22 12 34 56", ""},
		{"SE", "+46846500412", "08-465 004 12", ""},
		{"FI", "+358912345678", "09 1234 5678", ""},
		{"IS", "+3545551234", "555-1234", ""},
		{"PL", "+48221234567", "22 123 45 67", ""},
		{"CZ", "+420221234567", "221 234 567", ""},
		{"HU", "+3655123456", "06 55 123 456", ""},
		{"GR", "+302101234567", "210 123 4567", ""},
		{"TR", "+902121234567", "(0212) 123 45 67", ""},
		{"RU", "+74951234567", "8 (495) 123-45-67", "8~10 44 20 7946 0958"},
		{"IL", "+97231234567", "03-123-4567", ""},
		{"AE", "+97141234567", "04 123 4567", ""},
		{"ZA", "+27111234567", "011 123 4567", ""},
		{"NG", "+2348021234567", "0802 123 4567", "009 44 20 7946 0958"},
		{"IN", "+911123456789", "011 2345 6789", ""},
		{"CN", "+861012345678", "010 1234 5678", ""},
		{"JP", "+81312345678", "03-1234-5678", "010 44 20 7946 0958"},
		{"KR", "+8223123456", "02-312-3456", "001 44 20 7946 0958"},
		{"SG", "+6561234567", "6123 4567", "001 44 20 7946 0958"},
		{"HK", "+85221234567", "2123 4567", "001 44 20 7946 0958"},
		{"TH", "+6621234567", "02 123 4567", "001 44 20 7946 0958"},
		{"AU", "+61255501234", "(02) 5550 1234", "0011 44 20 7946 0958"},
		{"NZ", "+6491234567", "09 123 4567", ""},
		{"BR", "+5511912345678", "(11) 91234-5678", "00 15 44 20 7946 0958"},
		{"AR", "+5491112345678", "011 15-1234-5678", ""},
		{"MX", "+525512345678", "55 1234 5678", ""},
		{"CL", "+56221234567", "2 2123 4567", ""},
	}
}

// TestNumbersOfTheWorld: whichever way a number is written, it is the same number (VC-15, VC-19).
func TestNumbersOfTheWorld(t *testing.T) {
	t.Parallel()
	for _, c := range countries() {
		digits := c.e164[1:]
		spaced := "+" + digits[:2] + " " + digits[2:5] + " " + digits[5:]
		check := func(number, region, want string) {
			t.Helper()
			if got, ok := E164(number, region); !ok || got != want {
				t.Errorf("%s: E164(%q, %q) = %q, %v; want %q", c.region, number, region, got, ok, want)
			}
		}
		for _, extension := range []string{"", " x12", "x12", ";ext=12", " ext. 12", " Ext 12", " extension 12", " #12", ",12", ",,12#"} {
			check(c.national+extension, c.region, c.e164)
			check(c.e164+extension, "", c.e164)
		}
		for _, region := range []string{"", "US", "JP", c.region} {
			check(spaced, region, c.e164)
			check("tel:"+c.e164, region, c.e164)
			check("(+"+digits[:3]+") "+digits[3:], region, c.e164)
			check("\u202a+"+digits[:4]+"\u00a0"+digits[4:]+"\u202c", region, c.e164)
		}
		check("00"+digits, c.region, c.e164)
		check("00 "+digits[:3]+"-"+digits[3:], "FR", c.e164)
		if c.dialled == "" {
			c.dialled = "00 44 20 7946 0958"
		}
		check(c.dialled, c.region, fiction)
	}
	if n := len(slices.CompactFunc(countries(), func(a, b country) bool { return a.region == b.region })); n < 20 {
		t.Errorf("%d countries, want 20", n)
	}
}

// TestWithCountryCodeButNoPlus: some providers leave out the plus.
func TestWithCountryCodeButNoPlus(t *testing.T) {
	t.Parallel()
	for region, c := range map[string][2]string{"US": {"12125550123", "+12125550123"}, "FR": {"33199001234", "+33199001234"}, "GB": {"441632960123", "+441632960123"}, "AU": {"61255501234", "+61255501234"}} {
		if got, ok := E164(c[0], region); !ok || got != c[1] {
			t.Errorf("E164(%q, %q) = %q, %v; want %q", c[0], region, got, ok, c[1])
		}
	}
}

// TestNoNumbers: what is no whole number must not become one, since a number decides whose call it is. RingCentral masks numbers
// ("+1855201XXXX"), and calls inside a company have extensions.
func TestNoNumbers(t *testing.T) {
	t.Parallel()
	regions := []string{"", "US", "GB", "DE", "AT", "LU", "FR", "IT", "FI", "SE", "JP", "ID", "NZ", "AU"}
	for _, number := range []string{
		"", " ", "+", "00", "-", "()", "x12", ";ext=12", "anonymous", "Anonymous", "Restricted", "Unavailable", "unknown", "null", "+unknown",
		"1", "101", "1234", "12345", "0101", "ext. 101", "+101", "+49101", "911", "112", "*123#", "#31#030123456", "*67 212 555 0123",
		"+1855201XXXX", "+1855201xxxx", "+1855201****", "+4930123***", "+49301234XXXX", "+49 30 1234xx12", "212-555-XXXX", "+1 212 555 01??", "+33199…34",
		"user_12125550123", "agent 2125550123", "2125550123abc", "212a555b0123", "AC12125550123", "1-800-FLOWERS", "anonymous2125550123",
		"sip:+12125550123@x.example", "2125550123@x.example", "550e8400-e29b-41d4-a716-446655440000", "2026-11-20T12:00:00Z", "10.0.0.12:5060",
		"+1 212 555 0123 / +1 212 555 0199", "+1 212 555 0123 or +1 212 555 0199", "+12125550123 +12125550199", "212+5550123",
		"2125550123;phone-context=+44", "\x00+12125550123", "+1212555\xff0123", "<script>2125550123</script>", "+1 212 555 0123 x", "2125550123'; --",
		"+000000000000", "+99912345678",
	} {
		for _, region := range regions {
			if got, ok := E164(number, region); ok || got != "" {
				t.Errorf("E164(%q, %q) = %q, %v; it is no number", number, region, got, ok)
			}
		}
	}
}

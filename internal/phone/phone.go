// Package phone turns phone numbers as people and providers write them into E.164 and back.
package phone

import (
	"regexp"
	"strings"
	"unicode"
	"unicode/utf8"

	"github.com/nyaruka/phonenumbers"
)

// maxLength of what is tried as a number, in characters: E.164 has 15 digits; the rest is for spaces, brackets and an extension.
const maxLength = 40

// minDigits of a number. Fewer are an extension or a service: there is no country where people have shorter ones, but some where
// four digits are possible in theory.
const minDigits = 6

// shape of a number: digits with what people write between them, and perhaps an extension, which is left out. Nothing else is
// skipped over: providers mask numbers ("+1855201XXXX", as RingCentral documents) and put names and ids where a number should be,
// and none of those may become a number that is somebody's.
var shape = regexp.MustCompile(`^(\(?[+＋]*[\p{Nd}\p{Zs}\p{Pd}−()（）\[\].．/~]+?)(?i:[\s,;]*(?:ext(?:n|ension)?|x|#)[\s.:=]*\p{Nd}{1,11}|,+\p{Nd}{1,11})?#?$`)

// E164 reads a number in any format. Region (ISO 3166, as "US") is the country of a number without country code.
// A number counts if its length is possible in its country: numbering plans change faster than any list of them, so more is
// not asked. Numbers that can be dialled within a town only do not count; extensions are left out. Words such as "anonymous" give
// false, and so do numbers of which digits are hidden.
func E164(number, region string) (string, bool) {
	number, ok := plain(number)
	if !ok {
		return "", false
	}
	region = strings.ToUpper(region)
	if rest, ok := strings.CutPrefix(number, "00"); ok {
		if e164, ok := dialledAbroad(number, region); ok {
			return e164, true
		}
		number = "+" + rest
	}
	parsed, err := phonenumbers.Parse(number, region)
	if err != nil || !possible(parsed) {
		return "", false
	}
	return phonenumbers.Format(parsed, phonenumbers.E164), true
}

// dialledAbroad reads a number with what is dialled in the region for abroad. People write 00 for the plus everywhere, but in some
// countries it is only the beginning: 0011 in Australia, 001 in Singapore. What that gives counts if it is assigned.
func dialledAbroad(number, region string) (string, bool) {
	parsed, err := phonenumbers.ParseAndKeepRawInput(number, region)
	if err != nil || parsed.GetCountryCodeSource() != phonenumbers.PhoneNumber_FROM_NUMBER_WITH_IDD || !phonenumbers.IsValidNumber(parsed) {
		return "", false
	}
	return phonenumbers.Format(parsed, phonenumbers.E164), true
}

func possible(n *phonenumbers.PhoneNumber) bool {
	return phonenumbers.IsPossibleNumberWithReason(n) == phonenumbers.IS_POSSIBLE && digits(phonenumbers.Format(n, phonenumbers.E164)) >= minDigits
}

// plain takes a number out of what is written around it: marks that are not seen, the scheme and the parameters of a tel URI
// (RFC 3966), an extension.
func plain(number string) (string, bool) {
	number = strings.Map(func(r rune) rune {
		if unicode.Is(unicode.Cf, r) { // such as marks of direction, which address books add
			return -1
		}
		return r
	}, number)
	number = strings.TrimSpace(number)
	if len(number) > 4 && strings.EqualFold(number[:4], "tel:") {
		number = number[4:]
	}
	if strings.HasPrefix(number, "+") { // without it a parameter may say that it is another country's
		number, _, _ = strings.Cut(number, ";")
	}
	parts := shape.FindStringSubmatch(number)
	if parts == nil || utf8.RuneCountInString(number) > maxLength || digits(parts[1]) < minDigits {
		return "", false
	}
	return parts[1], true
}

func digits(s string) (n int) {
	for _, r := range s {
		if unicode.Is(unicode.Nd, r) {
			n++
		}
	}
	return n
}

// Format writes an E.164 number for people, as "+1 212-555-0123"; anything else is given back as it is.
func Format(e164 string) string {
	parsed, err := phonenumbers.Parse(e164, "ZZ")
	if err != nil {
		return e164
	}
	return phonenumbers.Format(parsed, phonenumbers.INTERNATIONAL)
}

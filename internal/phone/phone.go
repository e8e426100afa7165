// Package phone turns phone numbers as people and providers write them into E.164 and back.
package phone

import (
	"strings"

	"github.com/nyaruka/phonenumbers"
)

// maxLength of what is tried as a number: E.164 has 15 digits; the rest is for spaces, brackets and an extension.
const maxLength = 40

// E164 reads a number in any format. Region (ISO 3166, as "US") is the country of a number without country code.
// A number counts if its length is possible in its country: numbering plans change faster than any list of them, so more is
// not asked. Numbers that can be dialled within a town only do not count; extensions are left out. Words such as "anonymous" give false.
func E164(number, region string) (string, bool) {
	number = strings.TrimSpace(number)
	if len(number) > maxLength || !strings.ContainsAny(number, "0123456789") {
		return "", false
	}
	if rest, ok := strings.CutPrefix(number, "00"); ok {
		number = "+" + rest
	}
	parsed, err := phonenumbers.Parse(number, strings.ToUpper(region))
	if err != nil || phonenumbers.IsPossibleNumberWithReason(parsed) != phonenumbers.IS_POSSIBLE {
		return "", false
	}
	return phonenumbers.Format(parsed, phonenumbers.E164), true
}

// Format writes an E.164 number for people, as "+1 212-555-0123"; anything else is given back as it is.
func Format(e164 string) string {
	parsed, err := phonenumbers.Parse(e164, "ZZ")
	if err != nil {
		return e164
	}
	return phonenumbers.Format(parsed, phonenumbers.INTERNATIONAL)
}

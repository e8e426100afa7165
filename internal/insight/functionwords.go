package insight

import (
	"unicode"
	"unicode/utf8"

	"github.com/kljensen/snowball/english"
)

// spoken are words that carry no content of their own in speech and that the stemmer's list of stop words lacks.
var spoken = setOf("'ll 're 've 's 'd 'm n't um uh er erm hmm hm mm mhm oh ah okay ok yeah yes no yep sure right alright well like just really actually thanks " +
	"thank please hello hi hey bye goodbye gonna going get got go know think say said see let want would could one thing things lot kind sort little bit i'll good great fine perfect sorry also much may might will shall must call")

// isFunctionWord tells whether a word carries no content.
func isFunctionWord(w string) bool { return spoken[w] || english.IsStopWord(w) }

// capital makes the first letter upper case.
func capital(text string) string {
	r, size := utf8.DecodeRuneInString(text)
	if r == utf8.RuneError {
		return text
	}
	return string(unicode.ToUpper(r)) + text[size:]
}

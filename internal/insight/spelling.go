package insight

import (
	"strings"
	"unicode/utf8"
)

// respelled are spellings of one word, lower case, as the rules know it. Speech engines trained on old books write some of them.
var respelled = strings.NewReplacer("’", "'", "ʼ", "'", "e-mail", "email", "a.m", "am", "p.m", "pm", "o.k", "ok",
	"to-day", "today", "to-morrow", "tomorrow", "to morrow", "tomorrow", "to-night", "tonight",
	"good-bye", "goodbye", "good-by", "goodbye", "good bye", "goodbye", "week-end", "weekend", "all right", "alright",
	"re-", "re", "pre-", "pre")

// hyphened are words written in two parts, by first part, which are one word here. The prefixes stand before any word of three letters or more.
var hyphened = map[string]words{
	"to": setOf("day morrow night"), "good": setOf("bye by"), "week": setOf("end"), "e": setOf("mail mails mailed mailing"),
}

var (
	spaced   = map[string]words{"to": setOf("morrow"), "good": setOf("bye"), "all": setOf("right")}
	prefixes = setOf("re pre")
)

// compound is the length of the word that starts at byte start and goes on behind the hyphen or space at byte i; 0 where none does.
func compound(text string, start, i int) int {
	if i >= len(text) || i-start > len("week") || text[i] != '-' && text[i] != ' ' {
		return 0
	}
	second := letterRun(text[i+1:])
	if second == 0 || i+1+second < len(text) && text[i+1+second] == '-' {
		return 0
	}
	first, rest := strings.ToLower(text[start:i]), strings.ToLower(text[i+1:i+1+second])
	if text[i] == ' ' && spaced[first][rest] || text[i] == '-' && (hyphened[first][rest] || prefixes[first] && second > 2) {
		return i + 1 + second - start
	}
	return 0
}

// letterRun is the length in bytes of the letters that text starts with.
func letterRun(text string) int {
	for i := 0; i < len(text); {
		r, size := utf8.DecodeRuneInString(text[i:])
		if !isWordRune(r) {
			return i
		}
		i += size
	}
	return len(text)
}

package insight

import (
	"strconv"
	"strings"
	"time"
)

var (
	cardinals = map[string]int{"a": 1, "an": 1, "one": 1, "two": 2, "three": 3, "four": 4, "five": 5, "six": 6, "seven": 7, "eight": 8, "nine": 9,
		"ten": 10, "eleven": 11, "twelve": 12, "fourteen": 14, "fifteen": 15, "twenty": 20, "thirty": 30, "forty": 40, "couple": 2, "few": 3, "several": 3}
	ordinals = map[string]int{"first": 1, "second": 2, "third": 3, "fourth": 4, "fifth": 5, "sixth": 6, "seventh": 7, "eighth": 8, "ninth": 9,
		"tenth": 10, "eleventh": 11, "twelfth": 12, "thirteenth": 13, "fourteenth": 14, "fifteenth": 15, "sixteenth": 16, "seventeenth": 17,
		"eighteenth": 18, "nineteenth": 19, "twentieth": 20, "thirtieth": 30}
)

// number reads "3", "three", "twenty four", "a couple of", "half an" (as nothing whole) and gives the word behind it; 0 where none stands.
func number(ws []word, i int) (int, int) {
	if i < 0 || i >= len(ws) {
		return 0, 0
	}
	if n, err := strconv.Atoi(ws[i].text); err == nil && n >= 0 && n < 100000 {
		return n, i + 1
	}
	if ws[i].text == "half" && i+1 < len(ws) {
		return 0, i + 2
	}
	if ws[i].text == "a" && i+1 < len(ws) && (ws[i+1].text == "couple" || ws[i+1].text == "few") {
		i++
	}
	n, ok := cardinals[ws[i].text]
	if !ok {
		return 0, 0
	}
	i++
	if n >= 20 && i < len(ws) && cardinals[ws[i].text] < 10 && cardinals[ws[i].text] > 0 {
		return n + cardinals[ws[i].text], i + 1
	}
	if i < len(ws) && ws[i].text == "of" {
		i++
	}
	return n, i
}

// ordinal reads a day of the month: "5th", "fifth", "twenty third", and "5". Spelt is false for the last, which needs a month beside it.
func ordinal(ws []word, i int) (n, end int, spelt bool) {
	if i < 0 || i >= len(ws) {
		return 0, 0, false
	}
	text := ws[i].text
	if n, ok := ordinals[text]; ok {
		return n, i + 1, true
	}
	if tens := map[string]int{"twenty": 20, "thirty": 30}[text]; tens > 0 && i+1 < len(ws) {
		if n := ordinals[ws[i+1].text]; n > 0 && n < 10 && tens+n <= 31 {
			return tens + n, i + 2, true
		}
	}
	digits := strings.TrimRight(text, "sthndr")
	n, err := strconv.Atoi(digits)
	if err != nil || n < 1 || n > 31 {
		return 0, 0, false
	}
	return n, i + 1, len(digits) < len(text)
}

// clock reads "at 3", "at three thirty", "3 pm", "by noon": today if that is still to come, else no day.
func clock(ws []word, i int, now time.Time) (time.Time, int) {
	start := i
	led := ws[i].text == "at" || ws[i].text == "by" || ws[i].text == "around" || ws[i].text == "before" || ws[i].text == "after"
	if led {
		i++
	}
	hour, end := hourOf(ws, i)
	if end <= i {
		return time.Time{}, 0
	}
	i = end
	half := false
	if i < len(ws) {
		switch ws[i].text {
		case "am", "pm":
			half = true
			if ws[i].text == "pm" && hour < 12 {
				hour += 12
			}
			i++
		case "o'clock":
			i++
		}
	}
	if half = half || hour >= 12; !half && !(led && ws[start].text == "at") && ws[i-1].text != "o'clock" {
		return time.Time{}, 0
	}
	if half && !now.IsZero() && hour > now.Hour() {
		return dayOf(now), i
	}
	return time.Time{}, i
}

// hourOf reads "3", "3:30", "3pm", "three thirty", "noon".
func hourOf(ws []word, i int) (hour, end int) {
	if i >= len(ws) {
		return 0, 0
	}
	text := ws[i].text
	if text == "noon" {
		return 12, i + 1
	}
	base, pm := strings.CutSuffix(text, "pm")
	base, _, _ = strings.Cut(strings.TrimSuffix(base, "am"), ":")
	n, err := strconv.Atoi(base)
	if err != nil {
		if n = cardinals[text]; n == 0 || text == "a" || text == "an" || n > 12 {
			return 0, 0
		}
		if i+1 < len(ws) && (ws[i+1].text == "thirty" || ws[i+1].text == "fifteen" || ws[i+1].text == "forty") {
			i++
		}
	}
	if n < 1 || n > 23 {
		return 0, 0
	}
	if pm && n < 12 {
		n += 12
	}
	return n, i + 1
}

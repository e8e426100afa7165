package insight

import (
	"strconv"
	"strings"
	"time"
)

// dated is a time expression at words [first, last). Day is zero where the expression names no day ("at three").
type dated struct {
	first, last int
	day         time.Time
}

// findDates finds the days named in ws, counted from now (the call's start in its zone; zero: only dates with a year).
// The day is the last on which what was said still holds: "next week" is its Friday, "this month" its last day. A weekday
// is the next one after the call's day, "next Tuesday" that of the following week (Monday to Sunday), a date without a
// year the next such date. "Last Friday" and "Friday's report" are no dates.
func findDates(ws []word, now time.Time) []dated {
	var out []dated
	for i := 0; i < len(ws); {
		day, end := now, i
		if mayStartDate(ws[i].text) {
			day, end = dateAt(ws, i, now)
		}
		if end <= i {
			i++
			continue
		}
		if !spoiled(ws, i, end) {
			out = append(out, dated{first: i, last: end, day: day})
		}
		i = end
	}
	return out
}

var dateStarts = setOf("today tomorrow tonight this next later the a an one in within by before at after around first end close overnight eod cob early mid late " +
	"beginning middle start sometime some until day coming half noon couple few several")

// mayStartDate spares the readers of dates most words.
func mayStartDate(w string) bool {
	if dateStarts[w] || w[0] >= '0' && w[0] <= '9' {
		return true
	}
	_, weekday := weekdays[w]
	return weekday || months[w] > 0 || cardinals[w] > 0 || ordinals[w] > 0
}

var (
	pastWords = setOf("last previous past since from yesterday every")
	joinDates = setOf("and or to through")
)

// spoiled tells whether the words around a date make it one that passed or that only describes something.
func spoiled(ws []word, first, last int) bool {
	if first > 0 && pastWords[ws[first-1].text] || last < len(ws) && (ws[last].text == "'s" || ws[last].text == "ago") {
		return true
	}
	return first > 1 && ws[first-1].text == "the" && pastWords[ws[first-2].text]
}

// calendar resolves the dates of a call. Once somebody said "next Tuesday", a "Tuesday" later in the call is the same day.
type calendar struct {
	now  time.Time
	said map[time.Weekday]time.Time
	last time.Time // the last day that was named
	next int       // lines for which a weekday is one of next week, as somebody said "next week"
}

// nextWeekLines is for how many lines "next week" is what people talk about.
const nextWeekLines = 2

// hear remembers the weekdays that a line names by more than their name.
func (c *calendar) hear(ws []word) {
	c.next--
	for _, d := range findDates(ws, c.now) {
		wd, plain := plainWeekday(ws[d.first:d.last])
		if !d.day.IsZero() {
			c.last = d.day
		}
		switch {
		case d.day.IsZero():
		case wd >= 0 && !plain:
			c.said[d.day.Weekday()] = d.day
		case plain && c.next > 0:
			c.said[wd] = weekdayFrom(dayOf(c.now), wd, "next")
		case wd < 0 && d.last-d.first >= 2 && matchAny(nextWeek, ws[:d.last], d.last-2) > 0:
			c.next = nextWeekLines
		}
	}
}

// plainWeekday tells whether the words of a date are a weekday and nothing that says which; -1 where no weekday is in them.
func plainWeekday(ws []word) (time.Weekday, bool) {
	found, plain := time.Weekday(-1), true
	for _, w := range ws {
		if wd, ok := weekdays[w.text]; ok {
			found = wd
		} else if !dayParts[w.text] {
			plain = false
		}
	}
	return found, plain && found >= 0
}

// due is the day of the first date in ws, or of the second in "between Monday and Wednesday" and "Monday or Tuesday".
// timed tells whether any time expression is there at all.
func (c *calendar) due(ws []word) (day time.Time, timed bool) {
	found := findDates(ws, c.now)
	for n, d := range found {
		if d.day.IsZero() {
			continue
		}
		if n+1 < len(found) && found[n+1].first-d.last == 1 && joinDates[ws[d.last].text] && found[n+1].day.After(d.day) {
			return found[n+1].day, true
		}
		if wd, plain := plainWeekday(ws[d.first:d.last]); plain && !c.said[wd].IsZero() {
			return c.said[wd], true
		}
		return d.day, true
	}
	return time.Time{}, len(found) > 0
}

// dateAt reads a time expression that starts at word i and gives the word behind it; 0 where none starts.
func dateAt(ws []word, i int, now time.Time) (time.Time, int) {
	today := dayOf(now)
	for _, read := range []func([]word, int, time.Time) (time.Time, int){idiom, calendarDate, dayWords, weekday, spanEnd, inDuration, dayOfMonth, untilMonth} {
		if day, end := read(ws, i, today); end > i {
			if now.IsZero() && day.Year() < 1900 {
				day = time.Time{}
			}
			return day, end
		}
	}
	return clock(ws, i, now)
}

func dayOf(t time.Time) time.Time {
	y, m, d := t.Date()
	return time.Date(y, m, d, 0, 0, 0, 0, time.UTC)
}

var (
	weekdays = map[string]time.Weekday{"sunday": 0, "monday": 1, "tuesday": 2, "wednesday": 3, "thursday": 4, "friday": 5, "saturday": 6,
		"mon": 1, "tues": 2, "tue": 2, "wed": 3, "thurs": 4, "thu": 4, "fri": 5}
	months = map[string]time.Month{"january": 1, "february": 2, "march": 3, "april": 4, "may": 5, "june": 6, "july": 7, "august": 8, "september": 9,
		"october": 10, "november": 11, "december": 12, "jan": 1, "feb": 2, "mar": 3, "apr": 4, "jun": 6, "jul": 7, "aug": 8, "sept": 9, "sep": 9, "oct": 10, "nov": 11, "dec": 12}
	dayParts = setOf("morning afternoon evening night noon")
)

// dayWords reads "today", "tonight", "this afternoon", "end of the day", "tomorrow", "the day after tomorrow".
func dayWords(ws []word, i int, today time.Time) (time.Time, int) {
	for _, p := range relativeDays {
		if end := matchAny(p.patterns, ws, i); end > i {
			for end < len(ws) && dayParts[ws[end].text] {
				end++
			}
			return today.AddDate(0, 0, p.days), end
		}
	}
	return today, 0
}

var relativeDays = []struct {
	days     int
	patterns []pattern
}{
	{2, patterns("the? day after tomorrow")},
	{1, patterns("tomorrow\nby? the? end|close of the? business|day tomorrow\nfirst thing in the morning\nin the morning\novernight")},
	{0, patterns("later? today\ntonight\nthis morning|afternoon|evening\nthe? end of the? day|business\nthe? close of business\nend of day\neod\ncob\nlater this morning|afternoon|evening")},
}

// weekday reads "Friday", "this Friday", "next Friday", "Friday next week", "a week from Friday", "Friday the 5th".
func weekday(ws []word, i int, today time.Time) (time.Time, int) {
	start := i
	weeks := 0
	if end := matchAny(weekFrom, ws, i); end > i {
		i, weeks = end, 1
	}
	mode := ""
	if i < len(ws) && (ws[i].text == "next" || ws[i].text == "this" || ws[i].text == "coming") {
		mode = ws[i].text
		i++
	}
	if i >= len(ws) {
		return today, 0
	}
	wd, ok := weekdays[ws[i].text]
	if !ok || i > start && ws[i].gap == gapStop {
		return today, 0
	}
	end := i + 1
	if day, e := dayOfMonth(ws, end, today); e > end && ws[end].gap < gapStop {
		return day, e
	}
	for end < len(ws) && dayParts[ws[end].text] {
		end++
	}
	if e := matchAny(nextWeek, ws, end); e > end {
		mode, end = "next", e
	}
	return weekdayFrom(today, wd, mode).AddDate(0, 0, 7*weeks), end
}

var (
	weekFrom = patterns("a week from\none week from")
	nextWeek = patterns("of? next week")
)

// weekdayFrom is the weekday after today; with "this" also today; with "next" that of the week after this, Monday to Sunday.
func weekdayFrom(today time.Time, wd time.Weekday, mode string) time.Time {
	ahead := (int(wd) - int(today.Weekday()) + 7) % 7
	switch {
	case mode == "next":
		monday := (8 - int(today.Weekday())) % 7
		if monday == 0 {
			monday = 7
		}
		return today.AddDate(0, 0, monday+(int(wd)+6)%7)
	case ahead == 0 && mode != "this":
		ahead = 7
	}
	return today.AddDate(0, 0, ahead)
}

// spanEnd reads "end of the week", "by the weekend", "next week", "early next week", "this month", "end of next quarter".
func spanEnd(ws []word, i int, today time.Time) (time.Time, int) {
	start := i
	part := "end"
	if end := matchAny(spanParts, ws, i); end > i {
		if ws[i].text != "the" {
			part = ws[i].text
		} else {
			part = ws[i+1].text
		}
		i = end
	}
	step := -1
	switch {
	case i < len(ws) && (ws[i].text == "this" || ws[i].text == "the" && i > start):
		step = 0
		i++
	case i < len(ws) && ws[i].text == "next":
		step = 1
		i++
	case i > start:
		step = 0 // "end of week"
	}
	if step < 0 && !(i+1 < len(ws) && ws[i].text == "the" && ws[i+1].text == "weekend") || i >= len(ws) {
		return today, 0
	}
	if ws[i].text == "the" {
		i++
	}
	day := endOf(ws[i].text, today, max(step, 0), part)
	if day.IsZero() {
		return today, 0
	}
	if ws[i].text == "weekend" && (start == 0 || !untilWords[ws[start-1].text] || ws[start-1].text == "in") {
		day = day.AddDate(0, 0, 2) // "this weekend" lasts to Sunday, "by the weekend" is Friday
	}
	return day, i + 1
}

var spanParts = patterns("the? end|middle|beginning|start of\nthe? early|mid|late|later\nsometime|some?")

// endOf is the last working day of the week, month, quarter or year that is step away; or its second day for its start,
// its third for its middle. Zero for another unit.
func endOf(unit string, today time.Time, step int, part string) time.Time {
	year, month, _ := today.Date()
	switch unit {
	case "week":
		monday := today.AddDate(0, 0, -(int(today.Weekday())+6)%7)
		if w := today.Weekday(); step == 0 && (w == time.Saturday || w == time.Sunday) {
			step = 1 // on a weekend "this week" is the coming one
		}
		offset := map[string]int{"early": 1, "beginning": 1, "start": 1, "middle": 2, "mid": 2}[part]
		if offset == 0 {
			offset = 4
		}
		return monday.AddDate(0, 0, 7*step+offset)
	case "weekend":
		return weekdayFrom(today, time.Friday, "this").AddDate(0, 0, 7*step)
	case "month":
		return time.Date(year, month+time.Month(step)+1, 0, 0, 0, 0, 0, time.UTC)
	case "quarter":
		first := (month-1)/3*3 + 1
		return time.Date(year, first+time.Month(3*step)+3, 0, 0, 0, 0, 0, time.UTC)
	case "year":
		return time.Date(year+step, 12, 31, 0, 0, 0, 0, time.UTC)
	}
	if m, ok := months[unit]; ok && step == 0 {
		if m < month {
			year++
		}
		return time.Date(year, m+1, 0, 0, 0, 0, 0, time.UTC)
	}
	return time.Time{}
}

// calendarDate reads 2026-12-05, 12/5, 12/5/2026, "December third", "the 3rd of December 2026".
func calendarDate(ws []word, i int, today time.Time) (time.Time, int) {
	if day, ok := written(ws[i].text, today); ok {
		return day, i + 1
	}
	if month, ok := months[ws[i].text]; ok {
		j := i + 1
		if j < len(ws) && ws[j].text == "the" {
			j++
		}
		if n, end, _ := ordinal(ws, j); end > j {
			return withYear(ws, end, today, month, n)
		}
		return today, 0
	}
	j := i
	if ws[i].text == "the" {
		j++
	}
	n, end, _ := ordinal(ws, j)
	if end <= j {
		return today, 0
	}
	if end < len(ws) && ws[end].text == "of" {
		end++
	}
	if end >= len(ws) || months[ws[end].text] == 0 {
		return today, 0
	}
	return withYear(ws, end+1, today, months[ws[end].text], n)
}

// written reads dates in digits; the month stands first unless it cannot.
func written(text string, today time.Time) (time.Time, bool) {
	if day, err := time.Parse("2006-01-02", text); err == nil {
		return day, true
	}
	parts := strings.Split(text, "/")
	if len(parts) < 2 || len(parts) > 3 {
		return today, false
	}
	var n [3]int
	for i, p := range parts {
		v, err := strconv.Atoi(p)
		if err != nil || v < 1 {
			return today, false
		}
		n[i] = v
	}
	if n[0] > 12 {
		n[0], n[1] = n[1], n[0]
	}
	if n[2] > 0 && n[2] < 100 {
		n[2] += 2000
	}
	if n[2] > 0 {
		return exact(n[2], time.Month(n[0]), n[1])
	}
	return upcoming(today, time.Month(n[0]), n[1])
}

// withYear reads the year behind a month and day if one stands there, else takes the next such date.
func withYear(ws []word, i int, today time.Time, month time.Month, day int) (time.Time, int) {
	if i < len(ws) && len(ws[i].text) == 4 {
		if year, err := strconv.Atoi(ws[i].text); err == nil && year >= 1970 && year < 2200 {
			if d, ok := exact(year, month, day); ok {
				return d, i + 1
			}
		}
	}
	if d, ok := upcoming(today, month, day); ok {
		return d, i
	}
	return today, 0
}

func exact(year int, month time.Month, day int) (time.Time, bool) {
	d := time.Date(year, month, day, 0, 0, 0, 0, time.UTC)
	return d, d.Month() == month && d.Day() == day
}

// upcoming is the first such date that is not before today.
func upcoming(today time.Time, month time.Month, day int) (time.Time, bool) {
	for year := today.Year(); year < today.Year()+9; year++ { // the 29th of February may be 8 years away
		if d, ok := exact(year, month, day); ok && !d.Before(today) {
			return d, true
		}
	}
	return today, false
}

// dayOfMonth reads "the 5th", "on the fifteenth": the next such day.
func dayOfMonth(ws []word, i int, today time.Time) (time.Time, int) {
	if i >= len(ws) || ws[i].text != "the" {
		return today, 0
	}
	n, end, spelt := ordinal(ws, i+1)
	if end <= i+1 || !spelt || end < len(ws) && ws[end].gap == gapSpace && !mayFollowDay[ws[end].text] {
		return today, 0 // "the first one", "the second page"
	}
	month := today.Month()
	for range 12 {
		if d, ok := exact(today.Year(), month, n); ok && d.After(today) {
			return d, end
		}
		month++
		if month > 12 {
			d, ok := exact(today.Year()+1, 1, n)
			if ok {
				return d, end
			}
			return today, 0
		}
	}
	return today, 0
}

var mayFollowDay = setOf("at by and or so to if in for then is works okay ok with around before after when because but i we you please thanks thank does 's right instead")

// untilMonth reads "by March", "in January": the last day of the month.
func untilMonth(ws []word, i int, today time.Time) (time.Time, int) {
	if !untilWords[ws[i].text] || i+1 >= len(ws) {
		return today, 0
	}
	month, ok := months[ws[i+1].text]
	if !ok || len(ws[i+1].text) < 3 || i+2 < len(ws) && ws[i+1].text == "may" && ws[i+2].gap == gapSpace {
		return today, 0
	}
	d := time.Date(today.Year(), month+1, 0, 0, 0, 0, 0, time.UTC)
	if d.Before(today) {
		d = time.Date(today.Year()+1, month+1, 0, 0, 0, 0, 0, time.UTC)
	}
	return d, i + 2
}

var untilWords = setOf("by in until before")

package insight

import "time"

// idioms are times that no other reader of dates knows, tried first.
var idioms = []struct {
	patterns []pattern
	day      func(today time.Time) time.Time
}{
	{patterns("by|before|around|after lunch|lunchtime|midday"), func(d time.Time) time.Time { return d }},
	{patterns("a|one week today\na|one week from today|now"), func(d time.Time) time.Time { return d.AddDate(0, 0, 7) }},
	{patterns("a|one week from tomorrow\na|one week tomorrow"), func(d time.Time) time.Time { return d.AddDate(0, 0, 8) }},
	{patterns("in a fortnight\na|one fortnight from today|now"), func(d time.Time) time.Time { return d.AddDate(0, 0, 14) }},
	{patterns("the? week after next"), func(d time.Time) time.Time { return endOf("week", d, 2, "end") }},
	{patterns("later in the week"), func(d time.Time) time.Time { return endOf("week", d, 0, "end") }},
	{patterns("by|before|at the? month end"), func(d time.Time) time.Time { return endOf("month", d, 0, "end") }},
	{patterns("by|before|at the? year end"), func(d time.Time) time.Time { return endOf("year", d, 0, "end") }},
	{patterns("by|before christmas"), func(d time.Time) time.Time { return next(d, time.December, 24) }},
}

func idiom(ws []word, i int, today time.Time) (time.Time, int) {
	for _, k := range idioms {
		if end := matchAny(k.patterns, ws, i); end > i {
			return k.day(today), end
		}
	}
	return partOfMonth(ws, i, today)
}

// partOfMonth reads "early December", "mid December": its tenth, its twentieth.
func partOfMonth(ws []word, i int, today time.Time) (time.Time, int) {
	last := map[string]int{"early": 10, "mid": 20}[ws[i].text]
	if last == 0 || i+1 >= len(ws) || months[ws[i+1].text] == 0 {
		return today, 0
	}
	return next(today, months[ws[i+1].text], last), i + 2
}

// next is the first such date that is not before today.
func next(today time.Time, month time.Month, day int) time.Time {
	d, _ := upcoming(today, month, day)
	return d
}

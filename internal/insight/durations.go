package insight

import (
	"strings"
	"time"
)

// inDuration reads "in two days", "within three to five business days", "in the next 48 hours", "two weeks from now".
func inDuration(ws []word, i int, today time.Time) (time.Time, int) {
	start := i
	led := i < len(ws) && (ws[i].text == "in" || ws[i].text == "within")
	if led {
		i++
		if end := matchAny(theNext, ws, i); end > i {
			i = end
		}
	}
	n, end := number(ws, i)
	if end <= i && led && i < len(ws) && i > start+1 || end <= i && led && i+1 < len(ws) && ws[start].text == "within" && ws[i].text == "the" {
		if ws[i].text == "the" {
			i++
		}
		n, end = 1, i // "in the next hour", "within the hour"
	}
	if end < i || n == 0 && end == i || end == 0 {
		return today, 0
	}
	i = end
	if more, e := number(ws, i+1); i < len(ws) && (ws[i].text == "to" || ws[i].text == "or") && e > i+1 {
		n, i = more, e
	}
	working := i < len(ws) && (ws[i].text == "business" || ws[i].text == "working")
	if working {
		i++
	}
	if i >= len(ws) || n > 3650 {
		return today, 0
	}
	unit := strings.TrimSuffix(ws[i].text, "s")
	i++
	if e := matchAny(fromNow, ws, i); e > i {
		led, i = true, e
	}
	day, ok := after(today, n, unit, working)
	if !led || !ok || i <= start {
		return today, 0
	}
	return day, i
}

var (
	theNext = patterns("the? next\nabout|around|roughly|maybe")
	fromNow = patterns("from now|today\ntime")
)

func after(today time.Time, n int, unit string, working bool) (time.Time, bool) {
	switch unit {
	case "minute", "second", "hour":
		if unit == "hour" {
			return today.AddDate(0, 0, n/24), true
		}
		return today, true
	case "day":
		if working {
			return workingDays(today, n), true
		}
		return today.AddDate(0, 0, n), true
	case "week":
		return today.AddDate(0, 0, 7*n), true
	case "month":
		return today.AddDate(0, n, 0), true
	}
	return today, false
}

func workingDays(day time.Time, n int) time.Time {
	for n > 0 {
		day = day.AddDate(0, 0, 1)
		if w := day.Weekday(); w != time.Saturday && w != time.Sunday {
			n--
		}
	}
	return day
}

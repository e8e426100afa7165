package insight

import (
	"testing"
	"time"

	"earshot/internal/domain"
)

// Calls start on a Monday, a Friday, a Sunday and on New Year's Eve.
var starts = map[string]time.Time{
	"mon": time.Date(2026, 11, 23, 9, 30, 0, 0, time.FixedZone("", -5*3600)),
	"fri": time.Date(2026, 11, 27, 23, 30, 0, 0, time.FixedZone("", 9*3600)),
	"sun": time.Date(2026, 11, 29, 12, 0, 0, 0, time.UTC),
	"nye": time.Date(2026, 12, 31, 16, 0, 0, 0, time.UTC),
}

var dateTable = []struct{ start, text, want string }{
	{"mon", "today", "2026-11-23"},
	{"mon", "later today", "2026-11-23"},
	{"mon", "this afternoon", "2026-11-23"},
	{"mon", "by the end of the day", "2026-11-23"},
	{"mon", "by close of business", "2026-11-23"},
	{"mon", "tonight", "2026-11-23"},
	{"mon", "in an hour", "2026-11-23"},
	{"mon", "tomorrow", "2026-11-24"},
	{"mon", "tomorrow morning", "2026-11-24"},
	{"mon", "first thing in the morning", "2026-11-24"},
	{"mon", "end of day tomorrow", "2026-11-24"},
	{"mon", "the day after tomorrow", "2026-11-25"},
	{"mon", "by Friday", "2026-11-27"},
	{"mon", "on Friday afternoon", "2026-11-27"},
	{"mon", "this Friday", "2026-11-27"},
	{"mon", "next Tuesday", "2026-12-01"},
	{"mon", "next Monday", "2026-11-30"},
	{"mon", "on Monday", "2026-11-30"},
	{"mon", "Thursday next week", "2026-12-03"},
	{"mon", "a week from Friday", "2026-12-04"},
	{"mon", "by Friday the 4th", "2026-12-04"},
	{"mon", "by the end of the week", "2026-11-27"},
	{"mon", "later this week", "2026-11-27"},
	{"mon", "by the weekend", "2026-11-27"},
	{"mon", "by lunch", "2026-11-23"},
	{"mon", "a week from tomorrow", "2026-12-01"},
	{"mon", "in a fortnight", "2026-12-07"},
	{"mon", "the week after next", "2026-12-11"},
	{"mon", "later in the week", "2026-11-27"},
	{"mon", "by month end", "2026-11-30"},
	{"mon", "early december", "2026-12-10"},
	{"mon", "before christmas", "2026-12-24"},
	{"nye", "before christmas", "2027-12-24"},
	{"mon", "this weekend", "2026-11-29"},
	{"mon", "over the weekend", "2026-11-29"},
	{"mon", "in the next hour", "2026-11-23"},
	{"mon", "within the hour", "2026-11-23"},
	{"mon", "in the next two weeks", "2026-12-07"},
	{"mon", "next week", "2026-12-04"},
	{"mon", "early next week", "2026-12-01"},
	{"mon", "the end of next week", "2026-12-04"},
	{"mon", "by the end of the month", "2026-11-30"},
	{"mon", "next month", "2026-12-31"},
	{"mon", "by the end of the year", "2026-12-31"},
	{"mon", "at the end of the quarter", "2026-12-31"},
	{"mon", "by the end of January", "2027-01-31"},
	{"mon", "in two days", "2026-11-25"},
	{"mon", "in a couple of days", "2026-11-25"},
	{"mon", "in a few days", "2026-11-26"},
	{"mon", "in a week", "2026-11-30"},
	{"mon", "in 2 weeks", "2026-12-07"},
	{"mon", "two weeks from now", "2026-12-07"},
	{"mon", "within 24 hours", "2026-11-24"},
	{"mon", "within the next 48 hours", "2026-11-25"},
	{"mon", "within three to five business days", "2026-11-30"},
	{"mon", "in a month", "2026-12-23"},
	{"mon", "on the 5th", "2026-12-05"},
	{"mon", "by the thirtieth", "2026-11-30"},
	{"mon", "on the twenty third", "2026-12-23"},
	{"mon", "December third", "2026-12-03"},
	{"mon", "on December 3rd", "2026-12-03"},
	{"mon", "Dec 3", "2026-12-03"},
	{"mon", "the 3rd of December", "2026-12-03"},
	{"mon", "on March the 2nd", "2027-03-02"},
	{"mon", "by March", "2027-03-31"},
	{"mon", "on 12/5", "2026-12-05"},
	{"mon", "on 25/12", "2026-12-25"},
	{"mon", "on 2026-12-05", "2026-12-05"},
	{"mon", "January 15 2027", "2027-01-15"},
	{"mon", "at 3 pm", "2026-11-23"},
	{"mon", "by noon", "2026-11-23"},
	{"mon", "at 4 p.m.", "2026-11-23"},
	{"mon", "at eight am", ""},
	{"mon", "at three", ""},
	{"mon", "last Friday", ""},
	{"mon", "since Tuesday", ""},
	{"mon", "two days ago", ""},
	{"mon", "Friday's report", ""},
	{"mon", "the first one", ""},
	{"mon", "you may call me", ""},
	{"mon", "march in step", ""},
	{"mon", "one second", ""},
	{"mon", "the second page", ""},
	{"mon", "between Wednesday and Friday", "2026-11-27"},
	{"mon", "Wednesday or Thursday", "2026-11-26"},
	{"fri", "tomorrow", "2026-11-28"},
	{"fri", "on Friday", "2026-12-04"},
	{"fri", "next Friday", "2026-12-04"},
	{"fri", "this Friday", "2026-11-27"},
	{"fri", "by the end of the week", "2026-11-27"},
	{"fri", "Monday", "2026-11-30"},
	{"sun", "by the end of this week", "2026-12-04"},
	{"sun", "next Tuesday", "2026-12-01"},
	{"nye", "tomorrow", "2027-01-01"},
	{"nye", "on the 3rd", "2027-01-03"},
	{"nye", "next month", "2027-01-31"},
	{"nye", "in two days", "2027-01-02"},
	{"none", "tomorrow", ""},
	{"none", "on Friday", ""},
	{"none", "December 3rd", ""},
	{"none", "by the end of the month", ""},
	{"none", "in 2 weeks", ""},
	{"none", "at 4 pm", ""},
	{"none", "on 2026-12-05", "2026-12-05"},
	{"none", "December 3rd 2026", "2026-12-03"},
}

func TestDueDates(t *testing.T) {
	t.Parallel()
	for _, c := range dateTable {
		days := calendar{now: starts[c.start], said: map[time.Weekday]time.Time{}}
		day, _ := days.due(readLine(domain.Line{Text: "I will send it " + c.text}).words)
		got := ""
		if !day.IsZero() {
			got = day.Format(time.DateOnly)
		}
		if got != c.want {
			t.Errorf("%s, call on %s: %q, want %q", c.text, c.start, got, c.want)
		}
	}
}

// A weekday that was fixed earlier in the call keeps its date.
func TestWeekdayOfTheCall(t *testing.T) {
	t.Parallel()
	for _, c := range []struct {
		lines []string
		want  string
	}{
		{[]string{"shall we talk next Tuesday", "Tuesday is fine"}, "2026-12-01"},
		{[]string{"is there anything next week", "we have Wednesday or Thursday", "Thursday works", "I will move you to Thursday"}, "2026-12-03"},
		{[]string{"can we meet on Thursday the 3rd", "yes Thursday"}, "2026-12-03"},
		{[]string{"yes Thursday"}, "2026-11-26"},
	} {
		days := calendar{now: starts["mon"], said: map[time.Weekday]time.Time{}}
		var day time.Time
		for _, text := range c.lines {
			ws := readLine(domain.Line{Text: text}).words
			days.hear(ws)
			day, _ = days.due(ws)
		}
		if got := day.Format(time.DateOnly); got != c.want {
			t.Errorf("%q: %s, want %s", c.lines, got, c.want)
		}
	}
}

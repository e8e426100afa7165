package wer

import (
	"strings"
	"testing"
)

func TestNormalise(t *testing.T) {
	t.Parallel()
	for in, want := range map[string]string{
		"Mr. Smith won't pay $1,200!":            "mister smith will not pay 1200",
		"It's (laughs) twenty-one, um, o'clock.": "it is 21 oclock",
		"two hundred and five colours":           "205 colors",
		"three thousand one hundred":             "3100",
		"one two three":                          "1 2 3",
		"the [noise] end and two more":           "the end and 2 more",
		"I've realised — we're OK":               "i have realized we are ok",
		"":                                       "",
	} {
		if got := strings.Join(Normalise(in), " "); got != want {
			t.Errorf("Normalise(%q) = %q, want %q", in, got, want)
		}
	}
}

func TestScore(t *testing.T) {
	t.Parallel()
	var s Score
	s.Add("the cat sat on the mat", "the cat sat on mat")
	s.Add("hello world", "hello word again")
	s.Add("", "invented")
	if s.Words != 8 || s.Errors != 4 || s.Rate() != 0.5 {
		t.Errorf("score = %+v, rate %v", s, s.Rate())
	}
}

package llm

import "testing"

func TestUnsupportedNumbers(t *testing.T) {
	t.Parallel()
	for _, c := range []struct{ text, source, want string }{
		{"$1,500", "fifteen hundred dollars", ""},
		{"1500", "one thousand five hundred", ""},
		{"$250,000", "two hundred and fifty thousand dollars", ""},
		{"2026", "twenty twenty six", ""},
		{"26", "twenty six", ""},
		{"402", "room four oh two", ""},
		{"4", "four oh two", ""},
		{"2.5 percent", "two point five percent", ""},
		{"1.5 million", "1.5 million", ""},
		{"100", "a hundred", ""},
		{"2k", "two thousand", ""},
		{"the 5th", "the fifth", ""},
		{"3pm", "three pm", ""},
		{"20%", "twenty per cent", ""},
		{"half", "half of it", ""},
		{"twenty dollars", "$20", ""},
		{"20%", "twenty dollars", "20"},
		{"$20", "twenty seats", "20"},
		{"30", "thirteen", "30"},
		{"five hundred", "five", "five hundred"},
		{"15000", "fifteen hundred", "15000"},
		{"half", "all of it", "half"},
		{"3:45", "three thirty", "3:45"},
		{"3:45", "at 3:45", ""},
		{"one", "we will see", "one"},
		{"no number", "none here", ""},
	} {
		if got := unsupported(c.text, c.source); got != c.want {
			t.Errorf("%q from %q: %q, want %q", c.text, c.source, got, c.want)
		}
	}
}

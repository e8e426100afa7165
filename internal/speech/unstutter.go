package speech

import "strings"

const repeats = 4 // the same few words so often in a row are an engine's stutter

// Unstutter cuts a text where one to six words come again and again until the end; the first time stays.
func Unstutter(text string) string {
	words := strings.Fields(text)
	for n := 1; n <= 6; n++ {
		for at := 0; at+n*repeats <= len(words); at++ {
			if count := runs(words[at:], n); count >= repeats && at+n*count >= len(words)-n {
				return strings.Join(words[:at+n], " ")
			}
		}
	}
	return text
}

// runs counts how often the first n words come in a row.
func runs(words []string, n int) int {
	count := 1
	for at := n; at+n <= len(words); at += n {
		for i := range n {
			if !strings.EqualFold(words[i], words[at+i]) {
				return count
			}
		}
		count++
	}
	return count
}
